"""Notices: once each, in the ledger and in a file of the home, whatever fails in between."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from warehouse import notices
from warehouse.home import Home
from warehouse.ledger import Ledger


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").ensure()


def lines(home: Home) -> list[str]:
    return home.notices_file.read_text(encoding="utf-8").splitlines()


def tell(home: Home, ledger: Ledger, number: int) -> bool:
    return notices.notify(home, ledger, "set_aside", f"key {number}", f"文件 {number} (file)", "第一行\n第二行 <a>")


def test_the_same_is_told_once_in_one_line(home: Home) -> None:
    with Ledger.open(home) as ledger:
        assert [tell(home, ledger, number) for number in (1, 1, 2)] == [True, False, True]
        assert [one.key for one in ledger.notices()] == ["key 1", "key 2"]
    first, second = lines(home)
    assert first.startswith("#1 ") and first.endswith("[set_aside] 文件 1 (file) | 第一行 第二行 <a>")
    assert second.startswith("#2 ")


def test_what_a_crash_kept_from_the_file_is_written_with_the_next(home: Home) -> None:
    with Ledger.open(home) as ledger:
        tell(home, ledger, 1)
        ledger.notify("late", "key 2", "crashed before the file", "body")
        with home.notices_file.open("ab") as file:
            file.write(b"#2 2026-01-0")  # cut short
        tell(home, ledger, 3)
        assert [line.partition(" ")[0] for line in lines(home)] == ["#1", "#2", "#3"]
        home.notices_file.unlink()
        assert notices.write_file(home, ledger) == 3, "the ledger is the original"
        assert notices.write_file(home, ledger) == 0


def test_while_the_ledger_is_locked_the_file_has_it_once(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: Any, **__: Any) -> None:
        raise OperationalError("insert", {}, Exception("database is locked"))

    with Ledger.open(home) as ledger, monkeypatch.context() as patched:
        patched.setattr(Ledger, "notify", locked)
        assert [tell(home, ledger, number) for number in (1, 1, 2)] == [True, False, True]
    assert [line.partition(" ")[0] for line in lines(home)] == ["#-", "#-"]
    assert "文件 1 (file)" in lines(home)[0]
    with Ledger.open(home) as ledger:
        tell(home, ledger, 3)
    assert [line.partition(" ")[0] for line in lines(home)] == ["#-", "#-", "#1"]


def test_a_file_that_cannot_be_written_keeps_nothing_else_from_being_done(home: Home) -> None:
    home.notices_file.mkdir()
    with Ledger.open(home) as ledger:
        assert tell(home, ledger, 1)
        assert len(ledger.notices()) == 1
    assert notices.note_in_file(home, "a", "key", "subject", "body"), "nobody was notified: whoever calls is to mail it"


def test_an_error_that_was_told_is_known_by_what_wraps_it() -> None:
    failed = ValueError("x")
    notices.mark(failed, "build_failed")
    wrapped = RuntimeError("y")
    wrapped.__cause__ = failed
    assert notices.is_marked(failed) and notices.is_marked(wrapped)
    assert not notices.is_marked(RuntimeError("y")) and not notices.is_marked(None)
