"""What was converted in a file goes from its reading to its receipt."""

import json
from pathlib import Path

import openpyxl
import pyogrio
import pyogrio.raw
import pytest

from warehouse.home import Home
from warehouse.ledger import Ledger

pytestmark = pytest.mark.slow


def receipt_of(home: Home, dataset: str, file_name: str) -> Path:
    with Ledger.open(home) as ledger:
        submission = next(one for one in ledger.submissions(dataset=dataset) if one.file_name == file_name)
    return home.absolute(str(submission.receipt_as))


def test_a_receipt_lists_every_repaired_cell(clean_home: Home) -> None:
    folder = receipt_of(clean_home, "ecology", "上党区2023年生态状况年报.xlsx")
    told = json.loads((folder / "receipt.json").read_text(encoding="utf-8"))
    assert (told["findings"], told["converted"], len(told["conversions"])) == ([], 40, 40)
    first = {key: told["conversions"][0][key] for key in ("sheet", "cell", "field", "kind", "written", "taken")}
    assert first == {
        "sheet": "生态年报",
        "cell": "D4",
        "field": "land_area_ha",
        "kind": "thousands",
        "written": "3,448.98",
        "taken": "3448.98",
    }
    book = openpyxl.load_workbook(next(folder.glob("*.xlsx")))
    assert book.sheetnames == ["审核结果", "自动规范", "生态年报"]
    assert [cell.value for cell in book["自动规范"][2]] == [
        "生态年报",
        "D4",
        "土地总面积",
        "3,448.98",
        "3448.98",
        "去掉千分位分隔符",
    ]
    assert "【自动规范】40 处" in (folder / "receipt.txt").read_text(encoding="utf-8")


def test_a_layers_receipt_says_what_was_done_to_its_values_and_its_place(clean_home: Home) -> None:
    folder = receipt_of(clean_home, "wetland", "湿地2022.zip")
    told = json.loads((folder / "receipt.json").read_text(encoding="utf-8"))
    written, taken = (
        "EPSG:4547（CGCS2000 / 3-degree Gauss-Kruger CM 114E）",
        "EPSG:4490（China Geodetic Coordinate System 2000）",
    )
    assert (told["findings"], told["converted"]) == ([], 1)
    assert told["conversions"] == [
        {
            "sheet": None,
            "cell": None,
            "feature": None,
            "field": "geometry",
            "kind": "reprojected",
            "written": written,
            "taken": taken,
            "cells": 275,
            "message": "整层坐标换算为 CGCS2000 经纬度",
            "message_en": "the whole layer converted to longitude and latitude on CGCS2000",
        }
    ]
    (path,) = folder.glob("*.gpkg")
    assert pyogrio.list_layers(path).tolist() == [["自动规范", None]]
    _, table = pyogrio.raw.read_arrow(path, layer="自动规范")
    assert table.to_pylist() == [
        {
            "图斑": "整个图层",
            "属性": None,
            "数据项": "图形",
            "原样": written,
            "取值": taken,
            "图斑数": 275,
            "说明": "整层坐标换算为 CGCS2000 经纬度",
        }
    ]
    assert "【自动规范】1 处，见“自动规范”表和 receipt.json。" in (folder / "receipt.txt").read_text(encoding="utf-8")


def test_a_layer_of_plain_values_in_degrees_has_no_repairs(clean_home: Home) -> None:
    folder = receipt_of(clean_home, "wetland", "2023年湿地图斑.gpkg")
    assert json.loads((folder / "receipt.json").read_text(encoding="utf-8"))["converted"] == 0
    assert sorted(path.name for path in folder.iterdir()) == ["receipt.json", "receipt.txt"]
