"""Reading layers of every format, whatever their files say about themselves, and nothing but layers."""

import json
import sqlite3
import struct
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from pyproj import CRS

from ingestion.readers.errors import UnreadableFile
from ingestion.readers.layer import read_layer
from tests.support.layer_files import cell, shapefile, write, zipped

SHAPES = [cell(0, 0), cell(1, 0)]
ATTRIBUTES = {"DLMC": ["水浇地", "其他林地"], "TBMJ": [1.5, 2.5]}


def refused(path, name=None):
    with pytest.raises(UnreadableFile) as caught:
        read_layer(path, name or path.name)
    return caught.value.rule_id, caught.value.detail


def expect(layer, **also):
    assert layer.attributes.to_pydict() == ATTRIBUTES
    assert shapely.area(shapely.symmetric_difference(shapely.from_wkb(layer.geometry.to_numpy()), SHAPES)).max() < 1e-10
    assert {name: getattr(layer, name) for name in also} == also


def geoparquet(path, crs="EPSG:4490", encoding="WKB"):
    geo = {
        "primary_column": "shape",
        "columns": {"shape": {"encoding": encoding, "crs": CRS.from_user_input(crs).to_json_dict()}},
    }
    table = pa.table({**ATTRIBUTES, "shape": [shapely.to_wkb(shape) for shape in SHAPES]})
    pq.write_table(table.replace_schema_metadata({b"geo": json.dumps(geo).encode()}), path)
    return path


def test_geopackage(tmp_path):
    file = write(tmp_path / "a.gpkg", SHAPES, ATTRIBUTES, layer="DLTB")
    expect(read_layer(file, "北呈2024.gpkg"), crs="EPSG:4490", name="DLTB", title="DLTB", cut_names=False)


def test_the_name_of_the_file_does_not_matter(tmp_path):
    file = write(tmp_path / "a.gpkg", SHAPES, ATTRIBUTES)
    file.rename(tmp_path / "0d5f")
    expect(read_layer(tmp_path / "0d5f", "图斑.zip"))


def test_geojson_with_a_byte_order_mark(tmp_path):
    file = write(tmp_path / "a.geojson", SHAPES, ATTRIBUTES)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    expect(read_layer(file, "北呈2024.geojson"), crs="EPSG:4490", name=None, title="北呈2024")


@pytest.mark.parametrize("before", ["", "\x1e"], ids=["plain", "record separator"])
def test_a_geojson_with_a_feature_in_each_line(tmp_path, before):
    file = write(tmp_path / "a.geojson", SHAPES, ATTRIBUTES)
    whole = read_layer(file, "a.geojson")
    features = json.loads(file.read_text("utf-8-sig"))["features"]
    lines = [before + json.dumps(one, ensure_ascii=False) for one in features]
    (tmp_path / "b.geojson").write_text("\n".join(lines) + "\n", "utf-8")
    read = read_layer(tmp_path / "b.geojson", "b.geojson")
    assert read.attributes.to_pylist() == whole.attributes.to_pylist()
    assert read.geometry.to_pylist() == whole.geometry.to_pylist()


def test_a_torn_line_of_features_is_refused(tmp_path):
    line = '{"type": "Feature", "properties": {"A": 1}, "geometry": {"type": "Point", "coordinates": [113, 36]}}'
    (tmp_path / "b.geojson").write_text("\n".join([line, line, line[:40]]), "utf-8")
    with pytest.raises(UnreadableFile):
        read_layer(tmp_path / "b.geojson", "b.geojson")


def test_attributes_of_a_geojson_keep_their_types(tmp_path):
    """As GDAL infers them over all features: a number beside a text is a text, an attribute may be missing."""
    written = [
        {"text": "2024-01-01", "whole": 1, "mixed": 1, "truth": True},
        {"text": "甲", "whole": 3_000_000_000, "mixed": "x", "late": 2.5},
    ]
    features = [
        {"type": "Feature", "properties": one, "geometry": shapely.geometry.mapping(shape)}
        for one, shape in zip(written, SHAPES, strict=True)
    ]
    file = tmp_path / "a.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    assert read_layer(file, "a.geojson").attributes.to_pylist() == [
        {"text": "2024-01-01", "whole": 1, "mixed": "1", "truth": True, "late": None},
        {"text": "甲", "whole": 3_000_000_000, "mixed": "x", "truth": None, "late": 2.5},
    ]


