"""Reporting periods: which one ended, when its report is due, and the monthly cycle."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from contracts import contract, contracts
from contracts.reference import table
from pipeline.calendar.due_dates import MONTHS, due_on, ended_period, is_period, last_expected, periods_between
from pipeline.calendar.periods import close, close_periods, open_again, open_periods, remind, statuses
from warehouse.home import Home
from warehouse.ledger import Ledger, StagedUnit, UnitOutcome

MARCH = date(2026, 3, 5)
TOWNSHIPS = tuple(row["township_code"] for row in table("township"))
PERIODIC = {name for name, item in contracts().items() if item.cadence.every in MONTHS}


@pytest.mark.parametrize(
    ("every", "at", "period"),
    [
        ("month", date(2026, 3, 5), "2026-02"),
        ("month", date(2026, 1, 31), "2025-12"),
        ("month", date(2025, 12, 31), "2025-11"),
        ("quarter", date(2026, 3, 31), "2025Q4"),
        ("quarter", date(2026, 4, 1), "2026Q1"),
        ("quarter", date(2025, 12, 31), "2025Q3"),
        ("year", date(2026, 1, 1), "2025"),
        ("year", date(2025, 12, 31), "2024"),
    ],
)
def test_the_last_period_that_has_ended(every: str, at: date, period: str) -> None:
    assert ended_period(every, at) == period


@pytest.mark.parametrize(
    ("dataset", "period", "due"),
    [
        ("project_progress", "2025-07", date(2025, 8, 5)),
        ("project_progress", "2025-12", date(2026, 1, 5)),
        ("rural_waste", "2025Q1", date(2025, 4, 10)),
        ("rural_waste", "2025Q4", date(2026, 1, 10)),
        ("ecology", "2025", date(2026, 2, 28)),
        ("forest_land", "2025", date(2026, 6, 30)),
    ],
)
def test_when_a_report_is_due(dataset: str, period: str, due: date) -> None:
    assert due_on(contract(dataset), period) == due


def test_a_report_that_comes_when_it_comes_is_never_due() -> None:
    assert due_on(contract("admin_boundary"), "2021-10-31") is None


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home that is older than every period here."""
    home = Home(tmp_path / "home")
    with Ledger.open(home.ensure()) as ledger:
        ledger.note("begun", at=datetime(2025, 1, 1, tzinfo=UTC))
    yield home


def accept(home: Home, dataset: str, period: str, townships: Iterable[str] = TOWNSHIPS) -> None:
    """Enter accepted units of a dataset and period."""
    with Ledger.open(home) as ledger:
        reporting_units = [StagedUnit(code, period, 1, 1, "2" * 64) for code in townships]
        one, _ = ledger.receive(
            arrival_key=f"{dataset} {period} {reporting_units}",
            sha256="1" * 64,
            file_name="a.xlsx",
            size=1,
            archived_as="archive/11",
            dataset=dataset,
            family=contract(dataset).family,
        )
        ledger.stage(
            one.submission_id,
            staged_as="staged/a",
            rows_read=len(reporting_units),
            rows_control=0,
            findings=[],
            periods=[period],
            reporting_units=reporting_units,
        )
        ledger.decide(
            one.submission_id,
            [
                UnitOutcome(reporting_unit.reporting_unit, period, "accepted", 1, 1, reporting_unit.content_hash)
                for reporting_unit in reporting_units
            ],
            [],
        )


def test_opening_opens_what_has_ended_once(home: Home) -> None:
    opened = open_periods(home, MARCH)["opened"]
    assert {"project_progress 2026-02", "rural_waste 2025Q4", "ecology 2025", "annual_task 2026"} <= set(opened)
    assert {line.split()[0] for line in opened} == PERIODIC
    assert open_periods(home, MARCH) == {"opened": []}
    assert open_periods(home, date(2026, 4, 1))["opened"] == sorted(
        f"{name} {last_expected(contract(name), date(2026, 4, 1))}"
        for name in PERIODIC
        if contract(name).cadence.every != "year"
    )
    with Ledger.open(home) as ledger:
        assert ledger.period("rural_waste", "2025Q4").due_on == date(2026, 1, 10)


