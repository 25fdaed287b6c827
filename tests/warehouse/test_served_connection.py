"""A served connection gives what its statements ask for, in every form, and ends at its limits."""

import threading
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from warehouse.served_connection import Connection, QueryStuck, QueryTooLong, TooManyRows
from warehouse.served_statements import LONGEST_STATEMENT, StatementRefused
from warehouse.serving import ServedError, open_locked
from warehouse.settings import Queries

FEW = Queries(rows=3)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("served") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create table mart_one as select range as n from range(50)")
        con.execute("create macro above(least) as table select n from mart_one where n > least")
    return path


def test_a_caller_in_python_is_held_by_what_duckdb_counts(database: Path) -> None:
    """Without a limit of the process: sorts, joins and lists end at the limit, and nothing is written beside the database."""
    with (
        duckdb.connect(str(database), read_only=True) as plain,
        open_locked(database, Queries(memory_megabytes=64, threads=1, seconds=60)) as con,
    ):
        names = ("memory_limit", "threads", "temp_directory")
        held = {name: plain.execute(f"select current_setting('{name}')").fetchall()[0][0] for name in names}
        assert held == {"memory_limit": "64.0 MiB", "threads": 1, "temp_directory": ""}
        for sql in (
            "select count(*) from (select n from range(50000000) as t(n) order by hash(n) desc limit 40000000)",
            "select len(list(n)) from range(100000000) as t(n)",
            "select count(*) from (select distinct hash(n) from range(50000000) as t(n))",
        ):
            with pytest.raises(ServedError, match="内存超过 64 MB"):
                con.execute(sql).fetchall()
        assert [path.name for path in database.parent.iterdir()] == [database.name]


@pytest.fixture
def con(database: Path) -> Iterator[Connection]:
    with open_locked(database) as opened:
        yield opened


def test_rows_come_in_every_form(con: Connection) -> None:
    found = con.execute("select n, n::varchar as t from mart_one where n > ? order by n", [46])
    assert found.columns == [column[0] for column in found.description] == ["n", "t"]
    assert found.fetchone() == (47, "47")
    assert found.fetchmany(1) == [(48, "48")]
    assert found.fetchall() == [(49, "49")]
    assert found.fetchone() is None
    assert con.sql("from above(48)").to_arrow_table().to_pylist() == [{"n": 49}]
    assert con.execute("select n from mart_one where n < 0").to_arrow_table().num_rows == 0
    assert [len(batch) for batch in con.execute("from mart_one").batches(20)] == [20, 20, 10]


def test_values_keep_their_types(con: Connection) -> None:
    sql = "select 1::hugeint as h, date '2025-12-31' as d, 1.50::decimal(5, 2) as m, null as nothing"
    assert con.execute(sql).fetchall() == [(1, date(2025, 12, 31), Decimal("1.50"), None)]
    frame = con.sql(sql).df()
    assert (frame.h[0], str(frame.d.dtype)[:10], frame.m[0]) == (1, "datetime64", 1.5)


@pytest.mark.parametrize(
    "sql",
    [
        "show tables",
        "describe mart_one",
        "summarize mart_one",
        "pragma table_info('mart_one')",
        "explain select * from mart_one",
        "explain analyze (select 1)",
        "explain (format json) select 1",
        "values (1)",
        "table mart_one",
        "with recursive a as (select 1 as n union all select n + 1 from a where n < 3) from a",
        "pivot mart_one on n in (1, 2) using count(*)",
        "select * from information_schema.tables",
        "select table_name, comment from duckdb_tables() order by 1;",
        "select n from mart_one, unnest([1, 2]) as u(x), generate_series(1, 2)",
        "select [1, 2].list_transform(x -> x + 1), {'a': 1}.a, date '2025-01-31' + interval 1 month",
        "-- what there is\nfrom mart_one /* all */ ;",
    ],
)
def test_what_reads_the_tables_is_run(con: Connection, sql: str) -> None:
    assert con.execute(sql).fetchall()


def test_rows_beyond_the_limit_are_an_error_in_every_form(database: Path) -> None:
    with open_locked(database, FEW) as few:
        assert len(few.execute("from mart_one where n < 3").fetchall()) == 3
        assert len(few.execute("from mart_one where n < 3").df()) == 3
        for fetch in ("fetchall", "to_arrow_table", "df"):
            with pytest.raises(TooManyRows, match="3"):
                getattr(few.execute("from mart_one where n < 4"), fetch)()
        given = []
        with pytest.raises(TooManyRows):
            for batch in few.execute("from mart_one order by n").batches(2):
                given += batch
        assert given == [(0,), (1,), (2,)]
        assert few.execute("from mart_one").fetchone() is not None, "a table of which the first rows are shown"


def test_what_is_refused_is_an_error_of_duckdb_too_and_leaves_the_connection(con: Connection) -> None:
    assert issubclass(ServedError, duckdb.Error) and issubclass(StatementRefused, ServedError)
    for sql in ("", ";", "select 1; select 2", "select " + "1" * LONGEST_STATEMENT):
        with pytest.raises(StatementRefused):
            con.execute(sql)
    assert con.execute("select max(n) from mart_one").fetchall() == [(49,)]


def test_a_nested_statement_is_refused_and_not_a_fault(con: Connection) -> None:
    with pytest.raises(StatementRefused, match="nested"):
        con.execute("select 1" + " + 1" * 900)


def test_a_connection_goes_on_after_a_statement_that_was_ended(database: Path) -> None:
    with open_locked(database, Queries(seconds=1)) as hasty:
        with pytest.raises(QueryTooLong, match="1 秒"):
            hasty.execute("select sleep_ms(1000000)")
        assert hasty.execute("select max(n) from mart_one").fetchall() == [(49,)]


def test_a_statement_that_does_not_end_is_left_and_the_connection_with_it(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warehouse.served_connection.SECONDS_TO_END", 0.2)
    ended = threading.Event()
    hasty = open_locked(database, Queries(seconds=1))
    began = time.monotonic()
    with pytest.raises(QueryStuck) as error:
        hasty.within_limits(lambda: ended.wait(60))
    assert time.monotonic() - began < 30 and error.value.interrupted is False
    with pytest.raises(QueryStuck):
        hasty.execute("select 1")
    hasty.close()
    ended.set()
