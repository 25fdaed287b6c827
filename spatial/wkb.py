"""Conversion between Arrow columns of WKB and arrays of geometries or of coordinates, for the other modules here."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

Geometries: TypeAlias = NDArray[Any]
WkbColumn: TypeAlias = pa.Array | pa.ChunkedArray

CURVES = {8: "CircularString", 9: "CompoundCurve", 10: "CurvePolygon", 11: "MultiCurve", 12: "MultiSurface"}
SIMPLE_HEADER = np.dtype([("order", "u1"), ("kind", "<u4"), ("rings", "<u4"), ("points", "<u4")])
LITTLE_ENDIAN, POLYGON = 1, 3
POINT_BYTES, LEAST_POINTS = 16, 4
POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


@dataclass(frozen=True)
class SimplePolygons:
    """The values of a WKB column that are polygons of one closed ring in two dimensions, which most are: no geometry
    need be made of them.

    rows: their places in the column, ascending; counts: vertices of each, the closing one included; coordinates: of
    all, (n, 2).
    """

    rows: NDArray[np.int64]
    counts: NDArray[np.int64]
    coordinates: NDArray[np.float64]


def simple_polygons(wkb: pa.Array) -> SimplePolygons:
    """What a WKB column has of simple polygons; everything else is for `geometries`."""
    offset_type = {pa.binary(): np.int32, pa.large_binary(): np.int64}.get(wkb.type)
    data = wkb.buffers()[-1] if offset_type and len(wkb) else None
    if data is None:
        return SimplePolygons(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty((0, 2)))
    raw = np.frombuffer(data, dtype=np.uint8)
    offsets = np.frombuffer(wkb.buffers()[1], dtype=offset_type)[wkb.offset : wkb.offset + len(wkb) + 1].astype(
        np.int64
    )
    sizes = np.diff(offsets)
    rows = np.flatnonzero((sizes >= SIMPLE_HEADER.itemsize + LEAST_POINTS * POINT_BYTES) & np.asarray(wkb.is_valid()))
    headers = _at(raw, offsets[rows], SIMPLE_HEADER.itemsize).view(SIMPLE_HEADER)
    counts = headers["points"].astype(np.int64)
    simple = (headers["order"] == LITTLE_ENDIAN) & (headers["kind"] == POLYGON) & (headers["rings"] == 1)
    simple &= sizes[rows] == SIMPLE_HEADER.itemsize + POINT_BYTES * counts
    rows, counts = rows[simple], counts[simple]
    first = offsets[rows] + SIMPLE_HEADER.itemsize
    closed = (_points(raw, first) == _points(raw, first + POINT_BYTES * (counts - 1))).all(axis=1)
    rows, counts, first = rows[closed], counts[closed], first[closed]
    at = np.repeat(first - POINT_BYTES * (np.cumsum(counts) - counts), counts)
    at += np.arange(0, POINT_BYTES * len(at), POINT_BYTES)
    return SimplePolygons(rows, counts, _points(raw, at))


def _points(raw: NDArray[np.uint8], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    return _at(raw, starts, POINT_BYTES).view("<f8").reshape(-1, 2)


def _at(raw: NDArray[np.uint8], starts: NDArray[np.int64], size: int) -> NDArray[np.void]:
    """The `size` bytes at each start; each lies within raw."""
    windows = np.ndarray(max(len(raw) - size + 1, 0), dtype=f"V{size}", buffer=raw, strides=(1,))
    return windows[starts]


def geometries(wkb: WkbColumn) -> Geometries:
    """Geometries of a WKB column, n values, two dimensions; None for a null, for bytes that are no geometry, and for
    curves.
    """
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
    """WKB column of geometries that were read from another one; what could not be read stays as given, a null stays
    null.
    """
    fresh = column(values)
    return pc.if_else(fresh.is_valid(), fresh, as_given)


def _read(raw: Geometries) -> Geometries:
    with np.errstate(invalid="ignore"):  # a coordinate that is no number is a fault to be reported, not a warning
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
    """What a WKB value is if it is a curved geometry, which the simple-features rules for polygons do not know; else
    None.
    """
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
