"""Faults inserted by lot in clean layers are found at their features, with the right severity, and nothing else is.

INSERTED_FAULTS=20 inserts that many times as much.
"""

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
import shapely

from contracts import Finding, contract
from tests.support.inserted_faults.judging import SampleChecks, open_sample_checks
from tests.support.inserted_faults.layers import Fault, InsertFaults
from tests.support.other_layouts.layers import Surveyor, clean_layers, normalized, write_layer

pytestmark = pytest.mark.slow

ROUNDS = int(os.environ.get("INSERTED_FAULTS", "1"))
MOST_FEATURES = 400  # of a layer in the usual run
FILES = [file for file in clean_layers() if ROUNDS > 1 or normalized(file).table.num_rows <= MOST_FEATURES]
DATASETS = sorted({file.split("/")[0] for file in FILES})
IN_EACH_RUN = ("wetland", "project_site")  # the others are left to `make test-all`


@pytest.fixture(scope="module")
def checks() -> Iterator[SampleChecks]:
    with open_sample_checks() as checks:
        yield checks


@pytest.mark.parametrize(
    "dataset",
    [name if name in IN_EACH_RUN else pytest.param(name, marks=pytest.mark.thorough) for name in DATASETS],
)
def test_inserted_faults_are_found_there_and_nothing_else(dataset: str, checks: SampleChecks, tmp_path: Path) -> None:
    wrong, kinds = [], set()
    for seed in range(ROUNDS):
        rng = random.Random(f"{dataset} {seed}")
        file = rng.choice([file for file in FILES if file.startswith(f"{dataset}/")])
        for number, fault in enumerate(InsertFaults(contract(dataset), normalized(file).table, rng).faults()):
            kinds.add(fault.rule)
            complaints = _complaints(fault, file, checks, tmp_path / f"{seed} {number}")
            wrong += [f"{file} {fault.rule} {fault.features}: {what}" for what in complaints]
    assert wrong == []
    assert len(kinds) >= 3


def _complaints(fault: Fault, file: str, checks: SampleChecks, folder: Path) -> list[str]:
    """How what is found differs from what was inserted."""
    rules = contract(file.split("/")[0])
    table = pa.table({name: [row[name] for row in fault.rows] for name in ["geometry", *rules.columns]})
    folder.mkdir()
    path = write_layer(rules, table, Path(file).stem, Surveyor(without=fault.without), folder)
    _, found = checks.check(path, path.name, rules.dataset, instead_of=file)
    reported = [item for item in found if (item.rule_id, item.severity) == (fault.rule, fault.severity)]
    left = [
        item for item in found if item.severity != "info" and item not in reported and item.rule_id not in fault.also
    ]
    missing = [] if _features(reported) == _features_expected(fault) else [f"found at {_features(reported)}"]
    missing += [
        f"{item.point} is elsewhere"
        for item in reported
        if fault.ground is not None and not _lies_in(item, fault.ground)
    ]
    return missing + [f"found: {item.rule_id} {item.severity} {item.feature}: {item.message}" for item in left]


def _features(found: list[Finding]) -> set[str | None]:
    return {"|".join(sorted(item.feature.split("|"))) if item.feature else None for item in found}


def _features_expected(fault: Fault) -> set[str | None]:
    return {"|".join(sorted(name.split("|"))) if name else None for name in fault.features}


def _lies_in(item: Finding, ground: shapely.Geometry) -> bool:
    return item.point is not None and bool(shapely.dwithin(ground, shapely.Point(item.point), 1e-6))
