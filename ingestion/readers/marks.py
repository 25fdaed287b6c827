"""What a cell reader does not tell of a sheet, in one shape for every format of workbook."""

import re
from dataclasses import dataclass, field

PERCENT_FORMAT = re.compile(r'^(?:[^"\\%]|"[^"]*"|\\.)*%')  # of numbers that are shown with a percent sign


@dataclass(frozen=True)
class SheetMarks:
    """Cells of one sheet, as (row, column). errors: what error cells show (#DIV/0!). is_1904: the sheet's days are counted from 1904."""

    formula_without_value: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    shown_as_percent: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    is_1904: bool = False
