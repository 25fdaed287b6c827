"""What a form looks like: known rows, headings, checks and locks, and what is refused."""

import sqlite3
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pyogrio
import pytest

from contracts import contract, contracts, measure_units
from ingestion.normalize import normalize
from ingestion.readers.cells import column_letters
from ingestion.readers.tabular import read_workbook
from ingestion.templates import NoTemplate, form_of, write_template
from ingestion.templates.checks import LISTS_SHEET
from ingestion.templates.notes import NOTES_SHEET
from ingestion.templates.sheet import EXAMPLE
from tests.support.filled_forms import TOWNSHIPS, fill_workbook, filled_rows

pytestmark = pytest.mark.slow  # writes a form of every dataset

TABLES = [name for name, item in contracts().items() if not item.is_layer]


def _written(
    tmp_path: Path, name: str, reporting_unit: str | None = None, period: str | None = None
) -> tuple[Path, Any]:
    form = form_of(contract(name), reporting_unit, period)
    path = write_template(form, tmp_path / form.file_name)
    return path, openpyxl.load_workbook(path)


def _example_row(sheet: Any) -> int:
    return next(cell.row for cell in sheet["A"] if cell.value == EXAMPLE)


def _known(name: str, reporting_unit: str | None = None) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in form_of(contract(name), reporting_unit).rows]


def test_expected_rows_stand_in_the_form_already() -> None:
    assert [row[0] for row in _known("ecology")] == TOWNSHIPS
    assert _known("rural_waste", "荫城") == [("140404102", "荫城镇")]
    assert [row[0] for row in _known("project_ledger")][:3] == ["A1", "A2", "A3"]
    assert _known("project_ledger", "A1") == [
        ("A1", "北呈乡、东和乡、苏店镇高标准农田建设近期工程", "农用地整治", "近期", "北呈乡、东和乡、苏店镇")
    ]
    assert [(row[0], row[2]) for row in _known("project_progress", "A1")] == [
        ("A1", "140404202"),
        ("A1", "140404203"),
        ("A1", "140404101"),
    ]
    assert {row[0] for row in _known("project_progress", "荫城镇")} >= {"A2", "A3"}
    assert [row[3] for row in _known("project_progress", "A2|荫城镇")] == ["荫城镇"]
    assert [row[2] for row in _known("performance", "B2")] == ["组织实施", "资金管理", "目标任务完成", "效益及满意度"]
    assert _known("annual_task", "补充耕地") == [("补充耕地", "上党区", "公顷")]
    assert len(_known("annual_task", "西火镇")) == 10
    details = _known("ecology_detail")
    assert ("乔木林蓄积量", "上党区", "立方米") in details
    assert "断面水质类别" not in {
        row[0] for row in details
    }  # of sections of rivers, whose names nobody knows beforehand
    assert {row[1] for row in _known("annual_task", "西火镇")} == {"西火镇"}
    assert _known("project_acceptance") == _known("public_feedback") == []


def test_a_sub_project_has_a_row_without_its_project_s_name() -> None:
    row = form_of(contract("project_progress"), "A1-01|苏店镇").rows
    assert row == (
        {("project_id", None): "A1-01", ("township_code", None): "140404101", ("township_code", "name"): "苏店镇"},
    )


@pytest.mark.parametrize(
    ("name", "reporting_unit", "period"),
    [
        ("ecology", "屯留区", None),
        ("ecology", "A1", None),
        ("project_ledger", "G9", None),
        ("wetland", "荫城镇", None),
        ("ecology", None, "上半年"),
        ("rural_waste", None, "2025Q5"),
        ("project_progress", None, "2025"),
    ],
)
def test_what_is_none_of_the_datasets_is_refused(name: str, reporting_unit: str | None, period: str | None) -> None:
    with pytest.raises(NoTemplate):
        form_of(contract(name), reporting_unit, period)


@pytest.mark.parametrize(
    ("name", "reporting_unit", "period", "title"),
    [
        ("rural_waste", "荫城镇", "2025Q3", "上党区荫城镇2025年第三季度农村生活垃圾处理季报"),
        ("project_progress", "A1", "2025-03", "上党区2025年3月重点工程进度月报（A1）"),
        ("annual_task", None, "2026", "上党区2026年度任务分解表"),
        ("project_acceptance", None, None, "上党区验收台账"),
    ],
)
def test_title_says_place_period_and_what_it_is_for(
    name: str, reporting_unit: str | None, period: str | None, title: str
) -> None:
    assert form_of(contract(name), reporting_unit, period).title == title


