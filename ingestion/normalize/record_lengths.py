"""Whether every record of a delimited text is as long as its heading: one that is not was cut, or cut otherwise. Called by `table`
for each sheet.
"""

from collections.abc import Iterable, Sequence

from contracts import Finding, finding
from ingestion.normalize.accounts import TableAccount
from ingestion.readers.cells import RawSheet, a1
from ingestion.readers.delimited import DELIMITERS

MOST_SHORT_RECORDS = (
    100  # findings on records of another length: with more of them the file is no table with this delimiter
)
LEAST_FIGURES = 2  # of a row of a table; one alone may be a year or a telephone number in a line of text


def record_lengths(sheet: RawSheet, parts: Sequence[TableAccount]) -> list[Finding]:
    """Findings on the rows of a delimited text that have more or fewer fields than the heading above them; blank ones at the
    end do not count as more. Below the last row of figures a note may be shorter, unless another delimiter cuts it into as
    many fields.
    """
    if not sheet.is_delimited:
        return []
    records = {row.no: row.values for row in sheet.rows}
    expected: dict[int, int] = {}
    for part in parts:
        fields = max(len(records[heading.no]) for heading in part.table.heading_rows)
        figures = [row.no for row in (*part.rows.data, *part.rows.totals)]
        others = [
            row.no
            for row in (*part.rows.notes, *part.rows.unknown)
            if row.no < max(figures, default=0) or _is_cut_otherwise(records[row.no], fields)
        ]
        expected |= dict.fromkeys((*figures, *others), fields)
    found = []
    for number, fields in sorted(expected.items()):
        values = records[number]
        filled = max(place for place, value in enumerate(values, start=1) if value is not None)
        if len(values) < fields or filled > fields:
            found.append(
                finding(
                    "reading.csv_record_length",
                    sheet=sheet.name,
                    cell=a1(number, min(filled, fields)),
                    found=max(filled, len(values)) if filled > fields else len(values),
                    expected=fields,
                    row=number,
                )
            )
    return found[:MOST_SHORT_RECORDS]


def _is_cut_otherwise(values: Sequence[object], fields: int) -> bool:
    """Whether a record is a row of the table that another delimiter cuts, that stands in quotation marks as a whole, or that
    is cut short: it holds figures, as a sentence with commas or a line with a telephone number does not.
    """
    texts = [str(value) for value in values if value is not None]
    if len(texts) > 1:
        return len(values) != fields and _figures(texts) >= LEAST_FIGURES
    pieces = [texts[0].split(delimiter) for delimiter in DELIMITERS]
    return any(len(some) >= fields > 1 and _figures(some) >= LEAST_FIGURES for some in pieces)


def _figures(texts: Iterable[str]) -> int:
    return sum(text.strip().replace(".", "", 1).isdecimal() for text in texts)
