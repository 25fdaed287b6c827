"""Workbooks (.xlsx, .xls), CSV, and a zip that holds one of them, as raw cells with their true addresses."""

import io
import zipfile
from collections import defaultdict
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from ingestion.readers import workbook_biff, workbook_xml
from ingestion.readers.cells import BROKEN_ZIP, Merged, RawRow, RawSheet, UnreadableFile, check_size, check_text
from ingestion.readers.delimited import read_delimited
from ingestion.readers.marks import SheetScan

__all__ = ["RawRow", "RawSheet", "UnreadableFile", "check_workbook", "read_workbook"]

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
TABLE_SUFFIXES = {".xlsx", ".xlsm", ".xls", ".csv", ".tsv", ".txt"}
MAX_UNZIPPED = 512 << 20
REMEMBERED = 50_000  # texts of a sheet


def read_workbook(path: Path) -> list[RawSheet]:
    """Every sheet of a file, hidden ones marked; what the file is, is told by its content, not by its name.

    Raises UnreadableFile for another kind of file, a torn or password-protected one, a web page saved as .xls, and one
    beyond the limits.
    """
    return _read(path.read_bytes())


def check_workbook(content: bytes) -> None:
    """Raises UnreadableFile for a workbook that must not be parsed: its password, its size, what its XML declares."""
    if content.startswith(ZIP):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            workbook_xml.sheet_marks(archive)
    else:
        workbook_biff.sheet_marks(content)


def _read(content: bytes, inside_zip: bool = False) -> list[RawSheet]:
    if not content.strip():
        raise UnreadableFile("reading.unreadable", "文件是空的")
    if content.startswith(ZIP):
        return _read_zip(content, inside_zip)
    if content.startswith(OLE):
        if ENCRYPTED in content:
            raise UnreadableFile("reading.unreadable", "文件有打开密码")
        return _read_cells(content, workbook_biff.sheet_marks(content))
    if (
        content.lstrip(b"\xef\xbb\xbf \t\r\n")[:200]
        .lower()
        .startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<head"))
    ):
        raise UnreadableFile("reading.unreadable", "是网页或 XML，只是扩展名像表格，不是真正的工作簿")
    return [read_delimited(content)]


def _read_zip(content: bytes, inside_zip: bool) -> list[RawSheet]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except BROKEN_ZIP:
        raise UnreadableFile("reading.unreadable", "文件不完整或已损坏") from None
    with archive:
        if any(entry.flag_bits & 1 for entry in archive.infolist()):
            raise UnreadableFile("reading.unreadable", "文件有打开密码")
        if sum(entry.file_size for entry in archive.infolist()) > MAX_UNZIPPED:
            raise UnreadableFile("reading.timeout", f"解压后超过 {MAX_UNZIPPED >> 20} MB")
        names = archive.namelist()
        if "xl/workbook.xml" in names:
            return _read_cells(content, workbook_xml.sheet_marks(archive))
        if inside_zip or "[Content_Types].xml" in names:
            raise UnreadableFile("reading.unreadable", "不是 Excel 工作簿")
        tables = [name for name in names if is_table(name)]
        if len(tables) != 1:
            raise UnreadableFile("reading.unreadable", f"压缩包里应只有一个表格文件，现有 {len(tables)} 个")
        try:
            inner = archive.read(tables[0])
        except BROKEN_ZIP:
            raise UnreadableFile("reading.unreadable", "压缩包不完整或已损坏") from None
    return _read(inner, inside_zip=True)


def is_table(name: str) -> bool:
    """Whether a member of a zip is a table by its name."""
    path = PurePosixPath(name.replace("\\", "/"))
    return (
        path.suffix.lower() in TABLE_SUFFIXES and not path.name.startswith((".", "~$")) and "__MACOSX" not in path.parts
    )


def _read_cells(content: bytes, marks: dict[str, SheetScan]) -> list[RawSheet]:
    import python_calamine as calamine

    try:
        with calamine.load_workbook(io.BytesIO(content)) as workbook:
            return [
                _sheet(
                    workbook.get_sheet_by_name(item.name),
                    item.visible != calamine.SheetVisibleEnum.Visible,
                    marks.get(item.name),
                )
                for item in workbook.sheets_metadata
                if item.typ == calamine.SheetTypeEnum.WorkSheet
            ]
    except (UnreadableFile, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except calamine.PasswordError:
        raise UnreadableFile("reading.unreadable", "文件有打开密码") from None
    except BaseException as error:  # the parser is written in Rust: its panics are no Exception
        raise UnreadableFile("reading.unreadable", f"文件不完整或已损坏（{type(error).__name__}）") from None


def _sheet(sheet: Any, hidden: bool, marks: SheetScan | None) -> RawSheet:
    marks = marks or SheetScan()
    first_row, first_column = sheet.start or (0, 0)
    check_size(0, sheet.total_height, sheet.total_width)
    rows, lead, texts = [], (None,) * first_column, _Texts()
    errors: dict[int, dict[int, str]] = defaultdict(dict)
    for (number, column), shown in marks.errors.items():
        errors[number][column] = shown
    # row by row: the whole sheet as lists, beside what is kept of it, would take as much memory again
    for number, record in enumerate(islice(sheet.iter_rows(), first_row, None), start=first_row + 1):
        values = (*lead, *[texts[value] if value.__class__ is str else value for value in record])
        if number in errors:
            values = tuple(
                errors[number].get(column) if value is None else value for column, value in enumerate(values, start=1)
            )
        if values.count(None) != len(values):
            rows.append(RawRow(number, values))
    merged = tuple(
        Merged(top + 1, left + 1, bottom + 1, right + 1)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    )
    return RawSheet(
        name=sheet.name,
        rows=tuple(rows),
        hidden=hidden,
        merged=merged,
        formula_without_value=marks.formula_without_value,
        shown_as_percent=marks.shown_as_percent,
        is_1904=marks.is_1904,
        hidden_rows=marks.hidden_rows,
        hidden_columns=marks.hidden_columns,
    )


class _Texts(dict[str, str | None]):
    """Texts of cells, blank ones as None. Each is looked at once, and kept once."""

    def __missing__(self, text: str) -> str | None:
        kept = check_text(text) if text.strip() else None
        if len(self) < REMEMBERED:
            self[text] = kept
        return kept
