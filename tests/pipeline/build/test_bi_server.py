"""The BI server follows `current`, by whatever it moved; what fails there is a notice, and the next run tries again."""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from pipeline.build import bi_server, run
from pipeline.build.bi_server import BEHIND
from pipeline.release.rollback import release, roll_back
from reporting.mart_models import public_columns
from tests.support.bi_server import PUBLIC_READER, READER, BiDatabase, made_on, publish_state, rows
from tests.support.light_builds import light_builds
from tests.support.postgres import server
from warehouse import builds
from warehouse.bi_tables import type_of
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.marts import DATABASE, PUBLIC

pytestmark = pytest.mark.slow

STATES = "select distinct state from mart_one"


@pytest.fixture(scope="module")
def on_server() -> Iterator[BiDatabase]:
    with server() as url:
        yield made_on(url)


@pytest.fixture
def database(on_server: BiDatabase) -> Iterator[BiDatabase]:
    yield on_server
    on_server.clear()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").ensure()


def show(home: Home) -> bool | None:
    with Ledger.open(home) as ledger:
        return bi_server.show_current(home, ledger)


def told(home: Home) -> list[str]:
    with Ledger.open(home) as ledger:
        return [one.body for one in ledger.notices() if one.kind == BEHIND]


def test_without_a_server_nothing_is_shown(home: Home) -> None:
    publish_state(home, 1)
    assert show(home) is None and told(home) == []


def test_a_publication_succeeds_while_the_server_is_down_and_people_are_told_once(
    home: Home, workers_folder: Path
) -> None:
    down = replace(home, bi_server="postgresql://marts:s3cret@127.0.0.1:1/marts")
    with light_builds(workers_folder / "generated-readings"):
        made = run.run(down)["publish"]
        assert made["is_new"] and made["bi_server"] is False
        assert builds.manifest(down)["build_id"] == made["build"]
        run.finish_interrupted(down)
    (body,) = told(home)
    assert "ConnectionRefusedError" in body and "warehouse publish" in body and "s3cret" not in body


def test_a_setting_that_is_wrong_is_told_and_stops_nothing(home: Home) -> None:
    publish_state(home, 1)
    home.settings_file.write_text("[bi_server]\nseconds = 0\n", encoding="utf-8")
    assert show(replace(home, bi_server="postgresql://nowhere/marts")) is False
    assert "[bi_server] seconds = 0" in told(home)[0]


@pytest.mark.external("postgresql")
def test_what_failed_is_made_up_for_by_the_next_run_though_no_build_is_due(home: Home, database: BiDatabase) -> None:
    publish_state(home, 1)
    assert show(replace(home, bi_server=database.url("nobody"))) is False
    assert 'role "nobody" does not exist' in told(home)[0]
    said: list[str] = []
    for _ in range(2):
        run.finish_interrupted(replace(home, bi_server=database.url()), progress=said.append)
    assert [line.split()[-1] for line in said] == [os.readlink(home.current).rpartition("/")[2]]
    assert database.rows(STATES) == [(1,)]


@pytest.mark.external("postgresql")
def test_a_rollback_moves_the_views_and_so_does_the_next_publication(home: Home, database: BiDatabase) -> None:
    shown = replace(home, bi_server=database.url())
    for state in (1, 2):
        publish_state(home, state)
        assert show(shown)
    reader = database.connect()
    roll_back(shown, "previous", because="数据有误", by="王局长", is_dry_run=True)
    assert rows(reader, STATES) == [(2,)]
    roll_back(shown, "previous", because="数据有误", by="王局长")
    assert rows(reader, STATES) == [(1,)]
    release(shown, because="已更正", by="王局长")
    publish_state(home, 3)
    assert show(shown) and rows(reader, STATES) == [(3,)]
    reader.close()


@pytest.mark.external("postgresql")
def test_all_marts_are_equal_on_the_server(copied_home: Home, database: BiDatabase) -> None:
    """Rows with every value, types, comments; and the public ones in the views for anybody."""
    assert show(replace(copied_home, bi_server=database.url())) and told(copied_home) == []
    current = builds.current(copied_home)
    assert current is not None
    assert compared(database, READER, current / DATABASE) >= {"mart_target_progress", "mart_rule_outcome"}
    anybody = compared(database, PUBLIC_READER, current / PUBLIC / DATABASE)
    assert "mart_target_progress" in anybody and anybody <= set(public_columns())


def compared(database: BiDatabase, reader: str, file: Path) -> set[str]:
    """Compare everything that a reader has with a published database; gives the names of its marts."""
    con = database.connect(reader)
    with duckdb.connect(str(file), read_only=True) as marts:
        tables = dict(marts.execute("select table_name, comment from duckdb_tables()").fetchall())
        columns = marts.execute(
            "select table_name, column_name, data_type, comment from duckdb_columns() where not internal "
            "order by table_name, column_index"
        ).fetchall()
        views = "from pg_class where relkind = 'v' and relnamespace = current_schema()::regnamespace"
        assert dict(rows(con, f"select relname, obj_description(oid) {views}")) == tables
        assert rows(
            con,
            "select relname, attname, format_type(atttypid, atttypmod), col_description(attrelid, attnum) "
            f"from pg_attribute join (select * {views}) as of_reader on of_reader.oid = attrelid "
            'where attnum > 0 order by relname collate "C", attnum',
        ) == [(table, column, long_name(type_of(kind)), comment) for table, column, kind, comment in columns]
        for table in tables:
            chosen = marts.execute(f'from "{table}"').fetchall()
            assert Counter(rows(con, f'select * from "{table}"')) == Counter(chosen), table
    con.close()
    return set(tables)


def long_name(kind: str) -> str:
    return "timestamp with time zone" if kind == "timestamptz" else kind
