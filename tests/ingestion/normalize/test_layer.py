"""Layers into typed rows: attributes, place, period and unit, with what is wrong with them."""

from datetime import date

import numpy as np
import pyarrow as pa
import pyproj
import pytest
import shapely

from contracts import contract
from contracts.submission_table import table_columns
from expectations.suites import validate
from ingestion.normalize.layer import normalize_layer
from spatial.area import areas
from tests.support.layer_files import cell, shapefile, write, zipped

STANDS = {"XBBH": ["X1", "X2"], "DL": ["乔木林地", "其他林地"], "SFSL": ["是", "否"], "MJ": [99.9, 100.1]}
PARCELS = {
    "BSM": ["1", "2", "3"],
    "DLBM": ["0103", "0103", "0201"],
    "ZLDWDM": ["1404042022000000000"] * 3,
    "TBMJ": [1.0, 2.0, 3.0],
}


def reported(normalized):
    return [(one.rule_id, one.reporting_unit, one.cell, one.feature) for one in normalized.findings]


def forest(tmp_path, changed=None, shapes=None, name="林地2024.gpkg", **options):
    attributes = STANDS | (changed or {})
    given = {name: values for name, values in attributes.items() if values is not None}
    file = write(tmp_path / "layer.gpkg", shapes or [cell(0, 0), cell(1, 0)], given, **options)
    return normalize_layer(file, name, contract("forest_land"))


def projected(shapes, crs):
    to_crs = pyproj.Transformer.from_crs(4490, crs, always_xy=True)
    return [
        shapely.transform(shape, lambda at: np.column_stack(to_crs.transform(at[:, 0], at[:, 1]))) for shape in shapes
    ]


def test_the_table_of_a_clean_layer(tmp_path):
    normalized = forest(tmp_path, layer="LD")
    assert normalized.findings == []
    assert (normalized.rows_read, normalized.rows_control, normalized.notes) == (2, 0, {"title": "LD"})
    assert normalized.table.column_names == list(table_columns(contract("forest_land")))
    rows = normalized.table.drop_columns(["geometry", "area_m2"]).to_pylist()
    assert rows[1] == {
        "row_id": 1,
        "sheet": "LD",
        "row_no": 2,
        "reporting_unit": "layer",
        "period": "2024",
        "cells": None,
        "feature": "X2",
        "stand_id": "X2",
        "land_class_name": "其他林地",
        "is_forest": False,
        "declared_area_ha": 100.1,
    }
    assert normalized.table["area_m2"].to_pylist() == pytest.approx(
        areas(np.array([cell(0, 0), cell(1, 0)])).tolist(), rel=1e-12
    )


@pytest.mark.parametrize("epsg", [4547, 4526, 4546, 4525, 4548, 4513, 4535, 4502, 4508])
def test_every_gauss_krueger_zone_of_cgcs2000_comes_back_to_the_same_points(tmp_path, epsg):
    shapes = [cell(0, 0), cell(1, 0)]
    normalized = forest(tmp_path, shapes=projected(shapes, epsg), crs=f"EPSG:{epsg}")
    assert normalized.findings == []
    back = shapely.get_coordinates(shapely.from_wkb(normalized.table["geometry"].to_numpy()))
    assert back.tolist() == shapely.get_coordinates(shapes).tolist()


def test_a_projection_known_by_its_datum_alone(tmp_path):
    local = pyproj.CRS.from_epsg(4547).to_wkt().replace("114", "113.05").replace('ID["EPSG",4547]', 'ID["LOCAL",1]')
    normalized = forest(tmp_path, shapes=projected([cell(0, 0), cell(1, 0)], local), crs=local)
    assert normalized.findings == []


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32649", "EPSG:2383", "EPSG:4610"])
def test_another_datum_is_not_taken_for_cgcs2000(tmp_path, crs):
    normalized = forest(tmp_path, crs=crs)
    assert reported(normalized) == [("layer.crs_unsupported", None, None, None)]
    assert normalized.findings[0].found == pyproj.CRS(crs).name
    assert normalized.table["area_m2"].null_count == 2


