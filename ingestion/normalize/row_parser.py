"""Data rows of one table into parsed rows: every cell by its column's field, then township, period and reporting unit.
Called by `table` for each table of a sheet.
"""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from openpyxl.utils.cell import coordinate_from_string

from contracts import Contract
from contracts.text import is_null_token, value_text
from ingestion.normalize.columns import Column
from ingestion.normalize.converted_value import ConvertedValue, ValueProblem
from ingestion.normalize.normalization_log import SheetLog
from ingestion.normalize.numbers import is_stored_as_written, unit_named
from ingestion.normalize.parsed_row import ParsedRow
from ingestion.normalize.personal_data import may_hold_personal_numbers, without_personal_data
from ingestion.normalize.report_period import ReportPeriod
from ingestion.normalize.row_period import RowPeriods
from ingestion.normalize.row_township import RowTownships
from ingestion.normalize.rows import Cells
from ingestion.normalize.sheet_metadata import SheetMetadata
from ingestion.normalize.values import convert_cell, event_number
from ingestion.readers.cells import AS_PERCENT, BESIDE_TEXT, SHOWN_TEXT, RawRow, a1, column_letters

REMEMBERED = 20_000  # different cell contents: bounds the memory of a sheet of a million rows
NOTHING = ConvertedValue()


