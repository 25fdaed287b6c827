"""Airflow's settings for one warehouse home, declared once: for `make up` (orchestration.server), local runs
(orchestration.local_run) and the services of docker-compose.yml (orchestration.service).
"""

import json
import os
import secrets
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

from contracts import TIME_ZONE
from warehouse.home import CHECKOUT, OWN_FILE, OWN_FOLDER, Home, own_file

WRITER_POOL = "warehouse_writer"
LEDGER_POOL = "warehouse_ledger"
CALENDAR_POOL = "warehouse_calendar"
POOLS = {  # as `airflow pools import` reads them
    name: {"slots": 1, "description": description, "include_deferred": False}
    for name, description in (
        (WRITER_POOL, "构建库只有一个写入者 (one writer of the build database)"),
        (LEDGER_POOL, "逐件入账，互不穿插 (submissions are decided one at a time)"),
        (CALENDAR_POOL, "月度任务让路 (months caught up one at a time, beside the daily work)"),
    )
}
LOGIN = "admin"
DEFAULT_PORT = 8080
# Loggers that write hundreds of lines in a run without any fault.
QUIET = {
    "great_expectations": "WARNING",
    "alembic": "WARNING",
    "httpx": "WARNING",
    "http.access": "WARNING",
    "py.warnings": "ERROR",
}
# What a shell may have set for another Airflow must not reach this one; a service of docker-compose sets it on purpose.
FOREIGN = ("AIRFLOW", "_AIRFLOW")


def _secrets(home: Home) -> dict[str, str]:
    """Keys by which the components trust each other, made once for a home and readable by its owner only."""
    path = home.airflow / "secrets.json"
    if not path.exists():
        home.airflow.mkdir(parents=True, exist_ok=True)
        made = {
            "jwt": secrets.token_urlsafe(64),
            "api": secrets.token_urlsafe(32),
            "fernet": urlsafe_b64encode(os.urandom(32)).decode(),
            "password": secrets.token_urlsafe(9),
        }
        partial = path.with_suffix(f".{os.getpid()}")
        own_file(partial).write_text(json.dumps(made), encoding="utf-8")
        # Linking fails where another process was first; the first one's keys hold.
        try:
            os.link(partial, path)
        except FileExistsError:
            pass
        finally:
            partial.unlink()
    return json.loads(path.read_text(encoding="utf-8"))


def passwords_file(home: Home) -> Path:
    """Where Airflow's simple auth manager looks up {user: password}."""
    return home.airflow / "passwords.json"


def database_file(home: Home) -> Path:
    """Airflow's metadata database (SQLite), where no deployment names another."""
    return home.airflow / "airflow.db"


def password(home: Home) -> str:
    """The password of LOGIN in a home's own Airflow."""
    return _secrets(home)["password"]


def _approvers(home: Home) -> list[str]:
    """The logins that settings.toml names as approvers, LOGIN apart: they have accounts in a home's own Airflow."""
    from pipeline.release.question import approval_settings

    return [user for user in approval_settings(home).users if user != LOGIN]


