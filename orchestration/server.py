"""`make up`: Airflow's four components as background processes under one supervisor, for one warehouse home."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.settings import DEFAULT_PORT, LOGIN, environment, password, prepare
from warehouse.home import CHECKOUT, Home

if TYPE_CHECKING:
    import psutil

# The health report of the API names each component's last heartbeat.
HEARTBEATS = {name: f"latest_{name}_heartbeat" for name in ("scheduler", "triggerer", "dag_processor")}
PORTS = 3
START_SECONDS = 120.0
STOP_SECONDS = 30.0


class NotHealthy(RuntimeError):
    """Airflow did not come up in time; the message names what is missing and where the logs are."""


@dataclass(frozen=True)
class Running:
    """A running Airflow: where it answers and how to log in."""

    url: str
    login: str
    password: str
    pid: int
    seconds_to_healthy: float = 0.0


def _state_file(home: Home) -> Path:
    return home.airflow / "server.json"


def _started_at(pid: int) -> float | None:
    """When a process started; None when there is none. With its pid it names a process for good, pids being used again."""
    import psutil

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.NoSuchProcess:
        return None


def _recorded(home: Home) -> dict[str, Any] | None:
    try:
        return json.loads(_state_file(home).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def _supervisor(home: Home) -> dict[str, Any] | None:
    """What `up` wrote of the supervisor that now runs; None when none runs."""
    state = _recorded(home)
    started = None if state is None else _started_at(state["pid"])
    return state if state and started is not None and abs(started - state["started_at"]) < 1 else None


def _get(url: str, token: str | None = None, method: str = "GET", body: Any = None) -> Any:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    # No proxy that the shell names stands between this process and the loopback address.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(url, data=data, headers=headers, method=method), timeout=10) as answer:
        return json.loads(answer.read())


def health(url: str, since: datetime | None = None) -> dict[str, str]:
    """Component -> "healthy" or another word, by the API's own report; empty while the API does not answer.

    since: a heartbeat before it is not counted, being that of an earlier process.
    """
    try:
        report = _get(f"{url}/api/v2/monitor/health")
    except (OSError, ValueError):
        return {}
    found = {"metadatabase": report["metadatabase"]["status"]}
    for name, key in HEARTBEATS.items():
        part = report.get(name) or {}
        is_stale = since is not None and (not part.get(key) or datetime.fromisoformat(part[key]) < since)
        found[name] = "starting" if is_stale else str(part.get("status"))
    return found


def token(url: str, user: str, word: str) -> str:
    """A token for Airflow's REST API. Raises urllib.error.HTTPError when the login is refused."""
    return _get(f"{url}/auth/token", method="POST", body={"username": user, "password": word})["access_token"]


def unpause(url: str, bearer: str) -> list[str]:
    """Let every DAG run by its schedule; returns the ids of all DAGs that Airflow has parsed so far."""
    dags = _get(f"{url}/api/v2/dags?limit=100", bearer)["dags"]
    for dag in dags:
        if dag["is_paused"]:
            _get(f"{url}/api/v2/dags/{dag['dag_id']}", bearer, "PATCH", {"is_paused": False})
    return [dag["dag_id"] for dag in dags]


def _wait(home: Home, url: str, pid: int, expected: int, deadline: float) -> None:
    began = datetime.now(UTC)
    missing = "the API"
    while time.monotonic() < deadline:
        if _started_at(pid) is None:
            missing = "the supervisor, which has ended"
            break
        found = health(url, since=began)
        bad = sorted(name for name, word in found.items() if word != "healthy")
        missing = ", ".join(bad) or missing
        if found and not bad:
            parsed = unpause(url, token(url, LOGIN, password(home)))
            if len(parsed) >= expected:
                return
            missing = f"{expected - len(parsed)} of {expected} DAGs"
        time.sleep(0.5)
    raise NotHealthy(f"Airflow 未能就绪，缺 (not healthy, missing): {missing}。日志 (logs): {home.logs}")


def _port_is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def up(home: Home, port: int = DEFAULT_PORT, say: Callable[[str], None] = print) -> Running:
    """Start Airflow for a home and wait until every component is healthy and every DAG is scheduled. Idempotent.

    port: as in `environment`. Raises NotHealthy (after stopping what was started), also when a port is taken;
    subprocess.CalledProcessError when the metadata database cannot be prepared.
    """
    home.ensure()
    began = time.monotonic()
    if state := _supervisor(home):
        say(f"已在运行 (already running): {state['url']}　{LOGIN} / {password(home)}")
        return Running(state["url"], LOGIN, password(home), state["pid"])
    down(home)  # what a killed supervisor left behind
    if taken := [str(one) for one in range(port, port + PORTS) if not _port_is_free(one)]:
        raise NotHealthy(
            f"端口已被占用 (port taken): {', '.join(taken)}；可另选 (choose another): warehouse up --port N"
        )
    url = f"http://127.0.0.1:{port}"
    say("准备 Airflow 的元数据库 (preparing Airflow's database)")
    prepare(home, port)
    say("启动调度器、界面、DAG 解析器、触发器 (starting scheduler, api-server, dag-processor, triggerer)")
    with open(home.logs / "supervisor.log", "ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "orchestration.service", "supervise"],
            env=environment(home, port),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd=CHECKOUT,
        )
    state = {"pid": process.pid, "started_at": _started_at(process.pid), "url": url}
    _state_file(home).write_text(json.dumps(state), encoding="utf-8")
    expected = len(list((CHECKOUT / "dags").glob("*.py")))
    try:
        _wait(home, url, process.pid, expected, began + START_SECONDS)
    except BaseException:
        down(home)
        raise
    running = Running(url, LOGIN, password(home), process.pid, time.monotonic() - began)
    say(f"已就绪 (ready)，{running.seconds_to_healthy:.0f} s: {url}　登录 (login): {LOGIN} / {running.password}")
    say(f"收件箱 (inbox): {home.inbox}　日志 (logs): {home.logs}")
    return running


def status(home: Home) -> dict[str, Any]:
    """{running, url, pid, components: {name: health}} of the home's own Airflow."""
    state = _supervisor(home)
    if state is None:
        return {"running": False, "url": None, "pid": None, "components": {}}
    return {"running": True, "url": state["url"], "pid": state["pid"], "components": health(state["url"])}


def session(leader: int) -> list["psutil.Process"]:
    """Every process of the session that a supervisor leads or led, itself included."""
    import psutil

    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.getsid(process.pid) == leader:
                found.append(process)
    return found


def down(home: Home) -> bool:
    """Stop the home's Airflow with everything it started; True when it ran. A task that is cut off is tried again after
    the next start.
    """
    import psutil

    state = _recorded(home)
    if state is None:
        return False
    # A pid is not used again while its session lives; a leader that is not ours leads another session.
    is_ours = _supervisor(home) is not None or _started_at(state["pid"]) is None
    started = session(state["pid"]) if is_ours else []
    for process in started:
        if process.pid == state["pid"]:
            process.terminate()
    _, alive = psutil.wait_procs(started, timeout=STOP_SECONDS if _supervisor(home) else 0)
    # Also what was started meanwhile, or has lost its parent: it still belongs to the supervisor's session.
    alive += session(state["pid"]) if is_ours else []
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=5)
    _state_file(home).unlink(missing_ok=True)
    return bool(started)
