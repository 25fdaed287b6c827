"""CSV and TSV as raw cells, strictly: a quotation mark that is not closed, or a text that is cut, is never guessed at.
Called by `ingestion.readers.tabular` for what is neither a zip nor an old workbook; `ingestion.sniff` asks for
`delimiter_of` alone.

Decoded in Python: DuckDB's own decoding of GB18030 has been seen to corrupt rows.
"""

import csv
import io
from collections import Counter
from itertools import islice

from ingestion.readers.cells import RawRow, RawSheet, SheetFault, UnreadableFile, a1, check_size, check_text
from ingestion.readers.text_encoding import decode

DELIMITERS = (",", "\t", ";", "，", "|")
# Records by which the delimiter is found: a title, notes and a heading of several rows, and a dozen rows of figures.
SAMPLED_RECORDS = 30
SAMPLED_CHARACTERS = 10_000  # of each of their lines: a heading of some hundred columns; longer lines are no table's
LEAST_FIELDS = 2  # of a record of a table
csv.field_size_limit((1 << 31) - 1)  # the limit of a cell is `check_text`'s, which names what is wrong
QUOTE = "reading.csv_quote"


def read_delimited(content: bytes) -> RawSheet:
    """Cells of a delimited text in UTF-8, UTF-16 or GB18030, texts without outer white space. A row has as many values
    as its record has fields.

    Raises UnreadableFile for what is no text, is cut within a character, has quotation marks that do not pair, or is
    beyond the limits.
    """
    check_size(content.count(b"\n"))
    text = decode(content)
    delimiter = delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, cells, began = [], 0, 1
    try:
        for number, record in enumerate(reader, start=1):
            values = tuple(check_text(value.strip()) or None for value in record)
            cells += len(values)
            check_size(cells, rows=1, columns=len(values))
            if reader.line_num > began:
                _check_lines_in_quotes(record, delimiter, began, reader.line_num)
            if any(values):
                rows.append(RawRow(number, values))
            began = reader.line_num + 1
    except csv.Error:
        raise UnreadableFile(QUOTE, _lines(began, reader.line_num)) from None
    last_is_whole = not text or text.endswith(("\n", "\r"))
    return RawSheet(
        name=None, rows=tuple(rows), is_delimited=True, faults=() if last_is_whole or not rows else (_cut(rows[-1]),)
    )


def delimiter_of(text: str) -> str:
    """The character that cuts most of the first records into equally many fields; of several, the one that cuts them into
    more.
    """
    first = islice(io.StringIO(text, newline=None), SAMPLED_RECORDS * 2)
    lines = [line[:SAMPLED_CHARACTERS] for line in first if line.strip()][:SAMPLED_RECORDS]
    return max(DELIMITERS, key=lambda delimiter: _alike(lines, delimiter))


def _alike(lines: list[str], delimiter: str) -> tuple[int, int]:
    """How many records have as many fields as most, and how many these are; (0, 0) where none has several."""
    try:
        lengths = Counter(
            len(record) for record in csv.reader(lines, delimiter=delimiter) if len(record) >= LEAST_FIELDS
        )
    except csv.Error:  # a line end within a record, which the reader of the whole text names
        return 0, 0
    return max(((count, fields) for fields, count in lengths.items()), default=(0, 0))


def _check_lines_in_quotes(record: list[str], delimiter: str, first: int, last: int) -> None:
    """A quoted text may run over several lines. Where one of these has as many delimiters as the record itself, it is
    another record, swallowed by a quotation mark that was left open. Raises UnreadableFile.
    """
    if any(
        line.count(delimiter) >= max(len(record) - 1, LEAST_FIELDS - 1)
        for value in record
        if "\n" in value or "\r" in value
        for line in value.splitlines()[1:]
    ):
        raise UnreadableFile(QUOTE, _lines(first, last))


def _lines(first: int, last: int) -> str:
    return str(first) if first >= last else f"{first}–{last}"


def _cut(row: RawRow) -> SheetFault:
    """The last line does not end: what stands in it may be the beginning of what was meant."""
    column = max(number for number, value in enumerate(row.values, start=1) if value is not None)
    return SheetFault("reading.csv_last_line", a1(row.no, column), {"found": row.at(column)})
