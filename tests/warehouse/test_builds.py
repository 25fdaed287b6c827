"""Publishing: whole or not at all; the pointer moves last; readers never notice."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import duckdb
import pytest

from warehouse import builds, marts, publication
from warehouse.builds import NewBuild
from warehouse.durable import TEMPORARY
from warehouse.home import CHECKOUT, Home
from warehouse.ledger import Ledger
from warehouse.publication import Published
from warehouse.serving import NothingPublished, Reader, connect, open_locked, query

TABLES = ["marts.mart_one", "marts.mart_two"]


def build(home: Home, state: int, rows: int = 50) -> None:
    """A build whose two marts must always agree; the second is a view, as dbt may make it."""
    with duckdb.connect(str(home.build_db)) as con:
        con.execute("create schema if not exists marts; create schema if not exists raw")
        con.execute(f"create or replace table raw.secret as select {state} as state")
        con.execute(
            f"create or replace table marts.mart_one as select {state} as state, i as n, ['甲', null] as l from range({rows}) r(i)"
        )
        con.execute('create or replace view marts.mart_two as select state, n from "warehouse"."marts"."mart_one"')
        con.execute("comment on table marts.mart_one is '目标''进展'; comment on column marts.mart_one.n is '序号'")


def publish(home: Home, state: int, code: str = "code", extra: dict[str, object] | None = None, **more) -> Published:
    """Publish what the build database holds, as if the gate had just passed it."""
    inputs = f"inputs {state}"
    with Ledger.open(home) as ledger:
        name = builds.new_build_id(home, ledger, inputs, code)
        new = NewBuild(name, inputs, code, marts.content_hash_of(home.build_db, TABLES), extra or {})
        return publication.publish(home, ledger, new, **{"build_db": home.build_db, "tables": TABLES, **more})


def test_a_published_build_holds_the_public_marts_and_its_manifest(home: Home, tmp_path: Path) -> None:
    assert (builds.current(home), builds.manifest(home), builds.database(home)) == (None, None, None)
    (tmp_path / "docs" / "static").mkdir(parents=True)
    (tmp_path / "docs" / "static" / "index.html").write_text("checked")
    build(home, 1)
    published = publish(home, 1, data_docs=tmp_path / "docs", extra={"gate": {"passed": True}})
    assert (published.is_new, builds.current(home), os.readlink(home.current)) == (
        True,
        published.path,
        f"builds/{published.build_id}",
    )
    with duckdb.connect(str(published.path / "warehouse.duckdb"), read_only=True) as con:
        assert con.execute("select schema_name, table_name, comment from duckdb_tables() order by 2").fetchall() == [
            ("main", "mart_one", "目标'进展"),
            ("main", "mart_two", None),
        ]
        assert con.execute(
            "select column_name, comment from duckdb_columns() where comment is not null"
        ).fetchall() == [("n", "序号")]
    assert duckdb.read_parquet(
        str(published.path / "parquet" / "mart_two.parquet").replace("[", "[[]", 1)
    ).fetchall() == [(1, n) for n in range(50)]
    found = builds.manifest(home)
    assert found is not None
    assert (found["build_id"], found["previous"], found["gate"]) == (published.build_id, None, {"passed": True})
    assert (found["tables"]["mart_one"]["rows"], found["tables"]["mart_two"]["columns"]) == (50, ["state", "n"])
    assert set(found["files"]) == {
        "warehouse.duckdb",
        "parquet/mart_one.parquet",
        "parquet/mart_two.parquet",
        "data_docs/static/index.html",
    }
    assert (builds.is_intact(published.path), found["versions"]["duckdb"]) == (True, duckdb.__version__)
    assert {stat.S_IMODE(path.stat().st_mode) for path in published.path.rglob("*") if path.is_file()} == {0o440}


def test_the_same_is_published_again_when_that_is_forced(home: Home) -> None:
    build(home, 1)
    first = publish(home, 1)
    assert not publish(home, 1).is_new
    forced = publish(home, 1, is_forced=True)
    assert forced.is_new and forced.build_id != first.build_id and builds.current(home) == forced.path
    found = builds.manifest(home)
    assert found and found["previous"] == first.build_id


def test_the_same_inputs_and_code_change_nothing(home: Home) -> None:
    build(home, 1)
    first = publish(home, 1)
    again = publish(home, 1)
    assert again == Published(first.build_id, first.path, is_new=False)
    assert [path.name for path in home.builds.iterdir()] == [first.build_id]
    build(home, 2)
    second = publish(home, 2)
    found = builds.manifest(home)
    assert found is not None
    assert (second.is_new, found["previous"]) == (True, first.build_id)


def test_checksums_depend_on_rows_and_not_on_their_order(home: Home) -> None:
    with duckdb.connect() as con:
        con.execute("create table one as select i, [i::varchar, null] as l from range(5) r(i)")
        con.execute("create table two as from one order by i desc")
        con.execute("create table three as select * replace (i + 1 as i) from one")
        con.execute("create table none as from one limit 0")
        sums = [marts.checksum(con, name) for name in ("one", "two", "three", "none")]
    assert sums[0] == sums[1]
    assert len(set(sums)) == 3
    build(home, 7)
    first = publish(home, 7)
    checksums = {name: found["checksum"] for name, found in (builds.manifest(home) or {})["tables"].items()}
    second = publish(home, 7, code="other code")
    assert second.build_id != first.build_id
    assert {name: found["checksum"] for name, found in (builds.manifest(home) or {})["tables"].items()} == checksums


@pytest.mark.parametrize(
    ("module", "broken"), [(builds, "copy_marts"), (builds, "_write_manifest"), (publication, "point")]
)
@pytest.mark.slow
def test_whatever_fails_the_pointer_stays_and_nothing_half_is_left(
    home: Home, monkeypatch: pytest.MonkeyPatch, module: ModuleType, broken: str
) -> None:
    build(home, 1)
    first = publish(home, 1)
    build(home, 2)

    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(module, broken, fail)
        with pytest.raises(OSError, match="disk full"):
            publish(home, 2)
    assert builds.current(home) == first.path
    assert query(home, "select distinct state from mart_one").to_pylist() == [{"state": 1}]
    assert not [
        path.name for path in (*home.builds.iterdir(), *home.published.iterdir()) if path.name.startswith(TEMPORARY)
    ]
    assert publish(home, 2).is_new
    assert query(home, "select distinct state from mart_two").to_pylist() == [{"state": 2}]


def test_what_else_belongs_to_a_build_is_in_it_whole_or_nothing_is(home: Home) -> None:
    def draw(folder: Path) -> None:
        (folder / "maps").mkdir()
        (folder / "maps" / "a.gpkg").write_text("drawn")

    def fail(folder: Path) -> None:
        draw(folder)
        raise OSError("disk full")

    build(home, 1)
    first = publish(home, 1, also=draw)
    found = builds.manifest(home)
    assert found is not None
    assert "maps/a.gpkg" in found["files"] and builds.is_intact(first.path)
    build(home, 2)
    with pytest.raises(OSError, match="disk full"):
        publish(home, 2, also=fail)
    assert builds.current(home) == first.path
    assert [path.name for path in home.builds.iterdir()] == [first.build_id]


def test_a_table_that_is_not_there_or_named_twice_stops_the_publication(home: Home) -> None:
    build(home, 1)
    with pytest.raises(duckdb.CatalogException):
        publish(home, 1, tables=["marts.nothing"])
    with duckdb.connect(str(home.build_db)) as con:
        con.execute("create table raw.mart_one as from marts.mart_one")
    with pytest.raises(ValueError, match="two public tables"):
        publish(home, 1, tables=["marts.mart_one", "raw.mart_one"])
    assert builds.current(home) is None
    with pytest.raises(NothingPublished):
        connect(home)


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_text('{file}')",
        "select * from read_csv('{file}')",
        "from '{file}'",
        "attach '{folder}/other.duckdb'",
        "copy mart_one to '{folder}/stolen.csv'",
        "create table mine as select 1",
        "set enable_external_access = true",
        "reset disabled_filesystems",
        "install httpfs",
        "load spatial",
        "export database '{folder}/all'",
        "select * from glob('{folder}/*')",
        "set lock_configuration = false",
        "insert into mart_one select * from mart_one",
        "select * from raw.secret",
        "pragma database_list; copy (select 1) to '{folder}/x'",
    ],
)
def test_a_reader_can_read_the_marts_and_nothing_else(home: Home, tmp_path: Path, sql: str) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    build(home, 1)
    publish(home, 1)
    before = sorted(path.name for path in tmp_path.iterdir())
    with connect(home) as con, connect(home) as second:
        with pytest.raises(duckdb.Error):
            con.execute(sql.format(file=tmp_path / "secret.txt", folder=tmp_path)).fetchall()
        assert second.execute("select max(n) from mart_one").fetchall() == [(49,)]
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_long_lived_reader_moves_on_and_a_held_connection_stays(home: Home) -> None:
    build(home, 1)
    publish(home, 1)
    with Reader(home) as reader:
        assert reader.query("select distinct state from mart_one where n > ?", [3]).to_pylist() == [{"state": 1}]
        held = connect(home)
        build(home, 2)
        publish(home, 2)
        assert reader.query("select distinct state from mart_one").to_pylist() == [{"state": 2}]
        assert held.execute("select distinct state from mart_two").fetchall() == [(1,)]
        held.close()


READER = """
import json, sys, time
from pathlib import Path
from warehouse.home import Home
from warehouse.serving import Reader
home, stop = Home(Path(sys.argv[1])), Path(sys.argv[2])
seen, errors, mixed, polls = set(), [], 0, 0
with Reader(home) as reader:
    while not stop.exists():
        try:
            con = reader.connection
            one = con.execute("select min(state), max(state), count(*) from mart_one").fetchone()
            two = con.execute("select min(state), max(state), count(*) from mart_two").fetchone()
            mixed += not (one == two and one[0] == one[1] and one[2] == 50)
            seen.add(one[0])
        except Exception as error:
            errors.append(repr(error))
        polls += 1
        time.sleep(0.002)
