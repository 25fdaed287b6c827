"""Tables in the ways that offices write them: each is read as it is meant, or a finding says what is in doubt."""

from datetime import date
from typing import Any

import pytest

from contracts import contract
from tests.support.workbooks import (
    ECOLOGY_HEADER,
    PROGRESS_HEADER,
    TOWNSHIPS,
    WASTE_HEADER,
    column,
    ecology_rows,
    ecology_sheet,
    found_places,
    normalize_rows,
)

TITLE = ["上党区2024年生态状况年报"]
BY_NAME = [row[1:] for row in ecology_rows()]
SUMMED = (2, 3, 5, 6, 8)


def summed(label: str | None, rows: list[list[Any]], first: Any = None) -> list[Any]:
    return [first, label, *(sum(row[at] for row in rows) if at in SUMMED else None for at in range(2, 9))]


def rules(got) -> list[tuple[str, str]]:
    return [(item.rule_id, item.severity) for item in got.findings]


# headings that no list has, other orders, other rows around the table


@pytest.mark.parametrize("heading", ["街道（乡镇）", "镇街", "单位名称", "属地", "所在地", "行政区", "街镇"])
def test_a_column_of_townships_is_one_under_any_heading(tmp_path, heading):
    got = normalize_rows(tmp_path, [TITLE, [heading, *ECOLOGY_HEADER[2:]], *BY_NAME])
    assert column(got, "township_code") == TOWNSHIPS
    assert found_places(got) == [("normalize.column_by_content", "A2", None)]
    assert got.findings[0].severity == "info"
    assert got.findings[0].message == f"列“{got.findings[0].found}”（A2）的内容是乡镇，按此读取"


def test_headings_in_other_words_are_read_with_a_warning_that_quotes_them(tmp_path):
    header = [
        "镇街",
        "幅员（公顷）",
        "有林地（公顷）",
        "林木覆盖率（%）",
        "湿地总面积（公顷）",
        "纳入保护湿地（公顷）",
        "湿地保护占比（%）",
        "生态红线（平方千米）",
    ]
    got = normalize_rows(tmp_path, [TITLE, header, *BY_NAME])
    for name, at in (("land_area_ha", 2), ("forest_area_ha", 3), ("protected_wetland_area_ha", 6)):
        assert column(got, name) == [row[at] for row in ecology_rows()]
    assert set(column(got, "period")) == {"2024"}
    warned = {item.found: item.expected for item in got.findings if item.severity == "warning"}
    assert warned["有林地(公顷)"] == "森林面积"
    assert {item.severity for item in got.findings} == {"info", "warning"}


@pytest.mark.parametrize(
    ("heading", "dataset", "field"),
    [
        ("受保护林地面积（公顷）", "ecology", "protected_wetland_area_ha"),
        ("累计新增林地面积（公顷）", "project_acceptance", "cropland_reserve_ha"),
    ],
)
def test_a_heading_that_measures_something_else_is_not_taken_for_one_that_is_like_it(tmp_path, heading, dataset, field):
    if dataset == "ecology":
        header = [*ECOLOGY_HEADER[:6], heading, *ECOLOGY_HEADER[7:]]
        got = normalize_rows(tmp_path, ecology_sheet(header=header))
    else:
        header = ["验收文号", "项目编号", "乡镇代码", "验收日期", "验收面积（公顷）", heading, "结论"]
        row = ["上农验〔2024〕1号", "A1-01", "140404001", date(2024, 3, 2), 1.0, 2.0, "合格"]
        got = normalize_rows(tmp_path, [header, row], dataset)
    assert field in contract(dataset).fields
    assert set(column(got, field)) == {None}
    assert ("reading.columns_not_read", "info") in rules(got)


@pytest.mark.parametrize("first", [None, "", 1])
def test_subtotals_of_groups_are_checked_and_are_no_data(tmp_path, first):
    rows = ecology_rows()
    basin, hills = rows[:4], rows[4:]
    sheet = [
        *basin,
        summed("盆地区小计", basin, first if first != 1 else None),
        *hills,
        summed("五龙山区小计", hills),
        summed("全区", rows),
    ]
    got = normalize_rows(tmp_path, ecology_sheet(sheet))
    assert (got.rows_read, got.rows_control, got.findings) == (13, 3, [])
    assert column(got, "township_code") == TOWNSHIPS


