"""Several tables on one sheet: the report's own in blocks, below and beside each other, and others that are none of
its.
"""

import pytest

from tests.support.workbooks import (
    ECOLOGY_HEADER,
    TOWNSHIPS,
    column,
    ecology_rows,
    ecology_sheet,
    found_places,
    normalize_rows,
)

TITLE = ["上党区2024年生态状况年报"]
ROWS = ecology_rows()
CONTACTS = [
    ["序号", "乡镇", "联系人", "联系电话", "备注"],
    [1, "苏店镇", "张某", 13800000000],
    [2, "韩店街道", "李某", "0355-8012345", "兼职"],
]
STATISTICS = [
    ["各乡镇人口"],
    ["乡镇代码", "乡镇", "户数", "人口", "男", "女"],
    ["140404101", "苏店镇", 10.0, 30.0, 15.0, 15.0],
    ["", "合计", 10.0, 30.0, 15.0, 15.0],
]


def halves(left, right, more=()):
    """Rows of two blocks side by side under the same headings."""
    rows = [[*one, None, *(right[number] if number < len(right) else [])] for number, one in enumerate(left)]
    return [TITLE, [*ECOLOGY_HEADER, None, *ECOLOGY_HEADER], *rows, *more]


def first_cells(got) -> list[str]:
    return [dict(cells)["township_code"] for cells in column(got, "cells")]


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [[]],
        [[], TITLE],
        [[], ["上党区2024年生态状况年报（续）"], ["填报单位：上党区自然资源局", "单位：公顷"]],
        [["（续表）"]],
    ],
    ids=["at once", "gap", "title", "title and lines", "continued"],
)
def test_a_table_may_go_on_under_its_headings(tmp_path, lines):
    got = normalize_rows(
        tmp_path, [*ecology_sheet(ROWS[:5]), *lines, ECOLOGY_HEADER, *ROWS[5:], ["", "合计", 40045.0, 4000.0]]
    )
    assert (got.rows_read, got.rows_control, got.findings) == (11, 1, [])
    assert column(got, "reporting_unit") == TOWNSHIPS
    assert first_cells(got)[5] == f"A{9 + len(lines)}"


def test_each_table_has_the_period_above_it(tmp_path):
    got = normalize_rows(tmp_path, [*ecology_sheet(title="上党区2023年生态状况年报"), [], *ecology_sheet()])
    assert (got.rows_read, got.findings) == (20, [])
    assert column(got, "period") == ["2023"] * 10 + ["2024"] * 10


def test_a_fuller_table_does_not_hide_the_one_above_it(tmp_path):
    shorter = [[*row[:4], row[8]] for row in ROWS]
    header = [*ECOLOGY_HEADER[:4], ECOLOGY_HEADER[8]]
    got = normalize_rows(tmp_path, [*ecology_sheet(shorter, "上党区2023年生态状况年报", header), [], *ecology_sheet()])
    assert column(got, "period") == ["2023"] * 10 + ["2024"] * 10
    assert {item.rule_id for item in got.findings} == {"normalize.missing_required_column"}


def test_a_block_may_have_its_own_order_and_units(tmp_path):
    header = ["乡镇", "乡镇代码", "土地总面积（公顷）", "森林面积（亩）", *ECOLOGY_HEADER[4:]]
    rows = [[row[1], row[0], row[2], row[3] * 15, *row[4:]] for row in ROWS[5:]]
    got = normalize_rows(tmp_path, [*ecology_sheet(ROWS[:5]), [], header, *rows])
    assert (got.findings, column(got, "forest_area_ha"), column(got, "reporting_unit")) == ([], [400.0] * 10, TOWNSHIPS)


def test_the_township_may_be_named_above_each_table(tmp_path):
    blocks = [[["2024年生态状况年报"], [f"填报单位：{row[1]}"], ECOLOGY_HEADER[2:], row[2:], []] for row in ROWS]
    got = normalize_rows(tmp_path, [row for block in blocks for row in block])
    assert (column(got, "reporting_unit"), got.findings) == (TOWNSHIPS, [])
    assert first_cells(got)[:2] == ["A2", "A7"]


def test_blocks_side_by_side(tmp_path):
    got = normalize_rows(tmp_path, halves(ROWS[:6], ROWS[6:]))
    assert (got.rows_read, got.findings, column(got, "reporting_unit")) == (10, [], TOWNSHIPS)
    assert first_cells(got)[5:7] == ["A8", "K3"]
    assert column(got, "land_area_ha") == [row[2] for row in ROWS]


