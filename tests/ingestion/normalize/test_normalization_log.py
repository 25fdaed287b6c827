"""What was read otherwise than it is written is logged with its true cell; what is typed plainly is not, and none of it is
a finding.
"""

import csv
from collections import Counter
from datetime import datetime

import pytest

from contracts import contract, measure_units
from contracts.normalization_log import CONVERSION_KINDS, Conversion
from ingestion.normalize import normalize
from ingestion.normalize.normalization_log import AT_ONCE, SheetLog, factor_between
from ingestion.normalize.values import convert_cell
from ingestion.receipts.normalization_log import CONVERSION_COLUMNS
from tests.support.answers import SAMPLES
from tests.support.workbooks import ECOLOGY_HEADER, TOWNSHIPS, ecology_rows, ecology_sheet, normalize_rows

ACCEPTANCE = ["验收文号", "项目编号", "乡镇", "验收日期", "验收规模（公顷）", "验收结论"]
ROW = ["上农验〔2023〕1号", "A1-01", "荫城镇", datetime(2023, 5, 16), 56.8, "合格"]
WASTE = [
    "乡镇",
    "行政村数（个）",
    "收运处置体系覆盖村数（个）",
    "农户数（户）",
    "产生量（吨）",
    "处理量（吨）",
    "处理率（%）",
]


def logged(normalized) -> list[tuple[str, str, str, str, str, int]]:
    """Entries of the log: cell, field, kind, written, taken, cells."""
    conversions = [Conversion(**row) for row in normalized.conversions.to_pylist()]
    assert {one.kind for one in conversions} <= set(CONVERSION_KINDS)
    return [(one.cell, one.field, one.kind, one.written, one.taken, one.cells) for one in conversions]


def ecology(tmp_path, value, position=3):
    rows = ecology_rows()
    rows[2][position] = value
    return normalize_rows(tmp_path, ecology_sheet(rows))


def test_plain_typing_is_no_conversion(tmp_path):
    assert logged(normalize_rows(tmp_path, ecology_sheet())) == []
    assert logged(normalize_rows(tmp_path, [ACCEPTANCE, ROW], "project_acceptance")) == []


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("４００．０", "full_width"),
        ("400.00", "text_number"),
        ("400 ", "text_number"),
        ("6,000亩", "unit_in_cell"),
        ("4平方千米", "unit_in_cell"),
        ("4 00", "blanks"),
        ("四百", "chinese_numeral"),
    ],
)
def test_a_number_written_otherwise(tmp_path, value, kind):
    assert logged(ecology(tmp_path, value)) == [("D5", "forest_area_ha", kind, value, "400", 1)]


def test_thousands_money_in_the_cell_and_a_percent_sign(tmp_path):
    assert logged(ecology(tmp_path, "4,002.0", 2)) == [("C5", "land_area_ha", "thousands", "4,002.0", "4002", 1)]
    assert logged(ecology(tmp_path, "10.00%", 4)) == [("E5", "forest_coverage_pct", "percent", "10.00%", "10", 1)]
    header = ["项目编号", "乡镇", "阶段", "形象进度（%）", "累计完成投资（万元）"]
    got = normalize_rows(
        tmp_path, [["2025年3月月报"], header, ["A1", "苏店镇", "在建", 50.0, "1.5亿元"]], "project_progress"
    )
    assert logged(got) == [("E3", "cum_investment_wan", "unit_in_cell", "1.5亿元", "15000", 1)]


def test_a_number_shown_as_a_percentage_is_written_as_it_shows(tmp_path):
    def change(worksheet):
        worksheet["H4"] = 0.125
        worksheet["H4"].number_format = "0.0%"

    got = normalize_rows(tmp_path, ecology_sheet(), change=change)
    assert logged(got) == [("H4", "wetland_protection_pct", "percent", "12.5%", "12.5", 1)]


def test_a_converted_column_is_one_entry_and_its_own_cells_are_apart(tmp_path):
    header = [title.replace("森林面积（公顷）", "森林面积（亩）") for title in ECOLOGY_HEADER]
    rows = [[*row[:3], 6000.0, *row[4:]] for row in ecology_rows()]
    rows[4][3] = "400公顷"
    got = normalize_rows(tmp_path, ecology_sheet(rows, header=header))
    assert logged(got) == [
        ("D3:D12", "forest_area_ha", "unit_of_column", "亩", "公顷（÷15）", 9),
        ("D7", "forest_area_ha", "unit_in_cell", "400公顷", "400", 1),
    ]
    assert set(got.table["forest_area_ha"].to_pylist()) == {400.0}


