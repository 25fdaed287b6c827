"""Published builds of any age under the present names of their columns: for pipeline.build.revisions, which compares two,
and for whoever asks a build that was published before a column was renamed.
"""

from pathlib import Path

import duckdb

from pipeline.build.diff_columns import FORMER_COLUMNS, FORMER_MARTS, FORMER_SENTINELS
from warehouse.marts import quoted


def attach(con: duckdb.DuckDBPyConnection, name: str, path: Path, *, writes: bool = False) -> str:
    """Attach a published database and make the schema `name`: a view of each of its tables, in the present columns.

    writes: attach it so that it can be written. Returns the name under which the database itself is attached.
    """
    file = f"{name}_file"
    con.execute(f"attach {quoted(str(path))} as {file}{'' if writes else ' (read_only)'}")
    con.execute(f"create schema {name}")
    columns: dict[str, list[str]] = {}
    for table, column, kind in con.execute(
        "select table_name, column_name, data_type from duckdb_columns() where database_name = ? "
        "order by table_name, column_index",
        [file],
    ).fetchall():
        columns.setdefault(table, []).append(_present(table, column, kind))
    for table, chosen in columns.items():
        con.execute(
            f'create view {name}."{present_mart(table)}" as select {", ".join(chosen)} from {file}.main."{table}"'
        )
    return file


def present_mart(name: str) -> str:
    """Today's name of a mart of a published build."""
    return FORMER_MARTS.get(name, name)


def present_name(table: str, column: str) -> str:
    """Today's name of a column of a published build."""
    return FORMER_COLUMNS.get(table, {}).get(column, column)


def _present(table: str, column: str, kind: str) -> str:
    sentinel = FORMER_SENTINELS.get(table, {}).get(column)
    value = f'"{column}"' if sentinel is None else f'nullif("{column}", {quoted(sentinel)})'
    if kind == "TIMESTAMP":  # of builds published before moments carried their zone: they were in UTC
        value = f"{value} at time zone 'UTC'"
    return f'{value} as "{present_name(table, column)}"'
