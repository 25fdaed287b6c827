"""Map layers of a build: a GeoPackage that QGIS opens styled, GeoParquet, and simplified boundaries.
`pipeline.build.maps` calls it.
"""

import json
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import yaml

from contracts import contract
from contracts.reference import lookup
from contracts.submission_table import CRS
from reporting.known_texts import hidden
from reporting.styles import qml

GEOPACKAGE, SIMPLIFIED, INTERNAL = "maps.gpkg", "boundaries.geojson", "internal"
CODE_NAMES = {  # by dataset: the column of a code, that of its name, and the seed that has both
    "admin_boundary": ("township_code", "township_name", "township"),
    "land_parcel": ("land_class_code", "first_class_code", "land_class"),
}
ADDED = {"period": "填报期", "area_ha": "椭球面积（公顷）", "township_name": "乡镇", "first_class_code": "一级类代码"}
TOLERANCE_DEGREES = 0.001  # of simplified boundaries: corners of triangles of less than a hectare go
DECIMALS = 5  # of their coordinates: a metre
STYLE_TABLE = """
    create table layer_styles (
        id integer primary key autoincrement not null, f_table_catalog text(256), f_table_schema text(256), f_table_name text(256),
        f_geometry_column text(256), styleName text(30), styleQML text, styleSLD text, useAsDefault boolean, description text,
        owner text(30), ui text(30), update_time datetime default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
    )
"""


class ShapeKind(NamedTuple):
    """What the features of one map layer are. suffix, words: what its name and title have behind the dataset's."""

    type: str
    dimensions: int
    suffix: str
    words: str


POLYGONS, LINES = ShapeKind("MultiPolygon", 2, "", ""), ShapeKind("MultiLineString", 1, "_line", "（线）")


@cache
def styles() -> dict[str, dict[str, Any]]:
    """maps.yml: the style of each layer, in the order in which they are drawn."""
    return yaml.safe_load(Path(__file__).with_name("maps.yml").read_text(encoding="utf-8"))


def write_maps(folder: Path, layers: Mapping[str, pa.Table], area_cells: pa.Table | None) -> None:
    """Write the map layers of a build.

    folder: empty; there come `maps.gpkg`, `<dataset>.parquet` and `boundaries.geojson`, and in `internal/` the same of
    the layers that must not leave the district's offices; features that are lines make a layer of their own,
    `<dataset>_line`. layers: by dataset the contract's fields, period, area_ha and
    geometry (WKB, longitude/latitude,
    EPSG:4490); one that is missing or empty is left out. area_cells: (part_code, township_code, consolidation_zone,
    restoration_zone, geometry),
    None while there is no base partition.
    """
    (folder / INTERNAL).mkdir(parents=True)
    for dataset, style in styles().items():
        features = layers.get(dataset)
        if features is None or not features.num_rows:
            continue
        place = folder / INTERNAL if style.get("internal") else folder
        features = _with_code_names(dataset, features)
        for kind, some in _by_kind(features).items():
            name, title = dataset + kind.suffix, contract(dataset).title.zh + kind.words
            _write_geoparquet(place / f"{name}.parquet", some, kind)
            _write_layer(place / GEOPACKAGE, name, title, some, kind)
            _write_style(place / GEOPACKAGE, name, title, qml(style, _titles(dataset, some), is_line=kind is LINES))
    if area_cells is not None:
        (folder / SIMPLIFIED).write_text(
            json.dumps(simplified(area_cells), ensure_ascii=False, separators=(",", ":")), encoding="utf-8"
        )


def write_public_maps(maps: Path, folder: Path) -> None:
    """Write the layers that anybody may see (`public` in maps.yml) to a new folder, from the folder `maps` of a build: areas of the
    administration and of the plan, with no site, no parcel and nothing else that is somebody's.
    """
    import pyarrow.parquet as pq

    folder.mkdir()
    if (maps / SIMPLIFIED).is_file():
        shutil.copyfile(maps / SIMPLIFIED, folder / SIMPLIFIED)
    for dataset, style in styles().items():
        for kind in (POLYGONS, LINES):
            name, title = dataset + kind.suffix, contract(dataset).title.zh + kind.words
            if style.get("public") and (maps / f"{name}.parquet").is_file():
                features = _with_known_texts(pq.read_table(maps / f"{name}.parquet"))
                pq.write_table(features, folder / f"{name}.parquet", compression="zstd")
                features = features.replace_schema_metadata(None)
                _write_layer(folder / GEOPACKAGE, name, title, features, kind)
                _write_style(
                    folder / GEOPACKAGE, name, title, qml(style, _titles(dataset, features), is_line=kind is LINES)
                )


def _with_known_texts(features: pa.Table) -> pa.Table:
    """The features without texts that somebody wrote and no list has."""
    for at, field in enumerate(features.schema):
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            written = features[field.name].to_pylist()
            shown = hidden(text for text in written if text is not None)
            features = features.set_column(at, field, pa.array([shown.get(text, text) for text in written], field.type))
    return features