def test_a_subtotal_that_its_rows_do_not_add_up_to_is_found_at_its_cell(tmp_path):
    rows = ecology_rows()
    wrong = summed("盆地区小计", rows[:4])
    wrong[3] += 7
    got = normalize_rows(tmp_path, ecology_sheet([*rows[:4], wrong, *rows[4:]]))
    assert found_places(got) == [("sheet.total_row_mismatch", "D7", None)]


def test_a_row_without_a_unit_whose_figures_are_sums_is_a_subtotal_under_any_label(tmp_path):
    rows = ecology_rows()
    got = normalize_rows(tmp_path, ecology_sheet([*rows[:4], summed("北部片区", rows[:4]), *rows[4:]]))
    assert (got.rows_read, got.rows_control) == (11, 1)
    assert rules(got) == [("sheet.subtotal_by_sum", "info")]


def test_a_cover_sheet_and_blank_lines_above(tmp_path):
    def cover(worksheet):
        book = worksheet.parent
        book.create_sheet("封面", 0)["C5"] = "上党区生态状况年报"
        book["封面"]["C7"] = "编制单位：林业局"

    got = normalize_rows(tmp_path, [[None], [None], TITLE, [None], ECOLOGY_HEADER, *ecology_rows()], change=cover)
    assert (column(got, "township_code"), got.findings) == (TOWNSHIPS, [])
    assert [(one.name, one.ignored is None) for one in got.record.sheets] == [("Sheet1", True), ("封面", False)]


def test_a_unit_row_and_columns_in_any_order(tmp_path):
    got = normalize_rows(
        tmp_path,
        [
            ["上党区2025年6月重点工程进度月报"],
            ["工程阶段", "累计完成投资", "乡镇", "形象进度", "项目编号"],
            [None, "（元）", None, "（%）", None],
            ["在建", 125000, "苏店镇", 40, "A1-01"],
        ],
        "project_progress",
    )
    (row,) = got.table.to_pylist()
    assert (row["project_id"], row["township_code"], row["cum_investment_wan"]) == ("A1-01", "140404101", 12.5)
    assert [item for item in got.findings if item.severity != "info"] == []


def test_two_levels_of_headings_with_the_unit_on_the_second(tmp_path):
    header = ["乡镇代码", "乡镇", "土地总面积", "森林", "森林", "湿地", "湿地", "湿地", "生态保护红线面积"]
    below = [
        None,
        None,
        "（亩）",
        "面积（亩）",
        "覆盖率（%）",
        "面积（公顷）",
        "受保护面积（公顷）",
        "保护率（%）",
        "（平方千米）",
    ]
    rows = [[*row[:2], 60000.0, 6000.0, *row[4:]] for row in ecology_rows()]
    got = normalize_rows(tmp_path, [TITLE, header, below, *rows])
    assert (set(column(got, "land_area_ha")), set(column(got, "forest_area_ha"))) == ({4000.0}, {400.0})
    assert [item.found for item in got.findings] == ["受保护面积(公顷)"]


@pytest.mark.parametrize(
    ("land", "forest"),
    [("土地总面积（亩，保留两位小数）", "森林面积（亩/年末）"), ("土地总面积（年末，亩）", "森林面积（单位：亩）")],
)
def test_brackets_may_say_more_than_the_unit(tmp_path, land, forest):
    header = [*ECOLOGY_HEADER[:2], land, forest, *ECOLOGY_HEADER[4:]]
    rows = [[*row[:2], 60000.0, 6000.0, *row[4:]] for row in ecology_rows()]
    got = normalize_rows(tmp_path, [TITLE, header, *rows])
    assert (set(column(got, "land_area_ha")), set(column(got, "forest_area_ha"))) == ({4000.0}, {400.0})
    assert got.findings == []


@pytest.mark.parametrize("name", ["审批中心改造", "审核站建设", "联系村道路", "报送站点建设", "填报系统"])
def test_a_row_whose_first_cell_begins_as_notes_do_is_data(tmp_path, name):
    got = normalize_rows(
        tmp_path,
        [
            ["上党区2025年6月重点工程进度月报"],
            PROGRESS_HEADER,
            [name, "A1-01", "苏店镇", "在建", 40, 12.5],
            ["高标准农田", "A1-02", "西火镇", "在建", 50, 13.5],
        ],
        "project_progress",
    )
    assert (column(got, "project_id"), column(got, "cum_investment_wan")) == (["A1-01", "A1-02"], [12.5, 13.5])


