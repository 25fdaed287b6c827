"""Features cut by a area_cells: everything closes, whatever the order and however features are split."""

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from spatial.area import areas
from spatial.overlay import SCHEMA, OverlappingPartition, overlay, overlay_batches
from tests.support.spatial_layers import CELL, cell, partition, wkb

WHOLE = cell(0, 0, 20, 20)


def partition_of(area_cells):
    codes = [f"p{i:02d}" for i in range(len(area_cells))]
    zones = {zoning: [f"{zoning[0]}{code}" for code in codes] for zoning in ("consolidation_zone", "restoration_zone")}
    return pa.table({"part_code": codes, **zones, "geometry": wkb(area_cells)})


def cut(shapes, area_cells, ids=None):
    features = pa.table(
        {"row_id": pa.array(range(len(shapes)) if ids is None else ids, type=pa.int64()), "geometry": wkb(shapes)}
    )
    return overlay(features, partition_of(area_cells))


def sums(table, by, factor=None):
    """Area by a column; factor: of each feature, by row_id."""
    total = {}
    for key, row, area in zip(*(table[name].to_pylist() for name in (by, "row_id", "area_m2")), strict=True):
        total[key] = total.get(key, 0.0) + area * (1.0 if factor is None else factor[row])
    return total


def to_straight(shapes):
    """Straight by geodesic area. It turns shares back into what was measured, which must add up when edges are cut."""
    return areas(shapes, "straight") / areas(shapes)


def shares(whole, pieces):
    """Geodesic area of a shape, divided as its pieces with straight edges."""
    straight = areas(np.array(pieces), "straight")
    assert straight.sum() == pytest.approx(areas(np.array([whole]), "straight")[0], rel=1e-9)
    return (straight / straight.sum() * areas(np.array([whole]))[0]).tolist()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 9), st.integers(5, 60))
def test_random_partitions_close(seed, parts, parcels):
    area_cells = partition(seed, parts, WHOLE)
    shapes = partition(seed + 1, parcels, WHOLE)
    found = cut(shapes, area_cells)
    assert sums(found, "row_id") == pytest.approx(dict(enumerate(areas(shapes).tolist())), rel=1e-9)
    cells_of_partition = {f"p{i:02d}": area for i, area in enumerate(areas(area_cells, "straight").tolist())}
    assert sums(found, "part_code", to_straight(shapes)) == pytest.approx(cells_of_partition, rel=1e-9)
    assert not found["part_code"].null_count


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_neither_order_nor_splitting_changes_sums(seed):
    area_cells = partition(seed, 5, WHOLE)
    shapes = partition(seed + 1, 20, cell(-2, -2, 24, 24))
    expected = sums(cut(shapes, area_cells), "part_code", to_straight(shapes))
    shuffled = np.random.default_rng(seed).permutation(len(shapes))
    assert cut(shapes[shuffled], area_cells, shuffled).equals(cut(shapes, area_cells))
    halves = np.concatenate(
        [shapely.intersection(shapes, cell(-2, -2, 12.3, 24)), shapely.intersection(shapes, cell(10.3, -2, 12, 24))]
    )
    some = halves[~shapely.is_empty(halves)]
    again = sums(cut(some, area_cells), "part_code", to_straight(some))
    assert {key: again[key] for key in expected} == pytest.approx(expected, rel=1e-9, abs=1e-3)


def test_splitting_parcels_changes_geodesic_sums_by_the_cut_edges_only():
    """A cut makes two geodesics of one: an edge of L metres moves by L³ tan φ/12R, 0.26 m² for 300 m; neighbours
    cancel.
    """
    area_cells = [cell(0, 0, 0.55, 1), cell(0.55, 0, 0.45, 1)]
    for seed in range(10):
        shapes = partition(seed, 20, cell(0, 0))
        halves = np.concatenate(
            [shapely.intersection(shapes, cell(0, 0, 1, 0.37)), shapely.intersection(shapes, cell(0, 0.37, 1, 0.63))]
        )
        expected, again = (sums(cut(one, area_cells), "part_code") for one in (shapes, halves))
        assert {key: again[key] for key in expected} == pytest.approx(expected, rel=3e-6)
        assert sum(again.values()) == pytest.approx(sum(expected.values()), rel=1e-6)


