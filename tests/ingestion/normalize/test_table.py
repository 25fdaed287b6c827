"""Whole sheets, in the shapes that people make them: what is read, and what is reported at which cell."""

from datetime import date

import pytest

from contracts import contract
from contracts.places import township_name
from ingestion.normalize import normalize
from tests.support.workbooks import (
    ECOLOGY_HEADER,
    TOWNSHIPS,
    WASTE_HEADER,
    column,
    ecology_rows,
    ecology_sheet,
    found_places,
    normalize_rows,
)

WASTE = ["苏店镇", 30, 30, 9700, 100.0, 97.0, 97.0]
TOTAL = ["", "合计", 40045.0, 4000.0, "", 500.0, 50.0, "", 2.5]


def changed(row: int, position: int, value):
    rows = ecology_rows()
    rows[row][position] = value
    return ecology_sheet(rows)


def test_a_plain_sheet_says_nothing(tmp_path):
    got = normalize_rows(tmp_path, ecology_sheet([*ecology_rows(), TOTAL]))
    assert (got.rows_read, got.rows_control, got.findings, got.table.num_rows) == (11, 1, [], 10)
    assert column(got, "reporting_unit") == TOWNSHIPS
    assert set(column(got, "period")) == {"2024"}
    assert got.notes == {"title": "上党区2024年生态状况年报"}


def test_blank_rows_and_columns_before_the_table_keep_addresses(tmp_path):
    got = normalize_rows(tmp_path, [[None], [None], *[[None, None, *row] for row in ecology_sheet()]])
    assert dict(column(got, "cells")[0]) | {} == {
        "township_code": "C5",
        "land_area_ha": "E5",
        "forest_area_ha": "F5",
        "forest_coverage_pct": "G5",
        "wetland_area_ha": "H5",
        "protected_wetland_area_ha": "I5",
        "wetland_protection_pct": "J5",
        "redline_area_km2": "K5",
    }


def test_notes_repeated_headings_and_signatures_are_no_rows(tmp_path):
    rows = ecology_rows()
    got = normalize_rows(
        tmp_path,
        [
            *ecology_sheet(rows[:5]),
            ECOLOGY_HEADER,
            *rows[5:],
            ["注：1. 面积为椭球面积"],
            ["一句没有来由的话"],
            ["填表人：张某", None, "审核人：李某"],
        ],
    )
    assert (got.rows_read, [(item.rule_id, item.severity, item.cell, item.found) for item in got.findings]) == (
        10,
        [("reading.rows_not_read", "info", "A15", "第 15 行“一句没有来由的话”")],
    )
    assert got.notes["reviewer"] == "李某"


def test_a_lone_township_name_is_a_row_without_figures(tmp_path):
    got = normalize_rows(tmp_path, ecology_sheet([*ecology_rows()[:9], [None, "东和乡"]]))
    assert (got.rows_read, column(got, "reporting_unit")[-1], column(got, "land_area_ha")[-1]) == (
        10,
        "140404203",
        None,
    )


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("1O3.5约", "text_in_numeric"),
        ("#DIV/0!", "text_in_numeric"),
        (True, "text_in_numeric"),
        (date(2024, 1, 1), "text_in_numeric"),
        ("三百", "value_converted"),
        ("=1+1", "formula_without_value"),
    ],
)
def test_a_cell_that_is_no_plain_number(tmp_path, value, rule):
    (found,) = normalize_rows(tmp_path, changed(2, 3, value)).findings
    assert (found.rule_id.split(".")[1], found.cell, found.reporting_unit, found.field) == (
        rule,
        "D5",
        "140404102",
        "forest_area_ha",
    )


@pytest.mark.parametrize("value", ["400.00", "４００", "'400", " 400 ", "400公顷"])
def test_ordinary_ways_of_writing_a_number_are_no_finding(tmp_path, value):
    got = normalize_rows(tmp_path, changed(2, 3, value))
    assert (got.findings, column(got, "forest_area_ha")[2]) == ([], 400.0)


