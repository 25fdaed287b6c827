"""The same rows laid out anew: composed of an office's choices, with the true address of every cell."""

import copy
import random
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from contracts.places import township_name
from tests.ingestion.relaid import words
from tests.ingestion.relaid.grid import Sheet, Shown
from tests.ingestion.relaid.headings import Column, columns, with_unit
from tests.ingestion.relaid.office import Layout
from tests.ingestion.relaid.records import Record, Source

SUMMED = ("area", "money", "mass", "count")
REPAIRS = {"conform.value_repaired", "conform.unit_missing", "conform.township_code_resolved", "reading.hidden_sheet"}


@dataclass
class Relaid:
    """A file to be written. stem: its name; records: what it says, with the addresses; control: its total rows."""

    stem: str
    sheets: list[Sheet]
    records: list[tuple[str | None, Record]]
    control: int
    layout: Layout


def relay(source: Source, wanted: Layout) -> Relaid:
    """Lays a clean file's rows out as an office would. What a format or a dataset cannot have is left out."""
    rng = random.Random(wanted.seed)
    layout = _possible(source, wanted)
    rows = [copy.deepcopy(row) for row in source.rows]
    parts: list[tuple[str, list[Record]]] = [("Sheet1", rows)]
    if layout.sheets == "by period":
        parts = [
            (name, list(some)) for name, some in groupby(sorted(rows, key=lambda row: str(row.period)), key=lambda row: str(row.period))
        ]
    elif layout.sheets == "by township":
        parts = [
            (township_name(code), list(some))
            for code, some in groupby(
                sorted(rows, key=lambda row: row.values["township_code"]), key=lambda row: row.values["township_code"]
            )
        ]
    desks = [_Desk(source, layout, rng, name, some) for name, some in parts]
    sheets = [desk.lay() for desk in desks]
    records = [(None if layout.is_text else desk.sheet.name, row) for desk in desks for row in desk.rows]
    return Relaid(_stem(source, layout), _beside(sheets, layout), records, sum(desk.control for desk in desks), layout)


def _possible(source: Source, layout: Layout) -> Layout:
    several, is_event = len(source.periods) > 1, source.contract.period.from_date is not None
    changes: dict[str, Any] = {}
    if layout.is_text:
        changes |= {"sheets": "one", "beside": "nothing", "is_1904": False, "spacer": False, "joined": False}
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
    period = words.period_text(source.periods[0], source.contract.period.grain, layout.period_words) if layout.period_in == "file" else ""
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
            ("填表说明", "1. 面积以公顷为单位，保留两位小数。", "2. 报送时间：次年2月底前。", "3. 2021年以前的数据不填。"), start=1
        ):
            other.put(number, 1, text)
        return [other, *sheets]
    if layout.beside == "code table":
        for number, row in enumerate((("乡镇代码", "乡镇名称"), ("140404001", "韩店街道"), ("140404101", "苏店镇")), start=1):
            other.put(number, 1, row[0])
            other.put(number, 2, row[1])
        return [*sheets, other]
    return sheets


