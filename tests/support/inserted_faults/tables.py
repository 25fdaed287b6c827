"""Clean tables laid out anew with faults in them, and what must be found there."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from openpyxl.utils.cell import coordinate_to_tuple

from contracts.model import Severity
from tests.support.other_layouts.grid import Sheet, Shown
from tests.support.other_layouts.lay_out import LaidOut, lay_out
from tests.support.other_layouts.office import Layout
from tests.support.other_layouts.records import Record, Source

Cell = tuple[int, str]  # row of the source, field


@dataclass
class Fault:
    """A fault, and how it must be answered.

    at: the cell that the finding names; None: any, or none. changed: values by row. written: what is typed over cells.
    layout: what the
    fault asks of the layout. alone: it concerns the whole file. more: rows that are added. finish: what is done to the
    laid-out file at the end, giving the cell that the finding names. also: rules of findings that follow from the
    fault.
    """

    rule: str
    severity: Severity = "error"
    at: Cell | None = None
    changed: dict[int, dict[str, Any]] = field(default_factory=dict)
    written: dict[Cell, Any] = field(default_factory=dict)
    layout: dict[str, Any] = field(default_factory=dict)
    alone: bool = False
    more: list[Record] = field(default_factory=list)
    finish: Callable[[LaidOut], str | None] | None = None
    also: tuple[str, ...] = ()

    @property
    def rows(self) -> set[int]:
        return {*self.changed, *(row for row, _ in self.written), *([self.at[0]] if self.at else [])}


@dataclass
class Inserted:
    """A file to be written. expected: rule, severity and cell (None: not said) of every finding; also: rules of what
    follows from these.
    """

    laid: LaidOut
    expected: list[tuple[str, Severity, str | None]]
    also: tuple[str, ...]


def insert(source: Source, layout: Layout, faults: list[Fault]) -> Inserted:
    """Lays a clean file's rows out with faults in them, which concern different rows."""
    rows = [copy.deepcopy(row) for row in source.rows]
    for fault in faults:
        for row, values in fault.changed.items():
            for name, value in values.items():
                (rows[row].classes if name in rows[row].classes else rows[row].values)[name] = value
        rows += fault.more
    demands = {name: value for fault in faults for name, value in fault.layout.items()}
    laid = lay_out(replace(source, rows=tuple(rows)), replace(layout, sheets="one", **demands))
    expected = []
    for fault in faults:
        for (row, name), value in fault.written.items():
            _type(laid, address(laid, row, name), value)
        place = fault.finish(laid) if fault.finish else address(laid, *fault.at) if fault.at else None
        expected.append((fault.rule, fault.severity, place))
    return Inserted(laid, expected, tuple(rule for fault in faults for rule in fault.also))


def address(laid: LaidOut, row: int, name: str) -> str:
    """The cell of a row's field, or of its class."""
    record = laid.records[row][1]
    return record.class_cells[name][1] if name in record.class_cells else record.cells[name]


def _type(laid: LaidOut, cell: str, value: Any) -> None:
    main_sheet(laid).cells[coordinate_to_tuple(cell)] = Shown(value)


def main_sheet(laid: LaidOut) -> Sheet:
    """The sheet that holds the rows."""
    name = laid.records[0][0]
    return next((sheet for sheet in laid.sheets if sheet.name == name and not sheet.hidden), laid.sheets[0])
