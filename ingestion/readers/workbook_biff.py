"""What the cell reader does not tell of an .xls: formulas without a result, numbers shown as percent, error cells, the
epoch of its dates, hidden rows and columns, and whether its cells lie so far apart that the rectangle around them would
not fit into memory.

A compound file ([MS-CFB]) that holds a stream of BIFF8 records ([MS-XLS]).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from struct import error as StructError

from ingestion.readers.cells import UnreadableFile, check_size
from ingestion.readers.marks import PERCENT_FORMAT, Range, SheetScan, lengthen

SHORT, LONG, RECORD, CELL = Struct("<H"), Struct("<I"), Struct("<HH"), Struct("<HHH")
ROW_FLAGS_AT, COLUMN_FLAGS_AT, ROW_IS_HIDDEN, COLUMN_IS_HIDDEN = 12, 8, 0x20, 0x01
END_OF_CHAIN = 0xFFFFFFFA  # from here on a sector number is a sign
ENTRY_BYTES, HEADER_ENTRIES_AT, HEADER_ENTRIES = 128, 76, 109
STREAM_NAMES = ("Workbook", "Book")

FORMULA, END, DATEMODE, FILEPASS, BOUNDSHEET, MULRK = 0x0006, 0x000A, 0x0022, 0x002F, 0x0085, 0x00BD
EXTENDED_FORMAT, NUMBER, BOOLERR, RK, FORMAT, LABEL, LABEL_SHARED = (
    0x00E0,
    0x0203,
    0x0205,
    0x027E,
    0x041E,
    0x0204,
    0x00FD,
)
ROW, COLUMN_INFO = 0x0208, 0x007D
CELLS = frozenset({FORMULA, MULRK, NUMBER, BOOLERR, RK, LABEL, LABEL_SHARED})
BUILT_IN_PERCENT = {9, 10}
RESULT_IS_NO_NUMBER, EMPTY_RESULT, ERROR_RESULT = b"\xff\xff", 3, 2
RK_BYTES = 6
ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


@dataclass
class Span:
    """From the first to the last of some numbers."""

    first: int = 1 << 32
    last: int = -1

    def take(self, number: int) -> None:
        self.first, self.last = min(self.first, number), max(self.last, number)

    @property
    def length(self) -> int:
        return max(self.last - self.first + 1, 0)


def sheet_marks(content: bytes) -> dict[str, SheetScan]:
    """Marks of every sheet of an .xls by its name; empty for one that cannot be followed: the cell reader says whether
    it can be read.

    Raises UnreadableFile for a workbook with a password, and for a sheet beyond the limits.
    """
    try:
        stream = _stream(content)
        return _marks(stream) if stream else {}
    except (StructError, IndexError, ValueError):
        return {}


def _stream(content: bytes) -> bytes | None:
    """The workbook's stream."""
    size, mini_size = 1 << SHORT.unpack_from(content, 30)[0], 1 << SHORT.unpack_from(content, 32)[0]
    if not (512 <= size <= 4096 and mini_size < size):
        return None
    least = LONG.unpack_from(content, 56)[0]

    def sector(number: int) -> bytes:
        return content[(number + 1) * size : (number + 2) * size]

    tables = [
        number for (number,) in LONG.iter_unpack(content[HEADER_ENTRIES_AT : HEADER_ENTRIES_AT + 4 * HEADER_ENTRIES])
    ]
    more, steps = LONG.unpack_from(content, 68)[0], len(content) // size
    while more < END_OF_CHAIN and steps > 0:
        *numbers, more = (number for (number,) in LONG.iter_unpack(sector(more)))
        tables += numbers
        steps -= 1
    following = [number for table in tables if table < END_OF_CHAIN for (number,) in LONG.iter_unpack(sector(table))]

    def chain(first: int, links: list[int]) -> Iterator[int]:
        for _ in range(len(links)):
            if first >= END_OF_CHAIN:
                return
            yield first
            first = links[first]

    folder = b"".join(map(sector, chain(LONG.unpack_from(content, 48)[0], following)))
    entries = {
        _name(folder, at): (LONG.unpack_from(folder, at + 116)[0], LONG.unpack_from(folder, at + 120)[0])
        for at in range(0, len(folder), ENTRY_BYTES)
    }
    found = next((entries[name] for name in STREAM_NAMES if name in entries), None)
    if found is None:
        return None
    first, length = found
    if length >= least:
        return b"".join(map(sector, chain(first, following)))[:length]
    mini = b"".join(map(sector, chain(entries["Root Entry"][0], following)))
    mini_links = [
        number
        for table in chain(LONG.unpack_from(content, 60)[0], following)
        for (number,) in LONG.iter_unpack(sector(table))
    ]
    return b"".join(mini[number * mini_size : (number + 1) * mini_size] for number in chain(first, mini_links))[:length]


