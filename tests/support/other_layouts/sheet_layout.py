"""One sheet as an office lays it out: what stands above the table, its headings, rows and totals, and what stands below
it.
"""

import random
from dataclasses import replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from tests.support.other_layouts import words
from tests.support.other_layouts.beneath import put_beneath
from tests.support.other_layouts.grid import Sheet, Shown
from tests.support.other_layouts.headings import Column, columns, with_unit
from tests.support.other_layouts.office import Layout
from tests.support.other_layouts.records import Record, Source

SUMMED = ("area", "money", "mass", "count")


class SheetWriter:
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
        first, left = self._row, self._left
        self._heading()
        if self._layout.totals == "top":
            self._total(self.rows, "合计")
        half = len(self.rows) // 2
        in_halves = self._layout.halves and len(self.rows) > 3
        ends = []
        for number, row in enumerate(self.rows):
            if number == half and in_halves:
                ends.append(self._end_of_half(half))
                self._row, self._left = first, left + len(self._columns) + 1
                self._heading()
            elif number == half and number:
                self._between(half)
            self._data(number, row)
        if self._layout.totals == "with subtotals" and len(self.rows) > 3:
            self._total(self.rows[half:], "小计")
        if self._layout.totals not in ("none", "top"):
            self._total(self.rows, {"spaced": "合　计", "district": "上党区"}.get(self._layout.totals, "合计"))
        self._finish_rows()
        self._row, self._left = max([self._row, *ends]), left
        self._below()
        put_beneath(self.sheet, self._layout.beneath, self._left)
        return self.sheet

    def _end_of_half(self, half: int) -> int:
        """Ends the left half; the row after it."""
        if self._layout.totals == "with subtotals":
            self._total(self.rows[:half], "小计")
        self._finish_rows()
        return self._row

    def _finish_rows(self) -> None:
        """What is done to rows once they all stand."""
        if self._layout.joined:
            self._join()
        if self._layout.hidden == "rows":
            self.sheet.hidden_rows.update(self._data_rows[1:3], self._data_rows[-1:])
        wanted = {"columns": ("value", "class"), "own columns": ("extra", "blank")}.get(self._layout.hidden, ())
        places = [place for place, column in enumerate(self._columns) if column.role in wanted]
        self.sheet.hidden_columns.update(self._left + place for place in places[-2:])
        self._data_rows = []

    def _join(self) -> None:
        """Names and numbers of places and projects that repeat from row to row stand once, in a merged cell."""
        for place, column in enumerate(self._columns):
            if not (column.role in ("code", "name") or (column.field and column.field.type == "project")):
                continue
            at = self._left + place
            for _, some in groupby(
                enumerate(self._data_rows), key=lambda pair: (pair[1] - pair[0], self.sheet.cells.get((pair[1], at)))
            ):
                rows = [row for _, row in some]
                for row in rows[1:]:
                    self.sheet.cells.pop((row, at), None)
                self.sheet.merge(rows[0], at, rows[-1], at)

    def _above(self, again: bool = False) -> None:
        layout, title = self._layout, self._source.contract.title.zh
        period = words.period_text(self.rows[0].period, self._grain, layout.period_words) if self.rows[0].period else ""
        if layout.above == "nothing":
            return
        if layout.above == "form":
            self._line("附件2")
        more = "（续）" if again and layout.seed % 2 else ""
        self._line(f"上党区{period if layout.period_in == 'title' else ''}{title}{more}", is_title=True)
        if layout.period_in == "line":
            self._line(f"填报期：{period}")
        if layout.above != "title":
            told_at = self._line(f"填报单位（盖章）：{self._township or '上党区自然资源局'}")
            self._told_at = self._told_at or told_at
            self._line("填报日期：2026年1月8日")
        if layout.above == "form":
            self._line("制表机关：长治市统计局")
            self._line("有效期至2027年12月")
        if layout.unit_in == "above":
            written = dict.fromkeys(
                one.measure_unit.zh
                for one in self._columns
                if one.measure_unit and one.measure_unit.kind in ("area", "money", "mass")
            )
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
                    self.sheet.merge(
                        self._row + depth, self._left + places[0], self._row + depth, self._left + places[-1]
                    )
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
                if column.measure_unit:
                    self.sheet.put(self._row, self._left + place, f"（{column.measure_unit.zh}）")
            self._row += 1

    def _between(self, half: int) -> None:
        layout = self._layout
        if layout.totals == "with subtotals" and len(self.rows) > 3:
            self._total(self.rows[:half], "小计")
        if layout.inside == "blank rows":
            self._row += 2
        elif layout.inside == "title again":
            headed = self._headed
            self._row += 2
            self._above(again=True)
            self._heading()
            self._headed = headed
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
            remarks = {1: "已核实", 2: "注：含飞地"}
            serial = number + 1 + (number // 3 if layout.serials == "with gaps" else 0)
            return {"序号": serial, "备注": remarks.get(number), "审核意见": "同意", "是否变化": "否"}.get(
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
            return words.number(value, field, column.measure_unit, layout)
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
            place
            for place, one in enumerate(self._columns)
            if one.role in ("code", "name") or (one.field and one.field.type == "project")
        ]
        is_of_townships = self._source.contract.reporting_unit.kind == "township"
        if label == "上党区" and not (is_of_townships and any(self._columns[place].role == "name" for place in named)):
            label = "合计"
        labelled = named[-1] if named and self._layout.totals != "in the first column" else 0
        if label == "上党区":
            labelled = next(place for place in named if self._columns[place].role == "name")
        self.sheet.put(self._row, self._left + labelled, label)
        for place, column in enumerate(self._columns):
            if (
                place == labelled
                or column.field is None
                or column.field.type not in SUMMED
                or column.role not in ("value", "class")
            ):
                continue
            values = [
                row.classes[str(column.class_code)] if column.role == "class" else row.values[column.field.name]
                for row in rows
            ]
            written = [
                words.number(value, column.field, column.measure_unit, replace(self._layout, numbers="text"))
                for value in values
                if value is not None
            ]
            if written:
                total = sum((Decimal(shown.value) for shown in written), Decimal(0))
                self.sheet.put(
                    self._row,
                    self._left + place,
                    Shown(f"{total:f}") if self._layout.numbers == "text" else Shown(float(total)),
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
