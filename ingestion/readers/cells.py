"""Raw cells of a sheet, and their addresses as a spreadsheet writes them."""

import zipfile
import zlib
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from ingestion.readers.marks import Range

# What opening a zip or reading a member raises: torn, of another packing, with a password, cut short, beyond its end,
# of an unreadable name
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, UnicodeDecodeError)
MAX_CELLS = 2_500_000  # per sheet: about what is conformed in thirty seconds
BLANKS_PER_CELL = 2  # a parser holds the whole rectangle from the first to the last cell
MAX_CHARACTERS = 32_767  # of a cell: the most that spreadsheet programs hold
Cell = str | int | float | bool | date | datetime | time | timedelta | None


class UnreadableFile(Exception):
    """A file that cannot be read at all. rule_id: the rule of the catalogue that says so; detail: the reason in the
    submitter's words.
    """

    def __init__(self, rule_id: str, detail: str) -> None:
        super().__init__(f"{rule_id}: {detail}")
        self.rule_id = rule_id
        self.detail = detail


def too_large() -> UnreadableFile:
    """The fault of a sheet of more cells than are read."""
    return UnreadableFile("reading.timeout", f"一张工作表超过 {MAX_CELLS} 个单元格")


def fits(cells: int, rows: int = 0, columns: int = 0) -> bool:
    """Whether a sheet has no more cells than are read, and they do not lie too far apart."""
    return cells <= MAX_CELLS and rows * columns <= BLANKS_PER_CELL * MAX_CELLS


def check_size(cells: int, rows: int = 0, columns: int = 0) -> None:
    """Raises UnreadableFile for a sheet that does not fit."""
    if not fits(cells, rows, columns):
        raise too_large()


def check_text(text: str) -> str:
    """A cell's text. Raises UnreadableFile where no spreadsheet program would hold it."""
    if len(text) > MAX_CHARACTERS:
        raise UnreadableFile("reading.unreadable", f"有一个单元格超过 {MAX_CHARACTERS} 个字符")
    return text


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row that holds something. no: 1-based row of the sheet; values: from column A on, None where a cell is empty."""

    no: int
    values: tuple[Cell, ...]

    def at(self, column: int) -> Cell:
        """The value in a 1-based column, None beyond the last one."""
        return self.values[column - 1] if column <= len(self.values) else None


@dataclass(frozen=True)
class Merged:
    """A merged range, 1-based and inclusive."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def address(self) -> str:
        return f"{a1(self.top, self.left)}:{a1(self.bottom, self.right)}"


@dataclass(frozen=True)
class RawSheet:
    """A sheet as it stands in the file; rows without any value are left out, the others keep their number.

    name: None for a CSV. formula_without_value: (row, column) of formulas whose result was never computed.
    shown_as_percent: (row, column) of numbers that the sheet shows with a percent sign (0.972 shown as 97.2%).
    is_1904: whether the workbook counts days from 1904, not from 1900. hidden_rows, hidden_columns: the first and the
    last of each range.
    """

    name: str | None
    rows: tuple[RawRow, ...]
    hidden: bool = False
    merged: tuple[Merged, ...] = ()
    formula_without_value: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    shown_as_percent: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    is_1904: bool = False
    hidden_rows: tuple[Range, ...] = ()
    hidden_columns: tuple[Range, ...] = ()


def column_letters(column: int) -> str:
    """Letters of a 1-based column: 1 → A, 28 → AB."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def a1(row: int, column: int) -> str:
    """Address of a cell by its 1-based row and column."""
    return f"{column_letters(column)}{row}"


def position(address: str) -> tuple[int, int]:
    """1-based row and column of an address such as AB12."""
    letters = address.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(address[len(letters) :]), column
