"""Faults of single geometries, and where they are. Layer checks call it."""

import re

import numpy as np
import pyarrow as pa
import shapely

from spatial.geometry_warnings import unclosed_end
from spatial.wkb import WkbColumn, curve_type, geometries, is_polygonal, numbers

SCHEMA = pa.schema(
    [
        ("feature", pa.string()),
        ("kind", pa.string()),
        ("lon", pa.float64()),
        ("lat", pa.float64()),
        ("detail", pa.string()),
    ]
)
REASON = re.compile(r"^(?P<what>[^\[]+)\[(?P<x>\S+) (?P<y>\S+)\]$")
AREAL = 2


def faults(ids: pa.Array | pa.ChunkedArray, wkb: WkbColumn) -> pa.Table:
    """Faults of single geometries: (feature, kind, lon, lat, detail), in the order of the features, at most one each.

    ids: feature ids, n values; wkb: their geometries. kind: `empty_geometry` (null or without coordinates),
    `not_polygon` (detail: what it is), `curved_geometry` (likewise), `unclosed_ring` (the point where it ends),
    `no_area` (its rings fall together in lines or points), `self_intersection` (detail as GEOS words it, with the
    point), `invalid_geometry` (any other breach of the simple-features rules, and bytes that are no geometry). lon,
    lat: the point, if any.
    """
    values = geometries(wkb)
    given = np.asarray(wkb.is_valid())
    empty = ~given | (shapely.is_empty(values) & given)
    polygonal = is_polygonal(values)
    broken = given & shapely.is_missing(values)
    invalid = np.flatnonzero(polygonal & ~empty & ~shapely.is_valid(values))

    rows: dict[int, tuple[str, float, float, str | None]] = {
        int(i): ("empty_geometry", np.nan, np.nan, None) for i in np.flatnonzero(empty)
    }
    for i in np.flatnonzero(broken):
        rows[int(i)] = _unread(wkb[int(i)].as_py())
    for i in np.flatnonzero(~polygonal & ~empty & ~broken):
        lon, lat = shapely.get_coordinates(shapely.point_on_surface(values[i]))[0]
        rows[int(i)] = ("not_polygon", lon, lat, values[i].geom_type)
    finite = np.isfinite(shapely.bounds(values[invalid])).all(axis=1) & np.isfinite(shapely.area(values[invalid]))
    flat = np.zeros(len(invalid), dtype=bool)
    flat[finite] = shapely.get_dimensions(shapely.make_valid(values[invalid][finite])) < AREAL
    for i, reason, is_flat in zip(invalid, shapely.is_valid_reason(values[invalid]), flat, strict=True):
        located = REASON.match(reason)
        kind = (
            "no_area"
            if is_flat
            else "self_intersection"
            if "self-intersection" in reason.lower()
            else "invalid_geometry"
        )
        lon, lat = (float(located["x"]), float(located["y"])) if located else (np.nan, np.nan)
        rows[int(i)] = (kind, lon, lat, reason)

    found = sorted(rows)
    kind_of, lons, lats, details = zip(*(rows[i] for i in found), strict=True) if found else ((), (), (), ())
    features = ids.take(pa.array(found, type=pa.int64())).cast(pa.string())
    lon_lat = (numbers(np.array(values, dtype=float)) for values in (lons, lats))
    return pa.table(
        [features, pa.array(kind_of, type=pa.string()), *lon_lat, pa.array(details, type=pa.string())], schema=SCHEMA
    )


def _unread(value: bytes) -> tuple[str, float, float, str | None]:
    """Kind, place and detail of the fault of bytes that are no geometry."""
    if curve := curve_type(value):
        return ("curved_geometry", np.nan, np.nan, curve)
    if end := unclosed_end(value):
        return ("unclosed_ring", *end, None)
    return ("invalid_geometry", np.nan, np.nan, "unreadable WKB")
