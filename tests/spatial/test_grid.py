"""The grid is never wrong, and knows most; tiles show a feature the same ground as the whole frame does."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from spatial.grid import OUTSIDE, UNKNOWN, Grid
from spatial.tiles import Tiles
from tests.support.spatial_layers import cell, partition

WHOLE = cell(0, 0, 20, 20)


def covering(area_cells, values):
    """The area cell that covers each value, by asking each one."""
    covers = shapely.covers(area_cells[:, np.newaxis], values)
    return np.where(covers.any(axis=0), covers.argmax(axis=0), OUTSIDE)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 9), st.integers(16, 200))
def test_the_grid_gives_the_area_cell_that_covers_a_value_or_does_not_know(seed, parts, cells):
    area_cells = partition(seed, parts, WHOLE)
    values = partition(seed + 1, 300, cell(-3, -3, 26, 26))
    home = Grid.of(area_cells, cells).home(shapely.bounds(values))
    found = home != UNKNOWN
    assert (home[found] == covering(area_cells, values)[found]).all()
    assert not shapely.intersects(shapely.boundary(shapely.geometrycollections(area_cells)), values[found]).any()


def test_the_grid_knows_all_but_what_is_near_a_border():
    area_cells = np.array([cell(0, 0, 10, 20), cell(10, 0, 10, 20)])
    values = np.array([cell(x, y) for x in range(20) for y in range(20)])
    home = Grid.of(area_cells, 100).home(shapely.bounds(values)).reshape(20, 20)
    assert (home[1:9, 1:-1] == 0).all()
    assert (home[11:-1, 1:-1] == 1).all()
    assert (home[9:11] == UNKNOWN).all()


def test_a_hole_of_an_area_cell_is_outside_and_beyond_the_extent_is_unknown():
    grid = Grid.of(np.array([WHOLE.difference(cell(5, 5, 10, 10))]), 100)
    boxes = [cell(9, 9), cell(1, 1), cell(30, 30), cell(-5, 3), cell(-5, -5, 40, 40), shapely.Polygon()]
    assert grid.home(shapely.bounds(boxes)).tolist() == [OUTSIDE, 0, *[UNKNOWN] * 4]


@pytest.mark.parametrize("seed", range(3))
def test_tiles_show_the_same_ground(seed):
    area_cells = partition(seed, 12, WHOLE)
    small, large = partition(seed + 1, 2000, cell(-1, 8, 4, 4)), partition(seed + 2, 20, cell(-1, -1, 22, 22))
    values = np.concatenate([small, large])
    feature, area_cell, ground = Tiles(area_cells).near(values)
    assert (np.diff(feature) >= 0).all()
    shared = np.zeros((len(values), len(area_cells)))
    shared[feature, area_cell] = shapely.area(shapely.intersection(values[feature], ground))
    expected = shapely.area(shapely.intersection(values[:, np.newaxis], area_cells))
    assert shared == pytest.approx(expected, abs=1e-9 * shapely.area(small).mean())
    assert shapely.get_num_coordinates(ground).sum() < shapely.get_num_coordinates(area_cells[area_cell]).sum()


def test_tiles_keep_what_they_clipped():
    tiles = Tiles(partition(5, 12, WHOLE))
    values = partition(6, 2000, cell(8, 8, 4, 4))
    first, again = tiles.near(values)[2], tiles.near(values[::-1])[2]
    assert {id(one) for one in first} == {id(one) for one in again}
