"""No accepted file stops a build: whatever samples and traps come, in whatever order, what is accepted of them is
published, and nothing is due afterwards.

Real are intake, the checks of boundaries against zones, the overlay and what follows from it; dbt and the gate are
stand-ins (tests/support/light_builds.py), but for one history, in which they are real.
"""

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.build import run as build
from pipeline.run import load
from tests.support.answers import SAMPLES
from tests.support.cheap_intake import cheapen
from tests.support.dbt_builds import without_data_tests
from tests.support.light_builds import FIGURES, lighten
from warehouse import builds
from warehouse.home import Home
from warehouse.ledger import Ledger

pytestmark = pytest.mark.slow

SHORT_RUN, LONG_RUN = 3, int(os.environ.get("ORDERS", "40"))
MOST_FILES = 7
# Boundaries and zones that do not fit each other, layers that are cut by them, and tables that wait for others.
FRAMES = (
    "clean/admin_boundary/上党区行政区XZQ_2021.gpkg",
    "clean/planning_zone/规划分区（整治区、修复区）.geojson",
    *(
        path.relative_to(SAMPLES).as_posix()
        for dataset in ("admin_boundary", "planning_zone")
        for path in sorted((SAMPLES / "traps" / dataset).glob("*"))
        if path.is_file()
    ),
)
CUT = (
    "clean/wetland",
    "clean/mining_subsidence",
    "clean/project_site",
    "clean/forest_land",
    "traps/wetland",
    "traps/project_site",
    "traps/mining_subsidence",
    "traps/forest_land",
)
TABLES = ("clean/project_ledger", "clean/ecology", "traps/ecology", "traps/project_ledger", "traps/rural_waste")


def _files(folders: Sequence[str]) -> list[str]:
    found = (path for name in folders for path in sorted((SAMPLES / name).glob("*")) if path.is_file())
    return [path.relative_to(SAMPLES).as_posix() for path in found]


orders = st.lists(
    st.sampled_from(FRAMES) | st.sampled_from(_files(CUT)) | st.sampled_from(_files(TABLES)),
    min_size=3,
    max_size=MOST_FILES,
    unique=True,
)


def _sent_and_built(home: Home, batches: Sequence[Sequence[str]]) -> None:
    """Send the files, batch after batch, and publish after each."""
    for batch in batches:
        for name in batch:
            target = home.inbox / Path(name).parent.name / Path(name).name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(SAMPLES / name, target)
        load(home)
        assert not build.is_due(home)
    with Ledger.open(home) as ledger:
        accepted = {(one.dataset, one.submission_id) for one in ledger.current_units()}
        assert builds.manifest(home)["inputs_fingerprint"] == ledger.accepted_fingerprint()  # type: ignore[index]
        assert all(balance.is_balanced for balance in ledger.balance())
        undecided = [one.file_name for one in ledger.submissions(states=("received", "staged"))]
        assert undecided == []
    with duckdb.connect(str(builds.database(home)), read_only=True) as con:
        marts = [name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()]
        shown = {
            (name.removeprefix(f"{FIGURES}_"), submission)
            for name in marts
            if name.startswith(FIGURES)
            for (submission,) in con.execute(f"select distinct submission_id from {name}").fetchall()
        }
    if any(name.startswith(FIGURES) for name in marts):
        assert shown == accepted


def _any_order_is_published(most: int) -> None:
    @settings(max_examples=most, deadline=None, suppress_health_check=list(HealthCheck), report_multiple_bugs=False)
    @given(orders, st.integers(0, MOST_FILES))
    def is_published(order: list[str], cut: int) -> None:
        with tempfile.TemporaryDirectory(dir=os.environ.get("HISTORIES_FOLDER")) as folder:
            home = Home(Path(folder) / "home").ensure()
            _sent_and_built(home, [one for one in (order[:cut], order[cut:]) if one])

    is_published()


@pytest.fixture
def stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    lighten(monkeypatch)
    cheapen(monkeypatch, has_receipts=False)


@pytest.mark.usefixtures("stand_ins")
def test_a_few_orders_are_published() -> None:
    _any_order_is_published(SHORT_RUN)


@pytest.mark.usefixtures("stand_ins")
@pytest.mark.thorough
def test_many_orders_are_published() -> None:
    _any_order_is_published(LONG_RUN)


@pytest.mark.thorough
def test_zones_before_boundaries_and_traps_among_them_are_published_by_dbt_and_the_gate(tmp_path: Path) -> None:
    zones, boundary = FRAMES[1], FRAMES[0]
    order = [zones, *_files(CUT)[:2], *FRAMES[2:], boundary, *_files(TABLES)[:3]]
    with without_data_tests():
        _sent_and_built(Home(tmp_path / "home").ensure(), [order])
