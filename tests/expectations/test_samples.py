"""The sample submissions against their key: rule, severity and cell of every finding that is this room's, and the rows
that are held.

`make test` takes a file of each dataset here; that all files end as their key says, tests/pipeline/intake/
test_every_sample.py shows through the whole intake.
"""

import csv
from collections import defaultdict

import duckdb
import pytest

from contracts import catalogue, contract, contracts
from contracts.submission_table import table_columns
from expectations.engine import check
from expectations.sql_rules import rules
from expectations.suites import validate
from ingestion.normalize import normalize
from tests.support.answers import SAMPLES
from tests.support.thorough import one_of_each

pytestmark = pytest.mark.slow  # reads and validates a hundred files

SENT = [name for name in contracts() if (SAMPLES / "clean" / name).is_dir()]
TABLES = [name for name in SENT if not contract(name).is_layer]
OURS = {rule.rule.rule_id for name in TABLES for rule in rules(name)} | {
    rule for rule in catalogue() if rule.startswith("contract.")
}


def _key(name):
    with (SAMPLES / "answers" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


FINDINGS = defaultdict(set)
for row in _key("expected_findings.csv"):
    FINDINGS[row["file"]].add((row["rule"], row["severity"], row["cell_or_feature"]))
ROWS = {row["file"]: row for row in _key("expected_rows.csv")}


def _dataset(path):
    return path.parent.name


def _files(group, datasets):
    return [path for name in datasets for path in sorted((SAMPLES / group / name).iterdir())]


@pytest.fixture(scope="module")
def con():
    """Everything of clean/ that a rule may ask for, as accepted."""
    with duckdb.connect() as connection:
        for name, item in contracts().items():
            columns = ", ".join(f"{column} {kind}" for column, kind in table_columns(item).items())
            connection.execute(
                f"create table accepted_{name} (submission_id varchar, accepted_at timestamp, {columns})"
            )
        for path in _files("clean", SENT):
            name = path.parent.name
            connection.register("frame", normalize(path, path.name, contract(name), path.name).table)
            connection.execute(
                f"insert into accepted_{name} select '{path.name}', timestamp '2026-01-01', * from frame"
            )
            connection.unregister("frame")
        yield connection


def _judged(path, con):
    """Findings of reading, and of this room, on one file."""
    item = contract(path.parent.name)
    read = normalize(path, path.name, item, path.name)
    own = validate(read.table, item, read.findings)
    own += check(read.table, item, con, [*read.findings, *own])
    return read, own


def _held_rows(read, findings):
    held = {one.reporting_unit for one in findings if one.severity == "error"}
    rows = read.table.select(["sheet", "row_no", "reporting_unit"]).to_pylist()
    return len({(row["sheet"], row["row_no"]) for row in rows if held & {None, row["reporting_unit"]}})


def _place(one):
    return one.rule_id.split(".")[1], one.severity, one.cell or one.feature or ""


@pytest.mark.parametrize("path", one_of_each(_files("clean", SENT), _dataset), ids=lambda path: path.name)
def test_a_clean_file_has_the_findings_of_the_key_and_no_other(path, con):
    read, own = _judged(path, con)
    assert {_place(one) for one in own} == FINDINGS[path.relative_to(SAMPLES).as_posix()]
    assert _held_rows(read, [*read.findings, *own]) == 0


@pytest.mark.parametrize("path", one_of_each(_files("traps", TABLES), _dataset), ids=lambda path: path.name)
def test_a_trap_has_the_findings_of_the_key_and_holds_its_rows(path, con):
    name = path.relative_to(SAMPLES).as_posix()
    read, own = _judged(path, con)
    names = {rule.split(".")[1] for rule in OURS if rule.split(".")[0] in (path.parent.name, "contract")}
    expected = {one for one in FINDINGS[name] if one[0] in names}
    assert expected <= {_place(one) for one in [*read.findings, *own]} | _duplicates_at_other_key_cells(own)
    assert _held_rows(read, [*read.findings, *own]) == int(ROWS[name]["rows_held"])


def _duplicates_at_other_key_cells(own):
    """A duplicate may be reported at any key cell of its row: the neighbour of the one that we name is as good."""
    return {
        ("duplicate_key", "error", f"{chr(ord(one.cell[0]) + 1)}{one.cell[1:]}")
        for one in own
        if one.rule_id == "contract.duplicate_key"
    }


def test_a_hint_tells_the_unit_that_was_mistaken(con):
    _, (reported,) = _judged(SAMPLES / "traps" / "ecology" / "生态2025红线单位.xlsx", con)
    assert (reported.rule_id, reported.reporting_unit, reported.found, reported.expected) == (
        "ecology.crosscheck_redline",
        "140404103",
        "31.85",
        "0.3185",
    )
    assert "疑为公顷写在平方千米栏" in reported.message
