"""Old workbooks (.xls) as raw cells, by xlrd. Called by `ingestion.readers.tabular`.

xlrd gives values, number formats, merged ranges, and what is hidden. It cannot say whether a cell is a formula: those
that were never computed are found in the records themselves (`uncomputed_formulas`; decision record 0012).
"""

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from struct import Struct
from typing import Any

from ingestion.readers.cells import (
    PERCENT_FORMAT,
    RAISED,
    STRUCK,
    Cell,
    CellTexts,
    Merged,
    Range,
    RawRow,
    RawSheet,
    check_size,
    lengthen,
    shown_by_format,
)
from ingestion.readers.errors import UnreadableFile

# The stream of an .xlsx with a password, which lies in the same container ([MS-OFFCRYPTO] 2.3.4.4)
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
DURATION_BEGINNINGS = ("[h", "[m", "[s")  # of a number format that counts hours beyond a day

# Records of a workbook's stream ([MS-XLS] 2.4) and where they hold what is asked for here.
STREAM_NAMES = ("Workbook", "Book")
FORMULA, EOF, BOUNDSHEET, BOF = 0x0006, 0x000A, 0x0085, 0x0809
RECORD, PLACE, SHEET_AT = Struct("<HH"), Struct("<HH"), Struct("<IBB")
IS_WORKSHEET = 0
SUPERSCRIPT = 1  # xlrd's Font.escapement
RESULT_AT = 6  # of a formula's record: the eight bytes of its result
BLANK_STRING, NO_NUMBER = 3, b"\xff\xff"  # its first byte and its last two where the result is an empty text

LEAST_HEIGHT, LEAST_WIDTH = (
    20,
    256,
)  # a point and a character in the file's units: below that nobody sees what stands there

Place = tuple[int, int]  # row and column of a cell, 1-based


def read_sheets(content: bytes) -> Iterator[RawSheet]:
    """The worksheets of an .xls one after the other, hidden ones marked, only one of them in memory.

    Raises UnreadableFile for a workbook that is torn or has a password, and for a sheet beyond the limits.
    """
    import xlrd

    if ENCRYPTED_PACKAGE in content:
        raise UnreadableFile("reading.password", "文件有打开密码")
    try:
        with xlrd.open_workbook(
            file_contents=content, logfile=io.StringIO(), formatting_info=True, ragged_rows=True, on_demand=True
        ) as book:
            formats = _Formats(book)
            for number in range(book.nsheets):
                yield _sheet(content, book.sheet_by_index(number), formats)
                book.unload_sheet(number)
    except (UnreadableFile, MemoryError):
        raise
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise UnreadableFile("reading.password", "文件有打开密码") from None
        raise UnreadableFile.because("torn") from None
    except Exception:  # of a torn file: struct.error, AssertionError, IndexError, CompDocError and others
        raise UnreadableFile.because("torn") from None


class _Formats:
    """Which cell styles of a workbook show a percent sign, and which a duration; by xlrd's number of the style."""

    def __init__(self, book: Any) -> None:
        shown = {key: item.format_str for key, item in book.format_map.items()}
        styles = [shown.get(style.format_key, "") for style in book.xf_list]
        self.percent = frozenset(number for number, text in enumerate(styles) if PERCENT_FORMAT.match(text))
        fonts = {
            number: STRUCK if font.struck_out else RAISED
            for number, font in enumerate(book.font_list)
            if font.struck_out or font.escapement == SUPERSCRIPT
        }
        self.marked_fonts = fonts
        self.changed = {
            number: how
            for number, style in enumerate(book.xf_list)
            if (how := fonts.get(style.font_index) or shown_by_format(styles[number]))
        }
        self.duration = frozenset(
            number for number, text in enumerate(styles) if text.lower().startswith(DURATION_BEGINNINGS)
        )


