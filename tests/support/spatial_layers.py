"""Small made-up layers for tests."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import shapely

WEST, SOUTH, CELL = 113.0, 36.0, 0.01


def wkb(shapes: Iterable[shapely.Geometry | None]) -> pa.Array:
    return pa.array([None if shape is None else shapely.to_wkb(shape) for shape in shapes], type=pa.binary())


def cell(column: float, row: float, width: float = 1, height: float = 1) -> shapely.Geometry:
    """A box on a grid of about 900 × 1100 m."""
    west, south, east, north = (round(value * CELL, 9) for value in (column, row, column + width, row + height))
    return shapely.box(WEST + west, SOUTH + south, WEST + east, SOUTH + north)


def partition(seed: int, points: int, extent: shapely.Geometry) -> np.ndarray:
    """A random partition of a box: Voronoi cells with shared borders, clipped."""
    rng = np.random.default_rng(seed)
    west, south, east, north = extent.bounds
    sites = shapely.multipoints(rng.uniform((west, south), (east, north), (points, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(sites, extend_to=extent))
    return shapely.intersection(cells, extent)
