"""`make up` and `make down`: Airflow's four components as background processes under supervisord, for one warehouse home.

supervisord.conf beside this file says which processes there are, in which order they stop, and where they log.
"""

import contextlib
import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.airflow_api import ANSWER_SECONDS, health, token, unpause
from orchestration.settings import DEFAULT_PORT, LOGIN, environment, password, prepare
from warehouse.home import CHECKOUT, Home, own_file

if TYPE_CHECKING:
    import psutil

START_SECONDS = 120.0  # ten times what it takes on a quiet machine with two cores
STOP_SECONDS = 40.0  # supervisord gives the scheduler 20 s and the API 3 s; twice that on a busy machine
CONFIG = CHECKOUT / "orchestration" / "supervisord.conf"
LONGEST_SOCKET_PATH = 95  # bytes; Linux allows 107, and supervisord first binds this name with its pid behind it


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
    """What `up` recorded of the supervisord that now runs; None when none runs."""
    state = _recorded(home)
    started = None if state is None else _started_at(state["pid"])
    return state if state and started is not None and abs(started - state["started_at"]) < 1 else None


def _socket(home: Home) -> Path:
    """supervisord's socket: in the home, or, where that path is too long for a socket, in a private temporary folder."""
    socket_file = home.airflow / "supervisor.sock"
    if len(os.fsencode(socket_file)) <= LONGEST_SOCKET_PATH:
        return socket_file
    name = hashlib.sha256(os.fsencode(home.root)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"warehouse-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise NotHealthy(f"临时文件夹属于别人 (the folder belongs to somebody else): {folder}")
    return folder / "supervisor.sock"


def _run_supervisor(home: Home, program: str, *words: str, environ: dict[str, str]) -> None:
    """Run supervisord or supervisorctl with this home's configuration. Raises subprocess.CalledProcessError."""
    command = [sys.executable, "-m", f"supervisor.{program}", "--configuration", str(CONFIG), *words]
    given = environ | {
        "WAREHOUSE_HOME": str(home.root),
        "WAREHOUSE_SUPERVISOR_SOCKET": str(_socket(home)),
        "WAREHOUSE_SUPERVISOR_LOGS": str(home.logs).replace("%", "%%"),
    }
    with own_file(home.logs / "supervisor.log").open("ab") as output:
        subprocess.run(
            command, env=given, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=True, cwd=CHECKOUT
        )


def _start_supervisord(home: Home, port: int, deadline: float) -> int:
    """Start supervisord, which puts itself into the background; gives its process id. Raises NotHealthy."""
    pid_file = home.airflow / "supervisord.pid"
    pid_file.unlink(missing_ok=True)
    _run_supervisor(home, "supervisord", environ=environment(home, port))
    while time.monotonic() < deadline:
        with contextlib.suppress(FileNotFoundError, ValueError):
            return int(pid_file.read_text(encoding="utf-8"))
        time.sleep(0.05)
    raise NotHealthy(f"supervisord 未能启动 (did not start)。日志 (log): {home.logs / 'supervisor.log'}")


def _wait(home: Home, url: str, pid: int, expected: int, deadline: float) -> None:
    began = datetime.now(UTC)
    missing = "the API"
    while time.monotonic() < deadline:
        if _started_at(pid) is None:
            missing = "supervisord, which has ended"
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
    down(home)  # what a killed supervisord left behind
    if not _port_is_free(port):
        raise NotHealthy(f"端口已被占用 (port taken): {port}；可另选 (choose another): warehouse up --port N")
    url = f"http://127.0.0.1:{port}"
    say("准备 Airflow 的元数据库 (preparing Airflow's database)")
    with own_file(home.logs / "airflow-init.log").open("ab") as output:
        prepare(home, environment(home, port), output)
    say("启动调度器、界面、DAG 解析器、触发器 (starting scheduler, api-server, dag-processor, triggerer)")
    pid = _start_supervisord(home, port, began + START_SECONDS)
    state = {"pid": pid, "started_at": _started_at(pid), "url": url}
    _state_file(home).write_text(json.dumps(state), encoding="utf-8")
    expected = len(list((CHECKOUT / "dags").glob("*.py")))
    try:
        _wait(home, url, pid, expected, began + START_SECONDS)
    except BaseException:
        down(home)
        raise
    running = Running(url, LOGIN, password(home), pid, time.monotonic() - began)
    say(f"已就绪 (ready)，{running.seconds_to_healthy:.0f} s: {url}　登录 (login): {LOGIN} / {running.password}")
    say(f"收件箱 (inbox): {home.inbox}　日志 (logs): {home.logs}")
    return running


def status(home: Home, answer_seconds: float = ANSWER_SECONDS) -> dict[str, Any] | None:
    """{running, url, pid, started_at, components: {name: health}} of the home's own Airflow; None where it was not
    started, or was stopped by `down`. One that ended by itself is not running.

    answer_seconds: how long to wait for its API; components is empty where it does not answer.
    """
    state = _recorded(home)
    if state is None:
        return None
    running = _supervisor(home) is not None
    return {
        "running": running,
        "url": state["url"],
        "pid": state["pid"],
        "started_at": datetime.fromtimestamp(state["started_at"], UTC),
        "components": health(state["url"], timeout=answer_seconds) if running else {},
    }


def session(leader: int) -> list["psutil.Process"]:
    """Every process of the session that supervisord leads or led, itself included."""
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
    runs = _supervisor(home) is not None
    if runs:
        try:
            _run_supervisor(home, "supervisorctl", "shutdown", environ=dict(os.environ))
        except subprocess.CalledProcessError:  # its socket is gone; the signal means the same
            psutil.Process(state["pid"]).terminate()
    _, alive = psutil.wait_procs(started, timeout=STOP_SECONDS if runs else 0)
    # Also what was started meanwhile, or has lost its parent: it still belongs to the session.
    alive += session(state["pid"]) if is_ours else []
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=5)
    _state_file(home).unlink(missing_ok=True)
    return bool(started)
