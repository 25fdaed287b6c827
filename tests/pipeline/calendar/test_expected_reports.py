"""Which reports are expected, from whom and by when, and what became of them; the digest of what is overdue."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from cli.printing_due import print_due
from contracts.calendar import today
from pipeline.calendar.digest import letter, mailed_to, note_mailed, write_digest
from pipeline.calendar.expected_reports import ExpectedReport, expected_reports, overdue
from tests.support.arrivals import accept, decide, ecology, receive, stage, submission_table
from tests.support.small_home import A, B, new_home
from warehouse.home import Home
from warehouse.ledger import Ledger, StagedUnit

NOW = today()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path)


@pytest.fixture
def ledger(home: Home) -> Iterator[Ledger]:
    with Ledger.open(home, actor="tester", beside_archive=True) as opened:
        yield opened


def expected(home: Home, ledger: Ledger, at: date) -> dict[tuple[str, str, str], ExpectedReport]:
    return {
        (item.dataset, item.period, item.reporting_unit): item for item in expected_reports(home, ledger.snapshot(), at)
    }


def waste(reporting_unit: str, period: str, **more: object) -> object:
    return submission_table(
        "rural_waste",
        [
            {
                "reporting_unit": reporting_unit,
                "period": period,
                "township_code": reporting_unit,
                "waste_generated_t": 1.0,
                **more,
            }
        ],
    )


def test_nothing_is_expected_before_anything_came(home: Home, ledger: Ledger) -> None:
    assert expected(home, ledger, NOW) == {}


def test_every_township_owes_every_quarter_from_the_first_received_to_the_last_ended(
    home: Home, ledger: Ledger
) -> None:
    accept(home, ledger, "rural_waste", waste(A, "2025Q3"))
    found = expected(home, ledger, date(2026, 4, 1))
    assert Counter(period for _, period, _ in found) == {"2025Q3": 10, "2025Q4": 10, "2026Q1": 10}
    one = found["rural_waste", "2025Q4", A]
    assert (one.due_on, one.state, one.days_late, one.is_overdue) == (date(2026, 1, 10), "missing", 81, True)
    assert (one.title_zh, one.unit_zh, one.state_zh) == ("农村生活垃圾处理季报", "韩店街道", "未报")
    last = found["rural_waste", "2026Q1", B]
    assert (last.due_on, last.state, last.days_late, last.is_overdue) == (date(2026, 4, 10), "not_due", 0, False)
    assert expected(home, ledger, date(2026, 4, 1)) == found


def test_in_time_and_late_go_by_the_day_of_arrival(home: Home, ledger: Ledger) -> None:
    """The arrivals are of today: a quarter due long ago is late, one whose day is still to come is in time."""
    quarter = f"{NOW.year}Q{(NOW.month + 2) // 3}"
    late = accept(home, ledger, "rural_waste", waste(A, "2024Q1"))
    accept(home, ledger, "rural_waste", waste(A, quarter))
    found = expected(home, ledger, NOW + timedelta(days=100))
    one = found["rural_waste", "2024Q1", A]
    assert (one.state, one.days_late, one.submission_id) == ("late", (NOW - date(2024, 4, 10)).days, late)
    assert (one.is_met, one.is_overdue) == (True, False)
    assert (found["rural_waste", quarter, A].state, found["rural_waste", quarter, A].days_late) == ("on_time", 0)


def test_what_came_and_was_not_accepted_has_the_state_of_its_units(home: Home, ledger: Ledger) -> None:
    accept(home, ledger, "rural_waste", waste(A, "2024Q1"))
    held = stage(home, ledger, "rural_waste", waste(A, "2024Q2"))
    decide(ledger, held, {A: "held"})
    waiting = stage(home, ledger, "rural_waste", waste(B, "2024Q2"))
    decide(ledger, waiting, {B: "waiting"}, waits_for=("admin_boundary",))
    staged = stage(home, ledger, "rural_waste", waste("140404102", "2024Q2"))
    found = expected(home, ledger, date(2024, 8, 1))
    of_quarter = {
        reporting_unit: (item.state, item.submission_id)
        for (_, period, reporting_unit), item in found.items()
        if period == "2024Q2"
    }
    assert of_quarter[A] == ("held", held)
    assert of_quarter[B] == ("waiting", waiting)
    assert of_quarter["140404102"] == ("received", staged)
    assert of_quarter["140404103"] == ("missing", None)
    assert found["rural_waste", "2024Q2", A].days_late == 22
    correction = stage(home, ledger, "rural_waste", waste(A, "2024Q1", waste_generated_t=2.0))
    decide(ledger, correction, {A: "held"})
    assert expected(home, ledger, date(2024, 8, 1))["rural_waste", "2024Q1", A].is_met, (
        "a held correction leaves what was accepted"
    )


def test_a_mistyped_year_owes_nothing(home: Home, ledger: Ledger) -> None:
    accept(home, ledger, "ecology", ecology({A: 1.0}, "2024"))
    wrong = stage(home, ledger, "ecology", ecology({B: 1.0}, "1924"))
    decide(ledger, wrong, {B: "held"})
    assert {period for _, period, _ in expected(home, ledger, date(2026, 3, 1))} == {"2024", "2025"}


def test_a_layer_is_expected_once_and_a_project_dataset_until_all_of_it_is_accepted(home: Home, ledger: Ledger) -> None:
    accept(
        home,
        ledger,
        "wetland",
        submission_table("wetland", [{"reporting_unit": "layer", "period": "2024", "wetland_id": "1"}]),
    )
    two = submission_table(
        "performance", [{"reporting_unit": name, "period": "2024", "project_id": name} for name in ("A1", "A2")]
    )
    part = stage(home, ledger, "performance", two)
    decide(ledger, part, {"A2": "held"})
    found = expected(home, ledger, date(2025, 7, 1))
    assert set(found) == {("wetland", "2024", "district"), ("performance", "2024", "district")}
    assert found["wetland", "2024", "district"].is_met
    assert (found["performance", "2024", "district"].state, found["performance", "2024", "district"].unit_zh) == (
        "held",
        "评价单位",
    )


def test_progress_is_expected_where_sub_projects_lie_and_where_it_was_reported(home: Home, ledger: Ledger) -> None:
    accept(
        home,
        ledger,
        "project_ledger",
        submission_table(
            "project_ledger",
            [
                {"reporting_unit": name, "period": "2025-02", "project_id": name, "township_codes": townships}
                for name, townships in (
                    ("A1", [A, B, "140404102"]),
                    ("A1-01", [A]),
                    ("A2", [B, "140404103"]),
                    ("D1", [A, B]),
                )
            ],
        ),
    )
    accept(
        home,
        ledger,
        "project_progress",
        submission_table(
            "project_progress",
            [{"reporting_unit": f"A2|{B}", "period": "2025-01", "project_id": "A2", "township_code": B}],
        ),
    )
    found = expected(home, ledger, date(2025, 3, 1))
    reporting_units = {
        month: sorted(reporting_unit for _, period, reporting_unit in found if period == month)
        for month in ("2025-01", "2025-02")
    }
    assert reporting_units["2025-01"] == [f"A2|{B}"]
    assert reporting_units["2025-02"] == [f"A1|{A}", f"A2|{B}", f"D1|{A}", f"D1|{B}"]
    assert found["project_progress", "2025-02", f"A1|{A}"].unit_zh == "A1 韩店街道"


def test_what_is_due_within_its_own_year_is_expected_in_it(home: Home, ledger: Ledger) -> None:
    ledger.open_period("annual_task", "2025")
    found = expected(home, ledger, date(2026, 2, 1))
    assert {(period, item.due_on, item.state) for (_, period, _), item in found.items()} == {
        ("2025", date(2025, 3, 31), "missing"),
        ("2026", date(2026, 3, 31), "not_due"),
    }


def test_progress_of_no_known_township_is_expected_of_the_lead_units(home: Home, ledger: Ledger) -> None:
    ledger.open_period("project_progress", "2025-02")
    assert [
        (reporting_unit, item.state)
        for (_, _, reporting_unit), item in expected(home, ledger, date(2025, 3, 6)).items()
    ] == [("district", "missing")]


def test_a_unit_read_but_without_period_is_no_report(home: Home, ledger: Ledger) -> None:
    name = receive(ledger, "ecology")
    ledger.stage(
        name,
        staged_as=None,
        rows_read=1,
        rows_control=0,
        findings=[],
        reporting_units=[StagedUnit(A, None, 1, 1, "0" * 64)],
    )
    assert expected(home, ledger, date(2026, 3, 1)) == {}


def test_one_digest_names_all_that_is_overdue(home: Home, ledger: Ledger) -> None:
    accept(home, ledger, "rural_waste", waste(A, "2025Q4"))
    accept(
        home,
        ledger,
        "wetland",
        submission_table("wetland", [{"reporting_unit": "layer", "period": "2023", "wetland_id": "1"}]),
    )
    at = date(2026, 3, 1)
    made = write_digest(home, at)
    assert [
        (group["dataset"], group["period"], len(group["units"]), group["days_late"]) for group in made["groups"]
    ] == [
        ("wetland", "2024", 1, 244),
        ("rural_waste", "2025Q4", 9, 50),
    ]
    assert (made["overdue"], made["path"]) == (10, "digests/2026-03-01.md")
    text = (home.root / made["path"]).read_text(encoding="utf-8")
    assert "| 农村生活垃圾处理季报 | 2025年第四季度 | 2026-01-10 | 50 | 未报 | 苏店镇、荫城镇、" in text
    assert json.loads((home.digests / "2026-03-01.json").read_text(encoding="utf-8")) == made
    subject, content = letter(made)
    assert subject == "【上党区数据仓库】2026-03-01 逾期未报 10 份，2 种报表"
    assert "2025年第四季度" in content
    note_mailed(home, at, ["a@example.cn"])
    assert write_digest(home, at)["mailed_to"] == mailed_to(home, at) == ["a@example.cn"]
    assert mailed_to(home, date(2026, 3, 2)) == []
    assert write_digest(home, date(2025, 1, 1))["overdue"] == 0
    assert "没有逾期的报表" in (home.digests / "2025-01-01.md").read_text(encoding="utf-8")


def test_the_longest_overdue_comes_first_and_the_command_line_counts(
    home: Home, ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    accept(home, ledger, "rural_waste", waste(A, "2025Q3"))
    late = overdue(expected_reports(home, ledger.snapshot(), date(2026, 2, 1)))
    assert [item.period for item in late] == ["2025Q3"] * 9 + ["2025Q4"] * 10
    print_due(home, date(2026, 2, 1))
    said = capsys.readouterr().out
    assert "应报情况（截至 2026-02-01）" in said
    assert "逾期未报 19 份" in said


def test_a_withdrawn_report_is_missing_as_if_it_had_never_come(home: Home, ledger: Ledger) -> None:
    name = accept(home, ledger, "rural_waste", waste(A, "2025Q3"))
    accept(home, ledger, "rural_waste", waste(B, "2025Q3"))
    ledger.withdraw(name, because="报错了表", decided_by="王科长")
    found = expected(home, ledger, date(2026, 1, 1))
    withdrawn, stays = found["rural_waste", "2025Q3", A], found["rural_waste", "2025Q3", B]
    assert (withdrawn.state, withdrawn.submission_id, withdrawn.is_overdue) == ("missing", None, True)
    assert stays.is_met
