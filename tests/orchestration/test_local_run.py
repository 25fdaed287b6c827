"""Runs of the DAGs without a scheduler: in a home whose path has awkward characters, for several homes in one process,
and with the outcome of the plain local path.
"""

from pathlib import Path

import pytest

from orchestration.local_run import ORDER, LocalAirflow
from pipeline.build import run as build
from pipeline.run import load
from tests.support.copies import copy_of
from tests.support.few_samples import BOUNDARIES, put
from tests.support.outcomes import outcomes
from warehouse import builds
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.serving import query

AWKWARD = "仓 库 #1 100%25 [a] %s;'b'"  # what URLs, patterns, configuration files and SQL take for something else
TOWNSHIPS = "select count(*) as townships, round(sum(land_area_ha), 1) as ha from dim_township"
INGESTS = tuple(name for name in ORDER if name != "build_marts")
FAULTY = "ecology/生态年报（保护湿地大于湿地）.xlsx"


def put_layers(*homes: Home) -> None:
    for home in homes:
        put(home.ensure(), "clean", *BOUNDARIES)


@pytest.mark.slow
def test_airflow_reads_and_decides_as_the_plain_local_path_and_one_process_serves_several_homes(
    few_samples_home: Home, tmp_path: Path
) -> None:
    """Two layers and a faulty workbook in a home with an awkward path, then the workbook in a home that was published.
    That a build follows, in such a path too, the running Airflow of tests/deploy shows.
    """
    awkward, second, plain = Home(tmp_path / AWKWARD), Home(tmp_path / "second"), Home(tmp_path / "plain")
    copy_of(few_samples_home, second.root)
    put_layers(awkward, plain)
    for home in (awkward, plain):
        put(home, "traps", FAULTY)
    with LocalAirflow(awkward) as airflow:
        assert [run["dag"] for run in airflow.run(second)] == ["receive_inbox"], "nothing new: nothing else runs"
        put(second, "traps", FAULTY)
        for home in (awkward, second):
            runs = airflow.run(home, INGESTS)
            assert {run["state"] for run in runs} == {"success"}, (runs, airflow.log.read_text(errors="replace"))
            assert [run["dag"] for run in runs] == list(INGESTS)
    load(plain, build_marts=False)
    assert outcomes(awkward) == outcomes(plain)
    assert [one["counts"][0] for one in outcomes(awkward)] == ["accepted", "partly_held", "accepted"]
    assert len(outcomes(second)) == len(outcomes(few_samples_home)) + 1
    assert not (second.airflow / "airflow.db").exists(), "Airflow's own state lies in the first home"


def _is_published(home: Home) -> None:
    assert query(home, TOWNSHIPS).to_pylist() == [{"townships": 10, "ha": 48228.0}]
    folder = builds.current(home)
    assert folder and builds.is_intact(folder)
    assert not build.is_due(home)


@pytest.mark.slow
@pytest.mark.thorough
def test_a_home_path_may_have_awkward_characters_and_one_process_serves_several_homes(tmp_path: Path) -> None:
    awkward, plain = Home(tmp_path / AWKWARD), Home(tmp_path / "plain")
    put_layers(awkward, plain)
    with LocalAirflow(awkward) as airflow:
        for home in (awkward, plain):
            runs = airflow.run(home)
            assert {run["state"] for run in runs} == {"success"}, (runs, airflow.log.read_text(errors="replace"))
            assert [run["dag"] for run in runs][-1] == "build_marts"
        assert [run["dag"] for run in airflow.run(plain)] == ["receive_inbox"], "nothing new: nothing else runs"
    for home in (awkward, plain):
        _is_published(home)
        with Ledger.open(home) as ledger:
            assert [one.state for one in ledger.submissions()] == ["accepted", "accepted"]
    assert not (plain.airflow / "airflow.db").exists(), "Airflow's own state lies in the first home"