print(json.dumps({"seen": sorted(seen), "errors": errors, "mixed": mixed, "polls": polls}))
"""


@pytest.mark.slow
def test_readers_through_twenty_publications_see_no_error_and_no_mixed_state(home: Home, tmp_path: Path) -> None:
    build(home, 0)
    publish(home, 0)
    stop = tmp_path / "stop"
    command = [sys.executable, "-c", READER, str(home.root), str(stop)]
    readers = [subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    time.sleep(1)
    for state in range(1, 21):
        build(home, state)
        publish(home, state)
    time.sleep(0.5)
    stop.touch()
    for reader in readers:
        found = json.loads(reader.communicate(timeout=60)[0])
        assert (found["errors"], found["mixed"]) == ([], 0)
        assert found["seen"][-1] == 20
        assert len(found["seen"]) > 3
        assert found["polls"] > 20


PUBLISHER = """
import sys
from itertools import count
from pathlib import Path
from tests.warehouse.test_builds import build, publish
from warehouse.home import Home
home = Home(Path(sys.argv[1]))
for state in count(int(sys.argv[2])):
    build(home, state)
    publish(home, state)
    print(state, flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "moments", [(0, 3, 6), pytest.param(range(8), marks=pytest.mark.thorough)], ids=["some", "all"]
)
def test_a_publisher_killed_at_any_moment_leaves_a_whole_current_build(home: Home, moments: Iterable[int]) -> None:
    build(home, 0)
    publish(home, 0)
    for number in moments:
        before = builds.current(home)
        process = subprocess.Popen(
            [sys.executable, "-c", PUBLISHER, str(home.root), str(1000 * (number + 1))],
            cwd=CHECKOUT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.013 * number)
        process.send_signal(signal.SIGKILL)
        process.wait()
        now = builds.current(home)
        assert now is not None
        assert now != before
        assert builds.is_intact(now)
        states = query(
            home, "select distinct state from mart_one union select distinct state from mart_two"
        ).to_pylist()
        assert len(states) == 1
    build(home, 99)
    assert publish(home, 99).is_new
    assert not [
        path.name for path in (*home.builds.iterdir(), *home.published.iterdir()) if path.name.startswith(TEMPORARY)
    ]
    assert all(builds.is_intact(folder) for folder in home.builds.iterdir())


def test_table_macros_beside_the_marts_are_published_with_them(home: Home) -> None:
    build(home, 3)
    with duckdb.connect(str(home.build_db)) as con:
        con.execute("set search_path = 'marts'")
        con.execute("create macro above(least) as table select n from mart_one where n > least")
    published = publish(home, 3)
    with open_locked(published.path / "warehouse.duckdb") as con:
        assert con.execute("from above(47)").fetchall() == [(48,), (49,)]
