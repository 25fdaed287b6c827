"""The period of each data row: by its own period columns, else the date that the contract names, else what stands around
the table (`report_period`). Called by `row_parser`.
"""

from typing import Any

from contracts import Contract
from contracts.calendar import period_of_date
from contracts.model import Grain
from contracts.text import value_text
from ingestion.normalize.columns import Column
from ingestion.normalize.converted_value import ValueProblem
from ingestion.normalize.layout import TableLayout
from ingestion.normalize.named_period import COMPARED_WITH_ROWS, IN_COLUMN, year_in
from ingestion.normalize.periods import (
    InvalidPeriod,
    SeveralPeriods,
    UnclearMonth,
    find_period,
    number_in_words,
    period_of_cell,
)
from ingestion.normalize.report_period import ReportPeriod
from ingestion.normalize.rows import Cells
from ingestion.readers.cells import RawRow

REMEMBERED = 20_000  # different cells: bounds the memory of a sheet of a million rows, and a sheet has few periods


def period_of_first_row(table: TableLayout, data: list[RawRow], grain: Grain) -> str | None:
    """The period that the first row of data names in a column of its own; None where it names none, or no plain one."""
    at = next((head.column for head in table.header for one in head.targets if one.field == "period"), None)
    value = data[0].at(at) if at and data else None
    try:
        return None if value is None else period_of_cell(value, grain)
    except InvalidPeriod:
        return None


class RowPeriods:
    """Reads the period of each row of a table. period: what title, sheet and file name say."""

    def __init__(self, contract: Contract, columns: list[Column], period: ReportPeriod) -> None:
        self._source, self._grain = contract.period, contract.period.grain
        self._columns = [column for column in columns if column.field.type == "period"]
        self._period = period
        self._read: dict[tuple[Any, ...], tuple[str | None, ValueProblem | None]] = {}

    def of_row(
        self, row: RawRow, cells: Cells, values: dict[str, Any]
    ) -> tuple[str | None, ValueProblem | None, Column | None]:
        """The row's period, what is wrong with it, and the column where it stands, None where that is not in the row.

        values: of the row's other fields, for contracts whose period is that of a date.
        """
        if self._source.from_date:
            day = values.get(self._source.from_date)
            return period_of_date(day, self._grain) if day else self._period.period, None, None
        written = [(column, cells.value(row, column.number)) for column in self._columns]
        written = [(column, value) for column, value in written if value is not None]
        if not written:
            return self._period.period, None, None
        key = tuple((column.number, type(value), value) for column, value in written)
        if key not in self._read:
            if len(self._read) >= REMEMBERED:
                self._read.clear()
            self._read[key] = self._of_cells(written, self._grain)
        return *self._read[key], written[0][0]

    def _of_cells(self, written: list[tuple[Column, Any]], grain: Grain) -> tuple[str | None, ValueProblem | None]:
        """The period that a row's own cells name; where they name none, the sheet's, with the problem."""
        text = " ".join(_words(column, value) for column, value in written)
        try:
            found = period_of_cell(written[0][1], grain) if len(written) == 1 else None
            found = found or find_period(text, grain)
            if found is None and self._period.year and grain != "year":
                found = find_period(f"{self._period.year}年 {text}", grain)
            if found is None and (year := year_in(text)):
                return self._in_year(year, text)
        except UnclearMonth as error:
            return self._of_unclear(error)
        except SeveralPeriods as error:
            operands = {"found": error.written, "expected": error.last}
            return error.last, ValueProblem("normalize.several_periods", "period", operands=operands)
        except InvalidPeriod as error:
            return None, _invalid(error.written, error.rule_id)
        return (found, None) if found else (self._period.period, _invalid(text))

    def _in_year(self, year: str, text: str) -> tuple[str | None, ValueProblem | None]:
        """Of a row that names only the year: the quarter or month that is named around the table, in that year; asked about where
        another year is.
        """
        period = self._period.period
        if period is None or self._grain not in ("quarter", "month"):
            part = self._period.part
            return (f"{year}{part}", None) if part else (None, _invalid(text))
        own = year + period.removeprefix(period[: len(year)])
        if own == period or self._period.source in COMPARED_WITH_ROWS:
            return own, None
        operands = {"found": f"{IN_COLUMN} {year}", "expected": f"{self._period.source} {period}"}
        return own, ValueProblem("normalize.period_conflict", "period", operands=operands)

    def _of_unclear(self, error: UnclearMonth) -> tuple[str | None, ValueProblem | None]:
        """Of a number that may have lost a zero, the month that title or file name name too; else the earlier, asked about."""
        earlier, later = error.periods
        if self._period.period in error.periods:
            return self._period.period, None
        operands = {"found": error.written, "expected": earlier, "other": later}
        return earlier, ValueProblem("normalize.month_unclear", "period", operands=operands)


def _invalid(written: str, rule_id: str = InvalidPeriod.rule_id) -> ValueProblem:
    return ValueProblem(rule_id, "period", operands={"found": written})


def _words(column: Column, value: Any) -> str:
    """A period cell as words: a bare 1 under 季度 is 1季度."""
    return number_in_words(value_text(value), column.shown)
