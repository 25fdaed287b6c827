"""The plan's safeguards, of which there are no samples: files as offices would send them go from the inbox to their
staging models.
"""

import shutil

import duckdb
import pytest

from pipeline.build import run as build
from pipeline.run import load
from tests.support.answers import SAMPLES
from tests.support.dbt_builds import dbt, rows
from tests.support.shared_readings import FIXTURES
from warehouse.home import Home
from warehouse.ledger import Ledger

pytestmark = pytest.mark.slow

DATASETS = ("annual_task", "project_funds", "public_feedback")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that took in the fixtures beside the samples' project ledger, and its build database with the three
    staging models.
    """
    made = Home(tmp_path_factory.mktemp("safeguards") / "home").ensure()
    for folder in (*(FIXTURES / name for name in DATASETS), SAMPLES / "clean" / "project_ledger"):
        shutil.copytree(folder, made.inbox / folder.name)
    load(made, build_marts=False)
    build.sync(made)
    result = dbt(made.build_db, "run", "--select", *(f"stg_{name}" for name in DATASETS))
    assert result.success, result.exception
    return made


def reporting_units(home: Home, dataset: str) -> tuple[str, dict[str, str], set[str]]:
    """State of the dataset's one file, of its units, and the rules that found something grave or doubtful in it."""
    with Ledger.open(home) as ledger:
        (one,) = [item for item in ledger.submissions() if item.dataset == dataset]
        found = {item.rule_id for item in ledger.findings(one.submission_id) if item.severity != "info"}
        assert one.rows_read == one.rows_accepted + one.rows_held + one.rows_control
        return (
            one.state,
            {record.reporting_unit: record.state for record in ledger.reporting_units(one.submission_id)},
            found,
        )


def staged(home: Home, dataset: str, columns: str) -> list[tuple[object, ...]]:
    return rows(home.build_db, f"select {columns} from staging.stg_{dataset} order by row_id")


@pytest.mark.thorough
def test_annual_tasks(home: Home) -> None:
    assert reporting_units(home, "annual_task") == (
        "partly_held",
        {"land_consolidation_area": "accepted", "hsf_upgrade_area": "accepted", "rural_waste_treatment_rate": "held"},
        {"annual_task.unit_of_other_kind", "annual_task.parts_differ_from_district", "annual_task.below_target"},
    )
    assert staged(home, "annual_task", "indicator_code, period, area, task_value, task_unit, document_no") == [
        ("land_consolidation_area", "2025", "140404", 420.0, "ha", "上政发〔2025〕2号"),
        ("land_consolidation_area", "2025", "140404102", 60.0, "ha", "上政发〔2025〕2号"),
        ("land_consolidation_area", "2025", "区自然资源局", 360.0, "ha", "上政发〔2025〕2号"),
        ("hsf_upgrade_area", "2025", "140404", 4.3, "wan_mu", "上政发〔2025〕2号"),
    ]


@pytest.mark.thorough
def test_project_funds(home: Home) -> None:
    assert reporting_units(home, "project_funds") == (
        "partly_held",
        {"A1": "accepted", "A2": "accepted", "Z9": "held"},
        {"normalize.unknown_project", "project_funds.paid_exceeds_arrived"},
    )
    assert staged(
        home, "project_funds", "project_id, period, level, instrument, allocated_wan, arrived_wan, paid_wan"
    ) == [
        ("A1", "2025-06", "中央", "专项资金", 1200.0, 1000.0, 800.5),
        ("A1", "2025-06", "县", "债券", 300.0, 300.0, 120.0),
        ("A2", "2025-06", "社会", "社会资本", 50.0, 40.0, 60.0),
    ]


def test_feedback_is_taken_in_without_anybodys_name(home: Home) -> None:
    assert reporting_units(home, "public_feedback") == (
        "partly_held",
        {"YJ-2025-001": "accepted", "YJ-2025-002": "accepted", "YJ-2025-003": "held"},
        {"public_feedback.personal_data"},
    )
    assert staged(
        home, "public_feedback", "feedback_no, kind, township_code, project_id, received_on::varchar, satisfied"
    ) == [
        ("YJ-2025-001", "群众", "140404102", "A3", "2025-03-01", True),
        ("YJ-2025-002", "专家", "140404103", None, "2025-03-05", True),
    ]
    with duckdb.connect(str(home.build_db), read_only=True) as con:
        kept = str(con.sql("from raw.public_feedback").fetchall())
    assert "某" not in kept and "建议田间道路加宽" in kept
