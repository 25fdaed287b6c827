"""One of Airflow's processes with the warehouse's settings: python -m orchestration.service init | supervise |
<component> | health <component>.

`make up` and docker-compose.yml start the very same commands; a deployment sets what differs by AIRFLOW__* and
WAREHOUSE_* variables.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from orchestration.settings import environment, migrate
from warehouse.home import Home

COMPONENTS = ("scheduler", "api-server", "dag-processor", "triggerer")
SLOWEST_RESTART_SECONDS = 60.0
SCHEDULER_GRACE_SECONDS = 20.0
GRACE_SECONDS = 3.0
LOG_BYTES = 20 << 20


def _read_secrets() -> None:
    """WAREHOUSE_X_FILE=path stands for WAREHOUSE_X=content of that file, as docker's secrets arrive."""
    for name, path in list(os.environ.items()):
        if name.startswith("WAREHOUSE_") and name.endswith("_FILE"):
            os.environ[name.removesuffix("_FILE")] = Path(path).read_text(encoding="utf-8").strip()


def _log(home: Home, name: str) -> BinaryIO:
    """A component's log, opened to append; a large one is put aside first, in the place of the one before."""
    path = home.logs / f"{name}.log"
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_suffix(".1.log"))
    return open(path, "ab")


def supervise() -> None:
    """Keep the components running until told to stop (SIGTERM); one that ends is started again, ever more slowly."""
    stopping = False
    children: dict[str, subprocess.Popen[bytes]] = {}

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    home = Home.from_env()
    starts = dict.fromkeys(COMPONENTS, 0)
    not_before = dict.fromkeys(COMPONENTS, 0.0)
    while not stopping:
        for name in COMPONENTS:
            child = children.get(name)
            if child is not None and child.poll() is not None:
                print(f"{time.strftime('%F %T')} {name} ended with {child.returncode}", flush=True)
                _end_group(child.pid, signal.SIGKILL)  # what it had started must not hold its port
                not_before[name] = time.monotonic() + min(2.0 ** starts[name], SLOWEST_RESTART_SECONDS)
                del children[name]
            elif child is None and time.monotonic() >= not_before[name]:
                starts[name] += 1
                with _log(home, name) as output:
                    children[name] = subprocess.Popen(
                        [sys.executable, "-m", "orchestration.service", name],
                        stdin=subprocess.DEVNULL,
                        stdout=output,
                        stderr=output,
                        process_group=0,
                    )
        time.sleep(0.2)
    # The API last: the scheduler's tasks end well only while it answers them.
    _end({name: child for name, child in children.items() if name != "api-server"})
    _end({name: child for name, child in children.items() if name == "api-server"})


def _end(children: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """Stop components together. The scheduler may finish its tasks; the others keep nothing and need not be waited for."""
    began = time.monotonic()
    for child in children.values():
        child.terminate()
    for name, child in children.items():
        grace = SCHEDULER_GRACE_SECONDS if name == "scheduler" else GRACE_SECONDS
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(max(0.1, began + grace - time.monotonic()))
        _end_group(child.pid, signal.SIGKILL)


def _end_group(group: int, how: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, how)


def _is_healthy(component: str) -> bool:
    """Whether the API reports a component as alive; for the API itself, whether it answers and reaches its database."""
    from orchestration.server import health

    api = os.environ["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"].removesuffix("/execution/")
    reported = "metadatabase" if component == "api-server" else component.replace("-", "_")
    return health(api).get(reported) == "healthy"


def main(name: str, component: str = "") -> None:
    """Run one process: `init` prepares the metadata database, `supervise` keeps all components, a component replaces
    this process.

    `health` asks after a component and exits with 1 when it is not well.
    """
    if name == "health":
        raise SystemExit(not _is_healthy(component))
    _read_secrets()
    home = Home.from_env().ensure()
    os.environ.update(environment(home, given=os.environ))
    if name == "init":
        migrate(home)
    elif name == "supervise":
        supervise()
    elif name in COMPONENTS:
        os.execv(sys.executable, [sys.executable, "-m", "airflow", name])
    else:
        raise SystemExit(f"no such process: {name}; there are: init, supervise, health, {', '.join(COMPONENTS)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
