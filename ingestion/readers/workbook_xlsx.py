"""What an .xlsx holds beside the values of its cells, and whether it may be parsed at all.

Called by `ingestion.readers.tabular` and, through it, by `ingestion.sniff`, before any other parser builds the workbook
up in memory: a few kilobytes can unfold to gigabytes. Parts are found by the package's relationships (ECMA-376 part 2),
their names compared without case, as the reader of values does.
"""

import io
import posixpath
import re
from dataclasses import dataclass, replace
from typing import IO
from xml.parsers import expat

from ingestion.readers.cells import PERCENT_FORMAT, RAISED, STRUCK, SheetScan, position, shown_by_format
from ingestion.readers.errors import UnreadableFile
from ingestion.readers.sheet_xml import TRUE, Looks, scan_sheet
from ingestion.readers.xml_parts import Element, check_beginning, elements, marked_strings, texts_of
from ingestion.readers.zip_members import BROKEN_ZIP, MAX_BYTES_IN_MEMORY, Archive, open_member

# The shared strings of a workbook at the limit of cells, each text a different one of some 25 bytes.
MAX_STRINGS_BYTES = 64 << 20
# Of a part that is held as elements: Excel's limit of 65,490 cell styles, some 120 bytes each, takes half of it.
MAX_WHOLE_BYTES = 16 << 20
WORKBOOK, STRINGS, STYLES = "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"
CELL = re.compile(r"[A-Z]{1,3}[0-9]{1,7}")
BUILT_IN_PERCENT = {"9", "10"}  # 0% and 0.00% (ECMA-376 part 1, 18.8.30)
BROKEN = (*BROKEN_ZIP, expat.ExpatError, LookupError, ValueError)


@dataclass(frozen=True)
class Relationship:
    """One relationship of a part. kind: the last word of its type (worksheet, styles); target: the part's name."""

    number: str
    kind: str
    target: str


class Package:
    """The parts of an Office Open XML file, by their names."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._members = {_key(member.filename): member for member in archive.infolist()}

    def check_names(self) -> None:
        """Raises UnreadableFile for two parts of one name: parsers would not agree on which is the sheet."""
        if len(self._members) < len(self._archive.infolist()):
            raise UnreadableFile.because("workbook_parts")

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._members

    def open(self, name: str) -> IO[bytes]:
        return open_member(self._archive, self._members[_key(name)], MAX_BYTES_IN_MEMORY)

    def check_size(self, name: str, most_bytes: int) -> None:
        if name in self and self._members[_key(name)].file_size > most_bytes:
            raise UnreadableFile.because("workbook_unpacked")

    def elements(self, name: str) -> list[Element]:
        """Every element of a small part. Raises UnreadableFile for a large one and for a document type."""
        self.check_size(name, MAX_WHOLE_BYTES)
        with self.open(name) as file:
            return elements(file)

    def relationships(self, source: str) -> list[Relationship]:
        """The relationships of a part ("" for the package), those to parts that are there."""
        folder, name = posixpath.split(source)
        part = posixpath.join(folder, "_rels", f"{name}.rels")
        if part not in self:
            return []
        found = [
            Relationship(
                item.attributes.get("Id", ""),
                item.attributes.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, item.attributes.get("Target", ""))).lstrip("/"),
            )
            for item in self.elements(part)
            if item.name == "Relationship" and item.attributes.get("TargetMode") != "External"
        ]
        return [item for item in found if item.target in self]


def _key(name: str) -> str:
    return name.replace("\\", "/").lower()


def sheet_scans(archive: Archive) -> dict[str, SheetScan] | None:
    """The scan of every sheet of an .xlsx by its name; None for a zip that is no workbook in XML.

    archive: opened with a limit of what fits into memory. Raises UnreadableFile for XML that declares a document type, and for XML that is
    not well-formed.
    """
    try:
        package = Package(archive)
        named = [item.target for item in package.relationships("") if item.kind == "officeDocument"]
        for part in (*named, WORKBOOK):
            if part in package and part.lower().endswith(".xml"):
                book = package.elements(part)
                if book[0].name == "workbook":
                    package.check_names()
                    return _scans(package, part, book)
        return None
    except BROKEN:
        raise UnreadableFile.because("workbook_structure") from None


def _scans(package: Package, workbook: str, book: list[Element]) -> dict[str, SheetScan]:
    related = package.relationships(workbook)
    # the reader of values takes these two by their usual names as well, whatever the relationships say
    for strings in {STRINGS, *(item.target for item in related if item.kind == "sharedStrings")}:
        if strings in package:
            package.check_size(strings, MAX_STRINGS_BYTES)
            with package.open(strings) as file:
                check_beginning(file)
    styles = {item.target for item in related if item.kind == "styles"} or {STYLES}
    looks = _looks([element for part in styles if part in package for element in package.elements(part)])
    strings = next((item.target for item in related if item.kind == "sharedStrings"), STRINGS)
    runs = _marked_strings(package, strings)
    is_1904 = any(item.name == "workbookPr" and item.attributes.get("date1904") in TRUE for item in book)
    targets = {item.number: item.target for item in related}
    sheets = {
        item.attributes.get("name", ""): targets[item.attributes["id"]]
        for item in book
        if item.name == "sheet" and item.attributes.get("id") in targets
    }
    scans: dict[str, SheetScan] = {}
    for part in dict.fromkeys(sheets.values()):
        with package.open(part) as file:
            scans[part] = replace(scan_sheet(file, looks, runs, _mark, is_1904), comments=_comments(package, part))
    return {name: scans[part] for name, part in sheets.items()}


def _comments(package: Package, sheet: str) -> dict[tuple[int, int], str]:
    """The texts that are attached to cells of a sheet's part, by row and column."""
    found: dict[str, str] = {}
    for item in package.relationships(sheet):
        if item.kind == "comments":
            package.check_size(item.target, MAX_WHOLE_BYTES)
            with package.open(item.target) as file:
                found |= texts_of(file, "comment", "ref")
    return {position(address): text for address, text in found.items() if CELL.fullmatch(address) and text}