def _sheet(content: bytes, sheet: Any, formats: _Formats) -> RawSheet:
    rows: list[RawRow] = []
    texts = CellTexts()
    percent: set[Place] = set()
    blank_texts: set[Place] = set()
    changed: dict[Place, str] = {}
    cells, width = 0, 0
    for number in range(sheet.nrows):
        values = _row(sheet, number, formats, texts, percent, blank_texts)
        changed |= _shown_otherwise(sheet, number, values, formats)
        if values:
            rows.append(RawRow(number + 1, tuple(values)))
            cells, width = cells + len(values) - values.count(None), max(width, len(values))
            check_size(cells, number - rows[0].no + 2, width)
    without_value = frozenset(blank_texts & uncomputed_formulas(content, sheet.number)) if blank_texts else frozenset()
    return RawSheet(
        name=sheet.name,
        rows=tuple(rows),
        hidden=sheet.visibility != 0,
        merged=tuple(Merged(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells),
        formula_without_value=without_value,
        blank_results=without_value,
        shown_as_percent=frozenset(percent),
        is_1904=sheet.book.datemode == 1,
        hidden_rows=_hidden(sheet.rowinfo_map, "height", LEAST_HEIGHT),
        hidden_columns=_hidden(sheet.colinfo_map, "width", LEAST_WIDTH),
        shown_otherwise=changed,
        comments=_comments(sheet),
    )


def _row(
    sheet: Any, number: int, formats: _Formats, texts: CellTexts, percent: set[Place], blank_texts: set[Place]
) -> list[Cell]:
    """Values of a row by its 0-based number, up to the last one that is not blank. Adds to percent and to blank_texts,
    the cells that hold a text of no letters.
    """
    from xlrd import XL_CELL_BOOLEAN, XL_CELL_DATE, XL_CELL_ERROR, XL_CELL_NUMBER, XL_CELL_TEXT, error_text_from_code

    kinds, written = sheet.row_types(number), sheet.row_values(number)
    values: list[Cell] = [texts[value] if value.__class__ is str else value for value in written]
    for column, kind in enumerate(kinds):
        if kind == XL_CELL_NUMBER:
            if formats.percent and sheet.cell_xf_index(number, column) in formats.percent:
                percent.add((number + 1, column + 1))
        elif kind == XL_CELL_TEXT:
            if not written[column]:
                blank_texts.add((number + 1, column + 1))
        elif kind == XL_CELL_DATE:
            is_duration = sheet.cell_xf_index(number, column) in formats.duration
            values[column] = _moment(written[column], sheet.book.datemode, is_duration)
        elif kind == XL_CELL_BOOLEAN:
            values[column] = bool(written[column])
        elif kind == XL_CELL_ERROR:
            values[column] = error_text_from_code.get(written[column], "#?")
    while values and values[-1] is None:
        values.pop()
    return values


def _shown_otherwise(sheet: Any, number: int, values: list[Cell], formats: _Formats) -> dict[Place, str]:
    """Cells of a row that show something else than they hold. Of a text with struck or raised parts, what stands of it
    replaces its value.
    """
    found: dict[Place, str] = {}
    if formats.changed:
        for column, value in enumerate(values):
            if value is not None and (how := formats.changed.get(sheet.cell_xf_index(number, column))):
                found[number + 1, column + 1] = how
    for column, value in enumerate(values):
        runs = sheet.rich_text_runlist_map.get((number, column)) if formats.marked_fonts else None
        if not runs or not isinstance(value, str):
            continue
        pieces, marks = _runs(value, runs, formats)
        if marks:
            found[number + 1, column + 1] = marks[0]
            values[column] = pieces.strip() or None
    return found


def _runs(text: str, runs: list[tuple[int, int]], formats: _Formats) -> tuple[str, list[str]]:
    """A text without its marked runs, and how these are marked. runs: where each begins, and its font."""
    starts = [0, *(start for start, _ in runs), len(text)]
    fonts = [None, *(font for _, font in runs)]
    kept, marks = [], []
    for start, end, font in zip(starts, starts[1:], fonts, strict=False):
        if font is not None and font in formats.marked_fonts and end > start:
            marks.append(formats.marked_fonts[font])
        else:
            kept.append(text[start:end])
    return "".join(kept), marks


def _moment(days: float, epoch: int, is_duration: bool) -> date | datetime | time | timedelta | float:
    """The day, moment, time or duration that a number stands for; the number itself where the calendar ends.

    epoch: 1 where days are counted from 1904. To the millisecond, as Excel keeps them.
    """
    from xlrd import xldate_as_datetime

    try:
        if is_duration:
            return timedelta(milliseconds=round(days * 86_400_000))
        moment: datetime = xldate_as_datetime(days, epoch)
    except (OverflowError, ValueError):
        return days
    if days < 1:
        return moment.time()
    return moment.date() if days.is_integer() else moment


def _comments(sheet: Any) -> dict[Place, str]:
    """The texts that are attached to cells."""
    return {(row + 1, column + 1): note.text for (row, column), note in sheet.cell_note_map.items() if note.text}


def _hidden(dimensions: dict[int, Any], size: str, least: int) -> tuple[Range, ...]:
    """Ranges of the rows or columns that are not shown, of xlrd's map from their 0-based numbers: by word, or because they
    are smaller than `least`. size: the attribute that holds it.
    """
    ranges: list[Range] = []
    for number in sorted(dimensions):
        written = getattr(dimensions[number], size)
        if dimensions[number].hidden or (written is not None and written < least):
            lengthen(ranges, number + 1)
    return tuple(ranges)


def uncomputed_formulas(content: bytes, sheet_number: int) -> set[Place]:
    """Cells of a worksheet, by its 0-based number among the worksheets, whose formula has an empty text as its result.

    So programs write a formula that they have not computed. Raises what xlrd raises for a torn file, and struct.error.
    """
    from xlrd.compdoc import CompDoc

    container = CompDoc(content, logfile=io.StringIO())
    stream: bytes = next(filter(None, map(container.get_named_stream, STREAM_NAMES)))
    sheets = [SHEET_AT.unpack_from(stream, at) for kind, at in _records(stream, 0) if kind == BOUNDSHEET]
    start = [offset for offset, _, kind in sheets if kind == IS_WORKSHEET][sheet_number]
    found = set()
    for kind, at in _records(stream, start):
        result = at + RESULT_AT
        if kind == FORMULA and stream[result] == BLANK_STRING and stream[result + 6 : result + 8] == NO_NUMBER:
            row, column = PLACE.unpack_from(stream, at)
            found.add((row + 1, column + 1))
    return found


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Kind and place of the content of each record from a substream's beginning to its end, those of charts in it too."""
    depth = 0
    while True:
        kind, size = RECORD.unpack_from(stream, at)
        yield kind, at + RECORD.size
        depth += (kind == BOF) - (kind == EOF)
        if not depth:
            return
        at += RECORD.size + size
