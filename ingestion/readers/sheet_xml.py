"""The parts of an .xlsx parsed by expat: their elements, and what a worksheet holds beside the values of its cells.

Called by `ingestion.readers.workbook_xlsx`. A document type declaration is refused before anything else is read: Office
Open XML knows none (ECMA-376 part 2, 8.1.4), and entities can unfold to gigabytes or name other files.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, Any
from xml.parsers import expat

from ingestion.readers.cells import MAX_COLUMNS, Range, SheetScan, check_size, column_letters, lengthen, position
from ingestion.readers.errors import UnreadableFile

CHUNK_BYTES = 1 << 18  # one call of the parser for some thousand cells
OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")  # of UTF-16, which the reader of values does not know
LONGEST_LETTERS = 3  # of a column: XFD is Excel's last
TRUE = ("1", "true")
DIGITS = "0123456789"

COUNTED_BYTES = 1 << 20  # at a time, of the unpacked part


def _refuse(*_: Any) -> None:
    raise UnreadableFile("reading.unreadable", "工作簿的 XML 声明了外部实体，或不是 UTF-8，不予读取")


def _parser() -> expat.XMLParserType:
    """A parser of UTF-8 that refuses a document type and entities."""
    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.buffer_text = True
    return parser


def _feed(parser: expat.XMLParserType, file: IO[bytes], after_chunk: Callable[[], bool] = lambda: True) -> None:
    """Parses a part piece by piece, as long as after_chunk() is true. Raises UnreadableFile and expat.ExpatError."""
    is_first = True
    while chunk := file.read(CHUNK_BYTES):
        if is_first and chunk.startswith(OTHER_ENCODINGS):
            _refuse()
        is_first = False
        parser.Parse(chunk)
        if not after_chunk():
            return
    parser.Parse(b"", True)


class LocalNames(dict[str, str]):
    """Names of elements and attributes without the prefix of their namespace, which the reader of values ignores too."""

    def __missing__(self, name: str) -> str:
        self[name] = name.rpartition(":")[2]
        return self[name]


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a small part. parent: local name of the one around it; attributes by their local names."""

    parent: str
    name: str
    attributes: dict[str, str]


def elements(file: IO[bytes]) -> list[Element]:
    """Every element of a part in its order. Raises UnreadableFile for a document type, expat.ExpatError for what is not
    well-formed.
    """
    found: list[Element] = []
    open_names = [""]
    local = LocalNames()
    none: dict[str, str] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        named = {local[name]: value for name, value in attributes.items()} if attributes else none
        found.append(Element(open_names[-1], local[tag], named))
        open_names.append(local[tag])

    def end(_: str) -> None:
        open_names.pop()

    parser = _parser()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    _feed(parser, file)
    return found


def check_beginning(file: IO[bytes]) -> None:
    """Reads a part to its first element, before which alone a document type may stand. Raises UnreadableFile for one,
    expat.ExpatError for what is no XML.
    """
    begun: list[str] = []
    parser = _parser()
    parser.StartElementHandler = lambda tag, _: begun.append(tag)
    _feed(parser, file, after_chunk=lambda: not begun)


def scan_sheet(file: IO[bytes], percent_styles: frozenset[str], is_1904: bool) -> SheetScan:
    """What a worksheet's part holds beside values. percent_styles: indices of the cell styles that show a percent sign.

    Raises UnreadableFile for a document type, for a sheet of too many cells, or of cells too far apart; expat.ExpatError
    and ValueError for a part that is not well-formed.
    """
    _refuse_too_many_cells(file)
    scanner = _SheetScanner(percent_styles)
    _feed(scanner.parser, file, scanner.check_cells)
    check_size(scanner.cells, scanner.last_row, scanner.last_column)
    return SheetScan(
        frozenset(scanner.without_value),
        frozenset(scanner.percent),
        scanner.errors,
        is_1904,
        tuple(scanner.hidden_rows),
        tuple(scanner.hidden_columns),
    )


def _refuse_too_many_cells(file: IO[bytes]) -> None:
    """Count what begins like a cell before anything is parsed: a sheet far beyond the limit is refused within a second."""
    cells = 0
    while chunk := file.read(COUNTED_BYTES):
        cells += chunk.count(b"<c ") + chunk.count(b"<c>")
        check_size(cells)
    file.seek(0)


@dataclass
class _SheetScanner:
    """Handlers of one pass over a worksheet. Most cells cost two calls, for `c` and `v`; text and ends of elements are
    asked for only within a cell whose value matters here: a formula, an error, a number shown as percent.
    """

    percent_styles: frozenset[str]
    cells: int = 0
    last_row: int = 0
    last_column: int = 0
    without_value: set[tuple[int, int]] = field(default_factory=set)
    percent: set[tuple[int, int]] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: list[Range] = field(default_factory=list)
    hidden_columns: list[Range] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.parser = _parser()
        self.parser.StartElementHandler = self._handler()

    def check_cells(self) -> bool:
        check_size(self.cells)
        return True

    def _handler(self) -> Callable[[str, dict[str, str]], None]:
        """The handler of opening tags; its variables are those of the row and the cell that is open."""
        parser, percent_styles, local, letters = self.parser, self.percent_styles, LocalNames(), _ColumnLetters()
        row = column = 0
        row_text = ""
        place = (0, 0)
        is_watched = has_formula = is_percent = is_error = False
        texts: list[str] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal row, row_text, column, place, is_watched, has_formula, is_percent, is_error
            name = local[tag]
            if name == "c":
                self.cells += 1
                column += 1
                place = row, column
                address = attributes.get("r")
                if address is not None and address != letters[column] + row_text:  # not the next one of its row
                    place = _position(address)
                    column = place[1]
                    self.last_row = max(self.last_row, place[0])
                if column > self.last_column:
                    self.last_column = column
                if len(attributes) > 1 or address is None:
                    kind = attributes.get("t")
                    is_percent = attributes.get("s") in percent_styles and (kind is None or kind == "n")
                    is_error = kind == "e"
                    if is_percent or is_error:
                        watch()
            elif name == "v":
                if is_watched:
                    parser.CharacterDataHandler = texts.append
            elif name == "f":
                has_formula = True
                watch()
            elif name == "row":
                row_text = attributes.get("r", "") or str(row + 1)
                row, column = int(row_text), 0
                self.last_row = max(self.last_row, row)
                if attributes.get("hidden") in TRUE:
                    lengthen(self.hidden_rows, row)
            elif name == "col" and attributes.get("hidden") in TRUE and "min" in attributes:
                first = int(attributes["min"])
                self.hidden_columns.append((first, int(attributes.get("max", first))))

        def watch() -> None:
            nonlocal is_watched
            is_watched = True
            parser.EndElementHandler = end

        def end(tag: str) -> None:
            nonlocal is_watched, has_formula, is_percent, is_error
            name = local[tag]
            if name == "v":
                parser.CharacterDataHandler = None
            elif name == "c":
                value = "".join(texts)
                if not value:
                    if has_formula:
                        self.without_value.add(place)
                elif is_error:
                    self.errors[place] = value
                elif is_percent:
                    self.percent.add(place)
                parser.EndElementHandler = None
                is_watched = has_formula = is_percent = is_error = False
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
