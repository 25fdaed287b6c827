"""Airflow carries submissions from the inbox to the marts with the same outcome as the plain local path without it."""

from typing import Any

import pytest

from orchestration.local_run import run_dags
from tests.pipeline.intake.test_receive import GOOD, TRAPS, Sent, put, sent
from tests.support.same_marts import differing_marts
from warehouse import builds
from warehouse.home import Home
from warehouse.ledger import Ledger

__all__ = ["sent"]  # the fixture
pytestmark = pytest.mark.slow

EXPECTED_RUNS = {"receive_inbox", "ingest_spatial", "ingest_statistics", "ingest_project_reports", "build_marts"}


def outcomes(home: Home) -> list[dict[str, Any]]:
    """Of each submission: its file, state and counts, the states of its reporting units, and its findings."""
    with Ledger.open(home) as ledger:
        return [
            {
                "file": (one.dataset, one.file_name),
                "counts": (one.state, one.rows_read, one.rows_accepted, one.rows_held, one.rows_control),
                "reporting_units": sorted(
                    (unit.reporting_unit, str(unit.period), unit.state)
                    for unit in ledger.reporting_units(one.submission_id)
                ),
                "findings": sorted(
                    (item.rule_id, item.severity, str(item.sheet), str(item.cell), str(item.feature), item.message)
                    for item in ledger.findings(one.submission_id)
                ),
            }
            for one in sorted(ledger.submissions(), key=lambda one: (str(one.dataset), one.file_name))
        ]


def test_airflow_and_the_plain_local_path_end_in_the_same_ledger_and_marts(copied_home: Home, sent: Sent) -> None:
    """Faulty files of eleven datasets and a good one, sent to the same warehouse both ways."""
    put(copied_home, "traps", *TRAPS, GOOD)
    runs = run_dags(copied_home)
    assert {run["state"] for run in runs} == {"success"}
    assert {run["dag"] for run in runs} == EXPECTED_RUNS
    assert outcomes(copied_home) == outcomes(sent.home)
    assert {folder.name for folder in copied_home.builds.iterdir()} > {sent.before.name}
    assert differing_marts(builds.database(copied_home), builds.database(sent.home)) == []
