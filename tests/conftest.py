"""What the slow tests share: a warehouse home that Airflow filled with the clean samples, made once for all workers."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from tests.support.answers import SAMPLES
from warehouse.home import Home

# The same code gives the same result: generated examples are others only where FUZZ asks for more of them, as FUZZ=20
# does
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("fuzz", deadline=None)
settings.load_profile("fuzz" if "FUZZ" in os.environ else "repeatable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`clean_home` takes a minute to make: one test asks for it at once and all others that want it come last, so that
    no worker waits.
    """
    want = [item for item in items if "clean_home" in getattr(item, "fixturenames", ())]
    items[:] = [*want[:1], *(item for item in items if item not in want), *want[1:]]


@pytest.fixture(scope="session")
def clean_home(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Home:
    """A home that holds samples/clean, carried through Airflow in-process and published. Shared: read it, or copy it
    (`copy_of`).
    """
    from cli.demo import drop
    from orchestration.local_run import run_dags

    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    home = Home(shared / "clean-home")
    done = shared / "clean-home.done"
    with FileLock(shared / "clean-home.lock"):
        if not done.exists():
            inbox = SAMPLES / "clean"
            drop(home, inbox, sorted(path.relative_to(inbox) for path in inbox.rglob("*") if path.is_file()))
            runs = run_dags(home)
            failed = [run for run in runs if run["state"] == "failed"]
            assert not failed, failed
            done.touch()
    return home


@pytest.fixture
def copied_home(clean_home: Home, tmp_path: Path) -> Iterator[Home]:
    """A copy of `clean_home` that a test may change."""
    home = Home(tmp_path / "home")
    shutil.copytree(clean_home.root, home.root, symlinks=True)
    yield home
