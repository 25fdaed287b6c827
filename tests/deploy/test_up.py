"""A running `make up`, untouched by hand: a good file in the inbox is published, a faulty one beside it is answered and changes nothing."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline import server
from pipeline.server import Running
from tests.answers import SAMPLES
from tests.deploy.native import free_ports
from warehouse.home import Home
from warehouse.ledger import Ledger

pytestmark = pytest.mark.slow

CORRECTION = SAMPLES / "sequence" / "06_partial" / "ecology" / "苏店镇2024年生态状况更正.xlsx"
TRAP = SAMPLES / "traps" / "ecology" / "生态状况2025（缺森林面积列）.xlsx"
# 苏店镇's forest as corrected, and the district's with it: samples/answers/expected_sequence_totals.csv, step 06
FOREST_2024_HA = 6391.12
RECEIPT_SECONDS = 60
PUBLISHED_SECONDS = 180

Rows = dict[tuple[str, str, str], float | None]


@pytest.fixture
def running(copied_home: Home) -> Iterator[Running]:
    """Airflow up on a home that holds the clean samples."""
    try:
        yield server.up(copied_home, free_ports(3)[0])
    finally:
        server.down(copied_home)


def numerators(home: Home) -> Rows:
    """(indicator, period, source) -> numerator of the district, as a reader of `current` sees it."""
    with duckdb.connect(str(home.current.resolve() / "warehouse.duckdb"), read_only=True) as edition:
        rows = edition.execute("select indicator_code, period, source, numerator from mart_indicator_district").fetchall()
    return {(indicator, period, source): numerator for indicator, period, source, numerator in rows}


def receipt_of(home: Home, file: Path) -> str | None:
    with Ledger.open(home) as ledger:
        return next((one.receipt_as for one in ledger.submissions() if one.file_name == file.name and one.receipt_as), None)


def test_files_dropped_beside_a_running_airflow(copied_home: Home, running: Running, capsys: pytest.CaptureFixture[str]) -> None:
    home = copied_home
    assert set(server.status(home)["components"].values()) == {"healthy"}
    before, build = numerators(home), home.current.resolve()
    target = home.inbox / "ecology"
    target.mkdir(parents=True, exist_ok=True)
    for file in (CORRECTION, TRAP):
        shutil.copyfile(file, target / file.name)
    dropped = time.monotonic()
    seconds = {}
    while len(seconds) < 3:
        waited = time.monotonic() - dropped
        for file in (CORRECTION, TRAP):
            if file.name not in seconds and receipt_of(home, file):
                seconds[file.name] = waited
        if "published" not in seconds and home.current.resolve() != build:
            seconds["published"] = waited
        assert waited < PUBLISHED_SECONDS, f"after {waited:.0f} s only {seconds}; logs in {home.logs}"
        time.sleep(0.5)
    told = ", ".join(f"{what} {after:.0f} s" for what, after in seconds.items())
    with capsys.disabled():
        print(f"\nup after {running.seconds_to_healthy:.0f} s; then {told}")
    assert max(seconds[CORRECTION.name], seconds[TRAP.name]) < RECEIPT_SECONDS

    forest = ("forest_coverage_rate", "2024", "ecology")
    after = numerators(home)
    assert after.pop(forest) == pytest.approx(FOREST_2024_HA)
    assert before.pop(forest) == pytest.approx(6368.72)
    assert after == before
    with Ledger.open(home) as ledger:
        (trap,) = (one for one in ledger.submissions() if one.file_name == TRAP.name)
        assert (trap.state, trap.rows_accepted, trap.rows_held) == ("held", 0, 10)
    assert not list(target.iterdir()), "what was received leaves the inbox"


def test_up_twice_is_up_once_and_down_leaves_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    said: list[str] = []
    port = free_ports(3)[0]
    try:
        first = server.up(home, port, said.append)
        assert server.up(home, port, said.append).pid == first.pid
        assert f"{first.login} / {first.password}" in said[-1]
        assert server.token(first.url, first.login, first.password)
        members = server.session(first.pid)
        assert len(members) > 5
    finally:
        assert server.down(home) is True
    assert [process for process in members if process.is_running() and process.status() != "zombie"] == []
    assert server.status(home) == {"running": False, "url": None, "pid": None, "components": {}}
    assert server.down(home) is False


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(server.NotHealthy, match=str(port)):
            server.up(Home(tmp_path / "home"), port, lambda _: None)
