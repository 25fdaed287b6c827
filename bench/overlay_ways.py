"""Ways to overlay parcels and townships, each run in a process of its own: ours, and what one would write without it.

Every way reads the same Parquet files and gives (row_id, part_code, size): m² with geodesic edges (ours) or straight
ones (shapely, geopandas), square degrees (DuckDB). Ours is given the bow ties too, the others a file without them.
"""

import importlib.util
import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from contracts.submission_table import CRS

BATCH_ROWS = 50_000
RESULT = ["row_id", "part_code", "size"]
DUCKDB = "duckdb_extension_spatial"


@dataclass(frozen=True)
class Layers:
    """Parquet files: parcels, the same without bow ties, townships."""

    parcels: Path
    valid: Path
    townships: Path


@dataclass(frozen=True)
class Run:
    """seconds: of the processor, user and system, all threads, the least of the repeats; megabytes: peak resident;
    result: Parquet.
    """

    seconds: float
    megabytes: float
    result: Path


def run(way: Callable[[Layers, Path], None], layers: Layers, result: Path, repeats: int = 1) -> Run:
    """One way in a fresh process, so many times. Imports are not counted."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_measured, args=(way, layers, result, repeats, sender))
    process.start()
    sender.close()
    try:
        seconds, megabytes = receiver.recv()
    finally:
        process.join()
    return Run(seconds, megabytes, result)


def _measured(way: Callable[[Layers, Path], None], layers: Layers, result: Path, repeats: int, sender: Any) -> None:
    import geopandas  # noqa: F401
    import pandas  # noqa: F401

    import spatial.overlay  # noqa: F401

    took = []
    for _ in range(repeats):
        began = time.process_time()
        way(layers, result)
        took.append(time.process_time() - began)
    sender.send((min(took), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def _batches(path: Path) -> Iterator[pa.RecordBatch]:
    """A layer group by group: `iter_batches` keeps what it has read until the end of the file (0.7 GB of five million
    parcels).
    """
    file = pq.ParquetFile(path)
    for group in range(file.num_row_groups):
        yield from file.read_row_group(group, columns=["row_id", "geometry"]).to_batches(BATCH_ROWS)


def parse(layers: Layers, result: Path) -> None:
    """Reading and parsing once: what any overlay must do at least."""
    for batch in _batches(layers.parcels):
        shapely.from_wkb(batch["geometry"].to_numpy(zero_copy_only=False))


def ours(layers: Layers, result: Path) -> None:
    from spatial.overlay import SCHEMA, overlay_batches

    with pq.ParquetWriter(result, SCHEMA) as file:
        for table in overlay_batches(_batches(layers.parcels), pq.read_table(layers.townships)):
            file.write_table(table)


def strtree(layers: Layers, result: Path) -> None:
    """shapely: pairs by STRtree, intersection of every pair."""
    from spatial.area import areas

    table, townships = pq.read_table(layers.valid), pq.read_table(layers.townships)
    values, area_cells = (shapely.from_wkb(one["geometry"].to_numpy()) for one in (table, townships))
    area_cell, feature = shapely.STRtree(values).query(area_cells, predicate="intersects")
    size = areas(shapely.intersection(values[feature], area_cells[area_cell]), "straight")
    _write(result, np.asarray(table["row_id"])[feature], np.asarray(townships["part_code"])[area_cell], size)


def geopandas_overlay(layers: Layers, result: Path) -> None:
    import geopandas as gpd

    from spatial.area import areas

    frames = []
    for path in (layers.valid, layers.townships):
        table = pq.read_table(path)
        shapes = shapely.from_wkb(table["geometry"].to_numpy())
        frames.append(gpd.GeoDataFrame(table.drop_columns(["geometry"]).to_pandas(), geometry=shapes, crs=CRS))
    cut = gpd.overlay(*frames, how="intersection", keep_geom_type=True)
    _write(result, cut["row_id"].to_numpy(), cut["part_code"].to_numpy(), areas(cut.geometry.to_numpy(), "straight"))


def duckdb_plain(layers: Layers, result: Path) -> None:
    _duckdb(layers, result, "ST_Area(ST_Intersection(p.geom, t.geom))")


def duckdb_case(layers: Layers, result: Path) -> None:
    _duckdb(
        layers,
        result,
        "case when ST_Covers(t.geom, p.geom) then ST_Area(p.geom) else ST_Area(ST_Intersection(p.geom, t.geom)) end",
    )


def has_duckdb_spatial() -> bool:
    return importlib.util.find_spec(DUCKDB) is not None


def _duckdb(layers: Layers, result: Path, size: str) -> None:
    import duckdb

    (extension,) = Path(importlib.util.find_spec(DUCKDB).submodule_search_locations[0]).rglob(
        "spatial.duckdb_extension"
    )  # type: ignore[union-attr,index]
    with duckdb.connect() as con:
        con.execute(f"load '{extension}'")
        con.execute(f"""
            copy (
                with p as (select row_id, ST_GeomFromWKB(geometry) as geom from '{layers.valid}'),
                t as (select part_code, ST_GeomFromWKB(geometry) as geom from '{layers.townships}')
                select row_id, part_code, {size} as size from p join t on ST_Intersects(p.geom, t.geom)
            ) to '{result}' (format parquet)
        """)


def _write(result: Path, row_id: Any, part_code: Any, size: Any) -> None:
    pq.write_table(pa.table([pa.array(row_id), pa.array(part_code, pa.string()), pa.array(size)], names=RESULT), result)