def test_rows_are_sorted_and_carry_the_zones():
    found = cut([cell(4, 0, 12, 1), cell(0, 0)], [cell(10, 0, 10, 20), cell(0, 0, 10, 20)], ids=[7, 3])
    assert found.schema == SCHEMA
    rows = [tuple(row.values())[:4] for row in found.to_pylist()]
    assert rows == [(3, "p01", "cp01", "rp01"), (7, "p00", "cp00", "rp00"), (7, "p01", "cp01", "rp01")]
    expected = [*areas(np.array([cell(0, 0)])), *shares(cell(4, 0, 12, 1), [cell(10, 0, 6, 1), cell(4, 0, 6, 1)])]
    assert found["area_m2"].to_pylist() == pytest.approx(expected, rel=1e-12)


def test_a_feature_with_a_hole_and_two_parts_is_cut_whole():
    shape = shapely.MultiPolygon([cell(8, 2, 4, 4).difference(cell(9, 3, 2, 2)), cell(2, 2)])
    found = cut([shape], [cell(0, 0, 10, 20), cell(10, 0, 10, 20)])
    expected = [
        cell(8, 2, 2, 4).difference(cell(9, 3, 1, 2)).union(cell(2, 2)),
        cell(10, 2, 2, 4).difference(cell(10, 3, 1, 2)),
    ]
    assert found["area_m2"].to_pylist() == pytest.approx(shares(shape, expected), rel=1e-9)


def test_hairs_of_a_border_that_was_rounded_otherwise_stay_with_the_feature():
    exact = [cell(x, y) for x in range(10) for y in range(4)]
    rounded = [
        shapely.transform(shape, lambda at: at + np.where(np.round(at * 1e2) % 2, 4e-9, -4e-9)) for shape in exact
    ]
    found = cut(rounded, [cell(0, 0, 5, 4), cell(5, 0, 5, 4)])
    assert found["part_code"].to_pylist() == ["p00"] * 20 + ["p01"] * 20
    assert found["area_m2"].to_pylist() == pytest.approx(areas(np.array(rounded)).tolist(), rel=1e-9)


def test_a_narrow_strip_of_ground_is_no_hair():
    found = cut([cell(4.9999, 0, 1.0001, 1)], [cell(0, 0, 5, 4), cell(5, 0, 5, 4)])
    assert found["part_code"].to_pylist() == ["p00", "p01"]


def test_what_lies_outside_has_no_part():
    found = cut([cell(19, 0, 2, 1), cell(30, 30)], [WHOLE]).to_pylist()
    expected = areas(np.array([cell(19, 0), cell(20, 0), cell(30, 30)]))
    assert [(row["row_id"], row["part_code"]) for row in found] == [(0, "p00"), (0, None), (1, None)]
    assert [row["area_m2"] for row in found] == pytest.approx(expected.tolist(), rel=1e-9)


