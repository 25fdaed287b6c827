"""Versions: after each step of samples/sequence, what is in force is what the key says, and no row is unaccounted for."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from pipeline.load import load
from pipeline.rebuilding import rebuild
from tests.answers import SAMPLES, findings_of, is_named, key, rows_of
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.staged import read_staged

pytestmark = pytest.mark.slow

STEPS = sorted(path for path in (SAMPLES / "sequence").iterdir() if path.is_dir())
FIELDS = ("land_area_ha", "forest_area_ha", "wetland_area_ha", "protected_wetland_area_ha", "redline_area_km2")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home").ensure()
    for dataset in ("admin_boundary", "planning_zone"):
        shutil.copytree(SAMPLES / "clean" / dataset, home.inbox / dataset)
    load(home, build_marts=False)
    return home


def in_force(home: Home, ledger: Ledger) -> dict[str, tuple[str, dict[str, Any]]]:
    """Per township: the step that its figures came from, and the figures."""
    found = {}
    for version in ledger.current_units("ecology"):
        frame = read_staged(home, str(version.staged_as), "ecology").to_pylist()
        row = next(row for row in frame if row["unit"] == version.unit)
        found[version.unit] = (str(ledger.get(version.submission_id).sender), row)
    return found


def test_each_step_leaves_in_force_what_the_key_says(home: Home) -> None:
    for step in STEPS:
        number = step.name[:2]
        file = next((step / "ecology").iterdir())
        inbox = home.inbox / "ecology" / number
        inbox.mkdir(parents=True)
        shutil.copyfile(file, inbox / file.name)
        load(home, build_marts=False)
        with Ledger.open(home) as ledger:
            submission = ledger.submissions(dataset="ecology")[-1]
            rows = rows_of(f"sequence/{step.name}/ecology/{file.name}")
            counted = (submission.rows_read, submission.rows_accepted, submission.rows_held, submission.rows_control)
            assert counted == tuple(int(rows[name]) for name in ("rows_read", "rows_accepted", "rows_held", "control_rows")), step.name
            found = ledger.findings(submission.submission_id)
            assert all(is_named(row, found) for row in findings_of(rows["file"])), (step.name, found)
            assert all(balance.is_balanced for balance in ledger.balance())
            state = in_force(home, ledger)
        expected = [row for row in key("expected_sequence") if row["step"] == number]
        assert len(state) == len(expected) == 10
        for row in expected:
            from_step, figures = state[row["township_code"]]
            assert from_step == row["from_step"], (step.name, row["township_name"])
            assert {name: figures[name] for name in FIELDS} == {name: pytest.approx(float(row[name])) for name in FIELDS}


def test_a_month_that_arrives_late_throws_light_on_the_next(tmp_path: Path) -> None:
    """The trap's month falls below the one before: it is held if it comes after it, and remarked upon if it was accepted first."""
    home = Home(tmp_path / "home").ensure()
    june = next(path for path in (SAMPLES / "clean" / "project_progress").iterdir() if "2025年6月" in path.name)
    falls = next(path for path in (SAMPLES / "traps" / "project_progress").iterdir() if "累计下降" in path.name)
    shutil.copytree(SAMPLES / "clean" / "project_ledger", home.inbox / "project_ledger")
    (home.inbox / "project_progress").mkdir()
    for file in (falls, june):
        shutil.copyfile(file, home.inbox / "project_progress" / file.name)
        load(home, build_marts=False)
    with Ledger.open(home) as ledger:
        first, second = ledger.submissions(dataset="project_progress")
        (remark,) = ledger.findings(first.submission_id)
    assert (first.state, second.state) == ("accepted", "accepted")
    assert (remark.rule_id, remark.severity, remark.cell) == ("project_progress.cumulative_falls", "warning", "L9")
    assert "累计新增耕地" in (home.receipts / first.submission_id / "receipt.txt").read_text(encoding="utf-8")


def test_the_marts_of_the_living_warehouse_are_those_of_one_rebuilt_from_the_archive(home: Home, tmp_path: Path) -> None:
    """After the step that corrects a part; a build after each of the seven takes minutes and says no more."""
    for step in STEPS[:6]:
        shutil.copytree(step / "ecology", home.inbox / "ecology" / step.name[:2])
        load(home, build_marts=step is STEPS[5])
    report = rebuild(home, Home(tmp_path / "again"))
    assert (report["different"], report["same_code"], report["submissions"]) == ([], True, 2 + 6)
