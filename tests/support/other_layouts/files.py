"""Sheets written to disk in the formats in which offices send tables."""

import csv
import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from ingestion.readers.cells import column_letters
from tests.support.other_layouts.grid import Sheet, Shown
from tests.support.other_layouts.xls import write_xls

CSV_ENCODINGS = {
    "csv-utf8": "utf-8",
    "csv-bom": "utf-8-sig",
    "csv-utf16": "utf-16",
    "csv-gbk": "gb18030",
    "tsv": "gb18030",
}
ENDINGS = {
    "xlsx": ".xlsx",
    "xls": ".xls",
    "xlsx-zip": ".zip",
    "csv-zip": ".zip",
    "tsv": ".tsv",
    **dict.fromkeys(
        ("csv-utf8", "csv-bom", "csv-utf16", "csv-gbk"),
        ".csv",
    ),
}
KINDS = tuple(ENDINGS)
IS_TEXT = frozenset(kind for kind in KINDS if kind.startswith(("csv", "tsv")))


def write(folder: Path, stem: str, kind: str, sheets: list[Sheet], is_1904: bool = False) -> Path:
    """Writes a file of a kind of KINDS and returns its path."""
    path = folder / f"{stem}{ENDINGS[kind]}"
    if kind == "xls":
        return write_xls(path, sheets, is_1904)
    if kind.endswith("-zip"):
        inner = f"{stem}{'.xlsx' if kind == 'xlsx-zip' else '.csv'}"
        content = _xlsx(sheets, is_1904) if kind == "xlsx-zip" else _delimited(sheets[0], ",").encode("gb18030")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(f"__MACOSX/._{inner}", b"\0\5\x16\7")
            archive.writestr(f"报送/{inner}", content)
        return path
    path.write_bytes(
        _xlsx(sheets, is_1904)
        if kind == "xlsx"
        else _delimited(sheets[0], "\t" if kind == "tsv" else ",").encode(CSV_ENCODINGS[kind])
    )
    return path


def _xlsx(sheets: list[Sheet], is_1904: bool) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    if is_1904:
        workbook.epoch = CALENDAR_MAC_1904
    for sheet in sheets:
        worksheet = workbook.create_sheet(sheet.name)
        for (row, column), shown in sheet.cells.items():
            cell = worksheet.cell(row, column, shown.value)
            if shown.number_format != "General":
                cell.number_format = shown.number_format
        for top, left, bottom, right in sheet.merged:
            worksheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
        for row in sheet.hidden_rows:
            worksheet.row_dimensions[row].hidden = True
        for column in sheet.hidden_columns:
            worksheet.column_dimensions[column_letters(column)].hidden = True
        worksheet.sheet_state = "hidden" if sheet.hidden else "visible"
    workbook.active = next(place for place, sheet in enumerate(sheets) if not sheet.hidden)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _delimited(sheet: Sheet, delimiter: str) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows([[_as_text(shown) for shown in row] for row in sheet.rows()])
    return text.getvalue()


def _as_text(shown: Shown | None) -> str:
    """A cell as a spreadsheet program exports it to text."""
    if shown is None:
        return ""
    value: Any = shown.value
    if isinstance(value, datetime | date):
        return f"{value.year}/{value.month}/{value.day}"
    if "%" in shown.number_format:
        return f"{(Decimal(repr(value)) * 100).normalize():f}%"
    return f"{Decimal(repr(value)).normalize():f}" if isinstance(value, float) else str(value)
