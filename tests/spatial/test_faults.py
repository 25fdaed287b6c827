"""Faults of single geometries."""

import numpy as np
import pyarrow as pa
import pytest
import shapely

from spatial.faults import SCHEMA, faults
from tests.support.spatial_layers import cell, wkb

BOW_TIE = shapely.Polygon([(113, 36), (113.02, 36.02), (113.02, 36), (113, 36.02)])
NOT_A_NUMBER = shapely.set_coordinates(
    cell(0, 0), np.where(np.arange(10).reshape(5, 2) == 3, np.nan, shapely.get_coordinates(cell(0, 0)))
)


def one(shape):
    column = wkb([shape]) if not isinstance(shape, bytes) else pa.array([shape])
    return faults(pa.array(["T1"]), column).to_pylist()


def test_a_clean_layer_has_none():
    with_hole = cell(0, 0).difference(cell(0.2, 0.2, 0.1, 0.1))
    found = faults(pa.array(["a", "b"]), wkb([with_hole, shapely.MultiPolygon([cell(2, 0), cell(4, 0)])]))
    assert found.schema == SCHEMA
    assert found.num_rows == 0


@pytest.mark.parametrize("shape", [None, shapely.Polygon(), shapely.MultiPolygon()])
def test_nothing_drawn_is_an_empty_geometry(shape):
    assert one(shape) == [{"feature": "T1", "kind": "empty_geometry", "lon": None, "lat": None, "detail": None}]


@pytest.mark.parametrize(
    ("shape", "detail"),
    [
        (shapely.Point(113, 36), "Point"),
        (shapely.LineString([(113, 36), (114, 36)]), "LineString"),
        (shapely.GeometryCollection([cell(0, 0), shapely.Point(113, 36)]), "GeometryCollection"),
    ],
)
def test_what_is_no_polygon_is_named(shape, detail):
    (found,) = one(shape)
    assert (found["kind"], found["detail"]) == ("not_polygon", detail)
    assert found["lon"] == pytest.approx(113, abs=1)


def test_a_curve_is_found_and_leaves_the_others_readable():
    curve = bytes.fromhex("010a00000001000000010800000000000000")
    column = pa.concat_arrays([wkb([cell(0, 0)]), pa.array([curve]), wkb([BOW_TIE])])
    found = faults(pa.array(["a", "b", "c"]), column).to_pylist()
    assert [(row["feature"], row["kind"], row["detail"]) for row in found[:1]] == [
        ("b", "curved_geometry", "CurvePolygon")
    ]
    assert [(row["feature"], row["kind"]) for row in found[1:]] == [("c", "self_intersection")]


def test_a_self_intersection_is_found_with_its_point():
    (found,) = one(BOW_TIE)
    assert found == {
        "feature": "T1",
        "kind": "self_intersection",
        "lon": pytest.approx(113.01),
        "lat": pytest.approx(36.01),
        "detail": "Self-intersection[113.01 36.01]",
    }


def test_other_breaches_are_invalid_with_their_point():
    hole_outside = shapely.Polygon(cell(0, 0).exterior.coords, [cell(3, 3, 0.5, 0.5).exterior.coords])
    (found,) = one(hole_outside)
    assert (found["kind"], found["detail"].split("[")[0]) == ("invalid_geometry", "Hole lies outside shell")
    assert found["lon"] == pytest.approx(113.03, abs=0.01)


def test_a_coordinate_that_is_no_number_is_invalid():
    assert [row["kind"] for row in one(NOT_A_NUMBER)] == ["invalid_geometry"]


@pytest.mark.parametrize(
    "shape",
    [
        cell(0, 0),
        shapely.MultiPolygon([cell(2, 2), cell(0, 0)]),
        shapely.force_3d(cell(0, 0), 900.0),
        shapely.set_srid(cell(0, 0), 4490),
    ],
)
@pytest.mark.parametrize("flavor", ["iso", "extended"])
@pytest.mark.parametrize("byte_order", [0, 1])
def test_an_unclosed_ring_is_found_with_its_end(shape, flavor, byte_order):
    drawn = bytearray(shapely.to_wkb(shape, flavor=flavor, byte_order=byte_order, include_srid=flavor == "extended"))
    size = 24 if shapely.has_z(shape) else 16
    drawn[len(drawn) - size : len(drawn) - size + 16] = np.array(
        [113.5, 36.5], dtype="<f8" if byte_order else ">f8"
    ).tobytes()
    assert one(bytes(drawn)) == [{"feature": "T1", "kind": "unclosed_ring", "lon": 113.5, "lat": 36.5, "detail": None}]


def test_bytes_that_are_no_geometry_are_invalid():
    assert [row["kind"] for row in one(shapely.to_wkb(cell(0, 0))[:40])] == ["invalid_geometry"]


@pytest.mark.parametrize(
    "shape",
    [
        shapely.Polygon([(113, 36), (113.01, 36), (113.02, 36), (113, 36)]),
        shapely.Polygon([(113, 36)] * 4),
        shapely.Polygon([(113, 36), (113.01, 36.01), (113, 36), (113, 36)]),
    ],
)
def test_rings_that_fall_together_have_no_area(shape):
    assert [row["kind"] for row in one(shape)] == ["no_area"]


def test_faults_stand_in_the_order_of_the_features():
    ids = pa.chunked_array([pa.array([7, 3]), pa.array([5])])
    found = faults(ids, pa.chunked_array([wkb([BOW_TIE, None]), wkb([shapely.Point(1, 1)])]))
    assert found["feature"].to_pylist() == ["7", "3", "5"]
    assert found["kind"].to_pylist() == ["self_intersection", "empty_geometry", "not_polygon"]
