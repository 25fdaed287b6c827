"""A failed task reaches people once, unless what failed did already, and also while the ledger is down."""

from pathlib import Path

import pytest

from pipeline.watch.task_failures import deadline_missed, is_run_notified, mark_notified, task_failed
from warehouse import notices
from warehouse.home import Home
from warehouse.ledger import Ledger

RUN = ("build_marts", "overlay", "scheduled__1")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home").ensure()
    Ledger.open(home).close()
    return home


def kinds(home: Home) -> list[str]:
    with Ledger.open(home) as ledger:
        return [one.kind for one in ledger.notices()]


def test_a_failed_task_is_notified_once_a_day(home: Home) -> None:
    first, again = (task_failed(home, *RUN, OSError("no space")) for _ in range(2))
    assert first and first.is_new and first.is_in_ledger
    assert "build_marts.overlay" in first.subject and "OSError: no space" in first.body
    assert again and not again.is_new and kinds(home) == ["task_failed"]
    assert task_failed(home, *RUN, None), "of one that was killed nothing is known but that"
    assert "被中断" in home.notices_file.read_text(encoding="utf-8")
    assert is_run_notified(home, RUN[-1], [])
    assert not is_run_notified(home, "scheduled__2", []), "the failure of another run is not that of this one"


def test_a_run_is_covered_by_the_notices_of_all_that_it_left_unread(home: Home) -> None:
    with Ledger.open(home) as ledger:
        notices.notify(home, ledger, "read_failed", "one", "S1 (failed)", "…", {"submission_id": "S1"})
    assert is_run_notified(home, "scheduled__2", ["S1"])
    assert not is_run_notified(home, "scheduled__2", ["S1", "S2"])


def test_what_was_notified_by_what_found_it_is_not_notified_again(home: Home) -> None:
    error = RuntimeError("the gate refused")
    mark_notified(error)
    assert task_failed(home, *RUN, error) is None
    assert kinds(home) == []


def test_a_broken_ledger_keeps_nobody_from_being_notified(home: Home) -> None:
    home.ledger_file.write_bytes(b"not a database" * 100)
    first, again = (task_failed(home, *RUN, OSError("disk")) for _ in range(2))
    assert first and again
    assert [(one.is_new, one.is_in_ledger) for one in (first, again)] == [(True, False), (False, False)]
    (line,) = home.notices_file.read_text(encoding="utf-8").splitlines()
    assert line.startswith("#- ") and "build_marts.overlay" in line and "OSError: disk" in line
    assert not is_run_notified(home, RUN[-1], [])


def test_a_run_beyond_its_deadline_is_notified_once(home: Home) -> None:
    entered = [deadline_missed(home, "ingest_spatial", "asset__1", "2026-01-01T00:00:00+00:00") for _ in range(2)]
    assert [one.is_new for one in entered] == [True, False]
    assert kinds(home) == ["deadline_missed"] and "ingest_spatial" in entered[0].subject
