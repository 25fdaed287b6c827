"""What is wrong with single geometries, and where."""

import re

import numpy as np
import pyarrow as pa
import shapely

from spatial.wkb import WkbColumn, curve_type, geometries, is_polygonal, numbers

SCHEMA = pa.schema([
    ("feature", pa.string()), ("kind", pa.string()), ("lon", pa.float64()), ("lat", pa.float64()), ("detail", pa.string()),
])
REASON = re.compile(r"^(?P<what>[^\[]+)\[(?P<x>\S+) (?P<y>\S+)\]$")


def faults(ids: pa.Array | pa.ChunkedArray, wkb: WkbColumn) -> pa.Table:
    """Faults of single geometries: (feature, kind, lon, lat, detail), in the order of the features, at most one each.

    ids: feature ids, n values; wkb: their geometries. kind: `empty_geometry` (null or without coordinates), `not_polygon`
    (detail: what it is), `self_intersection` (detail as GEOS words it, with the point), `invalid_geometry` (any other breach
    of the simple-features rules, and bytes that are no geometry, such as an unclosed ring). lon, lat: the point, if any.
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
        curve = curve_type(wkb[int(i)].as_py())
        rows[int(i)] = ("not_polygon" if curve else "invalid_geometry", np.nan, np.nan, curve or "unreadable WKB")
    for i in np.flatnonzero(~polygonal & ~empty & ~broken):
        lon, lat = shapely.get_coordinates(shapely.point_on_surface(values[i]))[0]
        rows[int(i)] = ("not_polygon", lon, lat, values[i].geom_type)
    for i, reason in zip(invalid, shapely.is_valid_reason(values[invalid]), strict=True):
        located = REASON.match(reason)
        kind = "self_intersection" if "self-intersection" in reason.lower() else "invalid_geometry"
        lon, lat = (float(located["x"]), float(located["y"])) if located else (np.nan, np.nan)
        rows[int(i)] = (kind, lon, lat, reason)

    found = sorted(rows)
    kind_of, lons, lats, details = zip(*(rows[i] for i in found), strict=True) if found else ((), (), (), ())
    features = ids.take(pa.array(found, type=pa.int64())).cast(pa.string())
    lon_lat = (numbers(np.array(values, dtype=float)) for values in (lons, lats))
    return pa.table([features, pa.array(kind_of, type=pa.string()), *lon_lat, pa.array(details, type=pa.string())], schema=SCHEMA)
