"""What is checked of a sheet as a whole, and of a submission: rows and columns that it hides, townships that are absent,
rows that reach one township. Called by `table`.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from contracts import Contract, Finding, finding
from contracts.places import township_name
from contracts.reference import table
from ingestion.normalize.parsed_row import ParsedRow
from ingestion.normalize.rows import Part
from ingestion.normalize.townships import RESOLVED
from ingestion.readers.cells import RawSheet, a1, column_letters

MOST_SHOWN = 8  # ranges of rows, or columns, that a message names
MOST_MARKED = 1000  # rows of the range at which a finding on hidden rows stands
RETIRED = "normalize.township_code_retired"
ROWS_HIDDEN, COLUMNS_HIDDEN = "reading.hidden_rows", "reading.hidden_columns"
UNIT_IN_CELL = "normalize.unit_in_cell"

Numbers = tuple[int, int]
"""The first and the last of some rows or columns, 1-based."""


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
    count = sum(last - first + 1 for first, last in ranges)
    if sheet.is_turned:
        names = [column_letters(number) for first, last in ranges for number in range(first, last + 1)]
        return [finding(COLUMNS_HIDDEN, sheet=sheet.name, cell=":".join(cells), count=count, found=_listed(names))]
    names = [str(first) if first == last else f"{first}-{last}" for first, last in ranges]
    return [finding(ROWS_HIDDEN, sheet=sheet.name, cell=":".join(cells), count=count, found=_listed(names))]


def _hidden_columns(sheet: RawSheet, parts: list[Part]) -> list[Finding]:
    by_number = {column.number: column for part in parts for column in part.columns}
    hidden = [by_number[number] for number in _among(sorted(by_number), sheet.hidden_columns)]
    if not hidden:
        return []
    return [
        finding(
            ROWS_HIDDEN if sheet.is_turned else COLUMNS_HIDDEN,
            sheet=sheet.name,
            cell=hidden[0].cell,
            count=len(hidden),
            found=_listed([f"{_name(sheet, column.number)} {column.title}" for column in hidden]),
        )
    ]


def _name(sheet: RawSheet, number: int) -> str:
    """What a column is called in the file: its letters, of a sheet that was turned the number of its row."""
    return str(number) if sheet.is_turned else column_letters(number)


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


def tell_units_of_cells_once(parsed_rows: list[ParsedRow]) -> None:
    """Of the cells of a field that have a unit of their own, the first tells how many there are. Changes the rows' problems."""
    counts = Counter(
        (row.sheet, problem.field) for row in parsed_rows for problem in row.problems if problem.rule_id == UNIT_IN_CELL
    )
    if not counts:
        return
    for row in parsed_rows:
        kept = []
        for problem in row.problems:
            if problem.rule_id == UNIT_IN_CELL:
                count = counts.pop((row.sheet, problem.field), 0)
                if not count:
                    continue
                problem = replace(problem, operands=problem.operands | {"count": count})
            kept.append(problem)
        row.problems = tuple(kept)


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
