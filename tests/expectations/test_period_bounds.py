"""Which periods can be reported: from the plan's first year to what had begun when the submission arrived."""

from datetime import date, datetime

import pytest

from contracts import contract, finding
from expectations.period_bounds import periods_out_of_bounds
from tests.support.workbooks import TOWNSHIPS, ecology_sheet, normalize_rows

ARRIVED = date(2025, 8, 14)
WASTE = [
    "乡镇代码",
    "填报期",
    "行政村数（个）",
    "收运处置体系覆盖村数（个）",
    "农户数（户）",
    "产生量（吨）",
    "处理量（吨）",
    "处理率（%）",
]


def waste(folder, periods):
    rows = [[code, period, 3, 3, 90, 5.0, 5.0, 100.0] for code, period in zip(TOWNSHIPS, periods, strict=False)]
    return normalize_rows(folder, [WASTE, *rows], "rural_waste")


@pytest.mark.parametrize("period", ["2021Q1", "2025Q2", "2025Q3"])
def test_periods_of_the_plan_that_had_begun_are_taken(tmp_path, period):
    got = waste(tmp_path, [period, period])
    assert got.table.column("period").to_pylist() == [period, period]
    assert periods_out_of_bounds(got.table, contract("rural_waste"), ARRIVED, got.findings) == []


@pytest.mark.parametrize("period", ["2020Q4", "2025Q4", "2099Q1"])
def test_another_holds_the_whole_file_where_all_of_it_is_of_that_period(tmp_path, period):
    got = waste(tmp_path, [period, period])
    (found,) = periods_out_of_bounds(got.table, contract("rural_waste"), ARRIVED, got.findings)
    assert (found.rule_id, found.severity, found.reporting_unit, found.cell, found.expected) == (
        "normalize.period_out_of_bounds",
        "error",
        None,
        "B2",
        "2021年–2025年第三季度",
    )


def test_else_the_units_whose_period_it_is(tmp_path):
    got = waste(tmp_path, ["2025Q2", "2026Q1", "2025Q2"])
    (found,) = periods_out_of_bounds(got.table, contract("rural_waste"), ARRIVED, got.findings)
    assert (found.reporting_unit, found.period, found.cell) == (TOWNSHIPS[1], "2026Q1", "B3")


def test_a_date_of_1900_that_a_serial_number_became_is_no_period(tmp_path):
    got = waste(tmp_path, [datetime(1900, 1, 6), datetime(1900, 1, 6)])
    assert got.table.column("period").to_pylist() == ["1900Q1", "1900Q1"]
    assert [item.cell for item in periods_out_of_bounds(got.table, contract("rural_waste"), ARRIVED, [])] == ["B2"]


def test_a_title_has_no_cell_in_the_row(tmp_path):
    got = normalize_rows(tmp_path, ecology_sheet(title="上党区2019年生态状况年报"))
    (found,) = periods_out_of_bounds(got.table, contract("ecology"), ARRIVED, got.findings)
    assert (found.reporting_unit, found.cell, found.found) == (None, None, "2019年")


def test_where_an_error_stands_already_there_is_no_second(tmp_path):
    rules, header = (
        contract("project_acceptance"),
        ["验收文号", "项目编号", "乡镇代码", "验收日期", "验收面积（公顷）", "结论"],
    )
    row = ["上农验〔2099〕1号", "A1", "140404001", date(2099, 3, 2), 1.0, "合格"]
    table = normalize_rows(tmp_path, [header, row], "project_acceptance").table
    future = finding("contract.future_date", sheet="Sheet1", cell="D2", title="验收日期", found="2099-03-02")
    assert [item.cell for item in periods_out_of_bounds(table, rules, ARRIVED, [])] == ["D2"]
    assert periods_out_of_bounds(table, rules, ARRIVED, [future]) == []
