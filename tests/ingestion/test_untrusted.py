"""Whatever text or bytes come in, what parses them gives a value or an error of its own kind, and nothing else.

FUZZ=20 tries that many times as much, and other examples each time.
"""

import io
import os
import struct
import zipfile
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from contracts import contract
from contracts.text import heading_key, is_null_token
from ingestion.normalize.dates import InvalidDate, parse_date, parse_month
from ingestion.normalize.headers import read_heading, similar_target
from ingestion.normalize.layer_position import place
from ingestion.normalize.numbers import NotANumber, Number, decimals, parse_number, unit_named
from ingestion.normalize.periods import InvalidPeriod, find_period, period_of_cell, without_days
from ingestion.normalize.townships import code_text, place_named, place_or_office, township_in, township_list
from ingestion.normalize.values import event_number, project_number
from ingestion.readers.cells import RawSheet, UnreadableFile, a1
from ingestion.readers.dbf import FIELD_BYTES, GBK, HEADER_BYTES, Encoding, TornTable, encoding
from ingestion.readers.delimited import read_delimited
from ingestion.readers.layer import RawLayer, read_layer
from ingestion.readers.sheet_xml import Looks, scan_sheet
from ingestion.readers.tabular import read_workbook
from ingestion.readers.workbook_xls import read_sheets, uncomputed_formulas
from ingestion.receipts.names import file_stem
from ingestion.sniff import FileSniff, sniff
from tests.support.answers import SAMPLES

pytestmark = pytest.mark.slow  # thousands of generated examples

TIMES = int(os.environ.get("FUZZ", "1"))

