"""The reporting calendar's arithmetic: which period a day follows, when its report is due. Pure; `expected_reports`,
`periods` and approval call it.
"""

import calendar
import re
from collections.abc import Iterator
from datetime import date

from contracts import Contract

MONTHS = {"month": 1, "quarter": 3, "year": 12}
PATTERNS = {
    "month": re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])"),
    "quarter": re.compile(r"[0-9]{4}Q[1-4]"),
    "year": re.compile(r"[0-9]{4}"),
}


def ended_period(every: str, at: date) -> str:
    """The last period of a cadence (month, quarter, year) that had ended on a day: 2026-03-05 → 2026-02, 2025Q4, 2025."""
    months = MONTHS[every]
    index = (at.year * 12 + at.month - 1) // months - 1
    year, place = divmod(index, 12 // months)
    return {"month": f"{year}-{place + 1:02d}", "quarter": f"{year}Q{place + 1}", "year": str(year)}[every]


def due_on(contract: Contract, period: str) -> date | None:
    """The day on which a period's report is due, None where the contract names none.

    `due` names a month and a day of the year after the period (`years_after`: of which year after it), or how many
    months after the period's last month, and the day.
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


def last_expected(contract: Contract, at: date) -> str:
    """The last period for which a report is expected on a day: the one that ended, or, of what is due within its own
    year, this year.
    """
    due = contract.cadence.due or {}
    return str(at.year) if due.get("years_after") == 0 else ended_period(contract.cadence.every, at)


def periods_between(every: str, first: str, last: str) -> Iterator[str]:
    """Every period of a cadence from one to another, both inclusive: month, 2024-11, 2025-01 → 2024-11, 2024-12,
    2025-01.
    """
    months = MONTHS[every]
    a_year = 12 // months

    def index(period: str) -> int:
        return int(period[:4]) * a_year + (int(period[5:].lstrip("Q")) - 1 if a_year > 1 else 0)

    for number in range(index(first), index(last) + 1):
        year, place = divmod(number, a_year)
        yield {"month": f"{year}-{place + 1:02d}", "quarter": f"{year}Q{place + 1}", "year": str(year)}[every]


def is_period(every: str, text: str | None) -> bool:
    """Whether a text is a period of a cadence."""
    return text is not None and PATTERNS[every].fullmatch(text) is not None
