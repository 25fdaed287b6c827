"""A crash between a decision and its receipt loses no receipt: it is due in the ledger, and the next run writes it."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest

from contracts import finding
from pipeline.failures import DecisionFailed
from pipeline.intake import attempts, record_override, taken_back
from pipeline.intake import decide as deciding
from pipeline.intake import follow_up as following
from pipeline.intake import receive as intake
from pipeline.intake.accept import accept
from pipeline.intake.decide import decide_family
from pipeline.intake.receipts import give_receipt
from pipeline.intake.rejudge import rejudge
from pipeline.intake.waive import waive
from pipeline.intake.withdraw import withdraw
from pipeline.run import read_and_decide
from pipeline.watch import promises
from tests.support.arrivals import decide, stage
from tests.support.receipt_of import receipt_of
from tests.support.small_home import A, B, new_home, states, submit, waste
from warehouse.home import Home
from warehouse.ledger import Ledger

pytestmark = pytest.mark.slow

LINE = "statistics"
FALLS, WHOLE = "rural_waste.treatment_rate_falls", "rural_waste.part_exceeds_whole"


class Crash(BaseException):
    """What kills a process: nothing catches it."""


def crashes(*given: object, **more: object) -> NoReturn:
    raise Crash


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path)


@pytest.fixture
def ledger(home: Home) -> Iterator[Ledger]:
    with Ledger.open(home, beside_archive=True) as opened:
        yield opened


def receipt(home: Home, name: str) -> dict[str, Any]:
    return json.loads((receipt_of(home, name) / "receipt.json").read_text(encoding="utf-8"))


def shown(home: Home, name: str) -> tuple[dict[str, str], set[str]]:
    """States of units and rules of findings, as a receipt shows them."""
    said = receipt(home, name)
    return {one["unit"]: one["state"] for one in said["units"]}, {one["rule_id"] for one in said["findings"]}


def recorded(ledger: Ledger, name: str) -> tuple[dict[str, str], set[str]]:
    """The same, as the ledger has them."""
    return {one: state for (one, _), state in states(ledger, name).items()}, {
        item.rule_id for item in ledger.findings(name)
    }


def all_agree(home: Home, ledger: Ledger) -> bool:
    return all(shown(home, one.submission_id) == recorded(ledger, one.submission_id) for one in ledger.submissions())


def test_a_receipt_that_a_withdrawal_left_unwritten_is_written_by_the_next_load(
    home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = submit(home, ledger, "rural_waste", waste({A: 90.0, B: 91.0}))
    second = submit(home, ledger, "rural_waste", waste({A: 95.0, B: 91.0}))
    assert all_agree(home, ledger) and ledger.receipts_due() == {}
    with monkeypatch.context() as patched:
        patched.setattr(taken_back, "give_receipt", crashes)
        with pytest.raises(Crash):
            withdraw(home, second, [A], because="报错了表", decided_by="王")
    assert set(ledger.receipts_due()) >= {second}
    assert not all_agree(home, ledger)
    read_and_decide(home)
    assert all_agree(home, ledger) and ledger.receipts_due() == {}
    assert first != second


def test_what_a_withdrawal_puts_in_force_again_gets_its_receipt(
    home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same content sent again was unchanged; it is accepted when the first one goes."""
    first = submit(home, ledger, "rural_waste", waste({A: 90.0}))
    again = submit(home, ledger, "rural_waste", waste({A: 90.0}))
    assert states(ledger, again) == {(A, "2025Q1"): "unchanged"}
    with monkeypatch.context() as patched:
        patched.setattr(taken_back, "give_receipt", crashes)
        with pytest.raises(Crash):
            withdraw(home, first, because="报错了表", decided_by="王")
    assert states(ledger, again) == {(A, "2025Q1"): "accepted"}
    read_and_decide(home)
    assert all_agree(home, ledger)
    assert shown(home, again)[0] == {A: "accepted"}


@pytest.fixture
def held(home: Home, ledger: Ledger) -> str:
    """A submission that a rule holds."""
    name = submit(home, ledger, "rural_waste", waste({A: 120.0}))
    assert states(ledger, name) == {(A, "2025Q1"): "held"}
    return name


