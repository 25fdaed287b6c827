"""A PostgreSQL server shows the current build: all of it, one build at a time, to readers who can do nothing else."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.errors as errors
import pytest

from tests.support.bi_server import OWNER, PUBLIC_READER, READER, ROWS, BiDatabase, made_on, publish_state, rows
from warehouse import bi_server, bi_tables
from warehouse.bi_tables import schema_of
from warehouse.home import CHECKOUT, Home

pytestmark = [pytest.mark.slow, pytest.mark.external("postgresql")]

SECONDS = 60.0
STATES = "select distinct one.state, two.state from mart_one as one join mart_two as two using (n)"
SEEN_WITHIN = 5.0  # seconds from a publication until a reader sees it


@pytest.fixture(scope="module")
def on_server(postgres: str) -> BiDatabase:
    return made_on(postgres)


@pytest.fixture
def database(on_server: BiDatabase) -> Iterator[BiDatabase]:
    yield on_server
    on_server.clear()


def show(database: BiDatabase, folder: Path) -> bool:
    return bi_server.show(database.url(), "home", folder, SECONDS)


def publish(database: BiDatabase, home: Home, state: int, **more: Any) -> Path:
    folder = publish_state(home, state, **more).path
    assert show(database, folder)
    return folder


def test_a_build_has_its_rows_types_and_comments_there(database: BiDatabase, home: Home) -> None:
    publish(database, home, 1)
    found = database.rows("select * from mart_one order by n")
    assert len(found) == ROWS
    moment = datetime(2025, 1, 31, 0, 0, 0, 123456, UTC)
    assert found[0] == (1, 0, "甲'乙\n0", 0.0, None, "", True, date(2025, 1, 31), Decimal("0.000"), moment, "a␀")
    assert found[3] == (1, 3, "甲'乙\n3", None, None, "", False, date(2025, 2, 3), Decimal("0.375"), moment, "a␀")
    assert database.rows("select sum(n), sum(value), count(value), sum(exact) from mart_one") == [
        (1225, sum(n / 7.0 for n in range(ROWS) if n != 3), ROWS - 1, Decimal("153.125"))
    ]
    assert database.rows(
        "select column_name, data_type, numeric_scale from information_schema.columns where table_name = 'mart_one' "
        "order by ordinal_position"
    ) == [
        ("state", "integer", 0),
        ("n", "bigint", 0),
        ("note", "text", None),
        ("value", "double precision", None),
        ("nothing", "text", None),
        ("blank", "text", None),
        ("is_even", "boolean", None),
        ("on_day", "date", None),
        ("exact", "numeric", 3),
        ("at", "timestamp with time zone", None),
        ("nul", "text", None),
    ]
    assert database.rows(
        "select obj_description('mart_one'::regclass), col_description('mart_one'::regclass, 2), "
        "col_description('mart_one'::regclass, 1), obj_description('mart_two'::regclass)"
    ) == [("目标'进展", "序号；No.", None, None)]


def test_anybody_sees_the_public_columns_alone(database: BiDatabase, home: Home) -> None:
    publish(database, home, 1)
    columns = (
        "select table_name, string_agg(column_name, ' ' order by ordinal_position) from information_schema.columns "
        "where table_schema not in ('information_schema', 'pg_catalog') group by 1 order by 1"
    )
    assert database.rows(columns, PUBLIC_READER) == [("mart_one", "state n note")]
    assert database.rows("select state, count(*), max(note) from mart_one group by 1", PUBLIC_READER) == [
        (1, ROWS, "公开 甲'乙\n9")
    ]
    assert database.rows("select obj_description('mart_one'::regclass)", PUBLIC_READER) == [("目标'进展",)]
    with pytest.raises(errors.InsufficientPrivilege):
        database.rows("select * from marts.mart_one", PUBLIC_READER)


def test_showing_what_is_shown_changes_nothing(database: BiDatabase, home: Home) -> None:
    folder = publish(database, home, 1)
    before = database.schemas()
    assert show(database, folder) is False
    assert database.schemas() == before == {"marts", "marts_public", *schemas_of(folder)}


def schemas_of(folder: Path) -> set[str]:
    return {schema_of(folder.name), f"{schema_of(folder.name)}_public"}


def test_the_switch_is_one_transaction(database: BiDatabase, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it all views show the one build, also those that are there for the next one already; after it all the other."""
    publish(database, home, 1)
    folder = publish_state(home, 2).path
    put_in_place, before_the_switch = bi_server.bi_views._put_in_place, []

    async def look(*given: Any) -> list[str]:
        former = await put_in_place(*given)
        before_the_switch.append(database.rows(STATES))
        return former

    monkeypatch.setattr(bi_server.bi_views, "_put_in_place", look)
    show(database, folder)
    assert before_the_switch == [[(1, 1)]]
    assert database.rows(STATES) == [(2, 2)]


