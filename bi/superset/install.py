"""`make superset`: a Superset in an environment of its own, with the dashboards, over the marts of a warehouse home.

`python -m bi.superset.install [--port 8088] [--no-start]`. It reads PostgreSQL where WAREHOUSE_BI_READER_URL names it
(postgresql://marts_reader:…@host/marts), else the current build's file. Run it again whenever a dashboard changed, the lock or
the address: what is there is brought up to date, and what people made themselves stays. Exit status: 0 done or stopped by
Ctrl-C, 1 a step failed, 2 nothing is published yet.
"""

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from bi.superset.assets import assets
from warehouse import builds
from warehouse.home import CHECKOUT, Home

HERE = Path(__file__).parent
LOCK = HERE / "requirements.lock"
ENVIRONMENT = CHECKOUT / ".venv-superset"
READER_URL = "WAREHOUSE_BI_READER_URL"
LOCKED = {"enable_external_access": "false", "lock_configuration": "true"}
"""DuckDB's: whoever writes SQL in Superset reads the marts, and no file of this machine."""
ADMIN = "admin"
PORT = 8088
WORKERS, THREADS = 2, 8  # gunicorn's: a dashboard asks for all its charts at once
SECONDS = 60  # of a request, as superset_config.py has it
SECRET = 0o600


class Marts(NamedTuple):
    """Where Superset reads the marts: address, schema, and what the driver is told."""

    url: str
    schema: str
    connect_args: Mapping[str, Any]


def marts(home: Home, reader_url: str | None) -> Marts:
    """The PostgreSQL door where there is one, else the file of the current build: relative to the home, in which Superset runs,
    so that it opens whichever build is current and the path may hold any sign. Raises FileNotFoundError when nothing is published.
    """
    if reader_url:
        return Marts(reader_url, "marts", {"connect_timeout": 10})
    folder = builds.current(home)
    if folder is None:
        raise FileNotFoundError(
            f"{home.root} 还没有发布任何构建；先运行 make demo 或 warehouse publish (nothing is published yet: run one of them first)"
        )
    file = (home.current / builds.DATABASE).relative_to(home.root)
    return Marts(f"duckdb:///{file.as_posix()}", "main", {"read_only": True, "config": LOCKED})


def environment(folder: Path) -> dict[str, str]:
    """What Superset's processes are told: nothing of the warehouse's own secrets."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "SUPERSET_HOME": str(folder),
        "SUPERSET_CONFIG_PATH": str(HERE / "superset_config.py"),
        "FLASK_APP": "superset.app:create_app()",
        "PYTHONUNBUFFERED": "1",
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Install, import, and serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="make superset", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--no-start", action="store_true", help="only set it up")
    options = parser.parse_args(arguments)
    home = Home.from_env()
    folder = home.root / "superset"
    try:
        read = marts(home, os.environ.get(READER_URL))
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        install()
        set_up(home, folder, read)
    except subprocess.CalledProcessError as error:
        print(f"{error}\n{error.stderr or ''}", file=sys.stderr)
        return 1
    print(f"登录 (login): {ADMIN} / {(folder / 'admin_password').read_text(encoding='utf-8').strip()}")
    if options.no_start:
        return 0
    print(f"http://127.0.0.1:{options.port}/superset/welcome/　Ctrl-C 停止 (stops it)", flush=True)
    with started(home, folder, options.port) as running:
        try:
            return running.wait()
        except KeyboardInterrupt:
            return 0


def install(python: str = sys.executable) -> None:
    """Make Superset's environment, or bring it to the lock; raises subprocess.CalledProcessError."""
    ready, wanted = ENVIRONMENT / "ready", LOCK.read_text(encoding="utf-8")
    if ready.is_file() and ready.read_text(encoding="utf-8") == wanted:
        return
    _say(f"安装 Superset：{wanted.count('==')} 个包，两三分钟 (installing its packages into {ENVIRONMENT.name})")
    subprocess.run([python, "-m", "venv", str(ENVIRONMENT)], check=True)
    pip = [str(ENVIRONMENT / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-deps", "--require-hashes", "-r", str(LOCK)], check=True)
    ready.write_text(wanted, encoding="utf-8")


def set_up(home: Home, folder: Path, read: Marts) -> None:
    """Superset's own database, its administrator, and the dashboards; raises subprocess.CalledProcessError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in ("secret_key", "admin_password"):
        if not (folder / name).exists():
            descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, SECRET)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(secrets.token_urlsafe(32) + "\n")
    _say("数据库 (its database)")
    _superset(home, folder, "db", "upgrade")
    _say("权限 (roles)")
    _superset(home, folder, "init")
    _say("看板 (dashboards)")
    with tempfile.TemporaryDirectory(dir=folder) as made:
        for name, text in assets(*read).items():
            path = Path(made) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        _run(home, folder, [str(ENVIRONMENT / "bin" / "python"), str(HERE / "load_assets.py"), made, ADMIN])


@contextmanager
def started(home: Home, folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A running Superset, on this machine's own address; it is stopped at the end."""
    gunicorn = [
        str(ENVIRONMENT / "bin" / "gunicorn"),
        *("--workers", str(WORKERS), "--worker-class", "gthread", "--threads", str(THREADS)),
        *("--timeout", str(SECONDS), "--bind", f"127.0.0.1:{port}", "--log-level", "warning"),
        "superset.app:create_app()",
    ]
    with subprocess.Popen(gunicorn, cwd=home.root, env=environment(folder)) as running:
        try:
            yield running
        finally:
            running.terminate()


def _superset(home: Home, folder: Path, *words: str) -> None:
    _run(home, folder, [str(ENVIRONMENT / "bin" / "superset"), *words])


def _run(home: Home, folder: Path, command: Sequence[str]) -> None:
    subprocess.run(command, cwd=home.root, env=environment(folder), check=True, capture_output=True, text=True)


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
