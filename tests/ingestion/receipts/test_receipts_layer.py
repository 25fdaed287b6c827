"""The faulty features of a layer come back as a layer, with a point for each finding."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pyogrio
import pyogrio.raw
import pytest
import shapely
import shapely.affinity

from contracts import contract, finding
from contracts.normalization_log import Conversion
from ingestion.normalize.result import submission_table
from ingestion.receipts import SubmissionSummary, UnitSummary
from ingestion.receipts.write import write_receipt

WETLAND = contract("wetland")
SVG = "{http://www.w3.org/2000/svg}"
SQUARE = shapely.box(113.0, 36.0, 113.01, 36.01)
SHAPES = {
    "SD001": SQUARE,
    "SD002": shapely.affinity.translate(SQUARE, 0.005),
    "SD003": shapely.affinity.translate(SQUARE, 1),
    "SD004": None,
}
OVERLAP = finding(
    "layer.overlap", reporting_unit="layer", feature="SD001|SD002", found=550000.5, point=(113.0075, 36.005)
)
EMPTY = finding("layer.empty_geometry", reporting_unit="layer", feature="SD004")
AREA = finding(
    "layer.declared_area_mismatch",
    reporting_unit="layer",
    feature="SD001",
    field="declared_area_ha",
    found=1500.0,
    expected=100.0,
    title="湿地面积",
    hint="疑为亩",
    hint_en="mu?",
)


def wetlands():
    rows = [
        {
            "row_id": number,
            "row_no": number + 1,
            "reporting_unit": "layer",
            "period": "2025",
            "feature": feature,
            "wetland_id": feature,
            "is_protected": True,
            "declared_area_ha": 100.0,
            "geometry": shapely.to_wkb(shape) if shape else None,
        }
        for number, (feature, shape) in enumerate(SHAPES.items())
    ]
    return submission_table(WETLAND, rows)


def write(tmp_path: Path, findings, table=None, conversions=(), converted=0):
    return write_receipt(
        tmp_path / "S1",
        original=tmp_path,
        file_name="湿地2025.zip",
        findings=findings,
        submission=SubmissionSummary(
            "S1", "wetland", "2026-01-20T10:05:00+08:00", converted=converted, conversions=conversions
        ),
        reporting_units=[UnitSummary("layer", "2025", "held")],
        table=table,
    )


def read(path: Path, layer: str):
    """Rows of a layer as dicts, the geometry as a shape, and its CRS."""
    meta, table = pyogrio.raw.read_arrow(path, layer=layer)
    column = meta["geometry_name"]
    return [row | {"shape": shapely.from_wkb(row[column]) if row[column] else None} for row in table.to_pylist()], meta[
        "crs"
    ]


def test_faulty_features_and_points_are_layers(tmp_path):
    receipt = write(tmp_path, [OVERLAP, AREA, EMPTY], wetlands())
    assert receipt.workbook is None and receipt.layer is not None and receipt.layer.name == "湿地2025-审核结果.gpkg"
    assert [name for name, _ in pyogrio.list_layers(receipt.layer)] == ["问题图斑", "问题点"]

    features, crs = read(receipt.layer, "问题图斑")
    first, second, empty = features
    assert crs == "EPSG:4490"
    assert [feature["编号"] for feature in features] == ["SD001", "SD002", "SD004"]
    assert first["shape"].equals(SQUARE) and empty["shape"] is None
    assert first["问题"] == "SD001|SD002 重叠 550000.5 平方米；湿地面积填报 1500，图形椭球面积为 100，疑为亩"
    assert (second["级别"], second["SDMJ"]) == ("须改正", 100.0)

    points, _ = read(receipt.layer, "问题点")
    assert [point["图斑"] for point in points] == ["SD001|SD002", "SD001"]  # an empty geometry has no place
    assert (points[0]["shape"].x, points[0]["shape"].y) == pytest.approx((113.0075, 36.005))
    assert SQUARE.contains(points[1]["shape"]) and points[1]["数据项"] == "湿地面积"


def test_a_small_map_shows_the_layer_the_faults_and_their_text(tmp_path):
    receipt = write(tmp_path, [AREA, OVERLAP, EMPTY], wetlands())
    assert (
        receipt.picture is not None
        and receipt.picture.name == "湿地2025-审核结果.svg"
        and receipt.picture in receipt.paths
    )
    svg = ElementTree.fromstring(receipt.picture.read_text(encoding="utf-8"))
    paths, texts = list(svg.iter(f"{SVG}path")), [text.text for text in svg.iter(f"{SVG}text")]
    red = "#d62728"
    assert [path.get("fill") for path in paths] == ["#eceff1", red, red, red, red], (
        "the whole, its faults on top; then the gravest fault"
    )
    assert texts[0] == "湿地 审核结果：2 处"
    assert texts[-1].startswith("2. 【须改正】SD001|SD002 重叠 550000.5 平方米")
    marks = [
        (text.text, float(text.get("x")), float(text.get("y")))
        for text in svg.iter(f"{SVG}text")
        if text.get("text-anchor")
    ]
    assert [number for number, _, _ in marks] == ["2", "1", "2", "1"], "the gravest is drawn last, above the others"
    assert all(20 < x < 470 and 40 < y < 490 for _, x, y in marks[:2]) and all(490 < x < 940 for _, x, _ in marks[2:])
    assert float(paths[0].get("d")[1:].split(",")[0]) > marks[0][1], "SD003 lies a degree to the east"


def test_a_crowd_of_faults_is_thinned_in_the_map_and_in_the_text_and_nowhere_else(tmp_path):
    place = (113.2, 36.1)
    crowd = [
        finding("layer.gap", reporting_unit="layer", found=float(number), expected="荫城镇", share=0.02, point=place)
        for number in range(1500)
    ]
    receipt = write(tmp_path, [*crowd, OVERLAP], wetlands())
    svg = ElementTree.fromstring(receipt.picture.read_text(encoding="utf-8"))
    marks = [int(text.text) for text in svg.iter(f"{SVG}text") if text.get("text-anchor")]
    assert marks == [1501, *range(1001, 0, -1), *range(1001, 0, -1)], "left the whole, right the gravest"
    assert "……其余 501 条见 receipt.json。" in receipt.text.read_text(encoding="utf-8")
    assert len(json.loads(receipt.document.read_text(encoding="utf-8"))["findings"]) == 1501
    assert len(read(receipt.layer, "问题点")[0]) == 1501


def test_words_of_a_submission_stay_text_in_the_map(tmp_path):
    evil = finding(
        "layer.overlap",
        reporting_unit="layer",
        feature='SD001|<script>alert("1")</script>\x00&',
        found=2.0,
        point=(113.0, 36.0),
    )
    receipt = write(tmp_path, [evil], wetlands())
    svg = ElementTree.fromstring(receipt.picture.read_text(encoding="utf-8"))
    assert not list(svg.iter(f"{SVG}script"))
    assert '<script>alert("1")</script> &' in list(svg.iter(f"{SVG}text"))[-1].text


def test_the_text_names_the_features(tmp_path):
    written = write(tmp_path, [OVERLAP], wetlands()).text.read_text(encoding="utf-8")
    assert (
        "1. 湿地 · 图斑 SD001 与 SD002　SD001|SD002 重叠 550000.5 平方米。请修正边界消除重叠，面积字段随图形更新后重新报送。"
        in written
    )


def test_a_point_without_a_feature_is_kept(tmp_path):
    gap = finding("layer.gap", reporting_unit="layer", found=5000.0, expected="荫城镇", share=0.02, point=(113.2, 36.1))
    receipt = write(tmp_path, [gap], wetlands())
    assert receipt.layer is not None
    assert len(read(receipt.layer, "问题点")[0]) == 1
    assert read(receipt.layer, "问题图斑")[0] == []


@pytest.mark.parametrize("table", [wetlands(), None])
def test_no_place_no_layer(tmp_path, table):
    receipt = write(tmp_path, [finding("layer.crs_missing", hint="", hint_en="")], table)
    assert receipt.layer is None and receipt.picture is None
    assert sorted(path.name for path in receipt.folder.iterdir()) == ["receipt.json", "receipt.txt"]


CONVERSIONS = (
    Conversion("SD", None, "geometry", "reprojected", "EPSG:4547（CGCS2000）", "EPSG:4490（CGCS2000）", 4),
    Conversion("SD", "SFBH", "is_protected", "synonym", "=Y", "是", 3, "SD002"),
)
LISTED = [
    ("整个图层", None, "图形", "EPSG:4547（CGCS2000）", "EPSG:4490（CGCS2000）", 4, "整层坐标换算为 CGCS2000 经纬度"),
    ("SD002", "SFBH", "是否受保护", "=Y", "是", 3, "按代码表对应"),
]


def conversions_table(receipt):
    _, table = pyogrio.raw.read_arrow(receipt.layer, layer="自动规范")
    assert table.column_names == ["图斑", "属性", "数据项", "原样", "取值", "图斑数", "说明"]
    return [tuple(row.values()) for row in table.to_pylist()]


def test_conversions_are_a_table_without_geometry_beside_the_faults(tmp_path):
    receipt = write(tmp_path, [OVERLAP], wetlands(), CONVERSIONS, 2)
    assert [tuple(one) for one in pyogrio.list_layers(receipt.layer)] == [
        ("问题图斑", "Unknown"),
        ("问题点", "Point"),
        ("自动规范", None),
    ]
    assert conversions_table(receipt) == LISTED
    assert "【自动规范】2 处，见“自动规范”表和 receipt.json。\n" in receipt.text.read_text(encoding="utf-8")
    document = json.loads(receipt.document.read_text(encoding="utf-8"))
    assert document["converted"] == 2
    assert document["conversions"][1] == {
        "sheet": "SD",
        "cell": "SFBH",
        "feature": "SD002",
        "field": "is_protected",
        "kind": "synonym",
        "written": "=Y",
        "taken": "是",
        "cells": 3,
        "message": "按代码表对应",
        "message_en": "another way of writing a listed value",
    }


def test_conversions_alone_are_a_table_alone_and_more_than_are_listed_are_counted(tmp_path):
    receipt = write(tmp_path, [], wetlands(), CONVERSIONS, 1234)
    assert [tuple(one) for one in pyogrio.list_layers(receipt.layer)] == [("自动规范", None)]
    assert conversions_table(receipt) == [*LISTED, ("共 1234 处，只列出前 2 处", None, None, None, None, None, None)]
    assert receipt.picture is None
