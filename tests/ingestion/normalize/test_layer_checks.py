"""Geometry findings beyond the samples: who is held, what is reported once, what is not checked."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
import shapely

from contracts import catalogue, contract
from contracts.reference import membership
from ingestion.normalize.layer_checks import layer_checks
from ingestion.normalize.result import table_schema
from spatial.area import areas
from spatial.gcj02 import gcj02_offset
from tests.support.layer_files import cell

EAST, WEST = "140404203", "140404202"
TOWNSHIPS = pa.table(
    {"township_code": [WEST, EAST], "geometry": [shapely.to_wkb(cell(0, 0, 4, 4)), shapely.to_wkb(cell(4, 0, 4, 4))]}
)
BOW_TIE = shapely.Polygon([(113, 36), (113.02, 36.02), (113.02, 36), (113, 36.02)])


def layer(dataset, shapes, **columns):
    """A submission table of some shapes; columns: of the contract, or a system column."""
    rules = contract(dataset)
    size = areas(np.array(shapes, dtype=object))
    count = len(shapes)
    given = {
        "row_id": range(count),
        "row_no": range(1, count + 1),
        "reporting_unit": ["layer"] * count,
        "period": ["2024"] * count,
        "feature": [f"f{i}" for i in range(count)],
        "geometry": [None if shape is None else shapely.to_wkb(shape) for shape in shapes],
        "area_m2": [None if np.isnan(value) else value for value in size],
    } | columns
    schema = table_schema(rules)
    return pa.table(
        {name: pa.array(given.get(name, [None] * count), type=schema.field(name).type) for name in schema.names},
        schema=schema,
    )


def parcels(shapes, reporting_units, codes=None, **columns):
    declared = [0.0 if np.isnan(size) else size for size in areas(np.array(shapes, dtype=object))]
    return layer(
        "land_parcel",
        shapes,
        reporting_unit=reporting_units,
        location_code=[f"{code}2000000000" for code in codes or reporting_units],
        **{"declared_area_m2": declared} | columns,
    )


def found_in(rows, dataset="land_parcel", townships=TOWNSHIPS):
    return layer_checks(rows, contract(dataset), townships)


def reported(found):
    return [(one.rule_id, one.reporting_unit, one.feature) for one in found]


WEST_CELLS = [cell(x, y) for x in range(4) for y in range(4)]
EAST_CELLS = [cell(x, y) for x in range(4, 8) for y in range(4)]


def test_whole_townships_without_fault():
    assert found_in(parcels(WEST_CELLS + EAST_CELLS, [WEST] * 16 + [EAST] * 16)) == []


def test_a_layer_without_features_has_nothing_to_tell():
    assert found_in(parcels([], [])) == []


def test_an_overlap_across_units_holds_both():
    shapes = [*WEST_CELLS, *EAST_CELLS[1:], cell(3.5, 0, 1.5, 1)]
    found = found_in(parcels(shapes, [WEST] * 16 + [EAST] * 16))
    assert reported(found) == [
        ("layer.overlap", WEST, "f12|f31"),
        ("layer.overlap", EAST, "f12|f31"),
        ("layer.beyond_township", EAST, "f31"),
    ]
    assert cell(3.5, 0, 0.5, 1).contains(shapely.Point(found[0].point))


def test_a_parcel_of_the_neighbour_is_named_by_place():
    found = found_in(parcels([*WEST_CELLS, EAST_CELLS[0]], [WEST] * 17, [WEST] * 16 + [EAST]))
    assert reported(found) == [("layer.outside_unit", WEST, "f16")]
    assert (found[0].found, found[0].expected) == ("北呈乡", "东和乡")


def test_a_wrong_code_in_a_layer_of_several_units_holds_both():
    reporting_units = [WEST] * 15 + [EAST] * 17
    found = found_in(parcels(WEST_CELLS + EAST_CELLS, reporting_units, reporting_units))
    assert reported(found) == [
        ("layer.zldwdm_township_mismatch", EAST, "f15"),
        ("layer.zldwdm_township_mismatch", WEST, "f15"),
    ]


def test_wrong_codes_everywhere_are_reported_once():
    found = found_in(parcels(WEST_CELLS, [WEST] * 16, [EAST] * 16))
    assert reported(found) == [("layer.zldwdm_township_mismatch", WEST, None)]


def test_many_small_gaps_count_together():
    narrow = 1 - catalogue()["layer.gap"].threshold / 100 / 10
    shapes = [cell(x, y, 1, narrow) for x in range(4) for y in range(4)]
    assert found_in(parcels(shapes, [WEST] * 16)) == []
    wide = 1 - catalogue()["layer.gap"].threshold / 100 * 3
    found = found_in(parcels([cell(x, y, 1, wide) for x in range(4) for y in range(4)], [WEST] * 16))
    assert reported(found) == [("layer.gap", WEST, None)]


def test_gaps_are_not_checked_beside_a_faulty_shape():
    found = found_in(parcels([BOW_TIE, *WEST_CELLS[4:]], [WEST] * 13, **{"declared_area_m2": [0.0] + [2e6] * 12}))
    assert reported(found) == [("layer.self_intersection", WEST, "f0"), ("layer.declared_area_mismatch", WEST, None)]


def test_without_boundaries_nothing_is_held_against_townships():
    assert found_in(parcels(WEST_CELLS[:3], [WEST] * 3, [EAST] * 3), townships=None) == []


def test_features_that_lie_elsewhere_are_left_to_normalizing():
    far = [shapely.transform(shape, lambda at: at + 5) for shape in WEST_CELLS[:2]]
    assert found_in(parcels(far, [WEST] * 2, [EAST] * 2)) == []


def test_inside_the_extent_and_in_no_township():
    shapes = [cell(0, 0), cell(1, 1), cell(20, 20)]
    rows = layer("wetland", shapes, declared_area_ha=areas(np.array(shapes)) / 1e4)
    assert reported(found_in(rows, "wetland")) == [("layer.outside_district", "layer", "f2")]


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (15, "疑为亩写在公顷栏"),
        (0.01, "疑为平方千米写在公顷栏"),
        (10_000, "疑为平方米写在公顷栏"),
        (1.03, "相差 3%"),
    ],
)
def test_a_declared_area_names_the_unit_that_was_confused(factor, words):
    shapes = [cell(0, 0), cell(1, 0)]
    rows = layer("wetland", shapes, declared_area_ha=areas(np.array(shapes)) / 1e4 * np.array([1, factor]))
    (found,) = found_in(rows, "wetland")
    assert (found.rule_id, found.feature, found.field) == ("layer.declared_area_mismatch", "f1", "declared_area_ha")
    assert words in found.message


def test_a_small_difference_of_the_declared_area_passes():
    shapes = [cell(0, 0), cell(1, 0)]
    limit = catalogue()["layer.declared_area_mismatch"].threshold / 100
    declared = areas(np.array(shapes)) / 1e4 * np.array([1 + limit * 0.99, 1 + limit * 1.01])
    found = found_in(layer("wetland", shapes, declared_area_ha=declared), "wetland")
    assert reported(found) == [("layer.declared_area_mismatch", "layer", "f1")]


def test_sites_within_a_project_and_between_projects():
    shapes = [cell(0, 0, 2, 1), cell(1, 0, 2, 1), cell(2, 0, 2, 1)]
    projects = ["A1", "A1", "B1"]
    rows = layer(
        "project_site",
        shapes,
        project_id=projects,
        reporting_unit=projects,
        declared_area_ha=areas(np.array(shapes)) / 1e4,
    )
    found = found_in(rows, "project_site")
    assert [(*reported([one])[0], one.severity) for one in found] == [
        ("layer.overlap", "A1", "f0|f1", "error"),
        ("layer.project_site_overlap", "A1", "f1|f2", "warning"),
    ]


def test_townships_that_a_boundary_lacks():
    rows = layer(
        "admin_boundary", [cell(0, 0), None], township_code=[WEST, EAST], effective_from=[date(2021, 10, 31)] * 2
    )
    found = found_in(rows, "admin_boundary", None)
    assert reported(found)[0] == ("layer.empty_geometry", "layer", "f1")
    assert len(found) == 1 + 8
    assert {one.rule_id for one in found[1:]} == {"layer.missing_unit"}
    assert not {WEST, EAST} & {one.feature for one in found}


def test_geometry_warnings_load_and_are_reported_with_their_place():
    spike = (
        WEST_CELLS[0]
        .union(shapely.Polygon([(113.002, 36.002), (113.0035, 35.99999), (113.004, 36.002)]))
        .union(shapely.Polygon([(113.001, 36.0), (113.0015, 35.95), (113.00101, 36.0)]))
    )
    shapes = [spike, shapely.MultiPolygon([WEST_CELLS[1], shapely.box(113.05, 36.05, 113.050001, 36.050001)])]
    doubled = shapely.get_coordinates(WEST_CELLS[2])
    shapes.append(shapely.Polygon([doubled[0], *doubled]))
    rows = layer("wetland", shapes, declared_area_ha=areas(np.array(shapes)) / 1e4)
    found = found_in(rows, "wetland", None)
    assert [(one.rule_id, one.severity, one.feature) for one in found] == [
        ("layer.spike", "warning", "f0"),
        ("layer.duplicate_point", "info", "f2"),
        ("layer.tiny_ring", "warning", "f1"),
    ]
    assert found[0].point == pytest.approx((113.0015, 35.95))
    # 1e-5 degrees wide and 0.05 high: atan(1e-5 cos 36° / 0.05)
    assert "图形有 1 处尖刺" in found[0].message and float(found[0].found) == pytest.approx(0.00927, rel=2e-3)


def test_a_geometry_warning_of_nearly_all_features_is_reported_once():
    ring = [(0.0, 0.0), (0.0, 0.0), (0.01, 0.0), (0.01, 0.01), (0.0, 0.01)]
    shapes = [shapely.Polygon([(113 + n * 0.01 + x, 36 + y) for x, y in ring]) for n in range(6)]
    (found,) = found_in(layer("wetland", shapes, declared_area_ha=areas(np.array(shapes)) / 1e4), "wetland", None)
    assert (found.rule_id, found.feature, found.message) == (
        "layer.duplicate_point",
        None,
        "图形有 6 处重复的顶点，间距不超过 0.001 米",
    )


def test_a_feature_that_reaches_over_the_districts_border():
    limit = catalogue()["layer.partly_outside"].threshold / 100
    shapes = [cell(7, 0, 1 + limit * 0.9, 1), cell(7, 1, 1 / (1 - limit * 4), 1), cell(2, 2)]
    rows = layer("wetland", shapes, declared_area_ha=areas(np.array(shapes)) / 1e4)
    (found,) = found_in(rows, "wetland")
    assert (found.rule_id, found.severity, found.feature) == ("layer.partly_outside", "warning", "f1")
    assert "（4%）" in found.message
    assert shapes[1].difference(cell(0, 0, 8, 4)).contains(shapely.Point(found.point))


def test_parcels_beyond_their_township_as_much_as_a_gap_may_not_be():
    limit = catalogue()["layer.beyond_township"].threshold / 100 * 16  # in cells, of a township of sixteen
    for wide, rules in ((limit * 0.9, []), (limit * 1.1, [("layer.beyond_township", WEST, "f12")])):
        shapes = [*WEST_CELLS[:12], cell(3, 0, 1 + wide, 1), *WEST_CELLS[13:]]
        assert reported(found_in(parcels(shapes, [WEST] * 16))) == rules
    shapes = [*WEST_CELLS[:12], *(cell(3, y, 1 + limit * 0.3, 1) for y in range(4))]
    (found,) = found_in(parcels(shapes, [WEST] * 16))
    assert (found.rule_id, found.expected) == ("layer.beyond_township", "北呈乡")
    assert "占乡镇面积的 0.012%" in found.message


@pytest.mark.parametrize(
    ("east", "north", "is_web"),
    [
        (*np.array(gcj02_offset(113.02, 36.02)), True),
        (0.003, -0.002, False),
    ],
)
def test_a_layer_that_is_shifted_as_a_whole_is_reported_once_and_not_moved(east, north, is_web):
    moved = [shapely.transform(shape, lambda at: at + np.array([east, north])) for shape in WEST_CELLS]
    (found,) = found_in(parcels(moved, [WEST] * 16))
    assert (found.rule_id, found.severity, found.reporting_unit) == ("layer.shifted", "error", None)
    metres = np.hypot(east * 111_320 * np.cos(np.radians(36.02)), north * 111_320)
    assert float(found.found) == pytest.approx(metres, rel=2e-3)
    assert ("GCJ-02" in found.message) is is_web


def test_a_boundary_or_zones_that_are_shifted_against_what_is_accepted(drawn_zones):
    townships, shapes = drawn_zones

    def move(shape):
        return shapely.transform(shape, lambda at: at + np.array([0.006, 0.0005]))

    (found,) = found_in(zoned({key: move(shape) for key, shape in shapes.items()}), "planning_zone", townships)
    assert found.rule_id == "layer.shifted"
    outlines = shapely.from_wkb(np.array(townships["geometry"].to_pylist(), dtype=object))
    codes = townships["township_code"].to_pylist()
    rows = layer("admin_boundary", [move(shape) for shape in outlines], township_code=codes, feature=codes)
    assert reported(found_in(rows, "admin_boundary", townships)) == [("layer.shifted", None, None)]


def test_a_township_of_another_shape_is_not_taken_for_a_shifted_one():
    found = found_in(parcels([cell(x, y) for x in range(2) for y in range(8)], [WEST] * 16))
    assert "layer.shifted" not in {one.rule_id for one in found}


def test_a_site_on_the_accepted_site_of_another_project():
    shapes = [cell(0, 0, 2, 1), cell(3, 0)]
    rows = layer(
        "project_site",
        shapes,
        project_id=["A1", "A1"],
        reporting_unit=["A1", "A1"],
        declared_area_ha=areas(np.array(shapes)) / 1e4,
    )
    others = pa.table(
        {
            "project_id": ["B1", "A1"],
            "period": ["2024-12", "2024-12"],
            "feature": ["B1-01", "A1-09"],
            "geometry": [shapely.to_wkb(cell(1, 0, 2, 1)), shapely.to_wkb(cell(0, 0))],
        }
    )
    (found,) = layer_checks(rows, contract("project_site"), TOWNSHIPS, others)
    assert (found.rule_id, found.severity, found.reporting_unit, found.feature) == (
        "layer.site_of_other_project",
        "warning",
        "A1",
        "f0|B1-01",
    )
    assert float(found.found) == pytest.approx(areas(np.array([cell(1, 0)]), "straight")[0], abs=0.06)
    assert cell(1, 0).contains(shapely.Point(found.point))
    assert "与项目 B1 已接收的红线（2024-12）重叠" in found.message


@pytest.fixture(scope="module")
def drawn_zones():
    """Townships as boxes in a row (one that the plan splits, in halves), and the plan's zones as what they are made of."""
    ground = {}
    for place, code in enumerate(sorted({row["township_code"] for row in membership()})):
        parts = [row for row in membership() if row["township_code"] == code]
        for half, row in enumerate(parts):
            ground[row["part_code"]] = cell(place + half / len(parts), 0, 1 / len(parts), 1)
    of_township, of_zone = {}, {}
    for row in membership():
        of_township.setdefault(row["township_code"], []).append(ground[row["part_code"]])
        for zoning in ("consolidation", "restoration"):
            of_zone.setdefault((zoning, row[f"{zoning}_zone"]), []).append(ground[row["part_code"]])
    outlines = [shapely.to_wkb(shapely.union_all(parts)) for parts in of_township.values()]
    townships = pa.table({"township_code": list(of_township), "geometry": outlines})
    return townships, {key: shapely.union_all(parts) for key, parts in of_zone.items()}


