"""The state of a warehouse in one object: what it says, and when it is well."""

import shutil
from collections import namedtuple
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.watch.report import state_of
from tests.support.arrivals import accept, ecology, receive
from tests.support.published import pretend_published
from warehouse import notices
from warehouse.build_lease import BUILD, EXPIRES_AFTER
from warehouse.home import Home
from warehouse.ledger import Ledger

TOWN = "140404101"
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with one accepted workbook, published."""
    home = Home(tmp_path / "home").ensure()
    with Ledger.open(home) as ledger:
        ledger.attach_receipt(accept(home, ledger, "ecology", ecology({TOWN: 1.0})), "receipts/1")
        pretend_published(home, ledger)
    return home


def found(home: Home, **ahead: float) -> Mapping[str, Any]:
    return state_of(home, datetime.now(UTC) + timedelta(**ahead)).as_dict()


def codes(state: Mapping[str, Any]) -> dict[str, str]:
    return {one["code"]: one["level"] for one in state["reasons"]}


def test_a_warehouse_in_which_all_is_done_is_well(home: Home) -> None:
    state = found(home)
    assert (state["health"], state["reasons"], state["overdue_promises"]) == ("ok", [], [])
    assert state["submissions"] == {"accepted": 1}
    assert state["build"]["current"] == "b1" and state["build"]["age_seconds"] < 60
    assert (state["build"]["is_due"], state["build"]["due_since"], state["build"]["lease"]) == (False, None, None)
    assert state["disk"]["free_bytes"] > 0 and state["notices"]["unsent"] == 0


def test_what_waits_is_counted_by_what_it_waits_for(home: Home) -> None:
    with Ledger.open(home) as ledger:
        receive(ledger)
        name = receive(ledger, "rural_waste")
        ledger.attach_receipt(name, "receipts/2")
    state = found(home)
    assert state["waiting"]["to_read_or_decide"] == 2 and name in state["waiting"]["submissions"]
    assert state["health"] == "ok", "the minute is not over"


def test_a_missed_promise_fails_and_says_what_to_do(home: Home) -> None:
    (home.inbox / "新.csv").write_text("a\n", encoding="utf-8")
    with Ledger.open(home) as ledger:
        names = [receive(ledger) for _ in range(2)]
        ledger.attach_receipt(accept(home, ledger, "ecology", ecology({TOWN: 2.0})), "receipts/2")
    state = found(home, minutes=11)
    assert state["health"] == "failing"
    assert codes(state) == {"late_inbox": "failing", "late_receipt": "failing", "late_build": "failing"}
    by_kind = {one["code"]: one["message"] for one in state["reasons"]}
    assert "新.csv" in by_kind["late_inbox"] and "warehouse up" in by_kind["late_inbox"]
    assert names[0] in by_kind["late_receipt"] and "等 2 件" in by_kind["late_receipt"]
    assert [one["what"] for one in state["overdue_promises"]] == ["新.csv", *names, "accepted"]
    assert all(one["seconds_late"] > 0 for one in state["overdue_promises"])
    assert state["inbox"]["late"] == ["新.csv"] and state["build"]["due_because"] == ["accepted"]


def test_a_refused_gate_warns_until_another_build_is_published(home: Home) -> None:
    with Ledger.open(home) as ledger:
        ledger.record_verdict("b2", "c" * 64, failures=[{"name": "closure", "detail": "x"}], passed=False)
        state = found(home)
        assert codes(state) == {"gate_refused": "warning"} and state["health"] == "warning"
        assert "override-gate b2" in state["reasons"][0]["message"]
        assert state["build"]["last_verdict"]["failed_checks"] == ["closure"]
        pretend_published(home, ledger, "b3")
    assert found(home)["health"] == "ok"


def test_a_build_that_is_silent_warns(home: Home) -> None:
    with Ledger.open(home) as ledger:
        ledger.acquire_lease(BUILD, "run 1", EXPIRES_AFTER, "li@host pid 7")
    assert found(home)["build"]["lease"]["holder"] == "li@host pid 7" and found(home)["health"] == "ok"
    assert codes(found(home, minutes=6)) == {"build_silent": "warning"}


def test_a_notice_that_was_not_mailed_warns_for_a_day(home: Home) -> None:
    with Ledger.open(home) as ledger:
        notices.notify(home, ledger, "set_aside", "k", "过大.csv 未能接收", "body")
        state = found(home)
        assert codes(state) == {"unsent_notices": "warning"} and "过大.csv" in state["reasons"][0]["message"]
        assert [one["kind"] for one in state["notices"]["latest_unsent"]] == ["set_aside"]
        home.settings_file.write_text("[health]\nnotice_hours = 0\n", encoding="utf-8")
        assert found(home)["health"] == "ok"
        home.settings_file.unlink()
        ledger.notice_sent(1)
    assert found(home)["health"] == "ok"


@pytest.mark.parametrize(("megabytes", "level"), [(100, "failing"), (500, "warning"), (2000, None)])
def test_little_space_warns_and_none_fails(
    home: Home, monkeypatch: pytest.MonkeyPatch, megabytes: int, level: str | None
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 40, 0, megabytes << 20))
    assert codes(found(home)) == ({"disk": level} if level else {})


def test_what_cannot_be_read_is_a_reason_and_no_error(home: Home, tmp_path: Path) -> None:
    home.current.unlink()
    home.current.symlink_to("builds/gone")
    assert "current_broken" in codes(found(home))
    home.ledger_file.write_bytes(b"not a database" * 100)
    state = found(home)
    assert codes(state)["ledger"] == "failing" and "build" not in state
    assert codes(found(Home(tmp_path / "nowhere"))) == {"home": "failing", "no_ledger": "failing"}
    assert not (tmp_path / "nowhere").exists(), "asking makes no home"
    home.settings_file.write_text("[promises]\nreceipt = 1\n", encoding="utf-8")
    assert codes(found(home)) == {"settings": "failing"}
