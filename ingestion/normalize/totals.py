"""The 合计 and 小计 of a sheet against the sums of its rows, and rows without a unit that are sums of others, whatever they
are called. Called by `table`.
"""

from collections.abc import Collection, Iterable, Iterator
from fractions import Fraction
from itertools import groupby

from contracts import Contract, Finding, finding
from contracts.model import SUMMED_TYPES
from contracts.text import value_text
from ingestion.normalize.accounts import SHOWN, labels_of
from ingestion.normalize.columns import Column
from ingestion.normalize.numbers import NotANumber, parse_number
from ingestion.normalize.rows import Cells, Part, Rows, key_columns, names_no_listed_unit, names_no_unit
from ingestion.normalize.summed_rows import (
    LEAST_ADDENDS,
    LEAST_COLUMNS,
    MOST_IN_RUNS,
    is_sum,
    number_in,
    sums_some,
    tolerance,
)
from ingestion.normalize.values import convert_cell, project_number
from ingestion.readers.cells import RawRow, a1

CODED = frozenset({"date", "month", "code", "boolean"})
MOST_WITHOUT_UNIT = (
    50  # rows of a table that are compared with the sums of others: more are no totals, but rows with a fault
)

RowGroup = list[tuple[Part, list[RawRow]]]
"""Rows of each of some tables that a total may sum."""


def unlabelled_totals(part: Part, contract: Contract, sheet: str | None) -> list[Finding]:
    """Rows without a unit of the lists whose every figure is the sum of others become totals: of those right above or right
    below; at an end of the table, of any. They are told; one with what looks like a code is asked about.
    """
    summed = [column for column in part.columns if column.field.type in SUMMED_TYPES]
    unlisted = [row for row in part.rows.data if names_no_listed_unit(row, part, contract)]
    if not summed or not unlisted or len(unlisted) > MOST_WITHOUT_UNIT:
        return []
    numbers = {row.no for row in unlisted}
    coded = {row.no for row in unlisted if not names_no_unit(row, part, contract)}
    named = [row for row in part.rows.data if row.no not in numbers]
    found = []
    for row in unlisted:
        least = LEAST_COLUMNS if row.no in coded else 1
        is_at_end = not (named and named[0].no < row.no < named[-1].no)
        if any(is_sum(row, run, part.cells, summed, least) for run in _runs_beside(row, named)) or (
            is_at_end and sums_some(row, named, part.cells, summed)
        ):
            part.rows.take_total(row, of_all=False)
            found.append(row)
    labels, keys = labels_of(part.rows), key_columns(part, contract)
    return [
        finding(
            "sheet.total_with_code" if row.no in coded else "sheet.subtotal_by_sum",
            sheet=sheet,
            cell=a1(row.no, keys[0].number if row.no in coded else 1),
            field=keys[0].field.name if row.no in coded else None,
            found=labels.get(row.no) or value_text(next(value for value in row.values if value is not None)),
            title=keys[0].field.zh,
        )
        for row in found
    ]


def _runs_beside(row: RawRow, named: list[RawRow]) -> Iterator[list[RawRow]]:
    """Rows with a unit that follow each other, right above a row or right below it, from two of them to MOST_IN_RUNS, and all."""
    above = [one for one in named if one.no < row.no]
    below = [one for one in named if one.no > row.no]
    for count in _counts(above):
        yield above[-count:]
    for count in _counts(below):
        yield below[:count]


