"""A connection with the accepted_<dataset> views that rules see, filled by a test."""

from collections.abc import Callable, Iterator

import duckdb
import pyarrow as pa
import pytest

from contracts import contracts
from tests.frames import frame

Accept = Callable[..., None]


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory database where nothing is accepted yet."""
    with duckdb.connect() as connection:
        for name, item in contracts().items():
            _put(connection, name, frame(item, []), "none")
        yield connection


@pytest.fixture
def accept(con: duckdb.DuckDBPyConnection) -> Accept:
    """Add frames to what is accepted: accept("ecology", rows, submission="s1")."""

    def add(dataset: str, rows: list[dict], submission: str = "accepted") -> None:
        _put(con, dataset, frame(contracts()[dataset], rows), submission)

    return add


def _put(con: duckdb.DuckDBPyConnection, dataset: str, table: pa.Table, submission: str) -> None:
    select = f"select '{submission}' as submission_id, timestamp '2026-01-01' as accepted_at, * from added"
    con.register("added", table)
    there = con.execute("select count(*) from duckdb_tables() where table_name = ?", [f"accepted_{dataset}"]).fetchone()[0]
    con.execute(f"insert into accepted_{dataset} {select}" if there else f"create table accepted_{dataset} as {select}")
    con.unregister("added")