def test_a_repeatable_read_has_one_build_to_its_end_and_any_other_statement_the_new_one(
    database: BiDatabase, home: Home
) -> None:
    publish(database, home, 1)
    """The second publication is more than a transaction lasts that had read nothing: it is told so, and sees no empty marts."""
    repeatable, open_one, prepared = database.connect(), database.connect(), database.connect()
    rows(open_one, "begin; select n from mart_one limit 1")
    rows(prepared, "prepare states as select distinct state from mart_one; execute states")
    rows(repeatable, "begin isolation level repeatable read; select 1")
    for state in (2, 3):
        began = time.monotonic()
        publish(database, home, state)
        assert rows(open_one, STATES) == [(state, state)]
        assert rows(prepared, "execute states") == [(state,)]
        assert time.monotonic() - began < SEEN_WITHIN + 2, "readers in transactions hold nothing up"
        if state == 2:
            assert rows(repeatable, STATES) == [(1, 1)], "of a mart that it had not read yet"
    with pytest.raises(errors.SerializationFailure, match="begin it again"):
        rows(repeatable, STATES)
    rows(repeatable, "rollback; select 1")
    assert rows(repeatable, STATES) == [(3, 3)]
    for con in (repeatable, open_one, prepared):
        con.close()


def test_a_reader_during_twenty_publications_meets_no_error_and_no_mixture(database: BiDatabase, home: Home) -> None:
    folders = [publish_state(home, state).path for state in range(21)]
    show(database, folders[0])
    stop, seen, wrong = threading.Event(), {}, []

    def read() -> None:
        con = database.connect()
        while not stop.is_set():
            try:
                found = rows(con, STATES)
            except psycopg2.Error as error:
                wrong.append(str(error))
                break
            if len(found) != 1 or len(set(found[0])) != 1:
                wrong.append(str(found))
            else:
                seen.setdefault(found[0][0], time.monotonic())
        con.close()

    readers = [threading.Thread(target=read) for _ in range(2)]
    for one in readers:
        one.start()
    shown = {}
    for state, folder in enumerate(folders[1:], start=1):
        show(database, folder)
        shown[state] = time.monotonic()
    time.sleep(0.5)
    stop.set()
    for one in readers:
        one.join()
    assert wrong == []
    assert set(seen) == set(range(21))
    assert max(seen[state] - shown[state] for state in shown) < SEEN_WITHIN


def test_what_a_transaction_reads_is_dropped_only_when_it_ends(database: BiDatabase, home: Home) -> None:
    first = publish(database, home, 1)
    reader = database.connect(autocommit=False)
    assert rows(reader, "select max(state) from mart_one") == [(1,)]
    later = [publish(database, home, state) for state in (2, 3, 4)]
    assert schemas_of(first) <= database.schemas()
    assert not schemas_of(later[0]) & database.schemas(), "nobody read the second one"
    reader.rollback()
    show(database, later[-1])
    assert database.schemas() == {"marts", "marts_public", *schemas_of(later[1]), *schemas_of(later[2])}
    reader.close()


def test_columns_may_come_change_and_go(database: BiDatabase, home: Home) -> None:
    publish(database, home, 1, more=", 'x' as more, 1 as other")
    publish(database, home, 2, more=", 'y' as other")
    assert database.rows("select distinct state, other from mart_one") == [(2, "y")]
    publish(database, home, 3)
    with pytest.raises(errors.UndefinedColumn):
        database.rows("select other from mart_one")


def test_an_older_build_is_shown_again_and_what_was_made_for_nothing_goes(database: BiDatabase, home: Home) -> None:
    folders = [publish(database, home, state) for state in (1, 2, 3)]
    assert show(database, folders[0])
    assert database.rows(STATES) == [(1, 1)]
    assert database.schemas() == {"marts", "marts_public", *schemas_of(folders[0]), *schemas_of(folders[2])}


KILLED = """
import os, signal, sys
from pathlib import Path
from warehouse import bi_server, bi_tables, bi_views
url, folder, (module, name), when = sys.argv[1], Path(sys.argv[2]), sys.argv[3].split("."), sys.argv[4]
owner = {"bi_tables": bi_tables, "bi_views": bi_views}[module]
whole = getattr(owner, name)
async def kill(*words):
    if when == "after":
        await whole(*words)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(owner, name, kill)
bi_server.show(url, "home", folder, 60)
"""


def kill_at(place: str, when: str, database: BiDatabase, folder: Path) -> None:
    command = [sys.executable, "-c", KILLED, database.url(), str(folder), place, when]
    assert subprocess.run(command, cwd=CHECKOUT).returncode == -signal.SIGKILL


def test_what_was_killed_before_a_rollback_takes_no_view_with_it(database: BiDatabase, home: Home) -> None:
    first = publish(database, home, 1)
    second, third = publish(database, home, 2), publish_state(home, 3).path
    kill_at("bi_views._put_in_place", "after", database, third)
    assert show(database, second) is False and database.rows(STATES) == [(2, 2)]
    assert show(database, first) and database.rows(STATES) == [(1, 1)]
    assert database.schemas() == {"marts", "marts_public", *schemas_of(first), *schemas_of(second)}


