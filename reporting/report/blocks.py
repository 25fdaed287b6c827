"""The pieces that a page of the report is made of, and the CSV file beside each. Sections make them, templates show them."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from markupsafe import Markup

from reporting.report.source import Row
from reporting.report.words import Words, plain, shown

CSV = "csv"
"""Folder of the CSV files, beside the pages."""
SHORTEST, LONGEST = (
    6,
    26,
)  # characters that a column is made wide for: a heading needs the one, a text may be broken at the other


@dataclass(frozen=True)
class Table:
    """Rows of one mart. columns: those that the page shows; first: how many rows it shows, the CSV has all of them and
    every column.
    """

    rows: Sequence[Row]
    columns: Sequence[str]
    first: int = 1000

    @property
    def mart(self) -> str | None:
        return self.rows[0].mart if self.rows else None

    @property
    def shown(self) -> Sequence[Row]:
        return self.rows[: self.first]

    @property
    def widths(self) -> list[float]:
        """The share of the table's width that each column's longest word needs, in percent."""
        lengths = [
            min(max([SHORTEST, *(len(str(shown(row[column], column))) for row in self.shown)]), LONGEST)
            for column in self.columns
        ]
        return [round(length / sum(lengths) * 100, 1) for length in lengths]

    @property
    def left_out(self) -> int:
        return max(0, len(self.rows) - self.first)


@dataclass(frozen=True)
class Block:
    """A finding of the report: a sentence that says it, charts, a table, the CSV (by name) and the command behind them.

    charts: each with the words under it, empty where it needs none.
    """

    name: str
    title: str
    sentence: Markup
    mart: str
    command: str
    charts: Sequence[tuple[Markup, Markup]] = ()
    table: Table | None = None
    notes: Sequence[Markup] = ()
    grid: str = "wide"
    all_rows: Sequence[Row] = field(default=())

    @property
    def csv(self) -> str:
        """The CSV's path, from the page."""
        return f"{CSV}/{self.name}.csv"


def write_csv(folder: Path, block: Block, words: Words) -> None:
    """Write all rows of a block: with a byte-order mark, as Excel wants it, and the mart's titles as headings."""
    rows = block.all_rows or (block.table.rows if block.table else ())
    path = folder / block.csv
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        if rows:
            writer.writerow([words.heading(rows[0].mart, column) for column in rows[0].values])
            writer.writerows([["" if value is None else plain(value) for value in row.values.values()] for row in rows])
