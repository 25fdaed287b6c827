"""A table of a submission -> a workbook or CSV file with the same bytes every time."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

Cell = str | int | float | date | None
SYNTHETIC = "注：本表数据为模拟数据（SYNTHETIC），非官方统计。"
WRITTEN_ON = datetime(2026, 8, 1)  # instead of the moment: equal content gives equal files


@dataclass(frozen=True)
class Table:
    """One sheet as a bureau writes it: title, a line below it, header, rows, and rows that are totals."""

    sheet: str
    title: str
    beside: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    totals: Sequence[Sequence[Cell]] = ()

    def lines(self) -> Iterable[Sequence[Cell]]:
        """All lines of the sheet, the note that the data are synthetic last."""
        yield from ([self.title], [self.beside], self.header, *self.rows, *self.totals, [SYNTHETIC])


def _written(cell: Cell) -> str | int | float | None:
    return f"{cell.year}年{cell.month}月{cell.day}日" if isinstance(cell, date) else cell


def write_workbook(target: Path, tables: Iterable[Table]) -> None:
    """Write tables as the sheets of a workbook. Raises OSError."""
    from xlsxwriter import Workbook

    with Workbook(str(target), {"strings_to_numbers": False, "strings_to_formulas": False}) as book:
        book.set_properties({"title": "模拟数据 SYNTHETIC", "created": WRITTEN_ON})
        for table in tables:
            sheet = book.add_worksheet(table.sheet)
            for row, line in enumerate(table.lines()):
                sheet.write_row(row, 0, [_written(cell) for cell in line])


def write_csv(target: Path, lines: Iterable[Sequence[Cell]]) -> None:
    """Write lines as CSV in UTF-8 with a byte order mark. Raises OSError."""
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([_written(cell) for cell in line] for line in lines)
