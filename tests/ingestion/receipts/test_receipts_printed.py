"""A receipt's workbook on paper and when it is opened: pages in landscape, as wide as the sheet, with repeated heads; it
opens at its first sheet and that alone is selected.
"""

from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart
from openpyxl.workbook.views import BookView

from contracts import finding
from contracts.normalization_log import Conversion
from ingestion.receipts import SubmissionSummary, UnitSummary
from ingestion.receipts.write import write_receipt

LONG = "这一句说明写得很长" * 12


def receipt(tmp_path: Path, original: Path):
    """The workbook of a receipt with one finding and one conversion, opened again."""
    conversion = Conversion(sheet=None, cell="C2", field="forest_area_ha", kind="full_width", written="１", taken="1")
    made = write_receipt(
        tmp_path / "receipts" / "S1",
        original=original,
        file_name=original.name,
        submission=SubmissionSummary(
            "S1", "ecology", "2026-01-20T10:05:00+08:00", converted=1, conversions=(conversion,)
        ),
        findings=[finding("contract.missing_value", reporting_unit="140404102", cell="A1", title=LONG)],
        reporting_units=[UnitSummary("140404102", "2025", "held")],
        table=None,
    )
    return openpyxl.load_workbook(made.workbook)


@pytest.fixture
def original(tmp_path: Path) -> Path:
    """A workbook whose last sheet and a chart are open in two windows, scrolled away."""
    book = openpyxl.Workbook()
    book.active.append(["乡镇", LONG])
    for name in ("二", "三"):
        book.create_sheet(name)["A1"] = name
    book.create_chartsheet("图").add_chart(BarChart())
    for sheet in book.worksheets:
        sheet.sheet_view.tabSelected = True
    book.chartsheets[0].sheetViews.sheetView[0].tabSelected = True
    book.active = 2
    book.views = [BookView(activeTab=2, firstSheet=2), BookView(activeTab=1, firstSheet=1, visibility="hidden")]
    path = tmp_path / "报表.xlsx"
    book.save(path)
    return path


def test_its_own_sheets_print_in_landscape_as_wide_as_a_page_with_repeated_heads(tmp_path, original):
    book = receipt(tmp_path, original)
    first, log = book["审核结果"], book["自动规范"]
    for sheet in (first, log):
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage is True
        assert all(cell.alignment.wrap_text for row in sheet.iter_rows() for cell in row if cell.value is not None)
    header = next(row[0].row for row in first.iter_rows() if row[0].value == "级别")
    assert (first.print_title_rows, log.print_title_rows) == (f"${header}:${header}", "$1:$1")
    assert first.freeze_panes == f"A{header + 1}"


def test_columns_hold_their_texts(tmp_path, original):
    book = receipt(tmp_path, original)
    widths = {name: book["审核结果"].column_dimensions[name].width for name in "ABCDEFGH"}
    assert widths == {"A": 9, "B": 16, "C": 20, "D": 24, "E": 16, "F": 16, "G": 56, "H": 48}
    head = {row[0].value: row for row in book["审核结果"].iter_rows(max_row=12)}
    for title in ("文件", "报表", "收到时间", "回执编号", "行数"):
        assert book["审核结果"].row_dimensions[head[title][0].row].height == 16


def test_it_opens_at_its_first_sheet_and_that_alone_is_selected(tmp_path, original):
    book = receipt(tmp_path, original)
    assert book.active.title == "审核结果" == book.sheetnames[0]
    assert [(view.activeTab, view.firstSheet, view.visibility) for view in book.views] == [(0, 0, "visible")]
    assert [sheet.title for sheet in book.worksheets if sheet.sheet_view.tabSelected] == ["审核结果"]
    assert not any(view.tabSelected for chart in book.chartsheets for view in chart.sheetViews.sheetView)
    assert {view.activeCell for view in book.active.sheet_view.selection} == {"A1"}
    assert book.active.sheet_view.topLeftCell in (None, "A1")


def test_a_table_without_widths_gets_columns_that_hold_its_texts(tmp_path):
    path = tmp_path / "报表.csv"
    path.write_text(f"乡镇名称,森林面积,说明\n荫城镇,1234567.89,{LONG}\n", encoding="utf-8")
    sheet = receipt(tmp_path, path)["报表"]
    assert {name: sheet.column_dimensions[name].width for name in "ABC"} == {"A": 10, "B": 12, "C": 42}
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (
        *("landscape", 1, 0),
    )
