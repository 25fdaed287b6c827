"""Airflow carries submissions from the inbox to the marts with the same outcome as the plain local path without it: the
small proof is in test_local_run.py.
"""

import pytest

from orchestration.local_run import run_dags
from tests.pipeline.intake.test_receive import GOOD, TRAPS, Sent, sent
from tests.support.few_samples import put
from tests.support.outcomes import outcomes
from tests.support.same_marts import differing_marts
from warehouse import builds
from warehouse.home import Home

__all__ = ["sent"]  # the fixture
pytestmark = [pytest.mark.slow, pytest.mark.thorough]

EXPECTED_RUNS = {"receive_inbox", "ingest_spatial", "ingest_statistics", "ingest_project_reports", "build_marts"}


def test_airflow_and_the_plain_local_path_end_in_the_same_ledger_and_marts(copied_home: Home, sent: Sent) -> None:
    """Faulty files of eleven datasets and a good one, sent to the same warehouse both ways."""
    put(copied_home, "traps", *TRAPS, GOOD)
    runs = run_dags(copied_home)
    assert {run["state"] for run in runs} == {"success"}
    assert {run["dag"] for run in runs} == EXPECTED_RUNS
    assert outcomes(copied_home) == outcomes(sent.home)
    assert {folder.name for folder in copied_home.builds.iterdir()} > {sent.before.name}
    assert differing_marts(builds.database(copied_home), builds.database(sent.home)) == []
