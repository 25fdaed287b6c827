"""Coverage gaps: ground inside a region that no feature of a layer covers. Layer checks call it."""

import numpy as np
import pyarrow as pa
import shapely

from spatial.area import areas
from spatial.wkb import WkbColumn, geometries, numbers, points

SCHEMA = pa.schema([("lon", pa.float64()), ("lat", pa.float64()), ("area_m2", pa.float64())])


def gaps(wkb: WkbColumn, region_wkb: bytes) -> pa.Table:
    """Every piece of a region that the features leave uncovered: (lon, lat, area_m2), the largest first.

    wkb: polygons, longitude/latitude; region_wkb: one polygon. lon, lat: a point inside the piece; area_m2:
    ellipsoidal, straight edges.
    Rounding slivers are among the pieces: which size matters is for the caller to say. Invalid polygons are read as the
    ground that their rings enclose.
    """
    region = shapely.from_wkb(region_wkb)
    values = geometries(wkb)
    values = values[~shapely.is_missing(values) & ~shapely.is_empty(values)]
    shapely.prepare(region)
    near = values[shapely.intersects(region, values)]
    invalid = ~shapely.is_valid(near)
    near[invalid] = shapely.make_valid(near[invalid])
    left = shapely.get_parts(shapely.difference(region, shapely.union_all(near)))
    size = np.nan_to_num(areas(left, "straight"))
    order = np.argsort(-size, kind="stable")
    order = order[size[order] > 0]
    lon, lat = points(left[order])
    return pa.table([numbers(lon), numbers(lat), numbers(size[order])], schema=SCHEMA)