def zoned(shapes):
    return layer(
        "planning_zone",
        list(shapes.values()),
        zoning=[zoning for zoning, _ in shapes],
        zone_code=[code for _, code in shapes],
        feature=[code for _, code in shapes],
    )


def test_zones_as_planned_have_nothing_to_tell(drawn_zones):
    townships, shapes = drawn_zones
    assert found_in(zoned(shapes), "planning_zone", townships) == []


def test_ground_of_a_township_in_no_zone_is_reported_with_its_place(drawn_zones):
    townships, shapes = drawn_zones
    east = dict(zip(townships["township_code"].to_pylist(), townships["geometry"].to_pylist(), strict=True))[EAST]
    outline = shapely.from_wkb(east)
    west_edge, south_edge, *_ = outline.bounds
    hole = shapely.box(west_edge + 0.002, south_edge + 0.002, west_edge + 0.004, south_edge + 0.005)
    left_out = shapes | {("consolidation", "cz_basin"): shapes["consolidation", "cz_basin"].difference(hole)}
    (found,) = found_in(zoned(left_out), "planning_zone", townships)
    assert (found.rule_id, found.severity, found.reporting_unit, found.feature) == (
        "layer.zoning_mismatch",
        "error",
        "layer",
        "rz_basin",
    )
    assert float(found.found) == pytest.approx(areas(np.array([hole]), "straight")[0], abs=0.06)
    assert hole.contains(shapely.Point(found.point))
    assert "东和乡在（未划入整治区）、浊漳河河谷盆地土地整治和矿山生态修复区内" in found.message
    assert f"of {EAST} lie in no consolidation zone and rz_basin" in found.message_en