def test_no_crs(tmp_path):
    files = shapefile(tmp_path / "s", [cell(0, 0), cell(1, 0)], STANDS, crs=None)
    archive = zipped(tmp_path / "a.zip", {f"a{ending}": content for ending, content in files.items()})
    normalized = normalize_layer(archive, "林地2024.zip", contract("forest_land"))
    assert reported(normalized) == [("layer.crs_missing", None, None, None)]
    assert normalized.rows_read == 2


def test_swapped_axes_and_a_neighbouring_zone(tmp_path):
    swapped = [shapely.transform(shape, lambda at: at[:, ::-1]) for shape in (cell(0, 0), cell(1, 0))]
    assert reported(forest(tmp_path, shapes=swapped)) == [("layer.axis_swapped", None, None, None)]
    elsewhere = projected([cell(0, 0), cell(1, 0)], 4546)
    assert reported(forest(tmp_path, shapes=elsewhere, crs="EPSG:4547")) == [
        ("layer.outside_district", None, None, None)
    ]


@pytest.mark.parametrize(
    ("written_in", "declared", "rule", "words"),
    [
        (4547, None, "layer.crs_missing", "与 EPSG:4547（CGCS2000 / 3-degree Gauss-Kruger CM 114E）相符"),
        (4526, None, "layer.crs_missing", "与 EPSG:4526"),
        (4490, None, "layer.crs_missing", "与 EPSG:4490"),
        (4547, "EPSG:4326", "layer.crs_unsupported", "与 EPSG:4547"),  # metres under a declaration of degrees
        (4526, "EPSG:4547", "layer.outside_district", "与 EPSG:4526"),  # the zone's number before the easting
        (4546, "EPSG:4547", "layer.outside_district", "与 EPSG:4546"),
        (4548, "EPSG:4547", "layer.outside_district", "与 EPSG:4548"),
        (4525, "EPSG:4526", "layer.outside_district", "与 EPSG:4525"),
        (4527, "EPSG:4526", "layer.outside_district", "与 EPSG:4527"),
    ],
)
def test_what_coordinates_look_like_is_reported_and_never_taken_for_granted(
    tmp_path, written_in, declared, rule, words
):
    shapes = [cell(0, 0), cell(1, 0)] if written_in == 4490 else projected([cell(0, 0), cell(1, 0)], written_in)
    normalized = forest(tmp_path, shapes=shapes, crs=declared)
    assert [(one.rule_id, one.severity) for one in normalized.findings] == [(rule, "error")]
    assert words in normalized.findings[0].message
    there = shapely.from_wkb(normalized.table["geometry"].to_numpy())
    assert shapely.intersects(there, cell(0, 0, 2, 1)).any() == (written_in == 4490)


def test_northing_before_easting(tmp_path):
    swapped = [shapely.transform(shape, lambda at: at[:, ::-1]) for shape in projected([cell(0, 0), cell(1, 0)], 4547)]
    (found,) = forest(tmp_path, shapes=swapped, crs="EPSG:4547").findings
    assert found.rule_id == "layer.outside_district"
    assert "与 EPSG:4547（CGCS2000 / 3-degree Gauss-Kruger CM 114E）相符，但东坐标与北坐标颠倒" in found.message
    assert "easting and northing swapped" in found.message_en


def test_coordinates_that_look_like_nothing_have_no_hint(tmp_path):
    elsewhere = [shapely.transform(cell(0, 0), lambda at: at + 20)] * 2
    assert forest(tmp_path, shapes=elsewhere).findings[0].message == "2 个图形在上党区范围以外"


def test_one_feature_outside_is_named_by_its_id(tmp_path):
    changed = {name: [values[0]] * 4 for name, values in STANDS.items()} | {"XBBH": ["a", "b", "c", "d"]}
    normalized = forest(tmp_path, changed, [cell(0, 0), cell(1, 0), cell(80, 80), cell(2, 0)])
    assert reported(normalized) == [("layer.outside_district", "layer", None, "c")]
    assert normalized.findings[0].point == pytest.approx((113.805, 36.805))


