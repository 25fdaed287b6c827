"""Rows that say something of the others: means and comparisons are no data and no fault."""

import pytest

from tests.support.workbooks import WASTE_HEADER, column, normalize_rows

TITLE = ["上党区2026年第一季度农村生活垃圾处理季报"]
ROWS = [["韩店街道", 10, 9, 1000, 100, 90, None], ["荫城镇", 12, 12, 1100, 110, 99, None]]


@pytest.mark.parametrize(
    "label",
    [
        "比上年增减",
        "比上年同期增减（%）",
        "同比增长",
        "较上季度增减",
        "日均",
        "折合日均",
        "平均",
        "户均",
        "增幅（%）",
        "占比",
        "上年同期",
        "最大值",
    ],
)
def test_a_mean_or_a_comparison_is_told_and_no_data(tmp_path, label):
    got = normalize_rows(tmp_path, [TITLE, WASTE_HEADER, *ROWS, [label, 1.5, 2.5, 3.5, 4, 5, None]], "rural_waste")
    assert column(got, "waste_generated_t") == [100.0, 110.0]
    assert [(item.rule_id, item.severity, item.cell) for item in got.findings if item.severity != "warning"] == [
        ("reading.rows_not_read", "info", "A5")
    ]
    assert label in next(item.message for item in got.findings if item.severity == "info")
    assert (got.rows_read, got.rows_control) == (2, 0)


@pytest.mark.parametrize("label", ["调整数", "经济开发区", "平均镇", "增减区"])
def test_another_name_is_a_township_that_is_unknown(tmp_path, label):
    got = normalize_rows(tmp_path, [TITLE, WASTE_HEADER, *ROWS, [label, 1, 2, 3, 4, 5, None]], "rural_waste")
    assert [item.rule_id for item in got.findings if item.severity == "error"] == ["normalize.unknown_township"]


def test_a_township_with_a_remark_of_a_comparison_is_data(tmp_path):
    header = [*WASTE_HEADER, "备注"]
    rows = [[*ROWS[0], "同比增长"], [*ROWS[1], "平均"]]
    got = normalize_rows(tmp_path, [TITLE, header, *rows], "rural_waste")
    assert column(got, "waste_generated_t") == [100.0, 110.0]
    assert {item.rule_id for item in got.findings} == {"sheet.missing_unit"}
