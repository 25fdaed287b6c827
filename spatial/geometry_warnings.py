"""Geometry warnings: spikes, double vertices and the like in valid polygons; and where a ring that is not closed ends.
Layer checks and `faults` call it.
"""

import struct
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from spatial.area import METRES_A_DEGREE, areas
from spatial.wkb import Geometries, WkbColumn, geometries, is_polygonal, numbers

SCHEMA = pa.schema(
    [
        ("feature", pa.string()),
        ("kind", pa.string()),
        ("lon", pa.float64()),
        ("lat", pa.float64()),
        ("count", pa.int64()),
        ("measure", pa.float64()),
    ]
)
KINDS = ("spike", "duplicate_point", "tiny_ring", "ring_orientation")
FEATURES_A_BLOCK = 65536  # looked at at once, so that memory stays bounded
POLYGON, MULTIPOLYGON, COLLECTION = 3, 6, 7

PlacesOfKind: TypeAlias = tuple[int, int, float, float, int, float]


def geometry_warnings(
    ids: pa.Array | pa.ChunkedArray, wkb: WkbColumn, spike_degrees: float, duplicate_m: float, tiny_m2: float
) -> pa.Table:
    """What is unusual in valid polygons and yet leaves their ground and area known: (feature, kind, lon, lat, count,
    measure).

    A row for each feature and kind, in the order of the features; lon, lat: the worst place, measure: its own; count:
    of such places.
    kind: `spike` (a vertex where the ring turns back on itself by less than `spike_degrees`; measure: the angle),
    `duplicate_point` (neighbouring vertices no farther apart than `duplicate_m`; measure: the distance in metres),
    `tiny_ring` (a hole or a part of at most `tiny_m2`; measure: its area, m²), `ring_orientation` (a hole that winds as
    its shell does; measure: null).
    ids: feature ids, n values; wkb: polygons, longitude/latitude; what is empty or invalid is passed over (`faults`).
    """
    values = geometries(wkb)
    sound = np.flatnonzero(is_polygonal(values) & ~shapely.is_empty(values) & shapely.is_valid(values))
    rows: list[PlacesOfKind] = []
    for start in range(0, len(sound), FEATURES_A_BLOCK):
        rows += _block(values, sound[start : start + FEATURES_A_BLOCK], (spike_degrees, duplicate_m, tiny_m2))
    rows.sort()
    feature, kind, lon, lat, count, measure = zip(*rows, strict=True) if rows else ((),) * 6
    return pa.table(
        [
            ids.take(pa.array(feature, pa.int64())).cast(pa.string()),
            pa.array([KINDS[one] for one in kind], pa.string()),
            numbers(np.array(lon, dtype=float)),
            numbers(np.array(lat, dtype=float)),
            pa.array(count, pa.int64()),
            numbers(np.array(measure, dtype=float)),
        ],
        schema=SCHEMA,
    )


def _block(values: Geometries, which: NDArray[np.int64], limits: tuple[float, float, float]) -> list[PlacesOfKind]:
    parts, of_value = shapely.get_parts(values[which], return_index=True)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    owner = which[of_value[of_part]]
    is_hole = np.r_[False, of_part[1:] == of_part[:-1]]
    count = shapely.get_num_coordinates(rings)
    at, ring = shapely.get_coordinates(rings), np.repeat(np.arange(len(rings)), count)
    last = np.cumsum(count) - 1
    first = last - count + 1

    scale = METRES_A_DEGREE * np.column_stack([np.cos(np.radians(at[first, 1]))[ring], np.ones(len(at))])
    edge = np.diff(at, axis=0, append=at[-1:]) * scale
    edge[last] = edge[first]  # the last point is the first once more: what follows it is the first edge
    length = np.hypot(*edge.T)
    is_double = (length <= limits[1]) & ~np.isin(np.arange(len(at)), last)
    angle = _angles(edge, length, np.r_[True, ring[1:] != ring[:-1]])

    found = _worst(owner[ring], 0, at, angle, angle < limits[0])
    found += _worst(owner[ring], 1, at, length, is_double)
    alone = np.bincount(owner, minlength=len(values))[owner] == 1
    small = np.flatnonzero(~alone)
    size = np.full(len(rings), np.inf)
    size[small] = np.nan_to_num(areas(shapely.polygons(rings[small]), "straight"), nan=np.inf)
    found += _worst(owner, 2, at[first], size, size <= limits[2])
    if is_hole.any():
        winds = shapely.is_ccw(rings)
        shell = np.flatnonzero(~is_hole)[np.cumsum(~is_hole) - 1]
        found += _worst(owner, 3, at[first], np.full(len(rings), np.nan), is_hole & (winds == winds[shell]))
    return found


