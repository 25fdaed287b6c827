"""Of which kind the repair of a value is (`contracts.normalization_log`): how what was written differs from plain
typing. None: it does not.
"""

import re
import unicodedata
from datetime import date
from fractions import Fraction
from typing import Any

from contracts import measure_units
from contracts.model import MeasureUnit
from contracts.places import Place
from ingestion.normalize.dates import EXCEL_SERIALS, SERIAL_DIGITS
from ingestion.normalize.numbers import MINUS, Number

ORDINARY_DATE = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}")
IN_TEXT_FILES = frozenset({"text_number", "text_date"})  # in a CSV everything is text: there these are plain typing


def conversion_of_number(value: Any, number: Number) -> str | None:
    """Of a numeric cell. number: what the text was read as."""
    if not isinstance(value, str):
        return None
    if number.measure_unit:
        return "percent" if number.measure_unit == measure_units()["pct"] else "unit_in_cell"
    if number.repaired:
        return "blanks" if any(map(str.isdecimal, value)) else "chinese_numeral"
    if unicodedata.normalize("NFKC", value).translate(MINUS) != value:
        return "full_width"
    return "thousands" if "," in value else "text_number"


def conversion_of_date(value: Any, taken: str) -> str | None:
    """Of a date or a month. taken: in its canonical form; a month written so is no repair."""
    if isinstance(value, date):
        return None
    text = str(int(value) if isinstance(value, float) and value.is_integer() else value).strip()
    if text.isdecimal() and len(text) == SERIAL_DIGITS and int(text) in EXCEL_SERIALS:
        return "excel_serial"
    if ORDINARY_DATE.fullmatch(text):
        return "text_date"
    return None if text == taken else "date_form"


def conversion_of_code(written: str, plain: tuple[str, ...]) -> str | None:
    """Of a listed value. plain: its code, and its name as a form prints it."""
    if written in plain:
        return None
    text = re.sub(r"\s+", "", written)
    if text in plain:
        return "blanks"
    half_width = unicodedata.normalize("NFKC", text)
    if half_width in plain:
        return "full_width"
    return "leading_zeros" if half_width.isdecimal() and plain[0].lstrip("0") == half_width.lstrip("0") else "synonym"


def conversion_of_township(written: str, place: Place) -> str | None:
    """Of a township's code or name. place: for which it stands."""
    if written in (place.township_code, place.township_name):
        return None
    return "township" if place.kind == "current" else "former_township"


def factor_between(written_in: MeasureUnit, stored_in: MeasureUnit) -> str:
    """By what a figure is multiplied or divided, exact: ÷15, ×10000, ×2÷3."""
    factor = Fraction(written_in.factor) / Fraction(stored_in.factor)
    times = f"×{factor.numerator}" if factor.numerator != 1 or factor.denominator == 1 else ""
    return times + (f"÷{factor.denominator}" if factor.denominator != 1 else "")
