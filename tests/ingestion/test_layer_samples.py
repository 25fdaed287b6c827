"""Every sample layer: the clean ones come through whole, the traps are found where they were set."""

import csv
import math
import re

import pytest

from contracts import contract, contracts
from ingestion.normalize.layer import normalize_layer
from ingestion.normalize.layer_checks import layer_checks
from tests.support.samples_table import is_read_otherwise

LAYERS = sorted(name for name, one in contracts().items() if one.is_layer)
ELSEWHERE = {"duplicate_key"}  # found by the contract's expectations, not while normalizing
WITHIN_M = 5.0
METRES_A_DEGREE = (90_000.0, 111_000.0)  # at 36° N


@pytest.fixture(scope="module")
def samples(request):
    return request.config.rootpath / "samples"


@pytest.fixture(scope="module")
def townships(samples):
    (file,) = (samples / "clean" / "admin_boundary").iterdir()
    return normalize_layer(file, file.name, contract("admin_boundary")).table.select(["township_code", "geometry"])


@pytest.fixture(scope="module")
def judge(samples, townships):
    """A sample as it is judged: what normalizing gave, and all findings about it."""
    done = {}

    def judged(name):
        if name not in done:
            dataset = name.split("/")[1]
            file = samples / name
            normalized = normalize_layer(file, file.name, contract(dataset))
            found = layer_checks(normalized.table, contract(dataset), townships) if normalized.readable else []
            done[name] = normalized, [*normalized.findings, *found]
        return done[name]

    return judged


def answers(samples, name):
    with (samples / "answers" / name).open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["dataset"] in LAYERS]


def pytest_generate_tests(metafunc):
    samples = metafunc.config.rootpath / "samples"
    if "row" in metafunc.fixturenames:
        rows = answers(samples, "expected_rows.csv")
        metafunc.parametrize("row", rows, ids=[row["file"] for row in rows])
    if "trap" in metafunc.fixturenames:
        listed = answers(samples, "expected_findings.csv")
        traps = [row for row in listed if row["rule"] not in ELSEWHERE and not is_read_otherwise(row)]
        metafunc.parametrize(
            "trap", traps, ids=[f"{row['file']}:{row['rule']}:{row['cell_or_feature']}" for row in traps]
        )


def test_rows_period_and_units(judge, row):
    normalized, _ = judge(row["file"])
    reporting_units = set(normalized.table["reporting_unit"].to_pylist())
    assert (normalized.readable, normalized.rows_read, normalized.rows_control) == (
        True,
        int(row["rows_read"]),
        int(row["control_rows"]),
    )
    assert normalized.table.num_rows == normalized.rows_read
    assert set(normalized.table["period"].to_pylist()) == {row["period"]}
    assert len(reporting_units) == int(row["units"])
    assert set(filter(None, row["held_units"].split("|"))) <= reporting_units


def test_only_the_units_of_the_key_are_held(judge, row):
    normalized, found = judge(row["file"])
    reporting_units = set(normalized.table["reporting_unit"].to_pylist())
    errors = [one for one in found if one.severity == "error"]
    held = (
        reporting_units if any(one.reporting_unit is None for one in errors) else {one.reporting_unit for one in errors}
    )
    missed_here = "标识码重复" in row["file"]
    assert held == (set() if missed_here else set(filter(None, row["held_units"].split("|"))))


def test_a_clean_layer_has_neither_error_nor_warning(judge, row):
    _, found = judge(row["file"])
    if row["group"] == "clean" or "应接收" in row["file"]:
        assert found == []


def test_a_trap_is_found_where_it_was_set(judge, trap):
    _, found = judge(trap["file"])
    assert [one for one in found if _is(one, trap)], [(one.rule_id, one.cell, one.feature, one.point) for one in found]


def test_nothing_else_is_found_than_what_was_set(samples, judge, row):
    _, found = judge(row["file"])
    rules = {trap["rule"] for trap in answers(samples, "expected_findings.csv") if trap["file"] == row["file"]}
    assert {one.rule_id.split(".")[-1] for one in found} == rules - ELSEWHERE


def _is(found, trap):
    reported = (found.rule_id.split(".")[-1], found.severity, found.sheet if trap["sheet"] else "")
    if reported != (trap["rule"], trap["severity"], trap["sheet"]):
        return False
    where = trap["cell_or_feature"]
    if point := re.fullmatch(r"\((\S+),(\S+)\)", where):
        return found.point is not None and _metres(found.point, (float(point[1]), float(point[2]))) < WITHIN_M
    if not where:
        return found.feature is None and found.cell is None
    if shown := re.search(r"[(\[](1\d\d\.\d+)[ ,](\d\d\.\d+)[)\]]", trap["message"]):
        assert found.point is not None
        if _metres(found.point, (float(shown[1]), float(shown[2]))) >= WITHIN_M:
            return False
    return set((found.feature or found.cell or "").split("|")) == set(where.split("|"))


def _metres(one, other):
    return math.hypot(*((a - b) * scale for a, b, scale in zip(one, other, METRES_A_DEGREE, strict=True)))