def _looks(styles: list[Element]) -> Looks:
    """What cell styles do to what a cell shows, by their indices. styles: elements of the styles' part."""
    codes = {
        item.attributes.get("numFmtId", ""): item.attributes.get("formatCode", "")
        for item in styles
        if item.name == "numFmt"
    }
    percent = BUILT_IN_PERCENT | {number for number, code in codes.items() if PERCENT_FORMAT.match(code)}
    changed = {number: how for number, code in codes.items() if (how := shown_by_format(code))}
    fonts: list[str | None] = []
    for item in styles:
        if item.name == "font" and item.parent == "fonts":
            fonts.append(None)
        elif item.parent == "font" and fonts and (how := _mark(item)):
            fonts[-1] = how
    marked = {str(index): how for index, how in enumerate(fonts) if how}
    cell_styles = [item.attributes for item in styles if item.name == "xf" and item.parent == "cellXfs"]
    return Looks(
        frozenset(str(index) for index, style in enumerate(cell_styles) if style.get("numFmtId") in percent),
        {
            str(index): how
            for index, style in enumerate(cell_styles)
            if (how := marked.get(style.get("fontId", "")) or changed.get(style.get("numFmtId", "")))
        },
    )


def _mark(item: Element) -> str | None:
    """Whether an element of a font says that what is written in it is struck out or raised."""
    if item.name == "strike" and item.attributes.get("val", "1") in TRUE:
        return STRUCK
    return RAISED if item.name == "vertAlign" and item.attributes.get("val") == "superscript" else None


def _marked_strings(package: Package, strings: str) -> dict[str, tuple[str, str]]:
    """Shared texts of which a part is struck out or raised: number of the text -> how, and the text without these parts."""
    if strings not in package:
        return {}
    with package.open(strings) as file:
        content = file.read(MAX_STRINGS_BYTES)
    if not any(mark in content for mark in (b"strike", b"vertAlign")):
        return {}
    return marked_strings(io.BytesIO(content), _mark)