def test_a_geometry_beyond_all_coordinates_is_outside(tmp_path):
    normalized = forest(
        tmp_path, shapes=[shapely.box(9e7, 9e7, 9.1e7, 9.1e7), shapely.box(9e7, 9e7, 9.2e7, 9.1e7)], crs="EPSG:4547"
    )
    assert reported(normalized) == [("layer.outside_district", None, None, None)]


def test_headings_by_synonym_and_case(tmp_path):
    renamed = {"是否森林": ["Y", "n"], "面积": ["99.9", " 100.1 "], "xbbh": ["X1", "X2"]}
    normalized = forest(tmp_path, {"SFSL": None, "MJ": None, "XBBH": None} | renamed)
    assert normalized.findings == []
    assert normalized.table["is_forest"].to_pylist() == [True, False]
    assert normalized.table["declared_area_ha"].to_pylist() == [99.9, 100.1]


@pytest.mark.parametrize("written", [[1, 0], [True, False], ["1", "0"], ["√", "×"]])
def test_yes_and_no_in_every_way(tmp_path, written):
    assert forest(tmp_path, {"SFSL": written}).table["is_forest"].to_pylist() == [True, False]


def test_a_missing_attribute_is_named(tmp_path):
    normalized = forest(tmp_path, {"SFSL": None, "DL": None})
    assert reported(normalized) == [("normalize.missing_required_column", None, "SFSL", None)]
    assert normalized.findings[0].field == "is_forest"
    assert normalized.table["is_forest"].null_count == 2


def test_values_that_cannot_be_taken_are_named_by_feature(tmp_path):
    normalized = forest(tmp_path, {"SFSL": ["也许", "否"], "MJ": ["99.9", "约100"]})
    assert sorted(reported(normalized)) == [
        ("normalize.text_in_numeric", "layer", None, "X2"),
        ("normalize.unknown_value", "layer", None, "X1"),
    ]
    assert normalized.table["declared_area_ha"].to_pylist() == [99.9, None]


def test_the_same_fault_in_all_features_is_reported_once(tmp_path):
    many = {"XBBH": [f"X{i}" for i in range(8)], "DL": ["x"] * 8, "SFSL": ["?"] * 8, "MJ": [1.0] * 8}
    normalized = forest(tmp_path, many, [cell(i, 0) for i in range(8)])
    assert reported(normalized) == [("normalize.unknown_value", "layer", None, None)]


def test_two_attributes_for_one_field(tmp_path):
    assert forest(tmp_path, {"面积": STANDS["MJ"]}).findings == []
    assert reported(forest(tmp_path, {"面积": [1.0, 2.0]})) == [("normalize.ambiguous_header", None, "面积", None)]


def test_names_cut_by_a_shapefile(tmp_path):
    attributes = {"XZQDM": ["140404202"], "XZQMC": ["北呈乡"], "effective_from": ["2021-10-31"]}
    files = shapefile(tmp_path / "s", [cell(0, 0)], attributes)
    assert b"effective_\0" in files[".dbf"]
    normalized = normalize_layer(tmp_path / "s" / "layer.shp", "XZQ.shp", contract("admin_boundary"))
    assert normalized.findings == []
    assert (normalized.table["effective_from"].to_pylist(), normalized.table["period"].to_pylist()) == (
        [date(2021, 10, 31)],
        ["2021-10-31"],
    )


def test_townships_by_code_and_name(tmp_path):
    attributes = {
        "XZQDM": ["140404202", None, "140404100", "140405101"],
        "XZQMC": ["北呈乡", "东和乡", "韩店镇", "渔泽镇"],
        "effective_from": ["2021-10-31"] * 4,
    }
    file = write(tmp_path / "a.gpkg", [cell(i, 0) for i in range(4)], attributes)
    normalized = normalize_layer(file, "XZQ.gpkg", contract("admin_boundary"))
    assert normalized.table["township_code"].to_pylist() == ["140404202", "140404203", "140404001", "140405101"]
    assert reported(normalized) == [
        ("normalize.township_code_resolved", "layer", None, "140404001"),
        ("normalize.unknown_township", "layer", None, "140405101"),
    ]


