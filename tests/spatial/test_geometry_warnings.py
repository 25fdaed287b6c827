"""Geometry warnings: what is unusual in a ring and yet loads."""

import numpy as np
import pyarrow as pa
import pytest
import shapely

from spatial.geometry_warnings import SCHEMA, dimensions, geometry_warnings
from tests.support.spatial_layers import cell, partition, wkb

SPIKE_DEGREES, DUPLICATE_M, TINY_M2 = 1.0, 0.001, 1.0
BOW_TIE = shapely.Polygon([(113, 36), (113.02, 36.02), (113.02, 36), (113, 36.02)])
SPIKED = shapely.Polygon(
    [(113, 36), (113.01, 36), (113.02, 36.00001), (113.01, 36.0001), (113.01, 36.01), (113, 36.01)]
)
DOUBLED = shapely.Polygon(
    [(113, 36), (113.01, 36), (113.01, 36), (113.01, 36.000000005), (113.01, 36.01), (113, 36.01)]
)
HOLE = shapely.box(113.002, 36.002, 113.002005, 36.002005)
HOLED = cell(0, 0).difference(HOLE)
SAME_WAY = shapely.Polygon(
    shapely.orient_polygons(cell(0, 0)).exterior, [shapely.orient_polygons(cell(0.2, 0.2, 0.1, 0.1)).exterior]
)


def found(*shapes):
    ids = pa.array([f"T{number}" for number in range(len(shapes))])
    return geometry_warnings(ids, wkb(shapes), SPIKE_DEGREES, DUPLICATE_M, TINY_M2).to_pylist()


def test_a_partition_has_none():
    assert (
        geometry_warnings(
            pa.array(range(60)), wkb(partition(5, 60, cell(0, 0, 10, 10))), SPIKE_DEGREES, DUPLICATE_M, TINY_M2
        ).num_rows
        == 0
    )
    assert geometry_warnings(pa.array([], pa.string()), wkb([]), SPIKE_DEGREES, DUPLICATE_M, TINY_M2).schema == SCHEMA


@pytest.mark.parametrize("start", range(6))
def test_a_spike_is_found_with_its_tip_and_angle_wherever_the_ring_starts(start):
    ring = np.roll(shapely.get_coordinates(SPIKED)[:-1], start, axis=0)
    (one,) = found(cell(5, 5), shapely.Polygon(ring))
    west = 0.01 * np.cos(
        np.radians(36)
    )  # from the tip both ends lie so far west, one of them south, the other north of it
    angle = np.degrees(np.arctan(0.00001 / west) + np.arctan(0.00009 / west))
    assert one == {
        "feature": "T1",
        "kind": "spike",
        "lon": 113.02,
        "lat": 36.00001,
        "count": 1,
        "measure": pytest.approx(angle, rel=1e-3),
    }


def test_an_angle_over_the_limit_is_no_spike():
    blunt = shapely.Polygon(
        [(113, 36), (113.01, 36), (113.02, 36.00005), (113.01, 36.0003), (113.01, 36.01), (113, 36.01)]
    )
    assert found(blunt) == []


def test_points_that_are_drawn_twice_are_counted():
    (one,) = found(DOUBLED)
    assert one == {"feature": "T0", "kind": "duplicate_point", "lon": 113.01, "lat": 36.0, "count": 2, "measure": 0.0}


def test_a_tiny_hole_and_a_tiny_part_are_found_with_their_area():
    hole, part = found(HOLED, shapely.MultiPolygon([cell(0, 0), shapely.box(113.1, 36.1, 113.100001, 36.100001)]))
    assert (hole["feature"], hole["kind"], hole["count"]) == ("T0", "tiny_ring", 1)
    # 5e-6 degrees are 0.4504 m east at 36.002 N (cos times 6,385 km in the prime vertical) and 0.5547 m north
    assert hole["measure"] == pytest.approx(0.4507 * 0.5548, rel=2e-3)
    assert (part["feature"], part["kind"], part["lon"]) == ("T1", "tiny_ring", pytest.approx(113.1))


def test_a_hole_winds_against_its_shell():
    (one,) = found(SAME_WAY, shapely.reverse(cell(0, 0).difference(cell(0.2, 0.2, 0.1, 0.1))))
    assert (one["feature"], one["kind"], one["measure"]) == ("T0", "ring_orientation", None)


def test_what_is_faulty_or_empty_is_passed_over():
    assert found(None, shapely.Polygon(), BOW_TIE, shapely.Point(113, 36)) == []


def test_several_kinds_in_the_order_of_the_features():
    assert [(one["feature"], one["kind"]) for one in found(SAME_WAY, DOUBLED, SPIKED)] == [
        ("T0", "ring_orientation"),
        ("T1", "duplicate_point"),
        ("T2", "spike"),
    ]


@pytest.mark.parametrize("flavor", ["iso", "extended"])
def test_dimensions_beyond_the_plane(flavor):
    def drawn(*shapes):
        return pa.array(
            [None, *(shapely.to_wkb(shape, output_dimension=4, flavor=flavor) for shape in shapes)], pa.binary()
        )

    assert list(dimensions(drawn(cell(0, 0)))) == []
    assert list(dimensions(drawn(cell(0, 0), shapely.force_3d(cell(1, 1), 5.0)))) == ["Z"]
    assert list(dimensions(drawn(shapely.from_wkt("POLYGON M ((0 0 1, 1 0 1, 1 1 1, 0 0 1))")))) == ["M"]