@pytest.mark.parametrize("name", TABLES)
def test_every_column_has_a_check_in_chinese_and_every_list_a_place(name: str, tmp_path: Path) -> None:
    _, workbook = _written(tmp_path, name)
    sheet, form = workbook.worksheets[0], form_of(contract(name))
    checks = {
        str(check.sqref).split(":")[0].rstrip("0123456789"): check
        for check in sheet.data_validations.dataValidation
        if ":" in str(check.sqref)
    }
    assert len(checks) == len(form.columns)
    for number, column in enumerate(form.columns, start=1):
        check, spec = checks[column_letters(number)], column.field
        assert check.prompt
        assert ("必填" in check.prompt) == column.is_required
        if spec.is_numeric:
            assert (check.type, check.errorStyle) == ("whole" if spec.type == "count" else "decimal", "stop")
            assert column.heading in check.error
        elif spec.list:
            reference = check.formula1.split("!")
            values = [cell[0].value for cell in workbook[reference[0]][reference[1].replace("$", "")]]
            assert values and None not in values
        if spec.max is not None:
            assert (check.formula1, check.formula2) == (f"{spec.min:g}", f"{spec.max:g}")
    assert [sheet.sheet_state for sheet in workbook.worksheets] == ["visible"] * 3


@pytest.mark.parametrize("name", TABLES)
def test_headings_are_locked_and_what_is_filled_in_is_not(name: str, tmp_path: Path) -> None:
    _, workbook = _written(tmp_path, name)
    sheet = workbook.worksheets[0]
    example = _example_row(sheet)
    assert sheet.protection.sheet and sheet.protection.password is None
    assert not sheet.protection.deleteRows and not sheet.protection.insertRows
    columns = len(form_of(contract(name)).columns)
    assert all(
        sheet.cell(row, number).protection.locked
        for row in (1, example - 1, example)
        for number in range(1, columns + 1)
    )
    assert not any(sheet.cell(example + 1, number).protection.locked for number in range(1, columns + 1))
    ends = {letter: sheet.column_dimensions[letter].protection.locked for letter in ("A", column_letters(columns + 1))}
    assert set(ends.values()) == {False}, (
        "rows below and columns beside are free: a row with a locked cell cannot be deleted"
    )
    assert sheet.freeze_panes.endswith(str(example + 1))
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth) == ("landscape", 1)


def test_classes_stand_under_their_groups(tmp_path: Path) -> None:
    _, workbook = _written(tmp_path, "land_use", period="2025")
    sheet = workbook.worksheets[0]
    assert [sheet["D4"].value, sheet["D5"].value, sheet["F5"].value] == ["耕地(01)", "水田(0101)", "旱地(0103)"]
    assert {"D4:F4", "A4:A5"} <= {str(merged) for merged in sheet.merged_cells.ranges}
    assert sheet["E3"].value == f"单位：{measure_units()['ha'].zh}"
    notes = [cell.value for cell in workbook[NOTES_SHEET]["A"]]
    assert "7. 表上没有的地类，请在最右边加列，列名写名称和三调编码，如“茶园(0202)”。" in notes


def test_a_class_that_the_form_does_not_print_is_read_from_a_column_beside_it(tmp_path: Path) -> None:
    form = form_of(contract("land_use"), "荫城镇", "2025")
    path = write_template(form, tmp_path / form.file_name)
    rows = filled_rows(form, Random(1))
    fill_workbook(form, path, rows)
    workbook = openpyxl.load_workbook(path)
    sheet, beside = workbook.worksheets[0], len(form.columns) + 1
    example = _example_row(sheet)
    sheet.cell(example - 1, beside, "裸岩石砾地(1207)")
    sheet.cell(example + 1, beside, 3.25)
    workbook.save(path)
    normalized = normalize(path, path.name, form.contract, "s1")
    assert normalized.findings == []
    assert [(row["land_class_code"], row["area_ha"]) for row in normalized.table.to_pylist()][-1] == ("1207", 3.25)


