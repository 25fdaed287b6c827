"""A build is one from its first step to its last, though its steps may be processes of their own; what fails is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pipeline.build import run as build
from warehouse import build_lease
from warehouse.build_lease import BUILD, BuildBusy, LeaseLost
from warehouse.home import Home
from warehouse.ledger import Ledger


@pytest.fixture
def home(tmp_path: Any) -> Home:
    return Home(tmp_path / "home").ensure()


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The steps that were taken, none of which does anything."""
    names: list[str] = []

    def stub(name: str) -> Any:
        def step(home: Home, scope: build.Scope) -> dict[str, Any]:
            names.append(name)
            return {}

        return step

    for name in build.STEPS:
        monkeypatch.setattr(build, name, stub(name))
    yield names


def fail(monkeypatch: pytest.MonkeyPatch, name: str, error: Exception) -> None:
    def step(home: Home, scope: build.Scope) -> dict[str, Any]:
        raise error

    monkeypatch.setattr(build, name, step)


def run_of_airflow(home: Home, run: str, *names: str) -> None:
    for name in names:
        build.take_step(home, name, run, f"Airflow {run}")


def test_all_steps_are_taken_under_one_lease_which_is_then_given_back(
    home: Home, taken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[str] = []

    def look(home: Home, scope: build.Scope) -> dict[str, Any]:
        with Ledger.open(home) as ledger:
            lease = ledger.lease(BUILD)
            assert lease is not None
            held.append(lease.run)
        return {}

    monkeypatch.setattr(build, "overlay", look)
    monkeypatch.setattr(build, "publish", look)
    build.run(home)
    with Ledger.open(home) as ledger:
        assert ledger.lease(BUILD) is None
    assert taken == ["sync", "transform", "gate"] and len(held) == 2 and len(set(held)) == 1


def test_the_command_line_does_not_build_between_two_steps_of_airflow(home: Home, taken: list[str]) -> None:
    run_of_airflow(home, "run 1", "overlay", "sync")
    with pytest.raises(BuildBusy, match="Airflow run 1"):
        build.run(home, wait=False)
    run_of_airflow(home, "run 1", "transform", "gate", "publish")
    build.run(home, wait=False)
    assert taken == [*build.STEPS, *build.STEPS]


def test_airflow_waits_for_the_command_line(home: Home, taken: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with Ledger.open(home) as ledger:
        ledger.acquire_lease(BUILD, "run 0", build_lease.EXPIRES_AFTER, "li@host pid 7")
        told: list[str] = []

        def end(line: str) -> None:
            told.append(line)
            ledger.release_lease(BUILD, "run 0")

        monkeypatch.setattr(build_lease, "POLL_SECONDS", 0.01)
        build.take_step(home, "overlay", "run 1", "airflow", progress=end)
    assert told[0].startswith("等待 li@host pid 7 的构建") and taken == ["overlay"]


def test_a_failed_step_gives_the_lease_back_and_is_told_once_a_day(
    home: Home, taken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(monkeypatch, "transform", RuntimeError("model.fct_measure: no such column\nsecond\nthird\nfourth"))
    for number in range(2):
        run_of_airflow(home, f"run {number}", "overlay", "sync")
        with pytest.raises(RuntimeError, match="no such column"):
            run_of_airflow(home, f"run {number}", "transform")
    with Ledger.open(home) as ledger:
        assert ledger.lease(BUILD) is None
        (notice,) = ledger.notices()
        assert (notice.kind, notice.detail) == ("build_failed", {"step": "transform"})
        shown, _, remedy = notice.body.rpartition("\n")
        assert shown == "RuntimeError: model.fct_measure: no such column\nsecond\nthird"
        assert "warehouse publish" in remedy and str(home.logs) in remedy
    assert home.notices_file.read_text(encoding="utf-8").count("no such column") == 1


def test_a_step_that_is_tried_again_goes_on_unless_another_build_came_between(
    home: Home, taken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        fail(patch, "transform", OSError("disk full"))
        run_of_airflow(home, "run 1", "overlay", "sync")
        with pytest.raises(OSError, match="disk full"):
            run_of_airflow(home, "run 1", "transform")
    run_of_airflow(home, "run 1", "transform")
    with Ledger.open(home) as ledger:
        ledger.release_lease(BUILD, "run 1")  # as if it had been silent for too long
    build.run(home)
    with pytest.raises(build.BuildReplaced):
        run_of_airflow(home, "run 1", "gate")
    with Ledger.open(home) as ledger:
        assert ledger.lease(BUILD) is None
        assert [one.kind for one in ledger.notices()] == ["build_failed"], "to be replaced is no failure"


def lose(home: Home) -> None:
    """Another build takes the lease over, as if this one had been silent for too long."""
    with Ledger.open(home) as ledger:
        held = ledger.lease(BUILD)
        assert held is not None
        ledger.acquire_lease(BUILD, "run 9", build_lease.EXPIRES_AFTER, "li@host", ended=held.run)


def loses(home: Home, scope: build.Scope) -> dict[str, Any]:
    lose(home)
    return {}


def test_a_step_whose_lease_was_taken_meanwhile_fails_and_that_is_told(
    home: Home, taken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "transform", loses)
    run_of_airflow(home, "run 1", "overlay", "sync")
    with pytest.raises(LeaseLost, match="run 1"):
        run_of_airflow(home, "run 1", "transform")
    with Ledger.open(home) as ledger:
        ledger.release_lease(BUILD, "run 9")
    with pytest.raises(LeaseLost):
        build.run(home)
    assert taken == ["overlay", "sync"] * 2, "neither judged nor published"
    with Ledger.open(home) as ledger:
        assert [one.kind for one in ledger.notices()] == ["build_failed"] * 2
        assert "warehouse publish" in ledger.notices()[0].body
        lease = ledger.lease(BUILD)
        assert lease is not None and lease.run == "run 9", "its lease is its own"


def test_a_step_whose_lease_was_taken_while_it_waited_for_the_database_is_not_begun(
    home: Home, taken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_of_airflow(home, "run 1", "overlay")

    @contextmanager
    def waits(at: Home) -> Iterator[None]:
        lose(at)
        yield

    monkeypatch.setattr(build, "writer", waits)
    with pytest.raises(LeaseLost, match="run 1"):
        run_of_airflow(home, "run 1", "sync")
    assert taken == ["overlay"]


def test_a_run_that_is_no_longer_due_when_its_turn_comes_builds_nothing(
    home: Home, taken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "is_due", lambda home: False)
    assert build.run(home, only_if_due=True) == {} and taken == []
    monkeypatch.setattr(build, "is_due", lambda home: True)
    assert set(build.run(home, only_if_due=True)) == set(build.STEPS)


def test_while_a_build_is_pinned_nothing_is_built(home: Home, taken: list[str]) -> None:
    with Ledger.open(home) as ledger:
        ledger.prepare_publication("b1", inputs_fingerprint="f", path="published/builds/b1")
        ledger.make_current("b1")
        ledger.pin("b1", because="耕地有误", decided_by="王局长")
    with pytest.raises(build.Pinned, match="warehouse release"):
        build.run(home)
    with pytest.raises(build.Pinned, match="王局长"):
        run_of_airflow(home, "run 1", "overlay")
    build.run(home, steps=build.MARTS)
    assert taken == list(build.MARTS)