def test_a_receipt_that_judging_again_left_unwritten_is_written(
    home: Home, ledger: Ledger, held: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from expectations import engine

    rules = engine.rules
    with monkeypatch.context() as patched:
        patched.setattr(engine, "rules", lambda name: tuple(one for one in rules(name) if one.rule.rule_id != WHOLE))
        patched.setattr(taken_back, "give_receipt", crashes)
        with pytest.raises(Crash):
            rejudge(home, [held], because="规则已改")
    assert WHOLE not in recorded(ledger, held)[1] and WHOLE in shown(home, held)[1]
    read_and_decide(home)
    assert all_agree(home, ledger) and ledger.receipts_due() == {}


def test_a_receipt_that_a_confirmation_left_unwritten_is_written(
    home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit(home, ledger, "rural_waste", waste({A: 90.0}))
    submit(home, ledger, "rural_waste", waste({A: 95.0}))
    back = submit(home, ledger, "rural_waste", waste({A: 90.0}))
    assert states(ledger, back) == {(A, "2025Q1"): "held"}
    with monkeypatch.context() as patched:
        patched.setattr(record_override, "give_receipt", crashes)
        with pytest.raises(Crash):
            accept(home, back, [A], because="已核实", decided_by="王")
    assert states(ledger, back) == {(A, "2025Q1"): "accepted"} and shown(home, back)[0] == {A: "held"}
    read_and_decide(home)
    assert all_agree(home, ledger)


def test_a_receipt_that_a_waiver_left_unwritten_is_written(
    home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = "rural_waste.pct_mismatch"
    name = submit(home, ledger, "rural_waste", waste({A: 90.0}, treatment_pct=70.0))
    (rule,) = {item.rule_id for item in ledger.findings(name) if item.severity == "error"}
    with monkeypatch.context() as patched:
        patched.setattr(record_override, "give_receipt", crashes)
        with pytest.raises(Crash):
            waive(
                home,
                rule,
                A,
                approver="李局长",
                because="口径调整",
                until_on=date(2099, 1, 1),
                today=date(2026, 3, 1),
            )
    assert states(ledger, name) == {(A, "2025Q1"): "accepted"} and shown(home, name)[0] == {A: "held"}
    read_and_decide(home)
    assert all_agree(home, ledger)


def test_a_receipt_of_what_had_waited_is_written_when_a_crash_left_it_out(
    home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = stage(home, ledger, "rural_waste", waste({A: 90.0}))
    decide(ledger, name, {A: "waiting"}, waits_for=("rural_waste",))
    give_receipt(home, ledger, name)
    assert shown(home, name)[0] == {A: "waiting"}
    submit(home, ledger, "rural_waste", waste({B: 90.0}, period="2024Q4"))  # what it waited for, and decides it
    assert shown(home, name)[0] == {A: "accepted"}

    late = stage(home, ledger, "rural_waste", waste({B: 90.0}, period="2025Q2"))
    decide(ledger, late, {B: "waiting"}, waits_for=("rural_waste",))
    give_receipt(home, ledger, late)
    with monkeypatch.context() as patched:
        patched.setattr(deciding, "give_receipt", crashes)
        with pytest.raises(Crash):
            decide_family(home, ledger, LINE)
    assert recorded(ledger, late)[0] == {B: "accepted"} and shown(home, late)[0] == {B: "waiting"}
    read_and_decide(home)
    assert all_agree(home, ledger) and ledger.receipts_due() == {}


def test_a_warning_that_a_killed_follow_up_entered_reaches_its_receipt_whoever_follows_up_next(
    home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed half way: the warning is in the ledger, not in the receipt. A withdrawal comes first, then a load."""
    second = submit(home, ledger, "rural_waste", waste({A: 50.0}, period="2025Q2"))
    other = submit(home, ledger, "rural_waste", waste({B: 50.0}, period="2023Q2"))
    stage(home, ledger, "rural_waste", waste({A: 90.0}, period="2025Q1"))
    with monkeypatch.context() as patched:
        patched.setattr(following, "give_receipt", crashes)
        with pytest.raises(Crash):
            decide_family(home, ledger, LINE)
    assert FALLS in recorded(ledger, second)[1] and FALLS not in shown(home, second)[1]
    withdraw(home, other, because="报错了表", decided_by="王")
    assert ledger.follow_ups_due() == {}
    assert FALLS in shown(home, second)[1]
    read_and_decide(home)
    assert all_agree(home, ledger)


def test_a_follow_up_that_comes_due_while_one_is_done_stays_due(home: Home, ledger: Ledger) -> None:
    name = submit(home, ledger, "rural_waste", waste({A: 90.0}))
    began = ledger.last_moment()
    withdraw(home, name, because="报错了表", decided_by="王")
    with ledger.writing() as connection:
        from warehouse.ledger.due import follow_up_comes_due

        follow_up_comes_due(connection, ledger._now(connection), name)
    ledger.follow_up_done(name, began)
    assert set(ledger.follow_ups_due()) == {name}
    ledger.follow_up_done(name, ledger.follow_ups_due()[name])
    assert ledger.follow_ups_due() == {}


def test_a_receipt_that_shows_an_earlier_moment_leaves_the_later_decision_due(home: Home, ledger: Ledger) -> None:
    name = submit(home, ledger, "rural_waste", waste({A: 90.0}))
    shows = ledger.last_moment()
    folder = str(ledger.get(name).receipt_as)
    ledger.add_follow_up(name, [finding("reading.hidden_sheet", found="草稿")])
    ledger.attach_receipt(name, folder, shows)
    assert set(ledger.receipts_due()) == {name}
    ledger.attach_receipt(name, folder, ledger.last_moment())
    assert ledger.receipts_due() == {}


def test_the_watcher_of_the_inbox_wakes_the_family_of_a_receipt_that_is_due(
    home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = submit(home, ledger, "rural_waste", waste({A: 90.0}))
    ledger.add_follow_up(name, [finding("reading.hidden_sheet", found="草稿")])
    assert intake.receive(home, 0) == {}, "whoever did it may still be at it"
    monkeypatch.setattr(intake, "STRANDED_AFTER", timedelta(0))
    assert intake.receive(home, 0) == {LINE: 1}
    due = promises.build_due(home, ledger, datetime.now(UTC))
    soon, later = (
        [
            (one.kind, one.what)
            for one in promises.missed(home, ledger, ledger.submissions(), due, datetime.now(UTC) + after)
            if one.kind == "late_receipt"
        ]
        for after in (timedelta(0), timedelta(seconds=70))
    )
    assert (soon, later) == ([], [("late_receipt", name)])
    intake.decide(home, LINE)
    assert intake.receive(home, 0) == {}


def test_a_check_that_always_fails_rests_is_named_and_never_vanishes(
    home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = stage(home, ledger, "rural_waste", waste({A: 90.0}))
    good = stage(home, ledger, "rural_waste", waste({B: 90.0}))
    check = deciding.check_submission

    def checked(home: Home, ledger: Ledger, rule_runner: Any, submission: Any) -> Any:
        if submission.submission_id == bad:
            raise KeyError("no such column")
        return check(home, ledger, rule_runner, submission)

    monkeypatch.setattr(deciding, "check_submission", checked)
    for _ in range(attempts.ATTEMPTS_BEFORE_REST):
        with pytest.raises(DecisionFailed, match="no such column"):
            intake.decide(home, LINE, rested=True)
    assert states(ledger, good) == {(B, "2025Q1"): "accepted"}
    assert intake.decide(home, LINE, rested=True)["files"] == [], "it rests, and fails no run of the DAG"
    (notice,) = [one for one in ledger.notices() if one.kind == "decide_failed"]
    assert bad in notice.subject + notice.body and "warehouse load" in notice.body
    monkeypatch.setattr(intake, "STRANDED_AFTER", timedelta(0))
    assert intake.receive(home, 0) == {}, "the watcher does not wake its family for it"
    assert ledger.get(bad).state == "staged"
    with pytest.raises(DecisionFailed):
        intake.decide(home, LINE)  # a person's command tries at once
    monkeypatch.setattr(attempts, "REST", timedelta(0))
    assert intake.receive(home, 0) == {LINE: 1}
    monkeypatch.setattr(deciding, "check_submission", check)
    intake.decide(home, LINE, rested=True)
    assert states(ledger, bad) == {(A, "2025Q1"): "accepted"} and all_agree(home, ledger)