@pytest.mark.parametrize("value", ["6,000亩", "4平方千米", "4000000㎡"])
def test_a_unit_that_is_not_the_columns_is_told_at_its_cell(tmp_path, value):
    got = normalize_rows(tmp_path, changed(2, 3, value))
    (found,) = got.findings
    assert (found.rule_id, found.severity, found.cell) == ("normalize.unit_in_cell", "info", "D5")
    assert value in found.message and "公顷" in found.message
    assert column(got, "forest_area_ha")[2] == 400.0


def test_a_count_must_be_whole(tmp_path):
    got = normalize_rows(tmp_path, [["2025年第一季度垃圾"], WASTE_HEADER, ["苏店镇", 30.5, *WASTE[2:]]], "rural_waste")
    assert found_places(got) == [("normalize.not_whole_number", "B3", "140404101")]


def test_merged_numbers_hold_every_row_they_cover(tmp_path):
    got = normalize_rows(tmp_path, ecology_sheet(), change=lambda worksheet: worksheet.merge_cells("D5:D6"))
    assert found_places(got) == [
        ("reading.merged_value_cells", "D5:D6", "140404102"),
        ("reading.merged_value_cells", "D5:D6", "140404103"),
    ]


def test_merged_texts_stand_for_each_row(tmp_path):
    header = ["项目编号", "乡镇", "阶段", "形象进度（%）", "累计完成投资（万元）"]
    rows = [["2025年3月月报"], header, ["A1", "苏店镇", "在建", 50.0, 1.0], [None, "北呈乡", "在建", 60.0, 2.0]]
    got = normalize_rows(tmp_path, rows, "project_progress", change=lambda worksheet: worksheet.merge_cells("A3:A4"))
    assert (column(got, "reporting_unit"), got.findings) == (["A1|140404101", "A1|140404202"], [])


def test_numbers_shown_with_a_percent_sign_are_percentages(tmp_path):
    def change(worksheet):
        worksheet["E5"] = 0.1
        worksheet["E5"].number_format = "0.00%"

    got = normalize_rows(tmp_path, ecology_sheet(), change=change)
    assert (got.findings, column(got, "forest_coverage_pct")[2]) == ([], 10.0)


@pytest.mark.parametrize(
    ("forest", "written", "suspect"),
    [(400.0, 0.1, True), (4.0, 0.1, False), (400.0, "0.1%", False), (4000.0, 1.0, True)],
)
def test_a_fraction_is_decided_by_its_numerator_and_denominator(tmp_path, forest, written, suspect):
    rows = ecology_rows()
    rows[2][2:5] = [4000.0, forest, written]
    got = normalize_rows(tmp_path, ecology_sheet(rows))
    assert found_places(got) == ([("normalize.percent_as_fraction", "E5", "140404102")] if suspect else [])


@pytest.mark.parametrize(
    ("values", "suspects"),
    [
        ([0.93, 90.5, 88.7], [0.93]),
        ([0.9, 90.5, 88.7, 92.25], [0.9]),
        ([0.5, 90.5, 3.7, 92.25], []),
        ([0.5, 46.8, 33.3], []),
        ([0.93, 0.885, 0.9], [0.93, 0.885, 0.9]),
        ([1.0], []),
        ([0.85], [0.85]),
        (["0.93%", 0.9, 90.5], []),
    ],
)
def test_a_fraction_is_decided_by_its_column_where_nothing_else_decides(tmp_path, values, suspects):
    header = ["项目编号", "年度", "评价维度", "满分（分）", "得分（分）", "满意度（%）"]
    rows = [[f"A{number}", 2025, "组织实施", 20.0, 18.0, value] for number, value in enumerate(values, start=1)]
    got = normalize_rows(tmp_path, [header, *rows], "performance")
    assert [float(item.found) for item in got.findings] == suspects
    assert {item.severity for item in got.findings} <= {"warning"}


@pytest.mark.parametrize(
    ("change", "cells"),
    [
        ({}, []),
        ({2: 40048.0}, ["C13"]),
        ({3: 4000.04}, []),
        ({8: 2.6}, []),
        ({8: 2.61}, ["I13"]),
        ({2: "40,045"}, []),
        ({2: ""}, []),
        ({2: "约四万"}, []),
    ],
)
def test_totals_within_rounding(tmp_path, change, cells):
    total = [change.get(position, value) for position, value in enumerate(TOTAL)]
    assert found_places(normalize_rows(tmp_path, ecology_sheet([*ecology_rows(), total]))) == [
        ("sheet.total_row_mismatch", cell, None) for cell in cells
    ]


