"""Blocks below each other, each below the line that says its period, with and without headings of their own."""

import pytest

from contracts import contract
from ingestion.normalize.period_captions import caption_of
from ingestion.readers.cells import RawRow
from tests.support.workbooks import WASTE_HEADER, column, normalize_rows

WASTE = contract("rural_waste")
TITLE = ["上党区2026年农村生活垃圾处理季报"]
TOLD, CONFLICT = "sheet.period_captions", "normalize.period_conflict"


def rows_of(number: int):
    """Two townships; the figures are larger by one from block to block."""
    return [["韩店街道", 10, 9, 1000, 100 + number, 90, None], ["荫城镇", 12, 12, 1100, 110 + number, 99, None]]


def stacked(captions, with_headings, title=TITLE):
    rows = [title] if with_headings else [title, WASTE_HEADER]
    for number, caption in enumerate(captions):
        rows += [[caption], *([WASTE_HEADER] if with_headings else []), *rows_of(number)]
    return rows


def figures(got):
    cells = [dict(one)["waste_generated_t"] for one in column(got, "cells")]
    return list(zip(column(got, "period"), column(got, "waste_generated_t"), cells, strict=True))


def found(got):
    return [(item.rule_id, item.severity, item.cell) for item in got.findings if item.rule_id != "sheet.missing_unit"]


@pytest.mark.parametrize(
    "captions",
    [
        ["第一季度", "第二季度", "第三季度"],
        ["一、第一季度", "二、第二季度", "三、第三季度"],
        ["（一）一季度数据", "（二）二季度数据", "（三）三季度数据"],
        ["2026年一季度", "2026年二季度", "2026年三季度"],
        ["Q1", "Q2", "Q3"],
    ],
)
@pytest.mark.parametrize("with_headings", [True, False], ids=["headings repeated", "headings once"])
def test_each_block_has_the_period_of_the_line_above_it(tmp_path, captions, with_headings):
    got = normalize_rows(tmp_path, stacked(captions, with_headings), "rural_waste")
    rows = [4, 5, 8, 9, 12, 13] if with_headings else [4, 5, 7, 8, 10, 11]
    expected = [(f"2026Q{1 + number // 2}", 100.0 + number // 2 + 10 * (number % 2)) for number in range(6)]
    assert figures(got) == [(*one, f"E{row}") for one, row in zip(expected, rows, strict=True)]
    assert [one for one in found(got) if one[1] == "error"] == []
    if not with_headings or "年" not in captions[0]:  # a title of its own above headings of their own is no caption
        assert found(got)[0] == (TOLD, "info", "A2" if with_headings else "A3")
        assert got.findings[0].message.startswith("同一张表里有 3 段各属一个报告期")


def test_months_and_years_too(tmp_path):
    header = ["项目编号", "乡镇", "工程阶段", "形象进度（%）", "累计完成投资（万元）"]
    rows = [["上党区2025年重点工程进度月报"], header]
    for month in (6, 7):
        rows += [[f"{month}月份"], ["A1", "苏店镇", "在建", 10 * month, 100 * month]]
    got = normalize_rows(tmp_path, rows, "project_progress")
    assert column(got, "period") == ["2025-06", "2025-07"]
    assert column(got, "physical_progress_pct") == [60.0, 70.0]


def test_rows_above_the_first_caption_are_of_the_title(tmp_path):
    rows = [["上党区2026年第一季度农村生活垃圾处理季报"], WASTE_HEADER, *rows_of(0), ["2026年第二季度"], *rows_of(1)]
    got = normalize_rows(tmp_path, rows, "rural_waste")
    assert column(got, "period") == ["2026Q1", "2026Q1", "2026Q2", "2026Q2"]
    assert found(got) == [(TOLD, "info", "A5"), (CONFLICT, "error", "A5")]
    conflict = got.findings[1]
    assert (conflict.found, conflict.expected) == ("段首 2026Q2", "标题 2026Q1")


def test_a_file_name_that_contradicts_a_block_is_asked_about(tmp_path):
    got = normalize_rows(tmp_path, stacked(["第一季度", "第二季度"], False), "rural_waste", "2026年一季度.xlsx")
    assert column(got, "period") == ["2026Q1", "2026Q1", "2026Q2", "2026Q2"]
    assert [(item.found, item.expected) for item in got.findings if item.rule_id == CONFLICT] == [
        ("段首 2026Q2", "文件名 2026Q1")
    ]


def test_totals_are_those_of_their_block(tmp_path):
    rows = [TITLE, WASTE_HEADER]
    for number, caption in enumerate(["第一季度", "第二季度"]):
        rows += [[caption], *rows_of(number), ["合计", 22, 21, 2100, 210 + 2 * number, 189, None]]
    got = normalize_rows(tmp_path, rows, "rural_waste")
    assert (got.rows_read, got.rows_control) == (6, 2)
    assert [one for one in found(got) if one[1] == "error"] == []


def test_captions_side_by_side_are_each_of_their_block(tmp_path):
    left, right = rows_of(0), rows_of(1)
    rows = [
        TITLE,
        ["第一季度", *[None] * 7, "第二季度"],
        [*WASTE_HEADER, None, *WASTE_HEADER],
        *([*one, None, *other] for one, other in zip(left, right, strict=True)),
    ]
    got = normalize_rows(tmp_path, rows, "rural_waste")
    assert figures(got) == [
        ("2026Q1", 100.0, "E4"),
        ("2026Q1", 110.0, "E5"),
        ("2026Q2", 101.0, "M4"),
        ("2026Q2", 111.0, "M5"),
    ]
    assert [one for one in found(got) if one[1] == "error"] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("第二季度", "第二季度"),
        ("二、第二季度", "第二季度"),
        ("以下为2025年第四季度", "以下为2025年第四季度"),
        ("上党区2026年第二季度农村生活垃圾处理季报", "上党区2026年第二季度农村生活垃圾处理季报"),
        ("上年第四季度", None),
        ("第二季度计划", None),
        ("注：第二季度起执行", None),
        ("一、农村部分", None),
        ("2026年4月8日", None),
        ("一、二季度", "一、二季度"),
        ("韩店街道", None),
    ],
)
def test_what_is_a_caption(text, words):
    caption = caption_of(RawRow(5, (None, text)), WASTE)
    assert (caption and caption.text) == words
    if caption:
        assert caption.cell == "B5"


@pytest.mark.parametrize("with_headings", [True, False])
def test_a_caption_that_may_name_two_quarters_is_asked_about(tmp_path, with_headings):
    got = normalize_rows(tmp_path, stacked(["一季度", "一、二季度"], with_headings), "rural_waste")
    assert [(item.rule_id, item.cell) for item in got.findings if item.severity == "error"] == [
        ("normalize.several_periods", "A6")
    ]
    assert column(got, "period") == ["2026Q1", "2026Q1", "2026Q2", "2026Q2"]


def test_a_period_below_all_rows_is_a_note(tmp_path):
    rows = [["上党区2026年第一季度农村生活垃圾处理季报"], WASTE_HEADER, *rows_of(0), ["2026年第二季度"]]
    got = normalize_rows(tmp_path, rows, "rural_waste")
    assert column(got, "period") == ["2026Q1", "2026Q1"]
    assert found(got) == [("reading.rows_not_read", "info", "A5")]
