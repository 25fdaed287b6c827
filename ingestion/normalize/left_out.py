"""Data of a workbook outside of the tables that were read: sheets without headings, and other tables below one. Called by
`table`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from contracts import Contract, Finding, finding
from contracts.text import half_width, value_text
from ingestion.normalize.layout import TableLayout
from ingestion.normalize.other_tables import is_of_texts
from ingestion.normalize.row_fit import RowFit
from ingestion.normalize.row_labels import names_a_unit
from ingestion.readers.cells import Cell, RawRow, RawSheet, a1

FIGURE = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?\s*%?")
LONGEST_FIGURE = 7  # digits before the point: more of them are a telephone's or an account's number
YEAR = re.compile(r"(?:19|20)\d{2}")
SHOWN, SHOWN_CHARACTERS = 3, 40  # rows that a message names, and characters of each
NOT_REPORTED = re.compile(
    r"作废|样表|样例|示例|范例|模板|模版|草稿|废表|旧(?:表|版|稿|数据)"
    r"|(?<![一-鿿])旧(?![一-鿿])|旧(?=$|[\s(（_.\-\d])"
)
"""Words of a sheet's name that say that it is not what is reported."""


def is_not_reported(sheet: RawSheet) -> bool:
    """Whether the name of a sheet says that its table is void, a form's example or a draft."""
    return NOT_REPORTED.search(half_width(sheet.name or "").strip()) is not None


def sheet_not_reported(sheet: RawSheet, cell: str) -> list[Finding]:
    """The question whether a sheet is reported whose name says that it is not. cell: the first of its headings."""
    return [finding("sheet.not_for_reporting", sheet=sheet.name, cell=cell, found=sheet.name)] * is_not_reported(sheet)


def data_left_out(sheets: Iterable[RawSheet], tables: Sequence[TableLayout], contract: Contract) -> Iterator[Finding]:
    """Findings on rows with a unit of the report and figures that stand on none of the tables read: on the other sheets,
    and below a table under headings of their own.

    Those of a sheet without any headings that fit the columns of a table which was read may go on from it, and are asked
    about; the others are warned of.
    """
    read = {table.sheet.name for table in tables}
    fits = [RowFit(table, contract) for table in tables]
    for sheet in sheets:
        if sheet.name not in read and not is_not_reported(sheet):
            yield from _of_rows(sheet, list(sheet.rows), fits)
    for table in tables:
        yield from _of_rows(table.sheet, table.others, [])


def _of_rows(sheet: RawSheet, rows: list[RawRow], fits: list[RowFit]) -> Iterator[Finding]:
    counted = _counting_columns(rows)
    data = [row for row in rows if _has_unit(row) and _figures(row, counted)]
    if not data:
        return
    continued = not any(map(is_of_texts, rows)) and any(fit.takes(row) for row in data for fit in fits)
    rule_id = "reading.continued_rows_not_read" if continued else "reading.other_data_not_read"
    column = next(number for number, value in enumerate(data[0].values, start=1) if value is not None)
    yield finding(
        rule_id,
        sheet=sheet.name,
        cell=None if sheet.is_turned else a1(data[0].no, column),
        found="；".join(map(_shown, data[:SHOWN])),
        count=len(data),
    )


def _has_unit(row: RawRow) -> bool:
    """Whether any cell of a row is a township or the number of a project."""
    return any(names_a_unit(value_text(value)) for value in row.values if isinstance(value, int | float | str))


def _figures(row: RawRow, counted: set[int]) -> int:
    """How many figures a row has outside of the columns that number the rows."""
    return sum(_is_figure(value) for number, value in enumerate(row.values) if number not in counted)


def _is_figure(value: Cell) -> bool:
    """Whether a cell is a figure, and neither a year, a date, a township's code nor a telephone number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    text = half_width(value_text(value)).strip()
    return (
        FIGURE.fullmatch(text) is not None
        and not YEAR.fullmatch(text)
        and len(text.lstrip("+-").replace(",", "").split(".")[0]) <= LONGEST_FIGURE
    )


def _counting_columns(rows: list[RawRow]) -> set[int]:
    """Indices of the columns whose whole numbers go up by one from row to row, as the rows' own numbers do."""
    found = set()
    for index in range(max((len(row.values) for row in rows), default=0)):
        texts = [
            value_text(row.values[index]) for row in rows if index < len(row.values) and _is_figure(row.values[index])
        ]
        numbers = [int(float(text)) for text in texts if re.fullmatch(r"\d+(?:\.0)?", text)]
        if len(numbers) == len(texts) and numbers == list(range(1, len(numbers) + 1)):
            found.add(index)
    return found


def _shown(row: RawRow) -> str:
    text = " ".join(value_text(value) for value in row.values if value is not None)
    return f"{row.name}“{text[:SHOWN_CHARACTERS]}{'…' if len(text) > SHOWN_CHARACTERS else ''}”"
