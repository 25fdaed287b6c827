"""Files that mean harm, or that nobody could read: what the intake must survive. Each is small on disk or quickly made."""

import io
import json
import sqlite3
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from contracts import contract
from contracts.folding import FURTHER
from contracts.reference import table
from ingestion import sandbox
from ingestion.sandbox import Outcome
from tests.answers import SAMPLES
from tests.ingestion.relaid.grid import Sheet
from tests.ingestion.relaid.xls import _compound, _entry, _record, _workbook

MEGABYTE = 1 << 20
HEADER = [
    "乡镇代码",
    "乡镇",
    "土地总面积（公顷）",
    "森林面积（公顷）",
    "湿地面积（公顷）",
    "受保护湿地面积（公顷）",
    "生态保护红线面积（平方千米）",
]
UNREADABLE, LIMIT, EMPTY, NO_TABLE = "reading.unreadable", "reading.timeout", "reading.empty", "reading.no_table"
CANARY = "这一行只在收件箱外的文件里"


@dataclass(frozen=True)
class Case:
    """A file as it arrives. content: makes it, given the path of a file outside the inbox; rules: what it may be answered with.

    readable: it holds a table beside the harm, and is read. is_endless: only the limit of time ends it.
    """

    dataset: str
    name: str
    content: Callable[[str], bytes]
    rules: frozenset[str] = field(default_factory=frozenset)
    readable: bool = False
    is_endless: bool = False


@contextmanager
def recorded_runs() -> Iterator[list[Outcome]]:
    """What every limited process took while this lasts."""
    took: list[Outcome] = []
    run = sandbox.run

    def recorded(*args: Any, **limits: Any) -> Outcome:
        took.append(run(*args, **limits))
        return took[-1]

    sandbox.run = recorded  # type: ignore[assignment]
    try:
        yield took
    finally:
        sandbox.run = run


def case(dataset: str, name: str, content: Callable[[str], bytes] | bytes, *rules: str, readable: bool = False) -> Case:
    return Case(dataset, name, (lambda _: content) if isinstance(content, bytes) else content, frozenset(rules), readable)