class _Desk:
    """Lays out one sheet."""

    def __init__(self, source: Source, layout: Layout, rng: random.Random, name: str, rows: list[Record]) -> None:
        self._source, self._layout, self._rng, self.rows = source, layout, rng, rows
        self._grain = source.contract.period.grain
        self.sheet = Sheet(name)
        self.control = 0
        self._township = name if layout.sheets == "by township" else None
        self._columns = columns(source, layout, rng, rows, self._township is not None, layout.period_in == "column")
        self._left = layout.shift[1] + 1
        self._row = layout.shift[0] + 1
        self._told_at: str | None = None
        self._data_rows: list[int] = []

    def lay(self) -> Sheet:
        self._above()
        self._heading()
        top = self._layout.totals == "top"
        if top:
            self._total(self.rows, "合计")
        half = len(self.rows) // 2
        for number, row in enumerate(self.rows):
            if number == half and number:
                self._between(half)
            self._data(number, row)
        if self._layout.totals == "with subtotals" and len(self.rows) > 3:
            self._total(self.rows[half:], "小计")
        if self._layout.totals not in ("none", "top"):
            self._total(self.rows, {"spaced": "合　计", "district": "上党区"}.get(self._layout.totals, "合计"))
        if self._layout.joined:
            self._join()
        self._below()
        return self.sheet

    def _join(self) -> None:
        """Names and numbers of places and projects that repeat from row to row stand once, in a merged cell."""
        for place, column in enumerate(self._columns):
            if not (column.role in ("code", "name") or (column.field and column.field.type == "project")):
                continue
            at = self._left + place
            for _, some in groupby(enumerate(self._data_rows), key=lambda pair: (pair[1] - pair[0], self.sheet.cells.get((pair[1], at)))):
                rows = [row for _, row in some]
                for row in rows[1:]:
                    self.sheet.cells.pop((row, at), None)
                self.sheet.merge(rows[0], at, rows[-1], at)

    def _above(self) -> None:
        layout, title = self._layout, self._source.contract.title.zh
        period = words.period_text(self.rows[0].period, self._grain, layout.period_words) if self.rows[0].period else ""
        if layout.above == "nothing":
            return
        if layout.above == "form":
            self._line("附件2")
        self._line(f"上党区{period if layout.period_in == 'title' else ''}{title}", is_title=True)
        if layout.period_in == "line":
            self._line(f"填报期：{period}")
        if layout.above != "title":
            self._told_at = self._line(f"填报单位（盖章）：{self._township or '上党区自然资源局'}")
            self._line("填报日期：2026年1月8日")
        if layout.above == "form":
            self._line("制表机关：长治市统计局")
            self._line("有效期至2027年12月")
        if layout.unit_in == "above":
            written = dict.fromkeys(one.unit.zh for one in self._columns if one.unit and one.unit.kind in ("area", "money", "mass"))
            if written:
                self.sheet.put(self._row, self._left + 1, f"单位：{'、'.join(written)}")
                self._row += 1

    def _line(self, text: str, is_title: bool = False) -> str:
        where = self.sheet.put(self._row, self._left, text)
        if is_title:
            self.sheet.merge(self._row, self._left, self._row, self._left + len(self._columns) - 1)
        self._row += 1
        return where

    def _heading(self) -> None:
        layout, grouped = self._layout, any(one.group for one in self._columns)
        levels = [[None] * len(self._columns)] if layout.groups in ("over all", "three rows") else []
        if levels:
            levels[0] = ["主要指标" if one.role in ("value", "class") else None for one in self._columns]
        if grouped:
            levels.append([one.group for one in self._columns])
        self._leaf = self._row + len(levels)
        for depth, level in enumerate(levels):
            for text, some in groupby(enumerate(level), key=lambda pair: pair[1]):
                places = [place for place, _ in some]
                if text:
                    self.sheet.put(self._row + depth, self._left + places[0], text)
                    self.sheet.merge(self._row + depth, self._left + places[0], self._row + depth, self._left + places[-1])
        self._headed = {}
        for place, column in enumerate(self._columns):
            over = max((self._row + depth + 1 for depth, level in enumerate(levels) if level[place]), default=self._row)
            if column.role != "blank":
                self._headed[place] = self.sheet.put(over, self._left + place, with_unit(column, layout))
                self.sheet.merge(over, self._left + place, self._leaf, self._left + place)
        first, self._row = self._row, self._leaf + 1
        self._heading_rows = (first, self._leaf)
        if layout.unit_in == "row":
            for place, column in enumerate(self._columns):
                if column.unit:
                    self.sheet.put(self._row, self._left + place, f"（{column.unit.zh}）")
            self._row += 1

    def _between(self, half: int) -> None:
        layout = self._layout
        if layout.totals == "with subtotals" and len(self.rows) > 3:
            self._total(self.rows[:half], "小计")
        if layout.inside == "blank rows":
            self._row += 2
        elif layout.inside in ("heading again", "page breaks"):
            if layout.inside == "page breaks":
                self._line("（续表）")
            first, last = self._heading_rows
            for row in range(first, last + 1):
                for (at, column), shown in list(self.sheet.cells.items()):
                    if at == row:
                        self.sheet.put(self._row, column, shown)
                self._row += 1

    def _data(self, number: int, row: Record) -> None:
        for place, column in enumerate(self._columns):
            where = (self._row, self._left + place)
            shown = self._shown(number, row, column)
            address = self.sheet.put(*where, shown)
            if column.role == "class":
                row.class_cells[str(column.class_code)] = (self._headed[place], address)
            elif column.role == "code" or (column.role == "name" and "township_code" not in row.cells):
                row.cells["township_code"] = address
            elif column.role in ("value", "period") and column.field:
                row.cells[column.field.name] = address
        if self._township and self._told_at:
            row.cells["township_code"] = self._told_at
        self._data_rows.append(self._row)
        self._row += 1

    def _shown(self, number: int, row: Record, column: Column) -> Any:
        layout, field = self._layout, column.field
        if column.role == "extra":
            return {"序号": number + 1, "备注": "已核实" if number == 1 else None, "审核意见": "同意", "是否变化": "否"}.get(
                column.heading, "张某"
            )
        if column.role == "blank" or field is None:
            return None
        if column.role == "period":
            return words.period_cell(str(row.period), self._grain, layout.period_words)
        value = row.classes[str(column.class_code)] if column.role == "class" else row.values[field.name]
        if column.role in ("code", "name"):
            return (words.township_code if column.role == "code" else words.township)(value, layout)
        if value is None:
            return None if field.required or (field.type == "text" and layout.nothing == "无") else layout.nothing
        if field.is_numeric:
            return words.number(value, field, column.unit, layout)
        if field.type == "township_list":
            return words.townships(value, self._rng)
        if field.list:
            return words.code(value, field, layout, self._rng)
        ways = {"date": words.day, "month": words.month, "project": words.project}
        return ways[field.type](value, layout) if field.type in ways else value

    def _total(self, rows: list[Record], label: str) -> None:
        """A row of sums over what is written, its label in the first column that names the rows."""
        if len(self.rows) < 2:
            return
        named = [
            place for place, one in enumerate(self._columns) if one.role in ("code", "name") or (one.field and one.field.type == "project")
        ]
        is_of_townships = self._source.contract.reporting_unit.kind == "township"
        if label == "上党区" and not (is_of_townships and any(self._columns[place].role == "name" for place in named)):
            label = "合计"
        labelled = named[-1] if named and self._layout.totals != "in the first column" else 0
        if label == "上党区":
            labelled = next(place for place in named if self._columns[place].role == "name")
        self.sheet.put(self._row, self._left + labelled, label)
        for place, column in enumerate(self._columns):
            if place == labelled or column.field is None or column.field.type not in SUMMED or column.role not in ("value", "class"):
                continue
            values = [row.classes[str(column.class_code)] if column.role == "class" else row.values[column.field.name] for row in rows]
            written = [
                words.number(value, column.field, column.unit, replace(self._layout, numbers="text"))
                for value in values
                if value is not None
            ]
            if written:
                total = sum((Decimal(shown.value) for shown in written), Decimal(0))
                self.sheet.put(
                    self._row, self._left + place, Shown(f"{total:f}") if self._layout.numbers == "text" else Shown(float(total))
                )
        self.control += 1
        self._row += 1

    def _below(self) -> None:
        way, right = self._layout.below, self._left + max(len(self._columns) - 2, 1)
        if way == "notes":
            self._row += 1
            self._line("注：1.面积按国土变更调查口径；2.数据截至12月31日。")
            self._line("数据来源：2025年度国土变更调查")
        elif way == "signatures":
            self._line("填报人：张某    审核人：李某    单位负责人：王某    填报日期：2026年1月8日")
        elif way == "spread signatures":
            for place, text in enumerate(("单位负责人：", "王某", "填报人：", "张某", "联系电话：", "0355-8012345")):
                self.sheet.put(self._row, self._left + place, text)
        elif way == "stamp and date":
            self.sheet.put(self._row + 1, right, "（单位盖章）")
            self.sheet.put(self._row + 2, right, "2026年1月8日")
