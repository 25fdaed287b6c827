"""What a layer's attributes and place were taken for is logged: alike features together, named by the first; plain
typing is not.
"""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import pytest
import shapely

from contracts import contract, contracts
from contracts.normalization_log import CONVERSION_KINDS, Conversion
from ingestion.normalize import normalize
from ingestion.normalize.layer import normalize_layer
from ingestion.normalize.normalization_log import AT_ONCE
from tests.support.answers import SAMPLES
from tests.support.layer_files import cell, shapefile, write

CLEAN = sorted(
    path for name, one in contracts().items() if one.is_layer for path in (SAMPLES / "clean" / name).glob("*")
)
STANDS = {"XBBH": ["X1", "X2", "X3"], "DL": ["乔木林地"] * 3, "SFSL": ["是", "否", "是"], "MJ": [99.9, 100.1, 5000.0]}
PARCELS = {
    "BSM": ["1", "2", "3"],
    "DLBM": ["0103", "0201", "0103"],
    "ZLDWDM": ["1404042022000000000"] * 3,
    "TBMJ": [1.0, 2.0, 3.0],
}
SITES = {"XMBH": ["A1", "A1", "A1"], "ZXMBH": ["A1-01", "A1-02", "A1-03"], "SBMJ": [1.0, 2.0, 3.0]}
TOWNSHIPS = {"XZQDM": ["140404202", "140404203", "140404102"], "XZQMC": ["北呈乡", "东和乡", "荫城镇"]}
SHAPES = [cell(0, 0), cell(1, 0), cell(2, 0)]
IN_DEGREES = "EPSG:4490（China Geodetic Coordinate System 2000）"
IN_METRES = {
    "EPSG:4547": "CGCS2000 / 3-degree Gauss-Kruger CM 114E",
    "EPSG:4526": "CGCS2000 / 3-degree Gauss-Kruger zone 38",
}

CLEAN_IN_METRES = {
    **dict.fromkeys(
        (
            "生态保护红线2022.zip",
            "2025年林地（林业局）.zip",
            "林地小班2023.zip",
            "2024年度地类图斑（东和乡）.zip",
            "2024年度地类图斑（苏店镇）.zip",
            "2024年度地类图斑（郝家庄镇）.zip",
            "采空塌陷区2023.zip",
            "项目红线202412.zip",
            "湿地2022.zip",
        ),
        "EPSG:4547",
    ),
    **dict.fromkeys(
        (
            "生态保护红线2025年.zip",
            "林地2022年.zip",
            "上党区2023年地类图斑DLTB.zip",
            "南宋镇_DLTB_2024.zip",
            "荫城镇_DLTB_2024.zip",
            "上党区湿地2024.zip",
        ),
        "EPSG:4526",
    ),
}


def logged(normalized) -> list[tuple]:
    """Entries of the log: attribute, first feature, field, kind, written, taken, features."""
    conversions = [Conversion(**row) for row in normalized.conversions.to_pylist()]
    assert {one.kind for one in conversions} <= set(CONVERSION_KINDS)
    return [(one.cell, one.feature, one.field, one.kind, one.written, one.taken, one.cells) for one in conversions]


def forest(tmp_path, ending=".gpkg", **changed):
    file = write(tmp_path / f"layer{ending}", SHAPES, STANDS | changed)
    return normalize_layer(file, f"林地2024{ending}", contract("forest_land"))


def parcels(tmp_path, **changed):
    file = write(tmp_path / "layer.gpkg", SHAPES, PARCELS | changed)
    return normalize_layer(file, "北呈乡地类图斑2024.gpkg", contract("land_parcel"))


def townships(tmp_path, **changed):
    given = TOWNSHIPS | {"effective_from": np.array(["2021-10-31"] * 3, dtype="datetime64[D]")} | changed
    file = tmp_path / "layer.gpkg"
    write(file, SHAPES, given)
    return normalize_layer(file, "XZQ.gpkg", contract("admin_boundary"))