def test_a_geojson_that_names_an_attribute_twice_is_refused(tmp_path):
    file = write(tmp_path / "a.geojson", SHAPES, ATTRIBUTES)
    file.write_text(file.read_text().replace('"TBMJ": 2.5', '"TBMJ": 2.5, "DLMC": "旱地"'), encoding="utf-8")
    assert refused(file) == ("reading.unreadable", "一个要素里有两个“DLMC”属性")


@pytest.mark.parametrize("which", [0, 1], ids=["of the reference system", "of a feature"])
def test_a_geojson_that_has_properties_twice_is_refused(tmp_path, which):
    file = write(tmp_path / "a.geojson", SHAPES, ATTRIBUTES)
    first, second, rest = file.read_text(encoding="utf-8").split('"properties"', 2)
    mark = ['"properties"', '"properties"']
    mark[which] = '"properties": {}, "properties"'
    file.write_text(f"{first}{mark[0]}{second}{mark[1]}{rest}", encoding="utf-8")
    assert refused(file) == ("reading.unreadable", "同一处有两个“properties”")


def test_geoparquet(tmp_path):
    expect(read_layer(geoparquet(tmp_path / "a.parquet"), "图斑.parquet"), name=None, title="图斑")


def test_file_geodatabase_as_a_folder_and_in_a_zip(tmp_path):
    folder = write(
        tmp_path / "a.gdb",
        [shapely.MultiPolygon([shape]) for shape in SHAPES],
        ATTRIBUTES,
        driver="OpenFileGDB",
        layer="DLTB",
    )
    expect(read_layer(folder, "a.gdb"), name="DLTB")
    archive = zipped(tmp_path / "a.zip", {f"数据/a.gdb/{file.name}": file.read_bytes() for file in folder.iterdir()})
    expect(read_layer(archive, "a.zip"), name="DLTB", title="DLTB")


@pytest.mark.parametrize(
    ("encoding", "cpg"),
    [
        ("GBK", b"GBK"),
        ("GBK", None),
        ("UTF-8", b"UTF-8"),
        ("UTF-8", None),
        ("GBK", b"936"),
        ("GBK", b"nonsense"),
    ],
)
def test_shapefile_encodings_are_decided_by_the_bytes(tmp_path, encoding, cpg):
    files = shapefile(tmp_path / "s", SHAPES, ATTRIBUTES, encoding=encoding)
    files.pop(".cpg", None)
    dbf = bytearray(files[".dbf"])
    dbf[29] = 0
    files |= {".dbf": bytes(dbf)} | ({".cpg": cpg} if cpg else {})
    archive = zipped(tmp_path / "北呈.zip", {f"北呈{ending}": content for ending, content in files.items()})
    expect(read_layer(archive, "北呈.zip"), name=None, title="北呈", cut_names=True, missing=(), garbled=())


@pytest.mark.parametrize(("encoding", "cpg"), [("GBK", b"UTF-8"), ("UTF-8", b"GBK"), ("GBK", b"ISO-8859-1")])
def test_a_wrong_declaration_is_reported_and_not_followed(tmp_path, encoding, cpg):
    files = shapefile(tmp_path / "s", SHAPES, ATTRIBUTES, encoding=encoding) | {".cpg": cpg}
    archive = zipped(tmp_path / "a.zip", {f"a{ending}": content for ending, content in files.items()})
    expect(read_layer(archive, "a.zip"), garbled=("DLMC",))


def test_an_attribute_cut_in_the_middle_of_a_character_is_no_garbage(tmp_path):
    files = shapefile(tmp_path / "s", SHAPES[:1], {"DLMC": ["水" * 40]}, encoding="UTF-8")
    archive = zipped(tmp_path / "a.zip", {f"a{ending}": content for ending, content in files.items()})
    layer = read_layer(archive, "a.zip")
    assert layer.garbled == ()
    assert set(layer.attributes["DLMC"][0].as_py()) == {"水"}


def test_loose_shapefile_beside_other_files(tmp_path):
    files = shapefile(tmp_path / "s", SHAPES, ATTRIBUTES)
    loose = tmp_path / "loose"
    loose.mkdir()
    for ending, content in files.items():
        (loose / f"DLTB{ending.upper()}").write_bytes(content)
        (loose / f"other{ending}").write_bytes(b"none of it")
    expect(read_layer(loose / "DLTB.SHP", "DLTB.SHP"), title="DLTB")


