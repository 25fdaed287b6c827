"""Map layers: every file opens, holds what was given, and brings its style."""

import json
import sqlite3
import xml.etree.ElementTree as ET
from contextlib import closing
from datetime import date

import numpy as np
import pyarrow as pa
import pyogrio
import pytest
import shapely

from contracts import contract, contracts
from contracts.reference import membership, table
from ingestion.readers.layer import read_layer
from reporting.maps import GEOPACKAGE, INTERNAL, SIMPLIFIED, simplified, styles, write_maps
from reporting.styles import qml
from tests.support.spatial_layers import cell, partition, wkb

WEST, EAST = "140404202", "140404203"
ARROW = {"DOUBLE": pa.float64(), "VARCHAR": pa.string(), "BOOLEAN": pa.bool_(), "DATE": pa.date32()}


def layer(dataset, shapes, **values):
    fields = contract(dataset).columns
    given = {**values, "period": ["2024"] * len(shapes), "area_ha": [1.5] * len(shapes)}
    types = {name: ARROW[field.sql_type] for name, field in fields.items()} | {
        "period": pa.string(),
        "area_ha": pa.float64(),
    }
    columns = {name: pa.array(given.get(name, [None] * len(shapes)), kind) for name, kind in types.items()}
    return pa.table({**columns, "geometry": wkb(shapes)})


