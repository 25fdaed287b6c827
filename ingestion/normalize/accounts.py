"""What was done with each row and column of a sheet: the reading record, and the proof that nothing below a heading is left
out of it. Called by `table`.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from contracts import Contract, Finding, code_lists, finding
from contracts.personal_numbers import has_personal_number, without_personal_numbers
from contracts.reading_record import (
    ColumnReading,
    ColumnRecord,
    DeclaredDay,
    PeriodCandidate,
    RowKind,
    SheetRecord,
    ranges_of,
)
from contracts.text import heading_key, value_text, without_blanks
from ingestion.normalize.columns import Column
from ingestion.normalize.headers import is_subtotal
from ingestion.normalize.layout import HEADER_DEPTH, HeaderCell, TableLayout
from ingestion.normalize.numbers import unit_named
from ingestion.normalize.rows import Rows
from ingestion.readers.cells import RawRow, RawSheet, a1, column_letters, position
from ingestion.system_faults import RAISE

SHOWN = 8  # rows or columns that a message names
SHOWN_CHARACTERS = 30  # of a value in a message
REMARKS = frozenset({"备注", "说明", "注"})
"""Headings of remarks: every office writes some, nobody expects them to be stored."""
MOST_NAMES = 0.9  # of a column's values are names of the codes beside them: then it is their column of names
NUMBERS = frozenset(
    {"序号", "序", "顺序号"}
)  # headings of the rows' numbers, which may go on from another table and leave some out
LEAST_NUMBERED = 2  # rows by which a column under another heading is known as the rows' numbers


class Unaccounted(AssertionError):
    """Rows or columns of a sheet that are in no account: a fault of this program."""


@dataclass(frozen=True)
class TableAccount:
    """One table of a sheet with its rows by kind and the columns that are read."""

    table: TableLayout
    rows: Rows
    columns: list[Column]
    labels: dict[int, str]


def sheet_record(
    sheet: RawSheet,
    parts: Sequence[TableAccount],
    periods: Iterable[PeriodCandidate],
    declared: Iterable[DeclaredDay],
) -> SheetRecord:
    """The reading record of a sheet."""
    kinds = _kinds(parts)
    return SheetRecord(
        name=sheet.name,
        rows=tuple(ranges_of((number, kind, of) for number, (kind, of) in sorted(kinds.items()))),
        columns=tuple(record for part in parts for record in _columns(part)),
        periods=tuple(periods),
        declared=tuple(declared),
    )


def check_accounts(sheet: RawSheet, parts: Sequence[TableAccount]) -> list[Finding]:
    """A finding on what holds something below the first heading and is in no account: rows of no kind, and columns of data
    that the record does not name. Raises Unaccounted instead where RAISE is set.
    """
    kinds = _kinds(parts)
    first = min(row.no for part in parts for row in part.table.heading_rows)
    lines = {row.no for part in parts for row in part.table.above}
    rows = [row.no for row in sheet.rows if row.no >= first and row.no not in kinds and row.no not in lines]
    data = [row for row in sheet.rows if kinds.get(row.no, ("", None))[0] == "data"]
    columns = sorted(_filled(data) - {position(record.cell)[1] for part in parts for record in _columns(part)})
    if not rows and not columns:
        return []
    names = [*(f"第 {number} 行" for number in rows), *(f"{column_letters(number)} 列" for number in columns)]
    where = "、".join(names[:SHOWN])
    if os.environ.get(RAISE):
        raise Unaccounted(f"sheet {sheet.name!r}: {where}")
    cell = a1(rows[0] if rows else first, columns[0] if columns and not rows else 1)
    return [finding("reading.rows_unaccounted", sheet=sheet.name, cell=cell, found=where, count=len(names))]


def _filled(rows: Iterable[RawRow]) -> set[int]:
    """Columns in which any of some rows has a value."""
    return {number for row in rows for number, value in enumerate(row.values, start=1) if value is not None}


def _kinds(parts: Sequence[TableAccount]) -> dict[int, tuple[RowKind, str | None]]:
    """The kind of every row; of one that stands in several tables side by side, what is read of it comes first."""
    kinds: dict[int, tuple[RowKind, str | None]] = {}
    for part in parts:
        for number, kind, of in _kinds_of(part):
            if number not in kinds or kind == "data":
                kinds[number] = (kind, of)
    return kinds


def _kinds_of(part: TableAccount) -> Iterator[tuple[int, RowKind, str | None]]:
    rows = part.rows
    for row in rows.data:
        yield row.no, "data", None
    for row in rows.totals:
        label = part.labels.get(row.no)
        yield row.no, "total" if row.no in rows.grand else "part" if row.no in rows.parts else "subtotal", label
    others: tuple[tuple[RowKind, Iterable[int]], ...] = (
        ("heading", (row.no for row in part.table.heading_rows)),
        ("repeated", (row.no for row in rows.repeated)),
        ("note", (row.no for row in rows.notes)),
        ("unknown", (row.no for row in rows.unknown)),
        ("other_table", (row.no for row in part.table.others)),
    )
    for kind, numbers in others:
        for number in numbers:
            yield number, kind, None


def _columns(part: TableAccount) -> Iterator[ColumnRecord]:
    """Every column with a heading or with a value in a row of data."""
    read = {column.number: column for column in part.columns}
    heads = {head.column: head for head in part.table.header}
    for number in sorted({*heads, *read, *_filled(part.rows.data)}):
        column, head = read.get(number), heads.get(number)
        if column is None:
            yield ColumnRecord(*_heading(part.table, number, head), "ignored")
            continue
        target = column.target
        by: ColumnReading = target.by if target.role == "value" else target.role
        measure_unit = column.measure_unit.zh if column.measure_unit else None
        yield ColumnRecord(column.cell, column.shown, by, column.field.name, round(target.score), measure_unit)


def _heading(table: TableLayout, number: int, head: HeaderCell | None) -> tuple[str, str]:
    """Cell and text of a column's heading: where the headings have none, what stands right above them, as the part of a
    merged heading that reaches higher than those that are read.
    """
    if head is not None:
        return head.cell, head.shown
    for row in reversed(table.above[-HEADER_DEPTH:]):
        if table.first_row - row.no < HEADER_DEPTH and (text := row.at(number)) is not None:
            return a1(row.no, number), heading_key(text)
    return a1(table.first_row, number), ""


def not_read(sheet: RawSheet, part: TableAccount, contract: Contract, found: Iterable[Finding] = ()) -> list[Finding]:
    """Findings on the rows of a table that were not read and do not look like notes, and on columns with values that no
    field takes. found: what was found of the columns before; a heading that it names is not named again.
    """
    reported = {item.cell for item in found}
    return [
        *_rows_not_read(sheet, part),
        *_columns_not_read(sheet, part, contract, reported),
        *_personal_numbers(sheet, part),
    ]


def _rows_not_read(sheet: RawSheet, part: TableAccount) -> Iterator[Finding]:
    rows = part.rows.unknown
    if not rows:
        return
    shown = "；".join(
        f"{row.name}“{_short(next(value for value in row.values if value is not None))}”" for row in rows[:SHOWN]
    )
    column = next(number for number, value in enumerate(rows[0].values, start=1) if value is not None)
    yield finding("reading.rows_not_read", sheet=sheet.name, cell=a1(rows[0].no, column), found=shown, count=len(rows))


def _columns_not_read(
    sheet: RawSheet, part: TableAccount, contract: Contract, reported: set[str | None]
) -> Iterator[Finding]:
    read, heads = {column.number for column in part.columns}, {head.column: head for head in part.table.header}
    width = max((len(row.values) for row in part.rows.data), default=0)
    left = []
    for number in range(1, width + 1):
        values = [value for row in part.rows.data if (value := row.at(number)) is not None]
        if number in read or not values:
            continue
        head = heads.get(number)
        cell, text = _heading(part.table, number, head)
        if cell in reported or _is_plain(text, head, values, contract):
            continue
        if head is not None and (code := _code_named_by(number, part)):
            yield from _names_that_differ(sheet, number, code, part)
            continue
        if _are_units(values):
            yield finding(
                "normalize.unit_column",
                sheet=sheet.name,
                cell=cell,
                found=_short(values[0]),
                title=text or "（无列名）",
            )
            continue
        if head is not None and head.targets and head.groups:  # known, but for what stands above it
            text = f"{head.groups[-1]}：{text}"
        left.append((cell, f"“{text}”" if text else f"{column_letters(number)} 列（无列名）"))
    if left:
        yield finding(
            "reading.columns_not_read",
            sheet=sheet.name,
            cell=left[0][0],
            found="、".join(name for _, name in left[:SHOWN]) + ("…" if len(left) > SHOWN else ""),
            count=len(left),
        )


def _personal_numbers(sheet: RawSheet, part: TableAccount) -> Iterator[Finding]:
    """A word on each column that is not read and holds identity numbers of persons, at the first."""
    read, heads = {column.number for column in part.columns}, {head.column: head for head in part.table.header}
    width = max((len(row.values) for row in part.rows.data), default=0)
    for number in sorted({*range(1, width + 1)} - read):
        cells = ((row, row.at(number)) for row in part.rows.data)
        texts = ((row, value_text(value)) for row, value in cells if isinstance(value, str | float))
        if first := next((row for row, text in texts if has_personal_number(text)), None):
            title = _heading(part.table, number, heads.get(number))[1] or f"{column_letters(number)} 列"
            yield finding("normalize.personal_number", sheet=sheet.name, cell=a1(first.no, number), title=title)


def _are_units(values: Sequence[object]) -> bool:
    """Whether a column says in which units the figures beside it are."""
    named = [unit_named(heading_key(value)) for value in values]
    return all(one is not None and one.is_scaled for one in named)


def _code_named_by(number: int, part: TableAccount) -> Column | None:
    """The column of codes of which another column gives the names: most of its values are those of the codes beside them."""
    for column in part.columns:
        if column.field.list is None:
            continue
        pairs = _pairs(number, column, part)
        if pairs and sum(same for _, _, same in pairs) >= MOST_NAMES * len(pairs):
            return column
    return None


def _pairs(number: int, column: Column, part: TableAccount) -> list[tuple[RawRow, object, bool]]:
    """Rows with a value in both columns, that value, and whether it is the name of the code."""
    codes = code_lists()[str(column.field.list)]
    return [
        (row, name, codes.canonical(str(name)) == codes.canonical(value_text(code)))
        for row in part.rows.data
        if (name := row.at(number)) is not None and (code := row.at(column.number)) is not None
    ]


def _names_that_differ(sheet: RawSheet, number: int, column: Column, part: TableAccount) -> Iterator[Finding]:
    for row, name, same in _pairs(number, column, part):
        if not same:
            yield finding(
                "normalize.code_name_mismatch",
                sheet=sheet.name,
                cell=a1(row.no, number),
                field=column.field.name,
                found=name,
                expected=row.at(column.number),
                title=column.field.zh,
            )


def _is_plain(text: str, head: HeaderCell | None, values: Sequence[object], contract: Contract) -> bool:
    """Whether a column is one that every sheet may have and nobody misses: remarks, the rows' numbers, 小计 of classes.
    text: its heading.
    """
    if text in REMARKS or (head is not None and contract.layout.kind == "wide" and is_subtotal(head.text, head.group)):
        return True
    numbers = [without_blanks(str(value)).removesuffix(".0") for value in values]
    if not all(number.isdecimal() for number in numbers):
        return False
    if text in NUMBERS:
        return True
    follow = all(int(after) - int(before) == 1 for before, after in pairwise(numbers))
    return follow and len(numbers) >= LEAST_NUMBERED and int(numbers[0]) <= 1


def _short(value: object) -> str:
    text = without_personal_numbers(" ".join(str(value).split()))
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def labels_of(rows: Rows) -> dict[int, str]:
    """What each total of a table is called."""
    return {
        row.no: _short(next((value for value in row.values if isinstance(value, str)), ""))
        for row in rows.totals
        if any(isinstance(value, str) for value in row.values)
    }