class RowParser:
    """Parses the data rows of a table.

    columns: what is read; metadata: the lines around the table, for what the rows do not say themselves; period: what
    title, sheet and file name say of it. log: what was converted so far.
    """

    def __init__(
        self,
        contract: Contract,
        columns: list[Column],
        metadata: SheetMetadata,
        period: ReportPeriod,
        sheet: str | None,
        file_name: str,
    ) -> None:
        self._contract = contract
        self._sheet = sheet
        self.log = SheetLog(sheet, columns)
        self._townships = RowTownships(contract, columns, metadata, sheet, file_name, self.log)
        self._periods = RowPeriods(contract, columns, period)
        self._classes = [column for column in columns if column.target.role == "class"]
        self._plain = [
            column
            for column in columns
            if column.target.role != "class" and column.field.type not in ("township", "period")
        ]
        self._stored_as_written = {
            column.number for column in columns if is_stored_as_written(column.field, column.measure_unit)
        }
        self._texts = {column.number for column in self._plain if may_hold_personal_numbers(column.field, contract)}
        self._letters = {column.field.name: column_letters(column.number) for column in self._plain}
        self._columns: dict[tuple[tuple[str, str], ...], Mapping[str, str]] = {}
        self._percents = {field.name for field in contract.fields.values() if field.type == "percent"}
        self._converted: dict[tuple[Any, ...], ConvertedValue] = {}

    @property
    def given_by_sheet(self) -> set[str]:
        """Fields that the sheet gives elsewhere than in its columns: the township in the 填报单位 line."""
        return {self._townships.field} if self._townships.field and self._townships.of_sheet else set()

    def parse(self, row: RawRow, cells: Cells) -> ParsedRow:
        """The typed values of one row."""
        parsed = ParsedRow(self._sheet, row.no, self._letters)
        as_written: dict[str, str] = {}
        for column in self._plain:
            self._take(parsed, row, cells, column, as_written)
        for column in self._classes:
            self._take_class(parsed, row, cells, column)
        places = self._take_township(parsed, row, cells, as_written) | self._take_period(parsed, row, cells)
        self._place(parsed, places)
        parsed.reporting_unit = self._reporting_unit(parsed, as_written)
        return parsed

    def _place(self, parsed: ParsedRow, places: dict[str, str]) -> None:
        """Where the township and the period stand: in columns of their own as a rule, which all rows share."""
        own = []
        for name, cell in places.items():
            letters, number = coordinate_from_string(cell)
            if number == parsed.row_no:
                own.append((name, letters))
        key = tuple(own)
        if key not in self._columns:
            self._columns[key] = {**self._letters, **dict(own)}
        parsed.columns = self._columns[key]
        if len(own) < len(places):
            parsed.elsewhere = {name: cell for name, cell in places.items() if name not in parsed.columns}

    def _is_without_value(self, parsed: ParsedRow, row: RawRow, cells: Cells, column: Column) -> bool:
        """Whether the cell has no value to read, with the problem that says why; a formula that gives a text without letters
        says nothing where texts stand. A merged number is a problem too.
        """
        if not cells.may_be_faulty:
            return False
        operands = {"title": column.title}
        if column.field.type == "text" and cells.has_blank_result(row, column.number):
            return True
        if cells.is_formula_without_value(row, column.number):
            where = a1(row.no, column.number)
            problem = ValueProblem("reading.formula_without_value", column.field.name, where, operands)
            parsed.problems += (problem,)
            return True
        how = cells.shown_otherwise(row, column.number)
        if cells.shown_as_percent(row, column.number) and column.measure_unit and column.measure_unit.kind != "percent":
            how = AS_PERCENT
        if how and not _shows_own_unit(how, column):
            shown = operands | {"found": value_text(cells.value(row, column.number)), "how": how}
            where = a1(row.no, column.number)
            parsed.problems += (ValueProblem("reading.shown_otherwise", column.field.name, where, shown),)
        if merged := cells.merged_over(row, column.number):
            problem = ValueProblem("reading.merged_value_cells", column.field.name, merged.address, operands)
            parsed.problems += (problem,)
        return False

    def _convert(self, value: Any, column: Column, shown_as_percent: bool, is_1904: bool) -> ConvertedValue:
        """A cell's value; the same cell content in the same column is converted once."""
        if value is None:
            return NOTHING
        if (
            value.__class__ is float
            and column.number in self._stored_as_written
            and not shown_as_percent
            and isfinite(value)
        ):
            return ConvertedValue(value or 0.0)  # there is no minus zero
        key = (column.number, shown_as_percent, type(value), value)
        if key not in self._converted:
            if len(self._converted) >= REMEMBERED:
                self._converted.clear()
            converted = convert_cell(value, column.field, column.measure_unit, shown_as_percent, is_1904)
            if column.number in self._texts:
                converted = without_personal_data(converted, column.field)
            self._converted[key] = converted
        return self._converted[key]

    def _take(self, parsed: ParsedRow, row: RawRow, cells: Cells, column: Column, as_written: dict[str, str]) -> None:
        """One field. as_written: gets a part of the reporting unit's key that could not be read."""
        name, value = column.field.name, cells.value(row, column.number)
        if self._is_without_value(parsed, row, cells, column):
            return
        converted = self._convert(value, column, cells.shown_as_percent(row, column.number), cells.is_1904)
        parsed.values[name] = converted.value
        if converted.conversion or column.number in self.log.converted:
            self.log.take(row.no, column, value, converted)
        if converted.value is None and value is not None and name in self._contract.reporting_unit.fields:
            as_written[name] = value_text(value)
        if name in self._percents and converted.value is not value:
            parsed.as_written = {**parsed.as_written, name: value}
        if converted.problems:
            parsed.problems += converted.problems
        if converted.percent_sign:
            parsed.percent_signs |= {name}

    def _take_class(self, parsed: ParsedRow, row: RawRow, cells: Cells, column: Column) -> None:
        """One class of a wide row; a dash says that the township has none of it."""
        value, where = cells.value(row, column.number), a1(row.no, column.number)
        area = None
        if not self._is_without_value(parsed, row, cells, column):
            converted = self._convert(value, column, False, cells.is_1904)
            area = 0.0 if isinstance(value, str) and is_null_token(value) else converted.value
            if converted.conversion or column.number in self.log.converted:
                self.log.take(row.no, column, value, converted)
            parsed.problems += tuple(
                ValueProblem(one.rule_id, one.field, where, one.operands | {"title": column.title})
                for one in converted.problems
            )
        parsed.classes += ((str(column.target.class_code), column.cell, area, where),)

    def _take_township(
        self, parsed: ParsedRow, row: RawRow, cells: Cells, as_written: dict[str, str]
    ) -> dict[str, str]:
        """Returns where it stands, by the field."""
        field = self._townships.field
        if field is None:
            return {}
        named = self._townships.of_row(row, cells)
        parsed.values[field] = named.code
        parsed.merged = named.merged
        parsed.problems += named.problems
        if named.as_written:
            as_written[field] = named.as_written
        return {field: named.cell} if named.cell else {}

    def _take_period(self, parsed: ParsedRow, row: RawRow, cells: Cells) -> dict[str, str]:
        """Returns where it stands, if in the row."""
        parsed.period, problem, column = self._periods.of_row(row, cells, parsed.values)
        if column is None:
            return {}
        if problem:
            parsed.problems += (problem,)
        parsed.own_period = problem is None
        return {"period": a1(row.no, column.number)}

    def _take_event_number(self, parsed: ParsedRow, name: str, written: str) -> str:
        """A document's number in its compared form; one without a digit may be a label or a remark, and is asked about."""
        number = parsed.values[name] = event_number(written)
        if number != written:
            self.log.note(parsed.cells[name], name, "number_form", written, number)
        if not any(map(str.isdecimal, number)):
            operands = {"title": self._contract.fields[name].zh, "found": written}
            parsed.problems += (ValueProblem("normalize.number_without_digit", name, operands=operands),)
        return number

    def _reporting_unit(self, parsed: ParsedRow, as_written: dict[str, str]) -> str:
        """The key of the reporting unit, from what is written where it cannot be resolved; the row's number where
        nothing is.
        """
        parts = []
        for name in self._contract.reporting_unit.fields:
            value = parsed.values.get(name) or as_written.get(name)
            if parsed.values.get(name) and self._contract.reporting_unit.kind == "event":
                value = self._take_event_number(parsed, name, str(value))
            parts.append(value)
        if not any(parts):
            return f"第{parsed.row_no}行"
        return "|".join(str(part or "—") for part in parts)


def _shows_own_unit(how: str, column: Column) -> bool:
    """Whether all that a cell's format adds is the unit that its column is written in, or words where none counts; what is
    counted may be named behind it (个村).
    """
    if how.startswith(BESIDE_TEXT):
        return not column.field.is_numeric
    if not how.startswith(SHOWN_TEXT):
        return False
    measure_unit, said = column.measure_unit, how.removeprefix(SHOWN_TEXT)
    if measure_unit is None or (named := unit_named(said)) == measure_unit:
        return True
    return (named is not None and not named.is_scaled) or (
        not measure_unit.is_scaled and said.startswith(measure_unit.spellings)
    )
