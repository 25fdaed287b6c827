"""Data rows of one table as typed values with their cells, unit and period, before they become frame rows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from math import isfinite
from types import MappingProxyType
from typing import Any

from contracts import Contract, Finding, catalogue, finding
from contracts.aggregation import FindingAggregator
from contracts.model import Grain
from contracts.places import Place, township
from ingestion.normalize.columns import Column
from ingestion.normalize.conversion_kinds import conversion_of_township
from ingestion.normalize.normalization_log import NormalizationLog
from ingestion.normalize.numbers import is_none_mark
from ingestion.normalize.periods import InvalidPeriod, find_period, period_of_cell, period_of_date
from ingestion.normalize.report_period import SheetPeriod
from ingestion.normalize.rows import Cells
from ingestion.normalize.sheet_metadata import SheetMetadata, township_keys
from ingestion.normalize.townships import (
    Written,
    code_text,
    place_named,
    place_or_office,
    township_in,
    township_list,
    township_of,
)
from ingestion.normalize.values import (
    Converted,
    Problem,
    as_typed,
    convert_cell,
    event_number,
    is_stored_as_written,
    shown,
)
from ingestion.readers.cells import RawRow, a1, column_letters

RESOLVED = "normalize.township_code_resolved"
OF_PLACES = {"township_list": township_list, "place": place_or_office}
LOOSE_NAMES = ("填报单位",)
REMEMBERED = 20_000
NOTHING = Converted()
NOWHERE: Mapping[str, Any] = MappingProxyType({})
BARE_NUMBER = re.compile(r"^(?:\d{1,2}|[一二三四五六七八九十]{1,2})$")
PART_NAMES = {"季": "季度", "月": "月", "年": "年"}


@dataclass(slots=True)
class ParsedRow:
    """One data row. classes: of a wide sheet, (class code, heading cell, area, cell). merged: its township has become
    part of another.

    columns: letters of the fields' columns, shared by the rows of a sheet; elsewhere: cells of fields that stand above
    or below the rows.
    as_written: percentages as they stand, where they are stored otherwise. own_period: whether a cell of the row says
    the period.
    There may be hundreds of thousands: what most of them do not have is nothing of their own.
    """

    sheet: str | None
    row_no: int
    columns: Mapping[str, str] = field(default_factory=lambda: NOWHERE)
    values: dict[str, Any] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=lambda: NOWHERE)
    classes: tuple[tuple[str, str, float | None, str], ...] = ()
    problems: tuple[Problem, ...] = ()
    percent_signs: frozenset[str] = frozenset()
    as_written: Mapping[str, Any] = field(default_factory=lambda: NOWHERE)
    period: str | None = None
    own_period: bool = False
    reporting_unit: str = ""
    merged: bool = False

    @property
    def cells(self) -> dict[str, str]:
        """Address of each field's cell."""
        return {name: f"{letters}{self.row_no}" for name, letters in self.columns.items()} | dict(self.elsewhere)

    def written(self, name: str) -> str:
        """A percentage as it stands in its cell."""
        return shown(self.as_written.get(name, self.values[name]))

    def tell(self, folding: FindingAggregator) -> None:
        """Hands over the row's problems, now that its unit and period are known."""
        cells = self.cells if self.problems else {}
        for problem in self.problems:
            cell = problem.cell or cells.get(problem.field)
            folding.take(
                problem.rule_id,
                problem.field,
                cell,
                partial(self._finding, problem, cell),
                sheet=self.sheet,
                reporting_unit=self.reporting_unit,
                period=self.period,
                severity=problem.operands.get("severity") or catalogue()[problem.rule_id].severity,
            )

    def _finding(self, problem: Problem, cell: str | None) -> Finding:
        return finding(
            problem.rule_id,
            reporting_unit=self.reporting_unit,
            period=self.period,
            sheet=self.sheet,
            field=problem.field,
            cell=cell,
            **problem.operands,
        )