# Pieces of which people's cells are made, so that what is put together comes near to what the parsers look for.
PIECES = st.sampled_from([
    "2025", "19", "年", "月", "日", "号", "第", "季度", "Q", "5", "13", "十", "一", "二十", "三", "〇", "零", "负", "点", "百", "千",
    "万", "亿",
    "-", "—", "~", "至", ".", ",", "/", " ", "　", "%", "‰", "亩", "公顷", "元", "(", ")", "（", "）", "e9", "+", "E", "٣", "²", "①", "㎡",
    "140404", "101", "苏店镇", "和", "、", "全区", "合计", "〔", "〕", "A1", "'", "\x00", "\ud800", "\u202e", "nan", "inf", ":", "T", "00",
])  # fmt: skip
CHINESE_DAYS = st.from_regex(r"[一二三四五六七八九十〇]{1,4}年[一二十]{1,2}月[一二十]{1,3}日")
TEXTS = st.one_of(st.lists(PIECES, max_size=8).map("".join), st.text(max_size=30), CHINESE_DAYS)
VALUES = st.one_of(
    TEXTS,
    st.floats(),
    st.integers(-(2**70), 2**70),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


@settings(max_examples=400 * TIMES)
@example("二〇二五年三月一二十日")
@given(VALUES)
def test_numbers_dates_and_periods(value: Any) -> None:
    for parse, wrong, kinds in (
        (parse_number, NotANumber, Number | None),
        (lambda it: parse_date(it).day, InvalidDate, date),
        (parse_month, InvalidDate, str),
        *(
            (lambda it, grain=grain: period_of_cell(it, grain), InvalidPeriod, str | None)
            for grain in ("year", "quarter", "month", "day")
        ),
    ):
        with suppress(wrong):
            assert isinstance(parse(value), kinds)
    assert decimals(value) >= 0


@settings(max_examples=300 * TIMES)
@given(TEXTS)
def test_texts_of_cells_titles_and_names(text: str) -> None:
    for grain in ("year", "quarter", "month", "day"):
        try:
            assert isinstance(find_period(without_days(text), grain), str | None)
        except InvalidPeriod as error:
            assert error.written
    for function in (
        is_null_token,
        unit_named,
        heading_key,
        read_heading,
        place_named,
        township_in,
        code_text,
        project_number,
        event_number,
    ):
        function(text)
    for named in (township_list, place_or_office):
        problems = named(text, "township_codes").problems
        assert all(problem.rule_id.startswith("normalize.") for problem in problems)
    for dataset in ("ecology", "land_use", "project_progress"):
        similar_target(heading_key(text), contract(dataset), frozenset())


@settings(max_examples=300 * TIMES)
@given(st.text(max_size=300))
def test_names_of_receipts_stay_in_their_folder(text: str) -> None:
    stem = file_stem(text)
    assert (
        PurePosixPath(stem).name == stem and stem not in (".", "..") and len(stem.encode(errors="surrogatepass")) <= 255
    )


@cache
def _sample(name: str) -> bytes:
    return (SAMPLES / "clean" / name).read_bytes()


@st.composite
def mutated(draw: st.DrawFn, content: bytes, most: int = 6) -> bytes:
    """The content with some bytes changed, cut out, doubled or put in; now and then cut short."""
    made = bytearray(content)
    for _ in range(draw(st.integers(1, most))):
        at = draw(st.integers(0, max(len(made) - 1, 0)))
        kind = draw(st.sampled_from(["set", "cut", "put", "number", "end"]))
        if kind == "set":
            made[at : at + 1] = draw(st.binary(min_size=1, max_size=1))
        elif kind == "cut":
            del made[at : at + draw(st.integers(1, 64))]
        elif kind == "put":
            made[at:at] = draw(st.binary(max_size=16))
        elif kind == "number":
            made[at : at + 4] = struct.pack("<I", draw(st.sampled_from([0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 0xFFFF, 2**20])))
        elif draw(st.integers(0, 9)) == 0:
            del made[at:]
    return bytes(made)


SLOW_TO_MAKE = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
FUZZED = settings(max_examples=120 * TIMES, suppress_health_check=SLOW_TO_MAKE)


@FUZZED
@given(st.one_of(st.binary(max_size=200), TEXTS.map(lambda text: text.encode("gb18030", "replace")), mutated(_sample(
    "rural_waste/2022年农村生活垃圾四个季度汇总.csv"))))  # fmt: skip
def test_delimited_bytes(content: bytes) -> None:
    try:
        assert isinstance(read_delimited(content), RawSheet)
    except UnreadableFile as error:
        assert error.rule_id.startswith("reading.")


@FUZZED
@given(mutated(_sample("ecology/2025生态年报-上党.xls"), most=20))
def test_records_of_an_xls(content: bytes) -> None:
    try:
        assert all(isinstance(sheet, RawSheet) for sheet in read_sheets(content))
    except UnreadableFile as error:
        assert error.rule_id.startswith("reading.")


@FUZZED
@given(mutated(_sample("ecology/2025生态年报-上党.xls"), most=20))
def test_formulas_of_an_xls(content: bytes) -> None:
    """Whatever the records say, the search for formulas ends: with places of cells, or with an error of a torn file."""
    try:
        found = uncomputed_formulas(content, 0)
    except Exception:  # all of them become UnreadableFile in read_sheets
        return
    assert all(row >= 1 and column >= 1 for row, column in found)


PARTS = ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels")


@FUZZED
@given(st.data(), st.sampled_from([*PARTS, ""]))
def test_parts_and_listing_of_an_xlsx(tmp_path: Path, data: st.DataObject, part: str) -> None:
    content = _sample("ecology/上党区2023年生态状况年报.xlsx")
    if part:
        with zipfile.ZipFile(io.BytesIO(content)) as source:
            members = {name: source.read(name) for name in source.namelist()}
        members[part] = data.draw(mutated(members[part]))
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as target:
            for name, inside in members.items():
                target.writestr(name, inside)
        content = buffer.getvalue()
    else:
        content = data.draw(mutated(content))
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert isinstance(sniff(path), FileSniff)
    try:
        assert all(isinstance(sheet, RawSheet) for sheet in read_workbook(path))
    except UnreadableFile as error:
        assert error.rule_id.startswith("reading.")


@settings(max_examples=100 * TIMES)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 20),
            st.integers(1, 30),
            st.sampled_from(["", "0", "1"]),
            st.sampled_from(["", "n", "e", "str"]),
            st.booleans(),
            st.sampled_from(["", "1.5", "#N/A"]),
        ),
        max_size=20,
    ),
    st.permutations(["r", "s", "t"]),
    st.sampled_from(['"', "'"]),
    st.sampled_from(["", "x:"]),
)
def test_a_cell_is_found_however_it_is_written(cells: list[tuple], order: list[str], quote: str, prefix: str) -> None:
    written, percent, without, errors = "", set(), set(), {}
    for row, column, style, kind, is_formula, value in {cell[:2]: cell for cell in cells}.values():
        given_as = {"r": a1(row, column), "s": style, "t": kind}
        attributes = " ".join(f"{name}={quote}{given_as[name]}{quote}" for name in order if given_as[name])
        content = ("<@f>A1</@f>" if is_formula else "") + (
            f"<@v>{value}</@v>" if value else "<@v/>" if is_formula else ""
        )
        written += f"<@c {attributes}>{content}</@c>" if content else f"<@c {attributes}/>"
        if is_formula and not value:
            without.add((row, column))
        elif value and kind == "e":
            errors[row, column] = value
        elif value and style == "1" and kind in ("", "n"):
            percent.add((row, column))
    xml = f"<@worksheet><@sheetData>{written}</@sheetData></@worksheet>".replace("@", prefix).encode()
    scan = scan_sheet(io.BytesIO(xml), Looks(percent=frozenset({"1"})))
    assert (scan.shown_as_percent, scan.formula_without_value, scan.errors) == (percent, without, errors)


