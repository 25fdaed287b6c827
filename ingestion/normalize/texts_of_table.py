"""What is written beside the figures of a table, on its sheet and in its rows, and says something of them. Called by `table` for
each table of a sheet, and by `layer` for its attributes.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

import pyarrow as pa

from contracts import Contract, Finding, finding
from contracts.reading_record import SheetRecord
from ingestion.normalize.columns import Column
from ingestion.normalize.converted_value import ValueProblem
from ingestion.normalize.declared_units import Declared, declared_units
from ingestion.normalize.layer_values import plain_values
from ingestion.normalize.layout import TableLayout
from ingestion.normalize.parsed_row import ParsedRow
from ingestion.normalize.report_period import ReportPeriod
from ingestion.normalize.rows import Rows
from ingestion.normalize.said_of_figures import Said, said_in_caption, said_in_margin, said_in_note, said_in_remark
from ingestion.normalize.sheet_metadata import LocatedText
from ingestion.readers.cells import RawRow, RawSheet, a1
from ingestion.readers.layer import RawLayer

REMARKS_REMEMBERED = 1 << 12  # different remarks of a file: most rows have none, or one of a few


def findings_around(table: TableLayout, rows: Rows, contract: Contract, period: ReportPeriod) -> Iterator[Finding]:
    """What the lines above and below a table, those between its rows, the comments on other cells than its data's, and the
    margins of its pages say of its figures.
    """
    sheet, data = table.sheet, {row.no for row in rows.data}
    lines = [one for row in (*table.above, *rows.notes, *rows.unknown) for one in _texts(row)]
    found = [(one, said_in_note(one.text, contract)) for one in lines]
    found += [(one, said_in_caption(one.text, contract, period.period)) for one in _captions(rows, data)]
    # what stands above other columns is a group of these; another period is asked about with the titles
    first = min(head.column for head in table.header)
    lines_left = (row for row in table.above if next(iter(_columns(row)), 0) <= first)
    found += [(one, said_in_caption(one.text, contract, None)) for row in lines_left for one in _texts(row)]
    found += [
        (LocatedText(text, a1(*place)), said_in_note(text, contract))
        for place, text in sheet.comments.items()
        if place[0] not in data
    ]
    found += [(LocatedText(text, None), said_in_margin(text, contract)) for text in sheet.margins]
    for located, said in found:
        if said:
            yield finding(said.rule_id, sheet=sheet.name, cell=located.cell, **said.operands)


def _texts(row: RawRow) -> Iterator[LocatedText]:
    for column, value in enumerate(row.values, start=1):
        if isinstance(value, str):
            yield LocatedText(value, a1(row.no, column))


def _columns(row: RawRow) -> Iterator[int]:
    return (number for number, value in enumerate(row.values, start=1) if value is not None)


def _captions(rows: Rows, data: set[int]) -> Iterator[LocatedText]:
    """The lines of one text that stand between rows of data."""
    for row in (*rows.notes, *rows.unknown):
        texts = list(_texts(row))
        if len(texts) == 1 and data and min(data) < row.no < max(data):
            yield texts[0]


def units_in_margins(sheet: RawSheet) -> list[tuple[Declared, LocatedText]]:
    """The units that are printed above or below the pages of a sheet: they count as those of notes do."""
    return [(one, LocatedText(text, None)) for text in sheet.margins for one in declared_units(text)]


def units_in_remarks(table: TableLayout, rows: Rows, columns: list[Column]) -> Iterator[Finding]:
    """A question on each unit that a comment names and the figures below it, or beside it, are not read in; and on each of a
    remark in which some figures of its row are not read.
    """
    by_number = {column.number: column for column in columns}
    texts = [
        (LocatedText(text, a1(*place)), [by_number[place[1]]] if place[1] in by_number else columns)
        for place, text in table.sheet.comments.items()
        if place[0] >= table.first_row
    ]
    texts += [(LocatedText(text, a1(row.no, at)), columns) for row, at, text in _remarks(rows, columns)]
    asked: set[tuple[Declared, str]] = set()
    for one, of in texts:
        named = _units_in(one.text)
        for measure_unit in named:
            others = [
                column
                for column in of
                if column.measure_unit
                and column.measure_unit.kind == measure_unit.kind
                and column.measure_unit not in named
            ]
            key = measure_unit, "、".join(dict.fromkeys(column.title for column in others))
            if others and measure_unit.is_scaled and key not in asked:
                asked.add(key)
                yield finding(
                    "normalize.unit_in_note",
                    sheet=table.sheet.name,
                    cell=one.cell,
                    found=measure_unit.zh,
                    expected="、".join(
                        dict.fromkeys(column.measure_unit.zh for column in others if column.measure_unit)
                    ),
                    title=key[1],
                    text=one.text.strip(),
                )


@lru_cache(maxsize=REMARKS_REMEMBERED)
def _units_in(text: str) -> tuple[Declared, ...]:
    return tuple(declared_units(text))


def _remarks(rows: Rows, columns: Iterable[Column]) -> Iterator[tuple[RawRow, int, str]]:
    """The texts in a table's rows of data that stand in no column that is read."""
    read = {column.number for column in columns}
    for row in rows.data:
        for number, value in enumerate(row.values, start=1):
            if number not in read and isinstance(value, str):
                yield row, number, value


def take_remarks(
    parsed_rows: list[ParsedRow], table: TableLayout, rows: Rows, columns: Iterable[Column], contract: Contract
) -> None:
    """Adds to the problems of parsed rows what their remarks, and the comments on their cells, say of their figures."""
    by_number = {row.row_no: row for row in parsed_rows}
    known: dict[str, Said | None] = {}  # most rows have no remark, or one of a few
    for row, number, text in _remarks(rows, columns):
        if text not in known:
            known[text] = said_in_remark(text, contract)
        if said := known[text]:
            _add(by_number.get(row.no), said, a1(row.no, number), contract)
    for place, text in table.sheet.comments.items():
        if place[0] in by_number and (said := said_in_remark(text, contract)):
            _add(by_number[place[0]], said, a1(*place), contract)


def _add(row: ParsedRow | None, said: Said, cell: str, contract: Contract) -> None:
    if row is not None:
        row.problems += (_problem(said, contract, cell),)


def _problem(said: Said, contract: Contract, cell: str | None = None) -> ValueProblem:
    return ValueProblem(said.rule_id, contract.key[0], cell, dict(said.operands))


def remarks_of_layer(raw: RawLayer, record: SheetRecord, contract: Contract) -> list[tuple[int, ValueProblem]]:
    """What attributes that no field takes say of their features, by the number of the feature (作废 in 备注)."""
    found = []
    for column in record.columns:
        values = raw.attributes[column.heading]
        if column.field is not None or not pa.types.is_string(values.type):
            continue
        said = {text: said_in_remark(text, contract) for text in plain_values(values).unique().drop_null().to_pylist()}
        if any(said.values()):
            texts = plain_values(values).to_pylist()
            found += [(row, _problem(one, contract)) for row, text in enumerate(texts) if (one := said.get(text))]
    return found
