"""A workbook of tables that a screen reader, Excel, WPS and pandas all read: one table a sheet, its title in A1, what stands in
it in the lines below, one row of unique headings, no merged or hidden cells, an Excel table with a name. Called by
`subjects` and by `pipeline.release.export`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contracts import DISTRICT_TIME
from contracts.rounding import decimals_of
from contracts.text import cell_text, text_width
from reporting.headings import Column, headings

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
LONGEST_NAME = 31  # characters of a sheet's name, by the format
MOST_ROWS = 200_000  # of a sheet: a fifth of what the format holds, and about what an office computer opens
FONT, SIZE, TITLE_SIZE = "Microsoft YaHei", 10, 14
INK, PAPER, LINK = "#1F4E5F", "#FFFFFF", "#0B5394"  # headings are white on dark, a contrast of 9 to 1
NARROWEST, WIDEST = 8, 44  # half-width characters of a column; longer text is wrapped
LINE_HEIGHT, MOST_LINES = 15, 20  # points of a line of text; lines to which a row grows
LOOKED_AT = 200  # rows by which a column's width is judged
DATE, MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
YES, NO = "是", "否"


@dataclass(frozen=True)
class Sheet:
    """One table. name: of the sheet; title, lines: above it; table: its name in the workbook; rows: as the columns have
    them; links: by row, the sheet to which its first cell leads.
    """

    name: str
    title: str
    lines: tuple[str, ...]
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    table: str
    links: tuple[str, ...] = field(default=())


class Book:
    """A workbook that is being written. Raises OSError when it cannot be."""

    def __init__(self, target: Path, title: str, subject: str, made_on: date, contents: str | None = None) -> None:
        """contents: the name of the sheet that each other one leads back to."""
        from xlsxwriter import Workbook

        self._book = Workbook(
            str(target), {"strings_to_urls": False, "strings_to_formulas": False, "strings_to_numbers": False}
        )
        # the day instead of the moment: equal content gives equal files
        created = datetime(made_on.year, made_on.month, made_on.day)
        self._book.set_properties({"title": title, "subject": subject, "comments": "", "created": created})
        self._contents = contents
        self._plain, self._text = self._format(), self._format(valign="top", text_wrap=True, indent=1)
        self._title = self._format(bold=True, font_size=TITLE_SIZE)
        self._link = self._format(underline=1, font_color=LINK, valign="top")
        self._head = self._format(bold=True, text_wrap=True, valign="vcenter", font_color=PAPER, bg_color=INK)
        self._figures: dict[str, Format] = {}

    def close(self) -> None:
        self._book.close()

    def __enter__(self) -> "Book":
        return self

    def __exit__(self, *raised: object) -> None:
        if raised[0] is None:
            self.close()

    def _format(self, **properties: Any) -> "Format":
        return self._book.add_format({"font_name": FONT, "font_size": SIZE, **properties})

    def add(self, sheet: Sheet) -> None:
        """Write a sheet behind those that are there. A table of more than MOST_ROWS is left out, and said to be."""
        ws = self._book.add_worksheet(sheet.name)
        ws.write_string(0, 0, sheet.title, self._title)
        lines = [*sheet.lines, *([_left_out(len(sheet.rows))] if len(sheet.rows) > MOST_ROWS else [])]
        for row, line in enumerate(lines, start=1):
            ws.write_string(row, 0, cell_text(line), self._plain)
        first = len(lines) + 1
        if self._contents and sheet.name != self._contents:
            ws.write_url(first, 0, f"internal:'{self._contents}'!A1", self._link, "返回目录 Contents")
            first += 1
        self._table(ws, sheet, first, () if len(sheet.rows) > MOST_ROWS else sheet.rows)
        ws.freeze_panes(first + 1, 0)
        ws.set_landscape()
        ws.set_paper(9)  # A4
        ws.fit_to_pages(1, 0)
        ws.repeat_rows(first)
        ws.set_footer(f"&C{sheet.title} 第 &P 页，共 &N 页")

    def _table(self, ws: "Worksheet", sheet: Sheet, first: int, rows: Sequence[Sequence[Any]]) -> None:
        names = headings(sheet.columns)
        shown = [_Shown(one, sheet.columns) for one in sheet.columns]
        widths = [
            column.width(name, [row[at] for row in rows[:LOOKED_AT]])
            for at, (name, column) in enumerate(zip(names, shown, strict=True))
        ]
        for at, (name, width) in enumerate(zip(names, widths, strict=True)):
            ws.write_string(first, at, name, self._head)
            ws.set_column(at, at, width)
        ws.set_row(first, _height(names, [width - 3 for width in widths]))  # less the button of the filter
        for below, row in enumerate(rows, start=first + 1):
            for at, value in enumerate(row):
                if value is not None:
                    self._write(ws, below, at, value, shown[at].number_format(row))
            if (height := _height(row, widths)) > LINE_HEIGHT:
                ws.set_row(below, height)
        for below, target in enumerate(sheet.links, start=first + 1):
            ws.write_url(below, 0, f"internal:'{target}'!A1", self._link, target)
        if rows:
            ws.add_table(
                first,
                0,
                first + len(rows),
                len(names) - 1,
                {
                    "name": sheet.table,
                    "style": "Table Style Light 1",
                    "columns": [{"header": name, "header_format": self._head} for name in names],
                },
            )

    def _write(self, ws: "Worksheet", row: int, at: int, value: Any, number_format: str) -> None:
        if isinstance(value, str):
            ws.write_string(row, at, cell_text(value), self._text)
        elif isinstance(value, bool):
            ws.write_string(row, at, YES if value else NO, self._text)
        elif isinstance(value, datetime):
            local = value.astimezone(DISTRICT_TIME).replace(tzinfo=None) if value.tzinfo else value
            ws.write_datetime(row, at, local, self._figure(MOMENT))
        elif isinstance(value, date):
            ws.write_datetime(row, at, datetime(value.year, value.month, value.day), self._figure(DATE))
        else:
            ws.write_number(row, at, value, self._figure(number_format))

    def _figure(self, number_format: str) -> "Format":
        if number_format not in self._figures:
            self._figures[number_format] = self._format(valign="top", num_format=number_format)
        return self._figures[number_format]


class _Shown:
    """How the figures of a column are shown: with the decimals of its unit, or that of each row."""

    def __init__(self, column: Column, columns: Sequence[Column]) -> None:
        self.column = column
        names = [one.name for one in columns]
        self._unit_at = names.index(column.unit_column) if column.unit_column in names else None

    def number_format(self, row: Sequence[Any]) -> str:
        measure_unit = self.column.measure_unit if self._unit_at is None else row[self._unit_at]
        return number_format(self.column.kind, measure_unit)

    def width(self, heading: str, values: Sequence[Any]) -> float:
        """Half-width characters: of the longest of the values looked at, and of half the heading, which has two lines."""
        longest = max((text_width(_text(value)) for value in values if value is not None), default=0)
        return min(WIDEST, max(NARROWEST, longest + 3, text_width(heading) / 2 + 3))


def number_format(kind: str, measure_unit: str | None) -> str:
    """How Excel shows a figure: with the decimals of its unit of measure; years and counts as they are."""
    if "INT" in kind:
        return "0"
    known = decimals_of(measure_unit)
    return f"#,##0.{'0' * known}" if known else "#,##0"


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}"
    if isinstance(value, datetime):
        return MOMENT
    return YES if isinstance(value, bool) else str(value)


def _height(row: Sequence[Any], widths: Sequence[float]) -> float:
    """Points of a row whose texts are wrapped: not every program finds them itself."""
    lines = max(
        (
            ceil(text_width(value) / (width - 2))
            for value, width in zip(row, widths, strict=True)
            if isinstance(value, str) and 2 * len(value) >= width
        ),
        default=1,
    )
    return LINE_HEIGHT * min(max(lines, 1), MOST_LINES)


def _left_out(rows: int) -> str:
    return (
        f"有 {rows:,} 行，超过 {MOST_ROWS:,} 行，本表不列；请用同目录 parquet/ 中的文件或 SQL 查询 "
        f"(the {rows:,} rows are more than a sheet is given: read them from parquet/ or by SQL)"
    )


def sheet_name(title: str, taken: Sequence[str] = ()) -> str:
    """A title as the name of a sheet, another than those taken."""
    plain = SHEET_NAME.sub("_", title)[:LONGEST_NAME]
    name, number = plain, 2
    while name in taken:
        name = f"{plain[: LONGEST_NAME - 3]}_{number}"
        number += 1
    return name
