"""Rows and columns of the report that the sheet does not show: they are read, and told."""

from bisect import bisect_left, bisect_right

from contracts import Finding, finding
from ingestion.normalize.rows import Part
from ingestion.readers.cells import Range, RawSheet, a1, column_letters, lengthen

MOST_SHOWN = 8  # that a message names
MOST_MARKED = 1000  # rows of the range at which a finding stands


def hidden_parts(sheet: RawSheet, parts: list[Part]) -> list[Finding]:
    """A finding on a sheet's hidden rows of data, and one on its hidden columns of the report; each stands at the first
    of them.
    """
    return [*_hidden_rows(sheet, parts), *_hidden_columns(sheet, parts)]


def _hidden_rows(sheet: RawSheet, parts: list[Part]) -> list[Finding]:
    if not sheet.hidden_rows:
        return []
    read = sorted({row.no for part in parts for row in part.rows.data})
    ranges: list[Range] = []
    for number in _among(read, sheet.hidden_rows):
        lengthen(ranges, number)
    if not ranges:
        return []
    column = min(column.number for part in parts for column in part.columns)
    first, last = ranges[0]
    return [
        finding(
            "reading.hidden_rows",
            sheet=sheet.name,
            cell=_range(a1(first, column), a1(min(last, first + MOST_MARKED - 1), column)),
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


def _among(numbers: list[int], ranges: tuple[Range, ...]) -> list[int]:
    """Those of some ascending numbers that lie in any of the ranges."""
    found: set[int] = set()
    for first, last in ranges:
        found.update(numbers[bisect_left(numbers, first) : bisect_right(numbers, last)])
    return sorted(found)


def _range(first: str, last: str) -> str:
    return first if first == last else f"{first}:{last}"


def _listed(texts: list[str]) -> str:
    return "、".join(texts[:MOST_SHOWN]) + ("…" if len(texts) > MOST_SHOWN else "")
