"""Missed promises are seen in the ledger and the inbox alone, and told once each."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contracts import calendar
from pipeline.build import due
from pipeline.watch import promises
from tests.support.arrivals import accept, ecology, receive
from tests.support.published import pretend_published
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.staged import write_staged

TOWN, OTHER = "140404101", "140404102"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home").ensure()
    Ledger.open(home).close()
    return home


def late(home: Home, **ahead: float) -> list[tuple[str, str]]:
    """Kind and subject of what is missed so much later than now."""
    now = datetime.now(UTC) + timedelta(**ahead)
    with Ledger.open(home) as ledger:
        found = promises.missed(home, ledger, ledger.submissions(), promises.build_due(home, ledger, now), now)
        return [(one.kind, one.what) for one in found]


def test_a_file_that_lies_still_in_the_inbox_is_late_after_a_minute(home: Home) -> None:
    (home.inbox / "ecology").mkdir()
    (home.inbox / "ecology" / "年报.csv").write_text("a\n", encoding="utf-8")
    assert late(home, seconds=61) == [], "it counts from when it was still, two seconds after its last change"
    assert late(home, seconds=63) == [("late_inbox", "ecology/年报.csv")]
    home.settings_file.write_text("[promises]\nreceipt_seconds = 100\n", encoding="utf-8")
    assert late(home, seconds=63) == []


def test_what_was_claimed_and_never_entered_is_late_too(home: Home) -> None:
    claimed = home.inbox / ".claimed" / "0123-4567"
    claimed.mkdir(parents=True)
    os.utime(claimed, (time.time() - 100, time.time() - 100))
    assert late(home) == [("late_inbox", ".claimed/0123-4567")]


def test_what_was_received_and_stays_in_the_inbox_is_not_late(home: Home) -> None:
    from ingestion.inbox import scan

    (home.inbox / "a.csv").write_text("a\n", encoding="utf-8")
    (found,) = scan(home.inbox, 0)
    with Ledger.open(home) as ledger:
        name = receive(ledger, arrival_key=found.arrival_key)
        ledger.attach_receipt(name, "receipts/x")
    assert late(home, minutes=5) == []


def test_a_submission_without_receipt_is_late_after_a_minute(home: Home) -> None:
    with Ledger.open(home) as ledger:
        name = receive(ledger)
    assert late(home, seconds=59) == []
    assert late(home, seconds=61) == [("late_receipt", name)]
    with Ledger.open(home) as ledger:
        ledger.attach_receipt(name, "receipts/x")
    assert late(home, seconds=61) == []


def test_an_accepted_change_is_late_when_it_is_not_published_in_ten_minutes(home: Home) -> None:
    assert late(home, days=2) == [], "nobody waits for a home in which nothing was accepted"
    with Ledger.open(home) as ledger:
        ledger.attach_receipt(accept(home, ledger, "ecology", ecology({TOWN: 1.0})), "receipts/1")
        pretend_published(home, ledger)
        assert due.why_due(home, ledger) == []
        ledger.attach_receipt(accept(home, ledger, "ecology", ecology({TOWN: 2.0})), "receipts/2")
        second = max(one.accepted_at for one in ledger.current_units())
        ledger.attach_receipt(accept(home, ledger, "ecology", ecology({OTHER: 2.0})), "receipts/3")
        assert due.why_due(home, ledger) == ["accepted"]
        assert due.due_since(home, ledger, ["accepted"], datetime.now(UTC)) == second, "the first that is not published"
    assert late(home, minutes=9) == []
    assert late(home, minutes=11) == [("late_build", "accepted")]


def test_a_new_home_builds_nothing_before_something_was_decided(home: Home) -> None:
    with Ledger.open(home) as ledger:
        assert due.why_due(home, ledger) == []
        receive(ledger)
        assert due.why_due(home, ledger) == []
        accept(home, ledger, "ecology", ecology({TOWN: 1.0}))
        assert due.why_due(home, ledger) == ["nothing_published"]


def test_a_rollback_that_holds_the_current_build_breaks_no_promise(home: Home) -> None:
    with Ledger.open(home) as ledger:
        pretend_published(home, ledger)
        accept(home, ledger, "ecology", ecology({TOWN: 2.0}))
        ledger.pin("b1", because="耕地有误", decided_by="王局长")
        assert promises.build_due(home, ledger, datetime.now(UTC)) == promises.BuildDue()


def test_after_a_rollback_the_time_counts_from_its_end(home: Home) -> None:
    with Ledger.open(home) as ledger:
        pretend_published(home, ledger)
        accept(home, ledger, "ecology", ecology({TOWN: 2.0}))
        ledger.pin("b1", because="耕地有误", decided_by="王局长")
        ledger.release_pin("b1", because="已改正", decided_by="王局长")
        released = ledger.events(actions=["released"])[-1].at
        assert due.due_since(home, ledger, ["accepted"], datetime.now(UTC)) == released


def test_a_new_day_is_due_with_the_first_hourly_run(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    today = calendar.today()
    with Ledger.open(home) as ledger:
        pretend_published(home, ledger)
        monkeypatch.setattr(calendar, "today", lambda: today + timedelta(days=1))
        assert due.why_due(home, ledger) == ["new_day"]
        two_days_later = datetime.now(UTC) + timedelta(days=2)
        since = due.due_since(home, ledger, ["new_day"], two_days_later)
    assert since is not None and since.date() == today + timedelta(days=1), "not the day on which somebody looks"
    assert (since.hour, since.minute) == (0, due.HOURLY_MINUTE)


def test_what_became_of_submissions_is_due_with_the_next_hourly_run(home: Home) -> None:
    with Ledger.open(home) as ledger:
        pretend_published(home, ledger)
        accept(home, ledger, "ecology", ecology({TOWN: 1.0}), **{TOWN: "held"})
        assert due.why_due(home, ledger) == ["outcomes"]
        since = due.due_since(home, ledger, ["outcomes"], datetime.now(UTC))
        held_at = max(event.at for event in ledger.events() if event.to_state == "held")
    assert since is not None and since.minute == due.HOURLY_MINUTE
    assert timedelta(0) <= since - held_at < timedelta(hours=1)


def test_an_original_that_was_read_otherwise_is_due_with_the_next_hourly_run(home: Home) -> None:
    """Not with one that is past: people would be told at once of a build that is late."""
    with Ledger.open(home) as ledger:
        name = accept(home, ledger, "ecology", ecology({TOWN: 1.0}))
        ledger.attach_receipt(name, "receipts/1")
        pretend_published(home, ledger)
        published_at = f"{datetime.now(UTC) - timedelta(hours=5):%Y-%m-%d %H:%M:%S.%f}"
        with ledger.writing() as connection:
            connection.exec_driver_sql(f"update publication set published_at = '{published_at}'")
        ledger.read_again(name, write_staged(home, name, "ecology", ecology({TOWN: 2.0})), {"differs": "x"})
        assert due.why_due(home, ledger) == ["outcomes"]
        since = due.due_since(home, ledger, ["outcomes"], datetime.now(UTC))
        read_at = ledger.events(name)[-1].at
    assert since is not None and timedelta(0) <= since - read_at < timedelta(hours=1)


def test_other_code_is_due_and_nobody_is_promised_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    with Ledger.open(home) as ledger:
        pretend_published(home, ledger)
        monkeypatch.setattr(due, "code_version", lambda: "other")
        reasons = due.why_due(home, ledger)
        assert (reasons, due.due_since(home, ledger, reasons, datetime.now(UTC))) == (["code"], None)


def test_each_missed_promise_is_told_once(home: Home) -> None:
    home.settings_file.write_text("[promises]\nreceipt_seconds = 1\n", encoding="utf-8")
    with Ledger.open(home) as ledger:
        name = receive(ledger)
    time.sleep(1.1)
    assert promises.enter_missed(home) == [name]
    assert promises.enter_missed(home) == []
    with Ledger.open(home) as ledger:
        (notice,) = ledger.notices()
    assert notice.kind == "late_receipt" and name in notice.body and "warehouse load" in notice.body
    assert name in home.notices_file.read_text(encoding="utf-8")


def test_a_build_that_the_gate_refused_is_not_told_twice(home: Home) -> None:
    home.settings_file.write_text("[promises]\npublish_seconds = 1\n", encoding="utf-8")
    with Ledger.open(home) as ledger:
        pretend_published(home, ledger)
        ledger.attach_receipt(accept(home, ledger, "ecology", ecology({TOWN: 2.0})), "receipts/1")
        time.sleep(1.1)
        ledger.record_verdict("b2", "c" * 64, failures=[{"name": "closure", "detail": "x"}], passed=False)
        assert late(home) == [("late_build", "accepted")]
        assert promises.enter_missed(home) == []
        assert ledger.notices() == []
