"""A PostgreSQL server of one's own, reachable by a socket only, for as long as a test session needs it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.external_tools import postgresql_programs

SYSTEM_USER = "postgres"


def _program(name: str) -> str:
    programs = postgresql_programs()
    if programs is None:
        raise FileNotFoundError(f"{name}: install Debian's postgresql")
    return str(programs / name)


@contextmanager
def server() -> Iterator[str]:
    """Start a server; gives a SQLAlchemy URL of its maintenance database. Root may not run one, so it runs as Debian's
    own user then.
    """
    user = SYSTEM_USER if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    if user:
        shutil.chown(folder, user)

    def run(*command: str) -> None:
        subprocess.run(command, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=60)

    data = str(folder / "data")
    try:
        run(_program("initdb"), "-D", data, "-U", "ledger", "--auth=trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -k {folder} -c fsync=off -c max_connections=40"
        run(_program("pg_ctl"), "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql+psycopg2://ledger@/postgres?host={folder}"
        finally:
            run(_program("pg_ctl"), "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)
