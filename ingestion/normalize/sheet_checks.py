"""What is checked of a sheet as a whole, and of a submission: its 合计 and 小计 against the sums of its rows, rows and columns
that it hides, townships that are absent, rows that reach one township. Called by `table`.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from itertools import groupby

from contracts import Contract, Finding, finding
from contracts.model import MeasureUnit
from contracts.places import township_name
from contracts.reference import table
from ingestion.normalize.columns import Column
from ingestion.normalize.numbers import NotANumber, Number, decimals, parse_number
from ingestion.normalize.parsed_row import ParsedRow
from ingestion.normalize.rows import Cells, Part, Rows
from ingestion.normalize.townships import RESOLVED
from ingestion.normalize.values import project_number
from ingestion.readers.cells import RawRow, RawSheet, a1, column_letters

SUMMED = frozenset({"area", "money", "mass", "count"})
MOST_DECIMALS = 6  # of a figure: more are the noise of binary fractions, and would make the tolerance vanish
MOST_SHOWN = 8  # ranges of rows, or columns, that a message names
MOST_MARKED = 1000  # rows of the range at which a finding on hidden rows stands
RETIRED = "normalize.township_code_retired"

RowGroup = list[tuple[Part, list[RawRow]]]
"""Rows of each of some tables that a total may sum."""
Numbers = tuple[int, int]
"""The first and the last of some rows or columns, 1-based."""


def check_totals(parts: list[Part], contract: Contract, sheet: str | None) -> list[Finding]:
    """Totals that their rows do not add up to; each holds the whole file, at the total's cell. parts: the tables of the
    sheet.

    A 小计 sums the rows since the total before it, a 合计 all of them or those since the last 合计, or those of all
    tables or of those up to its own; where sub-projects stand beside their project, a 合计 may leave them out. A column
    with a cell that cannot be read is not checked. Tolerance: half of the last decimal place of each addend and of the
    total.
    """
    found = []
    for number, part in enumerate(parts):
        summed = [column for column in part.columns if column.field.type in SUMMED]
        for total in part.rows.totals:
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
    since_any = _data_since(before, totals)
    if total.no in rows.sub:
        return [since_any]
    all_before = [row for row in before if row.no not in totals]
    # without any before it the total stands above its rows
    return [_data_since(before, rows.grand - {total.no}), all_before, since_any] if all_before else [list(rows.data)]


def _without_sub_projects(part: Part, rows: list[RawRow]) -> list[RawRow]:
    column = next((column.number for column in part.columns if column.field.type == "project"), None)
    return rows if column is None else [row for row in rows if "-" not in project_number(row.at(column))]


def _data_since(before: list[RawRow], totals: Iterable[int]) -> list[RawRow]:
    known = set(totals)
    last = max((row.no for row in before if row.no in known), default=0)
    return [row for row in before if row.no > last and row.no not in known]


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


def hidden_parts(sheet: RawSheet, parts: list[Part]) -> list[Finding]:
    """A finding on a sheet's hidden rows of data, and one on its hidden columns of the report: they are read. Each stands
    at the first of them.
    """
    return [*_hidden_rows(sheet, parts), *_hidden_columns(sheet, parts)]


def _hidden_rows(sheet: RawSheet, parts: list[Part]) -> list[Finding]:
    if not sheet.hidden_rows:
        return []
    read = sorted({row.no for part in parts for row in part.rows.data})
    ranges = _ranges(_among(read, sheet.hidden_rows))
    if not ranges:
        return []
    column = min(column.number for part in parts for column in part.columns)
    first, last = ranges[0]
    cells = dict.fromkeys([a1(first, column), a1(min(last, first + MOST_MARKED - 1), column)])
    return [
        finding(
            "reading.hidden_rows",
            sheet=sheet.name,
            cell=":".join(cells),
            count=sum(last - first + 1 for first, last in ranges),
            found=_listed([str(first) if first == last else f"{first}-{last}" for first, last in ranges]),
        )
    ]


def _hidden_columns(sheet: RawSheet, parts: list[Part]) -> list[Finding]:
    by_number = {column.number: column for part in parts for column in part.columns}
    hidden = [by_number[number] for number in _among(sorted(by_number), sheet.hidden_columns)]
    if not hidden:
        return []
    return [
        finding(
            "reading.hidden_columns",
            sheet=sheet.name,
            cell=hidden[0].cell,
            count=len(hidden),
            found=_listed([f"{column_letters(column.number)} {column.title}" for column in hidden]),
        )
    ]


def _among(numbers: list[int], ranges: Iterable[Numbers]) -> list[int]:
    """Those of some ascending numbers that lie in any of the ranges."""
    found: set[int] = set()
    for first, last in ranges:
        found.update(numbers[bisect_left(numbers, first) : bisect_right(numbers, last)])
    return sorted(found)


def _ranges(numbers: list[int]) -> list[Numbers]:
    """Ascending numbers as ranges of those that follow each other."""
    runs = (list(run) for _, run in groupby(enumerate(numbers), key=lambda item: item[1] - item[0]))
    return [(run[0][1], run[-1][1]) for run in runs]


def _listed(texts: list[str]) -> str:
    return "、".join(texts[:MOST_SHOWN]) + ("…" if len(texts) > MOST_SHOWN else "")


def missing_townships(
    parsed_rows: list[ParsedRow], contract: Contract, blank_rows: dict[str | None, list[int]]
) -> list[Finding]:
    """Townships without a row, for each period of which several townships have one.

    blank_rows: numbers of the empty rows within each sheet's data; where they are as many as the absent townships, they
    are their places.
    """
    if contract.reporting_unit.kind != "township":
        return []
    field = contract.reporting_unit.fields[0]
    present: dict[str | None, dict[str, ParsedRow]] = defaultdict(dict)
    for row in parsed_rows:
        if row.values.get(field):
            present[row.period].setdefault(row.values[field], row)
    found = []
    for period, by_code in present.items():
        if len(by_code) == 1:
            continue
        absent = [one["township_code"] for one in table("township") if one["township_code"] not in by_code]
        sheet = next(iter(by_code.values())).sheet
        blanks = blank_rows.get(sheet, [])
        cells: list[str | None] = [None] * len(absent)
        if len(blanks) == len(absent):
            cells = [a1(number, 1) for number in blanks]
        found += [
            finding(
                "sheet.missing_unit",
                reporting_unit=code,
                period=period,
                sheet=sheet,
                cell=cell,
                field=field,
                found=township_name(code),
            )
            for code, cell in zip(absent, cells, strict=True)
        ]
    return found


def hold_merged_townships(parsed_rows: list[ParsedRow], contract: Contract) -> None:
    """A row of a township that has become part of another is a fault where another row is the same reporting unit; else
    it is only resolved.

    Where the unit is the township, such a row is a fault by itself: it is never the whole of what it is part of.
    Changes the problems of the rows.
    """
    rows_of = Counter((row.reporting_unit, row.period) for row in parsed_rows)
    for row in parsed_rows:
        if row.merged and (contract.reporting_unit.kind == "township" or rows_of[row.reporting_unit, row.period] > 1):
            row.problems = tuple(
                replace(problem, rule_id=RETIRED) if problem.rule_id == RESOLVED else problem
                for problem in row.problems
            )
