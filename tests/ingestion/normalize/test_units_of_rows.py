"""Townships, projects, code lists, dates and periods of rows: whose a row is, and for when."""

from datetime import date

import pytest

from ingestion.normalize.townships import place_named, township_in, township_list
from tests.support.workbooks import ECOLOGY_HEADER, column, ecology_rows, ecology_sheet, found_places, normalize_rows

QUARTERLY = [
    "年度",
    "季度",
    "乡镇",
    "行政村数",
    "收运处置体系覆盖村数",
    "农户数",
    "产生量（吨）",
    "处理量（吨）",
    "处理率（%）",
]
WASTE = [30, 30, 9700, 100.0, 97.0, 97.0]
ACCEPTANCE = [
    "验收文号",
    "项目编号",
    "乡镇",
    "验收日期",
    "验收规模（公顷）",
    "新增耕地（后备开发、土地整理）（公顷）",
    "新增耕地(挂钩复垦)（公顷）",
    "高标准农田（亩）",
    "低效用地整治（公顷）",
    "验收结论",
]
LEDGER = ["项目编号", "项目名称", "工程类别", "近期/远期", "责任单位", "涉及乡镇", "计划开工", "计划完工"]


def with_place(row: int, code, name):
    rows = ecology_rows()
    rows[row][:2] = [code, name]
    return ecology_sheet(rows)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (140404102.0, "荫城镇"),
        ("140404102000", "荫城镇"),
        ("１４０４０４１０２", "荫城镇"),
        (None, "荫城镇"),
        (None, "荫 城 镇"),
        (None, "上党区荫城镇"),
        (None, "荫城镇人民政府"),
        (None, "荫城"),
        ("140404102", None),
        (None, "140404102"),
    ],
)
def test_ways_of_naming_a_township(tmp_path, code, name):
    got = normalize_rows(tmp_path, with_place(2, code, name))
    assert (column(got, "township_code")[2], column(got, "reporting_unit")[2], got.findings) == (
        "140404102",
        "140404102",
        [],
    )


@pytest.mark.parametrize(
    ("code", "name", "rule", "cell", "reporting_unit"),
    [
        ("140404101", "荫城镇", "township_code_name_mismatch", "A5", "140404102"),
        ("140404102", "渔泽镇", "township_code_name_mismatch", "A5", "140404102"),
        ("140405101", "渔泽镇", "unknown_township", "A5", "140405101"),
        ("140404999", "荫城镇", "unknown_township", "A5", "140404102"),
        (None, "渔泽镇", "unknown_township", "B5", "渔泽镇"),
        ("140421102", "荫城镇", "township_code_resolved", "A5", "140404102"),
    ],
)
def test_townships_that_need_a_word(tmp_path, code, name, rule, cell, reporting_unit):
    got = normalize_rows(tmp_path, with_place(2, code, name))
    assert (f"normalize.{rule}", cell, reporting_unit) in found_places(got)
    assert column(got, "reporting_unit")[2] == reporting_unit


def test_an_old_name_is_resolved_and_a_merged_town_has_no_row_of_its_own(tmp_path):
    assert found_places(normalize_rows(tmp_path, with_place(0, None, "韩店镇"))) == [
        ("normalize.township_code_resolved", "B3", "140404001")
    ]
    merged = ["140404105", "贾掌镇", *ecology_rows()[1][2:]]
    got = normalize_rows(tmp_path, ecology_sheet([*ecology_rows(), merged]))
    assert found_places(got) == [("normalize.township_code_retired", "A13", "140404101")]
    assert column(got, "reporting_unit").count("140404101") == 2


def test_a_merged_towns_name_beside_a_project_is_only_resolved(tmp_path):
    rows = [["上农验〔2025〕1号", "A1-01", "贾掌镇", "2025年3月1日", 1.0, 0, 0, 0, 0, "合格"]]
    got = normalize_rows(tmp_path, [ACCEPTANCE, *rows], "project_acceptance")
    assert found_places(got) == [("normalize.township_code_resolved", "C2", "上农验〔2025〕1号")]
    assert column(got, "township_code") == ["140404101"]


