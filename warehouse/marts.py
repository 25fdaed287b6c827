"""The public marts of a build, copied to a file of their own, and the checksums by which two builds are compared: for
warehouse.builds, which publishes them, and pipeline.release, which makes and compares others.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

DATABASE = "warehouse.duckdb"
PARQUET = "parquet"
PUBLIC = "public"
"""The folder of a build with its public set: the same again of what anybody may see."""


@dataclass(frozen=True)
class Mart:
    """A table as published. source: where it was in the build; checksum: SHA-256 over its sorted rows."""

    source: str
    rows: int
    columns: tuple[str, ...]
    checksum: str

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "columns": list(self.columns)}


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def checksum(con: duckdb.DuckDBPyConnection, table: str) -> str:
    """SHA-256 over the sorted rows of a table: equal for equal rows in whatever order, also across files and builds.

    Moments count as they are in UTC, whatever time zone the session shows them in.
    """
    columns = con.execute(f"describe {table}").fetchall()
    moments = [name for name, kind, *_ in columns if kind == "TIMESTAMP WITH TIME ZONE"]
    in_utc = ", ".join(f'"{name}" at time zone \'UTC\' as "{name}"' for name in moments)
    rows = f"(select * replace ({in_utc}) from {table})" if moments else table
    hashes = f"select md5(whole_row::varchar) as row_hash from {rows} as whole_row"
    row = con.execute(
        f"select sha256(coalesce(string_agg(row_hash, '' order by row_hash), '')) from ({hashes})"
    ).fetchone()
    assert row is not None
    return str(row[0])


def content_hash(checksums: Mapping[str, str]) -> str:
    """SHA-256 over the checksums of all marts by their names: the content that the gate judges and that is published."""
    return hashlib.sha256("".join(f"{name} {checksums[name]}\n" for name in sorted(checksums)).encode()).hexdigest()


def content_hash_of(build_db: Path, tables: Sequence[str]) -> str:
    """The content hash of the marts (`schema.name`) of a build database, which is opened read-only. Raises duckdb.Error."""
    with duckdb.connect(str(build_db), read_only=True) as con:
        names = {table: table.split(".", 1) for table in tables}
        return content_hash({name: checksum(con, f'"{schema}"."{name}"') for schema, name in names.values()})


def _copy_comments(con: duckdb.DuckDBPyConnection, build: str, schema: str, name: str, columns: Sequence[str]) -> None:
    """Titles and meanings of a table and its columns, which BI tools show."""
    where = f"where database_name = {quoted(build)} and schema_name = {quoted(schema)} and comment is not null"
    named = quoted(name)
    tables = con.execute(
        f"select comment from duckdb_tables() {where} and table_name = {named} "
        f"union all select comment from duckdb_views() {where} and view_name = {named}"
    )
    for (comment,) in tables.fetchall():
        con.execute(f'comment on table published.main."{name}" is {quoted(comment)}')
    comments = con.execute(f"select column_name, comment from duckdb_columns() {where} and table_name = {named}")
    for column, comment in comments.fetchall():
        if column not in columns:
            continue
        con.execute(f'comment on column published.main."{name}"."{column}" is {quoted(comment)}')


def _copy_macros(con: duckdb.DuckDBPyConnection, build: str, schemas: Sequence[str]) -> None:
    """Copy table macros of the schemas: their SQL names tables without a schema, and so finds those of the published
    file.
    """
    found = con.execute(
        "select function_name, parameters, macro_definition from duckdb_functions() "
        "where database_name = ? and schema_name in (select unnest(?)) and function_type = 'table_macro' order by all",
        [build, list(schemas)],
    ).fetchall()
    con.execute("use published")
    for name, parameters, definition in found:
        con.execute(f'create macro published.main."{name}"({", ".join(parameters)}) as table {definition}')
    con.execute("use memory")


def _copy(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    build: str,
    schema: str,
    name: str,
    columns: Sequence[str],
    shown: Mapping[tuple[str, str], str],
) -> None:
    """Copy a table of the attached database `build` to `published`, its rows sorted, and to a Parquet file. shown: by table and
    column the SQL of what is copied in the place of the column's values.
    """
    chosen = ", ".join(
        f'{shown[name, column]} as "{column}"' if (name, column) in shown else f'"{column}"' for column in columns
    )
    con.execute(
        f'create table published.main."{name}" as select {chosen} from "{build}"."{schema}"."{name}" order by all'
    )
    _copy_comments(con, build, schema, name, columns)
    parquet = quoted(str(folder / PARQUET / f"{name}.parquet"))
    con.execute(f'copy published.main."{name}" to {parquet} (format parquet, compression zstd)')


def copy_columns(
    published: Path,
    folder: Path,
    columns: Mapping[str, Sequence[str]],
    shown: Mapping[tuple[str, str], str],
) -> None:
    """Write some columns of some tables of a published database to `folder`, as `copy_marts` does: a new file, in which nothing
    else ever stood. shown: by table and column the SQL of what is written in the place of the column's values. Tables that are not
    there are left out. Raises duckdb.Error for a column that is not there.
    """
    (folder / PARQUET).mkdir(parents=True)
    with duckdb.connect() as con:
        con.execute(f"attach {quoted(str(published))} as whole (read_only)")
        con.execute(f"attach {quoted(str(folder / DATABASE))} as published")
        there = {
            name
            for (name,) in con.execute(
                "select table_name from duckdb_tables() where database_name = 'whole'"
            ).fetchall()
        }
        con.begin()
        for name, chosen in columns.items():
            if name in there:
                _copy(con, folder, "whole", "main", name, chosen, shown)
        con.commit()
        con.execute("checkpoint published")
        con.execute("detach published")


def copy_marts(build_db: Path, folder: Path, tables: Sequence[str]) -> dict[str, Mart]:
    """Write the tables (`schema.name`) to `folder`: warehouse.duckdb, where they are in schema main, and
    parquet/<name>.parquet.

    Rows are sorted, so equal content gives equal files. Comments on tables and columns are kept, table macros of their
    schemas come along.
    The build is only read.
    Raises ValueError for two tables of one name, duckdb.Error for one that is not there.
    """
    split = [tuple(table.split(".", 1)) for table in tables]
    if len({name for _, name in split}) != len(split):
        raise ValueError(f"two public tables of one name: {', '.join(sorted(tables))}")
    # views of the build name its catalog, which DuckDB calls after the file
    build = build_db.stem
    (folder / PARQUET).mkdir()
    marts = {}
    with duckdb.connect() as con:
        con.execute(f'attach {quoted(str(build_db))} as "{build}" (read_only)')
        con.execute(f"attach {quoted(str(folder / DATABASE))} as published")
        con.begin()  # or each of the hundreds of comments would be committed by itself
        for schema, name in split:
            columns = tuple(row[0] for row in con.execute(f'describe "{build}"."{schema}"."{name}"').fetchall())
            _copy(con, folder, build, schema, name, columns, {})
            counted = con.execute(f'select count(*) from published.main."{name}"').fetchone()
            marts[name] = Mart(
                f"{schema}.{name}", counted[0] if counted else 0, columns, checksum(con, f'published.main."{name}"')
            )
        _copy_macros(con, build, sorted({schema for schema, _ in split}))
        con.commit()
        con.execute("checkpoint published")
        con.execute("detach published")
    return marts
