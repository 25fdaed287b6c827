"""Rows below a table that belong to another one: contacts, or a grid of instructions, under a title or headings of its
own. Called by `sheet_tables`.
"""

import re
from collections.abc import Iterator

from contracts import Contract
from contracts.text import without_blanks
from ingestion.normalize.layout import TableLayout
from ingestion.normalize.row_fit import RowFit
from ingestion.normalize.rows import NOTE
from ingestion.normalize.sheet_metadata import KEY_VALUE
from ingestion.readers.cells import RawRow

FIGURE = re.compile(r"\s*[+-]?\d[\d,]*(?:\.\d+)?%?\s*|\s*\d{4}[-/.年]\s*\d.*", re.DOTALL)
MOST_TITLES, LEAST_HEADINGS = 3, 3  # rows of titles above, and columns of, another table: fewer are a note


def is_of_texts(row: RawRow) -> bool:
    """Whether a row has several values, all of them texts and none a figure or a date: as headings have."""
    filled = 0
    for value in row.values:
        if value is None:
            continue
        if not isinstance(value, str) or FIGURE.fullmatch(value):
            return False
        filled += 1
    return filled > 1


def without_other_tables(table: TableLayout, contract: Contract) -> list[RawRow]:
    """The rows below a table's headings but those of other tables.

    Another table begins behind a gap, with a title or with texts of which none fits its column, and goes on to the end
    of the sheet or to a gap behind which a row fits the report. Such a row has values of the right kind in at least
    half of the required columns, and more of them than of a wrong kind, so that a row with a fault is not left out.
    Headings of another table decide by themselves.
    """
    fit = RowFit(table, contract)
    kept: list[RawRow] = []
    is_other = False
    for number, run in enumerate(_runs(table.below)):
        may_be_other = number > 0 and (is_other or _may_begin(run[0], fit))
        last = max((index for index, row in enumerate(run) if _is_of_grid(row)), default=None) if may_be_other else None
        is_other = last is not None and (_has_other_headings(run, fit) or not any(map(fit.takes, run)))
        kept += run[last + 1 :] if is_other and last is not None else run
    return kept


def _runs(rows: list[RawRow]) -> Iterator[list[RawRow]]:
    """Rows that follow each other without a gap."""
    start = 0
    for index in range(1, len(rows) + 1):
        if index == len(rows) or rows[index].no - rows[index - 1].no > 1:
            yield rows[start:index]
            start = index


def _may_begin(row: RawRow, fit: RowFit) -> bool:
    """Whether a row may be the title or the headings of another table."""
    texts = [value for value in row.values if value is not None]
    return all(isinstance(text, str) for text in texts) and not fit.has_any(row) and not KEY_VALUE.match(str(texts[0]))


def _is_of_grid(row: RawRow) -> bool:
    """Whether a row has several values and is no line such as 填报人：…"""
    texts = [str(value) for value in row.values if value is not None]
    return len(texts) > 1 and not any(map(KEY_VALUE.match, texts)) and not NOTE.match(without_blanks(texts[0]))


def _has_other_headings(run: list[RawRow], fit: RowFit) -> bool:
    """Whether rows begin, below a title if there is one, with the headings of another table: one over every value of
    the next row.
    """
    at = next((index for index, row in enumerate(run[:MOST_TITLES]) if len(_filled(row)) > 1), None)
    if at is None or at + 1 == len(run) or not is_of_texts(run[at]) or fit.has_any(run[at]):
        return False
    columns = _filled(run[at])
    ours = sum(fit.is_heading(str(run[at].at(column))) for column in columns)
    return len(columns) >= LEAST_HEADINGS and 2 * ours < len(columns) and _filled(run[at + 1]) <= columns


def _filled(row: RawRow) -> set[int]:
    """Numbers of the columns in which a row has a value."""
    return {column for column, value in enumerate(row.values, start=1) if value is not None}
