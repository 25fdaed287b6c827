"""Commands about builds: two at once, overriding the gate, rolling back, and a home whose current build is gone."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.test_main import Run, warehouse
from tests.pipeline.build.test_run import scale
from tests.support.small_home import A, B, new_home, submit, waste
from warehouse import builds, editions, publication
from warehouse.build_lease import BUILD, EXPIRES_AFTER
from warehouse.home import CHECKOUT, Home
from warehouse.ledger import Ledger
from warehouse.marts import content_hash_of

__all__ = ["warehouse"]  # the fixture
WITHOUT_AIRFLOW = [sys.executable, "-m", "cli.main"]


def start(home: Home, *words: str) -> subprocess.Popen[str]:
    environ = {**os.environ, "WAREHOUSE_HOME": str(home.root), "WAREHOUSE_ACTOR": "li"}
    pipe = subprocess.PIPE
    return subprocess.Popen([*WITHOUT_AIRFLOW, *words], cwd=CHECKOUT, env=environ, stdout=pipe, stderr=pipe, text=True)


@pytest.mark.slow
@pytest.mark.thorough
def test_two_publications_started_seconds_apart_both_end_well(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    with Ledger.open(home, beside_archive=True) as ledger:
        submit(home, ledger, "rural_waste", waste({A: 90.0, B: 80.0}))
    first = start(home, "publish")
    time.sleep(4)
    second, third = start(home, "publish"), start(home, "publish", "--no-wait")
    ended = [process.communicate(timeout=500) for process in (first, second, third)]
    assert [process.returncode for process in (first, second, third)] == [0, 0, 2], ended
    assert "publish: " in ended[0][0]
    assert f"等待 li@{os.uname().nodename} pid {first.pid} 的构建" in ended[1][1], "it says for whom it waits"
    assert "nothing changed" in ended[1][0], "what the first one published is what the second would have"
    assert f"pid {first.pid}" in ended[2][1] and "Traceback" not in ended[2][1]
    with Ledger.open(home) as ledger:
        assert [one.state for one in ledger.publications()] == ["current"] and ledger.lease(BUILD) is None


def test_load_and_publish_do_not_wait_where_they_are_told_not_to(warehouse: Run, tmp_path: Path) -> None:
    home = new_home(tmp_path)
    with Ledger.open(home, beside_archive=True) as ledger:
        submit(home, ledger, "rural_waste", waste({A: 90.0}))
        ledger.acquire_lease(BUILD, "run 1", EXPIRES_AFTER, "Airflow build_marts manual")
    for verb in ("publish", "load"):
        status, out, err = warehouse(home, verb, "--no-wait")
        assert (status, out) == (2, "")
        assert "Airflow build_marts manual" in err and err.startswith("warehouse: ")


def published(home: Home, *builds_: str) -> None:
    """Builds of one small mart each, published one after the other."""
    import duckdb

    for name in builds_:
        with duckdb.connect(str(home.build_db)) as con:
            con.execute(f"create schema if not exists marts; create or replace table marts.m as select '{name}' as n")
        tables = ["marts.m"]
        new = builds.NewBuild(name, f"of {name}", "code", content_hash_of(home.build_db, tables), {})
        with Ledger.open(home) as ledger:
            publication.publish(home, ledger, new, build_db=home.build_db, tables=tables)


def test_a_rollback_is_shown_first_then_done_then_released(
    warehouse: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home").ensure()
    published(home, "b1", "b2", "b3")
    status, out, _ = warehouse(home, "rollback", "previous", "--because", "有误", "--by", "王局长", "--dry-run")
    assert (status, os.readlink(home.current)) == (0, "builds/b3") and "b2" in out and "b3" in out
    status, out, _ = warehouse(home, "rollback", "b1", "--because", "有误", "--by", "王局长")
    assert (status, os.readlink(home.current)) == (0, "builds/b1") and "warehouse release" in out
    status, _, err = warehouse(home, "publish")
    assert status == 2 and "王局长" in err and "有误" in err and "warehouse release" in err
    monkeypatch.setattr("pipeline.build.run.is_due", lambda home: False)
    for command in ("publish", "status"):
        status, out, _ = warehouse(home, command)
        assert (
            status == 0
            and "当前版本 b1 由 王局长 自北京时间 " in out
            and "固定（有误），不发布新的，直到 warehouse release" in out
        )
    status, out, _ = warehouse(home, "release", "--because", "已更正", "--by", "王局长", "--dry-run")
    assert status == 0 and "b1" in out
    assert warehouse(home, "release", "--because", "已更正", "--by", "王局长")[0] == 0
    assert all("固定" not in warehouse(home, command)[1] for command in ("publish", "status"))
    published(home, "b4")
    assert os.readlink(home.current) == "builds/b4"
    with Ledger.open(home) as ledger:
        decided = ledger.events(actions=["pinned", "released"])
    assert [(one.action, one.detail["because"], one.detail["decided_by"]) for one in decided] == [
        ("pinned", "有误", "王局长"),
        ("released", "已更正", "王局长"),
    ]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["rollback", "b9", "--because", "x"], "b1"),
        (["rollback", "b1", "--because", " "], "--because"),
        (["release", "--because", "x"], "nothing to release"),
        (["override-gate", "b9", "--check", "a", "--because", "x"], "never judged"),
    ],
)
def test_what_cannot_be_decided_is_a_usage_error_that_says_why(
    warehouse: Run, tmp_path: Path, words: list[str], says: str
) -> None:
    home = Home(tmp_path / "home").ensure()
    published(home, "b1")
    status, _, err = warehouse(home, *words)
    assert status == 2 and says in err and "Traceback" not in err
    assert os.readlink(home.current) == "builds/b1"


@pytest.mark.parametrize("left", ["dangling", "cut manifest", "real folder"])
def test_a_home_whose_current_build_is_gone_says_so_without_a_traceback(
    warehouse: Run, tmp_path: Path, left: str
) -> None:
    home = Home(tmp_path / "home").ensure()
    published(home, "b1")
    if left == "dangling":
        os.rename(home.builds, tmp_path / "gone")
    elif left == "cut manifest":
        (home.builds / "b1" / builds.MANIFEST).chmod(0o644)
        (home.builds / "b1" / builds.MANIFEST).write_text("{")
    else:
        home.current.unlink()
        home.current.mkdir()
    status, out, err = warehouse(home, "status")
    if left == "real folder":
        assert status == 0 and "尚未发布" in out
    else:
        assert status == 2 and "链接断了" in err and "warehouse publish --force" in err
    assert "Traceback" not in err
    if left != "cut manifest":  # its database is whole, and can be read
        status, _, err = warehouse(home, "board")
        expected = "链接断了" if left == "dangling" else "还没有发布"
        assert status == 2 and expected in err and "Traceback" not in err
    published(home, "b2")
    assert os.readlink(home.current) == "builds/b2"


def test_a_publication_that_was_interrupted_is_finished_also_where_nothing_is_due(
    warehouse: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home").ensure()
    published(home, "b1")
    with monkeypatch.context() as dying:
        dying.setattr(Ledger, "make_current", lambda *given, **more: (_ for _ in ()).throw(SystemError("killed")))
        with pytest.raises(SystemError):
            published(home, "b2")
    with Ledger.open(home) as ledger:
        current = ledger.current_publication()
        assert (os.readlink(home.current), current and current.build_id) == ("builds/b2", "b1")
    monkeypatch.setattr("pipeline.build.run.is_due", lambda home: False)
    status, out, _ = warehouse(home, "publish")
    assert status == 0 and "没有变化" in out
    with Ledger.open(home) as ledger:
        current = ledger.current_publication()
        assert current is not None and current.build_id == "b2" and ledger.publications("prepared") == []


@pytest.mark.slow
def test_a_refused_build_is_shown_and_let_through_on_the_command_line(warehouse: Run, copied_home: Home) -> None:
    from pipeline.build import run as build

    scale(copied_home, 1.6, "f" * 64)
    with pytest.raises(build.GateFailed) as refused:
        build.gate(copied_home)
    name, checks = refused.value.build_id, refused.value.checks
    status, out, _ = warehouse(copied_home, "override-gate", name, "--dry-run")
    assert status == 0 and all(f"{check} 未通过" in out for check in checks)
    words = [word for check in checks for word in ("--check", check)]
    status, out, err = warehouse(copied_home, "override-gate", name, *words, "--because", "补测", "--by", "王局长")
    assert status == 0, err
    assert f"{name} 已发布" in out and os.readlink(copied_home.current) == f"builds/{name}"


def test_one_resolver_of_names_whatever_is_asked_for(warehouse: Run, tmp_path: Path) -> None:
    """An edition's name leads to its build, and where `current` leads nowhere every command says so and what there is."""
    home = Home(tmp_path / "home").ensure()
    published(home, "b1", "b2")
    editions.approve(home, "2025-06", home.builds / "b1", approved_by="王局长")
    status, out, _ = warehouse(home, "rollback", "2025-06.1", "--because", "有误", "--dry-run")
    assert status == 0 and "(would roll back to) b1" in out
    status, _, err = warehouse(home, "rollback", "b9", "--because", "有误", "--dry-run")
    assert status == 2 and "(no such published build; there are): 2025-06.1、b1、b2" in err
    shutil.rmtree(home.builds / "b2")
    for words in (
        ("approve", "current", "--dry-run"),
        ("rollback", "previous", "--because", "有误", "--dry-run"),
        ("diff", "current", "b1"),
    ):
        status, _, err = warehouse(home, *words)
        assert status == 2 and "current 的链接断了" in err and "builds/b2" in err and "there are): 2025-06.1、b1" in err
        assert "nothing is published" not in err
    status, out, err = warehouse(home, "rollback", "2025-06.1", "--because", "有误", "--by", "王局长")
    assert (status, os.readlink(home.current)) == (0, "builds/b1"), err
