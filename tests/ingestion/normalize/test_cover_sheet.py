"""The period that only the cover of a workbook says."""

from typing import Any

import pytest

from contracts import contract
from ingestion.normalize.table import normalize_table
from tests.support.workbooks import ECOLOGY_HEADER, WASTE_HEADER, column, ecology_rows, write

WASTE = [WASTE_HEADER, ["韩店街道", 10, 9, 1000, 100, 90, 90]]
ECOLOGY = [ECOLOGY_HEADER, *ecology_rows()]
FROM_COVER, CONFLICT = "normalize.period_from_cover", "normalize.period_conflict"


def normalized(folder, rows, covers: dict[str, list[list[Any]]], dataset="rural_waste", name="报表.xlsx", sheet="数据"):
    """The table as the last sheet of a workbook, behind its covers."""

    def add(worksheet: Any) -> None:
        for place, (title, lines) in enumerate(covers.items()):
            cover = worksheet.parent.create_sheet(title, place)
            for line in lines:
                cover.append(line)

    path = write(folder / name, rows, add, sheet)
    return normalize_table(path, name, contract(dataset), "s1")


def found(got):
    return [
        (item.rule_id, item.sheet, item.cell, item.found, item.expected)
        for item in got.findings
        if item.rule_id != "sheet.missing_unit"
    ]


@pytest.mark.parametrize(
    ("lines", "cell"),
    [
        ([["上党区农村生活垃圾处理季报"], ["2026年第一季度"], [], ["编制单位：区住建局"]], "A1"),
        ([["农村生活垃圾处理季报"], ["报告期：2026年第一季度"], ["填报日期：2026年4月8日"]], "A2"),
        ([["农村生活垃圾处理季报"], ["年度：2026", "季度：1"]], "A2"),
    ],
    ids=["title", "line", "two lines"],
)
def test_the_period_of_the_cover_is_taken_and_told(tmp_path, lines, cell):
    got = normalized(tmp_path, WASTE, {"封面": lines, "填报说明": [["一、产生量指农村生活垃圾产生总量"]]})
    assert column(got, "period") == ["2026Q1"]
    assert found(got) == [(FROM_COVER, "封面", cell, "封面", "2026Q1")]
    assert column(got, "waste_generated_t") == [100.0]
    assert [(sheet.name, sheet.ignored) for sheet in got.record.sheets] == [
        ("数据", None),
        ("封面", "封面 (cover of the report)"),
        ("填报说明", "没有本表的列名 (no heading of the report)"),
    ]


@pytest.mark.parametrize(
    ("name", "sheet", "title", "period"),
    [
        ("报表.xlsx", "一季度", [], "2026Q1"),
        ("报表.xlsx", "数据", [["第一季度农村生活垃圾处理季报"]], "2026Q1"),
        ("二季度.xlsx", "数据", [], "2026Q2"),
    ],
    ids=["sheet", "title", "file"],
)
def test_the_year_of_the_cover_completes_a_quarter(tmp_path, name, sheet, title, period):
    got = normalized(tmp_path, [*title, *WASTE], {"封面": [["上党区2026年报表"]]}, name=name, sheet=sheet)
    assert column(got, "period") == [period]
    assert found(got) == [(FROM_COVER, "封面", "A1", "封面", period)]


def test_the_quarter_of_the_cover_completes_a_year(tmp_path):
    got = normalized(tmp_path, [["上党区2026年农村生活垃圾处理季报"], *WASTE], {"封面": [["第三季度报表"]]})
    assert column(got, "period") == ["2026Q3"]
    assert [item[0] for item in found(got)] == [FROM_COVER]


def test_a_cover_that_contradicts_the_title_is_asked_about(tmp_path):
    rows = [["上党区2026年第一季度农村生活垃圾处理季报"], *WASTE]
    got = normalized(tmp_path, rows, {"封面": [["2026年第二季度"]]})
    assert found(got) == [(CONFLICT, "数据", "A1", "标题 2026Q1", "封面 2026Q2")]
    assert column(got, "period") == ["2026Q1"]


def test_a_cover_that_agrees_says_nothing_new(tmp_path):
    rows = [["上党区2024年生态状况年报"], *ECOLOGY]
    got = normalized(tmp_path, rows, {"首页": [["上党区生态状况"], ["2024年度"]]}, dataset="ecology")
    assert found(got) == []
    assert set(column(got, "period")) == {"2024"}


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("说明", [["本表自2025年第四季度起执行，请各乡镇认真填报。"]]),
        ("目录", [["2025年第四季度"], ["第一页", 1]]),
        ("封面", [[f"第{number}条"] for number in range(20)] + [["2025年第四季度"]]),
    ],
    ids=["instructions", "figures", "long"],
)
def test_what_is_no_cover_names_no_period(tmp_path, title, lines):
    got = normalized(tmp_path, WASTE, {title: lines})
    assert column(got, "period") == [None]
    assert [item.rule_id for item in got.findings] == ["normalize.period_missing"]


def test_a_sheet_behind_the_table_is_no_cover(tmp_path):
    def add(worksheet: Any) -> None:
        worksheet.parent.create_sheet("封面").append(["2026年第一季度"])

    got = normalize_table(write(tmp_path / "报表.xlsx", WASTE, add), "报表.xlsx", contract("rural_waste"), "s1")
    assert column(got, "period") == [None]