def test_a_township_in_another_zone_than_planned_is_reported_once(drawn_zones):
    townships, shapes = drawn_zones
    moved = shapely.from_wkb(
        dict(zip(townships["township_code"].to_pylist(), townships["geometry"].to_pylist(), strict=True))[EAST]
    )
    otherwise = shapes | {
        ("consolidation", "cz_basin"): shapes["consolidation", "cz_basin"].difference(moved),
        ("consolidation", "cz_south"): shapes["consolidation", "cz_south"].union(moved),
    }
    found = found_in(zoned(otherwise), "planning_zone", townships)
    assert reported(found) == [("layer.zoning_mismatch", "layer", "cz_south|rz_basin")]
    assert found_in(zoned(otherwise), "planning_zone", None) == []


def test_a_boundary_is_held_against_the_accepted_zones_by_the_same_partition(drawn_zones):
    """Whichever comes second: ground beyond the zones is the boundary's mismatch, as it would have been the zones'."""
    townships, shapes = drawn_zones
    zones = zoned(shapes)

    def found(outlines):
        codes = townships["township_code"].to_pylist()
        rows = layer("admin_boundary", outlines, township_code=codes, feature=codes)
        return layer_checks(rows, contract("admin_boundary"), None, None, zones)

    outlines = [shapely.from_wkb(one) for one in townships["geometry"].to_pylist()]
    assert "layer.boundary_mismatch" not in {one.rule_id for one in found(outlines)}
    west, south, east, _ = outlines[0].bounds
    beyond = shapely.box(west, south - 0.0003, east, south)
    (mismatch,) = [
        one
        for one in found([shapely.union(outlines[0], beyond), *outlines[1:]])
        if one.rule_id == "layer.boundary_mismatch"
    ]
    code = townships["township_code"][0].as_py()
    assert (mismatch.severity, mismatch.reporting_unit, mismatch.feature) == ("error", "layer", code)
    assert float(mismatch.found) == pytest.approx(areas(np.array([beyond]), "straight")[0], abs=0.06)
    assert beyond.contains(shapely.Point(mismatch.point))
    assert "未划入整治区" in mismatch.message


