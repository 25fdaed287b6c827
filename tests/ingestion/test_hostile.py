"""Files that mean harm end in a typed outcome within ten seconds and half a gigabyte, and nothing outside of the home
is touched.

Seconds are the processor's, of all processes that the file took: a busy machine would make any others fail.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingestion.sandbox import Outcome
from pipeline.intake.receive import read_batch, receive
from tests.support.hostile import CANARY, CASES, recorded_runs
from tests.support.hostile_archives import MEGABYTE
from warehouse.home import Home
from warehouse.ledger import Ledger

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("unshared_readings"),
]  # each file is received in a sandbox of its own

MOST_SECONDS, MOST_MEGABYTES = 10.0, 512.0


# Left to `make test-all`, each for the case that `make test` shows of its kind: the slowest, and names alike.
LIKE_ANOTHER = {
    "a million lines": "three million lines",
    "blank sheet of 200 MB": "bomb in the styles",
    "unnumbered rows": "cells out of order",
    **{name: "name 0" for name in CASES if re.fullmatch(r"name [2-9]\d*|name 1\d", name)},
}


def _as_parameter(name: str) -> Any:
    return pytest.param(name, marks=pytest.mark.thorough) if name in LIKE_ANOTHER else name


@pytest.fixture
def runs() -> Iterator[list[Outcome]]:
    with recorded_runs() as taken:
        yield taken


def test_what_is_left_out_has_a_case_of_its_kind() -> None:
    assert LIKE_ANOTHER.keys() | set(LIKE_ANOTHER.values()) <= CASES.keys()
    assert not LIKE_ANOTHER.keys() & set(LIKE_ANOTHER.values())


@pytest.mark.parametrize("name", [_as_parameter(name) for name in CASES])
def test_harm_is_answered(name: str, tmp_path: Path, runs: list[Outcome]) -> None:
    case, home = CASES[name], Home(tmp_path / "home")
    outside = tmp_path / "outside"
    outside.mkdir()
    canary = outside / "secret.csv"
    canary.write_text(f"乡镇,{CANARY}\n", encoding="utf-8")
    folder = home.ensure().inbox / case.dataset
    folder.mkdir(parents=True, exist_ok=True)
    (folder / case.name).write_bytes(case.content(str(canary)))

    receive(home, settle_seconds=0)
    with Ledger.open(home) as ledger:
        (submission,) = ledger.submissions()
    if submission.state == "received":
        read_batch(home, [submission.submission_id])
    with Ledger.open(home) as ledger:
        answered = ledger.get(submission.submission_id)
        found = ledger.findings(submission.submission_id)

    rules = {item.rule_id for item in found}
    if answered.state == "unreadable":
        assert rules and rules <= case.rules, [item.message for item in found]
    else:
        assert case.readable and answered.state == "staged"
    assert sum(len(item.message) for item in found) < MEGABYTE // 16
    assert [run.failure for run in runs if run.failure] in ([], *([["timeout"]] if case.is_endless else []))
    assert sum(run.cpu_seconds for run in runs) < MOST_SECONDS
    assert max(run.peak_megabytes for run in runs) < MOST_MEGABYTES
    assert sorted(path.name for path in tmp_path.rglob("*") if home.root not in path.parents) == [
        "home",
        "outside",
        "secret.csv",
    ]
    assert not (Path.cwd() / "pwned").exists()
    assert not any(CANARY.encode() in path.read_bytes() for path in home.root.rglob("*") if path.is_file())


def test_links_and_pipes_in_the_inbox_are_left_alone(tmp_path: Path) -> None:
    import os

    home = Home(tmp_path / "home").ensure()
    folder = home.inbox / "ecology"
    folder.mkdir(parents=True, exist_ok=True)
    (tmp_path / "secret.csv").write_text(CANARY, encoding="utf-8")
    (folder / "生态2024.csv").symlink_to(tmp_path / "secret.csv")
    (home.inbox / "wetland").symlink_to(tmp_path, target_is_directory=True)
    os.mkfifo(folder / "生态2025.csv")
    assert receive(home, settle_seconds=0) == {}
    assert (tmp_path / "secret.csv").read_text(encoding="utf-8") == CANARY
