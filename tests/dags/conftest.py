"""An Airflow of the tests' own. Its settings must stand in the environment before anything imports Airflow: they are
set at once.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestration.settings import environment, prepare
from warehouse.home import Home

assert "airflow" not in sys.modules, "a test module imported Airflow at its top; it would use another database"
AIRFLOW_FOLDER = tempfile.TemporaryDirectory(prefix="warehouse-airflow-")
AIRFLOW_HOME = Home(Path(AIRFLOW_FOLDER.name)).ensure()
os.environ.update({name: value for name, value in environment(AIRFLOW_HOME).items() if name.startswith("AIRFLOW")})


@pytest.fixture(scope="session")
def dags() -> dict[str, Any]:
    """Every DAG by id, as Airflow parses them."""
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
    assert bag.import_errors == {}
    return bag.dags


@pytest.fixture(scope="session")
def database() -> Iterator[None]:
    """Airflow's metadata database, with the pools."""
    prepare(AIRFLOW_HOME, environment(AIRFLOW_HOME))
    yield
    from airflow import settings

    settings.dispose_orm()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """An empty warehouse home that the tasks find by WAREHOUSE_HOME."""
    monkeypatch.setenv("WAREHOUSE_HOME", str(tmp_path))
    return Home.from_env().ensure()
