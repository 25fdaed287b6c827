"""Compares the marts of two published builds whose submissions are the same but arrived at other moments."""

import re
from pathlib import Path

import duckdb

# what a submission is called depends on when it came, what a build is called on when it was made
OF_ARRIVAL = re.compile(r"(\w+_)?(submission_ids?|received_at|build_id)|caused_by|row_id|accepted_at|made_at")

FEWEST_MARTS = 10  # a whole build has some sixty


def differing_marts(one: Path, other: Path) -> list[str]:
    """Marts whose rows differ, columns of arrival aside, or that only one of the two DuckDB files has.

    Raises AssertionError where the first has hardly any marts: nothing would be compared.
    """
    return differing_tables(one, other, "main")


def differing_tables(one: Path, other: Path, schema: str) -> list[str]:
    """As `differing_marts`, of the tables of any schema."""
    with duckdb.connect() as con:
        con.execute(f"attach '{one}' as one (read_only)")
        con.execute(f"attach '{other}' as other (read_only)")
        ours, theirs = (_tables(con, name, schema) for name in ("one", "other"))
        assert len(ours) > FEWEST_MARTS, f"{one} has only {sorted(ours)}"
        return sorted(ours ^ theirs) + [name for name in sorted(ours & theirs) if _differs(con, f"{schema}.{name}")]


def _tables(con: duckdb.DuckDBPyConnection, database: str, schema: str) -> set[str]:
    found = con.execute(
        "select table_name from duckdb_tables() where (database_name, schema_name) = (?, ?)", [database, schema]
    ).fetchall()
    return {name for (name,) in found}


def _differs(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    columns = [column for column, *_ in con.execute(f"describe one.{table}").fetchall()]
    compared = ", ".join(column for column in columns if not OF_ARRIVAL.fullmatch(column))
    return any(
        con.execute(
            f"(select {compared} from {this}.{table} except all select {compared} from {that}.{table}) limit 1"
        ).fetchall()
        for this, that in (("one", "other"), ("other", "one"))
    )
