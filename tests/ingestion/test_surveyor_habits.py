"""Layers as programs leave them: each is read as it is meant, or a finding says what is in doubt."""

import json
import shutil
import sqlite3
from pathlib import Path

import pyproj
import pytest
import shapely

from contracts import contract
from ingestion.normalize import normalize
from ingestion.readers.dbf import HEADER_BYTES
from tests.support.layer_files import cell, shapefile, write, zipped

STANDS = {"XBBH": ["X1", "X2"], "DL": ["乔木林地", "其他林地"], "SFSL": ["是", "否"], "MJ": [99.9, 100.1]}
SHAPES = [cell(0, 0), cell(1, 0)]
APPLICATION_ID = slice(68, 72)  # of a SQLite database (its file format, 1.3)


def read(path: Path, name: str = "林地2024.zip"):
    return normalize(path, name, contract("forest_land"), "s1")


def rules(got) -> list[tuple[str, str]]:
    return [(item.rule_id, item.severity) for item in got.findings]


def packed(folder: Path, files: dict[str, bytes], **others: bytes) -> Path:
    """The files of a Shapefile in a zip, beside others."""
    return zipped(folder / "a.zip", {f"林地{ending}": content for ending, content in files.items()} | others)


def test_the_log_of_an_open_geopackage_belongs_to_it(tmp_path):
    plain = write(tmp_path / "a.gpkg", SHAPES, STANDS, layer="LD", SPATIAL_INDEX="NO")
    with sqlite3.connect(plain) as connection:
        connection.execute("pragma journal_mode = wal")
    connection.close()
    opened = sqlite3.connect(plain)
    try:
        opened.execute("pragma wal_autocheckpoint = 0")
        opened.execute("update LD set XBBH = 'X9' where XBBH = 'X2'")
        opened.commit()
        members = {f"林地.gpkg{end}": (tmp_path / f"a.gpkg{end}").read_bytes() for end in ("", "-wal", "-shm")}
    finally:
        opened.close()
    assert b"X9" not in members["林地.gpkg"]
    got = read(zipped(tmp_path / "a.zip", members))
    assert (got.table.column("stand_id").to_pylist(), got.findings) == (["X1", "X9"], [])


@pytest.mark.filterwarnings("ignore:GPKG. bad application_id")
def test_a_geopackage_without_its_mark_is_known_by_its_tables(tmp_path):
    content = bytearray(write(tmp_path / "a.gpkg", SHAPES, STANDS).read_bytes())
    content[APPLICATION_ID] = bytes(4)
    (tmp_path / "b.gpkg").write_bytes(content)
    got = read(tmp_path / "b.gpkg", "林地2024.gpkg")
    assert (got.rows_read, got.findings) == (2, [])


def test_a_prj_in_gbk_is_read(tmp_path):
    files = shapefile(tmp_path / "s", SHAPES, STANDS)
    files[".prj"] = files[".prj"].replace(b'GEOGCS["', 'GEOGCS["国家'.encode("gbk"), 1)
    got = read(packed(tmp_path, files))
    assert (got.rows_read, got.findings) == (2, [])


def test_a_prj_that_is_no_text_is_named(tmp_path):
    files = shapefile(tmp_path / "s", SHAPES, STANDS)
    got = read(packed(tmp_path, {**files, ".prj": b"\xff\xff\x00\x81"}))
    assert rules(got) == [("reading.prj_unreadable", "error")]


def test_a_datum_that_is_named_otherwise_is_quoted(tmp_path):
    files = shapefile(tmp_path / "s", SHAPES, STANDS)
    named = files[".prj"].decode().replace("D_China_2000", "D_New_CGCS2000").replace("China_2000", "New_CGCS2000")
    assert pyproj.CRS(named).geodetic_crs.datum.name != pyproj.CRS(files[".prj"].decode()).geodetic_crs.datum.name
    (found,) = read(packed(tmp_path, {**files, ".prj": named.encode()})).findings
    assert (found.rule_id, found.severity) == ("layer.datum_name", "error") and "D_New_CGCS2000" in found.message


@pytest.mark.parametrize(
    ("name", "period"),
    [("林地_2000坐标系_2023.gpkg", "2023"), ("林地_1985高程_2023.gpkg", "2023"), ("北呈2024坐标.gpkg", "2024")],
)
def test_the_number_of_a_reference_system_is_no_year(tmp_path, name, period):
    got = read(write(tmp_path / "a.gpkg", SHAPES, STANDS), name)
    assert set(got.table.column("period").to_pylist()) == {period}


def test_a_date_of_sending_is_no_period(tmp_path):
    got = read(write(tmp_path / "a.gpkg", SHAPES, STANDS), "林地_20250705报送.gpkg")
    assert set(got.table.column("period").to_pylist()) == {None}
    assert rules(got) == [("normalize.period_missing", "error")]


def test_titles_that_gdal_cut_within_a_character_are_read(tmp_path):
    titles = {"小班编号编号": STANDS["XBBH"], "地类": STANDS["DL"], "是否森林": STANDS["SFSL"], "面积": STANDS["MJ"]}
    files = shapefile(tmp_path / "s", SHAPES, titles, encoding="UTF-8")
    assert "小班编号".encode()[:10] in files[".dbf"]
    got = read(packed(tmp_path, files))
    assert (got.table.column("stand_id").to_pylist(), got.findings) == (["X1", "X2"], [])


