"""Layers written anew: other formats, coordinate systems, encodings, field names and kinds of geometry; the same
features.
"""

import json
import shutil
import warnings
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
from pyproj import CRS, Transformer

from contracts import Contract, contracts
from ingestion.normalize.layer import normalize_layer
from ingestion.normalize.result import NormalizedFile
from tests.support.other_layouts.records import SAMPLES

LARGEST = 700  # features: a whole district's parcels take longer than they teach
DRIVERS = {"gpkg": "GPKG", "geojson": "GeoJSON", "gdb": "OpenFileGDB", "shp": "ESRI Shapefile"}
STRANGE = {"township": "所在", "area": "丈量"}
"""Names that say nothing by themselves; the others say what the contract's do, in words of their own."""


@dataclass(frozen=True)
class Surveyor:
    """One way of handing in a layer. names: as printed, lower case, the Chinese title, or strange, as no list
    has them; cpg: what the .cpg says, None for no file.

    without: a field that is left out.
    """

    kind: str = "gpkg"
    crs: str = "EPSG:4490"
    encoding: str = "UTF-8"
    cpg: str | None = None
    names: str = "printed"
    turned: bool = False
    extra: bool = False
    has_z: bool = False
    is_multi: bool = False
    in_zip: bool = False
    without: str | None = None


SURVEYORS: dict[str, Surveyor] = {
    "GeoPackage in metres": Surveyor(crs="EPSG:4547", extra=True),
    "GeoPackage of the next zone": Surveyor(crs="EPSG:4548", names="lower", turned=True),
    "GeoPackage with heights": Surveyor(has_z=True, is_multi=True),
    "GeoPackage in Chinese": Surveyor(names="titles", in_zip=True),
    "Shapefile in GBK": Surveyor("shp", "EPSG:4526", "GBK", in_zip=True, turned=True),
    "Shapefile in GBK, said so": Surveyor("shp", "EPSG:4547", "GBK", "GBK", in_zip=True, is_multi=True, names="lower"),
    "Shapefile in UTF-8": Surveyor("shp", encoding="UTF-8", cpg="UTF-8", in_zip=True, extra=True),
    "Shapefile in UTF-8, not said": Surveyor("shp", "EPSG:4526", encoding="UTF-8", in_zip=True, has_z=True),
    "Shapefile of loose files": Surveyor("shp", "EPSG:4547", "GBK"),
    "GeoJSON": Surveyor("geojson", names="titles", turned=True),
    "GeoJSON in a zip": Surveyor("geojson", in_zip=True, has_z=True, extra=True),
    "GeoParquet": Surveyor("parquet", names="lower", is_multi=True),
    "GeoParquet in metres": Surveyor("parquet", "EPSG:4547", turned=True),
    "File Geodatabase": Surveyor("gdb", "EPSG:4547", is_multi=True, in_zip=True),
    "File Geodatabase as a folder": Surveyor("gdb", names="titles", is_multi=True, extra=True),
}


def clean_layers() -> list[str]:
    """Clean layers of a moderate size, as `<dataset>/<file>`; one of each kind of file a dataset."""
    found = {}
    for name, contract in contracts().items():
        for path in sorted((SAMPLES / "clean" / name).glob("*")) if contract.is_layer else []:
            if normalized(f"{name}/{path.name}").table.num_rows <= LARGEST:
                found.setdefault((name, path.suffix), f"{name}/{path.name}")
    return list(found.values())


@cache
def normalized(file: str) -> NormalizedFile:
    """A clean layer as it is read from its own file."""
    return normalize_layer(SAMPLES / "clean" / file, file.split("/")[1], contracts()[file.split("/")[0]])


def rewrite(file: str, surveyor: Surveyor, folder: Path) -> Path:
    """Writes a clean layer anew and returns what is handed in: a file, or the folder of a layer's files."""
    return write_layer(contracts()[file.split("/")[0]], normalized(file).table, Path(file).stem, surveyor, folder)


