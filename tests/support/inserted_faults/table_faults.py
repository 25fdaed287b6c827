"""Faults that any table may have: in cells, headings, keys, totals and periods."""

import copy
import random
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from openpyxl.utils.cell import coordinate_to_tuple

from contracts import Contract, FieldSpec, measure_units
from ingestion.readers.cells import a1
from tests.support.inserted_faults.tables import Cell, Fault, address, main_sheet
from tests.support.other_layouts.grid import Shown
from tests.support.other_layouts.lay_out import LaidOut
from tests.support.other_layouts.records import Record, Source

NOT_NUMBERS = ("约30", "3O.5", "12..5", "三十左右", "见附件", "1,23.4")
NOT_DATES = ("2025-02-30", "2025年13月1日", "待定", "2024.6.31")
CODE_RULES = {"stage": "normalize.unknown_stage", "conclusion": "normalize.unknown_conclusion"}
SUMMED_BY_RULES = ("full_score",)  # whose sum is judged: another figure is another sum


class InsertFaults:
    """Draws faults for one clean file."""

    def __init__(self, source: Source, before: dict[str, dict[str, Any]], rng: random.Random) -> None:
        self._source, self._before, self._rng = source, before, rng
        self._contract: Contract = source.contract
        self._fields = source.contract.columns

    def faults(self) -> Iterator[Fault]:
        """One of every kind that the file has a place for, in the order of the lot."""
        kinds = self._kinds()
        self._rng.shuffle(kinds)
        for kind in kinds:
            if (fault := kind()) is not None:
                yield fault

    def _kinds(self) -> list[Callable[[], Fault | None]]:
        return [
            self.no_number,
            self.negative,
            self.above_range,
            self.empty,
            self.half,
            self.unlisted,
            self.no_date,
            self.in_the_future,
            self.no_project,
            self.no_township,
            self.other_township,
            self.twice,
            self.wrong_total,
            self.other_period,
            self.no_period,
            self.no_column,
            self.fraction,
            self.odd_unit,
        ]

    def _row(self, *fields: str, above: float | None = None) -> int | None:
        """A row that has all these fields (more than a number in them)."""
        rows = [
            number
            for number, row in enumerate(self._source.rows)
            if all(self._value(row, name) is not None for name in fields)
            and (above is None or all(self._value(row, name) > above for name in fields))
        ]
        return self._rng.choice(rows) if rows else None

    @staticmethod
    def _value(row: Record, name: str) -> Any:
        return row.classes[name] if name in row.classes else row.values.get(name)

    def _place(self, suits: Callable[[FieldSpec], bool], above: float | None = None) -> Cell | None:
        """A row and a field that suits and is written there; a class of a wide sheet for its value field."""
        names = [name for name, spec in self._fields.items() if suits(spec) and name not in SUMMED_BY_RULES]
        self._rng.shuffle(names)
        for name in names:
            if name == self._contract.layout.value_field:
                name = self._rng.choice(sorted(self._source.rows[0].classes))
            if (row := self._row(name, above=above)) is not None:
                return row, name
        return None

    def no_number(self) -> Fault | None:
        at = self._place(lambda spec: spec.is_numeric)
        return at and Fault("normalize.text_in_numeric", at=at, written={at: self._rng.choice(NOT_NUMBERS)})

    def negative(self) -> Fault | None:
        at = self._place(lambda spec: spec.is_numeric and spec.min == 0 and spec.max is None)
        return at and Fault(
            "contract.negative_value", at=at, changed={at[0]: {at[1]: -float(self._rng.randint(1, 90))}}
        )

    def above_range(self) -> Fault | None:
        at = self._place(lambda spec: spec.max == 100)
        return at and Fault("contract.percent_out_of_range", at=at, changed={at[0]: {at[1]: 135.0}})

    def empty(self) -> Fault | None:
        keys = {*self._contract.reporting_unit.fields, *self._contract.key, self._contract.period.from_date}
        at = self._place(
            lambda spec: spec.required and spec.name not in keys and spec.type not in ("township", "project")
        )
        return at and Fault("contract.missing_value", at=at, changed={at[0]: {at[1]: None}})

    def half(self) -> Fault | None:
        at = self._place(lambda spec: spec.type == "count")
        return at and Fault("normalize.not_whole_number", at=at, written={at: 12.5}, layout={"totals": "none"})

    def unlisted(self) -> Fault | None:
        at = self._place(
            lambda spec: spec.list is not None and spec.list != "land_class" and spec.name not in self._contract.key
        )
        return at and Fault(
            CODE_RULES.get(str(self._fields[at[1]].list), "normalize.unknown_value"), at=at, written={at: "其它情形"}
        )

    def no_date(self) -> Fault | None:
        at = self._place(lambda spec: spec.type in ("date", "month") and spec.name != self._contract.period.from_date)
        return at and Fault("normalize.invalid_date", at=at, written={at: self._rng.choice(NOT_DATES)})

    def in_the_future(self) -> Fault | None:
        at = self._place(lambda spec: spec.not_future)
        return at and Fault("contract.future_date", at=at, changed={at[0]: {at[1]: date(2099, 6, 1)}})

    def no_project(self) -> Fault | None:
        rows = [number for number, row in enumerate(self._source.rows) if "-" in str(row.values.get("project_id"))]
        if self._contract.dataset == "performance" or not rows:
            return None
        at = (self._rng.choice(rows), "project_id")
        return Fault("normalize.unknown_project", at=at, written={at: self._rng.choice(("G7", "A9-01", "Z1"))})

    def no_township(self) -> Fault | None:
        at = self._place(lambda spec: spec.type == "township")
        layout, also = {"places": "code"}, ("sheet.missing_unit",)  # the township that the row was of is missing then
        return at and Fault("normalize.unknown_township", at=at, written={at: 140405101}, layout=layout, also=also)

    def other_township(self) -> Fault | None:
        at = self._place(lambda spec: spec.type == "township")
        if at is None:
            return None
        own = self._source.rows[at[0]].values[at[1]]
        other = self._rng.choice([code for code in ("140404102", "140404103", "140404201") if code != own])
        return Fault(
            "normalize.township_code_name_mismatch", at=at, written={at: other}, layout={"places": "code and name"}
        )

    def twice(self) -> Fault | None:
        row = self._rng.randrange(len(self._source.rows))
        copied = copy.deepcopy(self._source.rows[row])
        return Fault("contract.duplicate_key", more=[copied], layout={"totals": "none"}, alone=True)

    def wrong_total(self) -> Fault | None:
        at = self._place(lambda spec: spec.type in ("area", "money", "mass", "count"), above=0.0)
        if at is None or len(self._source.rows) < 2:
            return None

        def finish(laid: LaidOut) -> str:
            sheet = main_sheet(laid)
            column = coordinate_to_tuple(address(laid, *at))[1]
            last = max(
                coordinate_to_tuple(address(laid, row, name))[0]
                for row in range(len(laid.records))
                for name in (at[1],)
                if name in laid.records[row][1].cells or name in laid.records[row][1].class_cells
            )
            total = max(row for row, place in sheet.cells if place == column and row > last)
            sheet.cells[total, column] = Shown(float(str(sheet.cells[total, column].value)) * 1.1 + 1)
            return a1(total, column)

        demands = {
            "totals": "bottom",
            "below": "nothing",
            "numbers": "number",
            "inside": "nothing",
            "beneath": "nothing",
            "halves": False,
        }
        return Fault("sheet.total_row_mismatch", layout=demands, alone=True, finish=finish)

    def other_period(self) -> Fault | None:
        if len(self._source.periods) != 1 or self._contract.period.from_date:
            return None
        year = str(int(self._source.periods[0][:4]) - 1)

        def finish(laid: LaidOut) -> None:
            period = {"year": f"{year}年", "quarter": f"{year}年第二季度", "month": f"{year}年5月"}[
                self._contract.period.grain
            ]
            laid.stem = f"{period}{self._contract.title.zh}".replace("/", "-")

        return Fault(
            "normalize.period_conflict", layout={"period_in": "title", "above": "title"}, alone=True, finish=finish
        )

    def no_period(self) -> Fault | None:
        grain = self._contract.period.grain
        if len(self._source.periods) != 1 or self._contract.period.from_date or grain == "year":
            return None

        def finish(laid: LaidOut) -> None:
            sheet = main_sheet(laid)
            place = min(sheet.cells)
            wrong = "2025年第五季度" if grain == "quarter" else "2025年13月"
            sheet.cells[place] = Shown(f"上党区{wrong}{self._contract.title.zh}")

        return Fault(
            "normalize.invalid_period", layout={"period_in": "title", "above": "title"}, alone=True, finish=finish
        )

    def no_column(self) -> Fault | None:
        names = [
            name
            for name, spec in self._fields.items()
            if spec.required and spec.is_numeric and name in self._source.rows[0].values
        ]
        if not names:
            return None
        name = self._rng.choice(names)

        def finish(laid: LaidOut) -> None:
            sheet = main_sheet(laid)
            column = coordinate_to_tuple(address(laid, 0, name))[1]
            for place in [
                place for place in sheet.cells if place[1] == column and place[0] >= self._first_heading(laid, name)
            ]:
                del sheet.cells[place]

        demands = {"groups": "none", "unit_in": "brackets", "order": "printed", "halves": False, "beneath": "nothing"}
        return Fault("normalize.missing_required_column", layout=demands, alone=True, finish=finish)

    def _first_heading(self, laid: LaidOut, name: str) -> int:
        """Row of a field's heading: the last cell with words above its first value."""
        sheet = main_sheet(laid)
        row, column = coordinate_to_tuple(address(laid, 0, name))
        titles = self._fields[name].headers
        return max(
            at
            for at, place in sheet.cells
            if place == column and at < row and any(title[:2] in str(sheet.cells[at, place].value) for title in titles)
        )

    def fraction(self) -> Fault | None:
        at = self._place(lambda spec: spec.type == "percent", above=2.0)
        if at is None or (len(self._source.rows) < 3 and not self._fields[at[1]].numerator):
            return None
        value = self._source.rows[at[0]].values[at[1]]
        severity = self._fields[at[1]].fraction_severity
        return Fault(
            "normalize.percent_as_fraction",
            severity,
            at=at,
            written={at: round(value / 100, 5) - 0.00001 * (value == 100)},
            layout={"percents": "number", "numbers": "number"},
        )

    def odd_unit(self) -> Fault | None:
        names = [
            name
            for name, spec in self._fields.items()
            if spec.measure_unit and spec.measure_unit != "score" and name in self._source.rows[0].values
        ]
        names = [name for name in names if self._row(name) is not None]
        if not names:
            return None
        name = self._rng.choice(names)

        def finish(laid: LaidOut) -> str:
            sheet, row = main_sheet(laid), self._row(name)
            column = coordinate_to_tuple(address(laid, int(row or 0), name))[1]
            at = self._first_heading(laid, name)
            own = measure_units()[str(self._fields[name].measure_unit)].zh
            sheet.cells[at, column] = Shown(str(sheet.cells[at, column].value).replace(f"（{own}）", f"（千{own}）"))
            return a1(at, column)

        demands = {
            "unit_in": "brackets",
            "measure_units": "own",
            "groups": "none",
            "headings": "printed",
            "totals": "none",
            "inside": "nothing",
        }
        return Fault("normalize.unit_unknown", layout=demands, alone=True, finish=finish)
