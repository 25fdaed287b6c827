"""The report of the build of the clean samples, made once."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from reporting.report import page
from reporting.report.files import REPORT
from warehouse import builds
from warehouse.home import Home
from warehouse.marts import DATABASE


@dataclass(frozen=True)
class Made:
    """folder: of the report; database: of its build; cpu_seconds: what making it took."""

    folder: Path
    database: Path
    cpu_seconds: float
    files: list[str]


@pytest.fixture(scope="session")
def made(clean_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Made:
    published = builds.current(clean_home)
    assert published is not None
    build = tmp_path_factory.mktemp("report") / "build"
    build.mkdir()
    shutil.copytree(published / "maps", build / "maps")
    began = _cpu_seconds()
    files = page.write(build, published / DATABASE)
    return Made(build / REPORT, published / DATABASE, _cpu_seconds() - began, files)


def _cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system


@pytest.fixture(scope="session")
def marts(made: Made) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(made.database), read_only=True) as con:
        yield con
