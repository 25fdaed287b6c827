"""What a withdrawal takes out, what is in force again, and what is said of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.calendar.periods import close
from pipeline.intake.accept import accept
from pipeline.intake.withdraw import NotWithdrawable, PeriodClosed, withdraw
from tests.cli.test_main import Run, warehouse
from tests.support.arrivals import stage
from tests.support.receipt_of import receipt_of
from tests.support.small_home import A, B, new_home, states, submit, waste
from warehouse.home import Home
from warehouse.ledger import Ledger, UnknownSubmission

__all__ = ["warehouse"]  # the fixture
pytestmark = pytest.mark.slow

WHY = {"because": "报错了表", "decided_by": "王科长"}
Q1 = "2025Q1"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path)


@pytest.fixture
def ledger(home: Home) -> Iterator[Ledger]:
    with Ledger.open(home, beside_archive=True) as opened:
        yield opened


def in_force(ledger: Ledger) -> dict[str, str]:
    return {one.reporting_unit: one.submission_id for one in ledger.current_units("rural_waste") if one.period == Q1}


def text(home: Home, name: str) -> str:
    return (receipt_of(home, name) / "receipt.txt").read_text(encoding="utf-8")


def test_a_dry_run_says_what_a_withdrawal_does(home: Home, ledger: Ledger) -> None:
    first = submit(home, ledger, "rural_waste", waste({A: 90.0, B: 91.0}))
    second = submit(home, ledger, "rural_waste", waste({A: 95.0}))
    before = (ledger.accepted_fingerprint(), len(ledger.events()))
    would = withdraw(home, second, **WHY, dry_run=True)
    assert (ledger.accepted_fingerprint(), len(ledger.events())) == before
    done = withdraw(home, second, **WHY)
    assert would.reporting_units == done.reporting_units
    (reporting_unit,) = done.reporting_units
    assert (
        reporting_unit.reporting_unit,
        reporting_unit.before,
        reporting_unit.in_force_before,
        reporting_unit.in_force_after,
    ) == (
        A,
        "accepted",
        second,
        first,
    )
    assert in_force(ledger) == {A: first, B: first}
    assert text(home, second).startswith("本表 1 个乡镇：1 个已撤回，不再计入：报错了表。")
    assert withdraw(home, second, **WHY).reporting_units == ()


def test_what_was_withdrawn_and_comes_again_is_held_with_the_reason_that_it_was_withdrawn(
    home: Home, ledger: Ledger
) -> None:
    submit(home, ledger, "rural_waste", waste({A: 90.0}))
    wrong = submit(home, ledger, "rural_waste", waste({A: 95.0}))
    withdraw(home, wrong, **WHY)
    again = submit(home, ledger, "rural_waste", waste({A: 95.0, B: 91.0}))
    assert states(ledger, again) == {(A, Q1): "held", (B, Q1): "accepted"}
    (found,) = [item for item in ledger.findings(again) if item.severity == "error"]
    assert (found.rule_id, found.found) == ("version.withdrawn_version", wrong) and "已撤回" in found.message
    accept(home, again, [A], because="撤回有误", decided_by="王科长")
    assert in_force(ledger) == {A: again, B: again}


def test_one_unit_by_its_townships_name(home: Home, ledger: Ledger) -> None:
    name = submit(home, ledger, "rural_waste", waste({A: 90.0, B: 91.0}))
    done = withdraw(home, name, ["韩店街道"], **WHY)
    assert [(one.reporting_unit, one.in_force_after) for one in done.reporting_units] == [(A, None)]
    assert states(ledger, name) == {(A, Q1): "withdrawn", (B, Q1): "accepted"}
    assert "1 个已接收，不必重报；1 个已撤回，不再计入：报错了表" in text(home, name)


def test_a_closed_period_needs_the_word_that_it_is_meant_and_that_is_recorded(home: Home, ledger: Ledger) -> None:
    name = submit(home, ledger, "rural_waste", waste({A: 90.0}))
    close(home, "rural_waste", Q1, because="已上报", decided_by="王局长")
    with pytest.raises(PeriodClosed, match="--even-closed"):
        withdraw(home, name, **WHY)
    assert states(ledger, name) == {(A, Q1): "accepted"}
    (reporting_unit,) = withdraw(home, name, **WHY, dry_run=True).reporting_units
    assert reporting_unit.is_closed
    withdraw(home, name, **WHY, even_closed=True)
    (made,) = ledger.decisions()
    assert (made.kind, made.rules, made.because, made.decided_by) == (
        "withdrawn",
        ("version.period_closed",),
        "报错了表",
        "王科长",
    )


def test_what_follows_is_checked_beside_what_is_in_force_again(home: Home, ledger: Ledger) -> None:
    """Q2 falls beside the first Q1, not beside the corrected one; the correction is withdrawn."""
    submit(home, ledger, "rural_waste", waste({A: 90.0}))
    corrected = submit(home, ledger, "rural_waste", waste({A: 40.0}))
    following = submit(home, ledger, "rural_waste", waste({A: 50.0}, period="2025Q2"))
    falls = "rural_waste.treatment_rate_falls"
    assert falls not in {item.rule_id for item in ledger.findings(following)}
    withdraw(home, corrected, **WHY)
    assert falls in {item.rule_id for item in ledger.findings(following)}
    assert "下降" in text(home, following)
    assert list(ledger.follow_ups_due()) == []


def test_what_cannot_be_withdrawn(home: Home, ledger: Ledger) -> None:
    undecided = stage(home, ledger, "rural_waste", waste({A: 90.0}))
    with pytest.raises(NotWithdrawable, match=undecided):
        withdraw(home, undecided, **WHY)
    name = submit(home, ledger, "rural_waste", waste({B: 90.0}))
    with pytest.raises(NotWithdrawable, match="西池乡"):
        withdraw(home, name, ["西池乡"], **WHY)
    with pytest.raises(ValueError, match="理由"):
        withdraw(home, name, because=" ")
    with pytest.raises(UnknownSubmission):
        withdraw(home, "S20990101-000001", **WHY)


def test_the_command_says_what_leaves_and_what_is_in_force_again(warehouse: Run, home: Home, ledger: Ledger) -> None:
    first = submit(home, ledger, "rural_waste", waste({A: 90.0}))
    second = submit(home, ledger, "rural_waste", waste({A: 95.0}))
    words = ("withdraw", second, "--because", "报错了表", "--by", "王科长")
    status, out, _ = warehouse(home, *words, "--dry-run")
    assert status == 0 and f"恢复 {first} 的版本" in out and "将撤回" in out
    assert in_force(ledger) == {A: second}
    status, out, _ = warehouse(home, *words)
    assert status == 0 and f"恢复 {first} 的版本" in out and "已撤回 (withdrawn)：1 个单元" in out
    assert in_force(ledger) == {A: first}
    status, out, _ = warehouse(home, "decisions")
    assert status == 0 and "撤回" in out and "王科长" in out
