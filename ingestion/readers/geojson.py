"""GeoJSON as most programs write it, parsed once: polygons in two dimensions whose features have the same attributes,
each of one kind.

GDAL's parser, which knows every sort of GeoJSON, reads a file twice, first to learn its attributes. Here it is given
the first feature alone, which tells the reference system and the type of each attribute; a file whose other features it
might read otherwise is its own.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec
import numpy as np
import pyarrow as pa
import shapely

MAX_BYTES = 128 << 20  # of a file, which is held in memory
BATCH_FEATURES = 4096
CLOSED_RING_POINTS = 4
SHAPE = "wkb_geometry"  # as GDAL calls it
TAKEN: dict[pa.DataType, set[type]] = {
    pa.string(): {str},
    pa.int32(): {int},
    pa.int64(): {int},
    pa.float64(): {int, float},
}  # values that do not change a type
OF_GDAL = frozenset({"id", "fid", "ogc_fid", SHAPE})  # attribute names that it gives a meaning of its own
ENDS_A_TEXT = b"\\u0000"  # in GDAL, but not here

Told: TypeAlias = tuple[dict[str, Any], pa.Table]


class _Polygon(msgspec.Struct, tag="Polygon", forbid_unknown_fields=True, gc=False):
    coordinates: list[list[tuple[float, float]]]


class _Feature(msgspec.Struct, tag="Feature", forbid_unknown_fields=True, gc=False):
    properties: dict[str, str | int | float | None]
    geometry: _Polygon


class _Collection(msgspec.Struct, forbid_unknown_fields=True):
    type: Literal["FeatureCollection"]
    features: list[msgspec.Raw]
    name: str | None = None
    crs: msgspec.Raw = msgspec.Raw(b"")


class Unusual(ValueError):
    """A file that GDAL might read otherwise."""


def plain_features(
    path: Path,
    by_gdal: Callable[[Path], Told],
    working_copy: Path,
) -> tuple[dict[str, Any], Iterator[pa.RecordBatch], pa.Schema]:
    """What GDAL says of a file's layer, its features as batches, and their schema: just as GDAL would give them.

    by_gdal: reads a file; working_copy: where a file with the first feature may be written.
    Raises Unusual, also while the batches are made, for what is to be left to GDAL; whatever by_gdal raises.
    """
    if path.stat().st_size > MAX_BYTES:
        raise Unusual("size")
    content = path.read_bytes()
    if ENDS_A_TEXT in content or content.count(b'"features"') != 1:
        raise Unusual("members")
    collection = _decoded(_COLLECTION, content)
    if not collection.features:
        raise Unusual("no feature")
    values = _decoded(_FEATURE, collection.features[0]).properties
    names = list(values)
    crs = b'"crs": %b, ' % bytes(collection.crs) if bytes(collection.crs) else b""
    working_copy.write_bytes(
        b'{"type": "FeatureCollection", %b"features": [%b]}' % (crs, bytes(collection.features[0]))
    )
    meta, first = by_gdal(working_copy)
    schema = first.schema.remove_metadata()
    if (
        schema.names != [*names, SHAPE]
        or OF_GDAL & {name.lower() for name in names}
        or not set(schema.types[:-1]) <= TAKEN.keys()
    ):
        raise Unusual("attributes")
    empty = frozenset(name for name, value in values.items() if value is None)
    return meta, _batches(collection.features, schema, empty), schema


def _batches(features: list[msgspec.Raw], schema: pa.Schema, empty: frozenset[str]) -> Iterator[pa.RecordBatch]:
    """empty: attributes that have no value in the first feature, from which their type is not known if they have one in
    another.
    """
    names = schema.names[:-1]
    nothing: set[type] = {type(None)}
    columns = [
        (name, schema.field(name).type, nothing if name in empty else nothing | TAKEN[schema.field(name).type])
        for name in names
    ]
    for begin in range(0, len(features), BATCH_FEATURES):
        with _no_search_for_cycles():
            made = [_decoded(_FEATURE, one) for one in features[begin : begin + BATCH_FEATURES]]
            if any([*one.properties] != names for one in made):
                raise Unusual("attributes")
            attributes = [_column([one.properties[name] for one in made], kind, taken) for name, kind, taken in columns]
            shapes = _shapes([one.geometry.coordinates for one in made])
            del made
        yield pa.record_batch([*attributes, shapes], schema=schema)


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Very many small objects, none of which leads back to itself: the collector would take as long as the parser."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _column(values: list[Any], kind: pa.DataType, taken: set[type]) -> pa.Array:
    if not {type(value) for value in values} <= taken:
        raise Unusual("values")
    try:
        return pa.array(values, type=kind)
    except (pa.ArrowException, OverflowError):
        raise Unusual("values") from None


def _shapes(polygons: list[list[list[tuple[float, float]]]]) -> pa.Array:
    """WKB of polygons, of which each has a ring and each ring is closed."""
    rings = list(chain.from_iterable(polygons))
    counts = np.array([len(ring) for ring in rings], dtype=np.int64)
    if not all(polygons) or counts.min() < CLOSED_RING_POINTS:
        raise Unusual("rings")
    ends = np.cumsum(counts)
    coordinates = np.fromiter(
        chain.from_iterable(chain.from_iterable(rings)), dtype=float, count=2 * int(ends[-1])
    ).reshape(-1, 2)
    if not np.isfinite(coordinates).all() or (coordinates[ends - counts] != coordinates[ends - 1]).any():
        raise Unusual("rings")
    of_polygon = np.cumsum([0, *(len(polygon) for polygon in polygons)])
    shapes = shapely.from_ragged_array(shapely.GeometryType.POLYGON, coordinates, (np.r_[0, ends], of_polygon))
    return pa.array(shapely.to_wkb(shapes), type=pa.binary())


_COLLECTION, _FEATURE = msgspec.json.Decoder(_Collection), msgspec.json.Decoder(_Feature)


def _decoded(decoder: Any, content: Any) -> Any:
    try:
        return decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError):
        raise Unusual("members") from None