@pytest.mark.parametrize(
    ("place", "when", "state"),
    [
        ("bi_tables._copy", "after", 1),
        ("bi_tables.load", "after", 1),
        ("bi_views._put_in_place", "after", 1),
        ("bi_views.switch", "after", 2),
        ("bi_views._drop", "before", 2),
    ],
)
def test_what_was_killed_is_finished_by_the_next_run(
    database: BiDatabase, home: Home, place: str, when: str, state: int
) -> None:
    publish(database, home, 1)
    folder = publish_state(home, 2).path
    kill_at(place, when, database, folder)
    assert database.rows(STATES) == [(state, state)]
    show(database, folder)
    assert database.rows(STATES) == [(2, 2)]
    assert {one for one in database.schemas() if one.startswith("marts")} == {"marts", "marts_public"}


FORBIDDEN = (
    "delete from mart_one",
    "insert into mart_one (n) values (1)",
    "drop view mart_one",
    "create table mine (n int)",
    "create temporary table mine (n int)",
    "create schema mine",
    "select lo_create(0)",
    "select lo_from_bytea(0, 'x')",
    "select * from warehouse.shown",
    "select * from {build}.mart_one",
    "select * from {build}_public.mart_one",
    "begin; lock table mart_one in access exclusive mode",
    "set temp_file_limit = -1",
    "copy mart_one to program 'true'",
    "alter role {reader} connection limit -1",
)


@pytest.mark.parametrize("reader", [READER, PUBLIC_READER])
def test_a_reader_can_do_nothing_but_read_its_views(database: BiDatabase, home: Home, reader: str) -> None:
    build = schema_of(publish(database, home, 1).name)
    for sql in FORBIDDEN:
        con = database.connect(reader)
        rows(con, "set default_transaction_read_only = off; select 1")
        with pytest.raises(
            (errors.InsufficientPrivilege, errors.ObjectNotInPrerequisiteState)
        ):  # no right; not updatable
            rows(con, sql.format(build=build, reader=reader))
        con.close()


@pytest.mark.parametrize("reader", [READER, PUBLIC_READER])
def test_a_reader_has_limits(database: BiDatabase, home: Home, reader: str) -> None:
    publish(database, home, 1)
    assert database.rows(
        "select name, setting from pg_settings where name in ('statement_timeout', 'default_transaction_read_only', "
        "'idle_in_transaction_session_timeout', 'temp_file_limit') order by 1",
        reader,
    ) == [
        ("default_transaction_read_only", "on"),
        ("idle_in_transaction_session_timeout", "60000"),
        ("statement_timeout", "60000"),
        ("temp_file_limit", "1048576"),
    ]
    with pytest.raises(errors.ReadOnlySqlTransaction):
        database.rows("create table mine (n int)", reader)
    with pytest.raises(errors.QueryCanceled):
        database.rows("set statement_timeout = 100; select pg_sleep(5)", reader)
    connections = [database.connect(reader) for _ in range(20)]
    with pytest.raises(psycopg2.OperationalError, match="too many connections for role"):
        database.connect(reader)
    for one in connections:
        one.close()


def test_a_database_shows_the_builds_of_one_home(database: BiDatabase, home: Home) -> None:
    publish(database, home, 1)
    folder = publish_state(home, 2).path
    with pytest.raises(bi_server.BiServerOfAnother, match="home"):
        bi_server.show(database.url(), "another", folder, SECONDS)
    assert database.rows(STATES) == [(1, 1)]


def test_what_takes_too_long_is_given_up_and_leaves_nothing(database: BiDatabase, home: Home) -> None:
    publish(database, home, 1)
    folder = publish_state(home, 2).path
    with pytest.raises(TimeoutError, match="bi_server"):
        bi_server.show(database.url(), "home", folder, 0.05)
    assert database.rows(STATES) == [(1, 1)]
    assert show(database, folder) and database.rows(STATES) == [(2, 2)]


def test_a_type_that_no_mart_had_is_refused_by_its_name() -> None:
    assert bi_tables.type_of("DECIMAL(18,3)") == "numeric(18,3)"
    with pytest.raises(ValueError, match=r"INTEGER\[\]"):
        bi_tables.type_of("INTEGER[]")


def test_what_is_no_address_is_said_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="WAREHOUSE_BI_URL") as error:
        bi_server.show("marts:s3cret@nowhere", "home", tmp_path, SECONDS)
    assert "s3cret" not in str(error.value) and error.value.__cause__ is None


def test_owner_is_no_superuser(database: BiDatabase) -> None:
    owner = f"select rolsuper, rolcreaterole, rolcreatedb from pg_roles where rolname = '{OWNER}'"
    assert database.rows(owner) == [(False, False, False)]
