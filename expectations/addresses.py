"""Addresses of values: the sheet and cell, or the feature, of a row and field of a submission table; and the errors
that were found there already. `suites` and `engine` place their findings with it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from contracts import Finding

ADDRESS_COLUMNS = ("row_id", "sheet", "row_no", "reporting_unit", "period", "cells", "feature")
# families of rules whose error about a whole column means that it could not be read
LEAVE_NO_VALUE = ("reading.", "normalize.")
MOST_CELLS = 100_000  # of a range whose cells are looked at one by one; a larger one is about a whole sheet
A1 = re.compile(r"^([A-Z]{1,3})(\d+)(?::([A-Z]{1,3})(\d+))?$")


@dataclass(frozen=True)
class Address:
    """Keywords of a finding: where a field of a row stands, and its reporting unit and period."""

    reporting_unit: str | None
    period: str | None
    sheet: str | None
    cell: str | None
    feature: str | None
    field: str | None

    def as_keywords(self) -> dict[str, Any]:
        """As `contracts.finding` takes it."""
        return dict(vars(self))

    @property
    def place(self) -> str:
        """As a message names it: the cell, the feature, or the unit."""
        return self.cell or self.feature or self.reporting_unit or ""


class Addresses:
    """Addresses of a submission table's rows, looked up only for the rows that are asked for."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table.select(list(ADDRESS_COLUMNS))
        self._position = {row_id: position for position, row_id in enumerate(table.column("row_id").to_pylist())}
        self._columns: dict[str, list[Any]] = {}
        self._cells: dict[str | None, list[str | None]] = {}

    def at(self, row_id: int, field: str | None) -> Address:
        """Address of a row's field. A field without a cell of its own (read from a title line) has none."""
        position = self._position[row_id]
        reporting_unit, period, sheet, feature = (
            self._column(name)[position] for name in ("reporting_unit", "period", "sheet", "feature")
        )
        return Address(
            reporting_unit=reporting_unit,
            period=period,
            sheet=sheet,
            cell=self._cells_of(field)[position],
            feature=feature,
            field=field,
        )

    def _column(self, name: str) -> list[Any]:
        if name not in self._columns:
            self._columns[name] = self._table.column(name).to_pylist()
        return self._columns[name]

    def _cells_of(self, field: str | None) -> list[str | None]:
        """The cell of a field in every row."""
        import pyarrow.compute as pc

        if field not in self._cells:
            found = pc.map_lookup(self._table.column("cells"), pa.scalar(field, pa.string()), "last") if field else None
            self._cells[field] = found.to_pylist() if found is not None else [None] * self._table.num_rows
        return self._cells[field]

    def of_key(self, row_id: int, key: Iterable[str]) -> Address:
        """Address of a row's business key: the first of its fields that has a cell."""
        position, fields = self._position[row_id], list(key)
        return self.at(row_id, next((name for name in fields if self._cells_of(name)[position]), fields[0]))


class Reported:
    """Errors already found in a submission: what they explain is not reported a second time."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self._cells: set[tuple[str | None, str]] = set()
        self._features: set[tuple[str, str | None]] = set()
        self._columns: set[str | None] = set()
        self._fields_of_units: set[tuple[str | None, str, str | None]] = set()
        self._reporting_units: set[str] = set()
        self._all_reporting_units = False
        for finding in findings:
            self.add(finding)

    def add(self, finding: Finding) -> None:
        """Take note of a finding; only errors count."""
        if finding.severity != "error":
            return
        self._cells.update((finding.sheet, cell) for cell in cells_of(finding.cell))
        self._features.update((feature, finding.field) for feature in (finding.feature or "").split("|") if feature)
        if finding.reporting_unit is not None:
            self._reporting_units.add(finding.reporting_unit)
            self._fields_of_units.add((finding.field, finding.reporting_unit, finding.period))
        else:
            self._all_reporting_units = True
            if finding.rule_id.startswith(LEAVE_NO_VALUE):
                self._columns.add(finding.field)

    def as_table(self) -> pa.Table:
        """The errors as a relation for rules: reporting_unit (null: the whole file) and field."""
        return pa.Table.from_pylist(
            [{"reporting_unit": None, "field": field} for field in self._columns]
            + [
                {"reporting_unit": reporting_unit, "field": field} for field, reporting_unit, _ in self._fields_of_units
            ],
            schema=pa.schema([("reporting_unit", pa.string()), ("field", pa.string())]),
        )

    def holds(self, reporting_unit: str | None) -> bool:
        """Whether an error holds this unit already."""
        return self._all_reporting_units or reporting_unit in self._reporting_units

    def at(self, address: Address) -> bool:
        """Whether an error stands at this very cell, or at this field of this feature."""
        if address.cell:
            return (address.sheet, address.cell) in self._cells
        return address.feature is not None and (address.feature, address.field) in self._features

    def explains_null(self, address: Address) -> bool:
        """Whether an error explains already why the field is empty there: at the cell, for the whole column, or for
        this unit's field.
        """
        return (
            self.at(address)
            or address.field in self._columns
            or bool(
                {(address.field, address.reporting_unit, address.period), (address.field, address.reporting_unit, None)}
                & self._fields_of_units
            )
        )


def cells_of(written: str | None) -> list[str]:
    """Cells of an A1 address or range, D7:E8 as D7, E7, D8, E8. What is no address gives none, nor does a range beyond
    the limit.
    """
    found = A1.match(written or "")
    if not found:
        return []
    first_column, first_row, last_column, last_row = found.groups()
    if last_column is None:
        return [f"{first_column}{first_row}"]
    from openpyxl.utils import column_index_from_string, get_column_letter

    columns = range(column_index_from_string(first_column), column_index_from_string(last_column) + 1)
    if len(columns) * (int(last_row) - int(first_row) + 1) > MOST_CELLS:
        return []
    letters = [get_column_letter(column) for column in columns]
    return [f"{column}{row}" for row in range(int(first_row), int(last_row) + 1) for column in letters]
