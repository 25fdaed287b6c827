"""A clean report of one sheet, where its parts are, and how a change of it is written. Used by `tests.support.mutations` and
`mutations_beside`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl

from contracts import Contract
from contracts.text import heading_key
from ingestion.normalize.result import NormalizedFile
from ingestion.readers.cells import position

Rows = list[list[Any]]


@dataclass(frozen=True)
class Base:
    """A clean report: its rows as they stand, and where its headings, its rows of data and its columns are (1-based)."""

    contract: Contract
    stem: str
    rows: Rows
    heading: int
    data: tuple[int, ...]
    columns: dict[str, int]

    def of_kind(self, *kinds: str) -> list[int]:
        """Columns whose fields are of some types, in their order."""
        return sorted(
            at
            for name, at in self.columns.items()
            if name in self.contract.fields and self.contract.fields[name].type in kinds
        )


def base_of(contract: Contract, stem: str, rows: Rows, got: NormalizedFile) -> Base:
    """Where the parts of a report are, by the record of its reading."""
    (sheet, *_) = got.record.sheets
    heading = max(one.last for one in sheet.rows if one.kind == "heading")
    data = tuple(number for one in sheet.rows if one.kind == "data" for number in range(one.first, one.last + 1))
    columns = {
        f"{one.field}:name" if one.by == "name" else str(one.field): position(one.cell)[1]
        for one in sheet.columns
        if one.field is not None and one.by != "class"
    }
    columns |= {f"class{position(one.cell)[1]}": position(one.cell)[1] for one in sheet.columns if one.by == "class"}
    return Base(contract, stem, rows, heading, data, columns)


@dataclass
class Book:
    """What is written: rows, and what is done to the sheet or the package then."""

    stem: str
    rows: Rows
    change: Callable[[Any], None] | None = None
    others: dict[str, Rows] = field(default_factory=dict)
    sheet: str = "Sheet1"

    def write(self, folder: Path) -> Path:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = self.sheet
        for row in self.rows:
            sheet.append(row)
        for name, rows in self.others.items():
            other = book.create_sheet(name)
            for row in rows:
                other.append(row)
        if self.change:
            self.change(sheet)
        path = folder / f"{self.stem}.xlsx"
        book.save(path)
        return path


def copied(base: Base) -> Rows:
    return [list(row) for row in base.rows]


def with_value(base: Base, row: int, column: int, value: Any) -> Callable[[Path], Path]:
    """The report with another value in one cell."""
    rows = copied(base)
    rows[row - 1] += [None] * (column - len(rows[row - 1]))
    rows[row - 1][column - 1] = value
    return Book(base.stem, rows).write


def value_at(base: Base, row: int, column: int) -> Any:
    return base.rows[row - 1][column - 1]


def plain_heading(base: Base, column: int) -> str:
    """A heading without its unit."""
    return heading_key(value_at(base, base.heading, column)).split("(")[0]


def figures(base: Base) -> list[int]:
    classes = [at for name, at in base.columns.items() if name.startswith("class")]
    return sorted({*base.of_kind("area", "money", "mass", "count", "number"), *classes})


def filled(base: Base, column: int) -> int | None:
    """The first row of data with a number other than 0 in a column."""
    return next(
        (
            row
            for row in base.data
            if isinstance(value_at(base, row, column), int | float) and value_at(base, row, column)
        ),
        None,
    )


def figure_cells(base: Base, most: int = 2) -> list[tuple[int, int]]:
    return [(row, at) for at in figures(base) if (row := filled(base, at)) is not None][:most]
