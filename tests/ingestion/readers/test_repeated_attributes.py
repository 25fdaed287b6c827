"""An attribute that a feature of a GeoJSON names twice is found, wherever it stands and however it is written."""

import json
from pathlib import Path

import pytest

from ingestion.readers.repeated_attributes import repeated_attribute

PLAIN = '"BSM": "1", "TBMJ": 2.5'


def written(folder: Path, *properties: str) -> Path:
    features = ",".join(
        f'{{"type": "Feature", "properties": {{{one}}}, "geometry": {{"type": "Point", "coordinates": [113.0, 36.0]}}}}'
        for one in properties
    )
    path = folder / "a.geojson"
    path.write_text(f'{{"type": "FeatureCollection", "name": "a:b", "features": [{features}]}}', encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("properties", "repeated"),
    [
        (PLAIN, None),
        ('"时间": "2024-01-01T08:00:00", "网址": "http://x"', None),
        ('"a": {"x": 1, "y": 2}, "b": [{"x": 1}, {"x": 2}]', None),
        ("", None),
        ('"TBMJ": 1, "TBMJ": 2', "TBMJ"),
        ('"TBMJ": 1, "TBMJ": 1', "TBMJ"),
        ('"TBMJ" : 1,\n "b": "x:y", "TBMJ" : null', "TBMJ"),
        (r'"图斑": 1, "\u56fe\u6591": 2', "图斑"),
        ('"a": {"x": 1, "x": 2}', "x"),
    ],
)
def test_an_attribute_named_twice(tmp_path: Path, properties: str, repeated: str | None) -> None:
    assert repeated_attribute(written(tmp_path, PLAIN, properties, PLAIN)) == repeated


def test_a_feature_by_itself_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text('{"type": "Feature", "properties": {"a": 1, "a": 2}, "geometry": null}', encoding="utf-8-sig")
    assert repeated_attribute(path) == "a"


GEOMETRY = '"geometry": {"type": "Point", "coordinates": [113.0, 36.0]}'
CRS = '"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}, '


@pytest.mark.parametrize(
    ("feature", "more", "repeated"),
    [
        (f'"properties": {{"a": 1}}, {GEOMETRY}', "", None),
        ('"id": 1', "", None),
        ('"properties": {"properties": "geometry", "features": {"geometry": 1}}', "", None),
        (f'"properties": {{"a": 1}}, {GEOMETRY}, "properties": {{"a": 2}}', "", "properties"),
        (f'"properties": null, {GEOMETRY}, {GEOMETRY}', "", "geometry"),
        (f'"properties": {{"a": 1}}, {GEOMETRY}', ', "features": []', "features"),
    ],
)
@pytest.mark.parametrize("crs", ["", CRS])
def test_a_member_of_the_format_named_twice(
    tmp_path: Path, feature: str, more: str, repeated: str | None, crs: str
) -> None:
    """Beside a feature that lacks both members, so that as many are written as there are features."""
    path = tmp_path / "a.geojson"
    features = f'[{{"type": "Feature"}}, {{"type": "Feature", {feature}}}]'
    path.write_text(f'{{"type": "FeatureCollection", {crs}"features": {features}{more}}}', encoding="utf-8")
    assert repeated_attribute(path) == repeated


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[" * 200_000,
        b'{"features": [{"properties": {"a": NaN}}]}',
        json.dumps({"features": [{"properties": {"a": "\u7532"}}]}, ensure_ascii=False).encode("gb18030"),
    ],
)
def test_what_is_no_strict_json_is_left_to_gdal(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.geojson").write_bytes(content)
    assert repeated_attribute(tmp_path / "a.geojson") is None