def test_folder_with_one_file(tmp_path):
    files = shapefile(tmp_path / "s", SHAPES, ATTRIBUTES)
    (tmp_path / "archived").mkdir()
    zipped(tmp_path / "archived" / "a.zip", {f"DLTB{ending}": content for ending, content in files.items()})
    expect(read_layer(tmp_path / "archived", "a.zip"), title="DLTB")


def test_folder_with_the_files_of_one_shapefile(tmp_path):
    shapefile(tmp_path / "s", SHAPES, ATTRIBUTES)
    expect(read_layer(tmp_path / "s", "图斑.shp"), title="layer", missing=())


@pytest.mark.parametrize("ending", [".dbf", ".shx"])
def test_what_a_shapefile_lacks_is_reported_and_its_shapes_counted(tmp_path, ending):
    files = shapefile(tmp_path / "s", SHAPES, ATTRIBUTES)
    archive = zipped(tmp_path / "a.zip", {f"a{kept}": content for kept, content in files.items() if kept != ending})
    layer = read_layer(archive, "a.zip")
    assert (layer.missing, len(layer.geometry)) == ((ending,), 2)


def test_a_shapefile_without_shapes_is_refused(tmp_path):
    files = shapefile(tmp_path / "s", SHAPES, ATTRIBUTES)
    archive = zipped(tmp_path / "a.zip", {f"a{kept}": content for kept, content in files.items() if kept != ".shp"})
    assert refused(archive) == ("reading.shapefile_incomplete", ".shp")


def test_no_crs_is_none(tmp_path):
    files = shapefile(tmp_path / "s", SHAPES, ATTRIBUTES, crs=None)
    assert ".prj" not in files
    assert read_layer(tmp_path / "s", "a.shp").crs is None


@pytest.mark.parametrize("ending", [".shp", ".dbf"])
def test_a_torn_file_is_refused(tmp_path, ending):
    files = shapefile(tmp_path / "s", SHAPES, ATTRIBUTES)
    files[ending] = files[ending][:-20]
    rule, _ = refused(zipped(tmp_path / "a.zip", {f"a{kept}": content for kept, content in files.items()}))
    assert rule == "reading.unreadable"


def test_more_shapes_than_records_are_refused(tmp_path):
    files = shapefile(tmp_path / "s", SHAPES, ATTRIBUTES) | {
        ".dbf": shapefile(tmp_path / "t", SHAPES[:1], {"DLMC": ["水"]})[".dbf"]
    }
    assert (
        "2 个图形" in refused(zipped(tmp_path / "a.zip", {f"a{kept}": content for kept, content in files.items()}))[1]
    )


SECRET = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"secret":1},"geometry":null}]}'


@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.shp", "a.zip"])
@pytest.mark.parametrize(
    "text",
    [
        '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{secret}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>',
        '{{"type":"gdal_streamed_alg","command_line":"gdal vector pipeline ! read {secret} ! write x --of stream"}}',
        '{{"type":"gdal_streamed_alg","x":{{"type":"FeatureCollection"}},"command_line":"gdal vector pipeline ! read {secret} ! write x"}}',
        '{{"type":"Topology","x":{{"type":"FeatureCollection"}}}}',
        "id,WKT\n1,POINT(1 1)\n",
        "",
    ],
)
def test_only_layers_are_opened_whatever_a_text_calls_itself(tmp_path, name, text):
    (tmp_path / "secret.geojson").write_text(SECRET)
    file = tmp_path / name
    file.write_text(text.format(secret=tmp_path / "secret.geojson"))
    assert refused(file)[0] == "reading.unreadable"
    inside = zipped(tmp_path / "inside.zip", {"a.geojson": file.read_bytes()})
    assert refused(inside)[0] == "reading.unreadable"


def test_a_geopackage_with_a_foreign_table_is_refused(tmp_path):
    file = write(tmp_path / "a.gpkg", SHAPES, ATTRIBUTES)
    with sqlite3.connect(file) as connection:
        connection.execute("pragma writable_schema = on")
        connection.execute(
            "insert into sqlite_master values ('table', 'x', 'x', 0, 'CREATE VIRTUAL TABLE x USING VirtualOGR(''/etc/passwd'')')"
        )
    connection.close()
    assert "VirtualOGR" in refused(file)[1]