def _with_code_names(dataset: str, features: pa.Table) -> pa.Table:
    """The features with the name of a code beside it, where styles and readers need it."""
    if dataset in CODE_NAMES:
        code, name, seed = CODE_NAMES[dataset]
        names = lookup(seed, code, name)
        column = pa.array([names.get(value) for value in features[code].to_pylist()], pa.string())
        features = features.add_column(features.column_names.index(code) + 1, name, column)
    return features


def _by_kind(features: pa.Table) -> dict[ShapeKind, pa.Table]:
    """The features by what they are, as a layer has one type: each of several parts throughout. A kind that has none is left out."""
    import shapely

    shapes = shapely.from_wkb(features["geometry"].to_numpy())
    found = {}
    for kind, collect in ((POLYGONS, shapely.multipolygons), (LINES, shapely.multilinestrings)):
        of_kind = shapely.get_dimensions(shapes) == kind.dimensions
        if of_kind.any():
            parts, owner = shapely.get_parts(shapes[of_kind], return_index=True)
            whole = pa.array(shapely.to_wkb(collect(parts, indices=owner)), pa.binary())
            some = features.filter(pa.array(of_kind)).drop_columns(["geometry"])
            found[kind] = some.append_column("geometry", whole)
    return found


def _titles(dataset: str, features: pa.Table) -> dict[str, str]:
    fields = contract(dataset).columns
    return {
        name: ADDED.get(name)
        or (f"{fields[name].zh}（{fields[name].measure_unit}）" if fields[name].measure_unit else fields[name].zh)
        for name in features.column_names
        if name != "geometry"
    }


def _write_geoparquet(path: Path, features: pa.Table, kind: ShapeKind) -> None:
    """GeoParquet 1.1: longitude before latitude whatever the reference system's own order of axes."""
    import pyarrow.parquet as pq
    import shapely
    from pyproj import CRS as ReferenceSystem

    bounds = shapely.total_bounds(shapely.from_wkb(features["geometry"].to_numpy())).tolist()
    column = {
        "encoding": "WKB",
        "geometry_types": [kind.type],
        "crs": ReferenceSystem(CRS).to_json_dict(),
        "bbox": bounds,
    }
    metadata = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    pq.write_table(features.replace_schema_metadata({"geo": json.dumps(metadata)}), path, compression="zstd")


def _write_layer(path: Path, name: str, title: str, features: pa.Table, kind: ShapeKind) -> None:
    from pyogrio import write_arrow

    write_arrow(
        features,
        path,
        layer=name,
        driver="GPKG",
        geometry_name="geometry",
        geometry_type=kind.type,
        crs=CRS,
        encoding="UTF-8",
        append=path.exists(),
        layer_options={"IDENTIFIER": title, "GEOMETRY_NAME": "geom"},
    )


def _write_style(path: Path, name: str, title: str, style: str) -> None:
    """Where QGIS looks for a layer's default style; the table is a registered one, as the GeoPackage standard asks."""
    with closing(sqlite3.connect(path)) as con, con:
        if not con.execute("select 1 from sqlite_master where name = 'layer_styles'").fetchone():
            con.execute(STYLE_TABLE)
            con.execute(
                "insert into gpkg_contents (table_name, data_type, identifier) values (?, 'attributes', ?)",
                ["layer_styles"] * 2,
            )
        con.execute(
            "insert into layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, useAsDefault)"
            " values ('', '', ?, 'geom', ?, ?, 1)",
            [name, title, style],
        )


def simplified(area_cells: pa.Table) -> dict[str, Any]:
    """Townships, the parts of those that are split, and zones as a GeoJSON FeatureCollection of few points (kind, code,
    name), for reports.

    area_cells: as in `write_maps`. All borders are simplified together, so that what touched still touches and nothing
    overlaps.
    """
    import numpy as np
    import shapely

    drawn = shapely.coverage_simplify(
        shapely.from_wkb(np.array(area_cells["geometry"].to_pylist(), dtype=object)), TOLERANCE_DEGREES
    )
    drawn = shapely.transform(drawn, lambda at: np.round(at, DECIMALS))
    names = {
        **lookup("township_part", "part_code", "part_name"),
        **lookup("township", "township_code", "township_name"),
        **lookup("zone", "zone_code", "zone_name"),
    }
    features = []
    whole = set(area_cells["township_code"].to_pylist())
    for kind in ("township_code", "part_code", "consolidation_zone", "restoration_zone"):
        codes = np.array(area_cells[kind].to_pylist(), dtype=str)
        for code in sorted(set(codes.tolist()) - (whole if kind == "part_code" else set())):
            shape = shapely.coverage_union_all(drawn[codes == code])
            features.append(
                {
                    "type": "Feature",
                    "properties": {"kind": kind.removesuffix("_code"), "code": code, "name": names.get(code, code)},
                    "geometry": json.loads(shapely.to_geojson(shape)),
                }
            )
    return {"type": "FeatureCollection", "features": features}
