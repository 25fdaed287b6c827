"""Overlay: features cut by the base partition, how much of each lies in which township part and zone. The pipeline
calls it for layers, rules for townships alone.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from spatial.area import areas
from spatial.base_partition import AREA_CELL
from spatial.cutting import AreaCells, OverlappingPartition, Pieces
from spatial.grid import MOST_CELLS, OUTSIDE, UNKNOWN, Grid
from spatial.rings import ring_areas, ring_bounds
from spatial.wkb import geometries, numbers, simple_polygons

__all__ = ["BATCH_ROWS", "SCHEMA", "OverlappingPartition", "overlay", "overlay_batches"]

SCHEMA = pa.schema([("row_id", pa.int64()), *((name, pa.string()) for name in AREA_CELL), ("area_m2", pa.float64())])
BATCH_ROWS = 50_000  # of features at once: memory is bounded by a batch
LEAST_CELLS = 64  # of the grid's side: making so few costs nothing beside a batch
CELLS_A_FEATURE, CELLS_BY_ROOT = 2, 8  # to the width of a feature, and to the root of the first batch's features


def overlay(features: pa.Table, partition: pa.Table) -> pa.Table:
    """Takes features and a base partition, gives the area of each feature by township part and zone.

    Returns (row_id, part_code, consolidation_zone, restoration_zone, area_m2), sorted by these: one row for each area
    cell that a feature shares ground with, and one with nulls for what lies outside of every area cell. features:
    (row_id, geometry), polygons as WKB, longitude/latitude; partition: as of `base_partition`. A feature's rows add up
    to its own geodesic area (1e-9): its shares are measured with straight edges, which cutting does not bend. A feature
    without area (null, empty, a line) has one row with nulls and area 0, and an invalid polygon (`faults` finds them)
    that may lie across a border one with nulls and its whole area: nothing is dropped. A piece narrower than
    HAIR_WIDTH_M counts with the feature's largest. Only features that no area cell covers whole are cut. Raises
    OverlappingPartition when area cells overlap.
    """
    cut = pa.concat_tables(
        [SCHEMA.empty_table(), *overlay_batches(features.to_batches(max_chunksize=BATCH_ROWS), partition)]
    )
    ids = np.asarray(cut["row_id"])
    return cut if (ids[1:] >= ids[:-1]).all() else cut.sort_by([(name, "ascending") for name in ("row_id", *AREA_CELL)])


def overlay_batches(features: Iterable[pa.RecordBatch], partition: pa.Table) -> Iterator[pa.Table]:
    """As `overlay`, batch by batch: what a feature gives depends on itself and the partition alone, so memory is
    bounded by a batch.
    """
    area_cells = AreaCells(geometries(partition["geometry"]))
    rank = _rank(partition)
    grid = None
    for batch in features:
        wkb = batch.column("geometry")
        whole, bounds = _measured(wkb)
        if grid is None and len(area_cells.shapes):
            grid = Grid.of(area_cells.shapes, _cells(bounds, area_cells))
        row, area_cell, area = _pieces(wkb, whole, bounds, area_cells, grid)
        ids = batch.column("row_id")
        order = np.lexsort((rank[area_cell], np.asarray(ids)[row]))
        row, area_cell, area = row[order], area_cell[order], area[order]
        chosen = pa.array(area_cell, mask=area_cell == OUTSIDE)
        yield pa.table(
            [ids.take(pa.array(row)), *(partition[name].take(chosen) for name in AREA_CELL), numbers(area)],
            schema=SCHEMA,
        )


def _cells(bounds: NDArray[np.float64], area_cells: AreaCells) -> int:
    """How fine a grid pays: cells half as wide as the features, and not many more than these."""
    sizes = (bounds[:, 2:] - bounds[:, :2]).max(axis=1)
    typical = np.nanmedian(sizes) if np.isfinite(sizes).any() else np.inf
    west, south, east, north = shapely.total_bounds(area_cells.shapes)
    fine = CELLS_A_FEATURE * max(east - west, north - south) / max(typical, np.finfo(float).tiny)
    return int(min(max(min(fine, CELLS_BY_ROOT * len(bounds) ** 0.5), LEAST_CELLS), MOST_CELLS))


def _pieces(
    wkb: pa.Array, whole: NDArray[np.float64], bounds: NDArray[np.float64], area_cells: AreaCells, grid: Grid | None
) -> Pieces:
    """Whose (place in the column), in which area cell (OUTSIDE: in none), m². Geometries are made only of what the grid
    does not place.
    """
    home = np.full(len(wkb), OUTSIDE, dtype=np.int64)
    if grid is not None:
        home = grid.home(bounds)
    open_ = np.flatnonzero(home == UNKNOWN)
    home[open_] = OUTSIDE
    values = geometries(wkb.take(pa.array(open_)))
    sound = shapely.is_valid(values) & (whole[open_] > 0)
    open_, values = open_[sound], values[sound]
    home[open_], divided, (owner, area_cell, share) = area_cells.place(values)
    boundary = open_[divided]
    straight = np.bincount(owner, weights=share, minlength=len(values))[owner]
    area = whole[open_][owner] / straight * share
    owner = open_[owner]
    settled = np.setdiff1d(np.arange(len(wkb)), boundary, assume_unique=True)
    return (
        np.concatenate([settled, owner]),
        np.concatenate([home[settled], area_cell]),
        np.concatenate([whole[settled], area]),
    )


def _measured(wkb: pa.Array) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Geodesic area (0 where there is none) and bounding box (NaN where there is none) of each value."""
    simple = simple_polygons(wkb)
    others = np.setdiff1d(np.arange(len(wkb)), simple.rows, assume_unique=True)
    values = geometries(wkb.take(pa.array(others)))
    area, bounds = np.empty(len(wkb)), np.empty((len(wkb), 4))
    bounds[simple.rows], bounds[others] = ring_bounds(simple.coordinates, simple.counts), shapely.bounds(values)
    area[simple.rows] = np.abs(ring_areas(simple.coordinates, simple.counts, bounds=bounds[simple.rows]))
    area[others] = areas(values)
    return np.nan_to_num(area), bounds


def _rank(partition: pa.Table) -> NDArray[np.int64]:
    """Place of each area cell in the order of the codes; OUTSIDE, the last entry, comes last."""
    order = np.lexsort(tuple(np.asarray(partition[name].to_pylist(), dtype=str) for name in reversed(AREA_CELL)))
    rank = np.empty(len(order) + 1, dtype=np.int64)
    rank[order] = np.arange(len(order))
    rank[OUTSIDE] = len(order)
    return rank