def archive(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return buffer.getvalue()


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
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'


def reads_a_file(outside: str) -> bytes:
    """XML with an entity that is another file's content."""
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file://{outside}">]>{SST.replace("@", "&e;")}'.encode()


def lying_archive() -> bytes:
    """A zip whose entry says that it is small, and is not."""
    packed = bytearray(archive({"生态2024.csv": b"0" * (40 * MEGABYTE)}))
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = packed.index(signature) + at
        packed[place : place + 4] = struct.pack("<I", 100)
    return bytes(packed)


def linked_archive(outside: str) -> bytes:
    """A zip with a symbolic link to a file outside."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        link = zipfile.ZipInfo("湿地2024.geojson")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        target.writestr(link, outside)
    return buffer.getvalue()


def bomb(megabytes: int, name: str) -> bytes:
    """A zip of one member of zeros, written without holding them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target, target.open(name, "w") as member:
        for _ in range(megabytes // 8):
            member.write(bytes(8 * MEGABYTE))
    return buffer.getvalue()


def big_sheet(rows: int, cells: str) -> bytes:
    row = f"<row>{cells}</row>".encode()
    return with_parts(sheet=SHEET.format("@").encode().replace(b"@", row * rows))


def wrong_everywhere(rows: int) -> bytes:
    """A monthly report in which every figure of every row is a text of its own: six findings a row, each row another unit."""
    rules = contract("project_progress")
    names = ["period", "project_id", "township_code", "stage", "physical_progress_pct", "cum_investment_wan", "funds_central_wan",
             "funds_province_wan", "cum_consolidated_area_ha", "cum_cropland_ha"]
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
    names = _entry("Workbook", 2, 0xFFFFFFFF, 0xFFFFFFFF, 2, 4096), _entry("EncryptedPackage", 2, 0xFFFFFFFF, 0xFFFFFFFF, 2, 4096)
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


def vrt(outside: str) -> bytes:
    return f'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{outside}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'.encode()


def pipeline_json(outside: str) -> bytes:
    return json.dumps(
        {"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read {outside} ! write x", "features": [{"type": "Feature"}]}
    ).encode()


def changed_geopackage(*statements: str) -> bytes:
    """A clean layer whose database was given other objects; they are written as they stand, and none is run."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layer.gpkg"
        path.write_bytes(sample("wetland/2023年湿地图斑.gpkg"))
        with closing(sqlite3.connect(path)) as database, database:
            database.execute("pragma writable_schema = on")
            for statement in statements:
                database.execute(statement)
        return path.read_bytes()


def endless_view() -> bytes:
    """A GeoPackage whose list of layers never ends."""
    return changed_geopackage(
        "alter table gpkg_contents rename to real_contents",
        "create view gpkg_contents as with recursive n(x) as (select 1 union all select x + 1 from n) "
        "select c.* from real_contents as c where (select max(x) from n) > 0",
    )


def foreign_table(outside: str) -> bytes:
    """A GeoPackage with a table that stands for another file."""
    return changed_geopackage(
        "insert into sqlite_master (type, name, tbl_name, rootpage, sql) "
        f"values ('table', 'x', 'x', 0, 'create virtual table x using VirtualOGR(''{outside}'')')"
    )


def geojson(geometry: str, **members: object) -> bytes:
    extra = "".join(f", {json.dumps(name)}: {json.dumps(value)}" for name, value in members.items())
    return (
        f'{{"type": "FeatureCollection"{extra}, "features": [{{"type": "Feature", "properties": '
        f'{{"SDBH": "1", "SFBH": "是", "SDMJ": 1.0}}, "geometry": {geometry}}}]}}'
    ).encode()


def polygon(ring: str) -> str:
    return f'{{"type": "Polygon", "coordinates": [{ring}]}}'


def run_length_bomb() -> bytes:
    """A GeoParquet file of few bytes and very many rows."""
    geo = {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB", "geometry_types": []}}}
    schema = pa.schema([("SDBH", pa.string()), ("geometry", pa.binary())], metadata={b"geo": json.dumps(geo).encode()})
    buffer, rows = io.BytesIO(), 500_000
    batch = pa.table([pa.repeat("1", rows), pa.repeat(b"\x01" * 200, rows)], schema=schema)
    with pq.ParquetWriter(buffer, schema, compression="zstd") as writer:
        for _ in range(20):
            writer.write_table(batch)
    return buffer.getvalue()


def cut(content: bytes, share: float) -> bytes:
    return content[: int(len(content) * share)]


def sample(path: str) -> bytes:
    return (SAMPLES / "clean" / path).read_bytes()


def huge_cell(characters: int) -> bytes:
    return with_parts(
        sheet=lambda sheet: sheet.replace(b"<v>4000</v>", b"").replace(
            b'<c r="C3" t="n">', b'<c r="C3" t="inlineStr"><is><t>' + b"9" * characters + b"</t></is>"
        )
    )


def deep(levels: int) -> bytes:
    return geojson('{"type": "GeometryCollection", "geometries": [' * levels + "]}" * levels)


def torn_deflate() -> bytes:
    """A workbook whose sheet is no deflate stream, though the directory is whole."""
    content = bytearray(workbook())
    with zipfile.ZipFile(io.BytesIO(workbook())) as source:
        start = source.getinfo(PARTS["sheet"]).header_offset + 80
    content[start : start + 40] = zlib.compress(b"x")[:8] * 5
    return bytes(content)


BAD_NAMES = (
    "'; DROP TABLE submission; --2024.xlsx",
    "$(touch pwned)2024.xlsx",
    "`touch pwned`2024.xlsx",
    "2024 & del x | rm -rf ..xlsx",
    "-rf --2024.xlsx",
    "%s%n%x2024.xlsx",
    "2024\n第二行.xlsx",
    "＝cmd|' ∕C calc'!A0 2024.xlsx",
    "生态2024" + "长" * 70 + ".xlsx",
    "2024..%2F..%2F..xlsx",
    "2024\\..\\..\\逃出.xlsx",
    "{0.__class__}2024.xlsx",
)
WRONG_EVERYWHERE = case(
    "project_progress", "重点工程进度月报.xlsx", lambda _: wrong_everywhere(20_000), "conform.text_in_numeric", FURTHER, readable=True
)
CASES: dict[str, Case] = {
    "zip bomb": case("ecology", "生态2024.zip", lambda _: bomb(640, "生态2024.csv"), LIMIT),
    "zip bomb of a layer": case("wetland", "湿地2024.zip", lambda _: bomb(640, "湿地2024.geojson"), UNREADABLE, LIMIT),
    "zip that lies": case("ecology", "生态年报2024.zip", lambda _: lying_archive(), UNREADABLE),
    "bomb in the styles": case("ecology", "生态2024-1.xlsx", lambda _: with_parts(styles=b" " * (200 * MEGABYTE)), UNREADABLE, LIMIT),
    "bomb in the strings": case(
        "ecology",
        "生态2024-2.xlsx",
        lambda _: with_parts(strings=lambda _: SST.replace("@", "9" * (200 * MEGABYTE)).encode()),
        UNREADABLE,
        LIMIT,
        NO_TABLE,
    ),
    "blank sheet of 200 MB": case("ecology", "生态2024-3.xlsx", lambda _: with_parts(sheet=b" " * (200 * MEGABYTE)), UNREADABLE, LIMIT),
    "zip in a zip in a zip": case(
        "ecology", "生态2024-4.zip", archive({"a.zip": archive({"b.zip": archive({"生态2024.csv": b"x"})})}), UNREADABLE
    ),
    "workbook in a zip in a zip": case("ecology", "生态2024-5.zip", archive({"a.xlsx": archive({"b.xlsx": workbook()})}), UNREADABLE),
    "quine zip": case("wetland", "湿地2024-1.zip", archive({"湿地2024.zip": archive({"湿地2024.zip": b"PK\x03\x04"})}), UNREADABLE),
    "traversal": case("ecology", "生态2024-6.zip", archive({"../../../../逃出.csv": b"x,y\n"}), NO_TABLE, EMPTY, UNREADABLE),
    "traversal of a layer": case("wetland", "湿地2024-2.zip", archive({"../../../../逃出.geojson": deep(1)}), readable=True),
    "absolute path": case("wetland", "湿地2024-3.zip", archive({"/tmp/逃出.shp": b"\x00\x00\x27\x0a"}), UNREADABLE),
    "link": case("wetland", "湿地2024-4.zip", linked_archive, UNREADABLE),
    "ten thousand members": case(
        "wetland", "湿地2024-5.zip", archive({f"{n}.shp": b"" for n in range(10_000)}, zipfile.ZIP_STORED), UNREADABLE
    ),
    "entities in the strings": case("ecology", "生态2024-7.xlsx", with_parts(strings=laughs(SST)), UNREADABLE),
    "entities in the sheet": case(
        "ecology", "生态2024-8.xlsx", with_parts(sheet=laughs(SHEET.format("<row><c t='str'><v>@</v></c></row>"))), UNREADABLE
    ),
    "entities in the workbook": case("ecology", "生态2024-9.xlsx", with_parts(book=laughs("<workbook>@</workbook>")), UNREADABLE),
    "entity that reads a file": case("ecology", "生态2024-10.xlsx", lambda outside: with_parts(strings=reads_a_file(outside)), UNREADABLE),
    "encoded entities": case(
        "ecology",
        "生态2024-11.xlsx",
        with_parts(sheet=laughs(SHEET.format("<row><c t='str'><v>@</v></c></row>")).decode().encode("utf-16")),
        UNREADABLE,
    ),
    "sheet outside of the archive": case(
        "ecology",
        "生态2024-12.xlsx",
        lambda outside: with_parts(relations=lambda old: old.replace(b"/xl/worksheets/sheet1.xml", f"../../../..{outside}".encode())),
        UNREADABLE,
        EMPTY,
        NO_TABLE,
    ),
    "password": case("ecology", "生态2024-13.xlsx", lambda _: encrypted(), UNREADABLE),
    "password of an xls": case("ecology", "生态2024-14.xls", lambda _: locked_xls(), UNREADABLE),
    "torn xlsx": case("ecology", "生态2024-15.xlsx", lambda _: cut(workbook(), 0.6), UNREADABLE),
    "torn deflate": case("ecology", "生态2024-16.xlsx", lambda _: torn_deflate(), UNREADABLE),
    "torn xls": case(
        "ecology", "生态2024-17.xls", lambda _: cut(sample("ecology/2025生态年报-上党.xls"), 0.5), UNREADABLE, EMPTY, NO_TABLE
    ),
    "torn GeoPackage": case("wetland", "湿地2024-6.gpkg", lambda _: cut(sample("wetland/2023年湿地图斑.gpkg"), 0.7), UNREADABLE),
    "torn GeoJSON": case("wetland", "湿地2024-7.geojson", lambda _: cut(sample("wetland/湿地_2025.geojson"), 0.5), UNREADABLE),
    "torn zip": case("wetland", "湿地2024-8.zip", lambda _: cut(sample("wetland/湿地2022.zip"), 0.5), UNREADABLE),
    "torn Parquet": case("wetland", "湿地2024-9.parquet", b"PAR1" + bytes(2000), UNREADABLE),
    "picture": case("ecology", "生态2024-18.xlsx", b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(range(256)) * 40, UNREADABLE),
    "program": case("ecology", "生态2024-19.xls", b"\x7fELF\x02\x01\x01" + bytes(4000), UNREADABLE),
    "PDF": case("ecology", "生态2024-20.xlsx", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< >>\nendobj\n", UNREADABLE, NO_TABLE),
    "layer among tables": case(
        "ecology", "生态2024-21.xlsx", lambda _: sample("wetland/2023年湿地图斑.gpkg"), UNREADABLE, "reading.wrong_folder"
    ),
    "table among layers": case("wetland", "湿地2024-10.gpkg", lambda _: workbook(), UNREADABLE, "reading.wrong_folder"),
    "web page": case(
        "ecology", "生态2024-22.xls", f"<html><table><tr><td>{'</td><td>'.join(HEADER)}</td></tr></table></html>".encode(), UNREADABLE
    ),
    "web page in GBK": case(
        "ecology", "生态2024-23.xls", "\n<!-- 导出 -->\n<table><tr><td>乡镇</td></tr></table>".encode("gbk"), UNREADABLE, NO_TABLE
    ),
    "XML of 2003": case(
        "ecology", "生态2024-24.xls", b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', UNREADABLE
    ),
    "a million rows": case("ecology", "生态2024-25.xlsx", lambda _: big_sheet(1_048_576, '<c t="n"><v>1</v></c>' * 5), LIMIT),
    "one far cell": case(
        "ecology",
        "生态2024-26.xlsx",
        with_parts(
            sheet=SHEET.format('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>').encode()
        ),
        LIMIT,
    ),
    "cells out of order": case(
        "ecology",
        "生态2024-27.xlsx",
        with_parts(
            sheet=SHEET.format('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>').encode()
        ),
        LIMIT,
    ),
    "cell beyond the sheet": case(
        "ecology",
        "生态2024-28.xlsx",
        with_parts(sheet=SHEET.format('<row r="1"><c r="A1"><v>1</v></c><c r="ZZZZZZZ99999999"><v>1</v></c></row>').encode()),
        LIMIT,
        UNREADABLE,
    ),
    "far cell of an xls": case("ecology", "生态2024-29.xls", lambda _: sparse_xls(), LIMIT),
    "circle of sectors": case("ecology", "生态2024-30.xls", lambda _: looped_xls(), UNREADABLE, EMPTY, NO_TABLE),
    "a cell of 20 MB": case("ecology", "生态2024-31.xlsx", lambda _: huge_cell(20 * MEGABYTE), UNREADABLE),
    "a CSV cell of 20 MB": case(
        "ecology", "生态2024-32.csv", lambda _: f"{','.join(HEADER)}\n140404101,{'苏' * (7 * MEGABYTE)}".encode(), UNREADABLE, readable=True
    ),
    "quote never closed": case("ecology", "生态2024-33.csv", lambda _: f'{",".join(HEADER)}\n"{"1,2,3" * MEGABYTE}'.encode(), UNREADABLE),
    "NUL bytes": case("ecology", "生态2024-34.csv", f"{','.join(HEADER)}\n1404\0,苏店镇\n".encode(), UNREADABLE),
    "a million commas": case("ecology", "生态2024-35.csv", b"," * 5_000_000 + b"\n", LIMIT, EMPTY),
    "a million lines": case("ecology", "生态2024-36.csv", b"1,2\n" * 1_000_000, NO_TABLE),
    "three million lines": case("ecology", "生态2024-38.csv", b"1\n" * 3_000_000, LIMIT),
    "merged over the whole sheet": case(
        "ecology",
        "生态2024-39.xlsx",
        with_parts(
            sheet=lambda sheet: sheet.replace(b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="C3:XFD1048576"/></mergeCells>')
        ),
        readable=True,
    ),
    "unnumbered rows": case(
        "ecology",
        "生态2024-40.xlsx",
        with_parts(sheet=SHEET.format("<row/>" * 1_048_575 + '<row><c r="XFD1048576"><v>1</v></c></row>').encode()),
        LIMIT,
    ),
    "UTF-7": case("ecology", "生态2024-37.csv", b"+MEgwRDBG-,1\n", NO_TABLE),
    "VRT as GeoJSON": case("wetland", "湿地2024-11.geojson", vrt, UNREADABLE),
    "VRT as GeoPackage": case("wetland", "湿地2024-12.gpkg", vrt, UNREADABLE),
    "VRT in a zip": case("wetland", "湿地2024-13.zip", lambda outside: archive({"湿地2024.geojson": vrt(outside)}), UNREADABLE),
    "VRT as Shapefile": case(
        "wetland", "湿地2024-14.zip", lambda outside: archive({f"湿地2024{e}": vrt(outside) for e in (".shp", ".shx", ".dbf")}), UNREADABLE
    ),
    "pipeline": case("wetland", "湿地2024-15.geojson", pipeline_json, UNREADABLE),
    "GeoJSON that links a file": case(
        "wetland",
        "湿地2024-16.geojson",
        lambda outside: geojson(
            polygon("[[113.1,36.1],[113.11,36.1],[113.11,36.11],[113.1,36.1]]"),
            crs={"type": "link", "properties": {"href": f"file://{outside}"}},
        ),
        readable=True,
    ),
    "deep GeoJSON": case("wetland", "湿地2024-17.geojson", deep(100_000), UNREADABLE, readable=True),
    "deep properties": case(
        "wetland", "湿地2024-18.geojson", b'{"type": "FeatureCollection", "x": ' + b"[" * 300_000 + b"]" * 300_000 + b"}", UNREADABLE
    ),
    "absurd coordinates": case(
        "wetland", "湿地2024-19.geojson", geojson(polygon("[[1e308,-1e308],[1e308,1e308],[-1e308,0],[1e308,-1e308]]")), readable=True
    ),
    "coordinates that are none": case(
        "wetland", "湿地2024-20.geojson", geojson(polygon('[["a",null],[NaN,Infinity],[1],[]]')), UNREADABLE, readable=True
    ),
    "ring of a million points": case(
        "wetland",
        "湿地2024-21.geojson",
        lambda _: geojson(polygon("[" + ",".join(f"[113.{n % 977:03d},36.{n % 991:03d}]" for n in range(400_000)) + ",[113.000,36.000]]")),
        UNREADABLE,
        LIMIT,
        readable=True,
    ),
    "view without end": Case("wetland", "湿地2024-23.gpkg", lambda _: endless_view(), frozenset({LIMIT}), is_endless=True),
    "foreign table": case("wetland", "湿地2024-24.gpkg", foreign_table, UNREADABLE),
    "many rows in few bytes": case("wetland", "湿地2024-22.parquet", lambda _: run_length_bomb(), UNREADABLE, LIMIT),
    **{f"name {number}": case("ecology", name, lambda _, name=name: workbook(), readable=True) for number, name in enumerate(BAD_NAMES)},
}
# Cases that take seconds to make or to answer.
COSTLY = frozenset({
    "zip bomb", "zip bomb of a layer", "bomb in the styles", "bomb in the strings", "blank sheet of 200 MB", "a million rows",
    "a million commas", "a million lines", "three million lines", "ring of a million points",
    "many rows in few bytes", "view without end",
})