@pytest.mark.parametrize("shape", [None, shapely.Polygon(), shapely.LineString([(113, 36), (114, 36)])])
def test_a_feature_without_area_is_kept(shape):
    (found,) = cut([shape], [WHOLE]).to_pylist()
    assert found == {
        "row_id": 0,
        "part_code": None,
        "consolidation_zone": None,
        "restoration_zone": None,
        "area_m2": 0.0,
    }


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.integers(7, 60))
def test_batches_do_not_change_the_result(seed, rows):
    area_cells = partition(seed, 6, WHOLE)
    shapes = partition(seed + 1, 60, cell(-2, -2, 24, 24))
    features = pa.table({"row_id": pa.array(range(len(shapes)), type=pa.int64()), "geometry": wkb(shapes)})
    batches = features.to_batches(max_chunksize=rows)
    assert pa.concat_tables(overlay_batches(batches, partition_of(area_cells))).equals(
        overlay(features, partition_of(area_cells))
    )


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 6))
def test_holes_and_many_parts_close_too(seed, parts):
    area_cells = partition(seed, parts, WHOLE)
    cells = partition(seed + 1, 30, WHOLE)
    holed = shapely.difference(cells[:10], shapely.buffer(shapely.point_on_surface(cells[:10]), 0.002))
    joined = shapely.multipolygons([[one, other] for one, other in zip(cells[10:20], cells[20:], strict=True)])
    shapes = np.concatenate([holed, joined])
    found = cut(shapes, area_cells)
    assert sums(found, "row_id") == pytest.approx(dict(enumerate(areas(shapes).tolist())), rel=1e-9)
    whole = areas(np.concatenate([holed, cells[10:]]), "straight").sum()
    assert sum(sums(found, "part_code", to_straight(shapes)).values()) == pytest.approx(whole, rel=1e-9)


def test_only_what_lies_across_a_border_is_cut(monkeypatch):
    """40 × 40 parcels, a border through one column of them: so many are intersected, with two area cells each."""
    pairs = []
    intersection = shapely.intersection

    def counted(one, other):
        if len(one) and shapely.get_num_coordinates(one).max() == 5 and (shapely.area(one) < 0.26 * CELL**2).all():
            pairs.append(len(one))
        return intersection(one, other)

    monkeypatch.setattr("spatial.cutting.shapely.intersection", counted)
    shapes = [cell(x / 2, y / 2, 0.5, 0.5) for x in range(40) for y in range(40)]
    found = cut(shapes, [cell(0, 0, 10.25, 20), cell(10.25, 0, 9.75, 20)])
    assert (pairs, found.num_rows) == ([80], 1640)


def test_an_invalid_polygon_across_a_border_is_kept_whole_outside_of_every_area_cell():
    bow_tie = shapely.Polygon([(113.09, 36.01), (113.11, 36.03), (113.11, 36.01), (113.09, 36.035)])
    found = cut([bow_tie, cell(9, 0, 2, 1)], [cell(0, 0, 10, 20), cell(10, 0, 10, 20)]).to_pylist()
    assert [(row["row_id"], row["part_code"]) for row in found] == [(0, None), (1, "p00"), (1, "p01")]
    assert found[0]["area_m2"] == areas(np.array([bow_tie]))[0] > 0


def test_no_features_give_no_rows():
    assert cut([], [WHOLE]).num_rows == 0


def test_area_cells_that_overlap_each_other_are_refused():
    with pytest.raises(OverlappingPartition):
        cut([cell(1, 1, 10, 3)], [cell(0, 0, 10, 20), cell(8, 0, 10, 20)])


def test_features_of_a_decimetre_across_borders_are_cut_though_rounding_shows_in_them():
    """They are accepted, so they must be cut: coordinates step by 1.6e-9 m, and such a feature has 0.02 m²."""
    cells = partition(5, 12, WHOLE)
    rng = np.random.default_rng(5)
    middles = [
        shapely.line_interpolate_point(shapely.boundary(one), place, normalized=True)
        for one in cells
        for place in rng.random(100)
    ]
    size = 0.1 / 111_000
    turns = rng.random((len(middles), 1)) * 2 * np.pi + np.arange(4) * np.pi / 2
    squares = [
        shapely.Polygon(np.c_[at.x + size * np.cos(turn), at.y + size * np.sin(turn)])
        for at, turn in zip(middles, turns, strict=True)
    ]
    found = cut(squares, cells)
    summed = np.bincount(found["row_id"].to_numpy(), weights=found["area_m2"].to_numpy())
    assert summed == pytest.approx(areas(np.array(squares)), rel=1e-9)
