"""The workbooks of a build, read back: every mart of a subject is there, whole, with the database's own figures."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import duckdb
import openpyxl
import pytest

from reporting.mart_models import balances, subjects
from reporting.workbooks import About, write_workbooks
from reporting.workbooks.subjects import CODES, COLUMNS, CONTENTS, NOTES
from tests.support.dbt_builds import rows

pytestmark = pytest.mark.slow
ABOUT = About("b1", date(2025, 7, 1))


@pytest.fixture(scope="module")
def published(published_marts):
    return published_marts


@pytest.fixture(scope="module")
def workbooks(published, tmp_path_factory):
    """By subject, the workbook as openpyxl reads it."""
    folder = tmp_path_factory.mktemp("excel")
    with duckdb.connect(str(published), read_only=True) as con:
        files = write_workbooks(folder, con, ABOUT)
    return {file.stem: openpyxl.load_workbook(file) for file in files}


def table_of(sheet):
    """Heading row and the rows below it of a sheet, by its table; of an empty one the headings alone."""
    if sheet.tables:
        (table,) = sheet.tables.values()
        cells = sheet[table.ref]
        return [cell.value for cell in cells[0]], [[cell.value for cell in row] for row in cells[1:]]
    return [cell.value for cell in sheet[sheet.max_row]], []


def links_of(sheet):
    """The link of each cell that has one."""
    return {cell: cell.hyperlink for row in sheet.iter_rows() for cell in row if cell.hyperlink is not None}


def as_written(value):
    """A value of the database as its cell has it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        local = value.astimezone(ZoneInfo("Asia/Shanghai")).replace(tzinfo=None) if value.tzinfo else value
        return local.replace(microsecond=round(local.microsecond, -3) % 1_000_000)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    return value or None if isinstance(value, str) else value


def test_every_subject_has_a_workbook_and_every_mart_of_it_a_sheet(workbooks, published):
    assert (
        list(workbooks)
        == [one.title for one in subjects()]
        == ["规划数据", "指标与目标", "重点工程", "土地与空间", "报送质量"]
    )
    titled = dict(rows(published, "select table_name, split_part(comment, '：', 1) from duckdb_tables()"))
    for subject in subjects():
        names = workbooks[subject.title].sheetnames
        assert names == [CONTENTS, NOTES, *(titled[mart] for mart in subject.marts), COLUMNS, CODES]
    shown = {mart for one in subjects() for mart in one.marts}
    assert {"mart_target_progress", "mart_project_progress", "mart_submission_status"} <= shown
    assert {name for name in titled if name.startswith("mart_")} - shown == {
        "mart_rule_outcome",
        "mart_target_lineage",
        "mart_project_zone",
    }


def test_every_figure_read_back_is_the_marts(workbooks, published):
    compared = 0
    for subject in subjects():
        titles = dict(rows(published, "select table_name, split_part(comment, '：', 1) from duckdb_tables()"))
        for mart in subject.marts:
            headings, found = table_of(workbooks[subject.title][titles[mart]])
            keep = [at for at, heading in enumerate(headings) if "（调平）" not in heading]
            want = [[as_written(value) for value in row] for row in rows(published, f"from {mart}")]
            assert [[row[at] for at in keep] for row in found] == [
                [pytest.approx(value, rel=1e-14) if isinstance(value, float) else value for value in row]
                for row in want
            ], mart
            compared += len(want)
    assert compared > 300


def test_printed_values_of_zones_add_up_to_the_district(workbooks, published):
    headings, found = table_of(workbooks["指标与目标"]["分区指标"])
    assert set(balances()) == {"mart_indicator_zone", "mart_indicator_township"}
    at = {
        name: headings.index(heading)
        for name, heading in {"code": "指标代码", "period": "期间", "zoning": "分区类型"}.items()
    }
    printed = next(n for n, heading in enumerate(headings) if "（调平）" in heading)
    sums: dict[tuple[str, ...], Decimal] = {}
    for row in found:
        if row[printed] is not None:
            key = tuple(row[one] for one in at.values())
            sums[key] = sums.get(key, Decimal(0)) + Decimal(str(row[printed]))
    sql = "select indicator_code, period, value from mart_indicator_district where denominator is null"
    whole = {(code, period): value for code, period, value in rows(published, sql)}
    assert sums
    for (code, period, _), total in sums.items():
        assert total == Decimal(str(whole[code, period])).quantize(Decimal("0.01"), "ROUND_HALF_UP")


def test_a_sheet_is_one_table_that_a_screen_reader_can_read(workbooks):
    for book in workbooks.values():
        for sheet in book.worksheets:
            assert sheet["A1"].value and sheet.merged_cells.ranges == set() and sheet.sheet_state == "visible"
            assert len(sheet.tables) <= 1 and sheet.freeze_panes.startswith("A")
            headings, _ = table_of(sheet)
            assert None not in headings and len(set(headings)) == len(headings), sheet.title
            assert not any(dimension.hidden for dimension in sheet.column_dimensions.values())
            if sheet.title != CONTENTS:
                links = [link.location for link in links_of(sheet).values()]
                assert f"'{CONTENTS}'!A1" in links, sheet.title


def test_figures_have_the_decimals_of_their_unit_and_days_are_days(workbooks):
    sheet = workbooks["指标与目标"]["目标进展"]
    headings, _ = table_of(sheet)
    first = int(next(iter(sheet.tables.values())).ref.split(":")[0].removeprefix("A")) + 1
    formats = {heading: sheet.cell(first, at + 1).number_format for at, heading in enumerate(headings)}
    assert formats["目标值（单位见“单位”）"] == "#,##0.00"
    assert formats["目标年"] == "0"
    assert formats["数据截至"] in ("yyyy-mm-dd", "General")  # General: an empty cell


def test_the_contents_name_every_sheet_and_lead_to_it(workbooks):
    for book in workbooks.values():
        sheet = book[CONTENTS]
        named = {cell.value: link.location for cell, link in links_of(sheet).items()}
        assert list(named) == book.sheetnames[1:]
        assert named["说明"] == "'说明'!A1"
        assert any("b1" in str(sheet.cell(row, 1).value) for row in range(1, 6))


def test_each_column_is_explained_and_codes_are_listed(workbooks):
    book = workbooks["指标与目标"]
    _, explained = table_of(book[COLUMNS])
    for sheet in book.worksheets[2:-2]:
        headings, _ = table_of(sheet)
        assert [row[1] for row in explained if row[0] == sheet.title] == headings
    _, codes = table_of(book[CODES])
    assert ["目标进展", "slow", "偏慢"] in [row[:3] for row in codes]


def test_the_same_build_gives_the_same_files(published, tmp_path):
    with duckdb.connect(str(published), read_only=True) as con:
        first, second = tmp_path / "1", tmp_path / "2"
        for folder in (first, second):
            folder.mkdir()
            write_workbooks(folder, con, ABOUT)
    assert len(list(first.iterdir())) == 5
    for file in first.iterdir():
        assert file.read_bytes() == (second / file.name).read_bytes(), file.name


def test_an_empty_warehouse_has_workbooks_that_say_so(empty_published, tmp_path):
    with duckdb.connect(str(empty_published), read_only=True) as con:
        files = write_workbooks(tmp_path, con, ABOUT)
    sheet = openpyxl.load_workbook(files[2])["重点工程进度"]
    assert sheet["A2"].value.startswith("没有记录")
    assert not sheet.tables and sheet.max_row == 5