def _passwords(home: Home) -> str:
    """{user: password} of a home's own Airflow, as JSON. An approver's is made once, and stays."""
    try:
        known = json.loads(passwords_file(home).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        known = {}
    made = {user: known.get(user) or secrets.token_urlsafe(9) for user in _approvers(home)}
    return json.dumps({**made, LOGIN: password(home)}, ensure_ascii=False)


def _settings(home: Home, port: int) -> dict[str, str]:
    """Airflow's options by environment variable."""
    keys = _secrets(home)
    base = f"http://127.0.0.1:{port}"
    logs = home.logs / "airflow"
    options: dict[str, dict[str, object]] = {
        "core": {
            "dags_folder": CHECKOUT / "dags",
            "load_examples": False,
            "executor": "LocalExecutor",
            "parallelism": 4,
            "dags_are_paused_at_creation": False,
            "default_timezone": TIME_ZONE,
            "fernet_key": keys["fernet"],
            "plugins_folder": home.airflow / "plugins",
            "simple_auth_manager_users": ",".join([f"{LOGIN}:admin", *(f"{user}:user" for user in _approvers(home))]),
            "simple_auth_manager_passwords_file": passwords_file(home),
            "execution_api_server_url": f"{base}/execution/",
            "max_map_length": 4096,
        },
        "database": {"sql_alchemy_conn": f"sqlite:///{database_file(home)}"},
        "logging": {
            "base_log_folder": logs,
            "dag_processor_child_process_log_directory": logs / "dag_processor",
            "colored_console_log": False,
            "namespace_levels": " ".join(f"{name}={level}" for name, level in QUIET.items()),
            "uvicorn_logging_level": "WARNING",
            "file_task_handler_new_folder_permissions": f"{OWN_FOLDER:#o}",
            "file_task_handler_new_file_permissions": f"{OWN_FILE:#o}",
        },
        "api": {"host": "127.0.0.1", "port": port, "base_url": base, "workers": 1, "secret_key": keys["api"]},
        "api_auth": {"jwt_secret": keys["jwt"]},
        # A receipt within a minute: look for work twice a second when idle.
        # What a killed task or a killed scheduler left is tried again after a minute or two, not after 5 minutes.
        "scheduler": {
            "scheduler_idle_sleep_time": 0.5,
            "catchup_by_default": False,
            "task_instance_heartbeat_timeout": 90,
            "orphaned_tasks_check_interval": 30,
        },
        "dag_processor": {"parsing_processes": 1, "min_file_process_interval": 60},
    }
    return {
        f"AIRFLOW__{section}__{name}".upper(): str(value)
        for section, rows in options.items()
        for name, value in rows.items()
    }


def _is_set(name: str, environ: Mapping[str, str]) -> bool:
    """Whether a deployment sets an option itself."""
    return any(f"{name}{suffix}" in environ for suffix in ("", "_CMD", "_SECRET"))


def environment(home: Home, port: int = DEFAULT_PORT, given: Mapping[str, str] | None = None) -> dict[str, str]:
    """The whole process environment in which Airflow serves a home.

    port: of the UI and API on the loopback address, the only one. given: the variables in which a
    deployment sets options itself (AIRFLOW__SECTION__NAME, also with _CMD or _SECRET), which go before ours; without
    it, none of the shell's Airflow options is taken over.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    chosen = dict(given or {})
    own = {name: value for name, value in _settings(home, port).items() if not _is_set(name, chosen)}
    return {
        **inherited,
        "AIRFLOW_HOME": str(home.airflow),
        **own,
        **{name: value for name, value in chosen.items() if name.startswith(FOREIGN)},
        "WAREHOUSE_HOME": str(home.root),
        "WAREHOUSE_LEDGER_URL": home.ledger_server or "",
        "WAREHOUSE_BI_URL": home.bi_server or "",
        "PYTHONPATH": str(CHECKOUT),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "NO_PROXY": "127.0.0.1,localhost",
        "GX_ANALYTICS_ENABLED": "false",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }


def prepare(home: Home, environ: Mapping[str, str], output: BinaryIO | None = None) -> None:
    """Bring Airflow's metadata database to this version's schema and make the pools, by Airflow's own commands.

    environ: what `environment` returned. output: file for what the commands print; else it goes where this process
    prints. An embedded database that was prepared with the same settings is left as it is. Raises
    subprocess.CalledProcessError.
    """
    home.ensure()
    passwords = environ.get("WAREHOUSE_AIRFLOW_PASSWORDS") or _passwords(home)
    own_file(passwords_file(home)).write_text(passwords, encoding="utf-8")
    state = {
        "airflow": version("apache-airflow"),
        "database": environ.get("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"),
        "pools": POOLS,
    }
    prepared = home.airflow / "prepared.json"
    if database_file(home).exists() and prepared.exists() and json.loads(prepared.read_text("utf-8")) == state:
        return
    pools = home.airflow / "pools.json"
    pools.write_text(json.dumps(POOLS, ensure_ascii=False), encoding="utf-8")
    if state["database"] == _settings(home, DEFAULT_PORT)["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]:
        own_file(database_file(home)).chmod(OWN_FILE)  # it holds connections; earlier versions made it otherwise
    for words in (("db", "migrate"), ("pools", "import", str(pools))):
        command = [sys.executable, "-m", "airflow", *words]
        subprocess.run(command, env=dict(environ), stdout=output, stderr=output, check=True, cwd=CHECKOUT)
    prepared.write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
