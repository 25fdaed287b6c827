"""Gaps of a layer inside a region."""

import numpy as np
import pyarrow as pa
import pytest
import shapely

from spatial.area import areas
from spatial.gaps import SCHEMA, gaps
from tests.support.spatial_layers import cell, partition, wkb

REGION = cell(0, 0, 10, 10)


def test_a_partition_leaves_none():
    found = gaps(wkb(partition(3, 60, REGION)), shapely.to_wkb(REGION))
    assert found.schema == SCHEMA
    assert sum(found["area_m2"].to_pylist()) < 1e-3


def test_missing_cells_are_found_with_point_and_area_the_largest_first():
    missing = [cell(2, 2), cell(7, 5, 1, 2)]
    rest = [cell(x, y) for x in range(10) for y in range(10) if (x, y) not in {(2, 2), (7, 5), (7, 6)}]
    large, small = gaps(wkb(rest), shapely.to_wkb(REGION)).to_pylist()
    assert [large["area_m2"], small["area_m2"]] == pytest.approx(
        areas(np.array(missing[::-1]), "straight").tolist(), rel=1e-9
    )
    assert missing[1].contains(shapely.Point(large["lon"], large["lat"]))
    assert missing[0].contains(shapely.Point(small["lon"], small["lat"]))


def test_what_lies_beyond_the_region_does_not_matter():
    assert gaps(wkb([cell(-5, -5, 30, 30)]), shapely.to_wkb(REGION)).num_rows == 0
    (whole,) = gaps(wkb([cell(20, 20), None, shapely.Polygon()]), shapely.to_wkb(REGION)).to_pylist()
    assert whole["area_m2"] == pytest.approx(areas(np.array([REGION]), "straight")[0], rel=1e-12)


def test_no_features_leave_the_whole_region():
    (whole,) = gaps(pa.array([], type=pa.binary()), shapely.to_wkb(REGION)).to_pylist()
    assert whole["area_m2"] == pytest.approx(areas(np.array([REGION]), "straight")[0], rel=1e-12)


def test_a_border_drawn_with_more_vertices_leaves_no_gap():
    region = shapely.Polygon([(113, 36), (113.1, 36.03), (113.1, 36.1), (113, 36.1)])
    found = gaps(wkb([shapely.segmentize(region, 0.007)]), shapely.to_wkb(region))
    assert sum(found["area_m2"].to_pylist()) < 1e-3
    assert abs(areas(np.array([shapely.segmentize(region, 0.007)])) - areas(np.array([region])))[0] > 1000
