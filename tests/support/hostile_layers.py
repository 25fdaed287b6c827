"""Layers that mean harm, or are broken."""

import io
import json
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.support.hostile_archives import sample


def linked_archive(outside: str) -> bytes:
    """A zip with a symbolic link to a file outside."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        link = zipfile.ZipInfo("湿地2024.geojson")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        target.writestr(link, outside)
    return buffer.getvalue()


def vrt(outside: str) -> bytes:
    return f'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{outside}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'.encode()


def pipeline_json(outside: str) -> bytes:
    return json.dumps(
        {
            "type": "gdal_streamed_alg",
            "command_line": f"gdal vector pipeline ! read {outside} ! write x",
            "features": [{"type": "Feature"}],
        }
    ).encode()


def changed_geopackage(*statements: str) -> bytes:
    """A clean layer whose database was given other objects; they are written as they stand, and none is run."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layer.gpkg"
        path.write_bytes(sample("wetland/2023年湿地图斑.gpkg"))
        with closing(sqlite3.connect(path)) as database, database:
            database.execute("pragma writable_schema = on")
            for statement in statements:
                database.execute(statement)
        return path.read_bytes()


def endless_view() -> bytes:
    """A GeoPackage whose list of layers never ends."""
    return changed_geopackage(
        "alter table gpkg_contents rename to real_contents",
        "create view gpkg_contents as with recursive n(x) as (select 1 union all select x + 1 from n) "
        "select c.* from real_contents as c where (select max(x) from n) > 0",
    )


def foreign_table(outside: str) -> bytes:
    """A GeoPackage with a table that stands for another file."""
    return changed_geopackage(
        "insert into sqlite_master (type, name, tbl_name, rootpage, sql) "
        f"values ('table', 'x', 'x', 0, 'create virtual table x using VirtualOGR(''{outside}'')')"
    )


def geojson(geometry: str, **members: object) -> bytes:
    extra = "".join(f", {json.dumps(name)}: {json.dumps(value)}" for name, value in members.items())
    return (
        f'{{"type": "FeatureCollection"{extra}, "features": [{{"type": "Feature", "properties": '
        f'{{"SDBH": "1", "SFBH": "是", "SDMJ": 1.0}}, "geometry": {geometry}}}]}}'
    ).encode()


def polygon(ring: str) -> str:
    return f'{{"type": "Polygon", "coordinates": [{ring}]}}'


def deep(levels: int) -> bytes:
    return geojson('{"type": "GeometryCollection", "geometries": [' * levels + "]}" * levels)


def run_length_bomb() -> bytes:
    """A GeoParquet file of few bytes and very many rows."""
    geo = {
        "version": "1.0.0",
        "primary_column": "geometry",
        "columns": {"geometry": {"encoding": "WKB", "geometry_types": []}},
    }
    schema = pa.schema([("SDBH", pa.string()), ("geometry", pa.binary())], metadata={b"geo": json.dumps(geo).encode()})
    buffer, rows = io.BytesIO(), 500_000
    batch = pa.table([pa.repeat("1", rows), pa.repeat(b"\x01" * 200, rows)], schema=schema)
    with pq.ParquetWriter(buffer, schema, compression="zstd") as writer:
        for _ in range(20):
            writer.write_table(batch)
    return buffer.getvalue()
