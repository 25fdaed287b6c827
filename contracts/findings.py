"""Findings: what is wrong, where, and how to correct it. Every check makes them with `finding`; the catalogue is the
only source of their severity, messages and thresholds.
"""

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from contracts.characters import odd_characters
from contracts.model import Severity
from contracts.personal_numbers import without_personal_numbers
from contracts.references import ContractError
from contracts.text import ValueForm, value_text

CATALOGUE = Path(__file__).resolve().parent / "catalogue.csv"
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
ASKS, ONLY_ASKS = "yes", "only"
REPLACES, REPLACED = "version.replaces", "version.replaced"
"""Rules of a unit that took the place of another version, and of one whose place another has taken."""


@dataclass(frozen=True)
class Rule:
    """One row of the catalogue. Templates take the operands of a finding by name; threshold is the rule's parameter, if
    it has one.

    asks: an error that asks: it holds until a person confirms that what was sent is meant, as it was read
    only_asks: there is nothing to correct either, a person decides
    (`warehouse accept`). An error that does not ask holds until it is corrected.
    """

    rule_id: str
    severity: Severity
    asks: bool
    threshold: float | None
    zh: str
    remedy_zh: str
    en: str
    remedy_en: str
    since: str
    only_asks: bool = False


@dataclass(frozen=True)
class Finding:
    """One thing found in a submission.

    reporting_unit: the one that it concerns, None for the whole file. cell: A1 form, or a range; with sheet (None in a
    CSV). feature: feature id, or two joined by '|'. point: longitude, latitude (EPSG:4490). lifted_by: id of the waiver
    (W…) or the confirmation (D…) by which this finding, once an error, no longer holds its unit.
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
        """Every attribute by name."""
        return asdict(self)


@cache
def catalogue() -> dict[str, Rule]:
    """Every rule by its id. Raises ContractError for a rule that is there twice, or whose severity or threshold is
    none.
    """
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        return rules_of(csv.DictReader(file))


def catalogue_version() -> str:
    """The version of the catalogue: the newest month of a rule, and a digest of the list."""
    newest = max(rule.since for rule in catalogue().values())
    return f"{newest}.{sha256(CATALOGUE.read_bytes()).hexdigest()[:8]}"


def rules_of(rows: Iterable[dict[str, Any]]) -> dict[str, Rule]:
    """Rules by id, from the rows of a catalogue; see `catalogue`."""
    rules: dict[str, Rule] = {}
    for row in rows:
        at = f"contracts/{CATALOGUE.name}: {row['rule_id']}"
        if row["rule_id"] in rules:
            raise ContractError(f"{at}: declared twice")
        if row["severity"] not in SEVERITIES:
            raise ContractError(f"{at}.severity: {row['severity']!r} is none of {', '.join(SEVERITIES)}")
        if row["asks"] not in ("", ASKS, ONLY_ASKS) or (row["asks"] and row["severity"] != "error"):
            raise ContractError(f"{at}.asks: {row['asks']!r}; only an error may ask, written {ASKS!r} or {ONLY_ASKS!r}")
        try:
            threshold = float(row["threshold"]) if row["threshold"] else None
        except ValueError:
            raise ContractError(f"{at}.threshold: {row['threshold']!r} is no number") from None
        asked = {"asks": bool(row["asks"]), "only_asks": row["asks"] == ONLY_ASKS}
        rules[row["rule_id"]] = Rule(**{**row, "threshold": threshold, **asked})
    return rules


def shown(value: Any, form: ValueForm = "message") -> str | None:
    """A value as a message shows it: floats without noise, None as None; characters that cannot be told by looking at them
    are named behind it, and no identity number of a person is repeated.
    """
    if value is None:
        return None
    text = without_personal_numbers(value_text(value, form))
    odd = odd_characters(text)
    return f"{text}［含 {'、'.join(odd)}］" if odd else text


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

    Operands fill the rule's message templates, beside found, expected, reporting_unit, cell, feature and threshold; a
    template may name any of them. `severity` overrides the catalogue's where a contract declares its own. Raises
    KeyError for a rule or an operand that is not there.
    """
    rule = catalogue()[rule_id]
    threshold = None if rule.threshold is None else f"{rule.threshold:g}"
    values = {key: shown(value) for key, value in operands.items()} | {
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
        message=rule.zh.format(**values),
        remedy=rule.remedy_zh.format(**values),
        message_en=rule.en.format(**values),
        remedy_en=rule.remedy_en.format(**values),
    )
