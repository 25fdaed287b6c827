"""Between Arrow columns of WKB and arrays of geometries."""

from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

Geometries: TypeAlias = NDArray[Any]
WkbColumn: TypeAlias = pa.Array | pa.ChunkedArray

CURVES = {8: "CircularString", 9: "CompoundCurve", 10: "CurvePolygon", 11: "MultiCurve", 12: "MultiSurface"}
POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def geometries(wkb: WkbColumn) -> Geometries:
    """Geometries of a WKB column, n values, two dimensions; None for a null, for bytes that are no geometry, and for curves."""
    return flattened(wkb)[0]


def flattened(wkb: WkbColumn) -> tuple[Geometries, pa.Array]:
    """As `geometries`, and the same as WKB in two dimensions; unreadable bytes stay, so that their fault is seen."""
    read = _read(wkb.to_numpy(zero_copy_only=False) if isinstance(wkb, pa.Array) else wkb.to_numpy())
    as_given = wkb.combine_chunks() if isinstance(wkb, pa.ChunkedArray) else wkb
    if not (shapely.has_z(read) | shapely.has_m(read)).any():
        return read, as_given
    flat = shapely.force_2d(read)
    return flat, rewritten(flat, as_given)


def rewritten(values: Geometries, as_given: pa.Array) -> pa.Array:
    """WKB column of geometries that were read from another one; what could not be read stays as given, a null stays null."""
    fresh = column(values)
    return pc.if_else(fresh.is_valid(), fresh, as_given)


def _read(raw: Geometries) -> Geometries:
    with np.errstate(invalid="ignore"):  # a coordinate that is no number is a fault to be told, not a warning
        try:
            return shapely.from_wkb(raw, on_invalid="ignore")
        except NotImplementedError:  # a curve anywhere stops the whole array
            return np.array([_read_one(value) for value in raw], dtype=object)


def _read_one(value: bytes | None) -> shapely.Geometry | None:
    try:
        return shapely.from_wkb(value, on_invalid="ignore")
    except NotImplementedError:
        return None


def curve_type(value: bytes) -> str | None:
    """What a WKB value is if it is a curved geometry, which the simple-features rules for polygons do not know; else None."""
    order = "little" if value[:1] == b"\x01" else "big"
    return CURVES.get((int.from_bytes(value[1:5], order) & 0x0FFFFFFF) % 1000)  # type: ignore[arg-type]


def column(values: Geometries) -> pa.Array:
    """WKB column of an array of geometries, null for None."""
    return pa.array(shapely.to_wkb(values, include_srid=False), type=pa.binary())


def is_polygonal(values: Geometries) -> NDArray[np.bool_]:
    """Which are polygons or multipolygons, empty ones included."""
    return np.isin(shapely.get_type_id(values), POLYGONAL)


def points(values: Geometries) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longitude and latitude of a point inside each geometry; NaN for an empty one or None."""
    inside = shapely.point_on_surface(values)
    return shapely.get_x(inside), shapely.get_y(inside)


def numbers(values: NDArray[np.float64]) -> pa.Array:
    """Arrow column of floats, null for NaN."""
    return pa.array(values, type=pa.float64(), from_pandas=True)
