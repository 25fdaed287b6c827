"""Raw cells of a sheet as every table reader gives them, their limits, and their A1 addresses.

The readers of this package build `RawSheet`; normalization, receipts and the lineage take it from there. The A1
addresses are openpyxl's; these three functions are the only ones of the project.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl.utils import coordinate_to_tuple
from openpyxl.utils import get_column_letter as column_letters

from ingestion.readers.errors import UnreadableFile

__all__ = [
    "BESIDE_TEXT",
    "RAISED",
    "SHOWN_TEXT",
    "STRUCK",
    "Cell",
    "CellTexts",
    "Merged",
    "Range",
    "RawRow",
    "RawSheet",
    "SheetFault",
    "SheetScan",
    "UnreadableFile",
    "a1",
    "check_size",
    "check_text",
    "column_letters",
    "lengthen",
    "position",
    "shown_by_format",
]

# Cells of a sheet: about what is normalized in thirty seconds, which is the promise for a large workbook.
MAX_CELLS = 2_500_000
# Cells of the rectangle around them, for each cell that is permitted: calamine holds the whole rectangle from the first
# to the last cell, eight bytes for a blank one.
BLANKS_PER_CELL = 2
MAX_COLUMNS = 16_384  # XFD: the last column of Excel, and the last that openpyxl is sure to name
MAX_CHARACTERS = 32_767  # of a cell: the most that Excel holds
SHARED_TEXTS = 50_000  # texts of a sheet that are kept once: more would be a sheet of free text, where none repeats
TEXT_OF_FORMAT = re.compile(r'"([^"]*)"|[\\!](.)')  # literal parts of a number format
SCALED_FORMAT = re.compile(r"[0#?],+(?:\.|;|$|[^0#?,.])")  # commas behind the last digit divide by a thousand each
HIDDEN_FORMAT = re.compile(r"^;;;?@?$")
CHANGES_NUMBER = re.compile(
    r"[\d.,万亿千百%‰]"
)  # in a literal part: what is shown is another number than the cell holds
TEXT_FORMAT = re.compile(r"^[^0#?]*@[^0#?]*$")  # shows a text with others around it
PERCENT_FORMAT = re.compile(r'^(?:[^"\\%]|"[^"]*"|\\.)*%')  # a number format that shows a percent sign as such

NEGATED_FORMAT = re.compile(r"^[-(]|-$")  # of the section for positive numbers, as it is shown
FIGURE_FORMAT = re.compile(r"^[^ymdhs]*[0#?][^ymdhs]*$", re.IGNORECASE)  # no date's and no time's
LETTER = re.compile(r"[A-Za-z\u4e00-\u9fff]")

HIDDEN, SCALED, LITERAL = "隐藏（;;;）", "显示为缩小后的数", "显示时加了数字或量级"
NEGATED, AS_PERCENT = "正数显示为负数", "显示为百分数"
STRUCK, RAISED = "删除线", "上标"
SHOWN_TEXT = "格式带文字："
BESIDE_TEXT = "文字旁另显示："

Cell = str | int | float | bool | date | datetime | time | timedelta | None
Range = tuple[int, int]  # 1-based numbers of the first and the last of some rows or columns


def shown_by_format(code: str) -> str | None:
    """How a number format shows another number than its cell holds: hidden, scaled, with literal digits, points or
    magnitudes, with a minus, or with words (SHOWN_TEXT and the words: another number unless they are the column's unit), or
    what it shows beside a text (BESIDE_TEXT and the words); None where it does not.
    """
    literal = "".join(first or second for first, second in TEXT_OF_FORMAT.findall(code))
    plain = re.sub(r"\[[^\]]*\]|_.|\*.", "", TEXT_OF_FORMAT.sub("", code))
    if HIDDEN_FORMAT.match(plain):
        return HIDDEN
    if TEXT_FORMAT.match(plain):
        return BESIDE_TEXT + literal.strip() if LETTER.search(literal) else None
    if SCALED_FORMAT.search(plain):
        return SCALED
    if CHANGES_NUMBER.search(literal):
        return LITERAL
    positive = TEXT_OF_FORMAT.sub(lambda part: (part[1] or part[2] or "").replace(";", ""), _without_padding(code))
    if FIGURE_FORMAT.match(plain) and NEGATED_FORMAT.search(positive.split(";")[0].strip()):
        return NEGATED
    return SHOWN_TEXT + literal.strip() if FIGURE_FORMAT.match(plain) and LETTER.search(literal) else None


def _without_padding(code: str) -> str:
    """A number format without conditions, colours and what only fills its width; literal parts as they stand."""
    return re.sub(r'("[^"]*"|\\.)|\[[^\]]*\]|_.|\*.', lambda part: part[1] or "", code)


def check_size(cells: int, rows: int = 0, columns: int = 0) -> None:
    """Raises UnreadableFile for a sheet of too many cells or columns, or of cells that lie too far apart.

    rows, columns: of the rectangle from A1 to the last cell.
    """
    if cells > MAX_CELLS or rows * columns > BLANKS_PER_CELL * MAX_CELLS:
        raise UnreadableFile.because("many_cells", most=MAX_CELLS)
    if columns > MAX_COLUMNS:
        raise UnreadableFile.because("many_columns", most=MAX_COLUMNS)


def check_text(text: str) -> str:
    """A cell's text. Raises UnreadableFile where no spreadsheet program would hold it."""
    if len(text) > MAX_CHARACTERS:
        raise UnreadableFile.because("long_cell", most=MAX_CHARACTERS)
    return text


class CellTexts(dict[str, str | None]):
    """Texts of a sheet's cells by themselves, blank ones as None: each is checked once, and kept once."""

    def __missing__(self, text: str) -> str | None:
        kept = check_text(text) if text.strip() else None
        if len(self) < SHARED_TEXTS:
            self[text] = kept
        return kept


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row that holds something. no: 1-based row of the sheet; values: from column A on, None where a cell is empty.
    turned: it is a column of the file, of a sheet that was turned.
    """

    no: int
    values: tuple[Cell, ...]
    turned: bool = False

    @property
    def name(self) -> str:
        """What a message calls it: 第 3 行; C 列 where it was turned."""
        return f"{column_letters(self.no)} 列" if self.turned else f"第 {self.no} 行"

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
class SheetFault:
    """What is wrong with a sheet that was read nonetheless, and becomes a finding of the whole file. operands: of the
    rule's message.
    """

    rule_id: str
    cell: str | None = None
    operands: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SheetScan:
    """What a sheet's file holds beside the values of its cells; cells as (row, column), 1-based.

    formula_without_value: formulas whose result was never computed. shown_as_percent: numbers that the sheet shows with
    a percent sign (0.972 shown as 97.2%). errors: what error cells show (#DIV/0!). is_1904: days are counted from 1904,
    not from 1900. hidden_rows, hidden_columns: what the program does not show, in any order. shown_otherwise: cells that show
    something else than they hold, with how (struck out, raised, a number format); texts: what stands of the struck or
    raised ones without these parts. repeated: addresses that stand more than once. blank_results: those of
    formula_without_value whose result is a text without letters, as IF(…,"") gives it. comments: texts attached to cells;
    margins: what is printed above and below its pages.
    """

    formula_without_value: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    shown_as_percent: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    is_1904: bool = False
    hidden_rows: tuple[Range, ...] = ()
    hidden_columns: tuple[Range, ...] = ()
    shown_otherwise: dict[tuple[int, int], str] = field(default_factory=dict)
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    repeated: tuple[str, ...] = ()
    blank_results: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    comments: dict[tuple[int, int], str] = field(default_factory=dict)
    margins: tuple[str, ...] = ()


@dataclass(frozen=True)
class RawSheet:
    """A sheet as it stands in the file; rows without any value are left out, the others keep their number.

    name: None for a CSV. is_delimited: a row has as many values as its record has fields. faults: found while reading.
    is_turned: its rows are the file's columns. addresses, members: of a sheet whose rows name what they report, the cell in the
    file of each that was moved, and the file's rows of each of its own. The other attributes are those of its `SheetScan`; an
    error cell's value is what it shows.
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
    shown_otherwise: dict[tuple[int, int], str] = field(default_factory=dict)
    is_delimited: bool = False
    faults: tuple[SheetFault, ...] = ()
    blank_results: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    comments: dict[tuple[int, int], str] = field(default_factory=dict)
    margins: tuple[str, ...] = ()
    is_turned: bool = False
    addresses: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


def lengthen(ranges: list[Range], number: int) -> None:
    """Adds a number to ranges: to the last one where it follows it, else as one of its own."""
    if ranges and ranges[-1][1] == number - 1:
        ranges[-1] = (ranges[-1][0], number)
    else:
        ranges.append((number, number))


def a1(row: int, column: int) -> str:
    """Address of a cell by its 1-based row and column: (12, 28) → AB12."""
    return f"{column_letters(column)}{row}"


def position(address: str) -> tuple[int, int]:
    """1-based row and column of an address: AB12 → (12, 28). Raises ValueError for what is no address."""
    row, column = coordinate_to_tuple(address)
    return row, column
