"""What the deployment's tests start natively: the services of docker-compose.yml and a PostgreSQL server."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from orchestration.server import session
from tests.support.external_tools import postgresql_programs
from warehouse.home import CHECKOUT, Home

SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8"))[
    "services"
]


def free_ports(count: int) -> list[int]:
    """Loopback ports that nobody has now."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@dataclass
class Topology:
    """The services of docker-compose.yml on this machine: paths, hosts and ports replaced, nothing else."""

    folder: Path
    ports: tuple[int, int, int]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def home(self) -> Home:
        return Home(self.folder / "home")

    @property
    def secrets(self) -> Path:
        return self.folder / "secrets"

    def environment(self, service: str) -> dict[str, str]:
        """A service's variables as the container would have them, with this machine's paths and addresses."""
        api, tasks_log, triggers_log = map(str, self.ports)
        here = {
            "/run/secrets": str(self.secrets),
            "/var/lib/warehouse": str(self.home.root),
            "http://api-server:8080": f"http://127.0.0.1:{api}",
            "http://localhost:8080": f"http://127.0.0.1:{api}",
            "0.0.0.0": "127.0.0.1",
        }
        found = {}
        for name, value in SERVICES[service]["environment"].items():
            plain = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value))
            for there, local in here.items():
                plain = plain.replace(there, local)
            found[name] = plain
        # In containers every service has its own port 8080 and its own port for logs.
        ports = {
            "AIRFLOW__API__PORT": api,
            "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": tasks_log,
            "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": triggers_log,
        }
        return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(self.folder)} | found | ports

    def command(self, words: list[str]) -> list[str]:
        return [sys.executable, *words[1:]] if words[0] == "python" else words

    def start(self, service: str) -> subprocess.Popen[bytes]:
        """Start a service's command as docker-compose.yml has it."""
        with open(self.folder / f"{service}.log", "ab") as output:
            process = subprocess.Popen(
                self.command(SERVICES[service]["command"]),
                env=self.environment(service),
                cwd=CHECKOUT,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.processes[service] = process
        return process

    def is_healthy(self, service: str) -> bool:
        """What the service's own health check says."""
        words = self.command(SERVICES[service]["healthcheck"]["test"][1:])
        return subprocess.run(words, env=self.environment(service), cwd=CHECKOUT, capture_output=True).returncode == 0

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for service, process in self.processes.items():
            try:
                process.wait(20 if service == "scheduler" else 5)
            except subprocess.TimeoutExpired:
                process.kill()
            for left in session(process.pid):
                left.kill()

    def log_tails(self) -> str:
        return "\n".join(
            f"== {path.name}\n{path.read_text(errors='replace')[-1500:]}" for path in sorted(self.folder.glob("*.log"))
        )


@contextmanager
def topology() -> Iterator[Topology]:
    """A topology whose PostgreSQL runs, with both databases made by the very script that the container runs."""
    database_port, *ports = free_ports(4)
    with tempfile.TemporaryDirectory(prefix="warehouse-topology-", ignore_cleanup_errors=True) as folder:
        made = Topology(Path(folder), tuple(ports))
        make_secrets = CHECKOUT / "deploy" / "make_secrets.py"
        subprocess.run(
            [sys.executable, make_secrets, made.secrets, "--database-host", f"127.0.0.1:{database_port}"], check=True
        )
        with _postgres(made, database_port):
            try:
                yield made
            finally:
                made.stop()


@contextmanager
def _postgres(made: Topology, port: int) -> Iterator[None]:
    """A PostgreSQL server on a loopback port, with the passwords of the topology's secrets."""
    # PostgreSQL refuses to run as root; Debian's package brings a user for it.
    user = {"user": "postgres"} if os.geteuid() == 0 else {}
    password = (made.secrets / "postgres_password").read_text(encoding="utf-8")
    programs = postgresql_programs()
    assert programs, "no PostgreSQL server: apt-get install postgresql"
    with tempfile.TemporaryDirectory(prefix="warehouse-postgres-", ignore_cleanup_errors=True) as folder:
        data, given = Path(folder) / "pgdata", Path(folder) / "password"
        given.write_text(password, encoding="utf-8")
        if user:
            shutil.chown(folder, "postgres")
        subprocess.run(
            [
                programs / "initdb",
                f"--pgdata={data}",
                "--username=postgres",
                "--auth=scram-sha-256",
                f"--pwfile={given}",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
            ],
            check=True,
            capture_output=True,
            cwd=folder,
            **user,
        )
        with open(made.folder / "postgres.log", "ab") as output:
            server = subprocess.Popen(
                [
                    programs / "postgres",
                    "-D",
                    data,
                    "-p",
                    str(port),
                    "-c",
                    "listen_addresses=127.0.0.1",
                    "-c",
                    "unix_socket_directories=",
                    "-c",
                    "fsync=off",
                ],
                stdout=output,
                stderr=output,
                cwd=folder,
                **user,
            )
        try:
            client = {
                **os.environ,
                "PGHOST": "127.0.0.1",
                "PGPORT": str(port),
                "PGPASSWORD": password,
                "POSTGRES_USER": "postgres",
                "SECRETS_DIR": str(made.secrets),
            }
            ready = [programs / "pg_isready", "--username=postgres", "--host=127.0.0.1", f"--port={port}"]
            wait_until(
                lambda: subprocess.run(ready, capture_output=True).returncode == 0,
                30,
                "PostgreSQL to answer",
                made.log_tails,
            )
            for script in sorted((CHECKOUT / "deploy" / "postgres").glob("*.sh")):
                subprocess.run(["sh", script], env=client, check=True)
            yield
        finally:
            server.terminate()
            server.wait(20)


def wait_until(happened: Callable[[], bool], seconds: float, what: str, words: Callable[[], str] = str) -> float:
    """Seconds until `happened()` is true. Fails naming `what` when it does not come about in time."""
    began = time.monotonic()
    while not happened():
        assert time.monotonic() - began < seconds, f"waited {seconds:.0f} s for {what}\n{words()}"
        time.sleep(0.5)
    return time.monotonic() - began
