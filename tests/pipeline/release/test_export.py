"""The rows of a query as files for Excel and WPS."""

import csv
import io
from datetime import datetime

import duckdb
import openpyxl
import pytest

from pipeline.release.export import as_csv, write_xlsx
from reporting.workbooks import book

SQL = "select * from mart_a order by code"


@pytest.fixture
def con():
    with duckdb.connect() as con:
        con.execute("set timezone = 'Asia/Shanghai'")
        con.execute("create table mart_a (code varchar, area_ha double, received_at timestamptz, is_met boolean)")
        con.execute("comment on column mart_a.code is '代码：Of the registry'")
        con.execute("comment on column mart_a.area_ha is '面积（公顷）：As measured'")
        con.execute(
            "insert into mart_a values ('=1+1', 1.0 / 3, '2025-07-01 16:30:00+00', true), ('甲', null, null, false)"
        )
        yield con


def test_a_csv_has_a_byte_order_mark_chinese_headings_and_no_formula(con):
    text = as_csv(con, SQL, is_chinese=True)
    assert text.startswith("\ufeff代码,面积（公顷）,received_at,is_met\r\n")
    _, first, second = csv.reader(io.StringIO(text))
    assert first[0] == "'=1+1" and float(first[1]) == 1 / 3 and first[2] == "2025-07-02 00:30:00"
    assert second == ["甲", "", "", "False"]
    assert as_csv(con, SQL, is_chinese=False).startswith("\ufeffcode,area_ha,received_at,is_met\r\n")


def test_a_workbook_has_the_same_rows_as_values(con, tmp_path):
    assert write_xlsx(con, SQL, tmp_path / "a.xlsx", is_chinese=True) == 2
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    found = [[cell.value for cell in row] for row in sheet[sheet.tables["query"].ref]]
    assert found == [
        ["代码", "面积（公顷）", "received_at", "is_met"],
        ["=1+1", 1 / 3, datetime(2025, 7, 2, 0, 30), "是"],
        ["甲", None, None, "否"],
    ]
    assert sheet["B5"].number_format == "#,##0.00"


def test_more_rows_than_a_sheet_is_given_are_refused(con, tmp_path, monkeypatch):
    monkeypatch.setattr(book, "MOST_ROWS", 1)
    with pytest.raises(ValueError, match="--format csv"):
        write_xlsx(con, SQL, tmp_path / "a.xlsx", is_chinese=True)
    assert not (tmp_path / "a.xlsx").exists()
