"""Sheets as an office would leave them: cells at places, with formats and merged ranges."""

from dataclasses import dataclass, field
from typing import Any

from ingestion.readers.cells import a1

GENERAL = "General"


@dataclass(frozen=True)
class Shown:
    """A cell's value and the number format that it is shown in."""

    value: Any
    number_format: str = GENERAL


@dataclass
class Sheet:
    """A sheet under construction; rows and columns, those that are hidden too, are 1-based. merged: (top, left, bottom,
    right).
    """

    name: str = "Sheet1"
    cells: dict[tuple[int, int], Shown] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)

    def put(self, row: int, column: int, value: Any, number_format: str = GENERAL) -> str:
        """Writes a cell (nothing, where the value is None) and returns its address."""
        if isinstance(value, Shown):
            value, number_format = value.value, value.number_format
        if value is not None:
            self.cells[row, column] = Shown(value, number_format)
        return a1(row, column)

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        if (top, left) != (bottom, right):
            self.merged.append((top, left, bottom, right))

    @property
    def height(self) -> int:
        return max((row for row, _ in self.cells), default=0)

    @property
    def width(self) -> int:
        return max((column for _, column in self.cells), default=0)

    def rows(self) -> list[list[Shown | None]]:
        """Every row from the first, each over the full width."""
        return [
            [self.cells.get((row, column)) for column in range(1, self.width + 1)] for row in range(1, self.height + 1)
        ]
