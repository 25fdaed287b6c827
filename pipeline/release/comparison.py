"""Which marts of two builds hold other rows: for rebuild and as-of, which make again what was published."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from pipeline.build.build_facts import MARTS_OF_PUBLISHING
from pipeline.build.former_names import attach, present_mart
from warehouse.marts import checksum

Tables = Mapping[str, Mapping[str, Any]]
"""Mart to what a manifest says of it; its "checksum" is over the sorted rows."""


def differing(before: tuple[Tables, Path], after: tuple[Tables, Path]) -> list[str]:
    """Marts whose rows differ between two builds, or that the second one lacks; by their manifests and database files.

    A build published before a column was renamed is read under the present names; a column that only one of them has is
    left out, and so is a mart that is new since the first. Not compared are the marts that say which build it is and what it
    changed: another warehouse published others before. Raises duckdb.Error.
    """
    (tables_before, _), (tables_after, _) = before, after
    old = {present_mart(name): table["checksum"] for name, table in tables_before.items()}
    new = {present_mart(name): table["checksum"] for name, table in tables_after.items()}
    gone = old.keys() - new.keys()
    others = sorted(name for name in old.keys() & new.keys() if old[name] != new[name])
    return sorted({*gone, *(others and _with_other_rows(others, before[1], after[1]))} - MARTS_OF_PUBLISHING)


def _with_other_rows(marts: list[str], before: Path, after: Path) -> list[str]:
    """Those of the marts whose rows differ in the columns that both files have."""
    with duckdb.connect() as con:
        attach(con, "before", before)
        attach(con, "after", after)
        return [mart for mart in marts if _shared_checksum(con, mart, "before") != _shared_checksum(con, mart, "after")]


def _shared_checksum(con: duckdb.DuckDBPyConnection, mart: str, schema: str) -> str:
    names = con.execute(
        "select column_name from duckdb_columns() where schema_name in ('before', 'after') and table_name = ? "
        "group by column_name having count(distinct schema_name) = 2 order by column_name",
        [mart],
    ).fetchall()
    chosen = ", ".join(f'"{name}"' for (name,) in names)
    con.execute(f'create or replace temp view shared as select {chosen} from {schema}."{mart}"')
    return checksum(con, "shared")
