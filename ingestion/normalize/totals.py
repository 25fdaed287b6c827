"""The 合计 and 小计 of a sheet against the sums of its rows, and rows without a unit that are sums of others, whatever they
are called. Called by `table`.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from contracts import Contract, Finding, finding
from contracts.model import SUMMED_TYPES, MeasureUnit
from ingestion.normalize.accounts import SHOWN, labels_of
from ingestion.normalize.columns import Column
from ingestion.normalize.numbers import NotANumber, Number, decimals, parse_number
from ingestion.normalize.rows import Cells, Part, Rows, names_no_unit
from ingestion.normalize.values import convert_cell, project_number
from ingestion.readers.cells import RawRow, a1

CODED = frozenset({"date", "month", "code", "boolean"})
MOST_DECIMALS = 6  # of a figure: more are the noise of binary fractions, and would make the tolerance vanish
LEAST_ADDENDS = 2  # of a row that is taken for a total by its figures alone: of one row it would be its copy
MOST_WITHOUT_UNIT = (
    50  # rows of a table that are compared with the sums of others: more are no totals, but rows with a fault
)

RowGroup = list[tuple[Part, list[RawRow]]]
"""Rows of each of some tables that a total may sum."""


def take_unlabelled_totals(part: Part, contract: Contract) -> list[RawRow]:
    """Rows without a unit whose every figure is the sum of those of the rows right above or right below: they become
    totals. Returns them.
    """
    summed = [column for column in part.columns if column.field.type in SUMMED_TYPES]
    without = [row for row in part.rows.data if names_no_unit(row, part, contract)]
    if not summed or len(without) > MOST_WITHOUT_UNIT:
        return []
    found = [
        row for row in without if any(_is_sum(row, run, part, summed) for run in _runs_beside(row, part.rows, without))
    ]
    for row in found:
        part.rows.take_total(row, of_all=False)
    return found


def _runs_beside(row: RawRow, rows: Rows, without: list[RawRow]) -> Iterator[list[RawRow]]:
    """Rows with a unit that follow each other, right above a row or right below it, from two of them to all."""
    named = [one for one in rows.data if one not in without]
    above = [one for one in named if one.no < row.no]
    below = [one for one in named if one.no > row.no]
    for count in range(LEAST_ADDENDS, len(above) + 1):
        yield above[-count:]
    for count in range(LEAST_ADDENDS, len(below) + 1):
        yield below[:count]


def _is_sum(total: RawRow, run: list[RawRow], part: Part, summed: list[Column]) -> bool:
    """Whether a row has figures, and each is the sum of a run's."""
    compared = 0
    for column in summed:
        written = _number(total, column, column.measure_unit)
        if written is None:
            continue
        addends = [(row, column, part.cells) for row in run]
        numbers = [_number(row, column, column.measure_unit) for row in run]
        given = [number for number in numbers if number is not None]
        if not given or abs(written - sum(given)) > _tolerance(total, addends, column):
            return False
        compared += bool(written)
    return compared > 0


def odd_totals(part: Part, sheet: str | None) -> list[Finding]:
    """What is said of rows that their labels make no data: parts of a row above are told; a total that has a date or a code,
    as only rows of data have, is asked about.
    """
    labels = labels_of(part.rows)
    parts = [row for row in part.rows.totals if row.no in part.rows.parts]
    found = [
        finding(
            "sheet.total_with_code",
            sheet=sheet,
            cell=a1(row.no, column.number),
            field=column.field.name,
            found=labels.get(row.no, ""),
            title=column.title,
        )
        for row in part.rows.totals
        if (column := next((one for one in part.columns if _has_code(row, one)), None))
    ]
    if parts:
        names = "、".join(f"{row.name}“{labels.get(row.no, '')}”" for row in parts[:SHOWN])
        first = a1(parts[0].no, 1)
        found.append(finding("sheet.part_rows", sheet=sheet, cell=first, found=names, count=len(parts)))
    return found


def _has_code(row: RawRow, column: Column) -> bool:
    """Whether a cell of a column of dates or listed codes holds one."""
    if column.field.type not in CODED or row.at(column.number) is None:
        return False
    converted = convert_cell(row.at(column.number), column.field, None)
    return converted.value is not None and not converted.problems


def check_totals(parts: list[Part], contract: Contract, sheet: str | None) -> list[Finding]:
    """Totals that their rows do not add up to; each holds the whole file, at the total's cell. parts: the tables of the
    sheet.

    A 小计 sums the rows since the total before it, or those below it up to the next; a 合计 all of them or those since the
    last 合计, or those of all tables or of those up to its own; where sub-projects stand beside their project, a 合计
    may leave them out. A column
    with a cell that cannot be read is not checked. Tolerance: half of the last decimal place of each addend and of the
    total.
    """
    found = []
    for number, part in enumerate(parts):
        summed = [column for column in part.columns if column.field.type in SUMMED_TYPES]
        for total in part.rows.totals:
            if total.no in part.rows.parts:
                continue
            groups = _groups(part, total, parts[: number + 1], parts)
            for column in summed:
                found += _check_total(total, groups, column, sheet)
    return found


