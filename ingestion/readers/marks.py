"""What a cell reader does not tell of a sheet, in one shape for every format of workbook."""

import re
from dataclasses import dataclass, field

PERCENT_FORMAT = re.compile(r'^(?:[^"\\%]|"[^"]*"|\\.)*%')  # of numbers that are shown with a percent sign


Range = tuple[int, int]  # 1-based numbers of the first and the last of some rows or columns


@dataclass(frozen=True)
class SheetScan:
    """Cells of one sheet, as (row, column). errors: what error cells show (#DIV/0!). is_1904: the sheet's days are
    counted from 1904.

    hidden_rows, hidden_columns: those that a program does not show, in any order.
    """

    formula_without_value: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    shown_as_percent: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    is_1904: bool = False
    hidden_rows: tuple[Range, ...] = ()
    hidden_columns: tuple[Range, ...] = ()


def lengthen(spans: list[Range], number: int) -> None:
    """Adds a number to spans: to the last one where it follows it."""
    if spans and spans[-1][1] == number - 1:
        spans[-1] = (spans[-1][0], number)
    else:
        spans.append((number, number))