@pytest.mark.parametrize(
    ("file_name", "layer", "period", "rule"),
    [
        ("林地2024.gpkg", "LD", "2024", None),
        ("林地.gpkg", "林地2024", "2024", None),
        ("林地2024.gpkg", "林地2024年", "2024", None),
        ("林地.gpkg", "LD", None, "normalize.period_missing"),
        ("林地2023.gpkg", "林地2024", "2024", "normalize.period_conflict"),
    ],
)
def test_the_period_of_a_yearly_layer(tmp_path, file_name, layer, period, rule):
    normalized = forest(tmp_path, name=file_name, layer=layer)
    assert set(normalized.table["period"].to_pylist()) == {period}
    assert [one.rule_id for one in normalized.findings] == ([rule] if rule else [])
    assert validate(normalized.table, contract("forest_land"), normalized.findings) == [], (
        "it is not reported of each feature again"
    )


@pytest.mark.parametrize(
    ("file_name", "layer", "period", "rule", "found", "expected"),
    [
        ("林地2023.gpkg", "林地2024", "2024", "normalize.period_conflict", "标题 2024", "文件名 2023"),
        ("林地20250118.gpkg", "LD", None, "normalize.period_missing", None, None),  # the day of sending
        ("林地.gpkg", "林地（依据晋自然资发2021年文）", None, "normalize.period_missing", None, None),
    ],
)
def test_a_layer_names_its_period_as_a_sheet_does(tmp_path, file_name, layer, period, rule, found, expected):
    normalized = forest(tmp_path, name=file_name, layer=layer)
    assert [(one.rule_id, one.found, one.expected) for one in normalized.findings] == [(rule, found, expected)]
    assert set(normalized.table["period"].to_pylist()) == {period}


@pytest.mark.parametrize(
    ("file_name", "attribute", "years", "period", "conflict"),
    [
        ("林地2024.gpkg", "年度", [2024, 2024], "2024", None),
        ("林地2024.gpkg", "年度", [2023, 2023], "2023", ("属性 年度 2023", "文件名 2024")),
        ("林地2024.gpkg", "YEAR", ["2023年", "2023"], "2023", ("属性 YEAR 2023", "文件名 2024")),
        ("林地2024.gpkg", "年份", [1999, 2003], "2024", None),  # of planting: each stand its own
        ("林地.gpkg", "年度", [2023, 2023], "2023", None),
    ],
)
def test_an_attribute_of_the_year_is_read_and_compared(tmp_path, file_name, attribute, years, period, conflict):
    normalized = forest(tmp_path, {attribute: years}, name=file_name, layer="LD")
    assert set(normalized.table["period"].to_pylist()) == {period}
    errors = [item for item in normalized.findings if item.severity == "error"]
    assert [(item.rule_id, item.cell, item.found, item.expected) for item in errors] == (
        [("normalize.period_conflict", attribute, *conflict)] if conflict else []
    )
    read = {one.heading: one.field for one in normalized.record.sheets[0].columns}
    assert read[attribute] == (None if len(set(years)) == 2 and period == "2024" else "period")


def test_an_attribute_that_names_only_the_year_of_a_monthly_layer(tmp_path):
    given = {"XMBH": ["A1", "A1"], "ZXMBH": ["A1-01", "A1-02"], "SBMJ": [1.0, 2.0], "年度": [2024, 2024]}
    file = write(tmp_path / "a.gpkg", [cell(0, 0), cell(1, 0)], given, layer="LD")
    for name, period, rules in (
        ("红线2024年6月.gpkg", "2024-06", []),
        ("红线2025年6月.gpkg", "2025-06", ["normalize.period_conflict"]),
        ("红线.gpkg", None, ["normalize.period_missing"]),
    ):
        normalized = normalize_layer(file, name, contract("project_site"))
        assert set(normalized.table["period"].to_pylist()) == {period}
        assert [one.rule_id for one in normalized.findings] == rules


