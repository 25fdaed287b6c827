"""Values into the cells of a receipt's workbook: text from outside never becomes a formula. Called by `sheet`, `workbook` and
`normalization_log`.
"""

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from contracts.text import FORMULA_BEGINNINGS, cell_text

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell

ADDRESS = re.compile(r"[A-Z]{1,3}[1-9]\d{0,6}(?::[A-Z]{1,3}[1-9]\d{0,6})?")
NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,12})?")


def put_value(cell: "Cell", value: Any) -> None:
    """Puts a value into a cell, text always as text, whatever it begins with."""
    if value is None or isinstance(value, bool | int | float | date | datetime | time | timedelta):
        cell.value = value
    else:
        put_text(cell, str(value))


def put_text(cell: "Cell", text: str) -> None:
    """Puts text into a cell; the quote prefix keeps it text when somebody edits it."""
    cell.value = cell_text(text)
    cell.data_type = "s"
    if text.startswith(FORMULA_BEGINNINGS):
        cell.quotePrefix = True


def number_or_text(text: str) -> float | int | str:
    """The number that a CSV's text is, where nothing is lost by it: 98.05, not 2024.10 or 0101."""
    if not NUMBER.fullmatch(text):
        return text
    number = float(text) if "." in text else int(text)
    return number if str(number) == text else text
