"""Files that mean harm, or that nobody could read: what the intake must survive. Each is small on disk or quickly made."""

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from contracts.aggregation import FURTHER
from ingestion import sandbox
from ingestion.sandbox import Outcome
from tests.support.hostile_archives import MEGABYTE, archive, bomb, cut, lying_archive, sample
from tests.support.hostile_layers import (
    deep,
    endless_view,
    foreign_table,
    geojson,
    linked_archive,
    pipeline_json,
    polygon,
    run_length_bomb,
    vrt,
)
from tests.support.hostile_workbooks import (
    HEADER,
    SHEET,
    SST,
    big_sheet,
    encrypted,
    huge_cell,
    laughs,
    locked_xls,
    looped_xls,
    reads_a_file,
    sparse_xls,
    torn_deflate,
    with_parts,
    workbook,
    wrong_everywhere,
)

UNREADABLE, LIMIT, EMPTY, NO_TABLE = "reading.unreadable", "reading.timeout", "reading.empty", "reading.no_table"
NOT_ONE = "reading.not_one_report"
PASSWORD = "reading.password"
OTHER, NOT_TEXT, FAR_CELL = "reading.other_format", "reading.not_text", "reading.stray_cell"
QUOTE, CONTROL = "reading.csv_quote", "reading.control_character"
CANARY = "这一行只在收件箱外的文件里"