def test_only_what_is_overdue_and_lacks_something_is_reminded_of(home: Home) -> None:
    open_periods(home, MARCH)
    accept(home, "rural_waste", "2025Q4", TOWNSHIPS)
    accept(home, "ecology", "2025", TOWNSHIPS[1:])
    assert remind(home, date(2026, 1, 10)) == {"overdue": []}
    overdue = remind(home, date(2026, 3, 6))["overdue"]
    assert {"project_progress 2026-02", "ecology 2025"} <= set(overdue)
    assert not {"rural_waste 2025Q4", "forest_land 2025"} & set(overdue)
    assert remind(home, date(2026, 3, 6))["overdue"] == overdue
    with Ledger.open(home) as ledger:
        assert ledger.period("project_progress", "2026-02").reminded_at is not None
        assert len(ledger.events(actions=["period_reminded"])) == len(overdue)


def test_closing_closes_what_is_whole_and_past_its_day_once(home: Home) -> None:
    open_periods(home, MARCH)
    accept(home, "rural_waste", "2025Q4", TOWNSHIPS[1:])
    assert close_periods(home, date(2026, 1, 11)) == {"closed": []}, "a township that never reported may still do so"
    accept(home, "rural_waste", "2025Q4", TOWNSHIPS[:1])
    assert close_periods(home, date(2026, 1, 10)) == {"closed": []}
    assert close_periods(home, date(2026, 1, 11)) == {"closed": ["rural_waste 2025Q4"]}
    assert close_periods(home, date(2026, 1, 11)) == {"closed": []}
    assert open_periods(home, MARCH) == {"opened": []}, "a closed period stays closed"
    with Ledger.open(home) as ledger:
        assert not ledger.period("rural_waste", "2025Q4").is_open


def test_a_period_that_lacks_a_township_stays_open_and_is_reminded_of(home: Home) -> None:
    open_periods(home, MARCH)
    accept(home, "rural_waste", "2025Q4", TOWNSHIPS[1:])
    assert close_periods(home, date(2026, 1, 11)) == {"closed": []}
    assert remind(home, date(2026, 1, 11)) == {"overdue": ["rural_waste 2025Q4"]}


def test_months_caught_up_at_the_first_start_close_nothing(tmp_path: Path) -> None:
    """The home is made today; Airflow then runs every month since its DAG's first day."""
    home = Home(tmp_path / "new")
    accept(home, "rural_waste", "2025Q4")
    for month in range(2, 12):
        at = date(2026, month, 1)
        open_periods(home, at)
        assert close_periods(home, at) == {"closed": []}
    with Ledger.open(home) as ledger:
        assert ledger.periods(is_open=False) == []
        assert ledger.period("rural_waste", "2025Q4").is_open


def test_a_person_opens_and_closes_a_period(home: Home) -> None:
    accept(home, "rural_waste", "2025Q4", TOWNSHIPS[1:])
    assert not close(home, "rural_waste", "2025Q4", because="已上报", decided_by="王局长").is_open
    (status,) = statuses(home, MARCH)
    assert (status.decided_by, status.because, len(status.missing)) == ("王局长", "已上报", 1)
    assert open_again(home, "rural_waste", "2025Q4", because="补报", decided_by="王科长").is_open
    (status,) = statuses(home, MARCH)
    assert (status.decided_by, status.because) == ("王科长", "补报")
    with Ledger.open(home) as ledger:
        (event,) = ledger.events(actions=["period_reopened"])
        assert event.detail == {"because": "补报", "decided_by": "王科长"}


@pytest.mark.parametrize(
    ("dataset", "period", "because"),
    [("rural_waste", "2025-04", "补报"), ("admin_boundary", "2025", "补报"), ("rural_waste", "2025Q4", " ")],
)
def test_a_person_decides_on_periods_that_there_are_and_says_why(
    home: Home, dataset: str, period: str, because: str
) -> None:
    for decide in (open_again, close):
        with pytest.raises(ValueError):
            decide(home, dataset, period, because=because)
    with Ledger.open(home) as ledger:
        assert ledger.periods() == []


@pytest.mark.parametrize(
    ("every", "first", "last", "periods"),
    [
        ("month", "2024-11", "2025-02", ["2024-11", "2024-12", "2025-01", "2025-02"]),
        ("quarter", "2024Q3", "2025Q1", ["2024Q3", "2024Q4", "2025Q1"]),
        ("year", "2024", "2025", ["2024", "2025"]),
        ("year", "2026", "2025", []),
    ],
)
def test_the_periods_of_a_span(every: str, first: str, last: str, periods: list[str]) -> None:
    assert list(periods_between(every, first, last)) == periods
    assert all(is_period(every, period) for period in periods)


def test_what_is_no_period_of_a_cadence() -> None:
    assert not is_period("month", "2024-13")
    assert not is_period("quarter", "2024")
    assert not is_period("year", None)
