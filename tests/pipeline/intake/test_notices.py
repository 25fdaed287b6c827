"""What intake tells operators of: set aside, not taken, not read again and again, damage; each once."""

from pathlib import Path
from typing import Any

import pytest

from ingestion import inbox_limits
from pipeline.intake import notices, reception
from pipeline.intake import receive as intake
from pipeline.intake.failures import ReadFailed, ReceiveFailed
from tests.support.arrivals import receive
from warehouse import integrity
from warehouse import notices as warehouse_notices
from warehouse.home import Home
from warehouse.ledger import Ledger


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").ensure()


def drop(home: Home, name: str, content: bytes = b"x") -> None:
    (home.inbox / "ecology").mkdir(exist_ok=True)
    (home.inbox / "ecology" / name).write_bytes(content)


def kinds(home: Home) -> list[str]:
    with Ledger.open(home) as ledger:
        return [one.kind for one in ledger.notices()]


def bodies(home: Home) -> str:
    with Ledger.open(home) as ledger:
        return "\n".join(f"{one.subject} {one.body}" for one in ledger.notices())


def failing(error: Exception) -> Any:
    def fails(*_: Any, **__: Any) -> None:
        raise error

    return fails


def test_an_arrival_set_aside_is_told_with_the_reason(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_limits, "LARGEST_BYTES", 100)
    drop(home, "过大.csv", b"x" * 101)
    for _ in range(2):
        intake.receive(home, 0)
    assert kinds(home) == ["set_aside"]
    assert "过大.csv" in bodies(home) and "上限" in bodies(home) and "warehouse status" in bodies(home)
    assert home.notices_file.read_text(encoding="utf-8").count("[set_aside]") == 1


def test_arrivals_that_we_fail_to_take_are_told_once_a_day_each(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception.Reception, "_check_space", failing(OSError(28, "No space left on device")))
    drop(home, "一.csv")
    drop(home, "二.csv")
    for _ in range(2):
        with pytest.raises(ReceiveFailed):
            intake.receive(home, 0)
    assert kinds(home) == ["receive_failed"] * 2
    assert "一.csv" in bodies(home) and "No space left" in bodies(home) and "warehouse load" in bodies(home)


def test_what_we_fail_to_read_is_told_when_it_does_not_pass(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    with Ledger.open(home) as ledger:
        name = receive(ledger)
    monkeypatch.setattr(intake, "_read", failing(MemoryError("no memory")))
    for attempt in range(1, notices.ATTEMPTS_BEFORE_NOTICE + 2):
        with pytest.raises(ReadFailed) as raised:
            intake.read_batch(home, [name])
        is_notified = attempt >= notices.ATTEMPTS_BEFORE_NOTICE
        assert warehouse_notices.is_marked(raised.value) is is_notified, "then a failed task needs no notice besides"
        assert kinds(home) == ["read_failed"] * is_notified
    assert name in bodies(home) and "MemoryError: no memory" in bodies(home)


def test_a_damaged_original_is_told_at_once(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    with Ledger.open(home) as ledger:
        name = receive(ledger)
    monkeypatch.setattr(intake, "_read", failing(integrity.DamagedArchive(home.archive / "ab" / "cd", "c" * 64)))
    for _ in range(2):
        with pytest.raises(ReadFailed):
            intake.read_batch(home, [name])
    assert kinds(home) == ["original_damaged"]
    assert f"warehouse restore 备份 --into {home.root} --file archive/somewhere" in bodies(home)
