"""The day up to which a ledger of events says that it speaks: where it is read, and what contradicts it."""

from dataclasses import astuple

import pytest

from ingestion.receipts.reading_text import reading_lines
from tests.support.workbooks import normalize_rows

HEADER = ["验收文号", "项目编号", "乡镇代码", "验收日期", "验收规模(公顷)", "验收结论"]
ROW = ["上自然资验〔2025〕3号", "A1", "140404103", "2025-09-12", 5.2, "通过"]
TITLE = "土地整治项目验收台账（截至2025年10月31日）"


def ledger(tmp_path, title=TITLE, name="验收台账.xlsx", lines=(), date="2025-09-12"):
    """A ledger of one acceptance; lines: rows between title and headings."""
    row = [date if cell == "2025-09-12" else cell for cell in ROW]
    return normalize_rows(tmp_path, [[title], *lines, HEADER, row], dataset="project_acceptance", name=name)


def declared(got):
    return [astuple(one) for sheet in got.record.sheets for one in sheet.declared]


def contradictions(got):
    return [
        (one.rule_id.partition(".")[2], one.found, one.expected) for one in got.findings if "declared" in one.rule_id
    ]


@pytest.mark.parametrize(
    ("title", "where", "day", "text"),
    [
        (TITLE, "标题", "2025-10-31", "截至2025年10月31日"),
        ("2025年土地整治项目验收台账（截止到10月底）", "标题", "2025-10-31", "截止到10月底"),
        ("验收台账（截至二〇二五年九月三十日）", "标题", None, None),
        ("验收台账（截至２０２５.9.30）", "标题", "2025-09-30", "截至2025.9.30"),
        ("验收台账 截至日期：2025-09-30", "截至日期", "2025-09-30", "截至2025-09-30"),
        ("验收台账截至20250930", "标题", "2025-09-30", "截至20250930"),
        ("验收台账（截至2025年2月）", "标题", "2025-02-28", "截至2025年2月"),
        ("验收台账（截至2025年底）", "标题", "2025-12-31", "截至2025年底"),
        ("验收台账（截至2025年2月30日）", "标题", None, None),
        ("验收台账（截至10月31日）", "标题", None, None),
        ("土地整治项目验收台账（2025年10月31日）", "标题", None, None),
    ],
)
def test_a_title_says_up_to_which_day_its_ledger_speaks(tmp_path, title, where, day, text):
    assert declared(ledger(tmp_path, title)) == ([(where, day, text)] if day else [])


def test_a_line_or_the_file_name_says_it_where_the_title_does_not(tmp_path):
    line = ledger(tmp_path, "验收台账", lines=[["数据截止日期：2025年9月30日"]])
    assert declared(line) == [("截至日期", "2025-09-30", "截至2025年9月30日")]
    named = ledger(tmp_path, "验收台账", name="验收台账（截至2025年11月15日）.xlsx")
    assert declared(named) == [("文件名", "2025-11-15", "截至2025年11月15日")]
    assert contradictions(line) == contradictions(named) == []


def test_the_title_is_trusted_before_a_file_name_that_says_otherwise(tmp_path):
    got = ledger(tmp_path, name="验收台账（截至2025年11月15日）.xlsx")
    assert [day for _, day, _ in declared(got)] == ["2025-10-31", "2025-11-15"]
    assert contradictions(got) == [("declared_days_differ", "标题 2025-10-31", "文件名 2025-11-15")]
    assert "截至日：标题写“截至2025年10月31日”，按截至 2025-10-31 读取" in list(reading_lines(got.record))


def test_a_day_to_come_and_an_event_after_the_day_are_told(tmp_path):
    assert contradictions(ledger(tmp_path, "验收台账（截至2035年12月31日）")) == [
        ("declared_day_to_come", "2035-12-31", None)
    ]
    late = ledger(tmp_path, date="2025-11-02")
    assert contradictions(late) == [("event_after_declared_day", "2025-10-31", "2025-11-02")]
    assert [one.cell for one in late.findings if "declared" in one.rule_id] == ["A1"]
    assert {one.severity for one in late.findings if "declared" in one.rule_id} == {"warning"}


def test_a_ledger_of_one_township_declares_nothing_of_the_district(tmp_path):
    assert declared(ledger(tmp_path, "西火镇土地整治项目验收台账（截至2025年10月31日）")) == []


def test_the_period_of_other_reports_is_no_declared_day(tmp_path):
    got = normalize_rows(tmp_path, [["上党区2024年生态状况年报（截至2024年12月31日）"], ["乡镇代码"], ["140404103"]])
    assert declared(got) == []
