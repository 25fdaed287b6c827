"""Overlaps: where features of one layer lie on each other. Layer checks call it."""

from typing import Literal

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from spatial.area import areas
from spatial.wkb import Geometries, WkbColumn, geometries, is_polygonal, numbers, points

SCHEMA = pa.schema(
    [
        ("feature_a", pa.string()),
        ("feature_b", pa.string()),
        ("lon", pa.float64()),
        ("lat", pa.float64()),
        ("area_m2", pa.float64()),
    ]
)
Among = Literal["all", "within", "between"]
PAIRS_A_BLOCK = 65536  # intersected at once, so that memory stays bounded


def overlaps(
    ids: pa.Array | pa.ChunkedArray,
    wkb: WkbColumn,
    min_area_m2: float,
    group: pa.Array | pa.ChunkedArray | None = None,
    among: Among = "all",
) -> pa.Table:
    """Pairs of features that share more than `min_area_m2` of ground, in the order of the features.

    Returns (feature_a, feature_b, lon, lat, area_m2): a point inside the largest piece, the area (straight edges, see
    `area`).
    ids: feature ids, n values; wkb: polygons, longitude/latitude. group with among="within" looks only at pairs of one
    group,
    "between" only at pairs of different groups. Geometries with faults (`faults`) are left out: what they cover is not
    known before they are corrected.
    """
    values = geometries(wkb)
    sound = np.flatnonzero(is_polygonal(values) & ~shapely.is_empty(values) & shapely.is_valid(values))
    first, second = candidates(values[sound])
    first, second = sound[first], sound[second]
    if group is not None and among != "all":
        codes = np.asarray(group.combine_chunks() if isinstance(group, pa.ChunkedArray) else group)
        same = codes[first] == codes[second]
        keep = same if among == "within" else ~same
        first, second = first[keep], second[keep]

    lon, lat, area = [], [], []
    kept = np.zeros(len(first), dtype=bool)
    for start in range(0, len(first), PAIRS_A_BLOCK):
        block = slice(start, start + PAIRS_A_BLOCK)
        shared = shapely.intersection(values[first[block]], values[second[block]])
        sizes = np.nan_to_num(areas(shared, "straight"))
        large = sizes > min_area_m2
        kept[block] = large
        x, y = points(largest_parts(shared[large]))
        lon.append(x)
        lat.append(y)
        area.append(sizes[large])
    first, second = first[kept], second[kept]
    named = ids.cast(pa.string())
    measures = (numbers(np.concatenate([np.empty(0), *blocks])) for blocks in (lon, lat, area))
    return pa.table([named.take(pa.array(first)), named.take(pa.array(second)), *measures], schema=SCHEMA)


def candidates(values: Geometries) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs (i < j, sorted) of valid polygons that may share ground.

    Two polygons of a clean partition only touch along edges that both have. GEOS's coverage check finds in linear time
    every
    polygon for which that does not hold, and at least one of two that overlap is among them: only its neighbours are
    intersected.
    """
    none = np.empty(0, dtype=np.int64)
    if len(values) < 2:
        return none, none
    suspect = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(values)))
    if not len(suspect):
        return none, none
    tree = shapely.STRtree(values)
    one, other = tree.query(values[suspect], predicate="intersects")
    one = suspect[one]
    pairs = np.unique(np.column_stack([np.minimum(one, other), np.maximum(one, other)])[one != other], axis=0)
    return pairs[:, 0], pairs[:, 1]


def largest_parts(values: Geometries) -> Geometries:
    """The largest polygon in each geometry (by planar area), None where there is none."""
    parts, owner = shapely.get_parts(values, return_index=True)
    order = np.lexsort((np.arange(len(parts)), -shapely.area(parts), owner))
    owners, at = np.unique(owner[order], return_index=True)
    largest = np.full(len(values), None, dtype=object)
    largest[owners] = parts[order][at]
    return largest