def test_plain_sqlite_is_no_geopackage(tmp_path):
    with sqlite3.connect(tmp_path / "a.gpkg") as connection:
        connection.execute("create table x(y)")
    connection.close()
    assert refused(tmp_path / "a.gpkg") == ("reading.other_format", "数据库文件（不是 GeoPackage）")


def test_members_of_a_zip_never_leave_their_folder(tmp_path):
    files = shapefile(tmp_path / "s", SHAPES, ATTRIBUTES)
    outside = tmp_path / "outside"
    outside.mkdir()
    climbing = {f"../../xxx/a{ending}": content for ending, content in files.items()}
    archive = zipped(outside / "a.zip", climbing | {"/etc/cron.d/x.dbf.txt": b""})
    expect(read_layer(archive, "a.zip"))
    assert [path.name for path in outside.iterdir()] == ["a.zip"]


def test_two_layers_in_a_zip_are_refused(tmp_path):
    files = shapefile(tmp_path / "s", SHAPES, ATTRIBUTES)
    two = {f"{name}{ending}": content for name in ("a", "b") for ending, content in files.items()}
    assert "含 2 个 .shp" in refused(zipped(tmp_path / "a.zip", two))[1]
    assert (
        "两个"
        in refused(
            zipped(tmp_path / "b.zip", {f"{place}/a{ending}": files[ending] for place in "xy" for ending in files})
        )[1]
    )


def test_a_zip_without_a_layer_is_refused(tmp_path):
    assert refused(zipped(tmp_path / "a.zip", {"readme.txt": b"nothing"})) == ("reading.unreadable", "没有图层文件")


def test_a_bomb_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr("ingestion.readers.layer_files.MAX_BYTES_ON_DISK", 1 << 20)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.shp", bytes(1_000_000))
        archive.writestr("a.dbf", bytes(1_000_000))
    assert refused(tmp_path / "a.zip") == ("reading.timeout", "解压后超过 1 MB")


def test_a_torn_or_locked_zip_is_refused(tmp_path):
    whole = zipped(tmp_path / "a.zip", {"a.geojson": SECRET.encode()})
    (tmp_path / "torn.zip").write_bytes(whole.read_bytes()[:-30])
    assert refused(tmp_path / "torn.zip")[0] == "reading.unreadable"
    locked = bytearray(whole.read_bytes())
    for sign, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = locked.index(sign) + flags
        locked[at : at + 2] = struct.pack("<H", 1)
    (tmp_path / "locked.zip").write_bytes(locked)
    assert refused(tmp_path / "locked.zip")[0] == "reading.unreadable"


def test_names_in_a_zip_are_read_as_gbk_where_nothing_is_said(tmp_path):
    files = shapefile(tmp_path / "s", SHAPES, ATTRIBUTES)
    written = zipped(tmp_path / "a.zip", {f"PLACEHLD{ending}": content for ending, content in files.items()})
    content = written.read_bytes().replace(b"PLACEHLD", "北呈图斑".encode("gbk"))
    (tmp_path / "b.zip").write_bytes(content)
    expect(read_layer(tmp_path / "b.zip", "b.zip"), title="北呈图斑")


def test_of_several_layers_the_one_with_the_attributes_is_taken(tmp_path):
    file = write(tmp_path / "a.gpkg", SHAPES[:1], {"NAME": ["x"]}, layer="other")
    write(file, SHAPES, ATTRIBUTES, layer="DLTB", append=True)
    expect(read_layer(file, "a.gpkg", ["dlmc", "TBMJ"]), name="DLTB")
    assert "应只有一个" in refused(file)[1]


def test_a_geopackage_without_a_layer_is_refused(tmp_path):
    file = tmp_path / "a.gpkg"
    pyogrio.raw.write(file, geometry=None, field_data=[pa.array([1]).to_numpy()], fields=["x"], crs=None, driver="GPKG")
    assert refused(file) == ("reading.unreadable", "没有图层")


def test_parquet_without_geometry_is_refused(tmp_path):
    pq.write_table(pa.table(ATTRIBUTES), tmp_path / "a.parquet")
    assert "GeoParquet" in refused(tmp_path / "a.parquet")[1]
    assert "point" in refused(geoparquet(tmp_path / "b.parquet", encoding="point"))[1]
