"""A plain GeoJSON is read as GDAL reads it; any other is left to GDAL."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.readers import layer
from ingestion.readers.geojson import Unusual, plain_features

RING = [[113.0, 36.0], [113.1, 36.0], [113.1, 36.1000000000000005], [113, 36]]
HOLE = [[113.05, 36.01], [113.06, 36.01], [113.06, 36.02], [113.05, 36.01]]
PLAIN = {"type": "Polygon", "coordinates": [RING]}


def feature(properties, geometry=PLAIN, **members):
    return {"type": "Feature", "properties": properties, "geometry": geometry, **members}


def collection(*features, **members):
    return {"type": "FeatureCollection", **members, "features": list(features)}


def written(folder, value):
    path = folder / "layer.geojson"
    path.write_bytes(
        value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    )
    return path


def plain(folder, value):
    """What the plain way gives: reference system, columns with type and values. Raises Unusual."""
    path = written(folder, value)
    meta, batches, schema = plain_features(path, layer._by_gdal, folder / "first.geojson")
    table = layer._within_limits(batches, schema)
    return told(meta, table)


def told(meta, table):
    columns = zip(table.column_names, table.columns, strict=True)
    return (
        meta["crs"],
        meta["geometry_type"],
        [(name, str(column.type), column.to_pylist()) for name, column in columns],
    )


def by_gdal(folder, value):
    return told(*layer._by_gdal(written(folder, value)))


@pytest.mark.parametrize(
    "value",
    [
        collection(feature({"a": "甲", "b": 1, "c": 1.5, "d": 3_000_000_000})),
        collection(
            feature({"a": "x", "c": 1.5}), feature({"a": None, "c": 2}), feature({"a": "2024-01-01", "c": None})
        ),
        collection(feature({"a": "x"}, {"type": "Polygon", "coordinates": [RING, HOLE]}), feature({"a": ""})),
        collection(
            feature({"a": "x"}), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}, name="图层"
        ),
        collection(feature({"a": "x"}), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4527"}}),
        collection(feature({"a": "x"}), crs=None),
        collection(feature({})),
        collection(feature({"a": None, "b": 1}), feature({"a": None, "b": None})),
        collection(feature({"a": ""}), feature({"a": "2024-01-01"})),
        collection(feature({"A": "x", "a": "y"})),
        collection(feature({"a": '{"b": 1}', "b": "[1]", "c": "\t\u2028\\"})),
    ],
)
def test_plain_files_are_read_as_gdal_reads_them(tmp_path, value):
    assert plain(tmp_path, value) == by_gdal(tmp_path, value)


@pytest.mark.parametrize(
    "value",
    [
        collection(),
        collection(feature({"a": "2024-01-01"})),
        collection(feature({"a": True})),
        collection(feature({"a": None}), feature({"a": "2024-01-01"})),
        collection(feature({"a": None}), feature({"a": "x"})),
        collection(feature({"a": [1]})),
        collection(feature({"a": "x\0y"})),
        collection(feature({"id": 5})),
        collection(feature({"a": 1}), feature({"a": 1.0})),
        collection(feature({"a": 1}), feature({"a": 3_000_000_000})),
        collection(feature({"a": 3_000_000_000}), feature({"a": 2**70})),
        collection(feature({"a": 1}), feature({"a": "1"})),
        collection(feature({"a": "1"}), feature({"a": 1})),
        collection(feature({"a": 1}), feature({"b": 1})),
        collection(feature({"a": 1, "b": 2}), feature({"b": 2, "a": 1})),
        collection(feature({"a": 1}, id=7)),
        collection(feature({"a": 1}, bbox=[1, 2, 3, 4])),
        collection(feature({"a": 1}), bbox=[1, 2, 3, 4]),
        collection(feature({"a": 1}, None)),
        collection(feature({"a": 1}, {"type": "Polygon", "coordinates": []})),
        collection(feature({"a": 1}, {"type": "Polygon", "coordinates": [RING[:3]]})),
        collection(feature({"a": 1}, {"type": "Polygon", "coordinates": [[*RING[:3], [113.0, 36.01]]]})),
        collection(feature({"a": 1}, {"type": "Polygon", "coordinates": [[[*point, 900.0] for point in RING]]})),
        collection(feature({"a": 1}, {"type": "MultiPolygon", "coordinates": [[RING]]})),
        feature({"a": 1}),
        json.dumps(collection(feature({"a": 1}))).encode("utf-8-sig"),
        json.dumps(collection(feature({"a": "甲"})), ensure_ascii=False).encode("gb18030"),
        json.dumps(collection(feature({"a": 1}))).encode()[:-3],
        b'{"type": "FeatureCollection", "features": [], "features": [1]}',
    ],
)
def test_anything_else_is_left_to_gdal(tmp_path, value):
    with pytest.raises(Unusual):
        plain(tmp_path, value)


NUMBERS = st.floats(-180, 180) | st.integers(-180, 180)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.none() | st.text(max_size=5) | st.integers() | FLOATS | st.sampled_from(["2024-01-01", "1", 1, 1.0])
RINGS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=3, max_size=5).map(lambda points: [*points, points[0]])
FEATURES = st.builds(
    feature,
    st.fixed_dictionaries({"a": VALUES, "b": VALUES})
    | st.fixed_dictionaries({"a": st.text(max_size=3), "b": st.floats(-1e9, 1e9)}),
    st.builds(lambda rings: {"type": "Polygon", "coordinates": rings}, st.lists(RINGS, min_size=1, max_size=2)),
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(features=st.lists(FEATURES, min_size=1, max_size=4))
def test_what_is_read_plainly_is_as_gdal_reads_it(tmp_path_factory, features):
    folder = tmp_path_factory.mktemp("plain")
    try:
        mine = plain(folder, collection(*features))
    except Unusual:
        return
    assert mine == by_gdal(folder, collection(*features))
