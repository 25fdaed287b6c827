"""What judging again changes: after a changed rule, an ended waiver, a withdrawal; and nothing where nothing changed."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from contracts import DISTRICT_TIME, finding
from pipeline.intake.accept import accept
from pipeline.intake.rejudge import NotRejudgeable, rejudge
from pipeline.intake.waive import end_waiver, waive
from pipeline.intake.withdraw import withdraw
from tests.cli.test_main import Run, warehouse
from tests.support.arrivals import stage
from tests.support.receipt_of import receipt_of
from tests.support.small_home import DIMENSIONS, A, B, new_home, scores, states, submit, waste
from warehouse.home import Home
from warehouse.ledger import Ledger, UnknownWaiver

__all__ = ["warehouse"]  # the fixture
pytestmark = pytest.mark.slow

Q1, UNTIL, TODAY = "2025Q1", date(2099, 1, 1), date(2026, 3, 1)
MORE = "rural_waste.part_exceeds_whole"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path)


@pytest.fixture
def ledger(home: Home) -> Iterator[Ledger]:
    with Ledger.open(home, beside_archive=True) as opened:
        yield opened


def in_force(ledger: Ledger) -> dict[str, str]:
    return {one.reporting_unit: one.submission_id for one in ledger.current_units("rural_waste")}


def errors(ledger: Ledger, name: str) -> list[str]:
    return [item.rule_id for item in ledger.findings(name) if item.severity == "error"]


def without_rules(patched: pytest.MonkeyPatch) -> None:
    """The rules of a past in which this one was not written yet."""
    from expectations import engine

    rules = engine.rules
    patched.setattr(engine, "rules", lambda name: tuple(one for one in rules(name) if one.rule.rule_id != MORE))


def test_judging_again_changes_nothing_where_nothing_changed(home: Home, ledger: Ledger) -> None:
    first = submit(home, ledger, "rural_waste", waste({A: 90.0, B: 91.0}))
    second = submit(home, ledger, "rural_waste", waste({A: 95.0}))
    third = submit(home, ledger, "rural_waste", waste({A: 120.0, B: 91.0}))
    again = submit(home, ledger, "rural_waste", waste({B: 91.0}))
    before = ledger.snapshot()
    judged = rejudge(home, dataset="rural_waste", because="例行")
    assert [one.submission.submission_id for one in judged] == [first, second, third, again]
    assert [one.is_changed for one in judged] == [False] * 4
    after = ledger.snapshot()
    assert (after.fingerprint, after.outcomes_fingerprint) == (before.fingerprint, before.outcomes_fingerprint)


def test_a_rule_that_is_new_takes_back_and_one_that_is_gone_lets_in(
    home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = submit(home, ledger, "rural_waste", waste({A: 90.0}))
    with monkeypatch.context() as patched:
        without_rules(patched)
        wrong = submit(home, ledger, "rural_waste", waste({A: 120.0}))
        assert in_force(ledger) == {A: wrong}
    (would,) = rejudge(home, [wrong], because="新规则", dry_run=True)
    assert in_force(ledger) == {A: wrong}, "a dry run changes nothing"
    (judged,) = rejudge(home, [wrong], because="新规则", decided_by="李局长")
    assert (judged.reporting_units, judged.new_rules) == (would.reporting_units, would.new_rules)
    assert [(one.reporting_unit, one.before, one.after) for one in judged.reporting_units] == [(A, "accepted", "held")]
    assert MORE in judged.new_rules
    assert in_force(ledger) == {A: first}, "what it had replaced is in force again"
    assert "未接收" in (receipt_of(home, wrong) / "receipt.txt").read_text(encoding="utf-8")
    (event,) = ledger.events(wrong, actions=["judged_again"])
    assert (event.detail["reason"], event.detail["decided_by"]) == ("新规则", "李局长")
    with monkeypatch.context() as patched:
        without_rules(patched)
        (judged,) = rejudge(home, [wrong], because="规则取消")
    assert [(one.before, one.after) for one in judged.reporting_units] == [("held", "accepted")]
    assert in_force(ledger) == {A: wrong}
    assert all(one.is_balanced for one in ledger.balance())


def test_an_ended_waiver_no_longer_lets_in_when_it_is_judged_again(home: Home, ledger: Ledger) -> None:
    first = submit(home, ledger, "rural_waste", waste({A: 90.0}))
    waived = submit(home, ledger, "rural_waste", waste({A: 120.0}))
    assert MORE in errors(ledger, waived)
    why = {"approver": "李局长", "because": "核实中", "until_on": UNTIL, "today": TODAY}
    waivers = [waive(home, rule, A, **why)[0].waiver_id for rule in errors(ledger, waived)]
    assert in_force(ledger) == {A: waived}
    (judged,) = rejudge(home, [waived], because="例行")
    assert not judged.is_changed, "it counts as long as it is not ended"
    ended, let_in, is_new = end_waiver(home, waivers[0], because="已核实", ended_by="李局长")
    assert (ended.ended_by, ended.ended_because, is_new) == ("李局长", "已核实", True)
    assert [one.submission_id for one in let_in] == [waived]
    (judged,) = rejudge(home, [waived], because="豁免已终止")
    assert [(one.before, one.after) for one in judged.reporting_units] == [("accepted", "held")]
    assert in_force(ledger) == {A: first}
    with pytest.raises(UnknownWaiver):
        end_waiver(home, "W000009", because="无")


def test_a_finding_of_reading_that_a_waiver_had_lifted_holds_again(home: Home, ledger: Ledger) -> None:
    total = finding(
        "sheet.total_row_mismatch", reporting_unit=A, period=Q1, title="处理量", found=1, expected=2, difference=1
    )
    name = stage(home, ledger, "rural_waste", waste({A: 90.0}), findings=(total,))
    submit(home, ledger, "rural_waste", waste({B: 90.0}))
    waive(home, total.rule_id, A, approver="李局长", because="核实中", until_on=UNTIL, today=TODAY)
    assert states(ledger, name) == {(A, Q1): "accepted"}
    end_waiver(home, "W000001", because="已核实")
    rejudge(home, [name], because="豁免已终止")
    assert states(ledger, name) == {(A, Q1): "held"}
    assert [item for item in ledger.findings(name) if item.rule_id == total.rule_id] == [total]


def test_what_a_person_confirmed_stays_confirmed(home: Home, ledger: Ledger) -> None:
    quarters = dict(zip(DIMENSIONS, (20.0, 20.0, 40.0, 20.0), strict=True))
    submit(home, ledger, "performance", scores(quarters))
    name = submit(home, ledger, "performance", scores(dict(zip(DIMENSIONS[:3], (20.0, 20.0, 60.0), strict=True))))
    accept(home, name, ["A1"], because="该维度并入")
    before = ledger.findings(name)
    (judged,) = rejudge(home, [name], because="例行")
    assert not judged.is_changed
    assert ledger.findings(name) == before


def test_what_cannot_be_judged_again(home: Home, ledger: Ledger) -> None:
    undecided = stage(home, ledger, "rural_waste", waste({A: 90.0}))
    with pytest.raises(NotRejudgeable, match="staged"):
        rejudge(home, [undecided], because="例行")
    name = submit(home, ledger, "rural_waste", waste({B: 90.0}))
    with pytest.raises(ValueError, match="理由"):
        rejudge(home, [name], because="")
    withdraw(home, name, because="报错了表")
    with pytest.raises(NotRejudgeable, match="withdrawn"):
        rejudge(home, [name], because="例行")


def test_the_commands_end_a_waiver_and_judge_again(warehouse: Run, home: Home, ledger: Ledger) -> None:
    name = submit(home, ledger, "rural_waste", waste({A: 120.0}))
    for rule in errors(ledger, name):
        waive(home, rule, A, approver="李局长", because="核实中", until_on=UNTIL, today=TODAY)
    status, out, _ = warehouse(home, "waive", "--end", "W000001", "--because", "已核实", "--by", "李局长")
    assert status == 0 and "W000001 已终止 (ended)：李局长，已核实" in out
    assert f"warehouse rejudge {name}" in out
    rows = [line.split("│") for line in warehouse(home, "waivers")[1].splitlines() if line.startswith("│")]
    listed = "".join("".join(cells[-2].split()) for cells in rows)
    assert all(part in listed for part in ("已终止：李局长，", "已核实", f"{datetime.now(DISTRICT_TIME):%Y-%m-%d}")), (
        listed
    )
    for more in ((), ("--dry-run",)):
        status, out, _ = warehouse(home, "waive", "--end", "W000001", "--because", "又一次", "--by", "王科长", *more)
        assert status == 0 and "W000001 早已终止 (ended before)：李局长，已核实" in out
    status, out, _ = warehouse(home, "rejudge", name, "--because", "豁免已终止", "--dry-run")
    assert status == 1 and "已接收 → 退回 (accepted → held)" in out and "将有变化" in out
    assert in_force(ledger) == {A: name}
    status, out, _ = warehouse(home, "rejudge", name, "--because", "豁免已终止")
    assert status == 1 and in_force(ledger) == {}
    assert warehouse(home, "rejudge")[0] == 2
    assert warehouse(home, "waive", "--unit", A)[0] == 2
