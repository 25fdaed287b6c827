"""What holds a unit until a person decides, and what such a decision does."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from contracts import contract, finding
from pipeline.calendar.periods import close, open_again
from pipeline.intake.accept import accept
from pipeline.intake.decide import decide_family
from pipeline.intake.dropped_rows import row_key
from pipeline.intake.overrides import is_waivable
from pipeline.intake.record_override import NotOverridable
from pipeline.intake.waive import waive
from tests.support.arrivals import receive, stage, units_of
from tests.support.receipt_of import receipt_of
from tests.support.small_home import DIMENSIONS, A, B, new_home, scores, states, submit, waste
from tests.support.workbooks import WASTE_HEADER, normalize_rows
from warehouse.home import Home
from warehouse.ledger import Ledger, UnknownSubmission
from warehouse.staged import write_staged

pytestmark = pytest.mark.slow  # each decides several submissions

QUARTERS = dict(zip(DIMENSIONS, (20.0, 20.0, 40.0, 20.0), strict=True))
THREE = dict(zip(DIMENSIONS[:3], (20.0, 20.0, 60.0), strict=True))
TODAY = date(2026, 3, 1)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path)


@pytest.fixture
def ledger(home: Home) -> Iterator[Ledger]:
    with Ledger.open(home, actor="tester", beside_archive=True) as opened:
        yield opened


def rules_of(ledger: Ledger, name: str, severity: str) -> list[str]:
    return [item.rule_id for item in ledger.findings(name) if item.severity == severity]


def test_only_units_of_several_rows_can_lose_one() -> None:
    keys = {
        name: row_key(contract(name))
        for name in ("land_use", "performance", "project_site", "wetland", "ecology", "project_ledger")
    }
    assert keys == {
        "land_use": ("land_class_code",),
        "performance": ("dimension",),
        "project_site": ("subproject_id",),
        "wetland": ("wetland_id",),
        "ecology": (),
        "project_ledger": (),
    }


def test_dropped_rows_hold_their_unit_until_confirmed(home: Home, ledger: Ledger) -> None:
    first = submit(home, ledger, "performance", scores(QUARTERS))
    second = submit(home, ledger, "performance", scores(THREE))
    (held,) = [item for item in ledger.findings(second) if item.severity == "error"]
    assert (held.rule_id, held.reporting_unit, held.period, held.found) == (
        "version.rows_dropped",
        "A1",
        "2024",
        "效益及满意度",
    )
    assert "少 1 项：效益及满意度" in held.message
    assert [version.submission_id for version in ledger.current_units("performance")] == [first]

    (done,) = accept(home, second, ["A1"], because="该维度并入目标任务完成", decided_by="王科长")
    assert (done.reporting_unit, done.period, done.state, done.by) == ("A1", "2024", "accepted", "D000001")
    assert [version.submission_id for version in ledger.current_units("performance")] == [second]
    assert [version.ended_by for version in ledger.versions("performance", "A1")] == [second, None]
    (decision,) = ledger.confirmations()
    assert (decision.submission_id, decision.reporting_unit, decision.rules, decision.decided_by, decision.because) == (
        second,
        "A1",
        ("version.rows_dropped",),
        "王科长",
        "该维度并入目标任务完成",
    )
    (event,) = ledger.events(second, actions=["confirmed"])
    assert (event.from_state, event.to_state, event.detail["decided_by"]) == ("held", "accepted", "王科长")
    (lifted,) = [item for item in ledger.findings(second) if item.lifted_by]
    assert (lifted.severity, lifted.lifted_by) == ("warning", "D000001")
    assert lifted.message.startswith("【已确认 D000001（王科长：该维度并入目标任务完成）】比现行版本少 1 项")
    assert ledger.get(second).state == "accepted"
    assert all(balance.is_balanced for balance in ledger.balance())
    assert "已确认 D000001" in (receipt_of(home, second) / "receipt.txt").read_text(encoding="utf-8")
    with pytest.raises(NotOverridable, match="没有被退回的单元"):
        accept(home, second, ["A1"], because="再次")


def test_the_same_rows_or_more_drop_nothing(home: Home, ledger: Ledger) -> None:
    submit(home, ledger, "performance", scores(THREE))
    more = submit(home, ledger, "performance", scores(QUARTERS))
    other_year = submit(home, ledger, "performance", scores(THREE, period="2023"))
    assert (ledger.get(more).state, ledger.get(other_year).state) == ("accepted", "accepted")


def test_a_replaced_version_is_restored_by_a_decision_only(home: Home, ledger: Ledger) -> None:
    submit(home, ledger, "rural_waste", waste({A: 90.0, B: 91.0}))
    newer = submit(home, ledger, "rural_waste", waste({A: 95.0}))
    again = submit(home, ledger, "rural_waste", waste({A: 90.0, B: 91.0}))
    assert states(ledger, again) == {(A, "2025Q1"): "held", (B, "2025Q1"): "unchanged"}
    assert rules_of(ledger, again, "error") == ["version.superseded_version"]
    (done,) = accept(home, again, ["韩店街道"], because="更正有误，恢复原数")
    assert (done.reporting_unit, done.state) == (A, "accepted")
    current = {version.reporting_unit: version.submission_id for version in ledger.current_units("rural_waste")}
    assert current[A] == again
    assert [event.detail for event in ledger.events(newer, actions=["superseded"])] == [{"by": again}]


def test_a_decision_goes_before_what_came_later(home: Home, ledger: Ledger) -> None:
    submit(home, ledger, "performance", scores(QUARTERS))
    held = submit(home, ledger, "performance", scores(THREE))
    later = submit(home, ledger, "performance", scores({**QUARTERS, "资金管理": 10.0, "组织实施": 30.0}))
    assert [version.submission_id for version in ledger.current_units("performance")] == [later]
    accept(home, held, ["A1"], because="以此为准")
    assert [version.submission_id for version in ledger.current_units("performance")] == [held]


def test_after_its_close_a_period_reopens_by_decision_only(home: Home, ledger: Ledger) -> None:
    in_time = stage(home, ledger, "rural_waste", waste({A: 90.0}))
    ledger.open_period("rural_waste", "2025Q1")
    ledger.close_period("rural_waste", "2025Q1")
    decide_family(home, ledger, "statistics")
    assert states(ledger, in_time) == {(A, "2025Q1"): "accepted"}, "what came before the close is in time"
    late = submit(home, ledger, "rural_waste", waste({A: 90.0, B: 91.0}))
    assert states(ledger, late) == {(A, "2025Q1"): "unchanged", (B, "2025Q1"): "held"}
    assert rules_of(ledger, late, "error") == ["version.period_closed"]
    other = submit(home, ledger, "rural_waste", waste({B: 91.0}, "2025Q2"))
    assert ledger.get(other).state == "accepted"
    accept(home, late, [B], because="补报")
    assert states(ledger, late)[B, "2025Q1"] == "accepted"
    assert ledger.get(late).state == "accepted"


def test_what_must_be_corrected_cannot_be_confirmed(home: Home, ledger: Ledger) -> None:
    bad = submit(home, ledger, "rural_waste", waste({A: 90.0}, treatment_pct=50.0))
    before = ledger.events()
    with pytest.raises(NotOverridable, match=r"rural_waste\.declared_pct_mismatch"):
        accept(home, bad, [A], because="请收下")
    with pytest.raises(NotOverridable, match="没有被退回的单元 140404102"):
        accept(home, bad, ["140404102"], because="请收下")
    with pytest.raises(ValueError, match="理由"):
        accept(home, bad, [A], because=" ")
    with pytest.raises(UnknownSubmission):
        accept(home, "S20200101-000001", [A], because="请收下")
    assert ledger.events() == before
    assert ledger.confirmations() == []


def grant(home: Home, reporting_unit: str = "韩店街道", **more):
    given = {"approver": "李局长", "because": "系统口径不同", "until_on": TODAY + timedelta(days=3650), "today": TODAY}
    return waive(home, "rural_waste.declared_pct_mismatch", reporting_unit, **{**given, **more})


def test_a_waiver_lets_in_what_its_rule_alone_held(home: Home, ledger: Ledger) -> None:
    bad = submit(home, ledger, "rural_waste", waste({A: 90.0, B: 91.0}, treatment_pct=50.0))
    assert ledger.get(bad).state == "held"
    waiver, (done,) = grant(home)
    assert (waiver.waiver_id, waiver.dataset, waiver.reporting_unit, waiver.period) == (
        "W000001",
        "rural_waste",
        A,
        None,
    )
    assert (done.submission_id, done.reporting_unit, done.state, done.by) == (bad, A, "accepted", "W000001")
    assert states(ledger, bad) == {(A, "2025Q1"): "accepted", (B, "2025Q1"): "held"}
    assert (ledger.get(bad).state, ledger.get(bad).rows_accepted, ledger.get(bad).rows_held) == ("partly_held", 1, 1)
    said = {item.reporting_unit: (item.severity, item.lifted_by) for item in ledger.findings(bad)}
    assert said == {A: ("warning", "W000001"), B: ("error", None)}
    (lifted,) = [item for item in ledger.findings(bad) if item.lifted_by]
    assert lifted.message.startswith("【已豁免 W000001（李局长：系统口径不同），至 2036-02-27】")
    (event,) = ledger.events(actions=["waived"])
    assert (event.reporting_unit, event.detail["approver"], event.detail["until"]) == (A, "李局长", "2036-02-27")

    again = submit(home, ledger, "rural_waste", waste({A: 80.0}, "2025Q2", treatment_pct=50.0))
    assert (ledger.get(again).state, ledger.findings(again)[-1].lifted_by) == ("accepted", "W000001")


def test_a_waiver_ends_with_its_last_day_and_its_period(home: Home, ledger: Ledger) -> None:
    rule = "rural_waste.declared_pct_mismatch"
    ledger.grant_waiver(rule, A, approver="李局长", because="一次", until_on=date(2025, 1, 1))
    ledger.grant_waiver(rule, A, approver="李局长", because="本季", until_on=date(2099, 1, 1), period="2025Q3")
    expired = submit(home, ledger, "rural_waste", waste({A: 90.0}, treatment_pct=50.0))
    in_force = submit(home, ledger, "rural_waste", waste({A: 90.0}, "2025Q3", treatment_pct=50.0))
    assert (ledger.get(expired).state, ledger.get(in_force).state) == ("held", "accepted")


def test_what_cannot_be_waived_is_refused_and_not_recorded(home: Home, ledger: Ledger) -> None:
    for rule in (
        "normalize.text_in_numeric",
        "version.rows_dropped",
        "layer.self_intersection",
        "sheet.missing_unit",
        "no.such_rule",
    ):
        with pytest.raises(NotOverridable):
            waive(home, rule, A, approver="李局长", because="无", until_on=TODAY, today=TODAY)
    with pytest.raises(ValueError, match="已过"):
        grant(home, until_on=TODAY - timedelta(days=1))
    with pytest.raises(ValueError, match="批准人"):
        grant(home, approver="")
    assert ledger.waivers() == []
    assert is_waivable("sheet.total_row_mismatch") and is_waivable("layer.overlap")


def test_a_finding_about_the_whole_file_is_lifted_for_its_unit_only(home: Home, ledger: Ledger) -> None:
    ledger.grant_waiver(
        "sheet.total_row_mismatch", A, approver="李局长", because="合计行有误", until_on=date(2099, 1, 1)
    )
    name, table = receive(ledger, "rural_waste"), waste({A: 90.0, B: 91.0})
    wrong = finding("sheet.total_row_mismatch", found=1, expected=2, difference=1, cell="D4", title="产生量")
    ledger.stage(
        name,
        staged_as=write_staged(home, name, "rural_waste", table),
        rows_read=2,
        rows_control=0,
        findings=[wrong],
        reporting_units=units_of(table),
        periods=["2025Q1"],
    )
    decide_family(home, ledger, "statistics")
    assert states(ledger, name) == {(A, "2025Q1"): "accepted", (B, "2025Q1"): "held"}
    assert {item.reporting_unit: item.severity for item in ledger.findings(name)} == {A: "warning", B: "error"}


def test_what_a_person_confirms_is_in_force_also_where_nothing_holds_it_any_more(home: Home, ledger: Ledger) -> None:
    """It came for a closed period, which was opened again before anybody looked at it; what came meanwhile goes."""
    close(home, "rural_waste", "2025Q1", because="已上报")
    first = submit(home, ledger, "rural_waste", waste({A: 90.0}))
    assert states(ledger, first) == {(A, "2025Q1"): "held"}
    open_again(home, "rural_waste", "2025Q1", because="有更正")
    second = submit(home, ledger, "rural_waste", waste({A: 95.0}))
    assert [one.submission_id for one in ledger.current_units("rural_waste")] == [second]
    (done,) = accept(home, first, [A], because="以首次报送为准", decided_by="王科长")
    assert done.state == "accepted"
    assert [one.submission_id for one in ledger.current_units("rural_waste")] == [first]


@pytest.mark.parametrize(
    ("title", "name", "rule", "period", "other"),
    [
        ("上党区2025年第一季度垃圾", "2025年二季度垃圾.xlsx", "normalize.period_conflict", "2025Q1", "2025Q2"),
        ("上党区2025年三、四季度垃圾", "垃圾.xlsx", "normalize.several_periods", "2025Q4", "2025Q3"),
    ],
)
def test_periods_that_contradict_are_asked_about_and_confirmed(
    home: Home, ledger: Ledger, tmp_path: Path, title: str, name: str, rule: str, period: str, other: str
) -> None:
    rows = [[title], WASTE_HEADER, ["韩店街道", 10, 9, 1000, 100, 90, 90], ["苏店镇", 10, 9, 1000, 100, 90, 90]]
    got = normalize_rows(tmp_path, rows, "rural_waste", name)
    submission = stage(home, ledger, "rural_waste", got.table, findings=tuple(got.findings))
    decide_family(home, ledger, "statistics")
    assert states(ledger, submission) == {(A, period): "held", (B, period): "held"}
    assert rules_of(ledger, submission, "error") == [rule]
    with pytest.raises(NotOverridable, match="没有被退回的单元"):
        accept(home, submission, [A], because="标题无误", period=other)
    (done,) = accept(home, submission, [A], because="标题无误", period=period)
    assert (done.reporting_unit, done.period, done.state) == (A, period, "accepted")
    assert states(ledger, submission) == {(A, period): "accepted", (B, period): "held"}
