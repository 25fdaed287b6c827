"""Cells that stand for the one above: a project's number in the first row of its group only, and ditto marks."""

import pytest

from tests.support.workbooks import column, normalize_rows

TITLE = ["上党区2025年7月重点工程进度月报"]
HEADER = ["项目编号", "项目名称", "乡镇", "工程阶段", "形象进度（%）", "累计完成投资（万元）"]
BLANK = "normalize.blank_as_above"
GROUPS = [
    ["A1", None, "苏店镇", "在建", 10, 1],
    [None, None, "北呈乡", "在建", 20, 2],
    [None, None, "东和乡", "在建", 30, 3],
    ["A2", None, "韩店街道", "前期", 0, 0],
    [None, None, "荫城镇", "前期", 0, 4],
]


def progress(folder, rows, **more):
    return normalize_rows(folder, [TITLE, HEADER, *rows], "project_progress", **more)


def found(got):
    return [(item.rule_id, item.severity, item.cell) for item in got.findings if item.rule_id != "sheet.missing_unit"]


def test_a_number_in_the_first_row_of_its_group_is_that_of_all_its_rows(tmp_path):
    got = progress(tmp_path, GROUPS)
    assert column(got, "project_id") == ["A1", "A1", "A1", "A2", "A2"]
    assert column(got, "cum_investment_wan") == [1.0, 2.0, 3.0, 0.0, 4.0]
    assert found(got) == [(BLANK, "warning", "A4")]
    assert "A4 按“A1”、A5 按“A1”、A7 按“A2”" in got.findings[0].message
    log = [(row["cell"], row["kind"], row["taken"]) for row in got.conversions.to_pylist()]
    assert [one for one in log if one[1] == "from_above"] == [
        ("A4", "from_above", "A1"),
        ("A5", "from_above", "A1"),
        ("A7", "from_above", "A2"),
    ]


def test_a_merged_number_is_exact(tmp_path):
    def merge(sheet):
        sheet.merge_cells("A3:A5")
        sheet.merge_cells("A6:A7")

    got = progress(tmp_path, GROUPS, change=merge)
    assert column(got, "project_id") == ["A1", "A1", "A1", "A2", "A2"]
    assert found(got) == []


@pytest.mark.parametrize(
    ("changed", "row"),
    [
        ({1: ["A1", None, "北呈乡", "在建", 20, 2]}, "—|140404203"),
        ({2: [None, "另一工程", "东和乡", "在建", 30, 3]}, "—|140404203"),
        ({2: [None, None, "苏店镇", "在建", 30, 3]}, "—|140404101"),
        ({0: [None, None, "苏店镇", "在建", 10, 1]}, "—|140404101"),
        ({1: ["B1", None, "北呈乡", "在建", 20, 2], 4: ["B2", None, "荫城镇", "前期", 0, 4]}, "—|140404203"),
    ],
    ids=["numbers repeated", "another name", "township twice", "first blank", "one blank"],
)
def test_a_number_that_may_have_been_forgotten_is_missing(tmp_path, changed, row):
    got = progress(tmp_path, [changed.get(number, one) for number, one in enumerate(GROUPS)])
    assert row in column(got, "reporting_unit")
    assert BLANK not in {item.rule_id for item in got.findings}


@pytest.mark.parametrize("mark", ["同上", "〃", '"', " 同 上 "])
def test_ditto_marks_stand_for_the_cell_above(tmp_path, mark):
    rows = [
        ["A1", "甲", "苏店镇", "在建", 10, 1],
        [mark, mark, "北呈乡", mark, 20, 2],
        [mark, None, "东和乡", mark, 5, 3],
    ]
    got = progress(tmp_path, rows)
    assert column(got, "reporting_unit") == ["A1|140404101", "A1|140404202", "A1|140404203"]
    assert column(got, "stage") == ["在建"] * 3
    assert found(got) == []
    kinds = [(row["cell"], row["taken"]) for row in got.conversions.to_pylist() if row["kind"] == "from_above"]
    assert sorted(kinds) == [("A4", "A1"), ("A5", "A1"), ("B4", "甲"), ("D4", "在建"), ("D5", "在建")]


def test_ditto_marks_among_figures_are_no_figures(tmp_path):
    got = progress(tmp_path, [["A1", "甲", "苏店镇", "在建", 10, 1], ["A1", "甲", "北呈乡", "在建", "同上", 2]])
    assert column(got, "physical_progress_pct") == [10.0, None]
    assert found(got) == [("normalize.text_in_numeric", "error", "E4")]