def test_totals_of_scores_are_checked(tmp_path):
    header = ["项目编号", "评价维度", "满分", "得分", "评价单位"]
    rows = [["A1", "组织实施", 20, 16.1, "甲"], ["A1", "资金管理", 20, 19.4, "甲"]]
    sheet = [["上党区2023年度绩效评价表"], header, *rows, [None, "合计", 40, 36.5, None]]
    got = normalize_rows(tmp_path, sheet, "performance")
    assert [(item.rule_id, item.cell) for item in got.findings if item.rule_id.startswith("sheet.total")] == [
        ("sheet.total_row_mismatch", "D5")
    ]


@pytest.mark.parametrize("heading", ["街道（乡镇）", "乡镇"])
def test_blocks_side_by_side_are_read_and_balance(tmp_path, heading):
    header = [heading, *WASTE_HEADER[1:]]
    rows = [["苏店镇", 30, 30, 9700, 100.0, 97.0, 97.0], ["西火镇", 20, 20, 700, 10.0, 9.7, 97.0]]
    others = [["荫城镇", 31, 31, 970, 50.0, 48.5, 97.0], ["八义镇", 21, 21, 70, 20.0, 19.4, 97.0]]
    sheet = [["上党区2025年一季度"], header + header, *(one + other for one, other in zip(rows, others, strict=True))]
    got = normalize_rows(tmp_path, sheet, "rural_waste")
    assert got.rows_read == got.table.num_rows == 4
    assert sorted(column(got, "township_code")) == ["140404101", "140404102", "140404103", "140404104"]


ACCEPTANCE = ["验收文号", "项目编号", "乡镇代码", "验收日期", "验收面积（公顷）", "结论"]
ACCEPTED = ["上农验〔2024〕1号", "A1-01", "140404001", date(2024, 3, 2), 1.0, "合格"]


def test_a_row_called_a_total_that_has_a_date_is_asked_about(tmp_path):
    labelled = ["合计", None, None, date(2024, 3, 5), 1.0, None]
    got = normalize_rows(tmp_path, [ACCEPTANCE, ACCEPTED, labelled], "project_acceptance")
    (found,) = [item for item in got.findings if item.rule_id == "sheet.total_with_code"]
    assert (found.severity, found.cell, found.field, found.found) == ("error", "D3", "acceptance_date", "合计")
    assert (got.rows_read, got.rows_control) == (2, 1)


def test_a_part_of_a_row_above_is_told(tmp_path):
    rows = ecology_rows()
    got = normalize_rows(tmp_path, ecology_sheet([*rows[:4], [None, "其中：集镇", 40.0, 4.0, *[None] * 5], *rows[4:]]))
    assert [(item.rule_id, item.severity, item.cell) for item in got.findings] == [("sheet.part_rows", "info", "A7")]
    assert (got.rows_read, got.rows_control) == (11, 1)


@pytest.mark.parametrize("number", ["其他", "审核中"])
def test_a_number_without_a_digit_is_asked_about(tmp_path, number):
    rows = [ACCEPTANCE, ACCEPTED, [number, *ACCEPTED[1:]]]
    got = normalize_rows(tmp_path, rows, "project_acceptance")
    assert found_places(got) == [("normalize.number_without_digit", "A3", number)]
    assert got.findings[0].severity == "error"


@pytest.mark.parametrize("values", [[0] * 10, [1] * 10, [0, 1] * 5])
def test_figures_that_look_like_the_rows_numbers_are_told(tmp_path, values):
    rows = [[*row, value] for row, value in zip(ecology_rows(), values, strict=True)]
    got = normalize_rows(tmp_path, ecology_sheet(rows, header=[*ECOLOGY_HEADER, "上年增加"]))
    assert [(item.rule_id, item.found) for item in got.findings] == [("reading.columns_not_read", "“上年增加”")]


def test_the_rows_numbers_and_remarks_are_not(tmp_path):
    rows = [[number, *row, "无"] for number, row in enumerate(ecology_rows(), start=1)]
    got = normalize_rows(tmp_path, ecology_sheet(rows, header=["编次", *ECOLOGY_HEADER, "备注"]))
    assert got.findings == []


