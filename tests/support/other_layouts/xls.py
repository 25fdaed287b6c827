"""A small writer of .xls (BIFF8 in an OLE compound file): no library writes them any more.

Format: [MS-XLS] and [MS-CFB]. Text cells are LABEL records, numbers NUMBER, dates and percentages NUMBER with a format,
truth values and errors (#DIV/0!) BOOLERR.
"""

import struct
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tests.support.other_layouts.grid import GENERAL, Sheet, Shown

SECTOR = 512
FREE, END, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
LEAST_STREAM = 4096  # a shorter one would have to lie in the mini stream
FIRST_OWN_FORMAT = 164
ERROR_CODES = {
    "#NULL!": 0x00,
    "#DIV/0!": 0x07,
    "#VALUE!": 0x0F,
    "#REF!": 0x17,
    "#NAME?": 0x1D,
    "#NUM!": 0x24,
    "#N/A": 0x2A,
}
FORMULA_WITHOUT_VALUE = object()  # =1+1 whose cached result is an empty text


def write_xls(path: Path, sheets: Iterable[Sheet], is_1904: bool = False) -> Path:
    """Writes sheets as an .xls workbook."""
    path.write_bytes(_compound(_workbook(list(sheets), is_1904)))
    return path


def _record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _text(text: str, length: str) -> bytes:
    return struct.pack(f"<{length}B", len(text), 1) + text.encode("utf-16-le")


def _workbook(sheets: list[Sheet], is_1904: bool) -> bytes:
    formats = {GENERAL: 0}
    for sheet in sheets:
        for shown in sheet.cells.values():
            formats.setdefault(shown.number_format, FIRST_OWN_FORMAT + len(formats))
    styles = {name: 15 + place for place, name in enumerate(formats)}
    head = [
        _record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0)),
        _record(0x0042, struct.pack("<H", 1200)),
        _record(0x0022, struct.pack("<H", is_1904)),
    ]
    head += [_record(0x0031, struct.pack("<HHHHHBBBB", 200, 0, 0, 400, 0, 0, 0, 0, 0) + _text("Arial", "B"))] * 4
    head += [
        _record(0x041E, struct.pack("<H", number) + _text(name, "H")) for name, number in formats.items() if number
    ]
    head += [_record(0x00E0, struct.pack("<HHHBBBBIIH", 0, 0, 0xFFF5, 0x20, 0, 0, 0, 0, 0, 0))] * 15
    head += [
        _record(0x00E0, struct.pack("<HHHBBBBIIH", 0, number, 1, 0x20, 0, 0, 0, 0, 0, 0)) for number in formats.values()
    ]
    bodies = [_sheet(sheet, styles, is_1904) for sheet in sheets]
    bounds = [8 + len(sheet.name) * 2 for sheet in sheets]
    at = sum(map(len, head)) + sum(4 + size for size in bounds) + 4
    for sheet, body in zip(sheets, bodies, strict=True):
        head.append(_record(0x0085, struct.pack("<IBB", at, sheet.hidden, 0) + _text(sheet.name, "B")))
        at += len(body)
    return b"".join([*head, _record(0x000A), *bodies])


def _sheet(sheet: Sheet, styles: dict[str, int], is_1904: bool) -> bytes:
    parts = [
        _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 0)),
        _record(0x0200, struct.pack("<IIHHH", 0, sheet.height, 0, sheet.width, 0)),
    ]
    parts += [
        _record(0x007D, struct.pack("<HHHHHH", column - 1, column - 1, 0, 15, 1, 0))
        for column in sorted(sheet.hidden_columns)
    ]
    parts += [
        _record(0x0208, struct.pack("<HHHHHHI", row - 1, 0, sheet.width, 0, 0, 0, 0x120))
        for row in sorted(sheet.hidden_rows)
    ]
    for (row, column), shown in sorted(sheet.cells.items()):
        parts.append(_cell(row - 1, column - 1, shown, styles[shown.number_format], is_1904))
    if sheet.merged:
        ranges = b"".join(
            struct.pack("<HHHH", top - 1, bottom - 1, left - 1, right - 1) for top, left, bottom, right in sheet.merged
        )
        parts.append(_record(0x00E5, struct.pack("<H", len(sheet.merged)) + ranges))
    return b"".join([*parts, _record(0x000A)])


def _cell(row: int, column: int, shown: Shown, style: int, is_1904: bool) -> bytes:
    value: Any = shown.value
    place = struct.pack("<HHH", row, column, style)
    if value is FORMULA_WITHOUT_VALUE:
        tokens = b"\x1e\x01\x00\x1e\x01\x00\x03"
        return _record(0x0006, place + b"\x03\0\0\0\0\0\xff\xff" + struct.pack("<HIH", 0, 0, len(tokens)) + tokens)
    if isinstance(value, bool) or value in ERROR_CODES:
        is_error = not isinstance(value, bool)
        return _record(0x0205, place + struct.pack("<BB", ERROR_CODES[value] if is_error else value, is_error))
    if isinstance(value, datetime | date):
        value = serial(value, is_1904)
    if isinstance(value, int | float):
        return _record(0x0203, place + struct.pack("<d", value))
    return _record(0x0204, place + _text(str(value), "H"))


def serial(day: date, is_1904: bool) -> int:
    """The number by which a workbook keeps a day."""
    plain = day.date() if isinstance(day, datetime) else day
    return (plain - (date(1904, 1, 1) if is_1904 else date(1899, 12, 30))).days


def _compound(stream: bytes) -> bytes:
    """A compound file that holds one stream, Workbook."""
    stream = stream.ljust(LEAST_STREAM, b"\0")
    body = -(-len(stream) // SECTOR)
    tables = 1
    while tables * 128 < body + 1 + tables:
        tables += 1
    chain = [FAT_SECTOR] * tables + [END] + [tables + 2 + place for place in range(body - 1)] + [END]
    chain += [FREE] * (tables * 128 - len(chain))
    header = struct.pack(
        "<8s16sHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        tables,
        tables,
        0,
        LEAST_STREAM,
        END,
        0,
        END,
        0,
    )
    header += struct.pack("<109I", *range(tables), *[FREE] * (109 - tables))
    folder = _entry("Root Entry", 5, FREE, 1, END, 0) + _entry("Workbook", 2, FREE, FREE, tables + 1, len(stream))
    return (
        header
        + struct.pack(f"<{len(chain)}I", *chain)
        + folder.ljust(SECTOR, b"\0")
        + stream.ljust(body * SECTOR, b"\0")
    )


def _entry(name: str, kind: int, sibling: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return struct.pack("<64sHBBIII16sIQQIQ", text, len(text), kind, 1, sibling, FREE, child, b"", 0, 0, 0, start, size)
