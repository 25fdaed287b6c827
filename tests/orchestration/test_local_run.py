"""Runs of the DAGs without a scheduler: in a home whose path has awkward characters, and for several homes in one process."""

import shutil
from pathlib import Path

import pytest

from orchestration.local_run import LocalAirflow
from pipeline.build import run as build
from tests.support.answers import SAMPLES
from warehouse import builds
from warehouse.home import Home, UnusableHome
from warehouse.ledger import Ledger
from warehouse.serving import query

AWKWARD = "仓 库 #1 100%25 [a] %s;'b'"  # what URLs, patterns, configuration files and SQL take for something else
LAYERS = ("admin_boundary/上党区行政区XZQ_2021.gpkg", "planning_zone/规划分区（整治区、修复区）.geojson")
TOWNSHIPS = "select count(*) as townships, round(sum(land_area_ha), 1) as ha from dim_township"


def put_layers(home: Home) -> None:
    home.ensure()
    for name in LAYERS:
        target = home.inbox / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SAMPLES / "clean" / name, target)


@pytest.mark.slow
def test_a_home_path_may_have_awkward_characters_and_one_process_serves_several_homes(tmp_path: Path) -> None:
    awkward, plain = Home(tmp_path / AWKWARD), Home(tmp_path / "plain")
    put_layers(awkward)
    put_layers(plain)
    with LocalAirflow(awkward) as airflow:
        for home in (awkward, plain):
            runs = airflow.run(home)
            assert {run["state"] for run in runs} == {"success"}, (runs, airflow.log.read_text(errors="replace"))
            assert [run["dag"] for run in runs][-1] == "build_marts"
        assert [run["dag"] for run in airflow.run(plain)] == ["receive_inbox"], "nothing new: nothing else runs"
    for home in (awkward, plain):
        assert query(home, TOWNSHIPS).to_pylist() == [{"townships": 10, "ha": 48228.0}]
        with Ledger.open(home) as ledger:
            assert [one.state for one in ledger.submissions()] == ["accepted", "accepted"]
        folder = builds.current(home)
        assert folder and builds.is_intact(folder)
        assert not build.is_due(home)
    assert not (plain.airflow / "airflow.db").exists(), "Airflow's own state lies in the first home"


def test_a_question_mark_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableHome, match="question mark"):
        Home(tmp_path / "a?b")