def _name(folder: bytes, at: int) -> str:
    length = SHORT.unpack_from(folder, at + 64)[0]
    return folder[at : at + max(length - 2, 0)].decode("utf-16-le", "replace")


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Kind, place and size of each record from a place on, to the end of its part."""
    kind = None
    while kind != END and at + 4 <= len(stream):
        kind, size = RECORD.unpack_from(stream, at)
        yield kind, at + 4, size
        at += 4 + size


def _marks(stream: bytes) -> dict[str, SheetScan]:
    percents, styles, sheets, is_1904 = set(BUILT_IN_PERCENT), [], {}, False
    for kind, at, size in _records(stream, 0):
        if kind == FILEPASS:
            raise UnreadableFile("reading.unreadable", "文件有打开密码")
        if kind == DATEMODE:
            is_1904 = SHORT.unpack_from(stream, at)[0] == 1
        elif kind == FORMAT and PERCENT_FORMAT.match(_text(stream[at + 2 : at + size], 2)):
            percents.add(SHORT.unpack_from(stream, at)[0])
        elif kind == EXTENDED_FORMAT:
            styles.append(SHORT.unpack_from(stream, at + 2)[0])
        elif kind == BOUNDSHEET:
            sheets[_text(stream[at + 6 : at + size], 1)] = LONG.unpack_from(stream, at)[0]
    shown = frozenset(place for place, number in enumerate(styles) if number in percents)
    return {name: _of_sheet(stream, start, shown, is_1904) for name, start in sheets.items()}


def _text(content: bytes, length_bytes: int) -> str:
    """A text behind its length and the mark of its encoding."""
    count = int.from_bytes(content[:length_bytes], "little")
    start = length_bytes + 1
    if content[length_bytes] & 1:
        return content[start : start + 2 * count].decode("utf-16-le")
    return content[start : start + count].decode("latin-1")


def _of_sheet(stream: bytes, start: int, shown: frozenset[int], is_1904: bool) -> SheetScan:
    without_value, percent, errors = set(), set(), {}
    hidden_rows: list[Range] = []
    hidden_columns: list[Range] = []
    cells, rows, columns = 0, Span(), Span()
    for kind, at, size in _records(stream, start):
        if kind in CELLS:
            row, column = RECORD.unpack_from(stream, at)
            width = max((size - 6) // RK_BYTES, 1) if kind == MULRK else 1
            cells += width
            rows.take(row)
            columns.take(column)
            columns.take(column + width - 1)
            check_size(cells, rows.length, columns.length)
        if kind in (NUMBER, RK):
            row, column, style = CELL.unpack_from(stream, at)
            if style in shown:
                percent.add((row + 1, column + 1))
        elif kind == MULRK:
            row, first = RECORD.unpack_from(stream, at)
            for place in range((size - 6) // RK_BYTES):
                if SHORT.unpack_from(stream, at + 4 + place * RK_BYTES)[0] in shown:
                    percent.add((row + 1, first + place + 1))
        elif kind == FORMULA:
            row, column, style = CELL.unpack_from(stream, at)
            is_number, result = stream[at + 12 : at + 14] != RESULT_IS_NO_NUMBER, stream[at + 6]
            if is_number and style in shown:
                percent.add((row + 1, column + 1))
            elif not is_number and result == EMPTY_RESULT:
                without_value.add((row + 1, column + 1))
            elif not is_number and result == ERROR_RESULT:
                errors[row + 1, column + 1] = ERRORS.get(stream[at + 8], "#?")
        elif kind == BOOLERR and stream[at + 7]:
            row, column, _ = CELL.unpack_from(stream, at)
            errors[row + 1, column + 1] = ERRORS.get(stream[at + 6], "#?")
        elif kind == ROW and stream[at + ROW_FLAGS_AT] & ROW_IS_HIDDEN:
            lengthen(hidden_rows, SHORT.unpack_from(stream, at)[0] + 1)
        elif kind == COLUMN_INFO and stream[at + COLUMN_FLAGS_AT] & COLUMN_IS_HIDDEN:
            first, last = RECORD.unpack_from(stream, at)
            hidden_columns.append((first + 1, last + 1))
    return SheetScan(
        frozenset(without_value), frozenset(percent), errors, is_1904, tuple(hidden_rows), tuple(hidden_columns)
    )
