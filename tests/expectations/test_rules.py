"""Each rule: its columns, a clean table, and a table with one fault, by the shipped SQL through the function that
production uses.
"""

import re
from dataclasses import replace
from datetime import date
from string import Formatter

import pytest

from contracts import catalogue, contract, contracts, finding
from contracts.hints import difference_hint
from expectations.addresses import Reported
from expectations.engine import COLUMNS, HINTS, check, check_following, run_rule
from expectations.relations import RULES, relations
from expectations.sql_rules import rules
from tests.support.rule_cases import details as cases_details
from tests.support.rule_cases import layers as cases_layers
from tests.support.rule_cases import ledger as cases_ledger
from tests.support.rule_cases import outputs as cases_outputs
from tests.support.rule_cases import progress as cases_progress
from tests.support.rule_cases import records as cases_records
from tests.support.rule_cases import safeguards as cases_safeguards
from tests.support.rule_cases import statistics as cases_statistics
from tests.support.rule_cases.cases import (
    CLEAN,
    accepted_project,
    boundary,
    ecology,
    feedback,
    land_use,
    plan_of_progress,
    progress,
    waste,
    year_before,
)
from tests.support.submission_tables import cell, good_table, submission_table

GROUPS = (
    cases_statistics,
    cases_ledger,
    cases_progress,
    cases_records,
    cases_safeguards,
    cases_layers,
    cases_outputs,
    cases_details,
)
CASES = [case for group in GROUPS for case in group.CASES]
QUICK_EVERY = 3  # of the cases, those that are among the quick tests: each runs all rules of its dataset
ALL = [rule for name in contracts() for rule in rules(name)]


@pytest.fixture
def context(accept):
    """What is accepted before: boundary and ledgers with which the clean tables agree."""

    def prepare(case=None):
        basis = {
            "admin_boundary": boundary(1000, 1000, 1000),
            "project_ledger": [*plan_of_progress(), accepted_project()],
        }
        for dataset, rows in (basis | (case or {})).items():
            accept(dataset, rows)

    return prepare


@pytest.mark.slow
@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.rule.rule_id)
def test_columns(rule, con, context):
    """The SQL gives row, field, found and expected, and every operand that the message names; the threshold is the
    catalogue's.
    """
    context()
    dataset = rule.rule.rule_id.split(".")[0]
    with relations(con, good_table(contract(dataset)), contract(dataset), [rule.sql], Reported([])):
        columns = [column[0] for column in con.execute(rule.sql, rule.parameters).description]
    given = {*columns, "title", "threshold", *HINTS, *(f"{name}_en" for name in HINTS)}
    given |= {f"{name.removesuffix('_field')}_title" for name in columns if name.endswith("_field")}
    assert set(COLUMNS) <= set(columns)
    for words in (rule.rule.zh, rule.rule.en, rule.rule.remedy_zh, rule.rule.remedy_en):
        assert {name for _, name, _, _ in Formatter().parse(words) if name} <= given


@pytest.mark.parametrize("dataset", CLEAN)
def test_success(dataset, con, context):
    context()
    assert check(submission_table(contract(dataset), CLEAN[dataset]()), contract(dataset), con) == []


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.rule_id, marks=pytest.mark.slow if number % QUICK_EVERY else ())
        for number, case in enumerate(CASES)
    ],
)
def test_failure(case, con, context):
    """One changed value gives one finding, at its cell, with its operands, and nothing else."""
    context(case.accepted)
    item = contract(case.rule_id.split(".")[0])
    rows = case.rows()
    row = rows[case.row]
    (found,) = check(submission_table(item, rows), item, con)
    assert (found.rule_id, found.severity, found.reporting_unit) == (
        case.rule_id,
        catalogue()[case.rule_id].severity,
        row["reporting_unit"],
    )
    assert (found.sheet, found.field) == ("Sheet1", case.at)
    assert (found.cell, found.feature) == (
        dict(row["cells"] or ()).get(case.at),
        None if case.whole else row["feature"],
    )
    assert (found.found, found.expected) == (case.found, case.expected or found.expected)
    assert case.words in found.message


def test_every_rule_has_its_case():
    assert sorted(case.rule_id for case in CASES) == sorted(rule.rule.rule_id for rule in ALL)
    assert {path.parent.name for path in RULES.glob("*/*.sql")} == {*CLEAN, "shared"}