def test_notes_say_what_each_column_means_and_what_is_checked(tmp_path: Path) -> None:
    _, workbook = _written(tmp_path, "ecology", period="2025")
    lines = [tuple(value for value in row if value) for row in workbook[NOTES_SHEET].iter_rows(values_only=True)]
    assert ("“森林面积（公顷）”列", "必填", "公顷", "不小于 0 的数", "1344") in lines
    assert ("会提示：…填报 …%，按…/…应为 …%，相差 … 个百分点", "须改正", "请核对百分数与面积，改正后重新报送") in lines
    assert not any("{" in text for line in lines for text in line)


@pytest.mark.parametrize("name", TABLES)
def test_notes_lists_and_example_are_not_read(name: str, tmp_path: Path) -> None:
    form = form_of(
        contract(name), period={"year": "2025", "quarter": "2025Q3", "month": "2025-03"}[contract(name).period.grain]
    )
    path = write_template(form, tmp_path / form.file_name)
    normalized = normalize(path, path.name, form.contract, "s1")
    if form.rows:
        assert normalized.rows_read == len(form.rows)
    else:
        assert [(one.rule_id, one.sheet) for one in normalized.findings] == [("reading.empty", form.contract.title.zh)]
    assert {one.sheet for one in normalized.findings} <= {form.contract.title.zh}
    assert [sheet.name for sheet in read_workbook(path)] == [form.contract.title.zh, NOTES_SHEET, LISTS_SHEET]


def test_the_period_may_be_filled_in_by_hand(tmp_path: Path) -> None:
    form = form_of(contract("rural_waste"))
    path = write_template(form, tmp_path / form.file_name)
    fill_workbook(form, path, filled_rows(form, Random(1)))
    assert "normalize.period_missing" in [
        one.rule_id for one in normalize(path, path.name, form.contract, "s1").findings
    ]
    workbook = openpyxl.load_workbook(path)
    cell = workbook.worksheets[0]["B3"]
    assert not cell.protection.locked
    cell.value = "2025Q3"
    workbook.save(path)
    normalized = normalize(path, path.name, form.contract, "s1")
    assert (normalized.findings, set(normalized.table["period"].to_pylist())) == ([], {"2025Q3"})


def test_sender_and_date_of_the_form_are_kept_with_the_submission(tmp_path: Path) -> None:
    form = form_of(contract("rural_waste"), "荫城镇", "2025Q3")
    path = write_template(form, tmp_path / form.file_name)
    fill_workbook(form, path, filled_rows(form, Random(1)))
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.worksheets[0]
    for number, text in ((2, "荫城镇人民政府"), (4, "张三"), (6, "李四"), (8, "2025-10-08")):
        sheet.cell(2, number).value = text
    workbook.save(path)
    normalized = normalize(path, path.name, form.contract, "s1")
    assert normalized.findings == []
    assert (normalized.notes["submitter"], normalized.notes["reporter"]) == ("荫城镇人民政府", "张三")
    assert (normalized.notes["reviewer"], normalized.notes["reported_on"]) == ("李四", "2025-10-08")


def test_a_layer_s_form_has_types_titles_and_lists(tmp_path: Path) -> None:
    form = form_of(contract("wetland"), period="2025")
    path = write_template(form, tmp_path / form.file_name)
    info = pyogrio.read_info(path)
    assert (info["layer_name"], info["features"], info["crs"], info["geometry_type"]) == (
        "湿地",
        0,
        "EPSG:4490",
        "MultiPolygon",
    )
    types = dict(zip(info["fields"], info["dtypes"], strict=True))
    assert types == {"SDBH": "object", "SDMC": "object", "SDLX": "object", "SFBH": "object", "SDMJ": "float64"}
    with sqlite3.connect(path) as database:
        titles = dict(database.execute("select column_name, title from gpkg_data_columns"))
        listed = "select constraint_name, value from gpkg_data_column_constraints order by rowid"
        values = database.execute(listed).fetchall()
    database.close()
    types_listed = ["河流湿地", "湖泊湿地", "沼泽湿地", "人工湿地", "内陆滩涂"]
    assert (titles["SDMJ"], values) == (
        "湿地面积（公顷）",
        [*(("list_wetland_type", one) for one in types_listed), ("list_yes_no", "是"), ("list_yes_no", "否")],
    )
