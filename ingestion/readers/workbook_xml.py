"""What the cell reader does not tell of an .xlsx: formulas without a result, numbers shown as percent, what is hidden,
and how large it is.

An .xlsx is surveyed before any parser builds it up in memory: a few kilobytes can unfold to gigabytes.
"""

import zipfile
from collections.abc import Iterator
from typing import IO
from xml.etree import ElementTree

from ingestion.readers.cells import BROKEN_ZIP, UnreadableFile, check_size, fits, position, too_large
from ingestion.readers.marks import PERCENT_FORMAT, SheetScan
from ingestion.readers.sheet_xml import CellTags, SheetSurvey, last_column

CHUNK = 1 << 20
ONE_LETTER = 26  # so many columns have one; where they would be too many, they are looked at one by one
MAX_UNPACKED, MAX_STRINGS, MAX_WHOLE = (
    512 << 20,
    64 << 20,
    16 << 20,
)  # bytes of all parts, of the shared strings, of a part parsed whole
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
BOOK, RELATIONS, STYLES, STRINGS = (
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
    "xl/sharedStrings.xml",
)
BUILT_IN_PERCENT = {"9", "10"}
OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
BROKEN = (*BROKEN_ZIP, ElementTree.ParseError, LookupError, ValueError)


def sheet_marks(archive: zipfile.ZipFile) -> dict[str, SheetScan]:
    """Marks of every sheet of an .xlsx by its name.

    Raises UnreadableFile for what would not fit into memory, for XML that declares entities, and for XML that cannot be
    parsed.
    """
    try:
        _guard_sizes(archive)
        for part in (STRINGS, STYLES, BOOK, RELATIONS):
            if part in archive.namelist():
                for _ in _chunks(archive, part, b"<"):
                    pass
        percent_styles = _percent_styles(archive)
        surveys = {part: _surveyed(archive, part, percent_styles) for part in archive.namelist() if _may_be_sheet(part)}
        workbook = ElementTree.fromstring(archive.read(BOOK))
        is_1904 = any(item.get("date1904") in ("1", "true") for item in workbook.iter(f"{MAIN}workbookPr"))
        return {
            name: surveys[part].marks(is_1904)
            for name, part in _sheet_parts(archive, workbook).items()
            if part in surveys
        }
    except BROKEN as error:
        raise UnreadableFile("reading.unreadable", f"工作簿内部结构损坏（{type(error).__name__}）") from None


def _guard_sizes(archive: zipfile.ZipFile) -> None:
    sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    limits = {STRINGS: MAX_STRINGS, STYLES: MAX_WHOLE, BOOK: MAX_WHOLE, RELATIONS: MAX_WHOLE}
    if sum(sizes.values()) > MAX_UNPACKED or any(sizes.get(part, 0) > most for part, most in limits.items()):
        raise UnreadableFile("reading.timeout", "解压后过大，不是正常的工作簿")


def _may_be_sheet(part: str) -> bool:
    return part.startswith("xl/") and part.lower().endswith(".xml") and part not in (STRINGS, STYLES, BOOK)


def _chunks(archive: zipfile.ZipFile, part: str, at: bytes) -> Iterator[bytes]:
    """A part piecewise, cut before a tag `at`. Raises UnreadableFile where it declares entities, or is in an encoding
    that hides them.
    """
    with archive.open(part) as file:
        for number, chunk in enumerate(_whole_tags(file, at)):
            is_doubtful = b"<!" in chunk and (b"<!ENTITY" in chunk or b"<!DOCTYPE" in chunk)
            if is_doubtful or (number == 0 and chunk.startswith(OTHER_ENCODINGS)):
                raise UnreadableFile("reading.unreadable", "工作簿的 XML 声明了外部实体，或不是 UTF-8，不予读取")
            yield chunk


def _whole_tags(file: IO[bytes], at: bytes) -> Iterator[bytes]:
    """The file piecewise, each piece with the last bytes of the one before: none ends within a tag, nor, if it can be,
    within `at`.
    """
    rest = b""
    while chunk := file.read(CHUNK):
        end = chunk.rfind(at)
        end = chunk.rfind(b"<") if end < 0 else end
        yield rest + (chunk if end < 0 else chunk[:end])
        rest = b"" if end < 0 else chunk[end:]
    yield rest


def _surveyed(archive: zipfile.ZipFile, part: str, percent_styles: frozenset[str]) -> SheetSurvey:
    """Raises UnreadableFile for a sheet of too many cells, or of cells too far apart."""
    with archive.open(part) as file:
        tags = CellTags(file.read(CHUNK >> 6), percent_styles)
    survey = SheetSurvey()
    for chunk in _chunks(archive, part, tags.cell):
        tags.take(chunk, survey)
        check_size(survey.cells)
    widest = survey.widest
    if widest is None and not fits(survey.cells, survey.rows, ONE_LETTER):
        for chunk in _chunks(archive, part, tags.cell):
            widest = last_column(tags.column.findall(chunk), widest)
    if len(widest or b"A") > 3:
        raise too_large()
    check_size(survey.cells, survey.rows, position(f"{(widest or b'A').decode()}1")[1])
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
    formats = {
        item.get("numFmtId")
        for item in styles.iter(f"{MAIN}numFmt")
        if PERCENT_FORMAT.match(item.get("formatCode", ""))
    }
    formats |= BUILT_IN_PERCENT
    return frozenset(
        str(index)
        for cell_styles in styles.iter(f"{MAIN}cellXfs")
        for index, style in enumerate(cell_styles)
        if style.get("numFmtId") in formats
    )
