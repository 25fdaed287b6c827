"""One table on a sheet: text stays text, what a sheet cannot hold is said."""

from datetime import UTC, date, datetime

import openpyxl
import pytest

from reporting.headings import Column
from reporting.workbooks import book
from reporting.workbooks.book import Book, Sheet, number_format, sheet_name

COLUMNS = [Column("a", "VARCHAR", "名称"), Column("b", "DOUBLE", "面积", "公顷"), Column("c", "TIMESTAMP", "时间")]
AT = datetime(2025, 7, 1, 16, 30, tzinfo=UTC)


def written(tmp_path, *rows):
    with Book(tmp_path / "a.xlsx", "甲", "乙", date(2025, 7, 1)) as made:
        made.add(Sheet("表", "题", ("一行",), COLUMNS, rows, "t"))
    return openpyxl.load_workbook(tmp_path / "a.xlsx")["表"]


def test_text_that_looks_like_a_formula_a_number_or_a_link_stays_text(tmp_path):
    texts = ["=1+1", "0101", "http://x", "@a", "{=1}", "\x00b"]
    sheet = written(tmp_path, *((text, 1.5, AT) for text in texts))
    assert [cell.value for cell in sheet["A"][3:]] == ["=1+1", "0101", "http://x", "@a", "{=1}", " b"]
    assert {cell.data_type for cell in sheet["A"]} == {"s"}
    assert all(cell.hyperlink is None for cell in sheet["A"])


def test_moments_are_in_the_districts_time_and_figures_in_their_units_decimals(tmp_path):
    sheet = written(tmp_path, ("x", 1.23456, AT))
    assert [cell.value for cell in sheet[4]] == ["x", 1.23456, datetime(2025, 7, 2, 0, 30)]
    assert sheet["B4"].number_format == "#,##0.00"
    assert sheet["C4"].number_format == "yyyy-mm-dd hh:mm"


@pytest.mark.parametrize(
    ("kind", "measure_unit", "shown"),
    [
        ("DOUBLE", "km2", "#,##0.00"),
        ("DOUBLE", "m2", "#,##0"),
        ("INTEGER", "天", "0"),
        ("DOUBLE", "亿元", "#,##0.0000"),
    ],
)
def test_the_unit_says_how_many_decimals(kind, measure_unit, shown):
    assert number_format(kind, measure_unit) == shown


def test_a_table_longer_than_a_sheet_is_given_is_left_out_and_said_to_be(tmp_path, monkeypatch):
    monkeypatch.setattr(book, "MOST_ROWS", 2)
    sheet = written(tmp_path, *(("x", 1.0, AT) for _ in range(3)))
    assert "有 3 行，超过 2 行" in sheet["A3"].value
    assert sheet.max_row == 4 and not sheet.tables


def test_a_sheets_name_fits_the_format_and_is_its_own():
    assert sheet_name("甲/乙：[丙]") == "甲_乙：_丙_"
    assert sheet_name("长" * 40) == "长" * 31
    assert sheet_name("长" * 40, ["长" * 31]) == "长" * 28 + "_2"
