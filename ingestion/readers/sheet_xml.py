"""What a worksheet of an .xlsx holds beside the values of its cells, in one pass over its XML. Called by
`ingestion.readers.workbook_xlsx` for each sheet.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO

from ingestion.readers.cells import MAX_COLUMNS, Range, SheetScan, check_size, column_letters, lengthen, position
from ingestion.readers.errors import UnreadableFile
from ingestion.readers.xml_parts import Element, LocalNames, Mark, feed, new_parser

LONGEST_LETTERS = 3  # of a column: XFD is Excel's last
TRUE = ("1", "true")
LEAST_SIZE = 1.0  # points of a row's height, characters of a column's width: below that nobody sees what stands there
SIZE = re.compile(r"\d{1,9}(?:\.\d{1,18})?")  # as programs write it
MARGINS = frozenset(f"{page}{place}" for page in ("odd", "even", "first") for place in ("Header", "Footer"))
MARGIN_CODE = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|\d+|.)')  # of a font, a size, a place, a page's number
DIGITS = "0123456789"
MOST_REPEATED = 20  # cells that are named: a sheet with more is broken as a whole
COUNTED_BYTES = 1 << 20  # at a time, of the unpacked part


@dataclass(frozen=True)
class Looks:
    """What cell styles, by their indices, do to what a cell shows: percent signs, and how it shows something else than the
    cell holds.
    """

    percent: frozenset[str] = frozenset()
    changed: dict[str, str] = field(default_factory=dict)


def scan_sheet(
    file: IO[bytes],
    looks: Looks = Looks(),
    marked: Mapping[str, tuple[str, str]] | None = None,
    mark: Mark | None = None,
    is_1904: bool = False,
) -> SheetScan:
    """What a worksheet's part holds beside values. looks: of the workbook's cell styles; marked: its shared texts of which
    a part is struck out or raised; mark: says the same of an element of the properties of a run in the sheet itself.

    Raises UnreadableFile for a document type, for a sheet of too many cells, or of cells too far apart; expat.ExpatError
    and ValueError for a part that is not well-formed.
    """
    has_marks = _refuse_too_many_cells(file)
    scanner = _SheetScanner(looks, marked or {}, mark if has_marks else None)
    feed(scanner.parser, file, scanner.check_cells)
    check_size(scanner.cells)
    try:
        check_size(0, scanner.last_row, scanner.last_column)
    except UnreadableFile:
        raise UnreadableFile("reading.stray_cell", scanner.farthest) from None
    return SheetScan(
        frozenset(scanner.without_value),
        frozenset(scanner.percent),
        scanner.errors,
        is_1904,
        tuple(scanner.hidden_rows),
        tuple(scanner.hidden_columns),
        scanner.shown_otherwise,
        scanner.texts,
        _repeated_cells(file) if scanner.is_out_of_order else (),
        frozenset(scanner.blank_results),
        margins=tuple(dict.fromkeys(text for one in scanner.margins if (text := MARGIN_CODE.sub(" ", one).strip()))),
    )


def _repeated_cells(file: IO[bytes]) -> tuple[str, ...]:
    """Addresses of cells with a value that stand more than once, the first ones; of two the reader of values takes the
    later. Asked only of a sheet whose cells do not follow each other.
    """
    seen: set[str] = set()
    repeated: dict[str, None] = {}
    open_cell = ""
    local = LocalNames()

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal open_cell
        name = local[tag]
        if name == "c":
            open_cell = attributes.get("r", "").upper()
        elif name in ("v", "is") and open_cell:
            if open_cell in seen and len(repeated) < MOST_REPEATED:
                repeated[open_cell] = None
            seen.add(open_cell)

    file.seek(0)
    parser = new_parser()
    parser.StartElementHandler = start
    feed(parser, file)
    return tuple(repeated)


def _refuse_too_many_cells(file: IO[bytes]) -> bool:
    """Count what begins like a cell before anything is parsed: a sheet far beyond the limit is refused within a second.
    Returns whether texts in the sheet itself may have struck or raised parts.
    """
    cells, has_marks = 0, False
    while chunk := file.read(COUNTED_BYTES):
        cells += chunk.count(b"<c ") + chunk.count(b"<c>")
        has_marks = has_marks or b"strike" in chunk or b"vertAlign" in chunk
        check_size(cells)
    file.seek(0)
    return has_marks


@dataclass
class _SheetScanner:
    """Handlers of one pass over a worksheet. Most cells cost two calls, for `c` and `v`; text and ends of elements are
    asked for only within a cell whose value matters here: a formula, an error, a number shown as percent.
    """

    looks: Looks
    marked: Mapping[str, tuple[str, str]]
    mark: Mark | None = None
    cells: int = 0
    last_row: int = 0
    last_column: int = 0
    is_out_of_order: bool = False
    farthest_row: tuple[int, int] = (1, 1)
    farthest_column: tuple[int, int] = (1, 1)
    without_value: set[tuple[int, int]] = field(default_factory=set)
    blank_results: set[tuple[int, int]] = field(default_factory=set)
    percent: set[tuple[int, int]] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: list[Range] = field(default_factory=list)
    hidden_columns: list[Range] = field(default_factory=list)
    shown_otherwise: dict[tuple[int, int], str] = field(default_factory=dict)
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    margins: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.parser = new_parser()
        self.parser.StartElementHandler = self._handler()

    @property
    def farthest(self) -> str:
        """Address of the cell that makes the sheet's rectangle large: the lowest, or the rightmost."""
        row, column = self.farthest_row if self.last_row > self.last_column else self.farthest_column
        return f"{column_letters(column)}{row}"

    def check_cells(self) -> bool:
        check_size(self.cells)
        return True

    def _handler(self) -> Callable[[str, dict[str, str]], None]:
        """The handler of opening tags; its variables are those of the row and the cell that is open."""
        parser, local, letters = self.parser, LocalNames(), _ColumnLetters()
        percent_styles, changed_styles, marked, mark = self.looks.percent, self.looks.changed, self.marked, self.mark
        row = column = 0
        row_text = ""
        place = (0, 0)
        is_watched = has_formula = is_percent = is_error = is_shared = False
        is_inline = is_text_result = False
        changed: str | None = None
        run_mark: str | None = None
        texts: list[str] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal row, row_text, column, place, is_watched, has_formula, is_percent, is_error, is_shared, changed
            nonlocal is_inline, is_text_result, run_mark
            name = local[tag]
            if name == "c":
                self.cells += 1
                column += 1
                is_text_result = attributes.get("t") == "str"
                place = row, column
                address = attributes.get("r")
                if address is not None and address != letters[column] + row_text:  # not the next one of its row
                    before, place = place, _position(address)
                    column = place[1]
                    self.is_out_of_order = self.is_out_of_order or place <= before
                if len(attributes) > 1 or address is None:
                    kind = attributes.get("t")
                    is_percent = attributes.get("s") in percent_styles and (kind is None or kind == "n")
                    is_error = kind == "e"
                    changed = changed_styles.get(attributes.get("s", "")) if changed_styles else None
                    is_shared = bool(marked) and kind == "s"
                    is_inline = mark is not None and kind == "inlineStr"
                    if is_percent or is_error or is_shared or changed or is_inline:
                        watch()
            elif name == "v" or name == "is":
                if place[0] > self.last_row:
                    self.last_row, self.farthest_row = place[0], place
                if place[1] > self.last_column:
                    self.last_column, self.farthest_column = place[1], place
                if is_watched:
                    parser.CharacterDataHandler = texts.append
            elif name == "f":
                has_formula = True
                watch()
            elif is_inline:
                if name == "r":
                    run_mark = None
                elif name == "t":
                    parser.CharacterDataHandler = None if run_mark else texts.append
                elif mark and (how := mark(Element("rPr", name, {local[key]: one for key, one in attributes.items()}))):
                    run_mark = how
                    self.shown_otherwise[place] = how
            elif name == "row":
                row_text = attributes.get("r", "") or str(row + 1)
                self.is_out_of_order = self.is_out_of_order or int(row_text) <= row
                row, column = int(row_text), 0
                if attributes.get("hidden") in TRUE or _is_small(attributes.get("ht")):
                    lengthen(self.hidden_rows, row)
            elif name == "col" and "min" in attributes and _is_hidden(attributes):
                first = int(attributes["min"])
                self.hidden_columns.append((first, int(attributes.get("max", first))))
            elif name in MARGINS:
                texts.clear()
                parser.CharacterDataHandler = texts.append
                parser.EndElementHandler = end

        def watch() -> None:
            nonlocal is_watched
            is_watched = True
            parser.EndElementHandler = end

        def end(tag: str) -> None:
            nonlocal is_watched, has_formula, is_percent, is_error, is_shared, changed
            nonlocal is_inline, is_text_result, run_mark
            name = local[tag]
            if name == "v" or name == "t":
                parser.CharacterDataHandler = None
            elif name in MARGINS:
                self.margins.append("".join(texts))
                parser.CharacterDataHandler = parser.EndElementHandler = None
                texts.clear()
            elif name == "c":
                value = "".join(texts)
                if not value and not is_inline:
                    if has_formula:
                        self.without_value.add(place)
                    if has_formula and is_text_result:
                        self.blank_results.add(place)
                elif is_error:
                    self.errors[place] = value
                elif is_percent:
                    self.percent.add(place)
                if is_inline:
                    if place in self.shown_otherwise:
                        self.texts[place] = value
                elif value and changed:
                    self.shown_otherwise[place] = changed
                elif is_shared and value in marked:
                    self.shown_otherwise[place], self.texts[place] = marked[value]
                parser.EndElementHandler = None
                is_watched = has_formula = is_percent = is_error = is_shared = is_inline = is_text_result = False
                changed = run_mark = None
                texts.clear()

        return start


class _ColumnLetters(dict[int, str]):
    """Letters of columns by their numbers."""

    def __missing__(self, column: int) -> str:
        check_size(0, columns=column)
        self[column] = column_letters(column)
        return self[column]


def _position(address: str) -> tuple[int, int]:
    """Row and column of an address. Raises UnreadableFile beyond a sheet's last column, ValueError for what is none."""
    if len(address.rstrip(DIGITS)) > LONGEST_LETTERS:
        check_size(0, columns=MAX_COLUMNS + 1)
    return position(address)


def _is_hidden(column: dict[str, str]) -> bool:
    """Whether a column's attributes hide it, by word or by its width."""
    return column.get("hidden") in TRUE or _is_small(column.get("width"))


def _is_small(size: str | None) -> bool:
    """Whether a height or a width, as it is written, is so small that nothing is seen."""
    return size is not None and SIZE.fullmatch(size) is not None and float(size) < LEAST_SIZE
