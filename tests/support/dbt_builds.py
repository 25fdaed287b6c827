"""A build database with rows in its raw tables, and dbt run over it in this process: the project is parsed once."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

from contracts import contracts
from warehouse.raw_tables import RAW_TABLES
from warehouse.table_schema import raw_columns

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
PLACES = ("--quiet", "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT))
DATABASE = "build.duckdb"
RawTables = dict[str, list[dict[str, Any]]]


def raw_tables() -> dict[str, dict[str, str]]:
    """Columns and types of every raw table."""
    return {name: raw_columns(contract) for name, contract in contracts().items()} | {
        name: table.types for name, table in RAW_TABLES.items()
    }


def fill(path: Path, tables: RawTables) -> None:
    """Make the raw tables, with the given rows in their order; a column that a row lacks is null."""
    with duckdb.connect(str(path)) as con:
        con.execute("create schema raw")
        for name, columns in raw_tables().items():
            con.execute(
                f"create table raw.{name} ({', '.join(f'{column} {kind}' for column, kind in columns.items())})"
            )
            if rows := tables.get(name):
                marks = ", ".join("?" * len(columns))
                con.executemany(
                    f"insert into raw.{name} values ({marks})",
                    [[row.get(column) for column in columns] for row in rows],
                )


@contextmanager
def environment(database: Path) -> Iterator[None]:
    """What the project reads of the environment, for a build database; files of dbt stay beside it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAREHOUSE_BUILD_DB", str(database))
        patch.setenv("DBT_TARGET_PATH", str(database.parent / "target"))
        patch.setenv("DBT_LOG_PATH", str(database.parent / "logs"))
        yield


@cache
def parsed(database: str = DATABASE) -> Any:
    """The manifest of the project, parsed once in a process for databases of one file name, after which relations are
    named.
    """
    from dbt.cli.main import dbtRunner

    with tempfile.TemporaryDirectory() as folder, environment(Path(folder) / database):
        outcome = dbtRunner().invoke(["parse", *PLACES])
    assert outcome.success, outcome.exception
    return outcome.result


def dbt(path: Path, *arguments: str) -> Any:
    """Run a dbt command on the build database; the result as dbtRunner gives it."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    manifest = parsed(path.name).deepcopy()  # a run writes into it
    with environment(path):
        try:
            return dbtRunner(manifest=manifest).invoke([*arguments, *PLACES])
        finally:
            # the adapter would keep the file open for the life of the process
            DuckDBConnectionManager.close_all_connections()


def build(folder: Path, tables: RawTables, *arguments: str) -> Path:
    """A built database of these rows. Fails the test, naming the nodes, when a model or a data test does."""
    path = folder / DATABASE
    fill(path, tables)
    outcome = dbt(path, "build", *arguments)
    results = [] if outcome.result is None else outcome.result.results
    failed = [item.node.name for item in results if item.status not in ("success", "pass", "no-op")]
    assert outcome.success, f"{outcome.exception or ''} {failed}"
    return path


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute(sql).fetchall()


def in_reverse(tables: RawTables) -> RawTables:
    return {name: list(reversed(entries)) for name, entries in tables.items()}


def numbered(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with their row_id in order."""
    return [{"row_id": number, **entry} for number, entry in enumerate(entries)]