def area_cells():
    """The plan's parts as cells of a partition, so that their borders have many corners."""
    parts = sorted(membership(), key=lambda row: row["part_code"])
    cells = np.array(partition(7, 4000, cell(0, 0, 20, 20)))
    seeds = np.array([cell(5 * (n % 4) + 2, 6 * (n // 4) + 2) for n in range(len(parts))])
    owner = np.argmin(shapely.distance(cells[:, None], seeds), axis=1)
    ground = [shapely.union_all(cells[owner == n]) for n in range(len(parts))]
    return pa.table({**{name: [row[name] for row in parts] for name in parts[0]}, "geometry": wkb(ground)})


@pytest.fixture(scope="module")
def maps(tmp_path_factory):
    folder = tmp_path_factory.mktemp("maps") / "maps"
    folder.mkdir()
    layers = {
        "admin_boundary": layer(
            "admin_boundary",
            [cell(0, 0, 4, 4), shapely.MultiPolygon([cell(4, 0), cell(6, 0)])],
            township_code=[WEST, EAST],
            effective_from=[date(2021, 10, 31)] * 2,
        ),
        "wetland": layer(
            "wetland",
            [cell(1, 1), cell(2, 2), cell(3, 3)],
            wetland_id=["1", "2", "3"],
            is_protected=[True, False, None],
        ),
        "forest_land": layer("forest_land", []),
        "land_parcel": layer(
            "land_parcel", [cell(0, 0), cell(1, 0)], parcel_id=["1", "2"], land_class_code=["0103", "1106"]
        ),
    }
    write_maps(folder, layers, area_cells())
    return folder


def test_layers_that_are_there_are_published_and_parcels_only_internally(maps):
    assert sorted(path.relative_to(maps).as_posix() for path in maps.rglob("*") if path.is_file()) == [
        "admin_boundary.parquet",
        SIMPLIFIED,
        f"{INTERNAL}/land_parcel.parquet",
        f"{INTERNAL}/{GEOPACKAGE}",
        GEOPACKAGE,
        "wetland.parquet",
    ]
    assert [name for name, kind in pyogrio.list_layers(maps / GEOPACKAGE) if kind] == ["wetland", "admin_boundary"]
    assert [name for name, kind in pyogrio.list_layers(maps / INTERNAL / GEOPACKAGE) if kind] == ["land_parcel"]


@pytest.mark.parametrize(
    ("place", "dataset", "count"), [("", "admin_boundary", 2), ("", "wetland", 3), (INTERNAL, "land_parcel", 2)]
)
def test_geopackage_and_geoparquet_hold_the_same(maps, place, dataset, count):
    frame = pyogrio.read_dataframe(maps / place / GEOPACKAGE, layer=dataset)
    raw = read_layer(maps / place / f"{dataset}.parquet", f"{dataset}.parquet")
    assert (len(frame), raw.attributes.num_rows) == (count, count)
    assert frame.crs.to_epsg() == 4490
    assert "China 2000" in raw.crs or "CGCS2000" in raw.crs
    assert shapely.equals_exact(frame.geometry.to_numpy(), shapely.from_wkb(raw.geometry.to_numpy())).all()
    assert set(frame.columns) == {*raw.attributes.column_names, "geometry"}
    assert set(contract(dataset).columns) < set(frame.columns)


def test_geoparquet_names_its_reference_system_and_extent(maps):
    import geopandas
    import pyarrow.parquet as pq

    frame = geopandas.read_parquet(maps / "wetland.parquet")
    assert frame.crs.to_epsg() == 4490
    assert frame["is_protected"].tolist()[:2] == [True, False]
    found = json.loads(pq.read_schema(maps / "wetland.parquet").metadata[b"geo"])
    assert found["columns"]["geometry"]["bbox"] == pytest.approx([113.01, 36.01, 113.04, 36.04])


def test_codes_have_their_names_beside_them(maps):
    boundary = pyogrio.read_dataframe(maps / GEOPACKAGE, layer="admin_boundary", read_geometry=False)
    assert boundary[["township_code", "township_name"]].to_numpy().tolist() == [[WEST, "北呈乡"], [EAST, "东和乡"]]
    parcels = pyogrio.read_dataframe(maps / INTERNAL / GEOPACKAGE, layer="land_parcel", read_geometry=False)
    assert parcels["first_class_code"].tolist() == ["01", "00"]


def test_each_layer_brings_its_default_style(maps):
    with closing(sqlite3.connect(maps / GEOPACKAGE)) as con:
        kept = con.execute(
            "select f_table_name, f_geometry_column, styleName, styleQML, useAsDefault from layer_styles"
        ).fetchall()
        geometry = dict(con.execute("select table_name, column_name from gpkg_geometry_columns").fetchall())
        assert con.execute("select data_type from gpkg_contents where table_name = 'layer_styles'").fetchall() == [
            ("attributes",)
        ]
    assert [(name, column, title, default) for name, column, title, _, default in kept] == [
        ("wetland", geometry["wetland"], "湿地", 1),
        ("admin_boundary", geometry["admin_boundary"], "行政区", 1),
    ]
    wetland = ET.fromstring(kept[0][3].partition("\n")[2])
    assert [(one.get("value"), one.get("label")) for one in wetland.iter("category")] == [
        ("true", "受保护湿地"),
        ("false", "其他湿地"),
    ]
    assert {one.get("field"): one.get("name") for one in wetland.iter("alias")}["is_protected"] == "是否受保护"
    fields = set(pyogrio.read_info(maps / GEOPACKAGE, layer="admin_boundary")["fields"])
    boundary = ET.fromstring(kept[1][3].partition("\n")[2])
    assert boundary.find("labeling/settings/text-style").get("fieldName") in fields
    assert {one.get("field") for one in boundary.iter("alias")} == fields


@pytest.mark.parametrize("dataset", styles())
def test_every_style_is_whole(dataset):
    style = styles()[dataset]
    root = ET.fromstring(qml(style, {"a": "甲"}).partition("\n")[2])
    symbols = {one.get("name") for one in root.iter("symbol")}
    wanted = {one.get("symbol") for one in root.iter("category")} or {"0"}
    assert symbols == wanted
    for symbol in root.iter("symbol"):
        options = {one.get("name"): one.get("value") for one in symbol.iter("Option") if one.get("name")}
        assert all(0 <= int(part) <= 255 for name in ("color", "outline_color") for part in options[name].split(","))
        assert len(options["color"].split(",")) == len(options["outline_color"].split(",")) == 4
    fields = {*contracts()[dataset].columns, "township_name", "first_class_code"}
    assert {style.get("by"), style.get("label")} - {None} <= fields


def test_styles_know_every_layer_first_class_and_zone():
    assert set(styles()) == {name for name, one in contracts().items() if one.is_layer}
    assert {code: one["zh"] for code, one in styles()["land_parcel"]["values"].items()} == {
        row["first_class_code"]: row["first_class_name"] for row in table("land_class")
    }
    assert {code: one["zh"] for code, one in styles()["planning_zone"]["values"].items()} == {
        row["zone_code"]: row["zone_name"] for row in table("zone")
    }


def test_simplified_borders_are_still_shared():
    given = area_cells()
    drawn = simplified(given)
    kinds = {}
    for feature in drawn["features"]:
        kinds.setdefault(feature["properties"]["kind"], []).append(
            shapely.from_geojson(json.dumps(feature["geometry"]))
        )
    assert {kind: len(shapes) for kind, shapes in kinds.items()} == {
        "township": 10,
        "part": 2,
        "consolidation_zone": 3,
        "restoration_zone": 3,
    }
    parts = shapely.union_all(np.array(kinds.pop("part")))
    codes = [feature["properties"]["code"] for feature in drawn["features"]]
    split = shapely.from_geojson(json.dumps(drawn["features"][codes.index("140404101")]["geometry"]))
    assert parts.equals(split)
    whole = shapely.union_all(shapely.from_wkb(np.array(given["geometry"].to_pylist(), dtype=object)))
    for shapes in kinds.values():
        assert shapely.coverage_is_valid(np.array(shapes))
        assert sum(shape.area for shape in shapes) == pytest.approx(whole.area, rel=2e-3)
    corners = shapely.get_num_coordinates(np.array(kinds["township"])).sum()
    before = shapely.get_num_coordinates(shapely.from_wkb(np.array(given["geometry"].to_pylist(), dtype=object))).sum()
    assert corners < before / 2


def test_sites_that_are_lines_are_a_layer_of_their_own_without_fill(tmp_path):
    folder = tmp_path / "maps"
    folder.mkdir()
    river = shapely.LineString([(113.0, 36.0), (113.01, 36.01)])
    sites = layer("project_site", [cell(0, 0), river], subproject_id=["A1-01", "F1-01"], project_id=["A1", "F1"])
    write_maps(folder, {"project_site": sites}, None)
    names = ["project_site", "project_site_line"]
    assert [name for name, kind in pyogrio.list_layers(folder / GEOPACKAGE) if kind] == names
    for name, number, shape in zip(names, ("A1-01", "F1-01"), (cell(0, 0), river), strict=True):
        frame = pyogrio.read_dataframe(folder / GEOPACKAGE, layer=name)
        assert frame["subproject_id"].tolist() == [number]
        assert frame.geometry[0].equals(shape)
        assert (folder / f"{name}.parquet").is_file()
    with closing(sqlite3.connect(folder / GEOPACKAGE)) as con:
        styled = dict(con.execute("select f_table_name, styleQML from layer_styles").fetchall())
    kinds = {
        name: ET.fromstring(style.partition("\n")[2]).find(".//symbol").get("type") for name, style in styled.items()
    }
    assert kinds == {"project_site": "fill", "project_site_line": "line"}
