"""The tables of a published build on a PostgreSQL server: its marts, copied by COPY in binary into a schema of their own, and
its public set in another. `warehouse.bi_server` calls it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import duckdb

from warehouse.marts import DATABASE, PUBLIC, quoted

BATCH_ROWS = 10_000  # of a mart that are in memory at once
TYPES = {
    "VARCHAR": "text",
    "DOUBLE": "double precision",
    "BOOLEAN": "boolean",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "HUGEINT": "numeric(38,0)",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
}
"""PostgreSQL's type for each of DuckDB's that a mart has; DECIMAL keeps its digits."""
DECIMAL = re.compile(r"DECIMAL(\(\d+,\d+\))")
SHOWN_NUL = "␀"
"""What stands for the character U+0000, which PostgreSQL cannot store."""


@dataclass(frozen=True)
class Audience:
    """Who reads: the schema of the views that they have, their role, and the ending of the schemas that hold a build for them."""

    schema: str
    role: str
    ending: str


INTERNAL, ANYBODY = Audience("marts", "marts_reader", ""), Audience("marts_public", "marts_public_reader", "_public")
AUDIENCES = (INTERNAL, ANYBODY)


def name(text: str) -> str:
    """A name, as SQL writes it."""
    return '"' + text.replace('"', '""') + '"'


def schema_of(build_id: str) -> str:
    """The schema of a build's tables: its id in letters, digits and underscores."""
    return f"build_{re.sub(r'[^a-z0-9]', '_', build_id.lower())}"


def type_of(duckdb_type: str) -> str:
    """PostgreSQL's type for one of DuckDB's. Raises ValueError for one that no mart had until now."""
    if decimal := DECIMAL.fullmatch(duckdb_type):
        return f"numeric{decimal[1]}"
    if duckdb_type not in TYPES:
        raise ValueError(
            f"不知道 PostgreSQL 中哪种类型对应 (no type of PostgreSQL is declared for) {duckdb_type}: warehouse/bi_server.py"
        )
    return TYPES[duckdb_type]


async def load(con: asyncpg.Connection, folder: Path) -> None:
    """Copy a build's marts into a schema of their own, and its public set, whose texts are not all the same, into another:
    all of it, or nothing.
    """
    schema = schema_of(folder.name)
    async with con.transaction():
        await _load(con, folder / DATABASE, schema + INTERNAL.ending)
        await _load(con, folder / PUBLIC / DATABASE, schema + ANYBODY.ending)
        await con.execute("insert into warehouse.build (build_id, schema_name) values ($1, $2)", folder.name, schema)


async def _load(con: asyncpg.Connection, database: Path, schema: str) -> None:
    await con.execute(f"create schema {name(schema)}")
    if database.is_file():
        with _opened(database) as marts:
            for table, columns in columns_of(marts).items():
                await _copy(con, marts, schema, table, columns)


async def _copy(
    con: asyncpg.Connection, marts: duckdb.DuckDBPyConnection, schema: str, table: str, columns: dict[str, str]
) -> None:
    target = f"{name(schema)}.{name(table)}"
    declared = ", ".join(f"{name(column)} {type_of(kind)}" for column, kind in columns.items())
    await con.execute(f"create table {target} ({declared})")
    await con.copy_records_to_table(
        table, schema_name=schema, columns=list(columns), records=_rows(marts, table, columns)
    )
    await con.execute(f"analyze {target}")


def _rows(marts: duckdb.DuckDBPyConnection, table: str, columns: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    chosen = ", ".join(
        f"replace({name(column)}, chr(0), '{SHOWN_NUL}')" if kind == "VARCHAR" else name(column)
        for column, kind in columns.items()
    )
    found = marts.execute(f"select {chosen} from {name(table)}")
    while rows := found.fetchmany(BATCH_ROWS):
        yield from rows


def _opened(database: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(database), read_only=True)


def columns_of(marts: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """The columns of every mart of an open database, with their types, both in order."""
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in marts.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where database_name = current_database() and not internal order by table_name, column_index"
    ).fetchall():
        found.setdefault(table, {})[column] = kind
    return found


def comments_of(database: Path, schema: str) -> str:
    """SQL that gives the relations of a schema, and their columns, what a published database says of its marts."""
    with _opened(database) as marts:
        tables = marts.execute(
            "select table_name, comment from duckdb_tables() "
            "where database_name = current_database() and comment is not null"
        ).fetchall()
        columns = marts.execute(
            "select table_name, column_name, comment from duckdb_columns() "
            "where database_name = current_database() and not internal and comment is not null"
        ).fetchall()
    target = name(schema)
    return "".join(
        [f"comment on view {target}.{name(table)} is {quoted(text)};\n" for table, text in tables]
        + [
            f"comment on column {target}.{name(table)}.{name(column)} is {quoted(text)};\n"
            for table, column, text in columns
        ]
    )
