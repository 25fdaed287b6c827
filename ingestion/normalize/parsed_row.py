"""One data row of a sheet as typed values with their cells, reporting unit and period. Made by `row_parser`, checked by
`percents` and `sheet_checks`, and turned into rows of the submission table by `table`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

from contracts import Finding, catalogue, finding
from contracts.aggregation import FindingAggregator
from contracts.text import value_text
from ingestion.normalize.converted_value import ValueProblem

EMPTY: Mapping[str, Any] = MappingProxyType({})


@dataclass(slots=True)
class ParsedRow:
    """One data row. classes: of a wide sheet, (class code, heading cell, area, cell). merged: its township has become
    part of another.

    columns: letters of the fields' columns, shared by the rows of a sheet; elsewhere: cells of fields that stand above
    or below the rows. as_written: percentages as they stand, where they are stored otherwise. own_period: whether a cell of
    the row says the period. There may be hundreds of thousands: what most of them do not have is nothing of their own.
    """

    sheet: str | None
    row_no: int
    columns: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    values: dict[str, Any] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    classes: tuple[tuple[str, str, float | None, str], ...] = ()
    problems: tuple[ValueProblem, ...] = ()
    percent_signs: frozenset[str] = frozenset()
    as_written: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
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
        return value_text(self.as_written.get(name, self.values[name]))

    def report(self, findings: FindingAggregator) -> None:
        """Hands over the row's problems as findings, now that its reporting unit and period are known."""
        cells = self.cells if self.problems else {}
        for problem in self.problems:
            cell = problem.cell or cells.get(problem.field)
            findings.take(
                problem.rule_id,
                problem.field,
                cell,
                partial(self._finding, problem, cell),
                sheet=self.sheet,
                reporting_unit=self.reporting_unit,
                period=self.period,
                severity=problem.operands.get("severity") or catalogue()[problem.rule_id].severity,
            )

    def _finding(self, problem: ValueProblem, cell: str | None) -> Finding:
        return finding(
            problem.rule_id,
            reporting_unit=self.reporting_unit,
            period=self.period,
            sheet=self.sheet,
            field=problem.field,
            cell=cell,
            **problem.operands,
        )