def _counts(rows: list[RawRow]) -> list[int]:
    counts = list(range(LEAST_ADDENDS, min(len(rows), MOST_IN_RUNS) + 1))
    return [*counts, len(rows)] if len(rows) > MOST_IN_RUNS else counts


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

    A 小计 sums the rows since any total before it, or those below it up to any of the next; a 合计 all of them or those since the
    last 合计, or those of all tables or of those up to its own; where sub-projects stand beside their project, a 合计
    may leave them out, and rows without a unit, which are no data. Where several 小计 follow each other, each may sum any of
    the rows; if it sums none of those that are tried, it is asked about. A column
    with a cell that cannot be read is not checked. Tolerance: half of the last decimal place of each addend and of the
    total.
    """
    found = []
    without = _without_unit(parts, contract) if any(part.rows.totals for part in parts) else frozenset()
    for number, part in enumerate(parts):
        summed = [column for column in part.columns if column.field.type in SUMMED_TYPES]
        stacked = _stacked(part.rows)
        for total in part.rows.totals:
            if total.no in part.rows.parts:
                continue
            groups = _groups(part, total, parts[: number + 1], parts, without)
            differing = [one for column in summed for one in _check_total(total, groups, column, sheet)]
            if not differing or total.no not in stacked:
                found += differing
            elif not sums_some(total, part.rows.data, part.cells, summed):
                label = labels_of(part.rows).get(total.no, "")
                found.append(
                    finding("sheet.subtotal_of_unknown_rows", sheet=sheet, cell=differing[0].cell, found=label)
                )
    return found


def _stacked(rows: Rows) -> set[int]:
    """Numbers of the subtotals that stand together, above or below all rows that they may be of."""
    found: set[int] = set()
    totals = rows.grand | rows.sub
    for is_total, run in groupby(rows.order, key=lambda row: row.no in totals):
        subtotals = [row.no for row in run if row.no in rows.sub] if is_total else []
        found.update(subtotals if len(subtotals) > 1 else [])
    return found


def _without_unit(parts: list[Part], contract: Contract) -> frozenset[tuple[int, int]]:
    """Rows of data that name no township and no project of the lists: their table and number."""
    return frozenset(
        (id(part), row.no) for part in parts for row in part.rows.data if names_no_listed_unit(row, part, contract)
    )


def _groups(
    part: Part, total: RawRow, so_far: list[Part], parts: list[Part], without: frozenset[tuple[int, int]]
) -> list[RowGroup]:
    """The sets of rows that a total of a table may stand for. without: rows without a unit (`_without_unit`)."""
    groups: list[RowGroup] = [[(part, rows)] for rows in _own_groups(part.rows, total)]
    if total.no not in part.rows.sub and len(parts) > 1:
        groups += [[(one, one.rows.data) for one in some] for some in (so_far, parts)]
    if total.no not in part.rows.sub and any(column.field.type == "project" for column in part.columns):
        groups += [[(one, _without_sub_projects(one, rows)) for one, rows in group] for group in groups]
    if without:
        groups += [
            [(one, [row for row in rows if (id(one), row.no) not in without]) for one, rows in group]
            for group in groups
        ]
    return groups


def _own_groups(rows: Rows, total: RawRow) -> list[list[RawRow]]:
    before = [row for row in rows.order if row.no < total.no]
    totals = rows.grand | rows.sub
    before = [row for row in before if row.no not in rows.parts]
    since_any = _data_since(before, totals)
    if total.no in rows.sub:
        below = _data_until(rows, total, totals)
        ends = [no for no in sorted(totals, reverse=True) if no < total.no]
        since_each = [_data_since(before, {no}, totals) for no in ends]
        return [group for group in (since_any, *below, *since_each, _data_since(before, (), totals)) if group]
    all_before = [row for row in before if row.no not in totals]
    # without any before it the total stands above its rows
    return (
        [_data_since(before, rows.grand - {total.no}, totals), all_before, since_any]
        if all_before
        else [list(rows.data)]
    )


def _data_until(rows: Rows, total: RawRow, totals: Collection[int]) -> list[list[RawRow]]:
    """The rows of data below a total, up to each total below it and to the end."""
    below = [row for row in rows.order if row.no > total.no and row.no not in rows.parts]
    data = [row for row in below if row.no not in totals]
    ends = [row.no for row in below if row.no in totals]
    return [[row for row in data if row.no < end] for end in ends] + [data]


def _without_sub_projects(part: Part, rows: list[RawRow]) -> list[RawRow]:
    column = next((column.number for column in part.columns if column.field.type == "project"), None)
    return rows if column is None else [row for row in rows if "-" not in project_number(row.at(column))]


def _data_since(before: list[RawRow], since: Iterable[int], totals: Iterable[int] = ()) -> list[RawRow]:
    """The rows of data behind the last of some totals. totals: all that there are, which are no data."""
    known = set(since)
    last = max((row.no for row in before if row.no in known), default=0)
    return [row for row in before if row.no > last and row.no not in known | set(totals)]


def _check_total(total: RawRow, groups: list[RowGroup], column: Column, sheet: str | None) -> list[Finding]:
    written = number_in(total, column, column.measure_unit)
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
            (addend for row, own, _ in addends if (addend := number_in(row, own, column.measure_unit)) is not None),
            Fraction(0),
        )
        if abs(written - sum_of_rows) <= tolerance(total, addends, column):
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


def _is_unknown(row: RawRow, column: Column, cells: Cells) -> bool:
    """Whether a cell's number is unknown: text, a formula without value, merged, or a required one left empty."""
    if cells.is_formula_without_value(row, column.number) or cells.merged_over(row, column.number):
        return True
    try:
        return parse_number(row.at(column.number)) is None and column.field.required
    except NotANumber:
        return True
