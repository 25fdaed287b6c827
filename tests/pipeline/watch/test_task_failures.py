"""A failed task reaches people once, unless what failed did already, and also while the ledger is down."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.watch.task_failures import deadline_missed, mark_told, task_failed, was_told_since
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


def test_a_failed_task_is_told_once_a_day(home: Home) -> None:
    first, again = (task_failed(home, *RUN, OSError("no space")) for _ in range(2))
    assert first and first.is_new and first.is_in_ledger
    assert "build_marts.overlay" in first.subject and "OSError: no space" in first.body
    assert again and not again.is_new and kinds(home) == ["task_failed"]
    assert task_failed(home, *RUN, None), "of one that was killed nothing is known but that"
    assert "被中断" in home.notices_file.read_text(encoding="utf-8")
    assert was_told_since(home, datetime.now(UTC) - timedelta(minutes=1))
    assert not was_told_since(home, datetime.now(UTC) + timedelta(minutes=1))


def test_what_was_told_by_what_found_it_is_not_told_again(home: Home) -> None:
    error = RuntimeError("the gate refused")
    mark_told(error)
    assert task_failed(home, *RUN, error) is None
    assert kinds(home) == []


def test_a_broken_ledger_keeps_nobody_from_being_told(home: Home) -> None:
    home.ledger_file.write_bytes(b"not a database" * 100)
    first, again = (task_failed(home, *RUN, OSError("disk")) for _ in range(2))
    assert first and again
    assert [(one.is_new, one.is_in_ledger) for one in (first, again)] == [(True, False), (False, False)]
    (line,) = home.notices_file.read_text(encoding="utf-8").splitlines()
    assert line.startswith("#- ") and "build_marts.overlay" in line and "OSError: disk" in line
    assert not was_told_since(home, datetime.now(UTC) - timedelta(minutes=1))


def test_a_run_beyond_its_deadline_is_told_once(home: Home) -> None:
    told = [deadline_missed(home, "ingest_spatial", "asset__1", "2026-01-01T00:00:00+00:00") for _ in range(2)]
    assert [one.is_new for one in told] == [True, False]
    assert kinds(home) == ["deadline_missed"] and "ingest_spatial" in told[0].subject