@pytest.mark.parametrize("path", CLEAN, ids=[f"{path.parent.name}/{path.name}" for path in CLEAN])
def test_of_a_clean_layer_only_metres_and_a_date_in_a_text_attribute_are_logged(path):
    normalized = normalize(path, path.name, contract(path.parent.name), "s1")
    if path.parent.name == "admin_boundary":
        expected = [("effective_from", "140404001", "effective_from", "text_date", "2021-10-31", "2021-10-31", 10)]
    elif crs := CLEAN_IN_METRES.get(path.name):
        expected = [
            (None, None, "geometry", "reprojected", f"{crs}（{IN_METRES[crs]}）", IN_DEGREES, normalized.rows_read)
        ]
    else:
        expected = []
    assert logged(normalized) == expected


def test_alike_features_are_one_entry_named_by_the_first(tmp_path):
    assert logged(parcels(tmp_path, DLBM=["103", "0201", "103"])) == [
        ("DLBM", "1", "land_class_code", "leading_zeros", "103", "0103", 2)
    ]
    assert logged(parcels(tmp_path, DLBM=[201, 103, 103])) == [
        ("DLBM", "1", "land_class_code", "leading_zeros", "201", "0201", 1),
        ("DLBM", "2", "land_class_code", "leading_zeros", "103", "0103", 2),
    ]


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("０１０３", "full_width"),
        ("0103 ", "blanks"),
        ("01 03", "blanks"),
        ("旱地", None),
        ("0103", None),
    ],
)
def test_codes_in_every_way(tmp_path, written, kind):
    expected = [("DLBM", "2", "land_class_code", kind, written, "0103", 1)] if kind else []
    assert logged(parcels(tmp_path, DLBM=["0103", written, "0103"])) == expected


def test_yes_and_no_by_another_word(tmp_path):
    assert logged(forest(tmp_path, SFSL=["Y", "否", "Y"])) == [("SFSL", "X1", "is_forest", "synonym", "Y", "是", 2)]
    assert logged(forest(tmp_path, SFSL=["是", "N", "√"])) == [
        ("SFSL", "X2", "is_forest", "synonym", "N", "否", 1),
        ("SFSL", "X3", "is_forest", "synonym", "√", "是", 1),
    ]
    assert logged(forest(tmp_path, SFSL=[1, 0, 1])) == [
        ("SFSL", "X1", "is_forest", "synonym", "1", "是", 2),
        ("SFSL", "X2", "is_forest", "synonym", "0", "否", 1),
    ]
    assert logged(forest(tmp_path, SFSL=[True, False, True])) == []  # typed as what it is


def test_numbers_as_text_are_the_attributes_own_and_every_other_way_its_values(tmp_path):
    assert logged(forest(tmp_path, MJ=["99.9", "100.1", "5000"])) == [
        ("MJ", "X1", "declared_area_ha", "text_number", "99.9", "99.9", 3)
    ]
    normalized = forest(tmp_path, MJ=["99.9", "1,500亩", "5,000.0"])
    assert normalized.table["declared_area_ha"].to_pylist() == [99.9, 100.0, 5000.0]
    assert logged(normalized) == [
        ("MJ", "X1", "declared_area_ha", "text_number", "99.9", "99.9", 1),
        ("MJ", "X2", "declared_area_ha", "unit_in_cell", "1,500亩", "100", 1),
        ("MJ", "X3", "declared_area_ha", "thousands", "5,000.0", "5000", 1),
    ]


def test_a_dbf_has_types_of_its_own(tmp_path):
    shapefile(tmp_path / "s", SHAPES, STANDS | {"MJ": ["99.9", "100.1", "5000"]})
    normalized = normalize_layer(tmp_path / "s" / "layer.shp", "林地2024.shp", contract("forest_land"))
    assert logged(normalized) == [("MJ", "X1", "declared_area_ha", "text_number", "99.9", "99.9", 3)]


def geojson(tmp_path, dataset, file_name, rows):
    file = tmp_path / file_name
    file.write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}},
                "features": [
                    {"type": "Feature", "properties": row, "geometry": shape}
                    for row, shape in zip(rows, map(json.loads, map(shapely.to_geojson, SHAPES)), strict=True)
                ],
            }
        ),
        encoding="utf-8",
    )
    return normalize_layer(file, file_name, contract(dataset))


