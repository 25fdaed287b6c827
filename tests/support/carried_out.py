"""Documents carried out word for word in a copy of the project."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from warehouse.home import CHECKOUT

ROOMS = (
    "contracts",
    "spatial",
    "warehouse",
    "ingestion",
    "expectations",
    "reporting",
    "pipeline",
    "orchestration",
    "cli",
    "dev",
    "dbt_project",
)
BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.M | re.S)
FILE = re.compile(r"^(?:#|--) (?P<path>\S+)\n")


def blocks(document: Path, before: str | None = None) -> list[tuple[str, str]]:
    """Kind and text of each block of a document, above a heading where one is given."""
    text = document.read_text(encoding="utf-8")
    return [(found["kind"], found["text"]) for found in BLOCK.finditer(text[: text.index(before)] if before else text)]


def copied(tmp_path: Path, *rooms: str) -> Path:
    project = tmp_path / "project"
    project.mkdir()
    shutil.copyfile(CHECKOUT / "requirements.lock", project / "requirements.lock")
    (project / "dags").mkdir()
    for room in rooms:
        shutil.copytree(CHECKOUT / room, project / room, ignore=shutil.ignore_patterns("__pycache__", "target"))
    return project


def run(project: Path, home: Path, commands: str, **more: str) -> str:
    """What a shell prints for these commands in the copy; the status of the last one does not count, a traceback does.
    more: further environment variables.
    """
    environment = os.environ | {
        "PYTHONPATH": str(project),
        "WAREHOUSE_HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "COLUMNS": "200",
        **more,
    }
    for name in {"DBT_TARGET_PATH", "DBT_LOG_PATH"} - more.keys():
        environment.pop(name, None)
    ran = subprocess.run(
        ["bash", "-c", commands], cwd=project, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert "Traceback" not in ran.stderr, ran.stderr
    return ran.stdout
