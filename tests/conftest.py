"""What all tests share: hypothesis' profiles, markers that are derived, and a warehouse home that holds the clean samples."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from hypothesis import settings

from ingestion.system_faults import RAISE
from tests.support.answers import SAMPLES
from tests.support.copies import copy_of
from tests.support.external_tools import lacking, missing_tools
from tests.support.few_samples import FEW_SAMPLES, clean_files, put
from warehouse.home import Home

if TYPE_CHECKING:
    from tests.support.corrected_home import Corrected
    from tests.support.dbt_builds import EmptyBuild

# The same code gives the same result: generated examples are others only where FUZZ asks for more of them, as FUZZ=20
# does. No deadline: the machine may be busy.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("fuzz", deadline=None)
# Chosen by --hypothesis-profile. A tenth of hypothesis' own 100; tests that name a number of their own keep it.
settings.register_profile("fast", settings.get_profile("repeatable"), max_examples=10)
settings.load_profile("fuzz" if "FUZZ" in os.environ else "repeatable")

CLEAN_HOME = "clean_home"
SHARED_FOLDER = "WAREHOUSE_TESTS_FOLDER"
"""Variable that names an empty folder: several sessions of one state of the code (.ci/run) make once what they only read."""
# Fixtures of a session that several files share: the tests that want one go to one worker, which makes it once.
GROUP_OF_FIXTURE = {
    "built": "built",
    "dags": "airflow",
    "demo_home": "demo",
    "database": "airflow",
    "corrected": "corrected",
    "corrected_clean_home": "corrected",
    "empty_build": "built",
    "sent": "sent",
}

# Groups that take more than half a minute of a processor, longest first: what is long and begins late leaves a worker
# alone at the end. Seconds as pytest's --durations shows them; only the order matters.
LONGEST_FIRST = (
    "built",
    "demo",
    "corrected",
    "sent",
    "tests/ingestion/test_hostile.py",
    "tests/orchestration/test_local_run.py",
    "airflow",
    "tests/expectations/test_rules.py",
    "tests/pipeline/test_old_home.py",
    "tests/pipeline/intake/test_arrival.py",
    "tests/docs/test_adding_a_dataset.py",
    "tests/ingestion/test_sandbox.py",
    "tests/pipeline/intake/test_inserted_faults_in_tables.py",
)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every test its place among the workers of pytest-xdist (--dist loadgroup).

    The tests of a file stay together, in one worker, and so share what the file's fixtures made; those that want
    `clean_home` alone go to whichever worker is free. One of them asks for it at once, and the others come after all
    other slow tests, so that nobody waits while it is made; the quick ones fill up the end.
    """
    for item in items:
        group = _group(item)
        if group is not None and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(group))
    want = [item for item in items if _wants_clean_home(item)]
    first = [item for item in want if _group(item) is None][:1]
    others = [item for item in items if not _wants_clean_home(item)]
    slow = {item.path for item in others if item.get_closest_marker("slow")}
    items[:] = [
        *first,
        *sorted((item for item in others if item.path in slow), key=_place),
        *sorted((item for item in want if item not in first), key=_place),
        *(item for item in others if item.path not in slow),
    ]


def _wants_clean_home(item: pytest.Item) -> bool:
    return CLEAN_HOME in getattr(item, "fixturenames", ())


def _group(item: pytest.Item) -> str | None:
    """The tests that must go to one worker; None for one that any worker may take."""
    fixtures = getattr(item, "fixturenames", ())
    shared = next((GROUP_OF_FIXTURE[name] for name in fixtures if name in GROUP_OF_FIXTURE), None)
    if shared is None and _wants_clean_home(item):
        return None
    return shared or item.nodeid.partition("::")[0]


def _place(item: pytest.Item) -> int:
    group = _group(item)
    return LONGEST_FIRST.index(group) if group in LONGEST_FIRST else len(LONGEST_FIRST)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose external tools are missing, naming them; on a CI machine it fails."""
    for marker in item.iter_markers("external"):
        if missing := missing_tools(marker.args):
            lacking(missing)


@pytest.fixture(scope="session")
def workers_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder of this session that all its workers see; SHARED_FOLDER, where it is set, also for the sessions after it."""
    if given := os.environ.get(SHARED_FOLDER):
        return Path(given)
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session", autouse=True)
def shared_work(workers_folder: Path) -> Iterator[None]:
    """Readings of sample files and the parsed dbt project are made once, whoever needs them; builds carry no report, which
    tests/reporting/report makes of one of them.
    """
    from pipeline.build import report
    from tests.support.shared_manifest import share_manifests
    from tests.support.shared_readings import share_readings

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_WRITE_JSON", "false")  # nobody reads dbt's own record of a run
        patch.setenv(RAISE, "1")  # what reading leaves out of every account fails the test that meets it
        patch.setattr(report, "write", lambda home, folder, let_through: None)
        patch.setattr(report, "write_public", lambda public, let_through: None)
        share_readings(workers_folder / "readings", patch)
        share_manifests(workers_folder / "manifests", patch)
        yield


