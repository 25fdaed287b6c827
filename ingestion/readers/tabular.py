"""Workbooks (.xlsx, .xls), CSV, and a zip that holds one of them, as raw cells with their true addresses.

Called by `ingestion.normalize`, by the receipts and by the lineage, each in the sandbox; `ingestion.sniff` asks for
`first_rows` alone.
"""

import io
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from ingestion.readers import workbook_xls, workbook_xlsx
from ingestion.readers.cells import (
    Cell,
    CellTexts,
    Merged,
    RawRow,
    RawSheet,
    SheetFault,
    SheetScan,
    UnreadableFile,
    check_size,
)
from ingestion.readers.delimited import read_delimited
from ingestion.readers.magic import EMPTY_ZIP_MAGIC, OLE_MAGIC, ZIP_MAGIC
from ingestion.readers.other_formats import refuse_other_format
from ingestion.readers.zip_members import (
    BROKEN_ZIP,
    MAX_BYTES_IN_MEMORY,
    is_package,
    open_zip,
    read_beginning,
    submitted_members,
)

__all__ = ["RawRow", "RawSheet", "UnreadableFile", "first_rows", "is_table", "read_workbook"]

TABLE_ENDINGS = (".xlsx", ".xlsm", ".xls", ".csv", ".tsv", ".txt")
IS_ENCRYPTED = 1  # flag bit 0 of a zip's member (APPNOTE 4.4.4)


def read_workbook(path: Path) -> list[RawSheet]:
    """Every sheet of a file, hidden ones marked; what the file is, is decided by its content, not by its name.

    Raises UnreadableFile for another kind of file, a torn or password-protected one, a web page saved as .xls, and one
    beyond the limits.
    """
    return _read(path.read_bytes())


def first_rows(content: bytes, rows: int) -> Iterator[tuple[str, list[tuple[Cell, ...]]]]:
    """Name and first rows of each visible sheet of a workbook, one sheet after the other.

    Raises UnreadableFile for a workbook that must not be parsed, and whatever a parser raises for a broken one.
    """
    if content.startswith(ZIP_MAGIC):
        from python_calamine import CalamineWorkbook, SheetVisibleEnum

        with open_zip(content, MAX_BYTES_IN_MEMORY) as archive:
            if workbook_xlsx.sheet_scans(archive) is None:
                raise UnreadableFile.because("no_workbook")
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for item in workbook.sheets_metadata:
            if item.visible == SheetVisibleEnum.Visible:
                yield item.name, [tuple(row) for row in workbook.get_sheet_by_name(item.name).to_python(nrows=rows)]
    else:
        for sheet in workbook_xls.read_sheets(content):
            if not sheet.hidden:
                yield str(sheet.name), [row.values for row in sheet.rows[:rows]]


def is_table(name: str) -> bool:
    """Whether a file is a table by the ending of its name."""
    return PurePosixPath(name).suffix.lower() in TABLE_ENDINGS


def _read(content: bytes, inside_zip: bool = False) -> list[RawSheet]:
    if not content.strip():
        raise UnreadableFile.because("empty")
    if content.startswith(EMPTY_ZIP_MAGIC):
        raise UnreadableFile.because("zip_empty")
    if content.startswith(ZIP_MAGIC):
        return _read_zip(content, inside_zip)
    if content.startswith(OLE_MAGIC):
        refuse_other_format(content)
        return list(workbook_xls.read_sheets(content))
    refuse_other_format(content)
    return [read_delimited(content)]


def _read_zip(content: bytes, inside_zip: bool) -> list[RawSheet]:
    try:
        archive = open_zip(content, MAX_BYTES_IN_MEMORY)
    except BROKEN_ZIP:
        raise UnreadableFile.because("torn") from None
    with archive:
        if any(member.flag_bits & IS_ENCRYPTED for member in archive.infolist()):
            raise UnreadableFile("reading.password", "文件有打开密码")
        if (scans := workbook_xlsx.sheet_scans(archive)) is not None:
            return _read_xlsx(content, scans)
        if inside_zip or is_package(archive):
            refuse_other_format(content)
            raise UnreadableFile.because("no_workbook")
        tables = [member for name, member in submitted_members(archive).items() if is_table(name)]
        if len(tables) != 1:
            raise UnreadableFile.because("zip_tables", count=len(tables))
        try:
            inner = read_beginning(archive, tables[0], MAX_BYTES_IN_MEMORY)
        except BROKEN_ZIP:
            raise UnreadableFile.because("zip_torn") from None
    return _read(inner, inside_zip=True)


def _read_xlsx(content: bytes, scans: dict[str, SheetScan]) -> list[RawSheet]:
    """Values by calamine, beside what was found of each sheet in its XML."""
    import python_calamine as calamine

    try:
        with calamine.load_workbook(io.BytesIO(content)) as workbook:
            return [
                _sheet(
                    workbook.get_sheet_by_name(item.name),
                    item.visible != calamine.SheetVisibleEnum.Visible,
                    scans.get(item.name, SheetScan()),
                )
                for item in workbook.sheets_metadata
                if item.typ == calamine.SheetTypeEnum.WorkSheet
            ]
    except (UnreadableFile, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except calamine.PasswordError:
        raise UnreadableFile("reading.password", "文件有打开密码") from None
    except BaseException:  # the parser is written in Rust: its panics are no Exception
        raise UnreadableFile.because("torn") from None


def _sheet(sheet: Any, hidden: bool, scan: SheetScan) -> RawSheet:
    first_row, first_column = sheet.start or (0, 0)
    check_size(0, sheet.total_height, sheet.total_width)
    rows, lead, texts = [], (None,) * first_column, CellTexts()
    errors: dict[int, dict[int, str]] = defaultdict(dict)
    for (number, column), shown in scan.errors.items():
        errors[number][column] = shown
    marked: dict[int, list[int]] = defaultdict(list)
    for number, column in scan.texts:
        marked[number].append(column)
    # row by row: the whole sheet as lists, beside what is kept of it, would take as much memory again
    for number, record in enumerate(islice(sheet.iter_rows(), first_row, None), start=first_row + 1):
        values = (*lead, *[texts[value] if value.__class__ is str else value for value in record])
        if number in errors:
            values = tuple(
                errors[number].get(column) if value is None else value for column, value in enumerate(values, start=1)
            )
        for column in marked.get(number, ()):
            values = (*values[: column - 1], scan.texts[number, column].strip() or None, *values[column:])
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
        formula_without_value=scan.formula_without_value,
        shown_as_percent=scan.shown_as_percent,
        is_1904=scan.is_1904,
        hidden_rows=scan.hidden_rows,
        hidden_columns=scan.hidden_columns,
        shown_otherwise=scan.shown_otherwise,
        blank_results=scan.blank_results,
        comments=scan.comments,
        margins=scan.margins,
        faults=tuple(SheetFault("reading.cell_twice", cell) for cell in scan.repeated),
    )
