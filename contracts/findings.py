"""A finding: what is wrong, where, and how to mend it. The catalogue is its only source of severity, words and
threshold.
"""

import csv
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from contracts.model import Severity

CATALOGUE = Path(__file__).resolve().parent / "catalogue.csv"
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True)
class Rule:
    """One row of the catalogue. Templates take the operands of a finding by name; threshold is the rule's parameter, if
    it has one.
    """

    rule_id: str
    severity: Severity
    threshold: float | None
    zh: str
    remedy_zh: str
    en: str
    remedy_en: str
    since: str


@dataclass(frozen=True)
class Finding:
    """One thing found in a submission.

    reporting_unit: the reporting unit that it concerns, None for the whole file. cell: A1 form, or a range; with sheet (None in a
    CSV).
    feature: feature id, or two joined by '|'. point: longitude, latitude (EPSG:4490). lifted_by: number of the waiver
    (W…) or the decision (D…) by which this finding, once an error, no longer holds its unit.
    """

    rule_id: str
    severity: Severity
    message: str
    remedy: str
    message_en: str
    remedy_en: str
    reporting_unit: str | None = None
    period: str | None = None
    sheet: str | None = None
    cell: str | None = None
    feature: str | None = None
    field: str | None = None
    found: str | None = None
    expected: str | None = None
    point: tuple[float, float] | None = None
    lifted_by: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@cache
def catalogue() -> dict[str, Rule]:
    """Every rule by its id."""
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["rule_id"]: _rule(row) for row in rows}


def _rule(row: dict[str, Any]) -> Rule:
    return Rule(**{**row, "threshold": float(row["threshold"]) if row["threshold"] else None})


def shown(value: Any) -> str | None:
    """A value as a message shows it: floats without noise, None as None."""
    if value is None:
        return None
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)


def finding(
    rule_id: str,
    *,
    reporting_unit: str | None = None,
    period: str | None = None,
    sheet: str | None = None,
    cell: str | None = None,
    feature: str | None = None,
    field: str | None = None,
    found: Any = None,
    expected: Any = None,
    point: tuple[float, float] | None = None,
    severity: Severity | None = None,
    **operands: Any,
) -> Finding:
    """A finding of a catalogued rule.

    Operands fill the rule's message templates, beside found, expected, unit, cell, feature and threshold; a template
    may name any of them. `severity` overrides the catalogue's where a contract declares its own. Raises KeyError for a
    rule or an operand that is not there.
    """
    rule = catalogue()[rule_id]
    threshold = None if rule.threshold is None else f"{rule.threshold:g}"
    words = {key: shown(value) for key, value in operands.items()} | {
        "found": shown(found),
        "expected": shown(expected),
        "reporting_unit": reporting_unit,
        "cell": cell,
        "feature": feature,
        "threshold": threshold,
    }
    return Finding(
        rule_id=rule_id,
        severity=severity or rule.severity,
        reporting_unit=reporting_unit,
        period=period,
        sheet=sheet,
        cell=cell,
        feature=feature,
        field=field,
        found=shown(found),
        expected=shown(expected),
        point=point,
        message=rule.zh.format(**words),
        remedy=rule.remedy_zh.format(**words),
        message_en=rule.en.format(**words),
        remedy_en=rule.remedy_en.format(**words),
    )