@dataclass(frozen=True)
class Case:
    """A file as it arrives. content: makes it, given the path of a file outside the inbox; rules: what it may be
    answered with.

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
    return Case(
        dataset, name, (lambda _: content) if isinstance(content, bytes) else content, frozenset(rules), readable
    )


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
    "project_progress",
    "重点工程进度月报.xlsx",
    lambda _: wrong_everywhere(20_000),
    "normalize.text_in_numeric",
    FURTHER,
    readable=True,
)
CASES: dict[str, Case] = {
    "zip bomb": case("ecology", "生态2024.zip", lambda _: bomb(640, "生态2024.csv"), LIMIT),
    "zip bomb of a layer": case("wetland", "湿地2024.zip", lambda _: bomb(640, "湿地2024.geojson"), UNREADABLE, LIMIT),
    "zip that lies": case("ecology", "生态年报2024.zip", lambda _: lying_archive(), UNREADABLE),
    "bomb in the styles": case(
        "ecology", "生态2024-1.xlsx", lambda _: with_parts(styles=b" " * (200 * MEGABYTE)), UNREADABLE, LIMIT
    ),
    "bomb in the strings": case(
        "ecology",
        "生态2024-2.xlsx",
        lambda _: with_parts(strings=lambda _: SST.replace("@", "9" * (200 * MEGABYTE)).encode()),
        UNREADABLE,
        LIMIT,
        NO_TABLE,
    ),
    "blank sheet of 200 MB": case(
        "ecology", "生态2024-3.xlsx", lambda _: with_parts(sheet=b" " * (200 * MEGABYTE)), UNREADABLE, LIMIT
    ),
    "zip in a zip in a zip": case(
        "ecology", "生态2024-4.zip", archive({"a.zip": archive({"b.zip": archive({"生态2024.csv": b"x"})})}), NOT_ONE
    ),
    "workbook in a zip in a zip": case(
        "ecology", "生态2024-5.zip", archive({"a.xlsx": archive({"b.xlsx": workbook()})}), UNREADABLE
    ),
    "quine zip": case(
        "wetland", "湿地2024-1.zip", archive({"湿地2024.zip": archive({"湿地2024.zip": b"PK\x03\x04"})}), UNREADABLE
    ),
    "traversal": case(
        "ecology", "生态2024-6.zip", archive({"../../../../逃出.csv": b"x,y\n"}), NO_TABLE, EMPTY, UNREADABLE
    ),
    "traversal of a layer": case(
        "wetland", "湿地2024-2.zip", archive({"../../../../逃出.geojson": deep(1)}), readable=True
    ),
    "absolute path": case("wetland", "湿地2024-3.zip", archive({"/tmp/逃出.shp": b"\x00\x00\x27\x0a"}), UNREADABLE),
    "link": case("wetland", "湿地2024-4.zip", linked_archive, UNREADABLE),
    "ten thousand members": case(
        "wetland", "湿地2024-5.zip", archive({f"{n}.shp": b"" for n in range(10_000)}, zipfile.ZIP_STORED), UNREADABLE
    ),
    "entities in the strings": case("ecology", "生态2024-7.xlsx", with_parts(strings=laughs(SST)), UNREADABLE),
    "entities in the sheet": case(
        "ecology",
        "生态2024-8.xlsx",
        with_parts(sheet=laughs(SHEET.format("<row><c t='str'><v>@</v></c></row>"))),
        UNREADABLE,
    ),
    "entities in the workbook": case(
        "ecology", "生态2024-9.xlsx", with_parts(book=laughs("<workbook>@</workbook>")), UNREADABLE
    ),
    "entity that reads a file": case(
        "ecology", "生态2024-10.xlsx", lambda outside: with_parts(strings=reads_a_file(outside)), UNREADABLE
    ),
    "encoded entities": case(
        "ecology",
        "生态2024-11.xlsx",
        with_parts(sheet=laughs(SHEET.format("<row><c t='str'><v>@</v></c></row>")).decode().encode("utf-16")),
        UNREADABLE,
    ),
    "sheet outside of the archive": case(
        "ecology",
        "生态2024-12.xlsx",
        lambda outside: with_parts(
            relations=lambda old: old.replace(b"/xl/worksheets/sheet1.xml", f"../../../..{outside}".encode())
        ),
        UNREADABLE,
        EMPTY,
        NO_TABLE,
    ),
    "password": case("ecology", "生态2024-13.xlsx", lambda _: encrypted(), PASSWORD),
    "password of an xls": case("ecology", "生态2024-14.xls", lambda _: locked_xls(), PASSWORD),
    "torn xlsx": case("ecology", "生态2024-15.xlsx", lambda _: cut(workbook(), 0.6), UNREADABLE),
    "torn deflate": case("ecology", "生态2024-16.xlsx", lambda _: torn_deflate(), UNREADABLE),
    "torn xls": case(
        "ecology",
        "生态2024-17.xls",
        lambda _: cut(sample("ecology/2025生态年报-上党.xls"), 0.5),
        UNREADABLE,
        EMPTY,
        NO_TABLE,
    ),
    "torn GeoPackage": case(
        "wetland", "湿地2024-6.gpkg", lambda _: cut(sample("wetland/2023年湿地图斑.gpkg"), 0.7), UNREADABLE
    ),
    "torn GeoJSON": case(
        "wetland", "湿地2024-7.geojson", lambda _: cut(sample("wetland/湿地_2025.geojson"), 0.5), UNREADABLE
    ),
    "torn zip": case("wetland", "湿地2024-8.zip", lambda _: cut(sample("wetland/湿地2022.zip"), 0.5), UNREADABLE),
    "torn Parquet": case("wetland", "湿地2024-9.parquet", b"PAR1" + bytes(2000), UNREADABLE),
    "picture": case("ecology", "生态2024-18.xlsx", b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(range(256)) * 40, OTHER),
    "program": case("ecology", "生态2024-19.xls", b"\x7fELF\x02\x01\x01" + bytes(4000), NOT_TEXT),
    "PDF": case("ecology", "生态2024-20.xlsx", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< >>\nendobj\n", OTHER),
    "layer among tables": case(
        "ecology",
        "生态2024-21.xlsx",
        lambda _: sample("wetland/2023年湿地图斑.gpkg"),
        UNREADABLE,
        "reading.wrong_folder",
    ),
    "table among layers": case("wetland", "湿地2024-10.gpkg", lambda _: workbook(), UNREADABLE, "reading.wrong_folder"),
    "web page": case(
        "ecology",
        "生态2024-22.xls",
        f"<html><table><tr><td>{'</td><td>'.join(HEADER)}</td></tr></table></html>".encode(),
        OTHER,
    ),
    "web page in GBK": case(
        "ecology",
        "生态2024-23.xls",
        "\n<!-- 导出 -->\n<table><tr><td>乡镇</td></tr></table>".encode("gbk"),
        OTHER,
    ),
    "XML of 2003": case(
        "ecology",
        "生态2024-24.xls",
        b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
        OTHER,
    ),
    "a million rows": case(
        "ecology", "生态2024-25.xlsx", lambda _: big_sheet(1_048_576, '<c t="n"><v>1</v></c>' * 5), LIMIT
    ),
    "one far cell": case(
        "ecology",
        "生态2024-26.xlsx",
        with_parts(
            sheet=SHEET.format(
                '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
            ).encode()
        ),
        FAR_CELL,
    ),
    "cells out of order": case(
        "ecology",
        "生态2024-27.xlsx",
        with_parts(
            sheet=SHEET.format(
                '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>'
            ).encode()
        ),
        FAR_CELL,
    ),
    "cell beyond the sheet": case(
        "ecology",
        "生态2024-28.xlsx",
        with_parts(
            sheet=SHEET.format('<row r="1"><c r="A1"><v>1</v></c><c r="ZZZZZZZ99999999"><v>1</v></c></row>').encode()
        ),
        LIMIT,
        UNREADABLE,
    ),
    "far cell of an xls": case("ecology", "生态2024-29.xls", lambda _: sparse_xls(), LIMIT),
    "circle of sectors": case("ecology", "生态2024-30.xls", lambda _: looped_xls(), UNREADABLE, EMPTY, NO_TABLE),
    "a cell of 20 MB": case("ecology", "生态2024-31.xlsx", lambda _: huge_cell(20 * MEGABYTE), UNREADABLE),
    "a CSV cell of 20 MB": case(
        "ecology",
        "生态2024-32.csv",
        lambda _: f"{','.join(HEADER)}\n140404101,{'苏' * (7 * MEGABYTE)}".encode(),
        UNREADABLE,
        readable=True,
    ),
    "quote never closed": case(
        "ecology", "生态2024-33.csv", lambda _: f'{",".join(HEADER)}\n"{"1,2,3" * MEGABYTE}'.encode(), QUOTE
    ),
    "NUL bytes": case("ecology", "生态2024-34.csv", f"{','.join(HEADER)}\n1404\0,苏店镇\n".encode(), CONTROL),
    "a million commas": case("ecology", "生态2024-35.csv", b"," * 5_000_000 + b"\n", LIMIT),
    "a million lines": case("ecology", "生态2024-36.csv", b"1,2\n" * 1_000_000, NO_TABLE),
    "three million lines": case("ecology", "生态2024-38.csv", b"1\n" * 3_000_000, LIMIT),
    "merged over the whole sheet": case(
        "ecology",
        "生态2024-39.xlsx",
        with_parts(
            sheet=lambda sheet: sheet.replace(
                b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="C3:XFD1048576"/></mergeCells>'
            )
        ),
        readable=True,
    ),
    "unnumbered rows": case(
        "ecology",
        "生态2024-40.xlsx",
        with_parts(sheet=SHEET.format("<row/>" * 1_048_575 + '<row><c r="XFD1048576"><v>1</v></c></row>').encode()),
        FAR_CELL,
    ),
    "UTF-7": case("ecology", "生态2024-37.csv", b"+MEgwRDBG-,1\n", NO_TABLE),
    "VRT as GeoJSON": case("wetland", "湿地2024-11.geojson", vrt, UNREADABLE),
    "VRT as GeoPackage": case("wetland", "湿地2024-12.gpkg", vrt, UNREADABLE),
    "VRT in a zip": case(
        "wetland", "湿地2024-13.zip", lambda outside: archive({"湿地2024.geojson": vrt(outside)}), UNREADABLE
    ),
    "VRT as Shapefile": case(
        "wetland",
        "湿地2024-14.zip",
        lambda outside: archive({f"湿地2024{e}": vrt(outside) for e in (".shp", ".shx", ".dbf")}),
        UNREADABLE,
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
        "wetland",
        "湿地2024-18.geojson",
        b'{"type": "FeatureCollection", "x": ' + b"[" * 300_000 + b"]" * 300_000 + b"}",
        UNREADABLE,
    ),
    "absurd coordinates": case(
        "wetland",
        "湿地2024-19.geojson",
        geojson(polygon("[[1e308,-1e308],[1e308,1e308],[-1e308,0],[1e308,-1e308]]")),
        readable=True,
    ),
    "coordinates that are none": case(
        "wetland",
        "湿地2024-20.geojson",
        geojson(polygon('[["a",null],[NaN,Infinity],[1],[]]')),
        UNREADABLE,
        readable=True,
    ),
    "ring of a million points": case(
        "wetland",
        "湿地2024-21.geojson",
        lambda _: geojson(
            polygon(
                "[" + ",".join(f"[113.{n % 977:03d},36.{n % 991:03d}]" for n in range(400_000)) + ",[113.000,36.000]]"
            )
        ),
        UNREADABLE,
        LIMIT,
        readable=True,
    ),
    "view without end": Case(
        "wetland", "湿地2024-23.gpkg", lambda _: endless_view(), frozenset({LIMIT}), is_endless=True
    ),
    "foreign table": case("wetland", "湿地2024-24.gpkg", foreign_table, UNREADABLE),
    "many rows in few bytes": case("wetland", "湿地2024-22.parquet", lambda _: run_length_bomb(), UNREADABLE, LIMIT),
    **{
        f"name {number}": case("ecology", name, lambda _, name=name: workbook(), readable=True)
        for number, name in enumerate(BAD_NAMES)
    },
}
