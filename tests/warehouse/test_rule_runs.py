"""Rule outcomes enter the ledger with the decision, the newest counts, and as of a moment the one of then."""

import pytest

from contracts.rule_outcomes import FAILED, NO_EARLIER, PASSED, RuleOutcomes
from tests.support.arrivals import ecology, stage
from warehouse.home import Home
from warehouse.ledger import Ledger, UnitOutcome
from warehouse.reading_items import rule_outcome_rows

A, B, RULE = ("140404001", "2024"), ("140404101", "2024"), ("ecology.redline_falls", None)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.external("postgresql"))])
def backend(request: pytest.FixtureRequest) -> str:
    return request.param


def decided(home: Home, ledger: Ledger, rules: RuleOutcomes | None) -> str:
    name = stage(home, ledger, "ecology", ecology({A[0]: 1.0, B[0]: 2.0}))
    outcomes = [
        UnitOutcome(one.reporting_unit, one.period, "accepted", one.rows, one.facts, one.content_hash)
        for one in ledger.reporting_units(name)
    ]
    ledger.decide(name, outcomes, [], rules=rules)
    return name


def test_they_are_kept_with_the_decision_and_changed_by_a_follow_up(home: Home, ledger: Ledger) -> None:
    name = decided(home, ledger, RuleOutcomes({RULE: {A: NO_EARLIER, B: NO_EARLIER}}))
    then = ledger.snapshot()
    now = RuleOutcomes({RULE: {A: PASSED, B: FAILED}})
    assert ledger.add_follow_up(name, [], rules=now)
    assert not ledger.add_follow_up(name, [], rules=now), "the same again changes nothing"
    assert ledger.rule_outcomes(name) == now
    assert dict(ledger.snapshot().rules)[name]["units"] == {"P": [list(A)], "F": [list(B)]}
    assert ledger.snapshot(then.moment).rules == then.rules
    assert dict(then.rules)[name]["units"] == {"E": [list(A), list(B)]}
    assert then.outcomes_fingerprint != ledger.snapshot().outcomes_fingerprint
    assert len(ledger.events(name, actions=["rules_run"])) == 2


def test_a_ledger_without_them_has_no_rows(home: Home, ledger: Ledger) -> None:
    name = decided(home, ledger, None)
    assert ledger.rule_outcomes(name) == RuleOutcomes()
    assert ledger.snapshot().rules == ()


def test_units_with_equal_outcomes_are_one_row_of_the_raw_table() -> None:
    stored = RuleOutcomes(
        {RULE: {A: PASSED, B: PASSED}, ("contract.missing_value", "land_area_ha"): {A: PASSED, B: PASSED}}
    ).as_dict()
    assert list(rule_outcome_rows([("S1", stored)])) == [
        {
            "submission_id": "S1",
            "group_no": 1,
            "rules": ["contract.missing_value", "ecology.redline_falls"],
            "fields": ["land_area_ha", None],
            "outcomes": ["P", "P"],
            "reporting_units": [A[0], B[0]],
            "periods": ["2024", "2024"],
        }
    ]
