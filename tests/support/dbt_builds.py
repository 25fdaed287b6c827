"""A build database with rows in its raw tables, and dbt run over it in this process: the project is parsed once, as
pipeline.build.dbt parses it.
"""

import contextlib
import io
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from contracts import contracts
from pipeline.build import dbt as product
from pipeline.build.code_version import code_version
from pipeline.build.dbt import PROJECT
from warehouse.raw_tables import RAW_TABLES
from warehouse.table_schema import raw_columns

PLACES = ("--quiet", "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT))
DATABASE = "warehouse.duckdb"  # as in a home: relations are named after it, and one parse serves both
MARTS = "select count(*) from duckdb_tables() where schema_name = 'marts'"
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
def parsed() -> Any:
    """The manifest of the project, for databases that are called DATABASE. Only to be read."""
    with tempfile.TemporaryDirectory() as folder, environment(Path(folder) / DATABASE):
        return product._parsed(Path(DATABASE).stem, code_version())


def dbt(path: Path, *arguments: str) -> Any:
    """Run a dbt command on a build database that is called DATABASE; the result as dbtRunner gives it."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    assert path.name == DATABASE, path
    manifest = parsed().deepcopy()  # a run writes into it
    with environment(path):
        try:
            return dbtRunner(manifest=manifest).invoke([*arguments, *PLACES])
        finally:
            # the adapter would keep the file open for the life of the process
            DuckDBConnectionManager.close_all_connections()


@contextmanager
def without_data_tests() -> Iterator[None]:
    """Builds of homes leave out dbt's data tests: where they are not what is shown, they cost a third of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(product, "BUILD", (*product.BUILD, "test"))
        yield


def build(folder: Path, tables: RawTables, *arguments: str) -> Path:
    """A built database of these rows. Fails the test, naming the nodes, when a model or a data test does."""
    path = folder / DATABASE
    fill(path, tables)
    outcome = dbt(path, "build", *arguments)
    results = [] if outcome.result is None else outcome.result.results
    failed = [item.node.name for item in results if item.status not in ("success", "pass", "no-op")]
    assert outcome.success, f"{outcome.exception or ''} {failed}"
    return path


class EmptyBuild(NamedTuple):
    """A build of an empty warehouse, after one of a warehouse that lacks a raw table had failed in the same process.

    path, nodes: its database and what dbt ran; failed, failure: the database that lacks a table, and what was reported
    of it; marts_of_failed: how many marts it had before the second build; parsed_between: how often the project was
    parsed for the second; printed: what dbt wrote on the terminal meanwhile.
    """

    path: Path
    nodes: list[tuple[str, str, str | None]]
    failed: Path
    failure: str
    marts_of_failed: list[tuple[Any, ...]]
    parsed_between: int
    printed: str


def build_after_a_failure(folder: Path) -> EmptyBuild:
    """Build two empty warehouses in this process, as homes are built; the first lacks a raw table and fails."""
    lacking, whole = (folder / home / DATABASE for home in ("lacking", "whole"))
    for path in (lacking, whole):
        path.parent.mkdir()
        fill(path, {})
    with duckdb.connect(str(lacking)) as con:
        con.execute("drop table raw.wetland")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        with pytest.raises(product.TransformFailed) as failure:
            product.dbt_build(lacking, folder / "logs", code_version())
        parsed_before = product._parsed.cache_info().misses
        marts = rows(lacking, MARTS)
        nodes = product.dbt_build(whole, folder / "logs", code_version())
    parsed_between = product._parsed.cache_info().misses - parsed_before
    return EmptyBuild(whole, nodes, lacking, str(failure.value), marts, parsed_between, printed.getvalue())


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute(sql).fetchall()


def in_reverse(tables: RawTables) -> RawTables:
    return {name: list(reversed(entries)) for name, entries in tables.items()}


def numbered(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with their row_id in order."""
    return [{"row_id": number, **entry} for number, entry in enumerate(entries)]
