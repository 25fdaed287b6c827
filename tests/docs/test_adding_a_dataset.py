"""docs/adding-a-dataset.md, carried out in a copy of the project: a contract, a fixture and a staging model bring a file
from the inbox to dbt, and what they bring can be published.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from contracts import contracts
from tests.support.dbt_builds import fill, rows
from tests.support.small_district import district
from warehouse.home import CHECKOUT

pytestmark = pytest.mark.slow

ROOMS = (
    "contracts",
    "spatial",
    "warehouse",
    "ingestion",
    "expectations",
    "reporting",
    "pipeline",
    "orchestration",
    "cli",
    "dev",
    "dbt_project",
)
DOCUMENT = CHECKOUT / "docs" / "adding-a-dataset.md"
BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.M | re.S)
FILE = re.compile(r"^(?:#|--) (?P<path>\S+)\n")


def blocks(before: str) -> list[tuple[str, str]]:
    """Kind and text of each block of the document above a heading."""
    text = DOCUMENT.read_text(encoding="utf-8")
    return [(found["kind"], found["text"]) for found in BLOCK.finditer(text[: text.index(before)])]


def copied(tmp_path: Path, *rooms: str) -> Path:
    project = tmp_path / "project"
    project.mkdir()
    shutil.copyfile(CHECKOUT / "requirements.lock", project / "requirements.lock")
    (project / "dags").mkdir()
    for room in rooms:
        shutil.copytree(CHECKOUT / room, project / room, ignore=shutil.ignore_patterns("__pycache__", "target"))
    return project


def run(project: Path, home: Path, commands: str, **more: str) -> str:
    """What a shell prints for these commands in the copy; the status of the last one does not count, a traceback does.
    more: further environment variables.
    """
    environment = os.environ | {
        "PYTHONPATH": str(project),
        "WAREHOUSE_HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "COLUMNS": "200",
        **more,
    }
    for name in {"DBT_TARGET_PATH", "DBT_LOG_PATH"} - more.keys():
        environment.pop(name, None)
    ran = subprocess.run(
        ["bash", "-c", commands], cwd=project, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert "Traceback" not in ran.stderr, ran.stderr
    return ran.stdout


@pytest.mark.thorough
def test_a_contract_a_fixture_and_a_staging_model_are_all_that_a_dataset_needs(tmp_path: Path) -> None:
    _carried_out(copied(tmp_path, *ROOMS), tmp_path / "home")


@pytest.mark.thorough
def test_a_dataset_that_was_added_is_published(tmp_path: Path) -> None:
    project, home = copied(tmp_path, *ROOMS), tmp_path / "home"
    _carried_out(project, home)
    published = run(project, home, "warehouse publish")
    assert '"is_new": true' in published, published
    again = run(project, home, "rm -r dbt_project/target dbt_project/logs; warehouse publish")
    assert "nothing changed" in again, "what dbt writes beside its sources is no part of the code"


def _carried_out(project: Path, home: Path) -> None:
    """Carry out the document in a copy of the project; what each command prints is what the document says."""
    written, printed = [], ""
    for kind, text in blocks("## 5."):
        if found := FILE.match(text):
            path = project / found["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text[found.end() :], encoding="utf-8")
            written.append(found["path"])
        elif kind == "sh":
            printed = run(project, home, text)
        else:
            assert kind == "text"
            lines = iter(printed.splitlines())
            missing = [
                line for line in text.splitlines() if line not in lines
            ]  # each is there, after the one before it
            assert not missing, printed
    assert [path.split("/")[0] for path in written] == ["contracts", "tests", "dbt_project"]
    assert "irrigation" not in contracts(), "the project itself is as it was"
    assert (project / "dbt_project" / "target").is_dir(), "dbt wrote where it does by default"


@pytest.mark.thorough
def test_one_row_is_all_that_an_indicator_needs(tmp_path: Path) -> None:
    project, database = copied(tmp_path, "dbt_project"), tmp_path / "build.duckdb"
    (row,) = [
        text[found.end() :]
        for _, text in blocks("A measure that")
        if (found := FILE.match(text)) and "indicator.csv" in found["path"]
    ]
    with (project / "dbt_project" / "seeds" / "indicator.csv").open("a", encoding="utf-8") as registry:
        registry.write(row)
    fill(database, district())
    run(
        project,
        tmp_path,
        f"WAREHOUSE_BUILD_DB={database} dbt build --quiet --exclude-resource-type unit_test test --select "
        "+mart_indicator_district --project-dir dbt_project --profiles-dir dbt_project",
        DBT_TARGET_PATH=str(tmp_path / "target"),
        DBT_LOG_PATH=str(tmp_path / "logs"),
    )
    found = rows(
        database,
        "select numerator, denominator, value, unit from marts.mart_indicator_district where indicator_code = 'wetland_rate'",
    )
    assert found and all(
        value == pytest.approx(100 * part / whole) and measure_unit == "%" for part, whole, value, measure_unit in found
    )