def test_three_blocks_with_numbered_rows(tmp_path):
    header = ["序号", *ECOLOGY_HEADER]
    numbered = [[number, *row] for number, row in enumerate(ROWS, start=1)]
    rows = [[*numbered[at], *numbered[at + 4], *(numbered[at + 8] if at < 2 else [])] for at in range(4)]
    got = normalize_rows(tmp_path, [TITLE, header * 3, *rows])
    assert (got.rows_read, got.findings, column(got, "reporting_unit")) == (10, [], TOWNSHIPS)
    assert first_cells(got)[3:9:4] == ["B6", "L6"] and first_cells(got)[8] == "V3"


@pytest.mark.parametrize(("forest", "cells"), [(4000.0, []), (4100.0, ["N8"])])
def test_a_total_may_be_of_all_blocks(tmp_path, forest, cells):
    total = [None] * 10 + ["合计", None, 40045.0, forest, None, 500.0, 50.0, None, 2.5]
    got = normalize_rows(tmp_path, halves(ROWS[:5], ROWS[5:], [total]))
    assert (got.rows_read, got.rows_control) == (11, 1)
    assert [item.cell for item in got.findings] == cells
    assert all(item.rule_id == "sheet.total_row_mismatch" and item.expected == "4000" for item in got.findings)


@pytest.mark.parametrize(
    "other",
    [
        CONTACTS,
        [["联系人表"], *CONTACTS],
        [["联系人表"], [], *CONTACTS, [], [3, "荫城镇", "王某", "13900000000"]],
        [["填表说明"], ["填写项", "说明"], ["面积", "以亩为单位，保留两位小数"]],
        [["填表说明"], [1, "面积单位：亩"], [2, "次年2月底前报送"]],
        STATISTICS,
    ],
    ids=["contacts", "titled", "with gaps", "instructions", "numbered instructions", "statistics"],
)
def test_another_table_below_is_not_the_reports(tmp_path, other):
    got = normalize_rows(tmp_path, [*ecology_sheet(), ["填报人：张某"], [], [], *other])
    assert (got.rows_read, got.rows_control, column(got, "reporting_unit")) == (10, 0, TOWNSHIPS)
    told = [item.rule_id for item in got.findings if item.severity == "warning"]
    assert told == (["reading.other_data_not_read"] if other is STATISTICS else [])  # it has figures of townships
    assert len(got.findings) == len(told)
    assert got.notes["reporter"] == "张某"


@pytest.mark.parametrize(
    ("row", "rules"),
    [
        ([ROWS[9][0], ROWS[9][1], *["待定"] * 7], {"normalize.text_in_numeric"}),
        (["某镇", "某镇", *ROWS[9][2:]], {"normalize.unknown_township", "sheet.missing_unit"}),
    ],
)
def test_a_faulty_row_behind_a_gap_is_the_reports(tmp_path, row, rules):
    got = normalize_rows(tmp_path, [*ecology_sheet(ROWS[:9]), [], row])
    assert (got.rows_read, {item.rule_id for item in got.findings}) == (10, rules)


def test_the_report_goes_on_below_another_table(tmp_path):
    got = normalize_rows(tmp_path, [*ecology_sheet(ROWS[:5]), [], *CONTACTS, [], *ROWS[5:]])
    assert (got.rows_read, got.findings, column(got, "reporting_unit")) == (10, [], TOWNSHIPS)


def hidden(rows=(), columns=()):
    def change(worksheet):
        for row in rows:
            worksheet.row_dimensions[row].hidden = True
        for letters in columns:
            worksheet.column_dimensions[letters].hidden = True

    return change


def test_hidden_rows_of_data_are_read_and_reported(tmp_path):
    got = normalize_rows(tmp_path, ecology_sheet([*ROWS, ["", "合计", 40045.0]]), change=hidden([1, 4, 5, 9, 13, 40]))
    assert (got.rows_read, column(got, "reporting_unit")) == (11, TOWNSHIPS)
    assert found_places(got) == [("reading.hidden_rows", "A4:A5", None)]
    assert (got.findings[0].severity, got.findings[0].found) == ("warning", "4-5、9")
    assert "共 3 行（第 4-5、9 行）" in got.findings[0].message


def test_hidden_columns_of_the_report_are_read_and_reported(tmp_path):
    rows = [[*row, "内部"] for row in ecology_sheet()]
    got = normalize_rows(tmp_path, rows, change=hidden(columns=["D", "F", "J"]))
    assert column(got, "forest_area_ha") == [400.0] * 10
    assert found_places(got) == [("reading.columns_not_read", "J2", None), ("reading.hidden_columns", "D2", None)]
    assert (got.findings[1].severity, got.findings[1].found) == ("warning", "D 森林面积、F 湿地面积")


def test_hidden_rows_and_columns_that_are_no_data_say_nothing(tmp_path):
    rows = [[*row, "内部"] for row in ecology_sheet()]
    got = normalize_rows(tmp_path, [*rows, ["注：仅供参考"]], change=hidden([1, 13, 20], ["J", "K"]))
    assert (got.rows_read, found_places(got)) == (10, [("reading.columns_not_read", "J2", None)])
