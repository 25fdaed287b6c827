"""Which findings follow from another one: a percentage that cannot be, because one of the two areas that it is of is wrong; a
total that differs, because a row of it does. Receipts, `warehouse check` and the command line show the cause first, and name it
beside what follows from it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from contracts.findings import Finding
from contracts.model import Contract

OF_READING = ("reading", "normalize")
"""Families of rules on how a file was read: what is wrong there shows again in what is checked afterwards."""
UNKNOWN_TOWNSHIPS = frozenset({"normalize.unknown_township", "normalize.township_code_name_mismatch"})
OF_PERIODS = frozenset({"normalize.period_conflict", "normalize.several_periods", "normalize.month_unclear"})


class _Causes:
    """The findings that others may follow from, by where they are looked for."""

    def __init__(self, findings: Sequence[Finding], contract: Contract | None) -> None:
        self._fields = contract.fields if contract else {}
        self._of_unit: dict[tuple[str | None, ...], list[Finding]] = defaultdict(list)
        self._of_cell: dict[tuple[str | None, ...], list[Finding]] = defaultdict(list)
        self._of_column: dict[tuple[str | None, ...], list[Finding]] = defaultdict(list)
        self._in_column: dict[tuple[str | None, ...], list[Finding]] = defaultdict(list)
        self._in_sheet: dict[tuple[str | None, ...], list[Finding]] = defaultdict(list)
        for item in findings:
            if item.severity == "info":
                continue
            if item.severity == "error" and item.reporting_unit:
                self._of_unit[item.reporting_unit, item.period, item.field].append(item)
                self._in_column[item.sheet, item.field].append(item)
            if _is_of_reading(item):
                self._of_cell[item.sheet, item.cell or item.feature].append(item)
                if item.severity == "error" and not item.reporting_unit:
                    self._of_column[item.sheet, item.field].append(item)
            self._in_sheet[item.sheet, item.rule_id].append(item)

    def of(self, item: Finding) -> Finding | None:
        """What a finding follows from, if from any."""
        return next((one for one in self._candidates(item) if one is not item), None)

    def _candidates(self, item: Finding) -> Iterable[Finding]:
        field = self._fields.get(item.field or "")
        parts = [name for name in (field.numerator, field.denominator) if name] if field else []
        if item.reporting_unit:
            for name in parts:
                yield from self._of_unit.get((item.reporting_unit, item.period, name), ())
        if item.rule_id == "sheet.total_row_mismatch":
            yield from self._of_column.get((item.sheet, item.field), ())
            yield from self._in_column.get((item.sheet, item.field), ())
        if item.rule_id == "sheet.missing_unit":
            for rule_id in sorted(UNKNOWN_TOWNSHIPS):
                yield from self._in_sheet.get((item.sheet, rule_id), ())
        if item.rule_id == "contract.duplicate_key":
            for rule_id in sorted(OF_PERIODS):
                yield from self._in_sheet.get((item.sheet, rule_id), ())
        if _is_of_reading(item) or not item.reporting_unit:
            return
        if item.cell or item.feature:
            yield from self._of_cell.get((item.sheet, item.cell or item.feature), ())
        for column in (item.field, *parts):
            if column:
                yield from self._of_column.get((item.sheet, column), ())


def _is_of_reading(item: Finding) -> bool:
    return item.rule_id.split(".")[0] in OF_READING


def with_causes(findings: Sequence[Finding], contract: Contract | None) -> list[tuple[Finding, Finding | None]]:
    """Findings, each with the one that it follows from in the end, None where it is a cause itself: in their order, but what
    follows from another behind it.
    """
    causes = _Causes(findings, contract)
    roots = [_root(item, causes) for item in findings]
    place = {id(item): number for number, item in enumerate(findings)}

    def order(pair: tuple[Finding, Finding | None]) -> tuple[int, bool, int]:
        item, root = pair
        return place[id(root or item)], root is not None, place[id(item)]

    return sorted(zip(findings, roots, strict=True), key=order)


def _root(item: Finding, causes: _Causes) -> Finding | None:
    """The last of the causes of a finding; None where it has none."""
    root, seen = causes.of(item), {id(item)}
    while root is not None and (further := causes.of(root)) is not None and id(further) not in seen:
        seen.add(id(root))
        root = further
    return root


def caused_by(cause: Finding | None) -> dict[str, str | None] | None:
    """The public form of what a finding follows from: its rule and its place."""
    if cause is None:
        return None
    return {"rule_id": cause.rule_id, "sheet": cause.sheet, "cell": cause.cell or cause.feature}
