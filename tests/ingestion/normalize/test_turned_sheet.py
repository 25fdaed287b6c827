"""Tables that stand on their side are read as upright ones, at the addresses that the cells have."""

from typing import Any

import pytest

from tests.support.workbooks import ECOLOGY_HEADER, TOWNSHIPS, column, ecology_rows, found_places, normalize_rows

TITLE = ["上党区2024年生态状况年报"]
UPRIGHT = [ECOLOGY_HEADER, *ecology_rows()]


def across(rows: list[list[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def stored(got) -> list[dict[str, Any]]:
    return [{**row, "cells": None, "row_no": None, "row_id": None} for row in got.table.to_pylist()]


def cells_of(got, number: int) -> dict[str, str]:
    return dict(got.table.to_pylist()[number]["cells"])


def test_townships_across_are_read_as_townships_below_each_other(tmp_path):
    upright = normalize_rows(tmp_path, [TITLE, *UPRIGHT])
    got = normalize_rows(tmp_path, [TITLE, *across(UPRIGHT)])
    assert stored(got) == stored(upright)
    assert found_places(got) == [("sheet.turned", "A2", None), *found_places(upright)]
    assert column(got, "township_code") == TOWNSHIPS


def test_cells_are_named_as_they_stand_in_the_file(tmp_path):
    upright = normalize_rows(tmp_path, [TITLE, *UPRIGHT])
    got = normalize_rows(tmp_path, [TITLE, *across(UPRIGHT)])
    assert cells_of(upright, 0)["forest_area_ha"][1:] == "3"
    letters = "ABCDEFGHIJ"
    for name, cell in cells_of(upright, 4).items():
        assert cells_of(got, 4)[name] == f"F{letters.index(cell[0]) + 2}", name


def test_a_fault_stands_at_its_cell(tmp_path):
    rows = [list(row) for row in UPRIGHT]
    rows[3][2] = "约三百"
    upright, got = (normalize_rows(tmp_path, [TITLE, *some]) for some in (rows, across(rows)))
    assert [(item.rule_id, item.cell) for item in upright.findings] == [("normalize.text_in_numeric", "C5")]
    assert [(item.rule_id, item.cell) for item in got.findings] == [
        ("sheet.turned", "A2"),
        ("normalize.text_in_numeric", "D4"),
    ]


def test_units_in_a_column_of_their_own_and_a_total_across(tmp_path):
    names = [heading.split("（")[0] for heading in ECOLOGY_HEADER]
    measure_units = [heading.split("（")[1].rstrip("）") if "（" in heading else None for heading in ECOLOGY_HEADER]
    measure_units[0] = "单位"
    total = [None, "合计", *(sum(row[at] for row in ecology_rows()) if at in (2, 3) else None for at in range(2, 9))]
    got = normalize_rows(tmp_path, [TITLE, *across([names, measure_units, *ecology_rows(), total])])
    upright = normalize_rows(tmp_path, [TITLE, *UPRIGHT])
    assert stored(got) == stored(upright)
    assert got.rows_control == 1


def test_a_note_below_is_a_note_and_its_unit_is_asked_about(tmp_path):
    got = normalize_rows(tmp_path, [TITLE, *across(UPRIGHT), [], ["注：原始单位为亩，按亩填报"]])
    assert [(item.rule_id, item.cell) for item in got.findings] == [
        ("sheet.turned", "A2"),
        ("normalize.unit_in_note", "A12"),
    ]


@pytest.mark.parametrize("wrong", [2, 3])
def test_a_total_across_that_does_not_add_up_is_found_at_its_cell(tmp_path, wrong):
    total = [None, "合计", *(sum(row[at] for row in ecology_rows()) if at in (2, 3) else None for at in range(2, 9))]
    total[wrong] += 5
    got = normalize_rows(tmp_path, [TITLE, *across([*UPRIGHT, total])])
    assert [(item.rule_id, item.cell) for item in got.findings] == [
        ("sheet.turned", "A2"),
        ("sheet.total_row_mismatch", f"{'ABCDEFGHIJKL'[len(UPRIGHT)]}{wrong + 2}"),
    ]


def test_the_record_says_that_the_sheet_was_turned(tmp_path):
    got = normalize_rows(tmp_path, [TITLE, *across(UPRIGHT)])
    (sheet,) = got.record.sheets
    assert sheet.turned
    assert sheet.count("data") == len(TOWNSHIPS)
    assert [one.cell for one in sheet.columns] == [f"A{number}" for number in range(2, len(ECOLOGY_HEADER) + 2)]


def test_what_is_hidden_is_named_as_it_stands_in_the_file(tmp_path):
    def hide(worksheet):
        worksheet.row_dimensions[5].hidden = True
        worksheet.column_dimensions["D"].hidden = True

    got = normalize_rows(tmp_path, [TITLE, *across(UPRIGHT)], change=hide)
    assert [(item.rule_id, item.cell, item.found) for item in got.findings] == [
        ("sheet.turned", "A2", None),
        ("reading.hidden_columns", "D2", "D"),
        ("reading.hidden_rows", "A5", "5 森林面积"),
    ]


WASTE_TITLE = "荫城镇2026年第一季度农村生活垃圾处理季报"
WASTE_FIELDS = [
    ["行政村数（个）", 32],
    ["收运处置体系覆盖村数（个）", 31],
    ["农户数（户）", 12412],
    ["产生量（吨）", 2780.1],
    ["无害化处理量（吨）", 2682.1],
]


@pytest.mark.parametrize(
    ("rows", "first"),
    [
        ([[WASTE_TITLE], ["指标", "数值"], *WASTE_FIELDS], 3),
        ([["2026年第一季度农村生活垃圾处理季报"], ["乡镇", "荫城镇"], *WASTE_FIELDS], 3),
        ([["2026年第一季度农村生活垃圾处理季报"], ["填报单位：荫城镇"], *WASTE_FIELDS, [], ["填报人：张三"]], 3),
    ],
    ids=["title", "row", "line"],
)
def test_a_form_of_one_township_with_its_fields_below_each_other(tmp_path, rows, first):
    got = normalize_rows(tmp_path, rows, "rural_waste")
    assert column(got, "reporting_unit") == ["140404102"]
    assert column(got, "period") == ["2026Q1"]
    assert column(got, "waste_generated_t") == [2780.1]
    assert column(got, "villages_covered") == [31]
    assert cells_of(got, 0)["waste_generated_t"] == f"B{first + 3}"
    assert [item.rule_id for item in got.findings if item.severity == "info"] == ["sheet.turned"]
    assert [item for item in got.findings if item.severity == "error"] == []


def test_units_in_a_column_of_their_own_in_a_form_of_one_township(tmp_path):
    rows = [[heading.split("（")[0], heading.split("（")[1].rstrip("）"), value] for heading, value in WASTE_FIELDS]
    rows[3][1:] = ["千克", 2780100]
    got = normalize_rows(tmp_path, [[WASTE_TITLE], ["指标", "单位", "数值"], *rows], "rural_waste")
    assert column(got, "waste_generated_t") == [2780.1]
    assert cells_of(got, 0)["waste_treated_t"] == "C7"


def test_a_list_of_fields_without_figures_is_no_form(tmp_path):
    rows = [[WASTE_TITLE], ["指标", "说明"], *([heading, "按实际填报"] for heading, _ in WASTE_FIELDS)]
    got = normalize_rows(tmp_path, rows, "rural_waste")
    assert [item.rule_id for item in got.findings] == ["reading.no_table"]


def test_several_forms_are_told_of_once(tmp_path):
    def add(sheet):
        sheet.title = "荫城镇"
        other = sheet.parent.create_sheet("苏店镇")
        for row in [["苏店镇2026年第一季度"], ["指标", "数值"], *WASTE_FIELDS]:
            other.append(row)

    got = normalize_rows(tmp_path, [[WASTE_TITLE], ["指标", "数值"], *WASTE_FIELDS], "rural_waste", change=add)
    assert column(got, "reporting_unit") == ["140404102", "140404101"]
    told = [item for item in got.findings if item.rule_id == "sheet.turned"]
    assert [(item.sheet, item.cell) for item in told] == [("荫城镇", "A3")]
    assert told[0].message.startswith("2 张表")
