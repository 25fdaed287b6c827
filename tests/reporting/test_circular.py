"""The circular, read back as Word reads it: its tables and charts have the marts' own figures."""

from datetime import date
from decimal import Decimal

import docx
import duckdb
import pytest
from lxml import etree

from reporting.circular import write_circular
from reporting.circular.charts import CHART, CONTENT_TYPE, Chart, chart_xml
from reporting.circular.figures import NOTHING
from reporting.workbooks import About
from tests.support.dbt_builds import rows

NAMES = {"c": CHART}
ABOUT = About("b1", date(2025, 7, 1))


def charts_of(document):
    """Of each chart: its categories, and by series its values."""
    parts = sorted(
        (part for part in document.part.package.iter_parts() if part.content_type == CONTENT_TYPE),
        key=lambda part: str(part.partname),
    )
    return [read_chart(part.blob) for part in parts]


def read_chart(blob):
    tree = etree.fromstring(blob)
    series = {
        one.findtext("c:tx/c:v", namespaces=NAMES): [float(value.text) for value in one.findall("c:val//c:v", NAMES)]
        for one in tree.iter(f"{{{CHART}}}ser")
    }
    first = next(tree.iter(f"{{{CHART}}}ser"))
    return [value.text for value in first.findall("c:cat//c:v", NAMES)], series


def table_with(document, heading):
    """The first table that has a heading, as rows by heading."""
    for table in document.tables:
        names = [cell.text for cell in table.rows[0].cells]
        if heading in names:
            return [dict(zip(names, (cell.text for cell in row.cells), strict=True)) for row in table.rows[1:]]
    raise AssertionError(heading)


def number(text):
    return Decimal(text.replace(",", ""))


@pytest.fixture(scope="module")
def published(published_marts):
    return published_marts


@pytest.fixture(scope="module")
def document(published, tmp_path_factory):
    with duckdb.connect(str(published), read_only=True) as con:
        return docx.Document(write_circular(tmp_path_factory.mktemp("circular"), con, ABOUT))


@pytest.mark.slow
class TestOfADistrict:
    def test_the_target_table_is_the_board(self, document, published):
        board = rows(
            published,
            "select indicator_name, target_year, value, target_value, status_zh from mart_target_progress "
            "where area_level = 'district'",
        )
        printed = {(row["指标"], int(row["目标年"])): row for row in table_with(document, "目标值")}
        assert len(printed) == len(board) >= 10
        for name, year, value, target, status in board:
            row = printed[name, year]
            assert row["进展"].removesuffix("（暂定）") == status
            for text, figure in ((row["现值"], value), (row["目标值"], target)):
                assert (
                    text == NOTHING if figure is None else abs(number(text) - Decimal(figure)) <= Decimal("0.0050001")
                )

    def test_the_chart_of_targets_has_their_exact_shares(self, document, published):
        categories, series = charts_of(document)[0]
        shares = rows(
            published,
            "select indicator_name || '（' || target_year || '）', 100 * value / target_value from mart_target_progress "
            "where area_level = 'district' and value is not null",
        )
        assert dict(zip(categories, series["现值占目标值"], strict=True)) == pytest.approx(dict(shares))

    def test_townships_as_printed_add_up_to_the_district_as_printed(self, document):
        zones, townships = (
            [[cell.text for cell in row.cells] for row in table.rows]
            for table in document.tables
            if table.rows[0].cells[0].text == "区域"
        )
        assert zones[1][0] == townships[1][0] == "全区" and zones[1] == townships[1]
        columns = [column for column in zip(*townships, strict=True) if NOTHING not in column][1:]
        for heading, whole, *parts in columns:
            assert sum(map(number, parts)) == number(whole), heading
        assert len(columns) > 3
        assert len(townships) > 3

    def test_projects_and_their_money_are_the_curves(self, document, published):
        latest = rows(
            published,
            "select project_id, physical_progress_pct, cum_investment_wan from mart_project_s_curve where is_latest",
        )
        printed = {row["编号"]: row for row in table_with(document, "编号")}
        assert len(printed) == len(latest) > 0
        for project, progress, money in latest:
            for text, figure in (
                (printed[project]["形象进度（%）"], progress),
                (printed[project]["累计投资（万元）"], money),
            ):
                assert (
                    text == NOTHING if figure is None else abs(number(text) - Decimal(figure)) <= Decimal("0.0050001")
                )
        invested = rows(
            published,
            "select period, sum(cum_investment_wan) from mart_project_s_curve group by period order by period",
        )
        categories, series = charts_of(document)[1]
        assert dict(zip(categories, series["累计完成投资"], strict=True)) == pytest.approx(dict(invested))

    def test_it_is_named_after_the_month_and_says_which_build_it_is_of(self, document, published, tmp_path):
        with duckdb.connect(str(published), read_only=True) as con:
            (month,) = con.execute("select max(period) from mart_project_s_curve").fetchone()
            assert write_circular(tmp_path, con, ABOUT).name == f"{month}通报.docx"
        text = "\n".join(paragraph.text for paragraph in document.paragraphs)
        assert "数据版本 b1" in text and "synthetic" in text

    def test_every_chart_says_its_figures_in_words_too(self, document):
        drawings = document.element.xpath("//wp:docPr")
        assert len(drawings) == 2
        said = [part.rsplit(" ", 2) for part in drawings[0].get("descr").split("；")]
        names, series = charts_of(document)[0]
        assert [name for name, _, _ in said] == names and {measure_unit for _, _, measure_unit in said} == {"%"}
        assert [float(number(value)) for _, value, _ in said] == pytest.approx(series["现值占目标值"], abs=0.00501)

    def test_headings_of_tables_come_again_on_each_page(self, document):
        assert document.tables
        assert all(table.rows[0]._tr.xpath("./w:trPr/w:tblHeader") for table in document.tables)


@pytest.mark.slow
def test_of_an_empty_warehouse_it_says_that_there_is_nothing(empty_published, tmp_path):
    with duckdb.connect(str(empty_published), read_only=True) as con:
        file = write_circular(tmp_path, con, ABOUT)
    assert file.name == "2025-07通报.docx"
    text = "\n".join(paragraph.text for paragraph in docx.Document(file).paragraphs)
    assert "还没有工程进度数据" in text and "没有应报的报表" in text


def test_a_value_that_is_not_there_leaves_a_gap_in_a_line():
    chart = Chart("line", "a < b", ["1月", "2月", "3月"], [("甲&乙", [1.25, None, 3.0])], "0.0")
    categories, series = read_chart(chart_xml(chart).encode())
    assert categories == ["1月", "2月", "3月"]
    assert series == {"甲&乙": [1.25, 3.0]}
    points = etree.fromstring(chart_xml(chart).encode()).findall(".//c:val//c:pt", NAMES)
    assert [point.get("idx") for point in points] == ["0", "2"]