@pytest.mark.parametrize(
    ("text", "codes", "unknown"),
    [
        ("北呈乡、东和乡、苏店镇", ["140404202", "140404203", "140404101"], []),
        ("东和乡和西池乡", ["140404203", "140404201"], []),
        ("东和乡及北呈", ["140404203", "140404202"], []),
        ("140404101、140404102", ["140404101", "140404102"], []),
        ("苏店镇、贾掌镇", ["140404101"], []),
        ("渔泽镇、苏店镇", ["140404101"], ["渔泽镇"]),
        ("荫城镇等", ["140404102"], []),
        ("郝家庄乡", ["140404106"], []),
    ],
)
def test_lists_of_townships(text, codes, unknown):
    converted = township_list(text, "township_codes")
    assert (converted.value, [problem.operands["found"] for problem in converted.problems]) == (codes, unknown)


def test_the_whole_district_is_all_ten():
    assert len(township_list("全区", "township_codes").value) == 10


def test_the_township_in_a_title():
    assert township_in("苏店镇2024年生态状况更正").township_code == "140404101"
    assert township_in("苏店镇、荫城镇") is None and township_in("上党区") is None
    assert place_named("韩店街道办事处").township_code == "140404001"


def test_the_township_of_a_file_by_its_name(tmp_path):
    got = normalize_rows(tmp_path, [QUARTERLY[3:], WASTE], "rural_waste", name="东和乡2025年一季度垃圾.xlsx")
    assert (column(got, "reporting_unit"), column(got, "period"), got.findings) == (["140404203"], ["2025Q1"], [])
    got = normalize_rows(tmp_path, [QUARTERLY[3:], WASTE], "rural_waste", name="2025年一季度垃圾.xlsx")
    assert found_places(got) == [("normalize.missing_required_column", None, None)]


def test_projects_dates_marks_and_conclusions(tmp_path):
    rows = [
        ["上农验[2025] 1号", "a1—1", "东和乡", 45_000, 1.0, "—", "无", "/", None, "通过"],
        ["上农验（2025）2号", "A9-01", "东和乡", "2025年2月30日", 1.0, 0, 0, 0, 0, "基本合格"],
    ]
    got = normalize_rows(tmp_path, [ACCEPTANCE, *rows], "project_acceptance")
    assert column(got, "reporting_unit") == column(got, "acceptance_no") == ["上农验〔2025〕1号", "上农验〔2025〕2号"]
    assert column(got, "project_id") == ["A1-01", "A9-01"]
    assert column(got, "acceptance_date") == [date(2023, 3, 15), None]
    assert [column(got, name)[0] for name in ("cropland_reserve_ha", "cropland_linked_ha", "hsf_mu", "conclusion")] == [
        None,
        None,
        None,
        "合格",
    ]
    assert [(rule, cell) for rule, cell, _ in found_places(got)] == [
        ("normalize.value_converted", "D2"),
        ("normalize.unknown_project", "B3"),
        ("normalize.invalid_date", "D3"),
        ("normalize.unknown_conclusion", "J3"),
    ]


def test_the_ledgers_lists_and_months(tmp_path):
    rows = [
        ["A1", "x", "农用地整理", "近期", "局", "北呈乡、东和乡、苏店镇", "2022年9月", date(2025, 12, 1)],
        ["A2", "x", "修路", "远", "局", "渔泽镇", "202209", "2025.13"],
    ]
    got = normalize_rows(tmp_path, [["台账2025年7月"], LEDGER, *rows], "project_ledger")
    assert [column(got, name)[0] for name in ("plan_start", "plan_finish", "phase")] == ["2022-09", "2025-12", "近期"]
    assert column(got, "phase")[1] == "远期"
    assert sorted(found_places(got)) == [
        ("normalize.invalid_date", "H4", "A2"),
        ("normalize.unknown_township", "F4", "A2"),
        ("normalize.unknown_value", "C4", "A2"),
    ]


