"""Sheets that stand on their side, with townships or projects across, or a single one, and what is reported of them below each
other: read as the sheet that one gets by turning it, with the addresses that the cells really have. Called by `sheet_tables`
where a sheet has no table that stands upright, and by `table` for the addresses.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from contracts import Contract, Finding, catalogue
from contracts.reading_record import SheetRecord
from contracts.text import heading_key
from ingestion.normalize.headers import exact_targets, known_headings, read_heading
from ingestion.normalize.numbers import NotANumber, parse_number
from ingestion.normalize.parsed_row import ParsedRow
from ingestion.normalize.row_labels import names_a_unit
from ingestion.normalize.sheet_metadata import LocatedText, SheetMetadata
from ingestion.normalize.townships import written_code
from ingestion.readers.cells import Cell, Merged, Range, RawRow, RawSheet, a1, position

LEAST_ACROSS = 3  # units that a row names: two may stand in a title or beside each other in any table
LEAST_FIELDS = 3  # that a column names below each other, each once, with a figure beside most of them
SEARCHED_COLUMNS = 5  # for the names of the fields: a number, a group and the name take fewer
LONGEST_ACROSS = 500  # rows or columns of a sheet that is turned: of these no form has as many
LEAST_VALUES = 2  # of a row of the table; one with a single text below it is a note
ADDRESS = re.compile(r"[A-Z]{1,3}[0-9]+")


InFile = Callable[[str], str]


@dataclass(frozen=True)
class TurnedSheet:
    """A sheet that was turned, and the rows above and below its table as they stand in the file."""

    sheet: RawSheet
    above: list[RawRow]
    notes: list[RawRow]


def turned(sheet: RawSheet, contract: Contract) -> TurnedSheet | None:
    """A sheet with its rows as columns, from the first row on that names several units, or a field of the contract where its
    fields stand below each other; None where no row does.
    """
    rows = sheet.rows
    if not rows or rows[-1].no > LONGEST_ACROSS:
        return None
    top = next((index for index, row in enumerate(rows) if sum(map(_names_unit, row.values)) >= LEAST_ACROSS), None)
    if top is None:
        top = _first_field(rows, contract)
    if top is None:
        return None
    last = max(index for index, row in enumerate(rows) if index == top or _count(row) >= LEAST_VALUES)
    block = rows[top : last + 1]
    width = max(len(row.values) for row in block)
    if width > LONGEST_ACROSS:
        return None
    by_number = {row.no: row for row in block}
    numbers = range(1, block[-1].no + 1)
    columns = (
        RawRow(column, tuple(by_number[no].at(column) if no in by_number else None for no in numbers), turned=True)
        for column in range(1, width + 1)
    )
    return TurnedSheet(
        replace(
            sheet,
            rows=tuple(row for row in columns if _count(row)),
            merged=tuple(
                Merged(one.left, one.top, one.right, one.bottom) for one in sheet.merged if one.top >= block[0].no
            ),
            hidden_rows=sheet.hidden_columns,
            hidden_columns=_ranges_within(sheet.hidden_rows, block[-1].no),
            formula_without_value=_swapped(sheet.formula_without_value),
            shown_as_percent=_swapped(sheet.shown_as_percent),
            blank_results=_swapped(sheet.blank_results),
            shown_otherwise={(column, row): how for (row, column), how in sheet.shown_otherwise.items()},
            comments={(column, row): text for (row, column), text in sheet.comments.items()},
            is_turned=True,
        ),
        list(rows[:top]),
        list(rows[last + 1 :]),
    )


def _first_field(rows: Sequence[RawRow], contract: Contract) -> int | None:
    """Index of the first row of those that name the contract's fields below each other in one column."""
    known = known_headings(contract)
    for column in range(1, SEARCHED_COLUMNS + 1):
        named = [
            (index, targets[0].field)
            for index, row in enumerate(rows)
            if isinstance(text := row.at(column), str)
            and (targets := exact_targets((read_heading(text).text, heading_key(text)), contract, known))
        ]
        fields = [name for _, name in named]
        with_figures = sum(any(_is_figure(value) for value in rows[index].values[column:]) for index, _ in named)
        if len(set(fields)) >= LEAST_FIELDS and _stand_once(named, contract) and 2 * with_figures >= len(named):
            return named[0][0]
    return None


