"""A crash between a decision and the check of the period that follows loses nothing: it stays due, and the next decision
does it.
"""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from pipeline.failures import DecisionFailed
from pipeline.intake import decide as deciding
from pipeline.intake import follow_up as following
from pipeline.intake.decide import decide_family
from tests.support.arrivals import decide, stage, submission_table
from tests.support.receipt_of import receipt_of
from tests.support.rule_cases.cases import ledger as plan
from tests.support.small_home import DIMENSIONS, A, B, new_home, scores, states, submit, waste
from warehouse.home import Home
from warehouse.ledger import Ledger

pytestmark = pytest.mark.slow

NOT_BEGUN = "performance.before_project_start"
FALLS = "rural_waste.treatment_rate_falls"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path)


@pytest.fixture
def ledger(home: Home) -> Iterator[Ledger]:
    with Ledger.open(home, beside_archive=True) as opened:
        yield opened


def rules_of(ledger: Ledger, name: str) -> set[str]:
    return {item.rule_id for item in ledger.findings(name)}


def late_quarter(home: Home, ledger: Ledger) -> tuple[str, str]:
    """Q2 is accepted; then Q1 arrives, beside which Q2 falls."""
    second = submit(home, ledger, "rural_waste", waste({A: 50.0}, period="2025Q2"))
    assert FALLS not in rules_of(ledger, second)
    return second, stage(home, ledger, "rural_waste", waste({A: 90.0}, period="2025Q1"))


def test_a_follow_up_that_raised_once_is_done_by_the_next_decision(
    home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    second, first = late_quarter(home, ledger)

    def fails(*given: object, **more: object) -> NoReturn:
        raise OSError("no space left")

    with monkeypatch.context() as patched:
        patched.setattr(deciding, "follow_up", fails)
        with pytest.raises(DecisionFailed, match="no space left"):
            decide_family(home, ledger, "statistics")
    assert states(ledger, first) == {(A, "2025Q1"): "accepted"}
    assert (list(ledger.follow_ups_due()), FALLS in rules_of(ledger, second)) == ([first], False)
    decide_family(home, ledger, "statistics")
    assert (list(ledger.follow_ups_due()), FALLS in rules_of(ledger, second)) == ([], True)
    assert "下降" in (receipt_of(home, second) / "receipt.txt").read_text(encoding="utf-8")
    assert ledger.get(first).receipt_as is not None


def test_a_receipt_that_a_crash_left_unwritten_after_its_finding_is_written(
    home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    second, first = late_quarter(home, ledger)
    give = following.give_receipt

    def fails(home: Home, ledger: Ledger, name: str) -> Path:
        raise OSError("no space left")

    with monkeypatch.context() as patched:
        for module in (following, deciding):
            patched.setattr(module, "give_receipt", fails)
        with pytest.raises(DecisionFailed):
            decide_family(home, ledger, "statistics")
    assert following.give_receipt is give
    assert FALLS in rules_of(ledger, second)
    assert "下降" not in (receipt_of(home, second) / "receipt.txt").read_text(encoding="utf-8")
    decide_family(home, ledger, "statistics")
    assert "下降" in (receipt_of(home, second) / "receipt.txt").read_text(encoding="utf-8")
    assert list(ledger.follow_ups_due()) == []
    assert ledger.get(first).receipt_as is not None


def test_a_follow_up_that_was_killed_is_done_by_the_next_decision(home: Home, ledger: Ledger) -> None:
    second, first = late_quarter(home, ledger)
    child = os.fork()
    if child == 0:  # killed between the ledger's commit and the follow-up
        deciding.follow_up = lambda *given, **more: os.kill(os.getpid(), signal.SIGKILL)
        with Ledger.open(home, beside_archive=True) as own:
            decide_family(home, own, "statistics")
        os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert (list(ledger.follow_ups_due()), FALLS in rules_of(ledger, second)) == ([first], False)
    decide_family(home, ledger, "statistics")
    assert (list(ledger.follow_ups_due()), FALLS in rules_of(ledger, second)) == ([], True)


def test_what_waits_for_nothing_any_more_is_decided(home: Home, ledger: Ledger) -> None:
    """What it waited for was accepted by another process while it was decided: nobody woke it."""
    submit(home, ledger, "rural_waste", waste({A: 50.0}, period="2025Q2"))
    late, for_ever = (
        stage(home, ledger, "rural_waste", waste({B: 90.0}, period=period)) for period in ("2025Q2", "2025Q3")
    )
    decide(ledger, late, {B: "waiting"}, waits_for=("rural_waste",))
    decide(ledger, for_ever, {B: "waiting"}, waits_for=("admin_boundary",))
    decide_family(home, ledger, "statistics")
    assert states(ledger, late) == {(B, "2025Q2"): "accepted"}
    assert states(ledger, for_ever) == {(B, "2025Q3"): "waiting"}


def test_a_ledger_that_comes_later_warns_whoever_reported_of_its_projects(home: Home, ledger: Ledger) -> None:
    """And a newer one that agrees takes the warning back."""
    report = submit(home, ledger, "performance", scores(dict.fromkeys(DIMENSIONS, 25.0)))
    assert ledger.findings(report) == []
    for start, warned in (("2026-03", {NOT_BEGUN}), ("2024-01", set())):
        row = plan()[0] | {"plan_start": start, "plan_finish": "2027-12"}
        arrived = submit(home, ledger, "project_ledger", submission_table("project_ledger", [row]))
        assert ledger.get(arrived).state == "accepted"
        assert rules_of(ledger, report) == warned
        assert ledger.get(report).state == "accepted"
        shown = (receipt_of(home, report) / "receipt.txt").read_text(encoding="utf-8")
        assert (f"〔{NOT_BEGUN}〕" in shown) is bool(warned)


def test_a_follow_up_that_alone_fails_is_named(home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    _, first = late_quarter(home, ledger)

    def fails(*given: object, **more: object) -> NoReturn:
        raise OSError("no space left")

    monkeypatch.setattr(deciding, "follow_up", fails)
    for _ in range(2):  # the second time, nothing else is there to decide
        with pytest.raises(DecisionFailed, match="no space left"):
            decide_family(home, ledger, "statistics")
    assert list(ledger.follow_ups_due()) == [first]


def test_a_follow_up_that_fails_keeps_no_other_submission_waiting(
    home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, first = late_quarter(home, ledger)

    def fails(*given: object, **more: object) -> NoReturn:
        raise OSError("no space left")

    monkeypatch.setattr(deciding, "follow_up", fails)
    with pytest.raises(DecisionFailed):
        decide_family(home, ledger, "statistics")
    later = stage(home, ledger, "rural_waste", waste({A: 91.0}, period="2024Q1"))
    with pytest.raises(DecisionFailed):
        decide_family(home, ledger, "statistics")
    assert states(ledger, later) == {(A, "2024Q1"): "accepted"}
    assert set(ledger.follow_ups_due()) == {first, later}