# one text, one meaning; what is shown and what is held


@pytest.mark.parametrize(
    ("written", "rule", "severity", "value"),
    [
        ("1 00", "normalize.number_with_blanks", "error", 100.0),
        ("10 20", "normalize.number_with_blanks", "error", 1020.0),
        ("10\u300020", "normalize.number_with_blanks", "error", 1020.0),
        ("10\u00a020", "normalize.number_with_blanks", "error", 1020.0),
        ("12 345", "normalize.value_converted", "info", 12345.0),
    ],
)
def test_blanks_within_a_number_are_asked_about_unless_they_part_thousands(tmp_path, written, rule, severity, value):
    rows = ecology_rows()
    rows[0][2] = written
    got = normalize_rows(tmp_path, ecology_sheet(rows))
    assert [(item.rule_id, item.severity, item.cell) for item in got.findings] == [(rule, severity, "C3")]
    assert column(got, "land_area_ha")[0] == value
    assert got.record.conversions["blanks"] == 1


@pytest.mark.parametrize("note", ["注：面积按亩填报", "说明：单位：亩"])
def test_a_unit_in_a_note_never_converts_and_is_asked_about(tmp_path, note):
    got = normalize_rows(tmp_path, [*ecology_sheet(), [note]])
    assert column(got, "land_area_ha") == [row[2] for row in ecology_rows()]
    assert found_places(got) == [("normalize.unit_in_note", "A13", None)]
    assert got.findings[0].severity == "error"


@pytest.mark.parametrize(
    "note", ["注：原始单位：亩，已折算为公顷", "拨款凭证单位：元；本表按万元填报", "注：面积折合成公顷"]
)
def test_a_note_that_names_the_columns_own_unit_says_nothing_against_it(tmp_path, note):
    got = normalize_rows(tmp_path, [*ecology_sheet(), [note]])
    assert (column(got, "land_area_ha"), got.findings) == ([row[2] for row in ecology_rows()], [])


@pytest.mark.parametrize(
    ("number_format", "how"), [("0,", "缩小"), (";;;", "隐藏"), ('0".5"', "数字或量级"), ('0"万"', "数字或量级")]
)
def test_a_format_that_shows_another_number_is_asked_about(tmp_path, number_format, how):
    def change(worksheet):
        worksheet["C3"].number_format = number_format

    got = normalize_rows(tmp_path, ecology_sheet(), change=change)
    assert [(item.rule_id, item.severity, item.cell) for item in got.findings] == [
        ("reading.shown_otherwise", "error", "C3")
    ]
    assert how in got.findings[0].message


# rows and columns that are not read


def test_a_row_with_a_single_value_is_told(tmp_path):
    rows = ecology_rows()
    got = normalize_rows(tmp_path, ecology_sheet([*rows[:5], [None, None, None, 4100.0], *rows[5:]]))
    assert [(item.rule_id, item.severity, item.cell, item.found) for item in got.findings] == [
        ("reading.rows_not_read", "info", "D8", "第 8 行“4100.0”")
    ]


def test_columns_that_no_field_takes_are_told_and_never_stored(tmp_path):
    number = "140421198001010011"
    rows = [[*row, number, "x"] for row in ecology_rows()]
    got = normalize_rows(tmp_path, ecology_sheet(rows, header=[*ECOLOGY_HEADER, "身份证号", "备注2"]))
    found, personal = got.findings
    assert (found.rule_id, found.severity, found.cell, found.found) == (
        "reading.columns_not_read",
        "info",
        "J2",
        "“身份证号”、“备注2”",
    )
    assert (personal.rule_id, personal.severity, personal.cell) == ("normalize.personal_number", "info", "J3")
    assert number not in repr(got.findings)
    assert number not in repr(got.table.to_pylist()) and number not in repr(got.record.as_dict())