def test_records_marked_as_deleted_are_told(tmp_path):
    files = shapefile(tmp_path / "s", SHAPES, STANDS)
    table = bytearray(files[".dbf"])
    table[int.from_bytes(table[8:10], "little")] = ord("*")
    assert len(table) > HEADER_BYTES
    got = read(packed(tmp_path, {**files, ".dbf": bytes(table)}))
    assert (got.rows_read, rules(got)) == (1, [("reading.deleted_rows", "info")])


def test_attributes_that_no_field_takes_and_other_files_are_told(tmp_path):
    files = shapefile(tmp_path / "s", SHAPES, STANDS | {"SFZH": ["140421198001010011", ""], "OBJECTID": [1, 2]})
    got = read(packed(tmp_path, files, **{"run.exe": b"MZ", "Thumbs.db": b"x"}))
    assert [(item.rule_id, item.severity, item.found) for item in got.findings] == [
        ("reading.columns_not_read", "info", "“SFZH”"),
        ("normalize.personal_number", "info", None),
        ("reading.members_not_read", "info", "run.exe"),
    ]
    layer, junk, others = got.record.sheets
    assert [(one.heading, one.field) for one in layer.columns if one.by == "ignored"] == [
        ("SFZH", None),
        ("OBJECTID", None),
    ]
    assert ((junk.name, others.name), layer.count("data")) == (("Thumbs.db", "run.exe"), 2)
    assert "140421198001010011" not in repr(got.table.to_pylist())


def test_what_a_zip_holds_beside_the_parts_of_the_layer_is_told(tmp_path):
    others = {"汇总.xlsm": b"PK", "林地.sbn": b"x", "其他.dbf": b"x", "说明.txt": b"x", "另一个.geojson": b"{}"}
    got = read(packed(tmp_path, shapefile(tmp_path / "s", SHAPES, STANDS), **others))
    (told,) = got.findings
    assert (told.rule_id, told.severity) == ("reading.members_not_read", "info")
    assert told.found == "汇总.xlsm、其他.dbf、说明.txt、另一个.geojson"


@pytest.mark.parametrize("ending", ["geojson", "gpkg"])
def test_a_layer_whose_text_is_gbk_says_so(tmp_path, ending):
    path = write(tmp_path / f"a.{ending}", SHAPES, STANDS)
    if ending == "geojson":
        path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    else:
        with sqlite3.connect(path) as connection:
            for name in [row[0] for row in connection.execute("select name from sqlite_master where type = 'trigger'")]:
                connection.execute(f'drop trigger "{name}"')
            connection.execute('update "a" set DL = cast(? as text)', ("林地".encode("gb18030"),))
        connection.close()
    got = read(path, f"林地2024.{ending}")
    assert (got.readable, rules(got)) == (False, [("reading.unreadable", "error")])
    assert got.findings[0].found == "属性“DL”里的文字不是 UTF-8 编码"


def test_a_key_that_stands_twice_in_a_feature_is_held(tmp_path):
    features = [
        {"type": "Feature", "properties": number, "geometry": shapely.geometry.mapping(shape)}
        for number, shape in enumerate(SHAPES)
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    text = text.replace('"properties": 0', '"properties": {"XBBH": "X1", "MJ": 99.9, "MJ": 55.5}')
    path = tmp_path / "a.geojson"
    path.write_text(text.replace('"properties": 1', '"properties": {"XBBH": "X2", "MJ": 1.0}'), encoding="utf-8")
    (found,) = read(path, "林地2024.geojson").findings
    assert found.severity == "error" and "“MJ”" in found.message


def test_another_format_is_named_with_the_remedy_for_layers(tmp_path):
    path = tmp_path / "a.kml"
    path.write_text('<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document/></kml>')
    (found,) = read(path, "林地2024.kml").findings
    assert (found.rule_id, found.found) == ("reading.other_format", "KML 文件") and "GeoPackage" in found.remedy


def test_chinese_that_begins_late_in_an_attribute_table_is_read(tmp_path):
    """After the rows by which the encoding is decided, with a declaration of GBK in the header and no .cpg."""
    count = 20_050
    stands = {"XBBH": [f"X{number}" for number in range(count)], "DL": ["0301"] * (count - 1) + ["乔木林地"]}
    files = shapefile(tmp_path / "s", [cell(0, 0)] * count, stands)
    table = bytearray(files[".dbf"])
    table[29] = 0x4D
    got = read(packed(tmp_path, {**{end: part for end, part in files.items() if end != ".cpg"}, ".dbf": bytes(table)}))
    assert got.rows_read == count
    assert got.table.column("land_class_name").to_pylist()[-1] == "乔木林地"


def test_layers_are_left_as_they_were_sent(tmp_path):
    path = write(tmp_path / "a.gpkg", SHAPES, STANDS)
    before = shutil.copyfile(path, tmp_path / "b.gpkg").read_bytes()
    read(path, "林地2024.gpkg")
    assert path.read_bytes() == before
