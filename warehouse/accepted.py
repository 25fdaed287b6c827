"""Accepted rows as a relation: the staged files of the units in force, joined with their versions in the ledger. `sync`
and the rule runner read accepted data through it.
"""

import glob
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from contracts import contract
from contracts.submission_table import FORMER_NAMES, table_columns
from warehouse.home import Home
from warehouse.ledger import Ledger, UnitVersion
from warehouse.staged import intact
from warehouse.table_schema import raw_columns

UNITS = pa.schema(
    [
        ("staged_file", pa.string()),
        ("submission_id", pa.string()),
        ("reporting_unit", pa.string()),
        ("period", pa.string()),
        ("accepted_at", pa.timestamp("us")),
    ]
)


def naive_utc(moment: datetime | None) -> datetime | None:
    """A moment as the build database stores it: UTC without a zone."""
    return None if moment is None else moment.astimezone(UTC).replace(tzinfo=None)


def units_table(home: Home, versions: Sequence[UnitVersion]) -> pa.Table:
    """Units in force with the staged file that holds each."""
    return pa.Table.from_pylist(
        [
            {
                "staged_file": str(home.absolute(version.staged_as)),
                "submission_id": version.submission_id,
                "reporting_unit": version.reporting_unit,
                "period": version.period,
                "accepted_at": naive_utc(version.accepted_at),
            }
            for version in versions
            if version.staged_as
        ],
        schema=UNITS,
    )


def verify_staged(home: Home, reporting_units: pa.Table) -> pa.Table:
    """Verify the staged files of units with the columns of UNITS before they are read, and make again what is damaged;
    gives the units with the files that hold them now. Raises as warehouse.staged.intact does.
    """
    named = reporting_units.column("staged_file").to_pylist()
    holds = {file: str(intact(home, home.relative(Path(file)))) for file in sorted(set(named))}
    files = pa.array([holds[file] for file in named], UNITS.field("staged_file").type)
    return reporting_units.set_column(UNITS.get_field_index("staged_file"), "staged_file", files)


def parquet_source(files: Sequence[str | Path]) -> str:
    """A relation over Parquet files by their exact names, with the name of each row's file as `staged_file`."""
    # a folder's own name may hold characters that DuckDB would take for a pattern
    listed = ", ".join("'" + glob.escape(str(file)).replace("'", "''") + "'" for file in files)
    return f"read_parquet([{listed}], union_by_name := true, filename := 'staged_file')"


def accepted_select(
    con: duckdb.DuckDBPyConnection, dataset: str, reporting_units: pa.Table, units_relation: str
) -> str:
    """SQL that gives the rows of `raw.<dataset>` for the units of a relation with the columns of UNITS.

    Columns that no staged file has yet (a contract grew) are null. Raises duckdb.IOException when a staged file is
    gone: `verify_staged` before.
    """
    spec = contract(dataset)
    files = sorted(set(reporting_units.column("staged_file").to_pylist()))
    if not files:
        return (
            "select "
            + ", ".join(f'null::{sql_type} as "{name}"' for name, sql_type in raw_columns(spec).items())
            + " where false"
        )
    source = parquet_source(files)
    there = {row[0] for row in con.execute(f"describe select * from {source}").fetchall()}
    columns = ", ".join(
        f'{_column(name, there)}::{sql_type} as "{name}"' for name, sql_type in table_columns(spec).items()
    )
    return (
        f"select version.submission_id, version.accepted_at, {columns} from {source} as staged "
        f"join {units_relation} as version on version.staged_file = staged.staged_file "
        f"and version.reporting_unit = {_column('reporting_unit', there)} "
        "and version.period is not distinct from staged.period"
    )


def _column(name: str, there: Collection[str]) -> str:
    """A column of staged files, some of which may hold it under its former name; null where none has it."""
    found = [f'staged."{one}"' for one in (name, FORMER_NAMES.get(name)) if one in there]
    return f"coalesce({', '.join(found)})" if len(found) > 1 else next(iter(found), "null")


def accepted_relation(
    con: duckdb.DuckDBPyConnection,
    ledger: Ledger,
    home: Home,
    dataset: str,
    as_of: datetime | None = None,
    excluding: Collection[str] = (),
) -> str:
    """Make `accepted_<dataset>`, a temporary view with the columns of `raw.<dataset>`, and give its name.

    It holds the rows of every unit in force (or in force at `as_of`), without those of the submissions `excluding`;
    nothing is read before it is queried. Made again, it replaces the earlier one. Raises contracts.UnknownDataset.
    """
    name = f"accepted_{contract(dataset).dataset}"
    versions = [
        version for version in ledger.current_units(dataset, as_of=as_of) if version.submission_id not in excluding
    ]
    reporting_units = units_table(home, versions)
    reporting_units = verify_staged(home, reporting_units)
    con.execute(f"drop view if exists {name}")
    con.register("_units", reporting_units)
    con.execute(f"create or replace temp table {name}_unit as select * from _units")
    con.unregister("_units")
    con.execute(
        f"create or replace temp view {name} as {accepted_select(con, dataset, reporting_units, f'{name}_unit')}"
    )
    return name
