"""What became of the submissions of a home, to be compared with another home's."""

from typing import Any

from warehouse.home import Home
from warehouse.ledger import Ledger


def outcomes(home: Home) -> list[dict[str, Any]]:
    """Of each submission: its file, state and counts, the states of its reporting units, and its findings."""
    with Ledger.open(home) as ledger:
        return [
            {
                "file": (one.dataset, one.file_name),
                "counts": (one.state, one.rows_read, one.rows_accepted, one.rows_held, one.rows_control),
                "reporting_units": sorted(
                    (reporting_unit.reporting_unit, str(reporting_unit.period), reporting_unit.state)
                    for reporting_unit in ledger.reporting_units(one.submission_id)
                ),
                "findings": sorted(
                    (item.rule_id, item.severity, str(item.sheet), str(item.cell), str(item.feature), item.message)
                    for item in ledger.findings(one.submission_id)
                ),
            }
            for one in sorted(ledger.submissions(), key=lambda one: (str(one.dataset), one.file_name))
        ]
