"""The fingerprint of the code that makes a build: a build is made again when it differs from the published one's.

Called by pipeline.build.run and by the release package, which says whether two builds were made by the same code.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from warehouse.home import CHECKOUT

# Everything that turns accepted rows into marts, maps and the gate's verdict, and nothing else: what reads files
# (ingestion, the rules, pipeline.intake) has left its result in the staged files, and what runs or prints (orchestration,
# cli) changes no row. Which reports are expected is a mart.
MADE_BY = (
    "contracts",
    "spatial",
    "warehouse",
    "reporting",
    "expectations/__init__.py",
    "expectations/docs.py",
    "expectations/gate.py",
    "expectations/gate.yml",
    "expectations/gate_declarations.py",
    "expectations/gate_words.py",
    "expectations/gx.py",
    "expectations/marts",
    "pipeline/build",
    "pipeline/calendar/__init__.py",
    "pipeline/calendar/due_dates.py",
    "pipeline/calendar/expected_reports.py",
    "dbt_project",
    "requirements.lock",
)
# Called by a build and yet no part of it: what they do ends in the ledger or in the staged files, whose content a build's
# fingerprints have, or in a message.
BESIDE = ("pipeline.intake", "pipeline.failures")
# What dbt and Python write beside the sources.
WRITTEN_BY_RUNS = frozenset({"target", "logs", "dbt_packages", "__pycache__"})


def code_files(checkout: Path = CHECKOUT) -> Iterator[Path]:
    """The files that determine a build, in order of their paths; hidden files and what runs have written are left out."""
    for name in MADE_BY:
        place = checkout / name
        if not place.is_dir():
            yield place
            continue
        for path in sorted(place.rglob("*")):
            inside = path.relative_to(checkout).parts
            if path.is_file() and not any(part in WRITTEN_BY_RUNS or part.startswith(".") for part in inside):
                yield path


def code_version(checkout: Path = CHECKOUT) -> str:
    """SHA-256 (hexadecimal) over the names and the content of the files that determine a build.

    Raises FileNotFoundError when one of MADE_BY is not there.
    """
    digest = hashlib.sha256()
    for path in code_files(checkout):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(checkout).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
