"""The inbox watcher: when it fires, and that it fires once."""

import asyncio
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def watcher() -> ModuleType:
    """The module, imported when a test runs: it imports Airflow, whose settings tests/dags/conftest.py makes first."""
    from orchestration import inbox_watcher

    return inbox_watcher


def test_arrivals_are_announced_once_they_no_longer_grow_in_number(watcher: ModuleType) -> None:
    tracker = watcher.ArrivalTracker(patience_seconds=10)
    assert tracker.announce({}, 0) == []
    assert tracker.announce({"a": "a.xlsx"}, 1) == []
    assert tracker.announce({"a": "a.xlsx", "b": "b.xlsx"}, 2) == []
    assert tracker.announce({"a": "a.xlsx", "b": "b.xlsx"}, 3) == ["a.xlsx", "b.xlsx"]
    assert tracker.announce({"a": "a.xlsx", "b": "b.xlsx"}, 4) == []


def test_a_steady_stream_is_announced_when_patience_ends(watcher: ModuleType) -> None:
    tracker = watcher.ArrivalTracker(patience_seconds=3)
    waiting: dict[str, str] = {}
    announced = []
    for second in range(8):
        waiting[str(second)] = f"{second}.csv"
        announced.append(len(tracker.announce(waiting, second)))
    assert announced == [0, 0, 0, 4, 0, 0, 0, 4]


def test_one_that_was_taken_and_comes_again_is_announced_again(watcher: ModuleType) -> None:
    tracker = watcher.ArrivalTracker()
    announced = [
        tracker.announce(waiting, second)
        for second, waiting in enumerate([{"a": "a"}, {"a": "a"}, {}, {"a": "a"}, {"a": "a"}])
    ]
    assert announced == [[], ["a"], [], [], ["a"]]


def test_the_trigger_fires_for_a_whole_file_and_not_again_while_it_lies_there(
    watcher: ModuleType, tmp_path: Path
) -> None:
    async def events(seconds: float) -> list[dict[str, object]]:
        found = []

        async def collect() -> None:
            async for event in watcher.InboxTrigger(str(tmp_path), poll_seconds=0.1).run():
                found.append(event.payload)

        task = asyncio.create_task(collect())
        await asyncio.sleep(0.3)
        (tmp_path / "ecology").mkdir()
        (tmp_path / "ecology" / "生态2024.xlsx").write_bytes(b"x")
        (tmp_path / "ecology" / ".hidden.xlsx").write_bytes(b"x")
        await asyncio.sleep(seconds)
        task.cancel()
        return found

    assert asyncio.run(events(3.5)) == [{"files": 1, "first": ["生态2024.xlsx"]}]


def test_a_missing_inbox_is_an_empty_one(watcher: ModuleType, tmp_path: Path) -> None:
    async def first_event() -> None:
        async for _ in watcher.InboxTrigger(str(tmp_path / "missing"), poll_seconds=0.05).run():
            raise AssertionError("fired without a file")

    async def wait() -> None:
        try:
            await asyncio.wait_for(first_event(), 0.3)
        except TimeoutError:
            return

    asyncio.run(wait())
