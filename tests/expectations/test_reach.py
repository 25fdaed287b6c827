"""What becomes of each SQL rule for each reporting unit: passed only where it has asked something of a row of the unit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts import contract, finding
from contracts.rule_outcomes import CODES, RuleOutcomes
from expectations.addresses import Reported
from expectations.engine import check, check_following, run_rule
from expectations.reach import BROKEN, StaleReach, reach
from expectations.relations import relations
from expectations.sql_rules import rules
from tests.expectations.conftest import adder, nothing_accepted
from tests.support.rule_cases.cases import (
    CLEAN,
    accepted_project,
    boundary,
    ecology,
    layer,
    plan_of_progress,
    progress,
    waste,
)
from tests.support.submission_tables import submission_table

TOWNSHIP, YEAR = ecology()[0]["reporting_unit"], ecology()[0]["period"]


def outcomes(con, dataset, rows, already=()):
    """Outcome and reason by rule, of the unit of the first row."""
    found = RuleOutcomes()
    check(submission_table(contract(dataset), rows), contract(dataset), con, already, found)
    reporting_unit = (rows[0]["reporting_unit"], rows[0]["period"])
    return {
        rule_id.split(".")[1]: CODES[reporting_units[reporting_unit]]
        for (rule_id, _), reporting_units in found.by_rule.items()
    }


def not_applicable(said, reason):
    return {rule for rule, outcome in said.items() if outcome == ("not_applicable", reason)}


def test_without_anything_else_accepted_only_what_stands_in_the_file_is_asked(con):
    said = outcomes(con, "ecology", ecology()[:1])
    assert {rule for rule, (outcome, _) in said.items() if outcome == "passed"} == {
        "declared_pct_mismatch",
        "part_exceeds_whole",
    }
    earlier = {"forest_area_drop", "land_area_changed", "protected_wetland_falls", "redline_falls", "wetland_change"}
    assert not_applicable(said, "no_earlier_period") == earlier
    crosschecks = {f"crosscheck_{name}" for name in ("forest", "land_use", "protected_wetland", "redline", "wetland")}
    assert not_applicable(said, "no_reference") == {*crosschecks, "land_total_vs_boundary"}


def test_with_a_boundary_and_the_year_before_more_is_asked(con, accept):
    accept("admin_boundary", boundary(1000, 1000, 1000))
    accept("ecology", [row | {"period": str(int(YEAR) - 1)} for row in ecology()])
    said = outcomes(con, "ecology", ecology()[:1])
    assert (said["land_total_vs_boundary"], said["redline_falls"]) == (("passed", None), ("passed", None))
    assert not_applicable(said, "no_earlier_period") == set()


def test_the_layer_of_another_year_is_nothing_to_compare_with(con, accept):
    accept("admin_boundary", boundary(1000, 1000, 1000))
    accept("wetland", [row | {"period": "1999"} for row in layer("wetland")])
    assert outcomes(con, "ecology", ecology()[:1])["crosscheck_wetland"] == ("not_applicable", "no_reference")


def test_a_missing_value_cannot_be_asked_about(con):
    rows = [row | {"forest_coverage_pct": None, "wetland_protection_pct": None} for row in ecology()[:1]]
    assert outcomes(con, "ecology", rows)["declared_pct_mismatch"] == ("not_applicable", "no_value")


def test_a_rule_about_other_rows_does_not_apply(con):
    said = outcomes(con, "rural_waste", waste()[:1])
    assert said["treated_without_coverage"] == ("not_applicable", "not_concerned")


def test_what_breaks_a_rule_fails_it_for_its_unit_alone(con):
    rows = ecology()
    rows[0]["wetland_area_ha"], rows[0]["protected_wetland_area_ha"] = 1.0, 2.0
    found = RuleOutcomes()
    check(submission_table(contract("ecology"), rows), contract("ecology"), con, (), found)
    by_unit = found.by_rule["ecology.part_exceeds_whole", None]
    assert [by_unit[row["reporting_unit"], YEAR] for row in rows] == ["F", "P", "P"]


def test_what_an_error_at_the_place_hides_is_not_passed(con):
    rows = ecology()[:1]
    rows[0]["forest_area_ha"] = rows[0]["land_area_ha"] + 1
    table = submission_table(contract("ecology"), rows)
    cell = dict(table["cells"].to_pylist()[0])["forest_area_ha"]
    before = finding(
        "contract.negative_value",
        reporting_unit=TOWNSHIP,
        period=YEAR,
        sheet=rows[0]["sheet"],
        cell=cell,
        field="forest_area_ha",
        title="森林面积",
        found=-1,
    )
    assert outcomes(con, "ecology", rows, [before])["part_exceeds_whole"] == ("not_applicable", "error_before")


def test_a_rule_of_several_units_has_failed_for_all_of_them_and_names_one(con, accept):
    accept("project_ledger", [*plan_of_progress(), accepted_project()])
    plan = {row["project_id"]: row["planned_investment_wan"] for row in plan_of_progress()}
    rows = [one for one in progress() if one["project_id"] in plan][:1]
    part = plan[rows[0]["project_id"]] * 0.6
    other = rows[0] | {"row_id": 1, "row_no": 99, "township_code": "140404201"}
    other["reporting_unit"] = f"{rows[0]['project_id']}|140404201"
    both = [row | {"cum_investment_wan": part + row["row_id"]} for row in (rows[0] | {"row_id": 0}, other)]
    found = RuleOutcomes()
    check(submission_table(contract("project_progress"), both), contract("project_progress"), con, (), found)
    reporting_units = found.by_rule["project_progress.total_exceeds_plan", None]
    assert {CODES[code] for code in reporting_units.values()} == {("failed", None), ("failed", "named_elsewhere")}


def test_a_follow_up_gives_the_outcomes_of_the_rules_that_it_runs(con, accept):
    later = [row | {"period": "2024Q2"} for row in waste()]
    accept("rural_waste", [row | {"period": "2024Q1"} for row in waste()], submission="late")
    accept("rural_waste", later, submission="june")
    reporting_unit = later[0]["reporting_unit"]
    (anew,) = check_following(contract("rural_waste"), con, [reporting_unit], "2024Q1").values()
    assert set(anew.outcomes.by_rule) == {(rule, None) for rule in anew.rules}
    assert anew.outcomes.by_rule["rural_waste.village_count_changed", None] == {(reporting_unit, "2024Q2"): "P"}


def test_a_rule_whose_reach_was_not_made_anew_does_not_run(con):
    rule = rules("ecology")[0]
    with pytest.raises(StaleReach, match=r"dev\.generate"):
        reach(con, [replace(rule, sql=rule.sql + "\n")], [(TOWNSHIP, YEAR)])


@contextmanager
def accepted_basis() -> Iterator[tuple[duckdb.DuckDBPyConnection, Callable[..., None]]]:
    """A connection with boundary and ledgers accepted, and what accepts more: of each example one of its own."""
    with nothing_accepted() as con:
        add = adder(con)
        add("admin_boundary", boundary(1000, 1000, 1000))
        add("project_ledger", [*plan_of_progress(), accepted_project()])
        yield con, add


def earlier(period: str) -> str:
    """The period of a year before."""
    return f"{int(period[:4]) - 1}{period[4:]}"


def _other(value, neighbour, data):
    """Another value of a cell: none, the next row's, or a figure or a day that is not it."""
    if isinstance(value, bool):
        return data.draw(st.sampled_from([None, not value]))
    if isinstance(value, int | float):
        return data.draw(st.sampled_from([None, neighbour, 0, 1, type(value)(value * 3), type(value)(value / 4)]))
    if isinstance(value, date):
        return data.draw(st.sampled_from([None, neighbour, value + timedelta(500), value - timedelta(500)]))
    return data.draw(st.sampled_from([None, neighbour]))


