"""Lines: their geodesic length on GRS80, and how much of it lies in each area cell. The pipeline calls it for sites that are drawn as
lines, along rivers.
"""

from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from spatial.base_partition import AREA_CELL
from spatial.wkb import Geometries, WkbColumn, geometries

LINEAR = (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING)
SCHEMA = pa.schema([("feature", pa.int64()), *((name, pa.string()) for name in AREA_CELL), ("length_m", pa.float64())])


def is_linear(values: Geometries) -> NDArray[np.bool_]:
    """Which are lines with a length, of one part or several."""
    return np.isin(shapely.get_type_id(values), LINEAR) & (np.nan_to_num(shapely.length(values)) > 0)


def lengths(values: Geometries) -> NDArray[np.float64]:
    """Length of each line on the GRS80 ellipsoid, in m, its edges being geodesics; NaN for what is no line.

    values: longitude/latitude.
    """
    measured = np.full(len(values), np.nan)
    for i in np.flatnonzero(is_linear(values)).tolist():
        measured[i] = _length(values[i])
    return measured


def lines_in_cells(wkb: WkbColumn, partition: pa.Table) -> pa.Table:
    """How much of each line lies in each area cell: (feature, the cell's codes, length_m), by feature and code; what lies in no cell has
    no codes.

    wkb: geometries, longitude/latitude, of which those that are no lines are passed over; feature: their number from 0; partition: as of
    `base_partition`. A stretch along a border counts in the cell whose codes come first, so that the pieces add up to the line (1e-9).
    """
    values, shapes = geometries(wkb), geometries(partition["geometry"])
    codes = list(zip(*(partition[name].to_pylist() for name in AREA_CELL), strict=True))
    tree = shapely.STRtree(shapes)
    rows: list[tuple[Any, ...]] = []
    for feature in np.flatnonzero(is_linear(values)).tolist():
        line, whole = values[feature], _length(values[feature])
        rest, pieces = line, []
        for cell in sorted(tree.query(line, predicate="intersects").tolist(), key=lambda at: codes[at]):
            inside = shapely.intersection(rest, shapes[cell])
            pieces.append((codes[cell], _length(inside)))
            rest = shapely.difference(rest, shapes[cell])
        pieces.append(((None,) * len(AREA_CELL), _length(rest)))
        scale = whole / sum(length for _, length in pieces)
        rows += [(feature, *cell, length * scale) for cell, length in pieces if length > 0]
    columns = zip(*rows, strict=True) if rows else ([] for _ in SCHEMA)
    return pa.table([pa.array(values, kind.type) for values, kind in zip(columns, SCHEMA, strict=True)], schema=SCHEMA)


def _length(shape: shapely.Geometry) -> float:
    """Points of a collection have no length."""
    return sum(
        _ellipsoid().line_length(*shapely.get_coordinates(part).T)
        for part in shapely.get_parts(shape)
        if shapely.get_type_id(part) in LINEAR
    )


@cache
def _ellipsoid() -> Any:
    from pyproj import Geod

    return Geod(ellps="GRS80")
