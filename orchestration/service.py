"""One of Airflow's processes with the warehouse's settings: python -m orchestration.service init | <component> |
health <component>.

`make up` (orchestration/supervisord.conf) and docker-compose.yml start the very same commands; a deployment sets what
differs by AIRFLOW__* and WAREHOUSE_* variables.
"""

import contextlib
import os
import signal
import sys
import time
from pathlib import Path

from orchestration.settings import environment, prepare
from warehouse.home import Home, keep_modes

API = "AIRFLOW__CORE__EXECUTION_API_SERVER_URL"
COMPONENTS = ("scheduler", "api-server", "dag-processor", "triggerer")
# Airflow's log servers listen on every address and cannot be told otherwise; all components read the logs as files.
OPTIONS = {"scheduler": ("--skip-serve-logs",), "triggerer": ("--skip-serve-logs",)}
# The scheduler waits so long for the API, which tasks report to, and then starts all the same: a task that fails then is
# tried again. The API answers 8 s after its start on a quiet machine with two cores.
API_WAIT_SECONDS, API_ASKED_EVERY_SECONDS = 90.0, 0.5


def _read_secrets() -> None:
    """WAREHOUSE_X_FILE=path stands for WAREHOUSE_X=content of that file, as docker's secrets arrive."""
    for name, path in list(os.environ.items()):
        if name.startswith("WAREHOUSE_") and name.endswith("_FILE"):
            os.environ[name.removesuffix("_FILE")] = Path(path).read_text(encoding="utf-8").strip()


def _end_predecessor(home: Home, name: str) -> None:
    """Kill what is left of the component's earlier process group, which would hold its ports, when supervisord starts
    it again: supervisord itself kills a group only when it stops a program.
    """
    import psutil

    record = home.airflow / f"{name}.pgid"
    if record.exists():
        earlier = int(record.read_text(encoding="utf-8"))
        for process in psutil.process_iter():
            with contextlib.suppress(OSError):
                # the session tells a group of ours from one that was given the same number later
                if os.getpgid(process.pid) == earlier and os.getsid(process.pid) == os.getsid(0):
                    process.send_signal(signal.SIGKILL)
    record.write_text(str(os.getpgrp()), encoding="utf-8")


def _is_healthy(component: str) -> bool:
    """Whether the API reports a component as alive; for the API itself, whether it answers and reaches its database."""
    from orchestration.airflow_api import health

    api = os.environ[API].removesuffix("/execution/")
    reported = "metadatabase" if component == "api-server" else component.replace("-", "_")
    return health(api).get(reported) == "healthy"


def wait_for_api(seconds: float = API_WAIT_SECONDS) -> bool:
    """Wait until the API answers; False when it did not in this time."""
    deadline = time.monotonic() + seconds
    while not _is_healthy("api-server"):
        if time.monotonic() > deadline:
            return False
        time.sleep(API_ASKED_EVERY_SECONDS)
    return True


def main(name: str, component: str = "") -> None:
    """`init` prepares the metadata database; a component's name replaces this process by it; `health` asks the API about
    a component and exits with 1 when it is not well.
    """
    if name == "health":
        raise SystemExit(not _is_healthy(component))
    _read_secrets()
    keep_modes()
    home = Home.from_env().ensure()
    os.environ.update(environment(home, given=os.environ))
    if name == "init":
        prepare(home, os.environ)
    elif name in COMPONENTS:
        if "SUPERVISOR_ENABLED" in os.environ:
            _end_predecessor(home, name)
        if name == "scheduler" and not wait_for_api():
            print(
                f"API 在 {API_WAIT_SECONDS:.0f} s 内没有应答，调度器照常启动 (the API did not answer; starting anyway)"
            )
        os.execv(sys.executable, [sys.executable, "-m", "airflow", name, *OPTIONS.get(name, ())])
    else:
        raise SystemExit(f"no such process: {name}; there are: init, health, {', '.join(COMPONENTS)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
