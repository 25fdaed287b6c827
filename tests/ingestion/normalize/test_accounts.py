"""The reading record of a sheet, and the proof that it leaves nothing out."""

import pytest

from contracts.reading_record import ColumnRecord, RowRange
from ingestion.normalize import table
from ingestion.normalize.accounts import Unaccounted
from ingestion.normalize.rows import sort_rows
from ingestion.system_faults import RAISE
from tests.support.workbooks import ECOLOGY_HEADER, ecology_rows, ecology_sheet, found_places, normalize_rows

REMARKED = [*ECOLOGY_HEADER, "备注"]


@pytest.fixture
def forgets_a_row(monkeypatch):
    """Sorting that loses the last row of data, as no sorting may."""

    def forget(found, contract):
        rows = sort_rows(found, contract)
        rows.order.remove(rows.data.pop())
        return rows

    monkeypatch.setattr(table, "sort_rows", forget)


@pytest.mark.usefixtures("forgets_a_row")
def test_a_row_in_no_account_fails_a_test(tmp_path):
    with pytest.raises(Unaccounted, match="第 12 行"):
        normalize_rows(tmp_path, ecology_sheet())


@pytest.mark.usefixtures("forgets_a_row")
def test_in_production_it_is_a_finding_that_holds_the_file(tmp_path, monkeypatch):
    monkeypatch.delenv(RAISE)
    got = normalize_rows(tmp_path, ecology_sheet())
    (found,) = [item for item in got.findings if item.rule_id == "reading.rows_unaccounted"]
    assert (found.severity, found.reporting_unit, found.cell, found.found) == ("error", None, "A12", "第 12 行")


def test_a_column_in_no_account_fails_a_test(tmp_path, monkeypatch):
    """A part of a sheet that leaves out a column which its rows fill."""
    whole = table.find_tables

    def narrowed(sheet, contract):
        (found,) = whole(sheet, contract)
        found.header = [head for head in found.header if head.column <= 9]
        found.below = [type(row)(row.no, row.values[:9]) for row in found.below]
        return [found]

    monkeypatch.setattr(table, "find_tables", narrowed)
    rows = ecology_sheet([[*row, "已核"] for row in ecology_rows()], header=REMARKED)
    with pytest.raises(Unaccounted, match="J 列"):
        normalize_rows(tmp_path, rows)


def test_the_record_names_every_row_and_column(tmp_path):
    total = ["", "合计", 40045.0, 4000.0, None, 500.0, 50.0, None, 2.5]
    rows = [*ecology_rows()[:4], ["", "盆地区小计", 16006.0, 1600.0, None, 200.0, 20.0, None, 1.0], *ecology_rows()[4:]]
    filled = [[*row, None, "已核"] for row in rows]
    got = normalize_rows(
        tmp_path,
        [*ecology_sheet(filled, header=REMARKED), total, ["注：面积为椭球面积"], ["其他"]],
    )
    (sheet,) = got.record.sheets
    assert sheet.rows == (
        RowRange("heading", 2, 2),
        RowRange("data", 3, 6),
        RowRange("subtotal", 7, 7, "盆地区小计"),
        RowRange("data", 8, 13),
        RowRange("total", 14, 14, "合计"),
        RowRange("note", 15, 15),
        RowRange("unknown", 16, 16),
    )
    assert [(one.heading, one.by, one.field) for one in sheet.columns[:3]] == [
        ("乡镇代码", "heading", "township_code"),
        ("乡镇", "name", "township_code"),
        ("土地总面积(公顷)", "heading", "land_area_ha"),
    ]
    # the last two: a heading without values, and values without a heading
    assert sheet.columns[-2:] == (ColumnRecord("J2", "备注", "ignored"), ColumnRecord("K2", "", "ignored"))
    assert found_places(got) == [
        ("reading.rows_not_read", "A16", None),
        ("reading.columns_not_read", "K2", None),
    ]
