"""The same rows laid out anew: composed of an office's choices, with the true address of every cell."""

import copy
import random
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from contracts.places import township_name
from tests.support.other_layouts import words
from tests.support.other_layouts.grid import Sheet
from tests.support.other_layouts.office import Layout
from tests.support.other_layouts.records import Record, Source
from tests.support.other_layouts.sheet_layout import SheetWriter


@dataclass
class LaidOut:
    """A file to be written. stem: its name; records: what it says, with the addresses; control: its total rows."""

    stem: str
    sheets: list[Sheet]
    records: list[tuple[str | None, Record]]
    control: int
    layout: Layout


def lay_out(source: Source, wanted: Layout) -> LaidOut:
    """Lays a clean file's rows out as an office would. What a format or a dataset cannot have is left out."""
    rng = random.Random(wanted.seed)
    layout = _possible(source, wanted)
    rows = [copy.deepcopy(row) for row in source.rows]
    parts: list[tuple[str, list[Record]]] = [("Sheet1", rows)]
    if layout.sheets == "by period":
        parts = [
            (name, list(some))
            for name, some in groupby(sorted(rows, key=lambda row: str(row.period)), key=lambda row: str(row.period))
        ]
    elif layout.sheets == "by township":
        parts = [
            (township_name(code), list(some))
            for code, some in groupby(
                sorted(rows, key=lambda row: row.values["township_code"]), key=lambda row: row.values["township_code"]
            )
        ]
    writers = [SheetWriter(source, layout, rng, name, some) for name, some in parts]
    sheets = [writer.lay() for writer in writers]
    records = [(None if layout.is_text else writer.sheet.name, row) for writer in writers for row in writer.rows]
    return LaidOut(
        _stem(source, layout), _beside(sheets, layout), records, sum(writer.control for writer in writers), layout
    )


def _possible(source: Source, layout: Layout) -> Layout:
    several, is_event = len(source.periods) > 1, source.contract.period.from_date is not None
    changes: dict[str, Any] = {}
    if layout.is_text:
        changes |= {
            "sheets": "one",
            "beside": "nothing",
            "is_1904": False,
            "spacer": False,
            "joined": False,
            "hidden": "nothing",
        }
    elif layout.sheets == "by township" and (source.contract.reporting_unit.kind != "township" or several):
        changes["sheets"] = "by period"
    if changes.get("sheets", layout.sheets) == "one" and several:
        changes["period_in"] = "column"
    elif several:
        changes |= {"sheets": "by period", "period_in": "title"}
    if several and layout.above == "nothing":
        changes["above"] = "title"
    if changes.get("above", layout.above) == "nothing" and layout.unit_in == "above":
        changes["unit_in"] = "brackets"
    if is_event:
        changes |= {"period_in": "title", "sheets": "one"}
    elif layout.above == "nothing" and not several and layout.period_in in ("title", "line"):
        changes["period_in"] = "file"
    return replace(layout, **changes)


def _stem(source: Source, layout: Layout) -> str:
    period = (
        words.period_text(source.periods[0], source.contract.period.grain, layout.period_words)
        if layout.period_in == "file"
        else ""
    )
    endings = {"copy": " - 副本(2)", "dated": "20260115", "final": "（最终版2）", "plain": ""}
    return f"{period}{source.contract.title.zh}{endings[layout.file_name]}".replace("/", "-")


def _beside(sheets: list[Sheet], layout: Layout) -> list[Sheet]:
    """The sheets of the table among others that are none."""
    if layout.beside == "empty":
        return [*sheets, Sheet("空表2"), Sheet("空表3")]
    if layout.beside == "hidden draft":
        draft = copy.deepcopy(sheets[0])
        draft.name, draft.hidden = "草稿（勿报）", True
        return [draft, *sheets]
    other = Sheet("填表说明" if layout.beside == "instructions" else "代码表")
    if layout.beside == "instructions":
        for number, text in enumerate(
            (
                "填表说明",
                "1. 面积以公顷为单位，保留两位小数。",
                "2. 报送时间：次年2月底前。",
                "3. 2021年以前的数据不填。",
            ),
            start=1,
        ):
            other.put(number, 1, text)
        return [other, *sheets]
    if layout.beside == "code table":
        for number, row in enumerate(
            (("乡镇代码", "乡镇名称"), ("140404001", "韩店街道"), ("140404101", "苏店镇")), start=1
        ):
            other.put(number, 1, row[0])
            other.put(number, 2, row[1])
        return [*sheets, other]
    return sheets
