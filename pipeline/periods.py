"""Reporting periods: which one a date falls into, when its report is due, and the monthly cycle that opens, reminds of and closes them."""

import calendar
from collections.abc import Iterator
from datetime import date
from typing import Any

from contracts import Contract, contracts
from warehouse.home import Home
from warehouse.ledger import Ledger

MONTHS = {"month": 1, "quarter": 3, "year": 12}


def ended_period(every: str, at: date) -> str:
    """The last period of a cadence (month, quarter, year) that had ended on a day: 2026-03-05 → 2026-02, 2025Q4, 2025."""
    months = MONTHS[every]
    index = (at.year * 12 + at.month - 1) // months - 1
    year, place = divmod(index, 12 // months)
    return {"month": f"{year}-{place + 1:02d}", "quarter": f"{year}Q{place + 1}", "year": str(year)}[every]


def due_on(contract: Contract, period: str) -> date | None:
    """The day on which a period's report is due, None where the contract names none.

    `due` names a month and a day of the year after the period (`years_after`: of which year after it), or how many months after the
    period's last month, and the day.
    """
    due = contract.cadence.due
    if due is None:
        return None
    year = int(period[:4])
    if "month" in due:
        year, month = year + due.get("years_after", 1), due["month"]
    else:
        last = 12 if len(period) == 4 else int(period[5:]) * 3 if "Q" in period else int(period[5:])
        carried, month = divmod(last + due["month_after"] - 1, 12)
        year, month = year + carried, month + 1
    return date(year, month, min(due["day"], calendar.monthrange(year, month)[1]))


def _periodic() -> Iterator[Contract]:
    return (item for item in contracts().values() if item.cadence.every in MONTHS)


def open_periods(home: Home, at: date) -> dict[str, Any]:
    """Open the period that has just ended, for every dataset with a cadence. Again: nothing changes. Returns {"opened": [dataset period]}."""
    opened = []
    with Ledger.open(home.ensure()) as ledger:
        known = {(item.dataset, item.period) for item in ledger.periods()}
        for item in _periodic():
            period = ended_period(item.cadence.every, at)
            if (item.dataset, period) not in known:
                ledger.open_period(item.dataset, period, due_on(item, period))
                opened.append(f"{item.dataset} {period}")
    return {"opened": opened}


def remind(home: Home, at: date) -> dict[str, Any]:
    """Note the open periods that are overdue and of which nothing was accepted. Returns {"overdue": [dataset period]}."""
    overdue = []
    with Ledger.open(home.ensure()) as ledger:
        for item in ledger.periods(is_open=True):
            if item.due_on and item.due_on < at and not _arrived(ledger, item.dataset, item.period):
                ledger.remind_period(item.dataset, item.period)
                overdue.append(f"{item.dataset} {item.period}")
    return {"overdue": overdue}


def close_periods(home: Home, at: date) -> dict[str, Any]:
    """Close the open periods that are past their due day and for which something was accepted. Returns {"closed": [dataset period]}."""
    closed = []
    with Ledger.open(home.ensure()) as ledger:
        for item in ledger.periods(is_open=True):
            if item.due_on and item.due_on < at and _arrived(ledger, item.dataset, item.period):
                ledger.close_period(item.dataset, item.period)
                closed.append(f"{item.dataset} {item.period}")
    return {"closed": closed}


def _arrived(ledger: Ledger, dataset: str, period: str) -> bool:
    return any(version.period == period for version in ledger.current_units(dataset))
