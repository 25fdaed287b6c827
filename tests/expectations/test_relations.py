"""What rules see beside the submission: the rows before it, the ground it covers, the statements that rules share."""

import pytest
import shapely

from contracts import contract
from expectations.addresses import Reported
from expectations.engine import check, check_following
from expectations.relations import relations, tables_read
from expectations.sql_rules import rules
from tests.support.rule_cases.cases import boundary, layer, square, waste
from tests.support.submission_tables import submission_table

BOWTIE = shapely.Polygon([(113, 36), (113.01, 36.01), (113.01, 36), (113, 36.01)]).wkb


def _seen(con, item, rows, query):
    with relations(con, submission_table(item, rows), item, [query], Reported([])):
        return con.execute(query).fetchall()


def _quarters(*periods, **changed):
    return [
        row | {"row_id": number, "row_no": 4 + number, "period": period} | changed
        for number, (row, period) in enumerate(zip([waste()[0]] * len(periods), periods, strict=True))
    ]


def test_previous_is_the_latest_earlier_period_of_the_same_unit(con, accept):
    accept("rural_waste", _quarters("2023Q3", "2024Q1", "2024Q3", households=1))
    item = contract("rural_waste")
    assert _seen(con, item, waste(), "select row_id, period, households from previous") == [(0, "2024Q1", 1)]


def test_previous_may_stand_in_the_same_file_and_replaces_what_was_accepted(con, accept):
    accept("rural_waste", _quarters("2024Q1", households=1))
    item = contract("rural_waste")
    rows = _quarters("2024Q1", "2024Q2", households=2)
    assert _seen(con, item, rows, "select row_id, period, households from previous") == [(1, "2024Q1", 2)]


def test_a_fall_within_one_file_is_found(con):
    item = contract("rural_waste")
    rows = _quarters("2024Q1", "2024Q2")
    rows[0]["waste_generated_t"], rows[1]["village_count"] = 301.0, 17
    rows[0]["treatment_pct"] = 66.45
    (found,) = check(submission_table(item, rows), item, con)
    assert (found.rule_id, found.period, found.expected) == ("rural_waste.village_count_changed", "2024Q2", "16")


def test_the_ground_of_a_submission_is_cut_by_township_and_faulty_features_have_none(con, accept):
    accept("admin_boundary", boundary(1000, 1000, 1000))
    rows = layer("project_site")
    for row, shape in zip(rows, (square(113.0), square(113.005), BOWTIE), strict=True):
        row["geometry"] = shape
    query = "select row_id, township_code, round(area_m2 / 10000) from submission_ground order by all"
    ground = _seen(con, contract("project_site"), rows, query)
    assert ground == [(0, "140404001", 100), (1, "140404001", 50), (1, "140404101", 50)]


def test_ground_without_a_boundary_is_none(con):
    rows = [row | {"geometry": square(113.0)} for row in layer("project_site")]
    assert _seen(con, contract("project_site"), rows, "select * from submission_ground") == []


def test_an_accepted_layer_is_measured_by_its_yes_and_no(con, accept):
    accept("admin_boundary", boundary(1000, 1000, 1000))
    wetlands = layer("wetland", 2, geometry=square(113.0))
    wetlands[1] |= {"is_protected": False, "geometry": square(113.0, 0.005)}
    accept("wetland", wetlands)
    measured = _seen(
        con,
        contract("ecology"),
        [{"row_id": 0, "period": "2024", "reporting_unit": "140404001"}],
        "select township_code, is_protected, round(area_m2 / 10000) from measured_wetland order by all",
    )
    assert measured == [("140404001", False, 25), ("140404001", True, 100)]


def test_a_rule_that_sees_the_past_through_a_shared_statement_is_run_again(con, accept):
    rule = next(rule for rule in rules("project_progress") if rule.rule.rule_id == "project_progress.cumulative_falls")
    assert "history" not in rule.sql
    assert "history" in tables_read(rule.sql)
    accept("rural_waste", _quarters("2024Q1", village_count=15, waste_generated_t=310.0), submission="late")
    accept("rural_waste", _quarters("2024Q2"), submission="june")
    found = check_following(contract("rural_waste"), con, [waste()[0]["reporting_unit"]], "2024Q1")
    assert {name: [one.rule_id for one in anew.findings] for name, anew in found.items()} == {
        "june": ["rural_waste.village_count_changed"]
    }


@pytest.mark.parametrize(
    ("sql", "read"),
    [
        ("select row_id from submission where found > $threshold", {"submission"}),
        ("-- not previous\nselect 'history' as previous from submission", {"submission"}),
        ("with previous as (select 1 as row_id) select row_id from previous", set()),
        ("select previous.period from ref_township as previous", {"ref_township"}),
        (
            "select value from earlier_value",
            {"earlier_value", "accepted_value", "history", "submission"},
        ),
    ],
)
def test_a_rule_reads_the_tables_that_it_names_and_those_behind_them(sql, read):
    assert tables_read(sql) == read


@pytest.mark.parametrize("dataset", ["wetland", "ecological_redline"])
def test_what_concerns_a_whole_layer_names_no_feature(dataset, con, accept):
    item = contract(dataset)
    accept(dataset, layer(dataset, 3, period="2023", area_m2=500000.0))
    findings = check(submission_table(item, layer(dataset, 3, area_m2=400000.0)), item, con)
    assert {one.feature for one in findings} == {None}
    assert {one.reporting_unit for one in findings} == {"layer"}
