"""Arrival: in any order, twice, half done; what becomes of it is the same."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from contracts import Contract, Finding, contracts
from pipeline.build import run as build
from pipeline.intake import receive as intake
from pipeline.intake.rule_runner import RuleRunner
from pipeline.run import LoadFailed, load, read_and_decide
from tests.support.answers import SAMPLES
from tests.support.few_samples import BOUNDARIES as BOUNDARY_FILES
from tests.support.few_samples import EARLIER_REPORTS, LATER_REPORTS, LAYERS, clean_files, put
from tests.support.outcomes import outcomes
from tests.support.same_marts import differing_marts, differing_tables
from warehouse import archive, builds
from warehouse.home import Home
from warehouse.ledger import Ledger

pytestmark = pytest.mark.slow

BOUNDARIES = ("admin_boundary", "planning_zone")
GOOD = "ecology/2025生态年报-上党.xls"
FAULTY = "ecology/生态2025-覆盖率算错.xlsx"  # what only a rule finds, and rules wait for the boundary
WASTE, UNKNOWN = "rural_waste/农村垃圾季报2024-1.xlsx", "unknown/生态.xlsx"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").ensure()


def test_figures_wait_for_the_boundary_and_are_checked_when_it_comes(home: Home) -> None:
    put(home, "clean", GOOD)
    put(home, "traps", FAULTY)
    assert load(home, build_marts=False)["decided"]["statistics"]["waiting"] == 20
    with Ledger.open(home) as ledger:
        good, faulty = sorted(ledger.submissions(), key=lambda one: one.file_name != Path(GOOD).name)
        assert (good.state, faulty.state, ledger.current_units("ecology")) == ("waiting", "waiting", [])
        text = (home.absolute(str(good.receipt_as)) / "receipt.txt").read_text(encoding="utf-8")
        assert "等待行政区，到达后自动复核，不必重报" in text
    put(home, "clean", *BOUNDARY_FILES)
    load(home, build_marts=False)
    with Ledger.open(home) as ledger:
        good, faulty = ledger.get(good.submission_id), ledger.get(faulty.submission_id)
        assert (good.state, good.rows_accepted) == ("accepted", 10)
        assert (faulty.state, faulty.rows_held) == ("partly_held", 1)
        assert {version.submission_id for version in ledger.current_units("ecology")} <= {
            good.submission_id,
            faulty.submission_id,
        }
        assert len(ledger.current_units("ecology")) == 10
        for one in (good, faulty):
            assert "等待" not in (home.absolute(str(one.receipt_as)) / "receipt.txt").read_text(encoding="utf-8")
        assert all(balance.is_balanced for balance in ledger.balance())


@pytest.mark.thorough
def test_the_order_of_arrival_does_not_matter(few_samples_home: Home, home: Home) -> None:
    """The last periods first, what they need last: what is in force, and so the raw tables of a build, is the same. That
    the order of raw rows leaves no trace in a mart is tested in tests/dbt/test_marts.py.
    """
    for files in (LATER_REPORTS, EARLIER_REPORTS, LAYERS, BOUNDARY_FILES):
        put(home, "clean", *files)
        load(home, build_marts=False)
    build.run(home, steps=("overlay", "sync"))
    with Ledger.open(home) as ledger, Ledger.open(few_samples_home) as other:
        assert {one.state for one in ledger.submissions()} == {"accepted"}
        assert in_force(ledger) == in_force(other)
    assert outcomes(home) == outcomes(few_samples_home)
    # one names submissions and moments; what a rule had to compare with is that of the moment when it was asked
    assert differing_tables(few_samples_home.build_db, home.build_db, "raw") == ["rule_outcome", "sync_state"]


def in_force(ledger: Ledger) -> list[tuple[Any, ...]]:
    """What is accepted: reporting units with the hash of what they say."""
    return sorted(
        (version.dataset, version.reporting_unit, str(version.period), version.content_hash)
        for dataset in contracts()
        for version in ledger.current_units(dataset)
    )


@pytest.mark.thorough
def test_the_order_of_arrival_of_all_samples_does_not_matter(clean_home: Home, home: Home) -> None:
    datasets = {path.name for path in (SAMPLES / "clean").iterdir()}
    spatial = {
        "admin_boundary",
        "planning_zone",
        "forest_land",
        "wetland",
        "ecological_redline",
        "project_site",
        "land_parcel",
        "mining_subsidence",
    }
    reports = clean_files(datasets - spatial)
    late = [file for file in reports if "2025" in file]
    # the last periods first, what they need last
    for files in (late, sorted(set(reports) - set(late)), clean_files(spatial - set(BOUNDARIES))):
        put(home, "clean", *files)
        load(home, build_marts=False)
    put(home, "clean", *clean_files(BOUNDARIES))
    load(home)
    with Ledger.open(home) as ledger:
        assert {one.state for one in ledger.submissions()} == {"accepted"}
    # what a rule had to compare with is that of the moment when it was asked: what it then said is the same
    assert differing_marts(builds.database(clean_home), builds.database(home)) == ["mart_rule_outcome"]
    contradicting, answered_in_both = rule_outcomes_in_both(builds.database(clean_home), builds.database(home))
    assert contradicting == 0 and answered_in_both > MANY_OUTCOMES


MANY_OUTCOMES = 5000  # rules that both orders of arrival could ask of a unit: the samples have 20,000


def rule_outcomes_in_both(one: Path, other: Path) -> tuple[int, int]:
    """Of rules of reporting units that passed or failed in both published builds: how many did otherwise, and all."""
    with duckdb.connect() as con:
        for name, path in (("one", one), ("other", other)):
            con.execute(f"attach '{path}' as {name} (read_only)")
            con.execute(
                f"create temp view answers_of_{name} as "
                "select file_name, reporting_unit, coalesce(period, '') as period, rule_id, coalesce(field, '') as field, outcome "
                f"from {name}.mart_rule_outcome join {name}.mart_submission using (submission_id) where outcome <> 'not_applicable'"
            )
        [counted] = con.execute(
            "select count(*) filter (one.outcome <> other.outcome), count(*) from answers_of_one as one "
            "join answers_of_other as other using (file_name, reporting_unit, period, rule_id, field)"
        ).fetchall()
    return counted


class Crash(BaseException):
    """The process dies here."""


def once(monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> None:
    """Let a function crash when it is called for the first time."""
    real = getattr(owner, name)

    def crash(*_args: object, **_options: object) -> None:
        monkeypatch.setattr(owner, name, real)
        raise Crash(name)

    monkeypatch.setattr(owner, name, crash)


@pytest.mark.parametrize(
    ("file", "step"),
    [
        *((WASTE, step) for step in ("put_members", "receive", "unlink", "stage", "decide", "attach_receipt")),
        *((UNKNOWN, step) for step in ("put_members", "receive", "unlink", "stage", "attach_receipt")),
    ],
)
def test_a_crash_at_any_step_loses_nothing_and_receives_nothing_twice(
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    file: str,
    step: str,
) -> None:
    target = home.inbox / file
    target.parent.mkdir()
    target.write_bytes((SAMPLES / "clean" / file).read_bytes() if file == WASTE else b"PK\x03\x04 no workbook")
    once(monkeypatch, {"put_members": archive, "unlink": Path}.get(step, Ledger), step)
    with pytest.raises(Crash):
        load(home, build_marts=False)
    load(home, build_marts=False)
    with Ledger.open(home) as ledger:
        [one] = ledger.submissions()
        assert one.state == ("accepted" if file == WASTE else "unreadable")
        assert (home.absolute(str(one.receipt_as)) / "receipt.txt").is_file()
    assert not target.exists()
    assert [path.name for path in home.receipts.glob("*/*")] == [f"{Path(one.file_name).stem}-{one.submission_id}"]


def test_reading_what_was_read_changes_nothing(home: Home) -> None:
    put(home, "clean", WASTE)
    load(home, build_marts=False)
    with Ledger.open(home) as ledger:
        [one] = ledger.submissions()
        events = len(ledger.events())
    assert intake.read_batch(home, [one.submission_id]) == []
    assert all(result["accepted"] == 0 for result in read_and_decide(home).values())
    with Ledger.open(home) as ledger:
        assert len(ledger.events()) == events


def test_what_a_crash_left_undecided_is_called_up_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    put(home, "clean", WASTE)
    assert intake.receive(home, 0) == {"statistics": 1}
    assert intake.receive(home, 0) == {}, "a run may still have it in hand"
    monkeypatch.setattr(intake, "STRANDED_AFTER", timedelta(0))
    assert intake.receive(home, 0) == {"statistics": 1}
    read_and_decide(home)
    assert intake.receive(home, 0) == {}


def test_one_that_cannot_be_checked_keeps_no_other_from_being_decided(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(home, "clean", WASTE)
    put(home, "clean", "supervision/上党区2024年重点工程监督检查记录.xlsx")
    put(home, "clean", "performance/2023年度重点工程绩效评价.xlsx")
    whole = RuleRunner.check_table

    def fails(self: RuleRunner, table: Any, rules: Contract, *others: Any) -> list[Finding]:
        if rules.dataset == "performance":
            raise ZeroDivisionError
        return whole(self, table, rules, *others)

    with monkeypatch.context() as patched:
        patched.setattr(RuleRunner, "check_table", fails)
        with pytest.raises(LoadFailed, match=r"2023年度重点工程绩效评价\.xlsx: ZeroDivisionError"):
            load(home, build_marts=False)
    with Ledger.open(home) as ledger:
        states = {one.dataset: one.state for one in ledger.submissions()}
    assert states == {"rural_waste": "accepted", "supervision": "accepted", "performance": "staged"}
    assert read_and_decide(home)["project_reports"]["accepted"] == 10
