"""A raster over the base partition, by which `overlay` finds without any geometry in which area cell most features lie."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from spatial.wkb import Geometries

OUTSIDE = -1  # outside of every area cell
UNKNOWN = -2  # a border may run through: to be looked at
MOST_CELLS = 2048  # along the longer side: two arrays of 4 million cells, 32 MB
FUZZ = 1e-6  # of a cell: a border so near to a cell's side counts for both, far beyond rounding


@dataclass(frozen=True)
class Grid:
    """Square cells over an extent. A cell that no border of an area cell touches lies whole in one area cell or in
    none.

    label: the area cell of each cell (OUTSIDE: none; meaningless where a border runs), (columns, rows); crossed: how
    many cells with a border lie before each column and row, (columns + 1, rows + 1), so that those of any rectangle are
    four look-ups.
    """

    west: float
    south: float
    side: float
    label: NDArray[np.int32]
    crossed: NDArray[np.int32]

    @classmethod
    def of(cls, area_cells: Geometries, cells: int) -> "Grid":
        """The grid of area cells (polygons, longitude/latitude), so many cells along its longer side."""
        west, south, east, north = shapely.total_bounds(area_cells)
        side = max(east - west, north - south) / cells
        shape = (int((east - west) / side) + 2, int((north - south) / side) + 2)  # a free cell at the end
        border = np.zeros(shape, dtype=bool)
        _draw(border, area_cells, (west, south), side)
        crossed = np.zeros((shape[0] + 1, shape[1] + 1), dtype=np.int32)
        np.cumsum(border, axis=1, out=crossed[1:, 1:])
        for column in range(shape[0]):  # numpy's own sum across rows of memory takes ten times as long
            crossed[column + 1] += crossed[column]
        return cls(west, south, side, _labels(border, area_cells, (west, south), side), crossed)

    def home(self, bounds: NDArray[np.float64]) -> NDArray[np.int64]:
        """The area cell around each bounding box (west, south, east, north; (n, 4)), or UNKNOWN."""
        with np.errstate(invalid="ignore"):
            at = (bounds - (self.west, self.south, self.west, self.south)) / self.side
            inside: NDArray[np.bool_] = np.logical_and(
                (at[:, :2] >= 0).all(axis=1), (at[:, 2:] < self.label.shape).all(axis=1)
            )
        left, low, right, top = np.where(inside[:, np.newaxis], at, 0.0).astype(np.int64).T
        right, top = right + 1, top + 1
        borders = (
            self.crossed[right, top] - self.crossed[left, top] - self.crossed[right, low] + self.crossed[left, low]
        )
        return np.where(inside & (borders == 0), self.label[left, low], UNKNOWN)


def _draw(border: NDArray[np.bool_], area_cells: Geometries, corner: tuple[float, float], side: float) -> None:
    """Marks every cell that an edge may touch: edges in steps of less than a cell, each with the four cells around it
    at most.
    """
    lines = shapely.get_rings(shapely.get_parts(area_cells))
    points, owner = shapely.get_coordinates(lines, return_index=True)
    points = (points - corner) / side
    is_edge = owner[1:] == owner[:-1]
    start, end = points[:-1][is_edge], points[1:][is_edge]
    steps = np.ceil(np.abs(end - start).max(axis=1) * (1 + FUZZ)).astype(np.int64)
    steps = np.maximum(steps, 1)
    edge = np.repeat(np.arange(len(steps)), steps)
    number = (np.arange(len(edge)) - np.repeat(np.cumsum(steps) - steps, steps))[:, np.newaxis]
    step = ((end - start) / steps[:, np.newaxis])[edge]
    one = start[edge] + number * step
    low = np.maximum(np.minimum(one, one + step) - FUZZ, 0).astype(np.int64)
    high = (np.maximum(one, one + step) + FUZZ).astype(np.int64)
    for columns in (low[:, 0], high[:, 0]):
        for rows in (low[:, 1], high[:, 1]):
            border[columns, rows] = True


def _labels(
    border: NDArray[np.bool_], area_cells: Geometries, corner: tuple[float, float], side: float
) -> NDArray[np.int32]:
    """The area cell of each cell without a border: of a run of such cells, the first is asked for."""
    free = ~border
    begins = free.copy()
    begins[:, 1:] &= border[:, :-1]
    column, row = np.nonzero(begins)
    middles = shapely.points(np.column_stack([column, row]) * side + side / 2 + corner)
    found = np.full(len(middles), OUTSIDE, dtype=np.int32)
    area_cell, at = shapely.STRtree(middles).query(area_cells, predicate="covers")
    found[at] = area_cell
    run = np.cumsum(begins.ravel()) - 1
    return np.concatenate([found, [OUTSIDE]]).astype(np.int32)[run].reshape(border.shape)