def test_in_json_numbers_have_a_type_and_dates_have_none(tmp_path):
    rows = [
        {"XBBH": id_, "SFSL": "是", "MJ": area}
        for id_, area in zip(STANDS["XBBH"], ("99.9", "100.1", "5000"), strict=True)
    ]
    assert logged(geojson(tmp_path, "forest_land", "林地2024.geojson", rows)) == [
        ("MJ", "X1", "declared_area_ha", "text_number", "99.9", "99.9", 3)
    ]
    rows = [
        {"XZQDM": code, "effective_from": day}
        for code, day in zip(TOWNSHIPS["XZQDM"], ("2021-10-31", "2021-10-31", "2021年10月31日"), strict=True)
    ]
    assert logged(geojson(tmp_path, "admin_boundary", "XZQ.geojson", rows)) == [
        ("effective_from", "140404102", "effective_from", "date_form", "2021年10月31日", "2021-10-31", 1)
    ]


def test_where_json_values_differ_in_type_none_is_taken_for_a_text(tmp_path):
    rows = [
        {"XBBH": id_, "SFSL": "是", "MJ": area}
        for id_, area in zip(STANDS["XBBH"], (99.9, "约100", "5,000"), strict=True)
    ]
    normalized = geojson(tmp_path, "forest_land", "林地2024.geojson", rows)
    assert [(one.rule_id, one.feature, one.found) for one in normalized.findings] == [
        ("normalize.text_in_numeric", "X2", "约100")
    ]
    assert normalized.table["declared_area_ha"].to_pylist() == [99.9, None, 5000.0]
    assert logged(normalized) == [("MJ", "X3", "declared_area_ha", "thousands", "5,000", "5000", 1)]


def test_dates(tmp_path):
    assert logged(townships(tmp_path)) == []
    assert logged(townships(tmp_path, effective_from=["2021-10-31", "2021/10/31", "2021.10.31"])) == [
        ("effective_from", "140404202", "effective_from", "text_date", "2021-10-31", "2021-10-31", 2),
        ("effective_from", "140404102", "effective_from", "date_form", "2021.10.31", "2021-10-31", 1),
    ]


def test_townships_by_another_name_or_code_and_of_former_times(tmp_path):
    normalized = townships(
        tmp_path, XZQDM=["140404202000", "140404100", "140404102"], XZQMC=["北呈乡", "韩店镇", "上党区荫城镇人民政府"]
    )
    assert normalized.table["township_code"].to_pylist() == ["140404202", "140404001", "140404102"]
    assert logged(normalized) == [
        ("XZQDM", "140404202", "township_code", "township", "140404202000", "140404202", 1),
        ("XZQDM", "140404001", "township_code", "former_township", "140404100", "140404001", 1),
        ("XZQMC", "140404001", "township_code", "former_township", "韩店镇", "140404001", 1),
        ("XZQMC", "140404102", "township_code", "township", "上党区荫城镇人民政府", "140404102", 1),
    ]


def test_a_code_that_its_name_contradicts_is_a_finding_and_was_taken_for_nothing(tmp_path):
    normalized = townships(tmp_path, XZQDM=["140404202", "140404100", "140404102"])
    assert [one.rule_id for one in normalized.findings] == ["normalize.township_code_name_mismatch"]
    assert normalized.table["township_code"].to_pylist() == TOWNSHIPS["XZQDM"]
    assert logged(normalized) == []


def test_projects(tmp_path):
    file = write(tmp_path / "a.gpkg", SHAPES, SITES | {"XMBH": ["A1", "a1", "ａ1"]}, layer="XMHX")
    normalized = normalize_layer(file, "项目红线202506.gpkg", contract("project_site"))
    assert logged(normalized) == [
        ("XMBH", "A1-02", "project_id", "number_form", "a1", "A1", 1),
        ("XMBH", "A1-03", "project_id", "number_form", "ａ1", "A1", 1),
    ]
    assert {row["sheet"] for row in normalized.conversions.to_pylist()} == {"XMHX"}