def test_every_row_of_a_dataset_has_its_rule_and_every_rule_its_words():
    """Beside those of reading, normalizing, contracts, sheets, layers and versions, whose findings the code itself
    makes.
    """
    of_datasets = {rule_id for rule_id in catalogue() if rule_id.split(".")[0] in contracts()}
    assert of_datasets == {rule.rule.rule_id for rule in ALL}
    for rule in catalogue().values():
        assert rule.zh and rule.en and rule.since, rule.rule_id
        assert rule.rule_id.startswith("hint.") or (rule.remedy_zh and rule.remedy_en), rule.rule_id


def test_no_threshold_and_no_severity_stands_in_sql():
    """The only numbers in a rule are factors of units, places to round to, powers of ten for shares, and positions in a
    text.
    """
    factors = {"0", "1", "2", "3", "4", "6", "15", "100", "100.0", "1000", "10000", "1000000"}
    for path in RULES.glob("*/*.sql"):
        code = re.sub(r"--[^\n]*", "", path.read_text(encoding="utf-8"))
        assert not re.search(r"'(?:error|warning|info)'", code), path
        assert set(re.findall(r"(?<![\w.$])\d+(?:\.\d+)?", re.sub(r"'[^']*'", "", code))) <= factors, path


def test_an_error_is_not_repeated_at_its_cell_and_a_held_unit_gets_no_warning(con, context):
    context({"ecology": year_before(ecology(), forest_area_ha=360.0)})
    item = contract("ecology")
    rows = ecology()
    rows[0]["forest_coverage_pct"] = 1.0
    first = check(submission_table(item, rows), item, con)
    assert [(found.rule_id, found.reporting_unit) for found in first] == [
        ("ecology.declared_pct_mismatch", "140404001"),
        ("ecology.forest_area_drop", "140404101"),
        ("ecology.forest_area_drop", "140404102"),
    ]
    again = check(submission_table(item, rows), item, con, already=first[:1])
    assert [found.rule_id for found in again] == ["ecology.forest_area_drop"] * 2


def test_a_long_sheet_is_measured_by_the_sum_of_its_classes(con, context):
    context()
    item = contract("land_use")
    rows = [row | {"land_area_ha": None} for row in land_use()]
    assert check(submission_table(item, rows), item, con) == []
    rows[1]["area_ha"] = 620.0
    (found,) = check(submission_table(item, rows), item, con)
    assert (found.rule_id, found.cell, found.found) == ("land_use.land_total_vs_boundary", "D4", "1020")


def test_a_year_is_measured_by_the_boundary_in_force_then(con, accept):
    accept("admin_boundary", boundary(1000, 1000, 1000))
    accept("admin_boundary", [row | {"period": "2025-01-01"} for row in boundary(1100, 1000, 1000)])
    item = contract("ecology")
    assert check(submission_table(item, ecology()), item, con) == []
    later = [row | {"period": "2025"} for row in ecology()]
    assert [found.reporting_unit for found in check(submission_table(item, later), item, con)] == ["140404001"]


def test_a_treated_amount_over_the_generated_is_that_fault_alone(con):
    item = contract("rural_waste")
    rows = waste()
    rows[0] |= {"waste_treated_t": 310.0, "treatment_pct": 66.67}
    assert [found.rule_id for found in check(submission_table(item, rows), item, con)] == [
        "rural_waste.part_exceeds_whole"
    ]


def test_a_notice_waits_for_no_answer(con):
    item = contract("public_feedback")
    rows = feedback()
    rows[0] |= {"replied_on": None, "satisfied": None, "event_kind": "公示公告"}
    rows[1] |= dict.fromkeys(("received_on", "replied_on"), date(2024, 12, 31))
    assert check(submission_table(item, rows), item, con) == []
    rows[0]["event_kind"] = "意见征集"
    assert [found.rule_id for found in check(submission_table(item, rows), item, con)] == ["public_feedback.unanswered"]


def test_nothing_is_held_against_a_figure_that_is_itself_in_error(con):
    item = contract("rural_waste")
    rows = waste()
    rows[0]["waste_generated_t"] = -5.0
    negative = finding(
        "contract.negative_value",
        reporting_unit=rows[0]["reporting_unit"],
        sheet="Sheet1",
        cell=cell(item, "waste_generated_t", 0),
        field="waste_generated_t",
        found=-5.0,
        title="产生量",
    )
    assert check(submission_table(item, rows), item, con, already=[negative]) == []