@pytest.mark.parametrize(
    ("title", "measure_unit", "heading"),
    [("单位：元", None, "（万元）"), (None, "元", "（万元）"), (None, "千克", None)],
)
def test_units_that_contradict_each_other_are_asked_about(tmp_path, title, measure_unit, heading):
    if heading is None:
        rows = [
            ["上党区2025年一季度"],
            [*WASTE_HEADER, "计量单位"],
            ["苏店镇", 30, 30, 9700, 100.0, 97.0, 97.0, measure_unit],
        ]
        got, expected = normalize_rows(tmp_path, rows, "rural_waste"), "normalize.unit_column"
    else:
        names = [*PROGRESS_HEADER[:-1], f"累计完成投资{heading}"]
        measure_units = [[None, None, None, None, "%", measure_unit]] if measure_unit else []
        rows = [["2025年6月进度月报"], *([[title]] if title else []), names, *measure_units]
        rows += [["某工程", "A1-01", "苏店镇", "施工", 10, 12.5], ["某工程二", "A1-02", "西火镇", "施工", 20, 13.5]]
        got, expected = normalize_rows(tmp_path, rows, "project_progress"), "normalize.units_contradict"
    assert [item.severity for item in got.findings if item.rule_id == expected] == ["error"]


def test_a_unit_in_the_file_name_that_contradicts_the_headings_is_a_warning(tmp_path):
    """Where no heading names one, the columns are read in it; the sheet's own words stand above those of its name."""
    names = [*PROGRESS_HEADER[:-1], "累计完成投资（万元）"]
    rows = [["2025年6月进度月报"], names, ["某工程", "A1-01", "苏店镇", "施工", 10, 12.5]]
    got = normalize_rows(tmp_path, rows, "project_progress", name="2025年6月月报（单位元）.xlsx")
    said = [item for item in got.findings if item.rule_id.startswith("normalize.unit")]
    assert [(item.rule_id, item.severity, item.cell) for item in said] == [
        ("normalize.unit_in_file_name", "warning", "F2")
    ]
    assert "元，累计完成投资的列名写万元，按万元读取" in said[0].message


def test_a_rate_is_no_unit_of_the_whole(tmp_path):
    header = [*WASTE_HEADER[:4], "产生量（吨/日）", *WASTE_HEADER[5:]]
    got = normalize_rows(
        tmp_path, [["上党区2025年一季度"], header, ["苏店镇", 30, 30, 9700, 100.0, 97.0, 97.0]], "rural_waste"
    )
    assert ("normalize.unit_unknown", "error") in rules(got)


@pytest.mark.parametrize("written", ["1000²", "10³", "1000.0①"])
def test_a_mark_behind_a_number_is_no_digit_of_it(tmp_path, written):
    rows = [list(row) for row in ecology_rows()]
    rows[3][3] = written
    got = normalize_rows(tmp_path, [TITLE, ECOLOGY_HEADER, *rows])
    assert [(item.rule_id, item.cell) for item in got.findings] == [("normalize.text_in_numeric", "D6")]


def test_a_total_behind_subtotals_counts_no_row_twice(tmp_path):
    rows = ecology_rows()
    halves = [*rows[:5], summed("小计", rows[:5]), *rows[5:], summed("小计", rows[5:]), summed("累计", rows)]
    got = normalize_rows(tmp_path, [TITLE, ECOLOGY_HEADER, *halves])
    assert [item.rule_id for item in got.findings if item.severity == "error"] == []
    assert got.rows_control == 3


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("2025年7月资金台账（元）", "报表.xlsx"),
        ("2025年7月资金台账", "资金台账（元）.xlsx"),
        ("2025年7月资金台账（单位:元）", "报表.xlsx"),
    ],
)
def test_a_unit_at_the_end_of_a_title_or_a_file_name_is_that_of_the_figures(tmp_path, title, name):
    header = ["项目编号", "项目名称", "资金级次", "资金方式", "累计下达资金", "累计到位资金", "累计支付资金"]
    got = normalize_rows(
        tmp_path, [[title], header, ["A1", None, "中央", "专项资金", 12000000, 9000000, 6505000]], "project_funds", name
    )
    assert column(got, "allocated_wan") == [1200.0]
    assert "normalize.unit_missing" not in {item.rule_id for item in got.findings}


@pytest.mark.parametrize(("number_format", "is_asked"), [('0.0"公顷"', False), ('0.0"亩"', True), ('0.0"个"', False)])
def test_a_format_that_adds_another_unit_than_the_columns_is_asked_about(tmp_path, number_format, is_asked):
    def change(worksheet):
        worksheet["C3"].number_format = number_format

    got = normalize_rows(tmp_path, ecology_sheet(), change=change)
    expected = [("reading.shown_otherwise", "error", "C3")] if is_asked else []
    assert [(item.rule_id, item.severity, item.cell) for item in got.findings] == expected