def _angles(edge: NDArray[np.float64], length: NDArray[np.float64], is_first: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Angle inside each vertex, degrees; 180 where a ring starts (its last point is the same vertex) and beside an edge
    without length.
    """
    back = -np.roll(edge, 1, axis=0)
    product = np.roll(length, 1) * length
    usable = (product > 0) & ~is_first
    cosine = np.divide((back * edge).sum(axis=1), product, out=np.full(len(edge), -1.0), where=usable)
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def _worst(
    owner: NDArray[np.int64],
    kind: int,
    at: NDArray[np.float64],
    measure: NDArray[np.float64],
    is_unusual: NDArray[np.bool_],
) -> list[PlacesOfKind]:
    """Each feature's unusual places as one: the least measure, and how many there are."""
    places = np.flatnonzero(is_unusual)
    places = places[np.lexsort((measure[places], owner[places]))]
    features, start, count = np.unique(owner[places], return_index=True, return_counts=True)
    return [
        (int(feature), kind, float(at[place, 0]), float(at[place, 1]), int(many), float(measure[place]))
        for feature, place, many in zip(features, places[start], count, strict=True)
    ]


def unclosed_end(value: bytes) -> tuple[float, float] | None:
    """Where the first unclosed ring of a WKB polygon ends; None where all are closed or the bytes are no polygon."""
    try:
        for first, last in _ends(value, 0)[0]:
            if first != last:
                return last
    except (struct.error, IndexError, RecursionError):
        pass
    return None


def _ends(value: bytes, offset: int) -> tuple[list[tuple[tuple[float, float], tuple[float, float]]], int]:
    """First and last point of every ring from an offset on, and the offset after them."""
    order = "<" if value[offset] == 1 else ">"
    kind, number = struct.unpack_from(f"{order}II", value, offset + 1)
    offset += 9
    if kind & 0x20000000:  # a reference system stands before the number
        (number,) = struct.unpack_from(f"{order}I", value, offset)
        offset += 4
    iso = (kind & 0xFFFF) // 1000
    dimensions = 2 + (bool(kind & 0x80000000) or iso in (1, 3)) + (bool(kind & 0x40000000) or iso in (2, 3))
    base = (kind & 0xFFFF) % 1000
    found = []
    if base == POLYGON:
        for _ in range(number):
            (points,) = struct.unpack_from(f"{order}I", value, offset)
            offset += 4
            step = 8 * dimensions
            if points:
                ends = [struct.unpack_from(f"{order}2d", value, offset + step * at) for at in (0, points - 1)]
                found.append((ends[0], ends[1]))
            offset += step * points
    elif base in (MULTIPOLYGON, COLLECTION):
        for _ in range(number):
            more, offset = _ends(value, offset)
            found += more
    return found, offset


def dimensions(wkb: WkbColumn) -> Iterator[str]:
    """Dimensions beyond the plane that a column's geometries have: Z (height), M (measure)."""
    heads = pc.binary_slice(wkb, 0, 5).unique().to_pylist()
    kinds = {int.from_bytes(head[1:], "little" if head[0] == 1 else "big") for head in heads if head and len(head) == 5}
    if any(kind & 0x80000000 or (kind & 0xFFFF) // 1000 in (1, 3) for kind in kinds):
        yield "Z"
    if any(kind & 0x40000000 or (kind & 0xFFFF) // 1000 in (2, 3) for kind in kinds):
        yield "M"
