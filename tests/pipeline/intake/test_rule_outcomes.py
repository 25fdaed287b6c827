"""What became of each rule, from a file's reading to its receipt, and how it changes with what arrives and is decided later."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from contracts.rule_outcomes import CODES
from pipeline.intake.dry_run import check_files
from pipeline.intake.rejudge import rejudge
from pipeline.intake.waive import waive
from tests.support.answers import SAMPLES
from tests.support.receipt_of import receipt_of
from tests.support.small_home import A, B, new_home, submit, waste
from warehouse.home import Home
from warehouse.ledger import Ledger

pytestmark = pytest.mark.slow

UNTIL, TODAY = date(2099, 1, 1), date(2026, 3, 1)
FALLS, MORE = "rural_waste.treatment_rate_falls", "rural_waste.part_exceeds_whole"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path)


@pytest.fixture
def ledger(home: Home) -> Iterator[Ledger]:
    with Ledger.open(home, beside_archive=True) as opened:
        yield opened


def outcome(ledger: Ledger, name: str, rule_id: str, reporting_unit: str, period: str) -> tuple[str, str | None]:
    return CODES[ledger.rule_outcomes(name).by_rule[rule_id, None][reporting_unit, period]]


def test_each_unit_has_its_outcomes_and_the_receipt_lists_them(home: Home, ledger: Ledger) -> None:
    name = submit(home, ledger, "rural_waste", waste({A: 120.0, B: 90.0}))
    assert outcome(ledger, name, MORE, A, "2025Q1") == ("failed", None)
    assert outcome(ledger, name, MORE, B, "2025Q1") == ("passed", None)
    assert outcome(ledger, name, FALLS, B, "2025Q1") == ("not_applicable", "no_earlier_period")
    receipt = json.loads((receipt_of(home, name) / "receipt.json").read_text(encoding="utf-8"))
    (failed,) = [one for one in receipt["rules"]["list"] if (one["rule_id"], one["outcome"]) == (MORE, "failed")]
    assert failed["units"] == [{"unit": A, "period": "2025Q1"}]
    assert receipt["rules"]["failed"] == ledger.rule_outcomes(name).counts()["failed"]
    assert "规则：通过" in (receipt_of(home, name) / "receipt.txt").read_text(encoding="utf-8")


def test_an_earlier_period_that_arrives_later_lets_the_rule_ask(home: Home, ledger: Ledger) -> None:
    second = submit(home, ledger, "rural_waste", waste({A: 90.0}, period="2025Q2"))
    assert outcome(ledger, second, FALLS, A, "2025Q2") == ("not_applicable", "no_earlier_period")
    then = ledger.snapshot()
    submit(home, ledger, "rural_waste", waste({A: 90.0}, period="2025Q1"))
    assert outcome(ledger, second, FALLS, A, "2025Q2") == ("passed", None)
    receipt = json.loads((receipt_of(home, second) / "receipt.json").read_text(encoding="utf-8"))
    assert {one["outcome"] for one in receipt["rules"]["list"] if one["rule_id"] == FALLS} == {"passed"}
    assert ledger.snapshot(then.moment).rules == then.rules


def test_what_a_waiver_lets_in_has_failed_all_the_same(home: Home, ledger: Ledger) -> None:
    name = submit(home, ledger, "rural_waste", waste({A: 120.0, B: 90.0}))
    waive(home, MORE, A, approver="李局长", because="核实中", until_on=UNTIL, today=TODAY)
    assert outcome(ledger, name, MORE, A, "2025Q1") == ("failed", "lifted")
    assert outcome(ledger, name, MORE, B, "2025Q1") == ("passed", None)


def test_judging_again_enters_outcomes_that_were_not_kept(home: Home, ledger: Ledger) -> None:
    name = submit(home, ledger, "rural_waste", waste({A: 90.0}))
    known = ledger.rule_outcomes(name)
    with ledger.engine.begin() as connection:
        connection.exec_driver_sql("delete from event where action = 'rules_run'")  # as in an older ledger
    assert ledger.rule_outcomes(name).by_rule == {}
    rejudge(home, [name], because="补记")
    assert ledger.rule_outcomes(name) == known


def test_a_file_that_waits_has_passed_no_rule_of_its_dataset(home: Home) -> None:
    (checked,) = check_files(home, [next((SAMPLES / "clean" / "ecology").glob("*2025*"))])
    said = checked.as_json()["rules"]["list"]
    assert {one["reason"] for one in said if one["rule_id"].startswith("ecology.")} == {"needs_missing"}
    assert {one["outcome"] for one in said if one["rule_id"] == "contract.missing_value"} == {"passed"}
    assert {one["field"] for one in said if one["rule_id"] == "contract.missing_value"} >= {"land_area_ha", "period"}