def _stand_once(named: Sequence[tuple[int, str]], contract: Contract) -> bool:
    """Whether each field is named once; of a township code and name are two."""
    fields = [name for _, name in named if contract.fields[name].type != "township"]
    return len(set(fields)) == len(fields)


def _is_figure(value: Cell) -> bool:
    if value is None:
        return False
    try:
        return parse_number(value) is not None
    except NotANumber:
        return False


def _names_unit(value: Cell) -> bool:
    return value is not None and (names_a_unit(value) or written_code(value).place is not None)


def _count(row: RawRow) -> int:
    return sum(value is not None for value in row.values)


def _swapped(cells: Iterable[tuple[int, int]]) -> frozenset[tuple[int, int]]:
    return frozenset((column, row) for row, column in cells)


def _ranges_within(ranges: tuple[Range, ...], last: int) -> tuple[Range, ...]:
    return tuple((start, min(end, last)) for start, end in ranges if start <= last)


def address_in_file(address: str) -> str:
    """The address in the file of a cell or range of the turned sheet, and the other way round: AB3 → C28."""
    return ADDRESS.sub(lambda found: a1(*reversed(position(found[0]))), address)


def metadata_in_turned(metadata: SheetMetadata) -> SheetMetadata:
    """What the lines around a turned table say, with the addresses that the turned sheet has for them."""
    return replace(
        metadata,
        title=_located(metadata.title) if metadata.title else None,
        titles=[_located(one) for one in metadata.titles],
        lines={key: _located(one) for key, one in metadata.lines.items()},
        note_units=[(measure_unit, _located(one)) for measure_unit, one in metadata.note_units],
    )


def _located(one: LocatedText) -> LocatedText:
    return replace(one, cell=address_in_file(one.cell) if one.cell else None)


def findings_in_file(findings: Iterable[Finding], in_file: InFile = address_in_file) -> list[Finding]:
    """Findings of the turned sheet at the addresses that their cells have in the file. in_file: gives these."""
    return [_finding_in_file(one, one.cell, in_file) if one.cell else one for one in findings]


def _finding_in_file(one: Finding, cell: str, in_file: InFile) -> Finding:
    """A finding with its cell, also where its message names it."""
    there = in_file(cell)
    if "{cell}" not in catalogue()[one.rule_id].zh:
        return replace(one, cell=there)
    message, message_en = (re.sub(rf"\b{cell}\b", there, text) for text in (one.message, one.message_en))
    return replace(one, cell=there, message=message, message_en=message_en)


def rows_in_file(parsed_rows: Iterable[ParsedRow], in_file: InFile = address_in_file) -> None:
    """Changes the addresses of parsed rows of the turned sheet to those in the file. in_file: gives these."""
    for row in parsed_rows:
        row.elsewhere = {name: in_file(cell) for name, cell in row.cells.items()}
        row.columns = {}
        row.classes = tuple((code, in_file(heading), area, in_file(cell)) for code, heading, area, cell in row.classes)
        row.problems = tuple(replace(one, cell=in_file(one.cell)) if one.cell else one for one in row.problems)


def log_in_file(conversions: pa.Table, in_file: InFile = address_in_file) -> pa.Table:
    """The normalization log of a turned sheet with the addresses in the file. in_file: gives these."""
    place = conversions.schema.get_field_index("cell")
    cells: list[Any] = [cell and in_file(cell) for cell in conversions["cell"].to_pylist()]
    return conversions.set_column(
        place, conversions.schema.field(place), pa.array(cells, conversions.schema.field(place).type)
    )


def record_in_file(record: SheetRecord) -> SheetRecord:
    """The reading record of a turned sheet; its rows are the sheet's columns."""
    columns = tuple(replace(one, cell=address_in_file(one.cell)) for one in record.columns)
    return replace(record, columns=columns, turned=True)
