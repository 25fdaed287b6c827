"""The parts of an .xlsx parsed by expat: their elements, and the texts of which runs are struck out or raised.

Called by `ingestion.readers.workbook_xlsx` and `sheet_xml`. A document type declaration is refused before anything else is
read: Office Open XML knows none (ECMA-376 part 2, 8.1.4), and entities can unfold to gigabytes or name other files.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any
from xml.parsers import expat

from ingestion.readers.errors import UnreadableFile

CHUNK_BYTES = 1 << 18  # one call of the parser for some thousand cells
OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")  # of UTF-16, which the reader of values does not know


def refuse(*_: Any) -> None:
    """Raises UnreadableFile: the XML declares what no workbook does, or is not in UTF-8."""
    raise UnreadableFile.because("workbook_xml")


def new_parser() -> expat.XMLParserType:
    """A parser of UTF-8 that refuses a document type and entities."""
    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.buffer_text = True
    return parser


def feed(parser: expat.XMLParserType, file: IO[bytes], after_chunk: Callable[[], bool] = lambda: True) -> None:
    """Parses a part piece by piece, as long as after_chunk() is true. Raises UnreadableFile and expat.ExpatError."""
    is_first = True
    while chunk := file.read(CHUNK_BYTES):
        if is_first and chunk.startswith(OTHER_ENCODINGS):
            refuse()
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

    parser = new_parser()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    feed(parser, file)
    return found


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

    parser = new_parser()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    feed(parser, file)
    return found


def texts_of(file: IO[bytes], owner: str, key: str) -> dict[str, str]:
    """The text within each element of a name, by one of its attributes: <comment ref="F2">…</comment>."""
    found: dict[str, str] = {}
    local = LocalNames()
    at: str | None = None
    kept: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal at
        if local[tag] == owner:
            at = attributes.get(key)
            kept.clear()

    def end(tag: str) -> None:
        nonlocal at
        if local[tag] == owner:
            if at is not None:
                found[at] = "".join(kept).strip()
            at = None

    def text(data: str) -> None:
        if at is not None:
            kept.append(data)

    parser = new_parser()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    feed(parser, file)
    return found


def check_beginning(file: IO[bytes]) -> None:
    """Reads a part to its first element, before which alone a document type may stand. Raises UnreadableFile for one,
    expat.ExpatError for what is no XML.
    """
    begun: list[str] = []
    parser = new_parser()
    parser.StartElementHandler = lambda tag, _: begun.append(tag)
    feed(parser, file, after_chunk=lambda: not begun)
