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
