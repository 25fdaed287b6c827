"""The Great Expectations suite of each contract, by itself, rejects a table with one mutated cell."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from contracts import Contract, FieldSpec, contract, contracts, finding
from contracts.calendar import today
from expectations import gx, suites
from expectations.suites import validate
from tests.support.submission_tables import cell, good_rows, good_table, submission_table
from tests.support.thorough import one_of_each

pytestmark = pytest.mark.slow  # Great Expectations validates a frame for every field

MUTATED = 1  # row whose cell is changed


def _mutations(spec: FieldSpec) -> Iterator[tuple[Any, str]]:
    """Values that the field may not have, and the rule that says so."""
    if spec.required:
        yield None, "contract.missing_value"
    if spec.min == 0 and spec.max is None:
        yield -1, "contract.negative_value"
    if spec.max is not None:
        yield spec.max + 35, "contract.percent_out_of_range" if spec.type == "percent" else "contract.out_of_range"
    if spec.not_future:
        yield today() + timedelta(days=30), "contract.future_date"
    if spec.type == "month":
        yield "2024-13", "normalize.invalid_date"
    if spec.type == "township":
        yield "140405101", "normalize.unknown_township"
    if spec.type == "township_list":
        yield ["140404001", "140405101"], "normalize.unknown_township"
    if spec.type == "project":
        yield "G9", "normalize.unknown_project"
    if spec.list and spec.type == "code":
        own = {"land_class": "unknown_land_class", "stage": "unknown_stage", "conclusion": "unknown_conclusion"}
        yield "不存在", f"normalize.{own.get(spec.list, 'unknown_value')}"


MUTATIONS = {
    name: [(field, value, rule) for field, spec in item.columns.items() for value, rule in _mutations(spec)]
    for name, item in contracts().items()
}
FIRST_OF_EACH_RULE = [
    (name, *next(case for case in cases if case[2] == rule))
    for name, cases in MUTATIONS.items()
    for rule in dict.fromkeys(case[2] for case in cases)
]


def _found(
    item: Contract, rows: list[dict[str, Any]], already: tuple[Any, ...] = ()
) -> list[tuple[str, str | None, str | None]]:
    return [
        (found.rule_id, found.cell, found.feature) for found in validate(submission_table(item, rows), item, already)
    ]


@pytest.mark.parametrize("name", contracts())
def test_a_good_table_has_no_findings(name):
    assert validate(good_table(contract(name)), contract(name), []) == []


def _rule(case: tuple[str, str, Any, str]) -> str:
    return case[3]


@pytest.mark.parametrize("case", one_of_each(FIRST_OF_EACH_RULE, _rule), ids=lambda case: f"{case[0]}-{_rule(case)}")
def test_one_mutated_cell_is_rejected_at_its_address(case):
    """Of each rule in one dataset here, in each dataset in `make test-all`; all at once in the test that follows."""
    name, field, value, rule = case
    item = contract(name)
    rows = good_rows(item)
    rows[MUTATED][field] = value
    assert _found(item, rows) == [(rule, cell(item, field, MUTATED), rows[MUTATED]["feature"])]


@pytest.mark.parametrize("name", contracts())
def test_every_check_of_every_field_names_its_own_cell(name):
    item, cases = contract(name), MUTATIONS[name]
    rows = good_rows(item, len(cases))
    for row, (field, value, _) in zip(rows, cases, strict=True):
        row[field] = value
    expected = {
        (rule, cell(item, field, number), rows[number]["feature"]) for number, (field, _, rule) in enumerate(cases)
    }
    found = _found(item, rows)
    assert set(found) == expected
    assert len(found) == len(cases)


@pytest.mark.parametrize("name", contracts())
def test_a_key_that_occurs_twice_is_rejected_at_the_later_row(name):
    item = contract(name)
    rows = good_rows(item)
    for field in item.key:
        rows[2][field] = rows[0][field]
    rows[2]["reporting_unit"], rows[2]["feature"] = rows[0]["reporting_unit"], rows[0]["feature"]
    assert _found(item, rows) == [("contract.duplicate_key", cell(item, item.key[0], 2), rows[0]["feature"])]


@pytest.mark.parametrize("name", contracts())
def test_a_row_without_a_valid_period_is_rejected(name):
    item = contract(name)
    rows = good_rows(item)
    rows[0]["period"], rows[1]["period"] = None, "二〇二四"
    assert [found[0] for found in _found(item, rows)] == ["contract.missing_value", "normalize.invalid_period"]


def test_a_duplicate_holds_the_units_of_both_rows():
    item = contract("project_site")
    rows = good_rows(item)
    rows[2]["subproject_id"] = rows[2]["feature"] = rows[0]["subproject_id"]
    found = validate(submission_table(item, rows), item, [])
    assert [(one.rule_id, one.reporting_unit) for one in found] == [
        ("contract.duplicate_key", "A3"),
        ("contract.duplicate_key", "A1"),
    ]


def test_a_wide_row_that_stands_twice_is_one_finding():
    item = contract("land_use")
    rows = [
        row
        | {
            "row_no": row_no,
            "cells": [("township_code", f"B{row_no}"), ("area_ha", f"{column}{row_no}")],
            "township_code": "140404104",
            "reporting_unit": "140404104",
            "land_class_code": code,
        }
        for row, (row_no, column, code) in zip(
            good_rows(item, 4),
            [(4, "D", "0101"), (4, "E", "0103"), (5, "D", "0101"), (5, "E", "0103")],
            strict=True,
        )
    ]
    found = validate(submission_table(item, rows), item, [])
    assert [(one.rule_id, one.cell, one.expected) for one in found] == [("contract.duplicate_key", "B5", "B4")]


def test_what_is_already_reported_is_not_reported_again():
    item = contract("ecology")
    rows = good_rows(item)
    rows[1]["wetland_area_ha"] = None
    rows[2]["forest_area_ha"] = None
    already = [
        finding(
            "normalize.text_in_numeric",
            reporting_unit=rows[1]["reporting_unit"],
            sheet="Sheet1",
            cell=cell(item, "wetland_area_ha", 1),
            field="wetland_area_ha",
            found="O",
            title="湿地面积",
        ),
        finding(
            "reading.merged_value_cells",
            reporting_unit=rows[2]["reporting_unit"],
            sheet="Sheet1",
            cell="D5:D6",
            field="forest_area_ha",
            title="森林面积",
        ),
    ]
    assert validate(submission_table(item, rows), item, already) == []


def test_a_missing_column_is_reported_once_and_a_warning_explains_nothing():
    item = contract("ecology")
    rows = [row | {"forest_area_ha": None} for row in good_rows(item)]
    absent = finding("normalize.missing_required_column", field="forest_area_ha", title="森林面积")
    assert validate(submission_table(item, rows), item, [absent]) == []
    warning = finding("normalize.missing_required_column", field="forest_area_ha", title="森林面积", severity="warning")
    assert len(validate(submission_table(item, rows), item, [warning])) == len(rows)


def test_a_message_names_title_value_and_remedy():
    item = contract("rural_waste")
    rows = good_rows(item)
    rows[0]["waste_generated_t"] = -5.25
    (found,) = validate(submission_table(item, rows), item, [])
    assert (found.severity, found.reporting_unit, found.period, found.sheet) == (
        "error",
        "140404001",
        "2024Q2",
        "Sheet1",
    )
    assert found.message == "产生量为负数（-5.25）"
    assert found.remedy


@pytest.fixture
def nothing_measured(monkeypatch):
    """Every table is validated by the whole suite."""
    monkeypatch.setattr(suites, "passed", lambda table, rules: None)


@pytest.mark.usefixtures("nothing_measured")
def test_an_expectation_that_raises_is_an_error_of_the_file(monkeypatch):
    item = contract("ecology")
    real = suites._pandas
    monkeypatch.setattr(suites, "_pandas", lambda table, rules: real(table, rules).drop(columns=["forest_area_ha"]))
    found = validate(good_table(item), item, [])
    assert {(one.rule_id, one.severity, one.reporting_unit) for one in found} == {("contract.unchecked", "error", None)}


@pytest.mark.usefixtures("nothing_measured")
def test_an_absent_result_is_an_error_of_the_file(monkeypatch):
    item = contract("ecology")
    real = suites.run

    def forgetful(*args, **kwargs):
        result = real(*args, **kwargs)
        result.results = result.results[1:]
        return result

    monkeypatch.setattr(suites, "run", forgetful)
    assert [one.rule_id for one in validate(good_table(item), item, [])] == ["contract.unchecked"]


@pytest.mark.usefixtures("nothing_measured")
def test_a_value_of_another_type_is_named_where_it_stands(monkeypatch):
    item = contract("performance")
    real = suites._pandas

    def with_text(table, rules):
        values = real(table, rules)
        values["budget_change_wan"] = values["budget_change_wan"].astype(object)
        values.loc[1, "budget_change_wan"] = "约12"
        return values

    monkeypatch.setattr(suites, "_pandas", with_text)
    (found,) = validate(good_table(item), item, [])
    assert (found.rule_id, found.cell, found.found) == (
        "contract.wrong_type",
        cell(item, "budget_change_wan", 1),
        "约12",
    )


def test_an_empty_table_passes_with_every_expectation_result():
    item = contract("ecology")
    rules = suites.suite(item)
    result = gx.run(suites._pandas(good_table(item, 0), item), rules, index="row_id")
    given = gx.expectation_results(result, rules)
    assert len(given) == len(rules.expectations)
    assert all(verdict.passed for verdict in given)
