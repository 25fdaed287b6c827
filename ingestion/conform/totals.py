"""A sheet's own 合计 and 小计 against the sums of its rows."""

from collections.abc import Iterable
from fractions import Fraction

from contracts import Contract, Finding, finding
from ingestion.conform.columns import Column
from ingestion.conform.numbers import NotANumber, Number, decimals, parse_number
from ingestion.conform.rows import Cells, Rows
from ingestion.conform.values import project_number
from ingestion.readers.cells import RawRow, a1

SUMMED = frozenset({"area", "money", "mass", "count"})
MOST_DECIMALS = 6


def check_totals(rows: Rows, cells: Cells, columns: list[Column], contract: Contract, sheet: str | None) -> list[Finding]:
    """Totals that their rows do not add up to; each holds the whole file, at the total's cell.

    A 小计 sums the rows since the total before it, a 合计 all of them or those since the last 合计; where sub-projects stand beside their
    project, a 合计 may leave them out. A column with a cell that cannot be read is not judged.
    Tolerance: half of the last decimal place of each addend and of the total.
    """
    if not rows.control:
        return []
    projects = next((column.number for column in columns if column.field.type == "project"), None)
    summed = [column for column in columns if column.field.type in SUMMED]
    found = []
    for total in rows.control:
        groups = _groups(rows, total, projects)
        for column in summed:
            found += _judge(total, groups, column, cells, sheet)
    return found


def _groups(rows: Rows, total: RawRow, projects: int | None) -> list[list[RawRow]]:
    """The sets of rows that a total may stand for."""
    before = [row for row in rows.order if row.no < total.no]
    totals = rows.grand | rows.sub
    since_any = _data_since(before, totals)
    if total.no in rows.sub:
        return [since_any]
    groups = [_data_since(before, rows.grand - {total.no}), [row for row in before if row.no not in totals], since_any]
    if not groups[1]:  # the total stands above its rows
        groups = [list(rows.data)]
    if projects is not None:
        groups += [[row for row in group if "-" not in project_number(row.at(projects))] for group in groups]
    return [group for group in groups if group]


def _data_since(before: list[RawRow], totals: Iterable[int]) -> list[RawRow]:
    known = set(totals)
    last = max((row.no for row in before if row.no in known), default=0)
    return [row for row in before if row.no > last and row.no not in known]


def _judge(total: RawRow, groups: list[list[RawRow]], column: Column, cells: Cells, sheet: str | None) -> list[Finding]:
    written = _number(total, column)
    if written is None:
        return []
    closest: Fraction | None = None
    for group in groups:
        addends = [] if any(_unreadable(row, column, cells) for row in group) else [_number(row, column) for row in group]
        if not addends:
            return []
        sum_of_rows = sum((addend for addend in addends if addend is not None), Fraction(0))
        if abs(written - sum_of_rows) <= _tolerance(total, group, column):
            return []
        if closest is None or abs(written - sum_of_rows) < abs(written - closest):
            closest = sum_of_rows
    if closest is None:
        return []
    return [finding(
        "sheet.total_row_mismatch", sheet=sheet, cell=a1(total.no, column.number), field=column.field.name, title=column.title,
        found=float(written), expected=float(closest), difference=float(abs(written - closest)),
    )]


def _number(row: RawRow, column: Column) -> Fraction | None:
    """The number of a cell in the column's unit, None where it has none."""
    try:
        number: Number | None = parse_number(row.at(column.number))
    except NotANumber:
        return None
    if number is None:
        return None
    if number.unit and column.unit and number.unit.kind == column.unit.kind:
        return number.value * number.unit.factor / column.unit.factor
    return number.value


def _unreadable(row: RawRow, column: Column, cells: Cells) -> bool:
    """Whether a cell's number is unknown: text, a formula without value, merged, or a required one left empty."""
    if cells.is_formula_without_value(row, column.number) or cells.merged_over(row, column.number):
        return True
    try:
        return parse_number(row.at(column.number)) is None and column.field.required
    except NotANumber:
        return True


def _tolerance(total: RawRow, group: list[RawRow], column: Column) -> Fraction:
    if column.field.type == "count":
        return Fraction(0)
    places = min(max(decimals(row.at(column.number)) for row in group), MOST_DECIMALS)
    return Fraction(len(group), 2 * 10**places) + Fraction(1, 2 * 10 ** min(decimals(total.at(column.number)), MOST_DECIMALS))
