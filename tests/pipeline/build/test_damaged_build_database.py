"""A build database that cannot be read any more is derived: a build sets it aside and goes on with a new one."""

import logging
import os
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.build import run as build
from tests.cli.test_main import Run, warehouse
from tests.support.small_home import A, B, new_home, submit, waste
from warehouse import builds
from warehouse.build_database import SET_ASIDE
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.sync import synced_fingerprint

__all__ = ["warehouse"]  # the fixture


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home in which something was submitted, and synced."""
    made = new_home(tmp_path)
    with Ledger.open(made) as ledger:
        submit(made, ledger, "rural_waste", waste({A: 50.0, B: 60.0}))
    build.sync(made)
    return made


def damage(file: Path) -> None:
    file.write_bytes(os.urandom(30_000))


def aside(home: Home) -> Path:
    return home.build_db.with_name(f"{home.build_db.name}{SET_ASIDE}")


def test_sync_makes_it_anew_and_says_so(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    fingerprint = synced_fingerprint(home.build_db)
    damage(home.build_db)
    with caplog.at_level(logging.WARNING, logger="pipeline"):
        report = build.step(home, "sync")
    assert report["set_aside"] == str(aside(home)) and aside(home).stat().st_size == 30_000
    assert "构建数据库已损坏" in caplog.text and "damaged" in caplog.text
    assert synced_fingerprint(home.build_db) == fingerprint
    assert "set_aside" not in build.step(home, "sync")


def test_damage_that_a_later_step_finds_sets_it_aside_for_the_next_build(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def transform(home: Home, scope: build.Scope) -> dict[str, Any]:
        with duckdb.connect(str(home.build_db)) as con:
            return {"tables": con.execute("select count(*) from duckdb_tables()").fetchall()}

    monkeypatch.setattr(build, "transform", transform)
    damage(home.build_db)
    with pytest.raises(build.BuildDatabaseDamaged, match="set aside"):
        build.step(home, "transform")
    assert not home.build_db.exists() and aside(home).exists()
    assert build.run(home, steps=("overlay", "sync", "transform"))["transform"]["tables"][0][0] > 0


def test_a_run_takes_all_steps_once_more(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def transform(home: Home, scope: build.Scope) -> dict[str, Any]:
        tries.append(1)
        if len(tries) == 1:
            damage(home.build_db)
        with duckdb.connect(str(home.build_db)) as con:
            con.execute("select 1")
        return {}

    monkeypatch.setattr(build, "transform", transform)
    build.run(home, steps=build.MARTS)
    assert len(tries) == 2 and aside(home).exists()
    with duckdb.connect(str(home.build_db)) as con:
        assert con.execute("select count(*) from raw.rural_waste").fetchall() == [(2,)]


def test_another_failure_of_the_second_try_is_not_taken_for_damage(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def transform(home: Home, scope: build.Scope) -> dict[str, Any]:
        tries.append(1)
        if len(tries) == 1:
            damage(home.build_db)
            duckdb.connect(str(home.build_db))
        raise build.GateFailed("a check")

    monkeypatch.setattr(build, "transform", transform)
    with pytest.raises(build.GateFailed):
        build.run(home, steps=build.MARTS)
    assert len(tries) == 2 and home.build_db.exists()


def test_what_is_no_damage_leaves_it_alone(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def transform(home: Home, scope: build.Scope) -> dict[str, Any]:
        raise duckdb.IOException(f'Could not write file "{home.build_db}": No space left on device')

    monkeypatch.setattr(build, "transform", transform)
    with pytest.raises(duckdb.IOException):
        build.run(home, steps=("overlay", "sync", "transform"))
    assert home.build_db.exists() and not aside(home).exists()


@pytest.mark.slow
def test_publish_force_makes_a_new_build_of_the_same_from_a_damaged_database(
    warehouse: Run, copied_home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)  # as a library that is loaded by then may have done
    before = os.readlink(copied_home.current)
    damage(copied_home.build_db)
    status, out, err = warehouse(copied_home, "publish")
    assert (status, err) == (0, "") and "nothing changed" in out and os.readlink(copied_home.current) == before
    status, out, err = warehouse(copied_home, "publish", "--force")
    assert status == 0 and "whether or not anything changed" in out
    assert err.count("\n") == 1 and "已损坏" in err and str(aside(copied_home)) in err
    after = os.readlink(copied_home.current)
    assert after != before and '"is_new": true' in out
    made, previous = builds.manifest(copied_home), Path(before).name
    assert made and made["previous"] == previous and made["build_id"] == Path(after).name
    with Ledger.open(copied_home) as ledger:
        assert ledger.publications()[-1].build_id == made["build_id"]
