"""The parts of an .xlsx parsed by expat: their elements, and what a worksheet holds beside the values of its cells.

Called by `ingestion.readers.workbook_xlsx`. A document type declaration is refused before anything else is read: Office
Open XML knows none (ECMA-376 part 2, 8.1.4), and entities can unfold to gigabytes or name other files.
"""

from collections.abc import Callable, Mapping
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


Mark = Callable[[Element], str | None]
"""Says of an element of a run's properties how it marks what is written in it, None where it does not."""


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


@dataclass(frozen=True)
class Looks:
    """What cell styles, by their indices, do to what a cell shows: percent signs, and how it shows something else than the
    cell holds.
    """

    percent: frozenset[str] = frozenset()
    changed: dict[str, str] = field(default_factory=dict)


def marked_strings(file: IO[bytes], mark: Mark) -> dict[str, tuple[str, str]]:
    """Texts of which some runs are marked, by their number: how, and the text without them. mark: says of an element of a
    run's properties whether it marks.
    """
    found: dict[str, tuple[str, str]] = {}
    local = LocalNames()
    number, how, run_mark = -1, "", ""
    kept: list[str] = []
    is_text = is_phonetic = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal number, how, run_mark, is_text, is_phonetic
        name = local[tag]
        if name == "si":
            number, how = number + 1, ""
            kept.clear()
        elif name == "r":
            run_mark = ""
        elif name == "rPh":
            is_phonetic = True
        elif name == "t":
            is_text = not is_phonetic
        elif marked := mark(Element("rPr", name, {local[key]: value for key, value in attributes.items()})):
            run_mark = how = marked

    def end(tag: str) -> None:
        nonlocal run_mark, is_text, is_phonetic
        name = local[tag]
        if name == "t":
            is_text = False
        elif name == "r":
            run_mark = ""
        elif name == "rPh":
            is_phonetic = False
        elif name == "si" and how:
            found[str(number)] = (how, "".join(kept))

    def text(data: str) -> None:
        if is_text and not run_mark:
            kept.append(data)

    parser = _parser()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
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
    _feed(scanner.parser, file, scanner.check_cells)
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
    )


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
    farthest_row: tuple[int, int] = (1, 1)
    farthest_column: tuple[int, int] = (1, 1)
    without_value: set[tuple[int, int]] = field(default_factory=set)
    percent: set[tuple[int, int]] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: list[Range] = field(default_factory=list)
    hidden_columns: list[Range] = field(default_factory=list)
    shown_otherwise: dict[tuple[int, int], str] = field(default_factory=dict)
    texts: dict[tuple[int, int], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parser = _parser()
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
        is_inline = False
        changed: str | None = None
        run_mark: str | None = None
        texts: list[str] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal row, row_text, column, place, is_watched, has_formula, is_percent, is_error, is_shared, changed
            nonlocal is_inline, run_mark
            name = local[tag]
            if name == "c":
                self.cells += 1
                column += 1
                place = row, column
                address = attributes.get("r")
                if address is not None and address != letters[column] + row_text:  # not the next one of its row
                    place = _position(address)
                    column = place[1]
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
                row, column = int(row_text), 0
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
            nonlocal is_watched, has_formula, is_percent, is_error, is_shared, changed
            nonlocal is_inline, run_mark
            name = local[tag]
            if name == "v" or name == "t":
                parser.CharacterDataHandler = None
            elif name == "c":
                value = "".join(texts)
                if not value and not is_inline:
                    if has_formula:
                        self.without_value.add(place)
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
                is_watched = has_formula = is_percent = is_error = is_shared = is_inline = False
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
