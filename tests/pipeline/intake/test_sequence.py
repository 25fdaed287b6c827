"""Versions: what arrives late is judged against what followed it, and what followed it against what is late."""

import os
import shutil
from pathlib import Path

import pytest

from pipeline.release.rebuild import rebuild
from pipeline.run import load
from tests.support.answers import SAMPLES
from tests.support.receipt_of import receipt_of
from warehouse.home import Home
from warehouse.ledger import Ledger

pytestmark = pytest.mark.slow

STEPS = sorted(path for path in (SAMPLES / "sequence").iterdir() if path.is_dir())


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home").ensure()
    for dataset in ("admin_boundary", "planning_zone"):
        shutil.copytree(SAMPLES / "clean" / dataset, home.inbox / dataset)
    load(home, build_marts=False)
    return home


def test_a_month_that_arrives_late_throws_light_on_the_next(tmp_path: Path) -> None:
    """The trap's month falls below the one before: it is held if it comes after it, and remarked upon if it was
    accepted first.
    """
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
        (follow_up,) = ledger.findings(first.submission_id)
    assert (first.state, second.state) == ("accepted", "accepted")
    assert (follow_up.rule_id, follow_up.severity, follow_up.cell) == (
        "project_progress.cumulative_falls",
        "warning",
        "L9",
    )
    assert "累计新增耕地" in (receipt_of(home, first.submission_id) / "receipt.txt").read_text(encoding="utf-8")


@pytest.mark.skipif(
    os.environ.get("SEQUENCE") != "all",
    reason="SEQUENCE=all builds and rebuilds after each of the seven steps, in minutes; once: release/test_rebuild.py",
)
@pytest.mark.parametrize("steps", range(1, len(STEPS) + 1))
def test_the_marts_of_the_living_warehouse_are_those_of_one_rebuilt_from_the_archive(
    home: Home, tmp_path: Path, steps: int
) -> None:
    """After so many steps."""
    for step in STEPS[:steps]:
        shutil.copytree(step / "ecology", home.inbox / "ecology" / step.name[:2])
        load(home, build_marts=step is STEPS[steps - 1])
    files = sum(len(list((step / "ecology").iterdir())) for step in STEPS[:steps])
    report = rebuild(home, Home(tmp_path / "again"))
    assert (report["different"], report["same_code"], report["submissions"]) == ([], True, 2 + files)
