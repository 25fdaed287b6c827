"""The index of the receipts: a page with links, and a table that Excel opens and that computes nothing."""

import csv
import io
from html.parser import HTMLParser

from ingestion.receipts.index import HEADINGS, IndexRow, index_page, index_table

CLEAN = IndexRow(
    "生态年报.xlsx",
    "2026-01-20 10:05",
    "林业局",
    "生态状况年报",
    "2025年",
    "部分退回",
    (11, 9, 1, 1),
    "S20260120-000001",
    "林业局/生态年报-S20260120-000001",
)
HOSTILE = IndexRow(
    '=HYPERLINK("http://evil.example")<script>.csv',
    "2026-01-21 10:05",
    "@<b>",
    "",
    "",
    "无法读取",
    (0, 0, 0, 0),
    "S20260121-000002",
    "a b/#1?-S20260121-000002",
)


class Page(HTMLParser):
    """The links, tags and texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str | None] = []
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data):
        self.texts.append(data)


def test_the_table_has_a_byte_order_mark_and_a_row_for_each_receipt():
    text = index_table([CLEAN])
    assert text.startswith("\ufeff文件,收到时间,")
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert row == {
        "文件": "生态年报.xlsx",
        "收到时间": "2026-01-20 10:05",
        "报送人": "林业局",
        "报表": "生态状况年报",
        "报告期": "2025年",
        "结果": "部分退回",
        "读取行": "11",
        "接收行": "9",
        "未接收行": "1",
        "合计行": "1",
        "回执编号": "S20260120-000001",
        "回执": "林业局/生态年报-S20260120-000001",
    }


def test_no_name_becomes_a_formula_in_the_table():
    (row,) = csv.DictReader(io.StringIO(index_table([HOSTILE]).removeprefix("\ufeff")))
    assert row["文件"] == "'" + HOSTILE.file_name
    assert row["报送人"] == "'@<b>"


def test_the_page_leads_to_each_receipt():
    page = Page(index_page([CLEAN], "截至 2026-01-20"))
    folder = "%E6%9E%97%E4%B8%9A%E5%B1%80/%E7%94%9F%E6%80%81%E5%B9%B4%E6%8A%A5-S20260120-000001"
    assert page.links == [f"{folder}/receipt.txt", f"{folder}/"]
    texts = [text for text in page.texts if text.strip()]
    assert texts[-2 * len(HEADINGS) :] == [*HEADINGS, *map(str, CLEAN.values)]


def test_no_name_becomes_a_tag_of_the_page():
    page = Page(index_page([HOSTILE], ""))
    assert HOSTILE.file_name in page.texts and "@<b>" in page.texts
    assert not page.tags & {"script", "b"}
    assert page.links[0] == "a%20b/%231%3F-S20260121-000002/receipt.txt"
