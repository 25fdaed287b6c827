"""`warehouse status --json`: one object and an exit status, for a monitor outside; it sees a dead scheduler, and Airflow
need not run.
"""

import http.server
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from cli.main import main
from tests.support.arrivals import accept, ecology, receive
from tests.support.other_user import other_user, place_for_both
from tests.support.published import pretend_published
from warehouse.home import CHECKOUT, Home
from warehouse.ledger import Ledger

HEARTBEATS = {name: {"status": "healthy"} for name in ("metadatabase", "scheduler", "triggerer", "dag_processor")}
LONG_AGO = 3600.0
CPU_SECONDS = 2.0  # of the machine's time; the promise is two seconds by the clock, on a machine that is not busy


def fill(home: Home) -> Home:
    with Ledger.open(home.ensure()) as ledger:
        ledger.attach_receipt(accept(home, ledger, "ecology", ecology({"140404101": 1.0})), "receipts/1")
        pretend_published(home, ledger)
    return home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return fill(Home(tmp_path / "home"))


@pytest.fixture
def api() -> Iterator[tuple[str, dict[str, Any]]]:
    """The health page of an API server: its address, and what it answers."""
    answer: dict[str, Any] = dict(HEARTBEATS)

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", answer
        server.shutdown()
        thread.join()


def started(home: Home, url: str, pid: int | None = None, began: float | None = None) -> None:
    """As if `up` had started Airflow: by default, as this very process."""
    process = psutil.Process(pid)
    state = {"pid": process.pid, "started_at": process.create_time() if began is None else began, "url": url}
    (home.airflow / "server.json").write_text(json.dumps(state), encoding="utf-8")


def ask(home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    monkeypatch.setattr(sys, "argv", ["warehouse", "status", "--json"])
    monkeypatch.setenv("WAREHOUSE_HOME", str(home.root))
    with pytest.raises(SystemExit) as ended:
        main()
    printed = capsys.readouterr()
    assert printed.err == ""
    return int(ended.value.code or 0), json.loads(printed.out)


def codes(state: dict[str, Any]) -> list[str]:
    return [one["code"] for one in state["reasons"]]


def test_well_is_0_and_not_well_is_1(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status, state = ask(home, monkeypatch, capsys)
    assert (status, state["health"], state["airflow"]) == (0, "ok", None), "Airflow need not run"
    with Ledger.open(home) as ledger:
        ledger.notify("set_aside", "k", "过大.csv", "body")
    status, state = ask(home, monkeypatch, capsys)
    assert (status, state["health"]) == (1, "warning")
    home.settings_file.write_text("[promises]\nreceipt_seconds = 1\n", encoding="utf-8")
    with Ledger.open(home) as ledger:
        receive(ledger)
    time.sleep(1.1)
    status, state = ask(home, monkeypatch, capsys)
    assert (status, state["health"]) == (1, "failing") and "late_receipt" in codes(state)


def test_a_scheduler_without_a_heartbeat_is_seen(
    home: Home, api: tuple[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from cli import status_json

    url, answer = api
    started(home, url)
    monkeypatch.setattr(status_json, "START_SECONDS", 0.0)
    status, state = ask(home, monkeypatch, capsys)
    assert (status, state["health"]) == (0, "ok")
    assert state["airflow"]["running"] and state["airflow"]["components"]["scheduler"] == "healthy"
    answer["scheduler"] = {"status": "unhealthy", "latest_scheduler_heartbeat": "2026-01-01T00:00:00+00:00"}
    status, state = ask(home, monkeypatch, capsys)
    assert (status, state["health"], codes(state)) == (1, "failing", ["airflow_unhealthy"])
    assert "scheduler: unhealthy" in state["reasons"][0]["message"]
    monkeypatch.setattr(status_json, "START_SECONDS", 1e9)
    assert ask(home, monkeypatch, capsys)[1]["health"] == "warning", "while it starts, that is to be expected"


def test_an_airflow_that_ended_or_does_not_answer_is_seen(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from cli import status_json

    monkeypatch.setattr(status_json, "START_SECONDS", 0.0)
    started(home, "http://127.0.0.1:9")
    status, state = ask(home, monkeypatch, capsys)
    assert (status, codes(state), state["airflow"]["running"]) == (1, ["airflow_silent"], True)
    started(home, "http://127.0.0.1:9", began=time.time() - LONG_AGO)  # a pid that is another process by now
    status, state = ask(home, monkeypatch, capsys)
    assert (status, state["health"], codes(state)) == (1, "failing", ["airflow_ended"])
    assert state["airflow"]["running"] is False


def test_a_dead_scheduler_is_seen_by_the_file_that_nobody_takes(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing of Airflow is asked: as where it runs on another machine."""
    home.settings_file.write_text("[promises]\nreceipt_seconds = 1\n", encoding="utf-8")
    (home.inbox / "ecology").mkdir()
    (home.inbox / "ecology" / "年报.csv").write_text("a\n", encoding="utf-8")
    time.sleep(3.1)
    status, state = ask(home, monkeypatch, capsys)
    assert (status, codes(state), state["inbox"]["late"]) == (1, ["late_inbox"], ["ecology/年报.csv"])


@pytest.mark.slow
def test_a_user_who_may_only_read_gets_the_same_within_seconds() -> None:
    with place_for_both() as place:
        home = fill(Home(place / "home"))
        before = {path: path.lstat().st_mtime_ns for path in home.root.rglob("*")}
        with other_user(home) as user:
            before_children = os.times()
            ran = user.run("status", "--json")
            after = os.times()
        assert (ran.returncode, ran.stderr) == (0, "")
        assert json.loads(ran.stdout)["build"]["current"] == "b1"
        assert {path: path.lstat().st_mtime_ns for path in home.root.rglob("*")} == before
        used = (
            after.children_user
            + after.children_system
            - before_children.children_user
            - before_children.children_system
        )
        assert used < 2 * CPU_SECONDS, "without compiled bytecode, which another user cannot keep, twice as long"


@pytest.mark.slow
def test_it_takes_less_than_two_seconds(home: Home) -> None:
    command = [sys.executable, "-m", "cli.main", "status", "--json"]
    before = os.times()
    ran = subprocess.run(
        command, env={**os.environ, "WAREHOUSE_HOME": str(home.root)}, cwd=CHECKOUT, capture_output=True
    )
    after = os.times()
    assert ran.returncode == 0
    used = after.children_user + after.children_system - before.children_user - before.children_system
    assert used < CPU_SECONDS
