"""Findings as lines of a receipt, in the submitter's words. Called by `report_text` and by `sheet`, `layer` and `picture`."""

from collections.abc import Iterable
from dataclasses import dataclass

from contracts import Contract, Finding
from contracts.consequences import with_causes
from contracts.findings import SEVERITIES, catalogue
from contracts.names import unit_name
from contracts.normalization_log import GEOMETRY

SEVERITY_WORDS = {"error": "须改正", "warning": "请核实", "info": "提示"}
TO_CONFIRM = "待确认"
"""Of an error at which there is nothing to correct: a person decides."""
KINDS = (SEVERITY_WORDS["error"], TO_CONFIRM, SEVERITY_WORDS["warning"], SEVERITY_WORDS["info"])
LISTED = 12  # cells or names in one line of text; the workbook marks every one
NAMED_UNITS = 5  # reporting units that one line names


@dataclass(frozen=True)
class Line:
    """Findings with one message: over many cells it is one line with the cells listed.

    reporting_units: None stands for the whole file; places: cells (Sheet!A1, in a CSV A1) or features; because: what is to be
    corrected first, in words, where these follow from another finding.
    """

    findings: tuple[Finding, ...]
    reporting_units: tuple[str | None, ...]
    who: str
    title: str
    places: tuple[str, ...]
    because: str = ""

    @property
    def first(self) -> Finding:
        return self.findings[0]

    @property
    def kind(self) -> str:
        return kind_of(self.first)

    @property
    def where(self) -> str:
        return listed(self.places, "处")

    @property
    def message(self) -> str:
        return f"{self.first.message.rstrip('。；')}{self.because}"

    @property
    def sentence(self) -> str:
        return f"{self.message}。{self.first.remedy.rstrip('。；')}。"

    @property
    def whole(self) -> str:
        return f"{self.head}　{self.sentence}〔{self.first.rule_id}〕"

    @property
    def head(self) -> str:
        return " · ".join(filter(None, (self.who, self.title, self.where)))


def kind_of(one: Finding) -> str:
    """What a finding asks of its sender, one of KINDS."""
    rule = catalogue().get(one.rule_id)
    is_asked = one.severity == "error" and rule is not None and rule.only_asks
    return TO_CONFIRM if is_asked else SEVERITY_WORDS[one.severity]


def listed(items: Iterable[str], classifier: str, most: int = LISTED) -> str:
    """Items joined; of very many the first and how many there are."""
    words = list(items)
    return "、".join(words) if len(words) <= most else f"{'、'.join(words[:most])}……（共 {len(words)} {classifier}）"


def lines(findings: Iterable[Finding], contract: Contract | None, whole: str) -> list[Line]:
    """Findings grouped by their words, the gravest first, otherwise in their order, what follows from another behind it.
    whole: what the file as a whole is called.
    """
    groups: dict[tuple[str | None, ...], list[Finding]] = {}
    for one, cause in with_causes(list(findings), contract):
        because = follows_from(cause, contract)
        groups.setdefault((one.severity, one.rule_id, one.field, one.message, one.remedy, because), []).append(one)
    made = [_line(tuple(group), contract, whole, str(because)) for (*_, because), group in groups.items()]
    return sorted(made, key=lambda line: SEVERITIES.index(line.first.severity))


def follows_from(cause: Finding | None, contract: Contract | None) -> str:
    """What stands behind the message of a finding that follows from another; nothing for no other."""
    if cause is None:
        return ""
    named = "".join(filter(None, (field_title(contract, cause.field), _place(cause)))) or cause.rule_id
    return f"（由 {named} 的问题引起，请先改正该处）"


def field_title(contract: Contract | None, field: str | None) -> str:
    """Printed heading of a field, and what geometry is called; nothing for no field."""
    known = contract.fields.get(field or "") if contract else None
    return known.zh if known else "图形" if field == GEOMETRY else field or ""


def _line(findings: tuple[Finding, ...], contract: Contract | None, whole: str, because: str) -> Line:
    reporting_units = tuple(dict.fromkeys(one.reporting_unit for one in findings))
    names = list(
        dict.fromkeys(
            whole if reporting_unit is None else unit_name(contract, reporting_unit)
            for reporting_unit in reporting_units
        )
    )
    places = tuple(dict.fromkeys(filter(None, map(_place, findings))))
    who, title = listed(names, "个", NAMED_UNITS), field_title(contract, findings[0].field)
    return Line(findings, reporting_units, who, title, places, because)


def _place(one: Finding) -> str | None:
    if one.feature:
        return "图斑 " + " 与 ".join(one.feature.split("|"))
    return f"{one.sheet}!{one.cell}" if one.sheet and one.cell else one.cell or one.sheet