@pytest.mark.parametrize(
    ("title", "name", "said_at", "period"),
    [
        ("2025年第一季度垃圾", "垃圾.xlsx", None, "2025Q1"),
        ("垃圾季报", "2025Q1垃圾.xlsx", None, "2025Q1"),
        ("2025年第一季度垃圾", "2025Q2垃圾.xlsx", ("period_conflict", "A1"), "2025Q1"),
        ("2025年第一季度垃圾", "2024年垃圾.xlsx", ("period_conflict", "A1"), "2025Q1"),
        ("2025年第四季度垃圾", "垃圾20260110报送.xlsx", None, "2025Q4"),
        ("垃圾季报", "垃圾.xlsx", ("period_missing", "A1"), None),
        ("2025年第五季度垃圾", "垃圾.xlsx", ("invalid_period", "A1"), None),
        ("垃圾季报", "垃圾2025Q7.xlsx", ("invalid_period", "A1"), None),
        ("2025年第五季度垃圾", "垃圾2025Q5.xlsx", ("invalid_period", "A1"), None),
    ],
)
def test_the_period_of_title_and_file_name(tmp_path, title, name, said_at, period):
    got = normalize_rows(
        tmp_path,
        [[title], ["填报单位：苏店镇", None, None, "填报日期：2023年1月5日"], QUARTERLY[3:], WASTE],
        "rural_waste",
        name=name,
    )
    assert column(got, "period") == [period]
    assert found_places(got) == ([(f"normalize.{said_at[0]}", said_at[1], None)] if said_at else [])


def test_a_line_of_its_own_names_the_period(tmp_path):
    got = normalize_rows(
        tmp_path,
        [["垃圾季报"], ["填报单位：", "苏店镇", "填报期：", "2025年第二季度"], QUARTERLY[3:], WASTE],
        "rural_waste",
        name="x.xlsx",
    )
    assert (column(got, "period"), column(got, "reporting_unit"), got.findings) == (["2025Q2"], ["140404101"], [])


def test_year_and_quarter_in_columns_of_their_own(tmp_path):
    rows = [
        [2025, 1, "苏店镇", *WASTE],
        [2025, "二", "苏店镇", *WASTE],
        [2025, "第三季度", "苏店镇", *WASTE],
        [2025, 5, "苏店镇", *WASTE],
    ]
    got = normalize_rows(tmp_path, [QUARTERLY, *rows], "rural_waste", name="x.xlsx")
    assert column(got, "period") == ["2025Q1", "2025Q2", "2025Q3", None]
    assert found_places(got) == [("normalize.invalid_period", "A5", "140404101")]


def test_the_quarter_in_a_column_and_the_year_in_the_title(tmp_path):
    got = normalize_rows(
        tmp_path,
        [["2025年垃圾"], QUARTERLY[1:], ["一季度", "苏店镇", *WASTE], [2.0, "苏店镇", *WASTE]],
        "rural_waste",
        name="x.xlsx",
    )
    assert (column(got, "period"), got.findings) == (["2025Q1", "2025Q2"], [])


def test_a_column_that_contradicts_the_title(tmp_path):
    got = normalize_rows(
        tmp_path, ecology_sheet([[2023, *row] for row in ecology_rows()], header=["年度", *ECOLOGY_HEADER])
    )
    assert found_places(got) == [("normalize.period_conflict", "A3", None)]
    assert set(column(got, "period")) == {"2023"}


def test_events_take_the_year_of_their_date(tmp_path):
    rows = [["上农验〔2025〕1号", "A1-01", "东和乡", "2024年12月30日", 1.0, 0, 0, 0, 0, "合格"]]
    got = normalize_rows(tmp_path, [["2025年验收台账"], ACCEPTANCE, *rows], "project_acceptance")
    assert (column(got, "period"), got.findings) == (["2024"], [])


def test_a_land_class_that_lost_its_leading_zero(tmp_path):
    rows = [["140404101", "2024年", code, 1.0] for code in (101.0, "0103", "旱地", "1499", 9.0, "05h1", "0201K")]
    got = normalize_rows(tmp_path, [["乡镇代码", "年度", "地类编码", "面积（公顷）"], *rows], "land_use")
    assert column(got, "land_class_code") == ["0101", "0103", "0103", None, "09", "05H1", "0201"]
    assert found_places(got) == [("normalize.unknown_land_class", "C5", "140404101")]