def write_layer(contract: Contract, table: pa.Table, stem: str, surveyor: Surveyor, folder: Path) -> Path:
    """Writes the features of a frame as a layer, which is named as its file."""
    shapes = _shapes(table, surveyor)
    fields = _fields(contract, table, surveyor)
    if surveyor.kind == "parquet":
        return _parquet(folder / f"{stem}.parquet", shapes, fields, surveyor)
    home = folder / "files"
    home.mkdir()
    path = home / f"{stem}.{surveyor.kind}"
    options: dict[str, Any] = {"encoding": surveyor.encoding} if surveyor.kind == "shp" else {}
    if surveyor.kind == "geojson":
        options["RFC7946"] = "NO"
    kind = f"{'Multi' if surveyor.is_multi else ''}Polygon{' Z' if surveyor.has_z else ''}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.raw.write(
            path,
            geometry=shapely.to_wkb(shapes, output_dimension=3 if surveyor.has_z else 2),
            driver=DRIVERS[surveyor.kind],
            field_data=list(fields.values()),
            fields=list(fields),
            geometry_type=kind,
            crs=surveyor.crs,
            layer=stem,
            **options,
        )
    if surveyor.kind == "shp":
        path.with_suffix(".cpg").unlink(missing_ok=True)
        if surveyor.cpg:
            path.with_suffix(".cpg").write_text(surveyor.cpg)
    return _handed_in(home, path, surveyor)


def _handed_in(home: Path, path: Path, surveyor: Surveyor) -> Path:
    if not surveyor.in_zip:
        return path
    target = home.parent / f"{path.stem}.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for member in sorted(one for one in home.rglob("*") if one.is_file()):
            archive.write(member, f"报送/{member.relative_to(home)}")
    shutil.rmtree(home)
    return target


def _shapes(table: pa.Table, surveyor: Surveyor) -> Any:
    shapes = shapely.from_wkb(table["geometry"].to_numpy(zero_copy_only=False))
    if surveyor.crs != "EPSG:4490":
        metres = Transformer.from_crs("EPSG:4490", surveyor.crs, always_xy=True)
        shapes = shapely.transform(shapes, lambda points: np.column_stack(metres.transform(points[:, 0], points[:, 1])))
    if surveyor.has_z:
        shapes = shapely.force_3d(shapes, 980.5)
    return (
        np.array([shapely.multipolygons([shape]) if shape.geom_type == "Polygon" else shape for shape in shapes])
        if surveyor.is_multi
        else shapes
    )


def _fields(contract: Contract, table: pa.Table, surveyor: Surveyor) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, spec in contract.columns.items():
        if name == surveyor.without:
            continue
        title = {
            "printed": spec.headers[0],
            "lower": spec.headers[0].lower(),
            "titles": spec.zh,
            "strange": STRANGE.get(spec.type, f"本次{spec.zh}"),
        }[surveyor.names]
        title = "唯一码" if surveyor.names == "strange" and name == contract.layout.feature_id else title
        values = table[name].to_pylist()
        if spec.type == "boolean":
            values = ["是" if value else "否" for value in values]
        elif spec.type == "date":
            values = [f"{value:%Y-%m-%d}" for value in values]
        fields[title] = np.array(values, dtype=float if spec.is_numeric else object)
    if surveyor.turned:
        fields = dict(reversed(fields.items()))
    if surveyor.extra:
        fields |= {
            "OBJECTID_1": np.arange(table.num_rows),
            "BZ": np.array(["已核实"] * table.num_rows, dtype=object),
            "Shape_Area": np.arange(table.num_rows) + 0.5,
        }
    return fields


def _parquet(path: Path, shapes: Any, fields: dict[str, Any], surveyor: Surveyor) -> Path:
    geo = {
        "version": "1.0.0",
        "primary_column": "geometry",
        "columns": {
            "geometry": {
                "encoding": "WKB",
                "geometry_types": [],
                "crs": CRS.from_user_input(surveyor.crs).to_json_dict(),
            }
        },
    }
    columns = {name: pa.array(values.tolist()) for name, values in fields.items()} | {
        "geometry": pa.array(shapely.to_wkb(shapes).tolist())
    }
    pq.write_table(pa.table(columns).replace_schema_metadata({b"geo": json.dumps(geo).encode()}), path)
    return path
