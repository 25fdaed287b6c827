"""Overlaps: the same pairs as comparing everything with everything."""

from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from spatial.area import areas
from spatial.overlaps import SCHEMA, candidates, overlaps
from tests.support.spatial_layers import cell, partition, wkb


def named(shapes, min_area_m2=1.0, **options):
    return overlaps(pa.array([f"f{i}" for i in range(len(shapes))]), wkb(shapes), min_area_m2, **options).to_pylist()


def by_brute_force(shapes, min_area_m2):
    shared = {
        (i, j): areas(np.array([shapes[i].intersection(shapes[j])]), "straight")[0]
        for i, j in combinations(range(len(shapes)), 2)
    }
    return {pair: area for pair, area in shared.items() if area > min_area_m2}


boxes = st.builds(cell, st.integers(0, 6), st.integers(0, 6), st.integers(1, 4), st.integers(1, 4))


@settings(max_examples=60, deadline=None)
@given(st.lists(boxes, min_size=2, max_size=12))
def test_pairs_equal_brute_force_with_stacked_and_contained_features(shapes):
    found = {(int(row["feature_a"][1:]), int(row["feature_b"][1:])): row["area_m2"] for row in named(shapes)}
    assert found == pytest.approx(by_brute_force(shapes, 1.0), rel=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_a_feature_thrown_on_a_partition_overlaps_what_it_touches_only(seed):
    shapes = [*partition(seed, 40, cell(0, 0, 20, 20)), cell(3.3, 4.1, 5, 2)]
    found = {(int(row["feature_a"][1:]), int(row["feature_b"][1:])): row["area_m2"] for row in named(shapes)}
    assert found == pytest.approx(by_brute_force(shapes, 1.0), rel=1e-9)
    assert {second for _, second in found} == {len(shapes) - 1}


def test_a_partition_has_no_candidates_at_all():
    shapes = np.array([cell(x, y) for x in range(30) for y in range(30)])
    assert [len(side) for side in candidates(shapes)] == [0, 0]


def test_a_border_drawn_with_more_vertices_by_one_side_is_no_overlap():
    south = shapely.Polygon([(113, 36), (113.1, 36), (113.1, 36.03), (113, 36.07)])
    north = shapely.segmentize(shapely.Polygon([(113, 36.07), (113.1, 36.03), (113.1, 36.1), (113, 36.1)]), 0.007)
    assert named([south, north], 1e-3) == []


def test_the_point_lies_in_the_overlap_and_the_area_is_ellipsoidal():
    (found,) = named([cell(0, 0, 2, 2), cell(1, 1, 2, 2)])
    shared = cell(1, 1)
    assert shared.contains(shapely.Point(found["lon"], found["lat"]))
    assert found["area_m2"] == pytest.approx(areas(np.array([shared]), "straight")[0], rel=1e-12)


def test_the_point_lies_in_the_largest_piece():
    comb = shapely.union_all([cell(0, 0, 9, 1), cell(1, 0, 0.2, 3), cell(5, 0, 2, 3)])
    (found,) = named([comb, cell(0, 2, 9, 2)])
    assert cell(5, 2, 2, 1).contains(shapely.Point(found["lon"], found["lat"]))


def test_small_overlaps_are_let_pass():
    shapes = [cell(0, 0), cell(1, 0).union(cell(0.999999, 0, 0.000001, 1))]
    assert named(shapes, min_area_m2=1.1) == []
    assert len(named(shapes, min_area_m2=0.9)) == 1


def test_groups_within_and_between():
    shapes = [cell(0, 0, 2, 1), cell(1, 0, 2, 1), cell(1, 0, 1, 3)]
    group = pa.array(["A", "A", "B"])

    def pairs(among):
        return [(row["feature_a"], row["feature_b"]) for row in named(shapes, group=group, among=among)]

    assert pairs("within") == [("f0", "f1")]
    assert pairs("between") == [("f0", "f2"), ("f1", "f2")]
    assert pairs("all") == [("f0", "f1"), ("f0", "f2"), ("f1", "f2")]


def test_faulty_features_are_left_out():
    bow_tie = shapely.Polygon([(113, 36), (113.02, 36.02), (113.02, 36), (113, 36.02)])
    found = overlaps(pa.array(["a", "b", "c", "d"]), wkb([bow_tie, cell(0, 0), None, shapely.Point(113, 36)]), 1.0)
    assert found.num_rows == 0
    assert found.schema == SCHEMA