def test_ids_are_the_same_in_full_width(tmp_path):
    normalized = forest(tmp_path, {"XBBH": ["SD001", "ＳＤ００１"]})
    assert normalized.table["stand_id"].to_pylist() == ["SD001", "SD001"]
    assert [one.rule_id for one in validate(normalized.table, contract("forest_land"), normalized.findings)] == [
        "contract.duplicate_key"
    ]
    (logged,) = normalized.conversions.to_pylist()
    assert (logged["cell"], logged["kind"], logged["written"], logged["taken"]) == (
        "XBBH",
        "full_width",
        "ＳＤ００１",
        "SD001",
    )


def test_identity_numbers_of_persons_are_told_and_not_stored(tmp_path):
    person = "张某140421198001011234"
    normalized = forest(tmp_path, {"DL": [person, "其他林地"], "BZ": [None, person]})
    assert normalized.table["land_class_name"].to_pylist() == ["张某［身份证号］", "其他林地"]
    assert {(one.rule_id, one.severity, one.cell, one.feature) for one in normalized.findings} == {
        ("normalize.personal_number", "info", "BZ", None),
        ("normalize.personal_number", "info", None, "X1"),
    }
    assert not any("1404" in one.message for one in normalized.findings)


def sites(tmp_path, file_name, layer):
    given = {"XMBH": ["A1", "A1"], "ZXMBH": ["A1-01", "A1-02"], "SBMJ": [1.0, 2.0]}
    file = write(tmp_path / "a.gpkg", [cell(0, 0), cell(1, 0)], given, layer=layer)
    return normalize_layer(file, file_name, contract("project_site"))


def test_a_layers_name_may_add_the_month_to_the_year_of_the_file(tmp_path):
    normalized = sites(tmp_path, "项目红线2025.gpkg", "6月")
    assert (normalized.findings, set(normalized.table["period"].to_pylist())) == ([], {"2025-06"})


def test_a_file_of_another_year_than_the_layers_month_is_a_contradiction(tmp_path):
    normalized = sites(tmp_path, "项目红线2024.gpkg", "红线2025年6月")
    assert [(one.rule_id, one.found, one.expected) for one in normalized.findings] == [
        ("normalize.period_conflict", "标题 2025-06", "文件名 2024")
    ]


@pytest.mark.parametrize("written", [[float("inf"), 100.1], ["约100", 100.1], [float("-inf"), 100.1]])
def test_a_number_that_cannot_be_taken_is_a_finding_as_in_a_sheet(tmp_path, written):
    written = written if isinstance(written[0], float) else list(map(str, written))
    normalized = forest(tmp_path, {"MJ": written})
    assert reported(normalized) == [("normalize.text_in_numeric", "layer", None, "X1")]
    assert normalized.table["declared_area_ha"].to_pylist() == [None, 100.1]


def test_a_township_that_says_nothing_is_none(tmp_path):
    attributes = {
        "XZQDM": ["—", "上党区东和乡人民政府"],
        "XZQMC": ["北呈乡", "/"],
        "effective_from": ["2021-10-31"] * 2,
    }
    file = write(tmp_path / "a.gpkg", [cell(0, 0), cell(1, 0)], attributes)
    normalized = normalize_layer(file, "XZQ.gpkg", contract("admin_boundary"))
    assert normalized.findings == []
    assert normalized.table["township_code"].to_pylist() == ["140404202", "140404203"]


def test_a_month_that_does_not_exist(tmp_path):
    sites = {"XMBH": ["A1", None], "ZXMBH": ["A1-01", "A1-02"], "SBMJ": [1.0, 2.0]}
    file = write(tmp_path / "a.gpkg", [cell(0, 0), cell(1, 0)], sites)
    normalized = normalize_layer(file, "项目红线2025-13.gpkg", contract("project_site"))
    assert reported(normalized) == [("normalize.invalid_period", None, None, None)]
    assert normalized.findings[0].found == "文件名 2025-13"
    assert normalized.table["reporting_unit"].to_pylist() == ["A1", "未填"]


