"""Faults inserted by lot in clean tables are found where they were inserted, with the right severity, and nothing else
is.

INSERTED_FAULTS=20 inserts that many times as much (by default 1: every clean file's turn comes by lot).
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from contracts import Finding
from tests.support.answers import findings_of
from tests.support.inserted_faults.figure_faults import FigureFaults
from tests.support.inserted_faults.judging import SampleChecks, open_sample_checks
from tests.support.inserted_faults.tables import Fault, Inserted, insert
from tests.support.other_layouts.files import write
from tests.support.other_layouts.office import HIDDEN, OFFICES
from tests.support.other_layouts.records import clean_tables, source

pytestmark = pytest.mark.slow

ROUNDS = int(os.environ.get("INSERTED_FAULTS", "1"))
SAMPLED, TOGETHER = 3, 4
FILES = clean_tables()
DATASETS = sorted({file.split("/")[0] for file in FILES})
IN_EACH_RUN = ("land_use",)  # the others are left to `make test-all`


@pytest.fixture(scope="module")
def checks() -> Iterator[SampleChecks]:
    with open_sample_checks() as checks:
        yield checks


@pytest.mark.parametrize(
    "dataset",
    [name if name in IN_EACH_RUN else pytest.param(name, marks=pytest.mark.thorough) for name in DATASETS],
)
def test_inserted_faults_are_found_there_and_nothing_else(dataset: str, checks: SampleChecks, tmp_path: Path) -> None:
    wrong, kinds = [], Counter[str]()
    for seed in range(ROUNDS):
        rng = random.Random(f"{dataset} {seed}")
        for file, faults in _batches(dataset, checks, rng):
            layout = replace(rng.choice(list(OFFICES.values())), seed=seed)
            inserted = insert(source(file), layout, faults)
            kinds.update(fault.rule for fault in faults)
            if complaint := _wrong(inserted, file, checks, tmp_path):
                wrong.append(f"{file} {inserted.laid.layout.differs()}: {complaint}")
    print(dataset, dict(kinds))
    assert wrong == []
    assert len(kinds) >= 8


def _batches(dataset: str, checks: SampleChecks, rng: random.Random) -> Iterator[tuple[str, list[Fault]]]:
    """Each kind of fault once, in files drawn by lot: a few at a time in different rows, those that ask for a layout or
    the file alone.
    """
    own = [file for file in FILES if file.startswith(f"{dataset}/")]
    seen: set[str] = set()
    for file in rng.sample(own, min(SAMPLED, len(own))):
        waiting: list[Fault] = []
        for fault in FigureFaults(source(file), _before(file, own, checks), rng).faults():
            if fault.rule in seen:
                continue
            seen.add(fault.rule)
            reporting_units = {_reporting_unit(file, row) for row in fault.rows}
            if (
                fault.alone
                or fault.layout
                or reporting_units & {_reporting_unit(file, row) for other in waiting for row in other.rows}
            ):
                yield file, [fault]
                continue
            waiting.append(fault)
            if len(waiting) == TOGETHER:
                yield file, waiting
                waiting = []
        if waiting:
            yield file, waiting


def _reporting_unit(file: str, row: int) -> tuple[str, ...]:
    given = source(file)
    record = given.rows[row]
    return (*(str(record.values.get(name)) for name in given.contract.reporting_unit.fields), str(record.period))


def _before(file: str, own: list[str], checks: SampleChecks) -> dict[str, dict[str, Any]]:
    """Rows of the latest earlier period by unit."""
    periods = {other: source(other).periods[-1] for other in own if source(other).periods}
    earlier = [other for other in periods if periods[other] < source(file).periods[0]]
    if not earlier:
        return {}
    return {
        row["reporting_unit"]: row
        for row in checks.clean(max(earlier, key=lambda other: periods[other])).table.to_pylist()
    }


def _wrong(inserted: Inserted, file: str, checks: SampleChecks, folder: Path) -> list[str]:
    """How what is found differs from what was inserted."""
    laid = inserted.laid
    path = write(folder, laid.stem, laid.layout.kind, laid.sheets, laid.layout.is_1904)
    _, found = checks.check(path, path.name, file.split("/")[0], instead_of=file)
    usual = Counter((row["rule"], row["severity"]) for row in findings_of(f"clean/{file}"))
    expected = {*inserted.also, HIDDEN.get(laid.layout.hidden)}
    left = [
        item
        for item in found
        if item.severity != "info" and not _is_usual(item, usual) and item.rule_id not in expected
    ]
    missing = []
    for rule, severity, cell in inserted.expected:
        reported = [
            item for item in left if (item.rule_id, item.severity) == (rule, severity) and cell in (None, item.cell)
        ]
        if not reported:
            missing.append(f"not found: {rule} {severity} at {cell}")
        left = [item for item in left if not any(item is one for one in reported)]
    return missing + [
        f"found: {item.rule_id} {item.severity} {item.reporting_unit} at {item.cell}: {item.message}" for item in left
    ]


def _is_usual(item: Finding, usual: Counter[tuple[str, str]]) -> bool:
    return (item.rule_id.split(".")[-1], item.severity) in usual