def test_a_total_of_counts_is_exact(tmp_path):
    rows = [WASTE, ["北呈乡", *WASTE[1:]], ["合计", 61, 60, 19400, 200.0, 194.0, ""]]
    got = normalize_rows(tmp_path, [["2025年第一季度"], WASTE_HEADER, *rows], "rural_waste")
    assert [(item.cell, item.found, item.expected) for item in got.findings if item.reporting_unit is None] == [
        ("B5", "61", "60")
    ]


def test_subtotals_and_the_districts_own_row_are_totals(tmp_path):
    rows = ecology_rows()
    part = [
        ["", "小计", 4 * 4000 + 6.0, 1600.0, "", 200.0, 20.0, "", 1.0],
        ["", "小计", 6 * 4000 + 39.0, 2400.0, "", 300.0, 30.0, "", 1.5],
    ]
    got = normalize_rows(
        tmp_path, ecology_sheet([["140404", "上党区", *TOTAL[2:]], *rows[:4], part[0], *rows[4:], part[1], TOTAL])
    )
    assert (got.rows_read, got.rows_control, got.findings) == (14, 4, [])


def test_a_total_is_not_checked_where_an_addend_cannot_be_read(tmp_path):
    rows = ecology_rows()
    rows[0][3] = "约400"
    assert found_places(normalize_rows(tmp_path, ecology_sheet([*rows, TOTAL]))) == [
        ("normalize.text_in_numeric", "D3", "140404001")
    ]


def test_a_ledgers_total_may_leave_out_the_sub_projects(tmp_path):
    header = [
        "项目编号",
        "项目名称",
        "工程类别",
        "近期/远期",
        "责任单位",
        "涉及乡镇",
        "计划开工",
        "计划完工",
        "计划总投资（万元）",
    ]
    rows = [
        [number, "x", "农用地整理", "近期", "局", "苏店镇", "2022年9月", "2025年12月", money]
        for number, money in (("A1", 100.0), ("A1-01", 60.0), ("A2", 50.0))
    ]
    for total, held in ((150.0, []), (210.0, []), (170.0, ["I6"])):
        got = normalize_rows(
            tmp_path, [["台账2025年7月"], header, *rows, ["合计", *[None] * 7, total]], "project_ledger"
        )
        assert [item.cell for item in got.findings] == held
    only_parts = [
        ["台账2025年7月"],
        header,
        ["A1-01", *rows[1][1:]],
        ["A1-02", *rows[1][1:]],
        ["合计", *[None] * 7, 130.0],
    ]
    assert [item.cell for item in normalize_rows(tmp_path, only_parts, "project_ledger").findings] == ["I5"]


def test_absent_townships_are_named_and_placed_where_a_row_is_blank(tmp_path):
    rows = ecology_rows()
    rows[4] = [None] * 9
    assert found_places(normalize_rows(tmp_path, ecology_sheet(rows))) == [("sheet.missing_unit", "A7", TOWNSHIPS[4])]
    assert found_places(normalize_rows(tmp_path, ecology_sheet(ecology_rows()[:8]))) == [
        ("sheet.missing_unit", None, code) for code in TOWNSHIPS[8:]
    ]
    assert found_places(normalize_rows(tmp_path, ecology_sheet(ecology_rows()[:1]))) == []


def test_a_row_without_a_township_belongs_to_a_unit_all_the_same(tmp_path):
    rows = ecology_rows()
    rows[0][:2] = [None, None]
    assert column(normalize_rows(tmp_path, ecology_sheet(rows)), "reporting_unit")[0] == "第3行"