def parcels(tmp_path, file_name, codes, townships=None, layer="DLTB", shapes=None):
    file = write(
        tmp_path / f"{layer}.gpkg",
        shapes or [cell(0, 0), cell(1, 0), cell(2, 0)],
        PARCELS | {"ZLDWDM": codes},
        layer=layer,
    )
    return normalize_layer(file, file_name, contract("land_parcel"), townships).table["reporting_unit"].to_pylist()


TWO_TOWNSHIPS = pa.table(
    {
        "township_code": ["140404203", "140404202"],
        "geometry": [shapely.to_wkb(cell(0, 0, 2, 1)), shapely.to_wkb(cell(2, 0, 2, 1))],
    }
)


def test_parcels_belong_to_the_township_in_which_they_lie(tmp_path):
    assert parcels(tmp_path, "北呈2024.gpkg", ["1404042022"] * 3, TWO_TOWNSHIPS) == [
        "140404203",
        "140404203",
        "140404202",
    ]


def test_parcels_that_cannot_be_located_belong_to_the_township_that_the_file_names(tmp_path):
    elsewhere = [cell(20, 20), cell(21, 20), cell(22, 20)]
    assert parcels(tmp_path, "北呈乡2024.gpkg", ["1404042032"] * 3) == ["140404202"] * 3
    assert (
        parcels(tmp_path, "图斑2024.gpkg", ["1404042032"] * 3, TWO_TOWNSHIPS, "韩店街道", elsewhere)
        == ["140404001"] * 3
    )


def test_else_the_location_codes_tell(tmp_path):
    assert parcels(tmp_path, "图斑2024.gpkg", ["1404042022", "140404203", None]) == [
        "140404202",
        "140404203",
        "140404202",
    ]
    assert parcels(tmp_path, "图斑2024.gpkg", ["1404051012"] * 3) == ["140405101"] * 3
    assert parcels(tmp_path, "图斑2024.gpkg", [None] * 3) == ["未填"] * 3


def test_a_few_wrong_codes_make_no_unit_of_their_own(tmp_path):
    count = 40
    attributes = {name: [values[0]] * count for name, values in PARCELS.items()} | {
        "ZLDWDM": ["1404042032"] + ["1404042022"] * (count - 1)
    }
    file = write(tmp_path / "b.gpkg", [cell(i % 10, i // 10) for i in range(count)], attributes)
    assert set(normalize_layer(file, "图斑2024.gpkg", contract("land_parcel")).table["reporting_unit"].to_pylist()) == {
        "140404202"
    }


def test_three_dimensions_become_two(tmp_path):
    file = write(
        tmp_path / "z.geojson", [shapely.force_3d(cell(0, 0), 900.0), shapely.force_3d(cell(1, 0), 901.0)], STANDS
    )
    normalized = normalize_layer(file, "林地2024.geojson", contract("forest_land"))
    assert [(one.rule_id, one.severity, one.found) for one in normalized.findings] == [
        ("layer.more_dimensions", "info", "高程（Z）")
    ]
    assert not shapely.has_z(shapely.from_wkb(normalized.table["geometry"].to_numpy())).any()


def test_no_features_and_no_layer(tmp_path):
    empty = tmp_path / "empty.geojson"
    empty.write_text('{"type":"FeatureCollection","features":[]}')
    normalized = normalize_layer(empty, "林地2024.geojson", contract("forest_land"))
    assert (reported(normalized), normalized.readable) == ([("reading.empty", None, None, None)], False)
    empty.write_text("no layer")
    normalized = normalize_layer(empty, "林地2024.geojson", contract("forest_land"))
    assert (reported(normalized), normalized.readable, normalized.rows_read) == (
        [("reading.unreadable", None, None, None)],
        False,
        0,
    )