def _groups(part: Part, total: RawRow, so_far: list[Part], parts: list[Part]) -> list[RowGroup]:
    """The sets of rows that a total of a table may stand for."""
    groups: list[RowGroup] = [[(part, rows)] for rows in _own_groups(part.rows, total)]
    if total.no in part.rows.sub:
        return groups
    if len(parts) > 1:
        groups += [[(one, one.rows.data) for one in some] for some in (so_far, parts)]
    if any(column.field.type == "project" for column in part.columns):
        groups += [[(one, _without_sub_projects(one, rows)) for one, rows in group] for group in groups]
    return groups


def _own_groups(rows: Rows, total: RawRow) -> list[list[RawRow]]:
    before = [row for row in rows.order if row.no < total.no]
    totals = rows.grand | rows.sub
    before = [row for row in before if row.no not in rows.parts]
    since_any = _data_since(before, totals)
    if total.no in rows.sub:
        following = [row for row in rows.order if row.no > total.no]
        end = next((row.no for row in following if row.no in totals), None)
        below = [row for row in following if (end is None or row.no < end) and row.no not in rows.parts]
        return [group for group in (since_any, below, _data_since(before, rows.grand, totals)) if group]
    all_before = [row for row in before if row.no not in totals]
    # without any before it the total stands above its rows
    return (
        [_data_since(before, rows.grand - {total.no}, totals), all_before, since_any]
        if all_before
        else [list(rows.data)]
    )


def _without_sub_projects(part: Part, rows: list[RawRow]) -> list[RawRow]:
    column = next((column.number for column in part.columns if column.field.type == "project"), None)
    return rows if column is None else [row for row in rows if "-" not in project_number(row.at(column))]


def _data_since(before: list[RawRow], since: Iterable[int], totals: Iterable[int] = ()) -> list[RawRow]:
    """The rows of data behind the last of some totals. totals: all that there are, which are no data."""
    known = set(since)
    last = max((row.no for row in before if row.no in known), default=0)
    return [row for row in before if row.no > last and row.no not in known | set(totals)]


def _check_total(total: RawRow, groups: list[RowGroup], column: Column, sheet: str | None) -> list[Finding]:
    written = _number(total, column, column.measure_unit)
    if written is None:
        return []
    closest: Fraction | None = None
    for group in groups:
        addends = [
            (row, own, part.cells) for part, rows in group if (own := _same_column(part, column)) for row in rows
        ]
        if not addends:
            continue
        if any(_is_unknown(*addend) for addend in addends):
            return []
        sum_of_rows = sum(
            (addend for row, own, _ in addends if (addend := _number(row, own, column.measure_unit)) is not None),
            Fraction(0),
        )
        if abs(written - sum_of_rows) <= _tolerance(total, addends, column):
            return []
        if closest is None or abs(written - sum_of_rows) < abs(written - closest):
            closest = sum_of_rows
    if closest is None:
        return []
    return [
        finding(
            "sheet.total_row_mismatch",
            sheet=sheet,
            cell=a1(total.no, column.number),
            field=column.field.name,
            title=column.title,
            found=float(written),
            expected=float(closest),
            difference=float(abs(written - closest)),
        )
    ]


def _same_column(part: Part, column: Column) -> Column | None:
    """The column of a table that holds what a column, perhaps of another table, holds."""
    wanted = (column.field.name, column.target.class_code)
    return next((one for one in part.columns if (one.field.name, one.target.class_code) == wanted), None)


def _number(row: RawRow, column: Column, wanted: MeasureUnit | None) -> Fraction | None:
    """The number of a cell in a unit, None where it has none."""
    try:
        number: Number | None = parse_number(row.at(column.number))
    except NotANumber:
        return None
    if number is None:
        return None
    measure_unit = number.measure_unit or column.measure_unit
    if measure_unit is None or wanted is None or measure_unit is wanted or measure_unit.kind != wanted.kind:
        return number.value
    return number.value * measure_unit.factor / wanted.factor


def _is_unknown(row: RawRow, column: Column, cells: Cells) -> bool:
    """Whether a cell's number is unknown: text, a formula without value, merged, or a required one left empty."""
    if cells.is_formula_without_value(row, column.number) or cells.merged_over(row, column.number):
        return True
    try:
        return parse_number(row.at(column.number)) is None and column.field.required
    except NotANumber:
        return True


def _tolerance(total: RawRow, addends: list[tuple[RawRow, Column, Cells]], column: Column) -> Fraction:
    if column.field.type == "count":
        return Fraction(0)
    places = min(max(decimals(row.at(own.number)) for row, own, _ in addends), MOST_DECIMALS)
    own_places = min(decimals(total.at(column.number)), MOST_DECIMALS)
    return Fraction(len(addends), 2 * 10**places) + Fraction(1, 2 * 10**own_places)
