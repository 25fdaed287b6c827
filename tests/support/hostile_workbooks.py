"""Workbooks that mean harm, or are broken."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache

import openpyxl

from contracts import contract
from contracts.reference import table
from tests.support.hostile_archives import archive
from tests.support.other_layouts.grid import Sheet
from tests.support.other_layouts.xls import _compound, _entry, _record, _workbook

HEADER = [
    "乡镇代码",
    "乡镇",
    "土地总面积（公顷）",
    "森林面积（公顷）",
    "湿地面积（公顷）",
    "受保护湿地面积（公顷）",
    "生态保护红线面积（平方千米）",
]


@cache
def workbook(title: str = "上党区2024年生态状况年报", rows: int = 1) -> bytes:
    """A plain ecology workbook, to be changed for the worse."""
    made = openpyxl.Workbook()
    for row in ([title], HEADER, *([["140404101", "苏店镇", 4000, 400, 50, 5, 0.25]] * rows)):
        made.worksheets[0].append(row)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def with_parts(**parts: bytes | Callable[[bytes], bytes]) -> bytes:
    """The workbook with some of its parts replaced; names: as in PARTS."""
    with zipfile.ZipFile(io.BytesIO(workbook())) as source:
        members = {name: source.read(name) for name in source.namelist()}
    for short, change in parts.items():
        name = PARTS[short]
        members[name] = change if isinstance(change, bytes) else change(members.get(name, b""))
    return archive(members)


PARTS = {
    "book": "xl/workbook.xml",
    "sheet": "xl/worksheets/sheet1.xml",
    "styles": "xl/styles.xml",
    "strings": "xl/sharedStrings.xml",
    "relations": "xl/_rels/workbook.xml.rels",
}


def laughs(body: str) -> bytes:
    """XML whose entities unfold to gigabytes."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">{entities}]>{body.replace("@", "&e11;")}'.encode()


SST = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="1" uniqueCount="1"><si><t>@</t></si></sst>'
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


def reads_a_file(outside: str) -> bytes:
    """XML with an entity that is another file's content."""
    return (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file://{outside}">]>{SST.replace("@", "&e;")}'.encode()
    )


def big_sheet(rows: int, cells: str) -> bytes:
    row = f"<row>{cells}</row>".encode()
    return with_parts(sheet=SHEET.format("@").encode().replace(b"@", row * rows))


def wrong_everywhere(rows: int) -> bytes:
    """A monthly report in which every figure of every row is a text of its own: six findings a row, each row another
    unit.
    """
    rules = contract("project_progress")
    names = [
        "period",
        "project_id",
        "township_code",
        "stage",
        "physical_progress_pct",
        "cum_investment_wan",
        "funds_central_wan",
        "funds_province_wan",
        "cum_consolidated_area_ha",
        "cum_cropland_ha",
    ]
    lines = [["填报月份", *(rules.fields[name].zh for name in names[1:])]]
    codes = [row["township_code"] for row in table("township")]
    for number in range(rows):
        month, part = divmod(number // 999, len(codes))
        lines.append([f"2024年{month + 1}月", f"A1-{number % 999 + 1:02d}", codes[part], "在建", *[f"约{number}"] * 6])
    cells = ("".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in line) for line in lines)
    return with_parts(sheet=SHEET.format("".join(f"<row>{row}</row>" for row in cells)).encode())


def encrypted() -> bytes:
    """What a workbook with a password to open it begins like."""
    plain = _compound(b"")
    names = (
        _entry("Workbook", 2, 0xFFFFFFFF, 0xFFFFFFFF, 2, 4096),
        _entry("EncryptedPackage", 2, 0xFFFFFFFF, 0xFFFFFFFF, 2, 4096),
    )
    return plain.replace(*names)


def locked_xls() -> bytes:
    """An .xls whose records are encrypted."""
    stream = _workbook([Sheet()], False)
    start = 4 + struct.unpack_from("<H", stream, 2)[0]
    return _compound(stream[:start] + _record(0x002F, struct.pack("<HHH", 1, 1, 1) + bytes(48)) + stream[start:])


def sparse_xls() -> bytes:
    sheet = Sheet()
    sheet.put(1, 1, "乡镇")
    sheet.put(65536, 256, 1.0)
    return _compound(_workbook([sheet], False))


def looped_xls() -> bytes:
    """An .xls whose chain of sectors runs in a circle."""
    content = bytearray(_compound(_workbook([Sheet()], False)))
    content[512 + 4 * 3 : 512 + 4 * 4] = struct.pack("<I", 2)
    return bytes(content)


def huge_cell(characters: int) -> bytes:
    return with_parts(
        sheet=lambda sheet: sheet.replace(b"<v>4000</v>", b"").replace(
            b'<c r="C3" t="n">', b'<c r="C3" t="inlineStr"><is><t>' + b"9" * characters + b"</t></is>"
        )
    )


def torn_deflate() -> bytes:
    """A workbook whose sheet is no deflate stream, though the directory is whole."""
    content = bytearray(workbook())
    with zipfile.ZipFile(io.BytesIO(workbook())) as source:
        start = source.getinfo(PARTS["sheet"]).header_offset + 80
    content[start : start + 40] = zlib.compress(b"x")[:8] * 5
    return bytes(content)
