"""Prints the expected reports for `warehouse status --due`, and what became of each."""

from collections import Counter
from datetime import date

from rich.table import Table

from cli.printing import console
from contracts import contract
from contracts.names import period_name
from pipeline.calendar.expected_reports import STATES_ZH, expected_on, overdue
from warehouse.home import Home


def print_due(home: Home, at: date) -> None:
    """Print the reports expected on a day by dataset and period, counted by what became of them; then the overdue ones."""
    expected = expected_on(home, at)
    counts = Counter((item.dataset, item.period, item.due_on, item.state) for item in expected)
    page = console()
    table = Table("报表", "期次", "应报日期", *STATES_ZH.values(), title=f"应报情况（截至 {at}）")
    for dataset, period, due in dict.fromkeys((item.dataset, item.period, item.due_on) for item in expected):
        numbers = [counts[dataset, period, due, state] for state in STATES_ZH]
        table.add_row(
            contract(dataset).title.zh, period_name(period), due.isoformat(), *(str(number or "") for number in numbers)
        )
    page.print(table)
    page.print(f"逾期未报 {len(overdue(expected))} 份 (overdue)；明细见 mart_submission_status 和 {home.digests}")