def test_zones_that_overlap_are_reported_as_overlaps_only(drawn_zones):
    townships, shapes = drawn_zones
    everything = shapely.union_all(list(shapes.values()))
    overlapping = shapes | {("consolidation", "cz_south"): everything}
    found = found_in(zoned(overlapping), "planning_zone", townships)
    assert {one.rule_id for one in found} == {"layer.overlap"}


def test_a_feature_without_id_is_named_by_its_number():
    assert reported(found_in(parcels([BOW_TIE], [WEST], feature=[None]))) == [("layer.self_intersection", WEST, "1")]


def test_a_site_of_a_river_project_may_be_a_line_and_no_other_may():
    river = shapely.LineString([(113.01, 36.01), (113.02, 36.02)])
    rows = layer(
        "project_site",
        [river, shapely.MultiLineString([river]), river, cell(1, 1)],
        project_id=["F1", "F3", "A1", "F2"],
        subproject_id=["F1-01", "F3-01", "A1-01", "F2-01"],
        declared_area_ha=[0.0, 0.0, 0.0, float(areas(np.array([cell(1, 1)], dtype=object))[0]) / 1e4],
    )
    found = [(one.rule_id, one.feature) for one in found_in(rows, "project_site")]
    assert found == [("layer.not_polygon", "f2")]


def test_a_line_outside_the_townships_is_found():
    beyond = shapely.LineString([(113.2, 36.01), (113.21, 36.02)])
    rows = layer("project_site", [beyond], project_id=["F1"], subproject_id=["F1-01"], declared_area_ha=[0.0])
    assert [one.rule_id for one in found_in(rows, "project_site")] == ["layer.outside_district"]
