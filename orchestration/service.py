"""One of Airflow's processes with the warehouse's settings: python -m orchestration.service init | <component> |
health <component>.

`make up` (orchestration/supervisord.conf) and docker-compose.yml start the very same commands; a deployment sets what
differs by AIRFLOW__* and WAREHOUSE_* variables.
"""

import contextlib
import os
import signal
import sys
from pathlib import Path

from orchestration.settings import environment, prepare
from warehouse.home import Home

COMPONENTS = ("scheduler", "api-server", "dag-processor", "triggerer")


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

    api = os.environ["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"].removesuffix("/execution/")
    reported = "metadatabase" if component == "api-server" else component.replace("-", "_")
    return health(api).get(reported) == "healthy"


def main(name: str, component: str = "") -> None:
    """`init` prepares the metadata database; a component's name replaces this process by it; `health` asks the API about
    a component and exits with 1 when it is not well.
    """
    if name == "health":
        raise SystemExit(not _is_healthy(component))
    _read_secrets()
    home = Home.from_env().ensure()
    os.environ.update(environment(home, given=os.environ))
    if name == "init":
        prepare(home, os.environ)
    elif name in COMPONENTS:
        if "SUPERVISOR_ENABLED" in os.environ:
            _end_predecessor(home, name)
        os.execv(sys.executable, [sys.executable, "-m", "airflow", name])
    else:
        raise SystemExit(f"no such process: {name}; there are: init, health, {', '.join(COMPONENTS)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
