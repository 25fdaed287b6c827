"""The form of a layer: a GeoPackage without features, whose attributes have the contract's names, types, titles and
lists. Called by `write_template` for layers.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import pyarrow as pa

from contracts import Contract, FieldSpec, code_lists
from contracts.submission_table import CRS
from ingestion.templates.checks import range_words
from ingestion.templates.form import Form, heading

GEOMETRY = "geometry"
TYPES = {"BIGINT": pa.int64(), "DOUBLE": pa.float64(), "DATE": pa.date32()}
SCHEMA_EXTENSION = (
    "create table if not exists gpkg_extensions (table_name text, column_name text, extension_name text not null, definition text not null,"
    " scope text not null, constraint ge_tce unique (table_name, column_name, extension_name))",
    "create table if not exists gpkg_data_columns (table_name text not null, column_name text not null, name text, title text,"
    " description text, mime_type text, constraint_name text, constraint pk_gdc primary key (table_name, column_name),"
    " constraint gdc_tn unique (table_name, name))",
    "create table if not exists gpkg_data_column_constraints (constraint_name text not null, constraint_type text not null, value text,"
    " min numeric, min_is_inclusive boolean, max numeric, max_is_inclusive boolean, description text,"
    " constraint gdcc_ntv unique (constraint_name, constraint_type, value))",
)


def write_layer_form(form: Form, target: Path) -> None:
    """Writes the GeoPackage; a file that is there is replaced. Raises OSError when it cannot be written."""
    from pyogrio.raw import write_arrow

    target.unlink(missing_ok=True)
    names = attributes(form.contract)
    schema = [pa.field(name, TYPES.get(spec.sql_type, pa.string())) for name, spec in names.items()]
    empty = pa.schema([*schema, pa.field(GEOMETRY, pa.binary())]).empty_table()
    layer = layer_name(form.contract)
    write_arrow(
        empty, str(target), layer=layer, driver="GPKG", geometry_name=GEOMETRY, geometry_type="MultiPolygon", crs=CRS
    )
    with closing(sqlite3.connect(target)) as database, database:
        _describe(database, layer, names)


def layer_name(contract: Contract) -> str:
    """The layer's name: the standard's short one (DLTB) where the contract knows it, else its title."""
    return next((word for word in contract.recognise if word.isascii() and word.isalpha()), contract.title.zh)


def attributes(contract: Contract) -> dict[str, FieldSpec]:
    """Attribute names and their fields; a township has its code and its name."""
    named = {}
    for spec in contract.columns.values():
        named[spec.headers[0]] = spec
        if spec.type == "township" and spec.name_headers:
            named[spec.name_headers[0]] = spec
    return named


def _describe(database: sqlite3.Connection, layer: str, names: dict[str, FieldSpec]) -> None:
    """Titles, hints and lists of values by the GeoPackage schema extension, which desktop GIS show in their forms."""
    for statement in SCHEMA_EXTENSION:
        database.execute(statement)
    definition = "http://www.geopackage.org/spec/#extension_schema"
    for table in ("gpkg_data_columns", "gpkg_data_column_constraints"):
        database.execute(
            "insert into gpkg_extensions values (?, null, 'gpkg_schema', ?, 'read-write')", (table, definition)
        )
    for name, spec in names.items():
        constraint = f"list_{spec.list}" if spec.list else None
        hint = "；".join(filter(None, (spec.meaning, range_words(spec), "必填" if spec.required else None)))
        database.execute(
            "insert into gpkg_data_columns values (?, ?, ?, ?, ?, null, ?)",
            (layer, name, f"{name} {heading(spec)}", heading(spec), hint, constraint),
        )
    for code_list in sorted({spec.list for spec in names.values() if spec.list}):
        codes = code_lists()[code_list]
        database.executemany(
            "insert into gpkg_data_column_constraints values (?, 'enum', ?, null, null, null, null, ?)",
            [(f"list_{code_list}", code, codes.title(code)) for code in codes.values],
        )
