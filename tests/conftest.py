"""What all tests share: hypothesis' profiles, markers that are derived, and a warehouse home that holds the clean samples."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from dev.checks import is_ci
from tests.support.answers import SAMPLES
from tests.support.external_tools import missing_tools
from warehouse.home import Home

# The same code gives the same result: generated examples are others only where FUZZ asks for more of them, as FUZZ=20
# does. No deadline: the machine may be busy.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("fuzz", deadline=None)
# Chosen by --hypothesis-profile. A tenth of hypothesis' own 100; tests that name a number of their own keep it.
settings.register_profile("fast", settings.get_profile("repeatable"), max_examples=10)
settings.load_profile("fuzz" if "FUZZ" in os.environ else "repeatable")

CLEAN_HOME = "clean_home"
# Fixtures of a session that several files share: the tests that want one go to one worker, which makes it once.
GROUP_OF_FIXTURE = {"built": "built", "dags": "airflow", "database": "airflow"}


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every test its place among the workers of pytest-xdist (--dist loadgroup).

    The tests of a file stay together, in one worker, and so share what the file's fixtures made; those that want
    `clean_home` go to whichever worker is free. One of them asks for it at once, and the others come after all other
    slow tests, so that nobody waits while it is made; the quick ones fill up the end.
    """
    want = [item for item in items if CLEAN_HOME in getattr(item, "fixturenames", ())]
    others = [item for item in items if item not in want]
    for item in others:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(_group(item)))
    slow = {item.path for item in others if item.get_closest_marker("slow")}
    items[:] = [
        *want[:1],
        *(item for item in others if item.path in slow),
        *want[1:],
        *(item for item in others if item.path not in slow),
    ]


def _group(item: pytest.Item) -> str:
    fixtures = getattr(item, "fixturenames", ())
    shared = next((GROUP_OF_FIXTURE[name] for name in fixtures if name in GROUP_OF_FIXTURE), None)
    return shared or item.nodeid.partition("::")[0]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose external tools are missing, naming them; on a CI machine it fails."""
    for marker in item.iter_markers("external"):
        if missing := missing_tools(marker.args):
            (pytest.fail if is_ci() else pytest.skip)(missing)


@pytest.fixture(scope="session")
def clean_home(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Home:
    """A home that took in samples/clean by the plain local path, without Airflow, and published it. Made once for all
    workers.

    Only to be read; a test that changes it takes `copied_home`. That Airflow makes the same of it is tested in
    tests/orchestration.
    """
    from pipeline.run import load

    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    home = Home(shared / "clean-home")
    done = shared / "clean-home.done"
    with FileLock(shared / "clean-home.lock"):
        if not done.exists():
            done.write_text("the worker that made it failed")
            home.ensure()
            shutil.copytree(SAMPLES / "clean", home.inbox, dirs_exist_ok=True)
            load(home)
            done.write_text("")
    assert not done.read_text(), f"{home.root}: {done.read_text()}"
    return home


@pytest.fixture
def copied_home(clean_home: Home, tmp_path: Path) -> Iterator[Home]:
    """A copy of `clean_home` that a test may change."""
    home = Home(tmp_path / "home")
    shutil.copytree(clean_home.root, home.root, symlinks=True)
    yield home