@pytest.mark.parametrize("name", ["wetland/2023年湿地图斑.gpkg", "wetland/湿地_2025.geojson", "wetland/湿地2022.zip"])
@settings(FUZZED, max_examples=25 * TIMES)
@given(data=st.data())
def test_layers(tmp_path: Path, name: str, data: st.DataObject) -> None:
    path = tmp_path / f"a{Path(name).suffix}"
    path.write_bytes(data.draw(mutated(_sample(name))))
    assert isinstance(sniff(path), FileSniff)
    try:
        assert isinstance(read_layer(path, path.name, ["TBBH"]), RawLayer)
    except UnreadableFile as error:
        assert error.rule_id.startswith("reading.")


@cache
def _dbf() -> bytes:
    with zipfile.ZipFile(SAMPLES / "clean/wetland/湿地2022.zip") as archive:
        return archive.read(next(name for name in archive.namelist() if name.lower().endswith(".dbf")))


@FUZZED
@given(mutated(_dbf(), most=10), st.binary(max_size=12))
def test_attribute_tables(tmp_path: Path, content: bytes, declared: bytes) -> None:
    (tmp_path / "a.dbf").write_bytes(content)
    (tmp_path / "a.cpg").write_bytes(declared)
    with suppress(TornTable):
        assert isinstance(encoding(tmp_path / "a.dbf", tmp_path / "a.cpg"), Encoding)


SQUARE = shapely.to_wkb(shapely.box(113.0, 36.0, 113.1, 36.1))


@FUZZED
@given(
    st.lists(st.one_of(st.none(), st.binary(max_size=40), mutated(SQUARE)), min_size=1, max_size=4),
    st.sampled_from(["EPSG:4490", "EPSG:4547"]),
)
def test_geometry_bytes(values: list[bytes | None], crs: str) -> None:
    from spatial.area import areas

    placed = place(pa.chunked_array([pa.array(values, type=pa.binary())]), crs)
    assert len(placed.wkb) == len(values) == len(placed.geometries)
    assert len(np.asarray(areas(placed.geometries))) == len(values)


def test_an_attribute_that_is_said_to_be_wider_than_its_record(tmp_path: Path) -> None:
    content = bytearray(_dbf())
    second = HEADER_BYTES + FIELD_BYTES
    content[second + 16] = 255
    (tmp_path / "a.dbf").write_bytes(content)
    assert encoding(tmp_path / "a.dbf", None).name == GBK
