"""The period by every place that may name it: none of them is passed over where another contradicts it."""

import zipfile

import pytest

from contracts import contract
from ingestion.normalize.table import normalize_table
from tests.ingestion.normalize.test_left_out import HEADER, REPORT, ROWS, TITLE, normalized
from tests.support.workbooks import column, normalize_rows

WASTE = [
    [
        "乡镇代码",
        "乡镇",
        "行政村数",
        "收运处置体系覆盖村数",
        "农户数",
        "产生量（吨）",
        "无害化处理量（吨）",
        "处理率（%）",
    ],
    ["140404001", "韩店街道", 30, 28, 5000, 1000, 900, 90],
]
Q3 = "上党区2025年三季度农村生活垃圾处理季报"
TABLE = [HEADER, *ROWS]
CONFLICT, SEVERAL, MISSING = "normalize.period_conflict", "normalize.several_periods", "normalize.period_missing"


def periods(got):
    """The period of each row, and what is found of them."""
    errors = [item for item in got.findings if item.severity == "error"]
    return set(column(got, "period")), [(item.rule_id, item.found, item.expected) for item in errors]


@pytest.mark.parametrize(
    ("file", "sheet", "title", "period", "error"),
    [
        ("资金台账2025年7月.xlsx", "7月", None, "2025-07", None),
        ("资金台账2025年7月.xlsx", "6月", None, "2025-07", (CONFLICT, "文件名 2025-07", "工作表名 2025-06")),
        ("资金台账2025年7月.xlsx", "2024年7月", None, "2025-07", (CONFLICT, "文件名 2025-07", "工作表名 2024-07")),
        ("资金台账.xlsx", "2025.7", None, "2025-07", None),
        ("资金台账.xlsx", "2024年", "2025年7月资金台账", "2025-07", (CONFLICT, "标题 2025-07", "工作表名 2024")),
        ("资金台账.xlsx", "20240705", "2025年7月资金台账", "2025-07", None),
        ("资金台账.xlsx", "资金台账（1）", "2025年7月资金台账", "2025-07", None),
        ("资金台账.xlsx", "Sheet1", "2025.1资金台账", "2025-01", ("normalize.month_unclear", "2025.1", "2025-01")),
        ("资金台账2025年10月.xlsx", "Sheet1", "2025.1资金台账", "2025-10", None),
        ("资金台账2025年3月.xlsx", "Sheet1", "2025.1资金台账", "2025-03", (CONFLICT, "文件名 2025-03", "标题 2025.1")),
        (
            "资金台账.xlsx",
            "Sheet1",
            "农历二〇二五年六月资金台账",
            None,
            ("normalize.period_of_other_calendar", "农历2025", None),
        ),
    ],
)
def test_sheet_names_and_titles_of_a_monthly_report(tmp_path, file, sheet, title, period, error):
    got = normalized(tmp_path, {sheet: [*([[title]] if title else []), *TABLE]}, name=file)
    assert periods(got) == ({period}, [error] if error else [])


@pytest.mark.parametrize(
    ("sheet", "title", "period", "error"),
    [
        ("一季度", Q3, "2025Q3", (CONFLICT, "标题 2025Q3", "工作表名 2025Q1")),
        ("三季度", Q3, "2025Q3", None),
        ("7-9月", Q3, "2025Q3", None),
        ("2024年三季度", "上党区农村生活垃圾处理季报", "2024Q3", None),
        ("Sheet1", f"{Q3}（补报二季度）", "2025Q3", (SEVERAL, "标题 2025年三季、二季", "2025Q3")),
    ],
)
def test_sheet_names_and_titles_of_a_quarterly_report(tmp_path, sheet, title, period, error):
    got = normalized(tmp_path, {sheet: [[title], *WASTE]}, "rural_waste", "垃圾.xlsx")
    assert periods(got) == ({period}, [error] if error else [])


def test_one_sheet_of_several_that_is_of_another_month_is_found(tmp_path):
    got = normalized(tmp_path, {"7月": TABLE, "6月": TABLE}, name="资金台账2025年7月.xlsx")
    assert [(item.rule_id, item.sheet) for item in got.findings if item.rule_id == CONFLICT] == [(CONFLICT, "6月")]
    names = [(one.where, one.period) for sheet in got.record.sheets for one in sheet.periods]
    assert names == [("文件名", "2025-07")] * 2


