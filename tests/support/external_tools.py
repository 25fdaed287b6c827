"""Programs that are no Python packages and that tests marked `external` need; called by tests/conftest.py.

Where one is missing, the test is skipped with its name; on a CI machine (CI=true), where .ci/run installs them, it
fails.
"""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple, NoReturn

import pytest

from dev.checks import is_ci

POSTGRESQL_VERSIONS = Path("/usr/lib/postgresql")  # where Debian keeps each major version's programs, outside PATH


class Tool(NamedTuple):
    """is_there: whether this machine has it; package: what installs it on Debian."""

    is_there: Callable[[], bool]
    package: str


def postgresql_programs() -> Path | None:
    """The folder of PostgreSQL's server and its tools, of the newest version; None where there is no server."""
    versions = sorted(POSTGRESQL_VERSIONS.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    found = versions[-1] if versions else shutil.which("postgres")
    return Path(found).resolve().parent if found else None


def _makes_pdf() -> bool:
    from reporting.report.pdf import why_not

    return why_not() is None


TOOLS: dict[str, Tool] = {
    "postgresql": Tool(lambda: postgresql_programs() is not None, "postgresql"),
    "chromium": Tool(lambda: shutil.which("chromium") is not None, "chromium"),
    "pango": Tool(_makes_pdf, "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-cjk"),
    "poppler": Tool(lambda: shutil.which("pdffonts") is not None, "poppler-utils"),
}


def missing_tools(names: tuple[str, ...], tools: Mapping[str, Tool] = TOOLS) -> str:
    """Names those of the tools that this machine lacks, with the package of each; empty where all are there.

    Raises KeyError for a tool that is not declared.
    """
    lacking = [name for name in names if not tools[name].is_there()]
    return "; ".join(f"{name} is not installed (apt-get install {tools[name].package})" for name in lacking)


def lacking(reason: str) -> NoReturn:
    """Skip the test for want of what a machine may lack; on a CI machine it fails."""
    (pytest.fail if is_ci() else pytest.skip)(reason)
