"""Compares the marts of two published builds whose submissions are the same but arrived at other moments."""

import re
from pathlib import Path

import duckdb

# what a submission is called depends on when it came
OF_ARRIVAL = re.compile(r"(\w+_)?(submission_ids?|received_at)|caused_by|row_id")

FEWEST_MARTS = 10  # a whole build has some sixty


def differing_marts(one: Path, other: Path) -> list[str]:
    """Marts whose rows differ, columns of arrival aside, or that only one of the two DuckDB files has.

    Raises AssertionError where the first has hardly any marts: nothing would be compared.
    """
    with duckdb.connect() as con:
        con.execute(f"attach '{one}' as one (read_only)")
        con.execute(f"attach '{other}' as other (read_only)")
        ours, theirs = (_tables(con, name) for name in ("one", "other"))
        assert len(ours) > FEWEST_MARTS, f"{one} has only {sorted(ours)}"
        return sorted(ours ^ theirs) + [name for name in sorted(ours & theirs) if _differs(con, name)]


def _tables(con: duckdb.DuckDBPyConnection, database: str) -> set[str]:
    found = con.execute("select table_name from duckdb_tables() where database_name = ?", [database]).fetchall()
    return {name for (name,) in found}


def _differs(con: duckdb.DuckDBPyConnection, mart: str) -> bool:
    columns = [column for column, *_ in con.execute(f"describe one.main.{mart}").fetchall()]
    compared = ", ".join(column for column in columns if not OF_ARRIVAL.fullmatch(column))
    return any(
        con.execute(
            f"(select {compared} from {this}.main.{mart} except all select {compared} from {that}.main.{mart}) limit 1"
        ).fetchall()
        for this, that in (("one", "other"), ("other", "one"))
    )
