"""The monthly cycle: reporting periods are opened, reminded of, and closed once every expected report is there.
Airflow's monthly tasks call it.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from contracts import Contract, contracts
from pipeline.calendar.due_dates import MONTHS, due_on, last_expected
from pipeline.calendar.expected_reports import expected_reports
from warehouse.home import Home
from warehouse.ledger import Ledger, Period


def _periodic() -> Iterator[Contract]:
    return (item for item in contracts().values() if item.cadence.every in MONTHS)


def open_periods(home: Home, at: date) -> dict[str, Any]:
    """Open the period whose reports are expected now, for every dataset with a cadence; again, nothing changes. Returns
    {"opened": [dataset period]}.
    """
    opened = []
    with Ledger.open(home.ensure()) as ledger:
        known = {(item.dataset, item.period) for item in ledger.periods()}
        for item in _periodic():
            period = last_expected(item, at)
            if (item.dataset, period) not in known:
                ledger.open_period(item.dataset, period, due_on(item, period))
                opened.append(f"{item.dataset} {period}")
    return {"opened": opened}


def remind(home: Home, at: date) -> dict[str, Any]:
    """Note the open periods that are overdue and not whole. Returns {"overdue": [dataset period]}."""
    with Ledger.open(home.ensure()) as ledger:
        overdue, _ = _past_due(home, ledger, at)
        for item in overdue:
            ledger.remind_period(item.dataset, item.period)
    return {"overdue": [f"{item.dataset} {item.period}" for item in overdue]}


def close_periods(home: Home, at: date) -> dict[str, Any]:
    """Close the open periods that are past their due day and whole: every expected report was accepted.

    One that still lacks something stays open, so that a first report, however late, is never refused. Returns
    {"closed": [dataset period]}.
    """
    with Ledger.open(home.ensure()) as ledger:
        _, whole = _past_due(home, ledger, at)
        for item in whole:
            ledger.close_period(item.dataset, item.period)
    return {"closed": [f"{item.dataset} {item.period}" for item in whole]}


def _past_due(home: Home, ledger: Ledger, at: date) -> tuple[list[Period], list[Period]]:
    """Open periods that are past their due day: those that lack a report, and those that are whole."""
    lacking = {(item.dataset, item.period) for item in expected_reports(home, ledger.snapshot(), at) if not item.is_met}
    due = [item for item in ledger.periods(is_open=True) if item.due_on and item.due_on < at]
    whole = [item for item in due if (item.dataset, item.period) not in lacking]
    return [item for item in due if item not in whole], whole
