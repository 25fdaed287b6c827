"""A running `make up`, untouched by hand: a good file in the inbox is published, a faulty one beside it gets a receipt
and changes nothing.
"""

import shutil
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

from orchestration import airflow_api, server
from tests.support.answers import SAMPLES
from tests.support.native_services import free_ports, wait_until
from warehouse.home import Home
from warehouse.ledger import Ledger

pytestmark = pytest.mark.slow

GOOD = tuple(
    SAMPLES / "clean" / name
    for name in (
        "admin_boundary/上党区行政区XZQ_2021.gpkg",
        "planning_zone/规划分区（整治区、修复区）.geojson",
        "ecology/上党区2024年生态状况年报（终稿）.xlsx",
    )
)
# a year that no good file reports
TRAP = SAMPLES / "traps" / "ecology" / "生态状况2025（缺森林面积列）.xlsx"
FOREST = ("forest_coverage_rate", "2024", "ecology")
FOREST_HA = 6368.72  # the workbook's own total
RECEIPT_SECONDS = 60
PUBLISHED_SECONDS = 180
RESTART_SECONDS = 60

Rows = dict[tuple[str, str, str], float | None]


def numerators(home: Home) -> Rows:
    """(indicator, period, source) -> numerator of the district, as a reader of `current` sees it; empty before the
    first publication.
    """
    if not home.current.exists():
        return {}
    with duckdb.connect(str(home.current.resolve() / "warehouse.duckdb"), read_only=True) as edition:
        rows = edition.execute(
            "select indicator_code, period, source, numerator from mart_indicator_district"
        ).fetchall()
    return {(indicator, period, source): numerator for indicator, period, source, numerator in rows}


def receipt_of(home: Home, file: Path) -> str | None:
    with Ledger.open(home) as ledger:
        return next(
            (one.receipt_as for one in ledger.submissions() if one.file_name == file.name and one.receipt_as), None
        )


class Up(NamedTuple):
    """A started `make up`: its home, the port that was asked for, what `server.up` gave and what it reported."""

    home: Home
    port: int
    running: server.Running
    messages: list[str]


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One Airflow for the tests of this file, in an empty home with awkward characters in its path; the last test stops
    it.
    """
    home = Home(tmp_path_factory.mktemp("up") / "仓 库 #1 100% [a];'b'").ensure()
    port, messages = free_ports(3)[0], list[str]()
    try:
        yield Up(home, port, server.up(home, port, messages.append), messages)
    finally:
        server.down(home)


def test_files_dropped_beside_a_running_airflow(up: Up, capsys: pytest.CaptureFixture[str]) -> None:
    home, running = up.home, up.running
    found = server.status(home)
    assert found is not None and set(found["components"].values()) == {"healthy"}
    for file in (*GOOD, TRAP):
        target = home.inbox / file.parent.name
        target.mkdir(exist_ok=True)
        shutil.copyfile(file, target / file.name)
    dropped = time.monotonic()
    seconds: dict[str, float] = {}
    while len(seconds) < len(GOOD) + 2:
        waited = time.monotonic() - dropped
        happened = {file.name for file in (*GOOD, TRAP) if receipt_of(home, file)}
        if FOREST in numerators(home):
            happened.add("published")
        seconds |= dict.fromkeys(happened - seconds.keys(), waited)
        assert waited < PUBLISHED_SECONDS, f"after {waited:.0f} s only {seconds}; logs in {home.logs}"
        time.sleep(0.5)
    published = seconds.pop("published")
    line = f"up after {running.seconds_to_healthy:.0f} s; then receipts {max(seconds.values()):.0f} s, published {published:.0f} s"
    with capsys.disabled():
        print(f"\n{line}")
    assert max(seconds.values()) < RECEIPT_SECONDS, seconds

    shown = numerators(home)
    assert shown[FOREST] == pytest.approx(FOREST_HA)
    assert {period for _, period, _ in shown} == {"2024"}, "the trap's year must not show"
    with Ledger.open(home) as ledger:
        (trap,) = (one for one in ledger.submissions() if one.file_name == TRAP.name)
    assert (trap.state, trap.rows_accepted, trap.rows_held) == ("held", 0, 10)
    assert not [path for path in home.inbox.rglob("*") if path.is_file()], "what was received leaves the inbox"


def test_a_component_that_is_killed_is_started_again(up: Up) -> None:
    running = up.running
    scheduler = next(
        process for process in server.session(running.pid) if process.cmdline()[-3:-1] == ["airflow", "scheduler"]
    )
    leftovers = scheduler.children(recursive=True)
    scheduler.kill()
    killed_at = datetime.now(UTC)
    wait_until(
        lambda: airflow_api.health(running.url, since=killed_at).get("scheduler") == "healthy",
        RESTART_SECONDS,
        "the scheduler",
    )
    assert [process for process in leftovers if process.is_running() and process.status() != "zombie"] == []


def test_a_taken_port_is_reported(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").ensure()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(server.NotHealthy, match=str(port)):
            server.up(home, port, lambda _: None)


def test_up_twice_is_up_once_and_down_leaves_nothing(up: Up) -> None:
    home, port, first, messages = up
    assert server.up(home, port, messages.append).pid == first.pid
    assert f"{first.login} / {first.password}" in messages[-1]
    assert airflow_api.token(first.url, first.login, first.password)
    members = server.session(first.pid)
    assert len(members) > 5
    assert server.down(home) is True
    assert [process for process in members if process.is_running() and process.status() != "zombie"] == []
    assert server.status(home) is None
    assert server.down(home) is False