def test_a_sheet_of_another_year_than_the_file(tmp_path):
    rows = [["乡镇代码", "乡镇", "土地总面积（公顷）", "森林面积（公顷）"], ["140404001", "韩店街道", 400, 40]]
    got = normalized(tmp_path, {"2023": rows, "2024": rows}, "ecology", "生态2024.xlsx")
    assert [item.sheet for item in got.findings if item.rule_id == CONFLICT] == ["2023"]
    names = [(one.where, one.period) for one in got.record.sheets[0].periods]
    assert names == [("文件名", "2024"), ("工作表名", "2023")]


@pytest.mark.parametrize(
    ("name", "member", "period", "error"),
    [
        ("2025年二季度垃圾.zip", "2025年三季度.csv", "2025Q2", (CONFLICT, "文件名 2025Q2", "压缩包内文件名 2025Q3")),
        ("垃圾.zip", "2025年三季度.csv", "2025Q3", None),
        ("2025年垃圾.zip", "三季度.csv", "2025Q3", None),
        ("2025年三季度垃圾.zip", "二季度.csv", "2025Q3", (CONFLICT, "文件名 2025Q3", "压缩包内文件名 2025Q2")),
    ],
)
def test_the_name_of_a_zips_member_counts(tmp_path, name, member, period, error):
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
        archive.writestr(member, "\n".join(",".join(map(str, row)) for row in WASTE) + "\n")
    got = normalize_table(tmp_path / name, name, contract("rural_waste"), "s1")
    assert periods(got) == ({period}, [error] if error else [])


def test_a_line_and_a_title_are_compared(tmp_path):
    got = normalized(tmp_path, {"Sheet1": [TITLE, ["填报期：2025年6月"], *TABLE]})
    assert periods(got) == ({"2025-06"}, [(CONFLICT, "填报期 2025-06", "标题 2025-07")])


def test_a_row_of_another_period_than_the_title_is_asked_about(tmp_path):
    month = ["2025-07", "2024-07", "2025-07"]
    rows = [[*row, when] for row, when in zip(ROWS, month, strict=True)]
    got = normalized(tmp_path, {"Sheet1": [TITLE, [*HEADER, "月份"], *rows]})
    assert column(got, "period") == month
    assert [(item.rule_id, item.cell, item.reporting_unit) for item in got.findings if item.severity == "error"] == [
        (CONFLICT, "H4", "A2")
    ]
    several = normalized(tmp_path, {"Sheet1": [["资金台账"], [*HEADER, "月份"], *rows]})
    assert column(several, "period") == month
    assert periods(normalized(tmp_path, {"Sheet1": REPORT})) == ({"2025-07"}, [])


def test_year_and_quarter_in_lines_of_their_own(tmp_path):
    sheet = [["农村生活垃圾处理季报"], ["年度：", 2025], ["季度：", 3], *WASTE]
    assert periods(normalized(tmp_path, {"Sheet1": sheet}, "rural_waste", "垃圾.xlsx")) == ({"2025Q3"}, [])


def test_a_title_with_a_date_only_is_told_as_that(tmp_path):
    got = normalized(tmp_path, {"Sheet1": [["2025年7月31日资金台账"], *TABLE]})
    assert periods(got) == ({None}, [("normalize.period_only_date", "2025年7月31日", None)])
    assert periods(normalized(tmp_path, {"Sheet1": [["资金台账"], *TABLE]})) == ({None}, [(MISSING, None, None)])


def test_the_one_row_without_a_period_is_found_at_its_own_cell(tmp_path):
    months = ["2025-07", None, "2025-07"]
    rows = [[*row, when] for row, when in zip(ROWS, months, strict=True)]
    got = normalized(tmp_path, {"Sheet1": [["资金台账"], [*HEADER, "月份"], *rows]}, name="资金.xlsx")
    assert column(got, "period") == months
    assert [(item.rule_id, item.cell, item.reporting_unit) for item in got.findings if item.severity == "error"] == [
        (MISSING, "H4", "A2")
    ]


