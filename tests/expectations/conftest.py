"""A connection with the accepted_<dataset> views that rules see, filled by a test."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

import duckdb
import pytest

from contracts import contracts
from tests.support.submission_tables import submission_table
from warehouse.table_schema import raw_columns, sql_columns

Accept = Callable[..., None]


@cache
def _tables() -> str:
    return ";".join(
        f"create table accepted_{name} ({sql_columns(raw_columns(item))})" for name, item in contracts().items()
    )


@contextmanager
def nothing_accepted() -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory database where nothing is accepted yet."""
    with duckdb.connect(config={"threads": 1}) as connection:  # frames of a few rows: more would only cost
        connection.execute(_tables())
        yield connection


def adder(con: duckdb.DuckDBPyConnection) -> Accept:
    """What adds frames to what is accepted: add("ecology", rows, submission="s1")."""

    def add(dataset: str, rows: list[dict], submission: str = "accepted") -> None:
        con.register("added", submission_table(contracts()[dataset], rows))
        con.execute(f"insert into accepted_{dataset} select '{submission}', timestamp '2026-01-01', * from added")
        con.unregister("added")

    return add


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database where nothing is accepted yet."""
    with nothing_accepted() as connection:
        yield connection


@pytest.fixture
def accept(con: duckdb.DuckDBPyConnection) -> Accept:
    """Adds frames to what is accepted in it."""
    return adder(con)