@pytest.fixture
def unshared_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is read for real, in the sandbox: for tests whose subject that is."""
    from tests.support.shared_readings import read_for_real

    read_for_real(monkeypatch)


def _made_once(root: Path, fill: Callable[[Home], None]) -> Home:
    """A home that took in what `fill` put into its inbox by the plain local path, without Airflow, and published it; made
    by the worker that asks first.
    """
    from pipeline.run import load

    home, done = Home(root), root.with_name(f"{root.name}.done")
    with FileLock(root.with_name(f"{root.name}.lock")):
        if not done.exists():
            done.write_text("the worker that made it failed")
            fill(home)
            load(home)
            done.write_text("")
    assert not done.read_text(), f"{home.root}: {done.read_text()}"
    return home


@pytest.fixture(scope="session")
def clean_home(workers_folder: Path) -> Home:
    """A home that took in samples/clean by the plain local path and published it. Made once for all workers.

    Only to be read; a test that changes it takes `copied_home`. That Airflow makes the same of it is tested in
    tests/orchestration.
    """
    files = clean_files(path.name for path in (SAMPLES / "clean").iterdir())
    return _made_once(workers_folder / "clean-home", lambda home: put(home.ensure(), "clean", *files))


@pytest.fixture(scope="session")
def demo_home(clean_home: Home, workers_folder: Path) -> Home:
    """A home that took in samples/clean and then samples/2026: what `make demo` takes in. Only to be read."""
    from cli.demo import DEMO_INBOXES, submissions_below
    from pipeline.intake.inbox import drop

    def fill(home: Home) -> None:
        copy_of(clean_home, home.root)
        drop(home, DEMO_INBOXES[1], submissions_below(DEMO_INBOXES[1]))

    return _made_once(workers_folder / "demo-home", fill)


@pytest.fixture(scope="session")
def few_samples_home(workers_folder: Path) -> Home:
    """As `clean_home`, of FEW_SAMPLES alone and without dbt's data tests. Only to be read."""
    from tests.support.dbt_builds import without_data_tests

    with without_data_tests():
        return _made_once(workers_folder / "few-samples-home", lambda home: put(home.ensure(), "clean", *FEW_SAMPLES))


@pytest.fixture(scope="session")
def corrected(few_samples_home: Home) -> "Corrected":
    """A home of a few samples that went on as `corrected_copy` says. Only to be read."""
    from tests.support.corrected_home import corrected_copy
    from tests.support.dbt_builds import without_data_tests

    with without_data_tests():
        return corrected_copy(few_samples_home, "corrected-home")


@pytest.fixture(scope="session")
def empty_build(tmp_path_factory: pytest.TempPathFactory) -> "EmptyBuild":
    """What dbt makes of nothing, after it has failed. Only to be read."""
    from tests.support.dbt_builds import build_after_a_failure

    return build_after_a_failure(tmp_path_factory.mktemp("empty"))


@pytest.fixture
def copied_home(clean_home: Home, tmp_path: Path) -> Iterator[Home]:
    """A copy of `clean_home` that a test may change."""
    home = Home(tmp_path / "home")
    copy_of(clean_home, home.root)
    yield home


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build database of the whole small district; every data test and unit test has passed. Only to be read."""
    from tests.support.dbt_builds import build
    from tests.support.small_district_records import full_district

    return build(tmp_path_factory.mktemp("marts"), full_district())


def _published(build_db: Path, folder: Path) -> Path:
    """The marts of a build database as they are published: a file of their own, with comments."""
    from pipeline.build.publishing import public_tables
    from warehouse.marts import DATABASE, copy_marts

    copy_marts(build_db, folder, public_tables(build_db))
    return folder / DATABASE


@pytest.fixture(scope="session")
def published_marts(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published database of the small district. Only to be read."""
    return _published(built, tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="session")
def empty_published(empty_build: "EmptyBuild", tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published database of an empty warehouse. Only to be read."""
    return _published(empty_build.path, tmp_path_factory.mktemp("published-empty"))