@pytest.mark.parametrize(
    ("written", "period", "rule"),
    [
        ("2025年7-8月", "2025-08", SEVERAL),
        (202507.0, "2025-07", None),
        ("202507.0", "2025-07", None),
        (2025.0, None, "normalize.invalid_period"),
        ("2025.0", None, "normalize.invalid_period"),
    ],
)
def test_a_period_cell_means_the_same_as_a_number_and_as_a_text(tmp_path, written, period, rule):
    rows = [[*row, when] for row, when in zip(ROWS, [written, "2025-06", "2025-06"], strict=True)]
    got = normalized(tmp_path, {"Sheet1": [["资金台账"], [*HEADER, "月份"], *rows]}, name="资金.xlsx")
    assert column(got, "period")[0] == period
    assert [(item.rule_id, item.cell) for item in got.findings if item.severity == "error"] == (
        [(rule, "H3")] if rule else []
    )


def quarterly(folder, years, title, name="垃圾.xlsx"):
    """Three townships with the year in a column of its own."""
    header = ["年份", *WASTE[0][:-1]]
    names = (("140404001", "韩店街道"), ("140404101", "苏店镇"), ("140404102", "荫城镇"))
    rows = [[year, *name, 30, 28, 5000, 1000, 900] for year, name in zip(years, names, strict=True)]
    return normalize_rows(folder, [*([[title]] if title else []), header, *rows], "rural_waste", name)


@pytest.mark.parametrize("year", [2026, "2026", "2026年"])
@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("上党区2026年第一季度农村生活垃圾处理季报", "垃圾.xlsx"),
        ("第一季度农村生活垃圾处理季报", "垃圾.xlsx"),
        (None, "一季度.xlsx"),
        (None, "2026年一季度.xlsx"),
    ],
)
def test_a_year_in_each_row_takes_the_quarter_from_around_the_table(tmp_path, year, title, name):
    got = quarterly(tmp_path, [year] * 3, title, name)
    assert periods(got) == ({"2026Q1"}, [])


@pytest.mark.parametrize(
    ("years", "title", "name", "expected"),
    [
        ([2025] * 3, "2026年第一季度垃圾", "垃圾.xlsx", ({"2025Q1"}, [(CONFLICT, "列 2025Q1", "标题 2026Q1")])),
        (
            [2026, 2025, 2026],
            "2026年第一季度垃圾",
            "垃圾.xlsx",
            ({"2025Q1", "2026Q1"}, [(CONFLICT, "列 2025Q1", "标题 2026Q1")]),
        ),
        (
            [2026, 2025, 2026],
            None,
            "2026年第一季度垃圾.xlsx",
            ({"2025Q1", "2026Q1"}, [(CONFLICT, "列 2025", "文件名 2026Q1")]),
        ),
    ],
)
def test_a_year_that_is_not_that_of_the_title_is_asked_about(tmp_path, years, title, name, expected):
    assert periods(quarterly(tmp_path, years, title, name)) == expected


def test_a_year_without_any_quarter_is_no_quarter(tmp_path):
    got = quarterly(tmp_path, [2026] * 3, "农村生活垃圾处理季报")
    assert periods(got)[0] == {None}
    assert {item[0] for item in periods(got)[1]} == {"normalize.invalid_period"}


@pytest.mark.parametrize(
    ("title", "name", "expected"),
    [
        ("2026年农村生活垃圾", "一季度.xlsx", ({"2026Q1"}, [])),
        ("第一季度农村生活垃圾", "2026年.xlsx", ({"2026Q1"}, [])),
        ("第一季度农村生活垃圾", "2026年二季度.xlsx", ({"2026Q2"}, [(CONFLICT, "文件名 2026Q2", "标题 2026Q1")])),
        ("2025年农村生活垃圾", "2026年二季度.xlsx", ({"2026Q2"}, [(CONFLICT, "文件名 2026Q2", "标题 2025")])),
    ],
)
def test_title_and_file_name_complete_or_contradict_each_other(tmp_path, title, name, expected):
    got = normalize_rows(tmp_path, [[title], *WASTE], "rural_waste", name)
    assert periods(got) == expected
