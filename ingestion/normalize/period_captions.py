"""Blocks of rows below each other under the same headings, each below a line that says of which period it is (第一季度, 第二季度):
a table for each. Called by `sheet_tables`.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from contracts import Contract, Finding, finding
from contracts.model import Grain
from contracts.reference import COUNTY_NAME
from contracts.text import without_blanks
from ingestion.normalize.headers import NUMBERED
from ingestion.normalize.heading_meaning import PART_OF_TIME
from ingestion.normalize.layout import TableLayout
from ingestion.normalize.named_period import ANY_YEAR, IN_TITLE, attempt, part_in, year_in
from ingestion.normalize.periods import find_period, in_figures
from ingestion.normalize.sheet_metadata import KEY_VALUE, LocatedText
from ingestion.readers.cells import RawRow, a1

MOST_BESIDE = 3  # lines such as 单位：吨 and 填报单位：… beside a caption
LEAST_VALUES = 2  # of a row below a caption that is one of its block: a lone text is a note, or another caption
QUARTER_LETTER, PUNCTUATION = re.compile(r"[Qq][1-4]"), re.compile(r"[\s()\[\]【】《》“”\"':,、.*—-]+")
BEFORE_ORDINAL = re.compile(r"^\(?[一二三四五六七八九十]{1,2}[、)](?=第)")
"""The number of a caption, 二、第三季度: of several quarters, each would have its 第, or none."""
BETWEEN_SEVERAL = re.compile(r"[\d一二三四五六七八九十]+月?[、,至到和及~—-]+")
INTRODUCES = ("以下数据为", "以下为", "以下是", "以下")
SAYS_NO_MORE = ("农村", "情况", "统计", "数据", "部分", "报表", "季报", "月报", "年报", "表", "份", "度", "年")
"""What a caption may say beside its period and the report's title."""


def caption_of(row: RawRow, contract: Contract) -> LocatedText | None:
    """What a row says of the period of the rows below it: a text that names one period of the contract's grain, or the quarter
    or month alone, and nothing else; beside it at most lines such as 单位：吨. None for any other row.
    """
    if len(row.values) - row.values.count(None) > MOST_BESIDE + 1:
        return None
    filled = [
        (column, value)
        for column, value in enumerate(row.values, start=1)
        if value is not None and not (isinstance(value, str) and KEY_VALUE.match(value))
    ]
    if len(filled) != 1:
        return None
    column, value = filled[0]
    if not isinstance(value, str):
        return None
    grain, text = contract.period.grain, BEFORE_ORDINAL.sub("", without_blanks(value))
    is_several = _names_several(text, grain)
    words = text if is_several else NUMBERED.sub("", text)
    plain = BETWEEN_SEVERAL.sub("", words) if is_several else words
    if not _names_period(words, grain) or not _says_no_more(plain, contract):
        return None
    return LocatedText(words, a1(row.no, column))


def _names_period(words: str, grain: Grain) -> bool:
    is_named = attempt(IN_TITLE, lambda: find_period(words, grain)).period or part_in(words, grain)
    return is_named is not None or _names_several(words, grain)


def _names_several(words: str, grain: Grain) -> bool:
    """Whether a text names several quarters or months without a year: 一、二季度 may be the second under the number one, and is
    asked about.
    """
    if grain == "year" or year_in(words):
        return False
    return attempt(IN_TITLE, lambda: find_period(f"{ANY_YEAR}年 {words}", grain)).several is not None


def _says_no_more(words: str, contract: Contract) -> bool:
    rest = QUARTER_LETTER.sub("", PART_OF_TIME.sub("", in_figures(words)))
    for word in (*INTRODUCES, contract.title.zh, COUNTY_NAME, *contract.recognise, *SAYS_NO_MORE):
        rest = rest.replace(word, "")
    return PUNCTUATION.sub("", rest) == ""


def caption_among(lines: Iterable[RawRow], contract: Contract) -> LocatedText | None:
    """The last of some lines that names quarters or months without a year, as the caption of one of several blocks does."""
    captions = [caption for row in lines if (caption := caption_of(row, contract))]
    return next((one for one in reversed(captions) if year_in(one.text) is None), None)


def by_captions(table: TableLayout, contract: Contract) -> list[TableLayout]:
    """The table itself, or a table for each block of its rows that a caption stands above. Rows above the first caption keep
    what the table says. Where a column gives the period of each row, a caption is no more than a note.
    """
    fields = {target.field for head in table.header for target in head.targets}
    if any(contract.fields[name].type == "period" for name in fields if name in contract.fields):
        return [table]
    captions = _with_rows_below(table, contract)
    if not captions:
        return [table]
    starts = [index for index, _ in captions]
    above = [row for row in table.above if caption_among([row], contract) is None]
    before = table.below[: starts[0]]
    has_rows = any(_has_values(row) for row in before)
    parts = [replace(table, below=before)] if has_rows else []
    ends = [*starts[1:], len(table.below)]
    for number, ((start, caption), end) in enumerate(zip(captions, ends, strict=True)):
        row, notes = table.below[start], before if number == 0 and not has_rows else []
        parts.append(
            replace(
                table,
                above=[*above, row],
                below=[*notes, *table.below[start + 1 : end]],
                heading_rows=[*table.heading_rows, row],
                caption=caption,
            )
        )
    return parts


def _has_values(row: RawRow) -> bool:
    return sum(value is not None for value in row.values) >= LEAST_VALUES


def _with_rows_below(table: TableLayout, contract: Contract) -> list[tuple[int, LocatedText]]:
    """The captions among a table's rows, with where they stand: those that a row with values follows before the next one, but
    the table's own title, as it stands on each page.
    """
    found: list[tuple[int, LocatedText]] = []
    rows = table.below
    for index, row in enumerate(rows):
        if (caption := caption_of(row, contract)) and not table.has_above(row):
            follows = rows[index + 1] if index + 1 < len(rows) else None
            if follows and _has_values(follows):
                found.append((index, caption))
    return found


def told_of_captions(tables: Iterable[TableLayout], sheet: str | None) -> list[Finding]:
    """A word on the blocks of a sheet whose period is that of the line above them."""
    captions = [table.caption for table in tables if table.caption]
    if not captions:
        return []
    found = "、".join(f"{caption.cell}“{caption.text}”" for caption in captions)
    return [finding("sheet.period_captions", sheet=sheet, cell=captions[0].cell, count=len(captions), found=found)]
