"""What the cell reader does not tell of an .xlsx: formulas without a result, numbers shown as percent, and how large it is.

An .xlsx is surveyed before any parser builds it up in memory: a few kilobytes can unfold to gigabytes.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO
from xml.etree import ElementTree

from ingestion.readers.cells import UnreadableFile, check_size, position, too_large
from ingestion.readers.marks import PERCENT_FORMAT, SheetMarks

CHUNK = 1 << 20
MAX_UNPACKED, MAX_STRINGS, MAX_WHOLE = 512 << 20, 128 << 20, 16 << 20  # bytes of all parts, of the shared strings, of a part parsed whole
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
BOOK, RELATIONS, STYLES, STRINGS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedStrings.xml"
BUILT_IN_PERCENT = {"9", "10"}
LAST_ROW, COLUMN = re.compile(rb'<row [^>]*?\br="(\d{1,9})"'), re.compile(rb'<c r="([A-Z]+)')
OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
BROKEN = (ElementTree.ParseError, KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)


@dataclass
class Survey:
    """Of one sheet's XML. rows: number of the last one; is_marked: whether it holds formulas or error cells."""

    cells: int = 0
    rows: int = 0
    is_marked: bool = False


def guard(archive: zipfile.ZipFile) -> dict[str, Survey]:
    """Surveys every sheet by its part. Raises UnreadableFile for what would not fit into memory, and for XML that declares entities."""
    try:
        _guard_sizes(archive)
        sheets = [name for name in archive.namelist() if name.startswith("xl/") and "sheets/" in name and name.endswith(".xml")]
        for part in (STRINGS, STYLES, BOOK):
            if part in archive.namelist():
                for _ in _chunks(archive, part):
                    pass
        return {part: _surveyed(archive, part) for part in sheets}
    except BROKEN as error:
        raise _broken(error) from None


def sheet_marks(archive: zipfile.ZipFile) -> dict[str, SheetMarks]:
    """Marks of every sheet of an .xlsx by its name. A sheet is parsed only when it holds formulas or percent formats.

    Raises UnreadableFile as `guard` does, and for XML that cannot be parsed.
    """
    surveys = guard(archive)
    try:
        percent_styles = _percent_styles(archive)
        workbook = ElementTree.fromstring(archive.read(BOOK))
        is_1904 = any(item.get("date1904") in ("1", "true") for item in workbook.iter(f"{MAIN}workbookPr"))
        return {
            name: _marks(archive, part, percent_styles, is_1904)
            if percent_styles or surveys[part].is_marked else SheetMarks(is_1904=is_1904)
            for name, part in _sheet_parts(archive, workbook).items() if part in surveys
        }
    except BROKEN as error:
        raise _broken(error) from None


def _broken(error: BaseException) -> UnreadableFile:
    return UnreadableFile("reading.unreadable", f"工作簿内部结构损坏（{type(error).__name__}）")


def _guard_sizes(archive: zipfile.ZipFile) -> None:
    sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    limits = {STRINGS: MAX_STRINGS, STYLES: MAX_WHOLE, BOOK: MAX_WHOLE, RELATIONS: MAX_WHOLE}
    if sum(sizes.values()) > MAX_UNPACKED or any(sizes.get(part, 0) > most for part, most in limits.items()):
        raise UnreadableFile("reading.timeout", "解压后过大，不是正常的工作簿")


def _chunks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """A part piecewise, tags whole. Raises UnreadableFile where it declares entities, or is in an encoding that hides them."""
    with archive.open(part) as file:
        for number, chunk in enumerate(_whole_tags(file)):
            if b"<!ENTITY" in chunk or b"<!DOCTYPE" in chunk or (number == 0 and chunk.startswith(OTHER_ENCODINGS)):
                raise UnreadableFile("reading.unreadable", "工作簿的 XML 声明了外部实体，或不是 UTF-8，不予读取")
            yield chunk


def _whole_tags(file: IO[bytes]) -> Iterator[bytes]:
    """The file piecewise, each piece with the last bytes of the one before: a tag may be cut between two."""
    rest = b""
    while chunk := file.read(CHUNK):
        end = chunk.rfind(b"<")
        yield rest + (chunk if end < 0 else chunk[:end])
        rest = b"" if end < 0 else chunk[end:]
    yield rest


def _surveyed(archive: zipfile.ZipFile, part: str) -> Survey:
    survey, columns = Survey(), {b"A"}
    for chunk in _chunks(archive, part):
        survey.cells += chunk.count(b"<c ") + chunk.count(b"<c>")
        survey.rows = max([survey.rows, *map(int, LAST_ROW.findall(chunk))])
        columns.update(COLUMN.findall(chunk))
        survey.is_marked = survey.is_marked or b"<f" in chunk or b't="e"' in chunk
        check_size(survey.cells)
    widest = max(columns, key=lambda letters: (len(letters), letters))
    if len(widest) > 3:
        raise too_large()
    check_size(survey.cells, survey.rows, position(f"{widest.decode()}1")[1])
    return survey


def _sheet_parts(archive: zipfile.ZipFile, workbook: ElementTree.Element) -> dict[str, str]:
    """Name of each worksheet -> its part in the archive."""
    targets = {item.get("Id"): item.get("Target", "") for item in ElementTree.fromstring(archive.read(RELATIONS))}
    parts = {}
    for sheet in workbook.iter(f"{MAIN}sheet"):
        target = targets.get(sheet.get(RELATION), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if "worksheets/" in part and part in archive.namelist():
            parts[sheet.get("name", "")] = part
    return parts


def _percent_styles(archive: zipfile.ZipFile) -> frozenset[str]:
    """Indices of the cell styles whose number format shows a percent sign."""
    if STYLES not in archive.namelist():
        return frozenset()
    styles = ElementTree.fromstring(archive.read(STYLES))
    formats = {item.get("numFmtId") for item in styles.iter(f"{MAIN}numFmt") if PERCENT_FORMAT.match(item.get("formatCode", ""))}
    formats |= BUILT_IN_PERCENT
    return frozenset(
        str(index) for cell_styles in styles.iter(f"{MAIN}cellXfs") for index, style in enumerate(cell_styles)
        if style.get("numFmtId") in formats
    )


def _marks(archive: zipfile.ZipFile, part: str, percent_styles: frozenset[str], is_1904: bool) -> SheetMarks:
    without_value, percent, errors = set(), set(), {}
    with archive.open(part) as file:
        for _, element in ElementTree.iterparse(file):
            if element.tag == f"{MAIN}c" and "r" in element.attrib:
                value = element.find(f"{MAIN}v")
                has_value = value is not None and bool(value.text)
                if not has_value and element.find(f"{MAIN}f") is not None:
                    without_value.add(position(element.attrib["r"]))
                if value is not None and value.text and element.get("t") == "e":
                    errors[position(element.attrib["r"])] = value.text
                if has_value and element.get("s") in percent_styles and element.get("t", "n") == "n":
                    percent.add(position(element.attrib["r"]))
            elif element.tag == f"{MAIN}row":
                element.clear()
    return SheetMarks(frozenset(without_value), frozenset(percent), errors, is_1904)