def test_classes_that_could_not_be_read_are_not_summed(con, context):
    context()
    item = contract("land_use")
    unread = finding("normalize.unknown_land_class", sheet="Sheet1", cell="L3", field="land_class_code", found="1499")
    rows = land_use()[:1]
    assert [found.rule_id for found in check(submission_table(item, rows), item, con)] == [
        "land_use.class_sum_mismatch"
    ]
    assert check(submission_table(item, rows), item, con, already=[unread]) == []


def test_a_township_that_stands_twice_is_not_measured(con, context):
    context()
    item = contract("ecology")
    rows = [*ecology(), ecology()[0] | {"row_id": 3, "row_no": 7, "land_area_ha": 900.0, "forest_coverage_pct": None}]
    assert check(submission_table(item, rows), item, con) == []


def test_the_accepted_month_that_follows_is_checked_again(con, accept):
    item = contract("project_progress")
    late = [row | {"period": "2024-05", "cum_cropland_ha": 25.0} for row in progress()[:1]]
    accept("project_progress", late, submission="may")
    accept("project_progress", progress(), submission="june")
    accept(
        "project_progress",
        [row | {"period": "2024-07", "cum_cropland_ha": 30.0} for row in progress()],
        submission="july",
    )
    found = check_following(item, con, [row["reporting_unit"] for row in late], "2024-05")
    assert {
        submission: [(found.rule_id, found.reporting_unit, found.period) for found in anew.findings]
        for submission, anew in found.items()
    } == {
        "june": [("project_progress.cumulative_falls", "A3|140404001", "2024-06")],
    }
    (fall,) = found["june"].findings
    assert found["june"].replaces(fall)
    assert not any(
        found["june"].replaces(replace(fall, **other)) for other in ({"period": "2024-07"}, {"lifted_by": "W000001"})
    )
    (other_unit,) = check_following(item, con, ["A3|140404101"], "2024-05").values()
    assert (other_unit.findings, other_unit.reporting_units) == ([], {("A3|140404101", "2024-06")})
    assert check_following(contract("project_ledger"), con, ["A1"], "2024-05") == {}


def test_a_project_accepted_in_two_townships_on_one_day_is_not_recorded_twice(con, context):
    context()
    item, (one, other, *_) = contract("project_acceptance"), CLEAN["project_acceptance"]()
    same_day = [one, other | {"acceptance_date": one["acceptance_date"]}]
    assert one["township_code"] != other["township_code"]
    assert check(submission_table(item, same_day), item, con) == []


def test_months_that_nobody_reported_are_no_standstill(con, context):
    nothing = {"cum_consolidated_area_ha": 0.0, "cum_cropland_ha": 0.0, "cum_hsf_mu": 0.0}
    (row, *_) = progress()
    long_ago = row | nothing | {"period": "2023-11", "physical_progress_pct": row["physical_progress_pct"] - 10}
    context({"project_progress": [long_ago]})
    item = contract("project_progress")
    assert "project_progress.stalled" not in {
        found.rule_id for found in check(submission_table(item, [row | nothing]), item, con)
    }


def test_rules_leave_nothing_behind_on_the_connection(con, context):
    context()
    before = con.execute("select table_name from information_schema.tables order by 1").fetchall()
    check(submission_table(contract("project_progress"), progress()), contract("project_progress"), con)
    assert con.execute("select table_name from information_schema.tables order by 1").fetchall() == before


def test_a_rule_that_cannot_run_is_never_a_silent_pass(con):
    con.execute("drop table accepted_admin_boundary")
    with pytest.raises(Exception, match="accepted_admin_boundary"):
        check(submission_table(contract("ecology"), ecology()), contract("ecology"), con)


def test_an_sql_without_a_needed_column_is_refused(con):
    rule = rules("supervision")[0]
    with pytest.raises(ValueError, match="expected, field, found"):
        run_rule(con, type(rule)(rule.rule, "select 1 as row_id"))


def test_a_hint_names_the_unit_or_the_difference():
    assert "疑为亩写在公顷栏" in difference_hint(15.02, 1.0, "ha").zh
    assert difference_hint(1.011, 1.0, "ha").zh == "相差 1.1%"
    assert difference_hint(5.0, 0.0, "km2").zh == "相差 ∞%"
