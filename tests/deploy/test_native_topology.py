"""The commands of docker-compose.yml, started natively beside a PostgreSQL server of the test's own, carry a submission
to `current`.
"""

import shutil

import duckdb
import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from tests.support.answers import SAMPLES
from tests.support.native_services import Topology, topology, wait_until
from warehouse.home import Home

pytestmark = pytest.mark.external("postgresql")

LONG_RUNNING = ("api-server", "scheduler", "dag-processor", "triggerer")
# the ten townships of samples/clean/admin_boundary on the ellipsoid
DISTRICT_HA = 48228.0
LAYERS = ("admin_boundary", "planning_zone")
HEALTHY_SECONDS = 120
PUBLISHED_SECONDS = 180


def test_a_submission_reaches_current(capsys: pytest.CaptureFixture[str]) -> None:
    with topology() as native:
        assert native.start("airflow-init").wait(60) == 0, native.log_tails()
        for service in LONG_RUNNING:
            native.start(service)
        healthy = wait_until(
            lambda: all(map(native.is_healthy, LONG_RUNNING)), HEALTHY_SECONDS, "healthy services", native.log_tails
        )

        home = native.home
        files = [file for layer in LAYERS for file in (SAMPLES / "clean" / layer).iterdir()]
        for file in files:
            target = home.inbox / file.parent.name
            target.mkdir(parents=True)
            shutil.copyfile(file, target / file.name)
        # the boundaries may be published before the zones are there, by which the district is measured
        published = wait_until(lambda: _measured(home), PUBLISHED_SECONDS, "the edition", native.log_tails)
        with capsys.disabled():
            print(f"\nservices healthy after {healthy:.0f} s; published {published:.0f} s after the file")

        assert _measured(home) == (10, pytest.approx(DISTRICT_HA, abs=0.01))
        ledger = create_engine((native.secrets / "ledger_db_url").read_text(encoding="utf-8"))
        with ledger.connect() as connection:
            found = connection.execute(text("select file_name, state from submission")).all()
        ledger.dispose()
        assert sorted(found) == sorted((file.name, "accepted") for file in files)
        assert wait_until(lambda: _townships_for_bi(native) == 10, 60, "the marts for BI tools", native.log_tails) < 60
        assert not home.ledger_file.exists(), "the ledger is in PostgreSQL and nowhere else"
        assert not (home.airflow / "airflow.db").exists()
        assert all(native.processes[service].poll() is None for service in LONG_RUNNING)


def _townships_for_bi(native: Topology) -> int:
    """Townships that a BI tool finds, by the login that is made for it; none before the first build is there."""
    password = (native.secrets / "marts_reader_password").read_text(encoding="utf-8")
    owner = make_url((native.secrets / "marts_db_url").read_text(encoding="utf-8"))
    reader = create_engine(owner.set(username="marts_reader", password=password))
    try:
        with reader.connect() as connection:
            return int(connection.execute(text("select count(*) from dim_township")).scalar_one())
    except ProgrammingError:  # no such table
        return 0
    finally:
        reader.dispose()


def _measured(home: Home) -> tuple[int, float] | None:
    """Townships and their area in the published edition; None where it does not know the area yet."""
    edition = home.current / "warehouse.duckdb"
    if not edition.exists():
        return None
    with duckdb.connect(str(edition.resolve()), read_only=True) as opened:
        townships, hectares = opened.execute("select count(*), sum(land_area_ha) from dim_township").fetchall()[0]
    return (townships, hectares) if hectares else None