class RowParser:
    """Makes drafts of a table's data rows.

    columns: what is read; about: the lines around the table, for what the rows do not say themselves; period: what the
    sheet says of it.
    repairs: what was taken otherwise than it stands, so far.
    """

    def __init__(
        self,
        contract: Contract,
        columns: list[Column],
        about: SheetMetadata,
        period: SheetPeriod,
        sheet: str | None,
        file_name: str,
    ) -> None:
        self._contract = contract
        self._sheet = sheet
        self.conversions = NormalizationLog(sheet, columns)
        self._period = period
        self._townships = [column for column in columns if column.field.type == "township"]
        self._periods = [column for column in columns if column.field.type == "period"]
        self._classes = [column for column in columns if column.target.role == "class"]
        special = (*self._townships, *self._periods, *self._classes)
        self._plain = [column for column in columns if column not in special]
        self._stored_as_written = {
            column.number for column in columns if is_stored_as_written(column.field, column.measure_unit)
        }
        self._letters = {column.field.name: column_letters(column.number) for column in self._plain}
        self._columns: dict[tuple[tuple[str, str], ...], Mapping[str, str]] = {}
        self._percents = {field.name for field in contract.fields.values() if field.type == "percent"}
        self._converted: dict[tuple[Any, ...], Converted] = {}
        self._periods_read: dict[tuple[Any, ...], tuple[str | None, Problem | None]] = {}
        self.township_said = None if self._townships else self._said(about, file_name)

    def _said(self, about: SheetMetadata, file_name: str) -> tuple[Written, Written] | None:
        """Code and name of the one township whom the sheet is from, by its lines, else its title, its own or the file's
        name.
        """
        if not any(field.type == "township" for field in self._contract.fields.values()):
            return None
        codes, names = (about.first(keys) for keys in township_keys(self._contract))
        code = Written(code_text(codes.text), codes.cell, township(code_text(codes.text) or "")) if codes else Written()
        place = place_named(names.text) if names else None
        name = Written(names.text, names.cell, place) if names and place else Written()
        if code.text or name.text:
            return code, name
        for text, cell in (*((said.text, said.cell) for said in about.titles), (self._sheet, None), (file_name, None)):
            if found := township_in(text or ""):
                return Written(), Written(found.written_as, cell, found)
        return None

    def draft(self, row: RawRow, cells: Cells) -> ParsedRow:
        """The typed values of one row."""
        draft = ParsedRow(self._sheet, row.no, self._letters)
        as_written: dict[str, str] = {}
        for column in self._plain:
            self._take(draft, row, cells, column, as_written)
        for column in self._classes:
            self._take_class(draft, row, cells, column)
        places = self._take_township(draft, row, cells, as_written) | self._take_period(draft, row, cells)
        self._place(draft, places)
        draft.reporting_unit = self._unit(draft, as_written)
        return draft

    def _place(self, draft: ParsedRow, places: dict[str, str]) -> None:
        """Where the township and the period stand: in columns of their own as a rule, which all rows share."""
        number = str(draft.row_no)
        own = tuple(
            (name, letters) for name, cell in places.items() if (letters := cell.removesuffix(number)).isalpha()
        )
        if own not in self._columns:
            self._columns[own] = {**self._letters, **dict(own)}
        draft.columns = self._columns[own]
        if len(own) < len(places):
            draft.elsewhere = {name: cell for name, cell in places.items() if name not in draft.columns}

    def _spoiled(self, draft: ParsedRow, row: RawRow, cells: Cells, column: Column) -> bool:
        """Whether the cell has no value of its own, with the problem that says why."""
        if not cells.may_be_spoiled:
            return False
        where = a1(row.no, column.number)
        if cells.is_formula_without_value(row, column.number):
            draft.problems += (
                Problem("reading.formula_without_value", column.field.name, where, {"title": column.title}),
            )
        elif merged := cells.merged_over(row, column.number):
            draft.problems += (
                Problem("reading.merged_value_cells", column.field.name, merged.address, {"title": column.title}),
            )
        return cells.is_formula_without_value(row, column.number)

    def _convert(self, value: Any, column: Column, shown_as_percent: bool, is_1904: bool) -> Converted:
        """A cell's value; the same cell content in the same column is converted once."""
        if value is None:
            return NOTHING
        if (
            value.__class__ is float
            and column.number in self._stored_as_written
            and not shown_as_percent
            and isfinite(value)
        ):
            return Converted(value or 0.0)  # there is no minus zero
        key = (column.number, shown_as_percent, type(value), value)
        if key not in self._converted:
            if len(self._converted) >= REMEMBERED:
                self._converted.clear()
            self._converted[key] = convert_cell(value, column.field, column.measure_unit, shown_as_percent, is_1904)
        return self._converted[key]

    def _take(self, draft: ParsedRow, row: RawRow, cells: Cells, column: Column, as_written: dict[str, str]) -> None:
        """One field. as_written: gets a part of the unit's key that could not be read."""
        name, value = column.field.name, cells.value(row, column.number)
        if self._spoiled(draft, row, cells, column):
            return
        if (
            (of_places := OF_PLACES.get(column.field.type))
            and value is not None
            and not (isinstance(value, str) and is_none_mark(value))
        ):
            draft.values[name], problems = of_places(value, name)
            draft.problems += problems
            if any(problem.rule_id == RESOLVED for problem in problems):
                self.conversions.note(
                    a1(row.no, column.number), name, "former_township", value, shown(draft.values[name])
                )
            return
        converted = self._convert(value, column, cells.shown_as_percent(row, column.number), cells.is_1904)
        draft.values[name] = converted.value
        if converted.conversion or column.number in self.conversions.converted:
            self.conversions.take(row.no, column, value, converted)
        if converted.value is None and value is not None and name in self._contract.reporting_unit.fields:
            as_written[name] = shown(value)
        if name in self._percents and converted.value is not value:
            draft.as_written = {**draft.as_written, name: value}
        if converted.problem:
            draft.problems += (converted.problem,)
        if converted.percent_sign:
            draft.percent_signs |= {name}

    def _take_class(self, draft: ParsedRow, row: RawRow, cells: Cells, column: Column) -> None:
        """One class of a wide row; a dash says that the township has none of it."""
        value, where = cells.value(row, column.number), a1(row.no, column.number)
        area = None
        if not self._spoiled(draft, row, cells, column):
            converted = self._convert(value, column, False, cells.is_1904)
            area = 0.0 if isinstance(value, str) and is_none_mark(value) else converted.value
            if converted.conversion or column.number in self.conversions.converted:
                self.conversions.take(row.no, column, value, converted)
            if converted.problem:
                problem = converted.problem
                draft.problems += (
                    Problem(problem.rule_id, problem.field, where, problem.operands | {"title": column.title}),
                )
        draft.classes += ((str(column.target.class_code), column.cell, area, where),)

    def _take_township(self, draft: ParsedRow, row: RawRow, cells: Cells, as_written: dict[str, str]) -> dict[str, str]:
        """Returns where it stands, by the field."""
        places: dict[str, str] = {}
        name_of_field = next((name for name, field in self._contract.fields.items() if field.type == "township"), None)
        if name_of_field is None:
            return places
        code, name = self.township_said or (Written(), Written())
        for column in self._townships:
            value, where = cells.value(row, column.number), a1(row.no, column.number)
            if value is None or (isinstance(value, str) and is_none_mark(value)):
                places.setdefault(name_of_field, where)
            elif column.target.role == "name":
                text = shown(value)
                name = Written(text, where, place_named(text), strict=column.shown not in LOOSE_NAMES)
                self._note_township(where, name_of_field, value, name.place)
            else:
                digits = code_text(value) or ""
                code = Written(digits, where, township(digits) or place_named(digits))
                self._note_township(where, name_of_field, value, code.place)
        named = township_of(name_of_field, code, name)
        draft.values[name_of_field] = named.code
        draft.merged = named.merged
        draft.problems += named.problems
        if named.as_written:
            as_written[name_of_field] = named.as_written
        if named.cell:
            places[name_of_field] = named.cell
        return places

    def _note_township(self, where: str, field_name: str, value: Any, place: Place | None) -> None:
        """Notes a township that is written otherwise than by its code or name of today."""
        if place and (kind := conversion_of_township(as_typed(value), place)):
            self.conversions.note(where, field_name, kind, value, place.township_code)

    def _take_period(self, draft: ParsedRow, row: RawRow, cells: Cells) -> dict[str, str]:
        """Returns where it stands, if in the row."""
        grain = self._contract.period.grain
        if from_date := self._contract.period.from_date:
            day = draft.values.get(from_date)
            draft.period = period_of_date(day, grain) if day else self._period.period
            return {}
        written = [(column, cells.value(row, column.number)) for column in self._periods]
        written = [(column, value) for column, value in written if value is not None]
        draft.period = self._period.period
        if not written:
            return {}
        key = tuple((column.number, type(value), value) for column, value in written)
        if key not in self._periods_read:
            if len(self._periods_read) >= REMEMBERED:
                self._periods_read.clear()
            self._periods_read[key] = self._read_period(written, grain)
        draft.period, problem = self._periods_read[key]
        if problem:
            draft.problems += (problem,)
        draft.own_period = problem is None
        return {"period": a1(row.no, written[0][0].number)}

    def _read_period(self, written: list[tuple[Column, Any]], grain: Grain) -> tuple[str | None, Problem | None]:
        """The period that a row's own cells name; where they name none, the sheet's, with the problem."""
        text = " ".join(_period_words(column, value) for column, value in written)
        try:
            found = period_of_cell(written[0][1], grain) if len(written) == 1 else None
            found = found or find_period(text, grain)
            if found is None and self._period.year and grain != "year":
                found = find_period(f"{self._period.year}年 {text}", grain)
        except InvalidPeriod as error:
            return None, Problem("normalize.invalid_period", "period", operands={"found": error.written})
        return (
            (found, None)
            if found
            else (self._period.period, Problem("normalize.invalid_period", "period", operands={"found": text}))
        )

    def _unit(self, draft: ParsedRow, as_written: dict[str, str]) -> str:
        """The key of the reporting unit, from what is written where it cannot be resolved; the row's number where
        nothing is.
        """
        parts = []
        for name in self._contract.reporting_unit.fields:
            value = draft.values.get(name) or as_written.get(name)
            if value and self._contract.reporting_unit.kind == "event":
                written, value = str(value), event_number(str(value))
                draft.values[name] = value
                if value != written:
                    self.conversions.note(draft.cells[name], name, "number_form", written, value)
            parts.append(value)
        if not any(parts):
            return f"第{draft.row_no}行"
        return "|".join(str(part or "—") for part in parts)


def _period_words(column: Column, value: Any) -> str:
    """A period cell as words: a bare 1 under 季度 is 1季度."""
    text = shown(value)
    if BARE_NUMBER.match(text):
        return next((text + words for part, words in PART_NAMES.items() if part in column.shown), text)
    return text