@pytest.mark.slow
@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), dataset=st.sampled_from(list(CLEAN)), is_same_before=st.booleans())
def test_a_rule_is_broken_by_its_reach_wherever_it_finds_a_row(data, dataset, is_same_before):
    """Nothing that a rule would find is lost because its derived statement says that it is kept."""
    item, given_rules = contract(dataset), rules(dataset)
    rows = [dict(row) for row in CLEAN[dataset]()]
    with accepted_basis() as (con, accept):
        if is_same_before:
            accept(dataset, [row | {"period": earlier(row["period"])} for row in rows], submission="before")
        for _ in range(data.draw(st.integers(1, 4))):
            number, name = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.sampled_from(list(item.columns)))
            neighbour = rows[(number + 1) % len(rows)].get(name)
            rows[number][name] = _other(rows[number].get(name), neighbour, data)
        table = submission_table(item, rows)
        with relations(con, table, item, [rule.sql for rule in given_rules], Reported([])):
            reporting_units = list(dict.fromkeys((row["reporting_unit"], row["period"]) for row in table.to_pylist()))
            reached = reach(con, given_rules, reporting_units)
            for rule in given_rules:
                is_broken = BROKEN in reached[rule.rule.rule_id]
                assert is_broken == bool(run_rule(con, rule)), rule.rule.rule_id
