"""Data outside of the tables that are read, and sheets whose names say that they are not reported."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from contracts import contract
from ingestion.normalize.left_out import NOT_REPORTED
from ingestion.normalize.result import NormalizedFile
from ingestion.normalize.table import normalize_table

TITLE = ["2025年7月资金台账"]
HEADER = [
    "项目编号",
    "项目名称",
    "资金级次",
    "资金方式",
    "累计下达资金（万元）",
    "累计到位资金（万元）",
    "累计支付资金（万元）",
]
ROWS = [
    ["A1", "一", "中央", "专项资金", 1200, 900, 650.5],
    ["A2", "二", "中央", "专项资金", 1100, 800, 550.5],
    ["B2", "三", "中央", "专项资金", 1000, 700, 450.5],
]
REPORT = [TITLE, HEADER, *ROWS]
MORE = [["B1", "四", "中央", "专项资金", 90, 80, 70], ["C1", "五", "中央", "专项资金", 60, 50, 40]]
OTHER = [
    ["附：专项债券项目"],
    ["工程代号", "工程", "来源", "性质", "额度", "已发", "已用"],
    *MORE,
]


def normalized(
    folder: Path, sheets: dict[str, list[list[Any]]], dataset: str = "project_funds", name: str = "资金台账.xlsx"
) -> NormalizedFile:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for title, rows in sheets.items():
        worksheet = workbook.create_sheet(title)
        for row in rows:
            worksheet.append(row)
    workbook.save(folder / name)
    return normalize_table(folder / name, name, contract(dataset), "s1")


def found(got: NormalizedFile) -> list[tuple[str, str | None, str | None]]:
    return [(item.rule_id, item.sheet, item.cell) for item in got.findings if item.severity != "info"]


def test_a_sheet_that_goes_on_without_headings_is_asked_about(tmp_path):
    got = normalized(tmp_path, {"台账": REPORT, "续": MORE})
    assert got.rows_read == 3
    assert found(got) == [("reading.continued_rows_not_read", "续", "A1")]
    assert "第 1 行“B1 四" in next(item.message for item in got.findings if item.severity == "error")


def test_a_table_below_with_headings_of_its_own_is_warned_of(tmp_path):
    got = normalized(tmp_path, {"台账": [*REPORT, [], *OTHER]})
    assert got.rows_read == 3
    assert found(got) == [("reading.other_data_not_read", "台账", "A9")]


def test_figures_of_units_that_do_not_fit_the_table_are_warned_of(tmp_path):
    got = normalized(tmp_path, {"台账": REPORT, "任务": [["乡镇", "任务"], ["韩店街道", 12], ["苏店镇", "13.5"]]})
    assert found(got) == [("reading.other_data_not_read", "任务", "A2")]


@pytest.mark.parametrize(
    "rows",
    [
        [["填报说明"], ["1", "金额按万元填报"], ["2", "每月10日前报送"]],
        [["上党区财政局"], ["2025年7月"], ["联系电话", "03558085678"]],
        [["序号", "乡镇", "联系人", "电话"], [1, "韩店街道", "张三", 13800000000], [2, "苏店镇", "李四", 13900000000]],
        [["乡镇代码", "乡镇"], [140404001, "韩店街道"]],
    ],
)
def test_covers_notes_and_contacts_are_quiet(tmp_path, rows):
    got = normalized(tmp_path, {"说明": rows, "台账": REPORT})
    assert (got.rows_read, found(got)) == (3, [])


@pytest.mark.parametrize("name", ["作废", "填报样表", "示例", "模板", "草稿（勿看）", "7月旧", "旧表", "旧"])
def test_a_sheet_named_as_not_reported_is_asked_about(tmp_path, name):
    got = normalized(tmp_path, {"台账": REPORT, name: [TITLE, HEADER, *MORE]})
    assert found(got) == [("sheet.not_for_reporting", name, "A2")]


@pytest.mark.parametrize("name", ["旧县村", "老旧小区", "台账", "Sheet1", "废弃物", "2025年现状"])
def test_other_names_are_not(name):
    assert NOT_REPORTED.search(name) is None
