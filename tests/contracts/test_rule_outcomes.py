"""Rule outcomes: what findings do to them, how they are counted, listed and stored."""

from dataclasses import replace

from contracts import finding
from contracts.rule_outcomes import (
    CODES,
    FAILED,
    HIDDEN,
    LIFTED,
    NO_EARLIER,
    OUTCOMES,
    PASSED,
    REASONS,
    RuleOutcomes,
    outcomes_of,
)

A, B = ("140404102", "2025"), ("140404103", "2025")
PART, DROP, MISSING = (
    ("ecology.part_exceeds_whole", None),
    ("ecology.forest_area_drop", None),
    ("contract.missing_value", "land_area_ha"),
)


def outcomes() -> RuleOutcomes:
    return RuleOutcomes(
        {PART: {A: PASSED, B: HIDDEN}, DROP: {A: NO_EARLIER, B: NO_EARLIER}, MISSING: {A: PASSED, B: PASSED}}
    )


def fault(rule_id: str = "ecology.part_exceeds_whole", **where: str):
    operands = {"title": "甲", "against_title": "乙", "hint": "", "hint_en": ""}
    return finding(rule_id, found=2, expected=1, **operands, **where)


def test_a_finding_fails_its_rule_for_its_unit_and_an_override_lifts_it() -> None:
    made = outcomes()
    made.put_findings([fault(reporting_unit=A[0], period="2025")])
    assert made.by_rule[PART] == {A: FAILED, B: HIDDEN}
    one = fault(reporting_unit=A[0], period="2025")
    made.put_findings([replace(one, lifted_by="W000001"), one])
    assert made.by_rule[PART][A] == FAILED, "one of the two still holds it"
    made.put_findings([replace(one, lifted_by="W000001")])
    assert made.by_rule[PART] == {A: LIFTED, B: HIDDEN}


def test_a_finding_of_the_whole_file_is_that_of_the_units_known_to_be_broken() -> None:
    made = outcomes()
    made.put_findings([fault()])
    assert made.by_rule[PART] == {A: PASSED, B: FAILED}
    made.put_findings([fault("contract.missing_value", field="land_area_ha")])
    assert made.by_rule[MISSING] == {A: FAILED, B: FAILED}


def test_a_rule_that_many_fields_have_fails_for_the_field_that_is_named() -> None:
    made = outcomes()
    made.put_findings([fault("contract.missing_value", field="forest_area_ha", reporting_unit=A[0])])
    assert made.by_rule[MISSING] == {A: PASSED, B: PASSED}


def test_they_are_counted_and_listed_with_units_only_where_these_differ() -> None:
    said = outcomes().public()
    assert (said["passed"], said["failed"], said["not_applicable"]) == (3, 0, 3)
    assert said["list"] == [
        {"rule_id": "contract.missing_value", "field": "land_area_ha", "outcome": "passed", "reason": None},
        {
            "rule_id": "ecology.forest_area_drop",
            "field": None,
            "outcome": "not_applicable",
            "reason": "no_earlier_period",
        },
        {
            "rule_id": "ecology.part_exceeds_whole",
            "field": None,
            "outcome": "passed",
            "reason": None,
            "units": [{"unit": A[0], "period": "2025"}],
        },
        {
            "rule_id": "ecology.part_exceeds_whole",
            "field": None,
            "outcome": "not_applicable",
            "reason": "error_before",
            "units": [{"unit": B[0], "period": "2025"}],
        },
    ]
    assert RuleOutcomes().public() == {}


def test_units_with_equal_outcomes_are_stored_once() -> None:
    made = outcomes()
    assert made.as_dict() == {
        "rules": ["contract.missing_value land_area_ha", "ecology.forest_area_drop", "ecology.part_exceeds_whole"],
        "units": {"PEP": [list(A)], "PEH": [list(B)]},
    }
    assert outcomes_of(made.as_dict()) == made
    assert made.only([A]).as_dict()["units"] == {"PEP": [list(A)]}
    assert outcomes_of({}) == RuleOutcomes()


def test_every_letter_has_an_outcome_and_every_reason_a_letter() -> None:
    assert {reason for _, reason in CODES.values()} - {None} == set(REASONS)
    assert {outcome for outcome, _ in CODES.values()} == set(OUTCOMES)
    assert len(set(CODES.values())) == len(CODES)