@pytest.mark.parametrize(
    ("written", "stored", "factor"),
    [
        ("mu", "ha", "÷15"),
        ("yuan", "wan", "÷10000"),
        ("yi", "wan", "×10000"),
        ("wan_mu", "m2", "×20000000÷3"),
        ("km2", "ha", "×100"),
    ],
)
def test_the_factor_is_exact(written, stored, factor):
    assert factor_between(measure_units()[written], measure_units()[stored]) == factor


def test_a_wide_sheet_has_an_entry_for_each_class_column():
    path = SAMPLES / "clean" / "land_use" / "2023年土地利用现状面积汇总表（亩）定稿.xlsx"
    got = normalize(path, path.name, contract("land_use"), "s1")
    assert Counter(entry[2] for entry in logged(got)) == {"unit_of_column": 24}
    assert logged(got)[0] == ("D5:D14", "land_area_ha", "unit_of_column", "亩", "公顷（÷15）", 10)
    assert got.findings == []


@pytest.mark.parametrize(
    ("column", "value", "field", "kind", "taken"),
    [
        (3, "2023年5月16日", "acceptance_date", "date_form", "2023-05-16"),
        (3, "2023-05-16", "acceptance_date", "text_date", "2023-05-16"),
        (3, 45062, "acceptance_date", "excel_serial", "2023-05-16"),
        (1, "a1—1", "project_id", "number_form", "A1-01"),
        (1, "A1-01 ", "project_id", "number_form", "A1-01"),
        (5, "验收合格", "conclusion", "synonym", "合格"),
        (5, "合 格", "conclusion", "blanks", "合格"),
        (2, "上党区荫城镇人民政府", "township_code", "township", "140404102"),
        (0, "上农验[2023]1号", "acceptance_no", "number_form", "上农验〔2023〕1号"),
    ],
)
def test_dates_numbers_codes_and_townships(tmp_path, column, value, field, kind, taken):
    got = normalize_rows(tmp_path, [ACCEPTANCE, [*ROW[:column], value, *ROW[column + 1 :]]], "project_acceptance")
    assert logged(got) == [(f"{'ABCDEF'[column]}2", field, kind, str(value), taken, 1)]


def test_a_code_that_lost_its_zero():
    land_class = next(field for field in contract("land_use").fields.values() if field.list == "land_class")
    assert convert_cell(103, land_class, None).conversion == "leading_zeros"
    assert convert_cell("0103", land_class, None).conversion is None
    assert convert_cell("旱地", land_class, None).conversion is None  # as a form prints it


def test_a_csv_is_text_throughout(tmp_path):
    path = tmp_path / "2025年第一季度垃圾.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([WASTE, ["苏店镇", "30", "30", "9,700", "100.0", "97.00", "97.0"]])
    assert logged(normalize(path, path.name, contract("rural_waste"), "s1")) == [
        ("D2", "households", "thousands", "9,700", "9700", 1)
    ]


def test_a_township_of_former_times(tmp_path):
    rows = ecology_rows()
    rows[0][1] = "韩店镇"
    got = normalize_rows(tmp_path, ecology_sheet(rows))
    assert logged(got) == [("B3", "township_code", "former_township", "韩店镇", TOWNSHIPS[0], 1)]


def test_a_receipts_own_sheet_is_no_part_of_the_submission(tmp_path):
    def change(worksheet):
        listed = worksheet.parent.create_sheet("自动规范", 0)
        for row in (list(CONVERSION_COLUMNS), *ecology_sheet()):
            listed.append(row)

    assert normalize_rows(tmp_path, ecology_sheet(), change=change).rows_read == 10


def test_a_log_of_very_many_entries_is_whole():
    log = SheetLog("Sheet1", [])
    for row in range(AT_ONCE + 5):
        log.note(f"A{row}", "households", "text_number", f"{row}", f"{row}")
    assert log.table()["cell"].to_pylist() == [f"A{row}" for row in range(AT_ONCE + 5)]
