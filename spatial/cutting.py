"""Cuts features by area cells exactly; `overlay` asks here for what lies across a border."""

from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from spatial.area import areas, mean_width_m
from spatial.grid import OUTSIDE
from spatial.tiles import Tiles
from spatial.wkb import Geometries

# of a feature's area, the closure that `overlay` promises: a difference below it is rounding, not ground
CLOSURE = 1e-9
NOISE = CLOSURE / 10  # a single piece below it, likewise: ten such pieces still close
# of ground counted twice, what rounding makes: coordinates of the district step by 1.6e-9 m, along an edge of 500 m that is
# so much. Features of 0.3 m across a border differ by more than CLOSURE of themselves (79 of 88 tried batches of 50)
ROUNDING_M2 = 1e-6
# a piece no wider is how two programs rounded one border (File Geodatabases keep 0.1 mm), not ground of the other side
HAIR_WIDTH_M = 0.01

Pieces: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


class OverlappingPartition(ValueError):
    """Area cells of a base partition share ground."""


class AreaCells:
    """Disjoint polygons by which features are cut. shapes: longitude/latitude."""

    def __init__(self, shapes: Geometries) -> None:
        self.shapes = shapes
        self._tiles = Tiles(shapes)

    def place(self, values: Geometries) -> tuple[NDArray[np.int64], NDArray[np.int64], Pieces]:
        """Where features lie: the area cell in which each lies whole (OUTSIDE: in no single one), which are cut, and
        their pieces.

        values: valid polygons. Pieces: whose, in which area cell (OUTSIDE: in none), m² with straight edges. Raises
        OverlappingPartition.
        """
        feature, area_cell, ground = self._tiles.near(values)
        home = _homes(values, feature, area_cell, ground)
        divided = np.flatnonzero(home == OUTSIDE)
        whole = np.zeros(len(values))
        whole[divided] = areas(values[divided], "straight")
        is_divided = whole > 0
        met = is_divided[feature]
        pieces = _cut(values, whole, (feature[met], area_cell[met]), ground[met])
        return home, np.flatnonzero(is_divided), pieces


def _homes(
    values: Geometries, feature: NDArray[np.int64], area_cell: NDArray[np.int64], ground: Geometries
) -> NDArray[np.int64]:
    """The area cell that covers each feature, or OUTSIDE: the one around its middle is asked first, as it mostly is the
    one.
    """
    home = np.full(len(values), OUTSIDE, dtype=np.int64)
    west, south, east, north = shapely.bounds(values)[feature].T
    likely = shapely.contains_xy(ground, (west + east) / 2, (south + north) / 2)
    for asked in (likely, ~likely):
        pairs = np.flatnonzero(asked & (home[feature] == OUTSIDE))
        covered = pairs[shapely.covers(ground[pairs], values[feature[pairs]])]
        home[feature[covered]] = area_cell[covered]
    return home


def _cut(
    values: Geometries,
    whole: NDArray[np.float64],
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]],
    ground: Geometries,
) -> Pieces:
    """Pieces of features. whole: straight areas, 0 for those that are not cut; pairs: of a feature and an area cell;
    ground: the area cells.
    """
    feature, area_cell = pairs
    shapes = shapely.intersection(values[feature], ground)
    size = np.nan_to_num(areas(shapes, "straight"))
    outside = whole - np.bincount(feature, weights=size, minlength=len(values))
    if (outside < -CLOSURE * whole - ROUNDING_M2).any():
        raise OverlappingPartition("area cells overlap each other: features would be counted twice")
    beyond = np.flatnonzero(outside > CLOSURE * whole)
    real = size > NOISE * whole[feature]
    left = _without(values, beyond, feature, ground)
    feature, area_cell, shapes, size = feature[real], area_cell[real], shapes[real], size[real]
    shapes, area_cell = np.concatenate([shapes, left]), np.concatenate([area_cell, np.full(len(beyond), OUTSIDE)])
    feature, size = np.concatenate([feature, beyond]), np.concatenate([size, outside[beyond]])
    return _without_hairs(feature, area_cell, size, ~(mean_width_m(shapes, size) > HAIR_WIDTH_M))


def _without(
    values: Geometries, beyond: NDArray[np.int64], feature: NDArray[np.int64], ground: Geometries
) -> Geometries:
    """What is left of some features beside the ground that they were cut by."""
    left = values[beyond]
    against = np.isin(feature, beyond)
    if against.any():
        holders, number = np.unique(feature[against], return_inverse=True)
        around = shapely.union_all(shapely.geometrycollections(ground[against], indices=number)[:, np.newaxis], axis=1)
        at = np.searchsorted(beyond, holders)
        left[at] = shapely.difference(left[at], around)
    return left


def _without_hairs(
    feature: NDArray[np.int64], area_cell: NDArray[np.int64], size: NDArray[np.float64], hair: NDArray[np.bool_]
) -> Pieces:
    """Each feature's hairs joined to its largest piece."""
    order = np.lexsort((area_cell, -size, feature))
    feature, area_cell, size, hair = feature[order], area_cell[order], size[order], hair[order]
    is_largest = np.r_[True, feature[1:] != feature[:-1]][: len(feature)]
    largest = np.flatnonzero(is_largest)[np.cumsum(is_largest) - 1]
    kept = is_largest | ~hair
    joined = size + np.bincount(largest[~kept], weights=size[~kept], minlength=len(size))
    return feature[kept], area_cell[kept], joined[kept]
