"""What the cell reader does not tell of an .xlsx: formulas without a result, numbers shown as percent, and how many cells there are."""

import zipfile
import zlib
from collections.abc import Iterator
from typing import IO
from xml.etree import ElementTree

from ingestion.readers.cells import MAX_CELLS, UnreadableFile, position, too_large
from ingestion.readers.marks import PERCENT_FORMAT, SheetMarks

CHUNK = 1 << 20
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
BUILT_IN_PERCENT = {"9", "10"}


def sheet_marks(archive: zipfile.ZipFile) -> dict[str, SheetMarks]:
    """Marks of every sheet of an .xlsx by its name. A sheet is parsed only when it holds formulas or percent formats.

    Raises UnreadableFile for a sheet of more than MAX_CELLS cells, for XML that declares entities, and for XML that cannot be parsed.
    """
    try:
        percent_styles = _percent_styles(archive)
        workbook = _xml(archive, "xl/workbook.xml")
        is_1904 = any(item.get("date1904") in ("1", "true") for item in workbook.iter(f"{MAIN}workbookPr"))
        return {name: _marks(archive, part, percent_styles, is_1904) for name, part in _sheet_parts(archive, workbook).items()}
    except (ElementTree.ParseError, KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise UnreadableFile("reading.unreadable", f"工作簿内部结构损坏（{type(error).__name__}）") from None


def _xml(archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    content = archive.read(part)
    if b"<!ENTITY" in content or b"<!DOCTYPE" in content:
        raise UnreadableFile("reading.unreadable", "工作簿的 XML 声明了外部实体，不予读取")
    return ElementTree.fromstring(content)


def _sheet_parts(archive: zipfile.ZipFile, workbook: ElementTree.Element) -> dict[str, str]:
    """Name of each worksheet -> its part in the archive."""
    targets = {item.get("Id"): item.get("Target", "") for item in _xml(archive, "xl/_rels/workbook.xml.rels")}
    parts = {}
    for sheet in workbook.iter(f"{MAIN}sheet"):
        target = targets.get(sheet.get(RELATION), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if "worksheets/" in part and part in archive.namelist():
            parts[sheet.get("name", "")] = part
    return parts


def _percent_styles(archive: zipfile.ZipFile) -> frozenset[str]:
    """Indices of the cell styles whose number format shows a percent sign."""
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    styles = _xml(archive, "xl/styles.xml")
    formats = {item.get("numFmtId") for item in styles.iter(f"{MAIN}numFmt") if PERCENT_FORMAT.match(item.get("formatCode", ""))}
    formats |= BUILT_IN_PERCENT
    return frozenset(
        str(index) for cell_styles in styles.iter(f"{MAIN}cellXfs") for index, style in enumerate(cell_styles)
        if style.get("numFmtId") in formats
    )


def _marks(archive: zipfile.ZipFile, part: str, percent_styles: frozenset[str], is_1904: bool) -> SheetMarks:
    cells, is_marked = 0, bool(percent_styles)
    with archive.open(part) as file:
        for chunk in _chunks(file):
            cells += chunk.count(b"<c ")
            is_marked = is_marked or b"<f" in chunk or b't="e"' in chunk
            if b"<!ENTITY" in chunk or b"<!DOCTYPE" in chunk:
                raise UnreadableFile("reading.unreadable", "工作簿的 XML 声明了外部实体，不予读取")
            if cells > MAX_CELLS:
                raise too_large()
    if not is_marked:
        return SheetMarks(is_1904=is_1904)
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


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    """The file piecewise, each piece with the last bytes of the one before: a tag may be cut between two."""
    rest = b""
    while chunk := file.read(CHUNK):
        end = chunk.rfind(b"<")
        yield rest + (chunk if end < 0 else chunk[:end])
        rest = b"" if end < 0 else chunk[end:]
    yield rest
