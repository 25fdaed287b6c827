"""Runs the command as a user who may not write to a home; as root it becomes another user, else rights are taken away."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.external_tools import lacking
from warehouse.home import CHECKOUT, Home

NOBODY = 65534  # Debian's nobody and nogroup


STARTS_ANOTHER = "import duckdb, subprocess, sys; subprocess.run([sys.executable, '-c', ''], check=True)"


def _interpreter() -> str:
    """A Python of this version that another user may run, and that may run itself again; skips where there is none."""
    for found in (sys.executable, shutil.which(f"python3.{sys.version_info.minor}", path="/usr/bin:/usr/local/bin")):
        words = [*_as_other_user(), str(found), "-c", STARTS_ANOTHER]
        if found and not subprocess.run(words, env=_environment(), stderr=subprocess.DEVNULL).returncode:
            return found
    lacking("another user cannot run this Python")


def _as_other_user() -> list[str]:
    """In the group of the homes that this user makes, which may read them."""
    if os.geteuid():
        return []
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", f"--groups={os.getegid()}"]


def _environment() -> dict[str, str]:
    places = [str(CHECKOUT), *(path for path in sys.path if path.endswith("site-packages"))]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(places), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "150"}


class OtherUser:
    """Runs `warehouse` on a home without the right to write to it. folder: where this user may write."""

    def __init__(self, home: Home, folder: Path) -> None:
        self.home, self.folder = home, folder
        self._python = _interpreter()

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*_as_other_user(), self._python, "-m", "cli.main", *map(str, words)],
            env={**_environment(), "WAREHOUSE_HOME": str(self.home.root), "TMPDIR": str(self.folder)},
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            timeout=300,
        )


@contextmanager
def place_for_both() -> Iterator[Path]:
    """A folder for a home that another user may read, which pytest's own folders are not."""
    with tempfile.TemporaryDirectory(prefix="warehouse-reader-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        (place / "own").mkdir()
        (place / "own").chmod(0o777)
        yield place


@contextmanager
def other_user(home: Home) -> Iterator[OtherUser]:
    """A user who may read a home in a `place_for_both`, and write to the folder `own` there."""
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        lacking("setpriv is missing")
    taken = [] if os.geteuid() == 0 else [home.root, *(path for path in home.root.rglob("*") if not path.is_symlink())]
    modes = {path: path.stat().st_mode for path in taken}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    try:
        yield OtherUser(home, home.root.with_name("own"))
    finally:
        for path, mode in modes.items():
            path.chmod(mode)
