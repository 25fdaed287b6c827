"""Polygons of many vertices, clipped to small tiles, so that `cutting` cuts a feature by the ground around it alone."""

import numpy as np
import shapely
from numpy.typing import NDArray

from spatial.wkb import Geometries

TILES = 48  # along the longer side of the extent: of a district about a kilometre each
MARGIN = 0.25  # of a tile, on each side: what lies across the line of two tiles is still within one
FIT = 0.99 * 2 * MARGIN  # of a tile: no larger feature is sure to lie within the tile of its middle


class Tiles:
    """Polygons by tile. Within a tile a clipped polygon is the polygon itself: only features that lie inside meet it.

    Each tile is clipped when it is first asked for, and kept.
    """

    def __init__(self, shapes: Geometries) -> None:
        self._shapes = shapes
        self._tree = shapely.STRtree(shapes)
        west, south, east, north = shapely.total_bounds(shapes) if len(shapes) else (0.0, 0.0, 1.0, 1.0)
        self._corner, self._side = np.array([west, south]), max(east - west, north - south) / TILES
        self._known = np.empty(0, dtype=np.int64)  # tiles, in the order in which they were clipped
        self._number = np.full((TILES + 1) ** 2, -1, dtype=np.int64)  # of each tile among the known
        self._starts = np.zeros(1, dtype=np.int64)  # of each known tile's pieces, and their end
        self._of_shape: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._pieces: Geometries = np.empty(0, dtype=object)

    def near(self, values: Geometries) -> tuple[NDArray[np.int64], NDArray[np.int64], Geometries]:
        """Pairs of a feature and a polygon that may meet: feature (ascending), polygon, and the polygon as far as it is
        near.
        """
        bounds = shapely.bounds(values)
        tile = np.floor(((bounds[:, :2] + bounds[:, 2:]) / 2 - self._corner) / self._side).astype(np.int64)
        size = (bounds[:, 2:] - bounds[:, :2]).max(axis=1)
        fits = (size < FIT * self._side) & (tile >= 0).all(axis=1) & (tile <= TILES).all(axis=1)
        small, large = np.flatnonzero(fits), np.flatnonzero(~fits)
        key = tile[small, 0] * (TILES + 1) + tile[small, 1]
        self._clip(np.unique(key[self._number[key] < 0]))
        number = self._number[key]
        count = self._starts[number + 1] - self._starts[number]
        at = (
            np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(self._starts[number], count)
        )
        of_large, whole = self._tree.query(values[large])
        feature = np.concatenate([np.repeat(small, count), large[of_large]])
        order = np.argsort(feature, kind="stable")
        polygon = np.concatenate([self._of_shape[at], whole])
        return feature[order], polygon[order], np.concatenate([self._pieces[at], self._shapes[whole]])[order]

    def _clip(self, tiles: NDArray[np.int64]) -> None:
        """Makes tiles known."""
        if not len(tiles):
            return
        low = self._corner + (np.column_stack(np.divmod(tiles, TILES + 1)) - MARGIN) * self._side
        high = low + (1 + 2 * MARGIN) * self._side
        boxes = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
        tile, shape = self._tree.query(boxes)
        order = np.lexsort((shape, tile))
        tile, shape = tile[order], shape[order]
        pieces = shapely.intersection(self._shapes[shape], boxes[tile])
        some = shapely.area(pieces) > 0
        tile, shape, pieces = tile[some], shape[some], pieces[some]
        shapely.prepare(pieces)
        self._number[tiles] = len(self._known) + np.arange(len(tiles))
        self._known = np.concatenate([self._known, tiles])
        ends = self._starts[-1] + np.cumsum(np.bincount(tile, minlength=len(tiles)))
        self._starts = np.concatenate([self._starts, ends])
        self._of_shape = np.concatenate([self._of_shape, shape])
        self._pieces = np.concatenate([self._pieces, pieces])