def test_a_feature_without_an_id_is_named_by_its_number(tmp_path):
    assert logged(parcels(tmp_path, BSM=["1", None, "3"], DLBM=["0103", "103", "103"])) == [
        ("DLBM", "2", "land_class_code", "leading_zeros", "103", "0103", 2)
    ]


@pytest.mark.parametrize(("crs", "name"), IN_METRES.items())
def test_coordinates_that_were_converted_are_one_entry_before_the_values(tmp_path, crs, name):
    to_crs = pyproj.Transformer.from_crs(4490, crs, always_xy=True)
    shapes = [
        shapely.transform(shape, lambda at: np.column_stack(to_crs.transform(at[:, 0], at[:, 1])))
        for shape in SHAPES[:2]
    ]
    file = write(tmp_path / "layer.gpkg", [*shapes, None], STANDS | {"SFSL": ["是", "Y", "是"]}, crs=crs)
    assert logged(normalize_layer(file, "林地2024.gpkg", contract("forest_land"))) == [
        (None, None, "geometry", "reprojected", f"{crs}（{name}）", IN_DEGREES, 2),
        ("SFSL", "X2", "is_forest", "synonym", "Y", "是", 1),
    ]


def test_coordinates_of_which_nothing_is_known_stay_and_are_not_logged(tmp_path):
    file = write(tmp_path / "layer.gpkg", SHAPES, STANDS, crs="EPSG:32649")
    normalized = normalize_layer(file, "林地2024.gpkg", contract("forest_land"))
    assert [one.rule_id for one in normalized.findings] == ["layer.crs_unsupported"]
    assert logged(normalized) == []


def test_of_very_many_features_each_way_of_writing_is_one_entry(tmp_path):
    count, ways = 40_000, AT_ONCE + 5
    file = tmp_path / "layer.parquet"
    areas = [f"{1000 + number % ways:,}" for number in range(count)]
    table = pa.table(
        {
            "XBBH": [f"X{number}" for number in range(count)],
            "SFSL": ["Y"] * count,
            "MJ": areas,
            "geometry": pa.array([shapely.to_wkb(cell(0, 0))] * count),
        }
    )
    geo = {
        "primary_column": "geometry",
        "columns": {"geometry": {"encoding": "WKB", "crs": pyproj.CRS(4490).to_json_dict()}},
    }
    pq.write_table(table.replace_schema_metadata({b"geo": json.dumps(geo).encode()}), file)
    got = logged(normalize_layer(file, "林地2024.parquet", contract("forest_land")))
    assert got[0] == ("SFSL", "X0", "is_forest", "synonym", "Y", "是", count)
    assert len(got) == 1 + ways
    assert got[1] == ("MJ", "X0", "declared_area_ha", "thousands", "1,000", "1000", 5)
    assert got[-1] == ("MJ", f"X{ways - 1}", "declared_area_ha", "thousands", f"{999 + ways:,}", f"{999 + ways}", 4)
    assert sum(entry[-1] for entry in got[1:]) == count


def test_the_unit_in_an_attributes_name_is_a_conversion_of_all_its_values(tmp_path):
    given = {name: values for name, values in STANDS.items() if name != "MJ"} | {"面积（亩）": [1498.5, None, 75000.0]}
    got = normalize_layer(write(tmp_path / "a.gpkg", SHAPES, given), "林地2024.gpkg", contract("forest_land"))
    (entry,) = [one for one in got.conversions.to_pylist() if one["kind"] == "unit_of_column"]
    assert entry == {
        "sheet": "a",
        "cell": "面积（亩）",
        "field": "declared_area_ha",
        "kind": "unit_of_column",
        "written": "亩",
        "taken": "公顷（÷15）",
        "cells": 2,
        "feature": None,
    }
    assert got.table["declared_area_ha"].to_pylist() == [99.9, None, 5000.0]
    assert got.record.conversions["unit_of_column"] == 2