def test_wide_classes_by_name_or_code_under_groups_with_subtotals(tmp_path):
    def change(worksheet):
        for merged in ("C3:F3", "G3:H3", "A3:A4", "B3:B4"):
            worksheet.merge_cells(merged)

    rows = [
        ["2024年"],
        ["单位：亩"],
        ["乡镇", "土地总面积", "耕地（01）", None, None, None, "草地（04）"],
        [None, None, "小计", "水田", "水浇地0102", "（0103）旱地", "天然牧草地", "防护绿地"],
        ["苏店镇", 150, 90, 30, 30, 30, "—", 60],
    ]
    got = normalize_rows(tmp_path, rows, "land_use", change=change)
    assert list(zip(column(got, "land_class_code"), column(got, "area_ha"), strict=True)) == [
        ("0101", 2.0),
        ("0102", 2.0),
        ("0103", 2.0),
        ("0401", 0.0),
    ]
    assert found_places(got) == [("normalize.unknown_land_class", "H4", None)]
    assert got.rows_read == 1


def test_classes_of_the_planning_classification_are_not_taken_for_the_surveys(tmp_path):
    """Its codes have the same digits and mean other classes: 1207 is bare rock in the survey, 0303 mangrove."""
    header = [
        "乡镇",
        "土地总面积（公顷）",
        "旱地（0103）",
        "特殊用地（09）",
        "城镇村道路用地（1207）",
        "灌木林地（0303）",
    ]
    got = normalize_rows(tmp_path, [["2024年"], header, ["苏店镇", 150, 90, 10, 30, 20]], "land_use")
    assert column(got, "land_class_code") == ["0103", "09"]
    assert [(one.rule_id, one.cell) for one in got.findings if one.severity == "error"] == [
        ("normalize.land_class_mismatch", "E2"),
        ("normalize.land_class_mismatch", "F2"),
    ]
    assert "编码 1207 在三调二级类中是“裸岩石砾地”" in next(one.message for one in got.findings if one.cell == "E2")


def test_units_named_for_the_whole_sheet_go_to_the_fields_they_fit(tmp_path):
    bare = [heading.split("（")[0] for heading in ECOLOGY_HEADER]
    got = normalize_rows(tmp_path, [["2024年生态"], ["计量单位：亩、平方千米"], bare, *ecology_rows()])
    assert (column(got, "forest_area_ha")[0], column(got, "redline_area_km2")[0], got.findings) == (400 / 15, 0.25, [])
    got = normalize_rows(tmp_path, [bare, *ecology_rows()], name="生态2024（单位亩）.xlsx")
    assert column(got, "forest_area_ha")[0] == 400 / 15
    got = normalize_rows(tmp_path, [["2024年生态"], bare, *ecology_rows()])
    assert {item.rule_id for item in got.findings} == {"normalize.unit_missing"} and {
        item.severity for item in got.findings
    } == {"info"}


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ([], "reading.empty"),
        ([["说明"], ["x"]], "reading.no_table"),
        (ecology_sheet([]), "reading.empty"),
    ],
)
def test_nothing_to_read_is_an_outcome(tmp_path, rows, rule):
    got = normalize_rows(tmp_path, rows)
    assert (got.readable, got.rows_read, got.table.num_rows, [item.rule_id for item in got.findings]) == (
        False,
        0,
        0,
        [rule],
    )


def test_an_unreadable_file_is_an_outcome(tmp_path):
    path = tmp_path / "x.xls"
    path.write_bytes(b"<html>")
    got = normalize(path, "x.xls", contract("ecology"), "s1")
    assert (got.readable, [item.rule_id for item in got.findings]) == (False, ["reading.other_format"])


def test_other_sheets_of_a_workbook(tmp_path):
    def change(worksheet):
        notes = worksheet.parent.create_sheet("填表说明")
        notes.append(["乡镇", "填写乡镇名称"])
        chart = worksheet.parent.create_sheet("图表")
        chart.append(["乡镇", "森林面积"])
        chart.append(["苏店镇", 1.0])

    got = normalize_rows(tmp_path, ecology_sheet(), change=change)
    assert (got.rows_read, got.findings) == (10, [])


def test_names_of_codes_agree_in_the_fixture():
    assert [row[1] for row in ecology_rows()] == [township_name(code) for code in TOWNSHIPS]
