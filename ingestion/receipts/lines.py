"""Findings as a person reads them: the same message over many cells is one line with the cells listed."""

from collections.abc import Iterable
from dataclasses import dataclass

from contracts import Contract, Finding
from contracts.findings import SEVERITIES
from contracts.normalization_log import GEOMETRY
from ingestion.receipts.summary import unit_name

SEVERITY_WORDS = {"error": "须改正", "warning": "请核实", "info": "提示"}
LISTED = 12


@dataclass(frozen=True)
class Line:
    """Findings with one message. reporting_units: None stands for the whole file; places: cells (Sheet!A1, in a CSV A1) or
    features.
    """

    findings: tuple[Finding, ...]
    reporting_units: tuple[str | None, ...]
    who: str
    title: str
    places: tuple[str, ...]

    @property
    def first(self) -> Finding:
        return self.findings[0]

    @property
    def where(self) -> str:
        return listed(self.places, "处")

    @property
    def sentence(self) -> str:
        return f"{self.first.message.rstrip('。；')}。{self.first.remedy.rstrip('。；')}。"

    @property
    def head(self) -> str:
        return " · ".join(filter(None, (self.who, self.title, self.where)))


def listed(items: Iterable[str], classifier: str, most: int = LISTED) -> str:
    """Items joined; of very many the first and how many there are."""
    words = list(items)
    return "、".join(words) if len(words) <= most else f"{'、'.join(words[:most])}……（共 {len(words)} {classifier}）"


def lines(findings: Iterable[Finding], contract: Contract | None, whole: str) -> list[Line]:
    """Findings grouped by their words, the gravest first, otherwise in their order. whole: what the file as a whole is
    called.
    """
    groups: dict[tuple[str | None, ...], list[Finding]] = {}
    for one in findings:
        groups.setdefault((one.severity, one.rule_id, one.field, one.message, one.remedy), []).append(one)
    made = [_line(tuple(group), contract, whole) for group in groups.values()]
    return sorted(made, key=lambda line: SEVERITIES.index(line.first.severity))


def field_title(contract: Contract | None, field: str | None) -> str:
    """Printed heading of a field, and what geometry is called; nothing for no field."""
    known = contract.fields.get(field or "") if contract else None
    return known.zh if known else "图形" if field == GEOMETRY else field or ""


def _line(findings: tuple[Finding, ...], contract: Contract | None, whole: str) -> Line:
    reporting_units = tuple(dict.fromkeys(one.reporting_unit for one in findings))
    names = list(
        dict.fromkeys(
            whole if reporting_unit is None else unit_name(contract, reporting_unit)
            for reporting_unit in reporting_units
        )
    )
    places = tuple(dict.fromkeys(filter(None, map(_place, findings))))
    return Line(findings, reporting_units, listed(names, "个", 5), field_title(contract, findings[0].field), places)


def _place(one: Finding) -> str | None:
    if one.feature:
        return "图斑 " + " 与 ".join(one.feature.split("|"))
    return f"{one.sheet}!{one.cell}" if one.sheet and one.cell else one.cell or one.sheet
