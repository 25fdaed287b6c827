"""A file is known by its folder, its content or its name, whichever can be trusted."""

import shutil
import zipfile

import pytest

from ingestion.recognise import Recognised, named_dataset, recognise, unrecognised
from tests.support.answers import SAMPLES

FILES = sorted([*SAMPLES.glob("clean/*/*"), *SAMPLES.glob("traps/*/*"), *SAMPLES.glob("sequence/*/*/*")])
# Shapes without an attribute table, in a file whose name says nothing
WITHOUT_ANY_WORD = "北呈2024缺dbf.zip"
ECOLOGY = SAMPLES / "clean" / "ecology" / "上党区2024年生态状况年报（终稿）.xlsx"


@pytest.mark.parametrize("path", [path for path in FILES if path.name != WITHOUT_ANY_WORD], ids=str)
def test_every_sample_is_recognised_at_the_root(path):
    seen = recognise(path, path.name, None)
    assert (seen.dataset, seen.by) == (path.parent.name, "content")
    assert seen.score >= 0.7


@pytest.mark.parametrize("path", FILES, ids=str)
def test_every_sample_is_taken_in_its_folder(path):
    seen = recognise(path, path.name, path.parent.name)
    assert (seen.dataset, seen.by) == (path.parent.name, "folder")


def test_the_samples_are_there():
    assert len(FILES) > 150


def test_shapes_without_attributes_say_what_is_missing():
    path = SAMPLES / "traps" / "land_parcel" / WITHOUT_ANY_WORD
    seen = recognise(path, path.name, None)
    found = unrecognised(seen, None)
    assert seen.dataset is None and found is not None
    assert (found.rule_id, found.severity, found.found) == ("reading.shapefile_incomplete", "error", ".dbf")


def test_a_name_that_says_nothing_does_not_matter(tmp_path):
    assert recognise(shutil.copy(ECOLOGY, tmp_path / "1.xlsx"), "1.xlsx", None).dataset == "ecology"


def test_an_ending_that_lies_does_not_matter(tmp_path):
    assert recognise(shutil.copy(ECOLOGY, tmp_path / "archived"), "生态.csv", None).dataset == "ecology"


def test_a_file_in_a_wrong_folder_is_neither():
    seen = recognise(ECOLOGY, ECOLOGY.name, "rural_waste")
    found = unrecognised(seen, "rural_waste")
    assert (seen.dataset, seen.likely) == (None, "ecology")
    assert found is not None and found.message == "文件放在“rural_waste”文件夹，内容却像是“生态状况年报”"
    assert "移到 ecology 文件夹" in found.remedy


def test_the_folder_wins_over_content_that_says_little(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("甲,乙\n1,2\n", encoding="utf-8")
    assert recognise(path, "a.csv", "rural_waste").dataset == "rural_waste"
    assert recognise(path, "a.csv", "没有这样的报表") == Recognised(None, None, 0.0)


def test_a_table_of_something_else_is_not_taken_for_a_dataset(tmp_path):
    path = tmp_path / "台账.csv"
    path.write_text("姓名,电话,备注\n甲,1,\n", encoding="utf-8")
    seen = recognise(path, "台账.csv", None)
    found = unrecognised(seen, None)
    assert seen.dataset is None and found is not None and found.rule_id == "reading.unknown_dataset"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 500,
        b"PK\x03\x04torn",
        b"\xd0\xcf\x11\xe0torn",
        b"SQLite format 3\x00torn",
        b"PAR1torn",
        b"{",
    ],
)
def test_an_unreadable_file_is_known_by_its_name_only(tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    seen = recognise(path, "2025年生态状况年报.xlsx", None)
    assert (seen.dataset, seen.by) == ("ecology", "name")
    assert recognise(path, "2025.xlsx", None).dataset is None
    assert recognise(path, "2025.xlsx", "ecology").dataset == "ecology"


def test_a_loose_shapefile_is_known_by_the_table_beside_it(tmp_path):
    with zipfile.ZipFile(SAMPLES / "clean" / "wetland" / "湿地2022.zip") as archive:
        archive.extractall(tmp_path)
    assert recognise(tmp_path / "湿地2022.shp", "a.shp", None).dataset == "wetland"
    assert recognise(tmp_path, "a.shp", None).dataset == "wetland"


def test_a_zipped_workbook_or_layer_is_looked_into(tmp_path):
    layer = SAMPLES / "clean" / "mining_subsidence" / "上党区采空塌陷区（2024）.gpkg"
    for number, source in enumerate((ECOLOGY, layer)):
        archive = tmp_path / f"{number}.zip"
        with zipfile.ZipFile(archive, "w") as file:
            file.write(source, f"inner{source.suffix}")
        assert recognise(archive, archive.name, None).dataset == source.parent.name


def test_folders_are_named_by_id_or_title():
    assert [
        named_dataset(name) for name in ("ecology", "Rural-Waste", "生态状况年报", "Land use by class", "荫城镇")
    ] == ["ecology", "rural_waste", "ecology", "land_use", None]


PAGE = "<html><body><table><tr><td>乡镇</td></tr></table></body></html>".encode()
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)


@pytest.mark.parametrize(
    ("name", "content", "rule", "words"),
    [
        ("a.xls", PAGE, "reading.other_format", "网页"),
        ("a.mht", b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n" + PAGE, "reading.other_format", "MHTML"),
        ("a.kml", b'<?xml version="1.0"?><kml><Document/></kml>', "reading.other_format", "GIS"),
        ("a.gml", b'<?xml version="1.0"?><f xmlns:gml="http://www.opengis.net/gml"/>', "reading.other_format", "GIS"),
        ("a.fgb", b"fgb\x03fgb\x00" + bytes(100), "reading.other_format", "FlatGeobuf"),
        ("a.xlsx.gz", b"\x1f\x8b\x08" + bytes(100), "reading.other_format", "文件是rar、7z、gz 等压缩包"),
        ("a.xlsx", b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(100), "reading.other_format", "图片"),
        ("a.pdf", b"%PDF-1.4\n%", "reading.other_format", "PDF"),
        ("a.rtf", b"{\\rtf1\\ansi x}", "reading.other_format", "RTF"),
        ("a.xlsx", b"Rar!\x1a\x07\x00" + bytes(100), "reading.other_format", "解压"),
        ("a.dwg", b"AC1032" + bytes(100), "reading.other_format", "CAD"),
        ("a.wps", OLE + "WordDocument".encode("utf-16-le") + bytes(3000), "reading.other_format", "Word"),
        ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le") + bytes(3000), "reading.password", "取消打开密码"),
        ("a.csv", "乡镇,面积\n荫城镇,4\x0000\n".encode(), "reading.control_character", "第 2 行"),
        ("a.xlsx", b"PK\x03\x04 torn", "reading.unreadable", "不完整"),
        ("a.xlsx", b"", "reading.unreadable", "空的"),
        ("a.zip", b"PK\x05\x06" + bytes(18), "reading.unreadable", "压缩包是空的"),
        ("a.json", b'{"type":"FeatureCollection","features":[', "reading.no_report", "读不出"),
        ("a.csv", "甲,乙\n1,2\n".encode(), "reading.unknown_dataset", "认不出"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_before_that_it_is_not_recognised(tmp_path, name, content, rule, words):
    """As its reader would say it in a dataset's folder."""
    path = tmp_path / name
    path.write_bytes(content)
    found = unrecognised(recognise(path, name, None), None)
    assert found is not None and found.rule_id == rule
    assert words in found.message + found.remedy
