"""Small workbooks that cost a program much which makes a cell for each place that a file names: cells far away, ranges of
whole sheets, very many ranges, styles, names or sheets. Each is a plain report with one thing added to its XML.
"""

import re
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import openpyxl

SHEET, BOOK, STYLES, STRINGS = (
    f"xl/{name}.xml" for name in ("worksheets/sheet1", "workbook", "styles", "sharedStrings")
)
RELATIONS, TYPES = "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
END = b"</sheetData>"
Parts = dict[str, bytes]


def plain(folder: Path) -> Path:
    """A report of two rows and three columns."""
    book = openpyxl.Workbook()
    for row in (["上党区2025年"], ["乡镇名称", "森林面积（公顷）", "湿地面积（公顷）"], ["荫城镇", 400, 12.5]):
        book.active.append(row)
    book.save(folder / "plain.xlsx")
    return folder / "plain.xlsx"


def each(pattern: bytes, numbers: Iterable[int]) -> bytes:
    """The pattern with each number in the place of `#`."""
    return b"".join(pattern.replace(b"#", str(number).encode()) for number in numbers)


def rows(content: bytes) -> Callable[[Parts], None]:
    """Adds rows."""
    return replacing(SHEET, END, content + END)


def behind(content: bytes) -> Callable[[Parts], None]:
    """Adds what stands behind the rows."""
    return replacing(SHEET, END, END + content)


def replacing(part: str, old: bytes, new: bytes) -> Callable[[Parts], None]:
    """Replaces what stands once in a part."""

    def change(parts: Parts) -> None:
        assert parts[part].count(old) == 1, (part, old)
        parts[part] = parts[part].replace(old, new)

    return change


def styles(parts: Parts) -> None:
    """Sixty thousand cell styles."""
    many = b"<cellXfs>" + b'<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>' * 60_000 + b"</cellXfs>"
    parts[STYLES] = re.sub(rb"<cellXfs.*</cellXfs>", lambda _: many, parts[STYLES], flags=re.DOTALL)


def sheets(parts: Parts) -> None:
    """Four thousand more sheets of one cell."""
    name, kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships", b"worksheet"
    more = range(1000, 5000)
    for number in more:
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>'
        )
    listed = each(b'<sheet name="s#" sheetId="#" xmlns:r="' + name + b'" r:id="rIds#"/>', more)
    parts[BOOK] = parts[BOOK].replace(b"</sheets>", listed + b"</sheets>")
    parts[RELATIONS] = parts[RELATIONS].replace(
        b"</Relationships>",
        each(b'<Relationship Id="rIds#" Type="' + name + b"/" + kind + b'" Target="worksheets/sheet#.xml"/>', more)
        + b"</Relationships>",
    )
    worksheet = b"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
    parts[TYPES] = parts[TYPES].replace(
        b"</Types>",
        each(b'<Override PartName="/xl/worksheets/sheet#.xml" ContentType="' + worksheet + b'"/>', more) + b"</Types>",
    )


def names(parts: Parts) -> None:
    """A hundred thousand defined names."""
    listed = each(b'<definedName name="n#">Sheet!$A$1</definedName>', range(100_000))
    book = re.sub(rb"<definedNames ?/>", b"", parts[BOOK])
    parts[BOOK] = book.replace(b"<calcPr", b"<definedNames>" + listed + b"</definedNames><calcPr")


def strings(parts: Parts) -> None:
    """Twenty thousand cells of one shared string, as long as a cell may be."""
    text = b"<si><t>" + b"x" * 32_000 + b"</t></si>"
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts[STRINGS] = b'<sst xmlns="' + space + b'">' + text + b"</sst>"
    relation = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    for part, end, added in (
        (
            RELATIONS,
            b"</Relationships>",
            b'<Relationship Id="rIdS" Type="' + relation + b'" Target="sharedStrings.xml"/>',
        ),
        (TYPES, b"</Types>", b'<Override PartName="/xl/sharedStrings.xml" ContentType="' + kind + b'"/>'),
    ):
        parts[part] = parts[part].replace(end, added + end)
    rows(each(b'<row r="#"><c r="E#" t="s"><v>0</v></c></row>', range(100, 20_100)))(parts)


VALIDATION = b'<dataValidation type="list" sqref="A#:XFD#"><formula1>"a,b"</formula1></dataValidation>'
FORMAT = (
    b'<conditionalFormatting sqref="A#:XFD#"><cfRule type="expression" priority="#"><formula>1</formula></cfRule>'
    b"</conditionalFormatting>"
)
LINK = b'<hyperlinks><hyperlink ref="A1:XFD1048576" location="A1"/></hyperlinks>'
ROWS_LATER = b'<row r="#" ht="15" customHeight="1" s="0" customFormat="1"/>'
CASES: dict[str, Callable[[Parts], None]] = {
    "a styled cell far below": rows(b'<row r="240000"><c r="T240000" s="0"/></row>'),
    "a styled cell at the end of the sheet": rows(b'<row r="1048576"><c r="XFD1048576" s="0"/></row>'),
    "a styled cell far to the right": rows(b'<row r="200"><c r="XFD200" s="0"/></row>'),
    "a formula without a result far below": rows(b'<row r="240000"><c r="T240000" t="str"><f>A1</f><v></v></c></row>'),
    "styled rows": rows(each(ROWS_LATER, range(100, 60_000))),
    "every column styled": replacing(
        SHEET,
        b"<sheetData>",
        b"<cols>" + each(b'<col min="#" max="#" width="9" style="0"/>', range(1, 16_385)) + b"</cols><sheetData>",
    ),
    "a merged sheet": behind(b'<mergeCells><mergeCell ref="A200:XFD1048576"/></mergeCells>'),
    "a hundred thousand merged ranges": behind(
        b"<mergeCells>" + each(b'<mergeCell ref="A#:B#"/>', range(1000, 101_000)) + b"</mergeCells>"
    ),
    "thirty thousand wide merged ranges": behind(
        b"<mergeCells>" + each(b'<mergeCell ref="A#:XFD#"/>', range(1000, 31_000)) + b"</mergeCells>"
    ),
    "a linked sheet": behind(LINK),
    "conditional formats": behind(each(FORMAT, range(1, 30_000))),
    "validations": behind(b"<dataValidations>" + each(VALIDATION, range(1, 30_000)) + b"</dataValidations>"),
    "styles": styles,
    "names": names,
    "strings": strings,
    "sheets": sheets,
}
"""What is added to the plain report, by what it is."""


def write(folder: Path, case: str) -> Path:
    """The workbook of a case."""
    with zipfile.ZipFile(plain(folder)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    CASES[case](parts)
    with zipfile.ZipFile(folder / f"{case}.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return folder / f"{case}.xlsx"


def with_comments(folder: Path) -> Path:
    """A comment far away, and three thousand nearer."""
    from openpyxl.comments import Comment

    book = openpyxl.load_workbook(plain(folder))
    for row in (*range(1000, 4000), 1_000_000):
        book.active.cell(row, 3).comment = Comment("看看", "x")
    book.save(folder / "comments.xlsx")
    return folder / "comments.xlsx"
