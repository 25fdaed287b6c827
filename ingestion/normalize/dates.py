"""Dates and months as people type them: 2025年3月1日, 2025.02.17, 20250301, 2022年9月, an Excel date or serial number.
Called by `values` for cells and attributes of these types.
"""

import re
from datetime import date, datetime, timedelta

from contracts.text import half_width, value_text
from ingestion.normalize.periods import CHINESE_DIGITS, CHINESE_NUMERALS, InvalidPeriod, find_period

EXCEL_EPOCH, MAC_EPOCH = date(1899, 12, 30), date(1904, 1, 1)
EXCEL_SERIALS = range(20_000, 80_000)
"""Numbers that are read as Excel's serial numbers of days: 1954 to 2119, five digits, so that no year, month (202503) or
day (20250301) is among them."""
SERIAL_DIGITS = 5
DAY = re.compile(
    r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?(?:[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
CHINESE_DAY = re.compile(
    r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})[日号]"
)
ORDINARY_DATE = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}")


class InvalidDate(ValueError):
    """A text that is no date, or a date that does not exist (2月30日)."""


def parse_date(value: object, is_1904: bool = False) -> tuple[date, bool]:
    """The day that a cell names, and whether it had to be guessed (an Excel serial number, counted from 1900 or from
    1904).

    Raises InvalidDate.
    """
    if isinstance(value, datetime):
        return value.date(), False
    if isinstance(value, date):
        return value, False
    if isinstance(value, bool):
        raise InvalidDate(str(value))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    epoch = MAC_EPOCH if is_1904 else EXCEL_EPOCH
    if isinstance(value, int) and value in EXCEL_SERIALS:
        return epoch + timedelta(days=value), True
    text = half_width(str(value)).strip()
    if chinese := CHINESE_DAY.fullmatch(text):
        year, month, day = chinese.groups()
        return _day(int(year.translate(CHINESE_DIGITS)), CHINESE_NUMERALS.get(month, 0), _chinese_day(day)), False
    if text.isdecimal() and len(text) == SERIAL_DIGITS and int(text) in EXCEL_SERIALS:
        return epoch + timedelta(days=int(text)), True
    found = DAY.fullmatch(text) or COMPACT.fullmatch(text)
    if not found:
        raise InvalidDate(text)
    return _day(*map(int, found.groups())), False


def parse_month(value: object, is_1904: bool = False) -> str:
    """The month that a cell names, as 2025-03; a full date must exist. Raises InvalidDate."""
    if isinstance(value, datetime | date):
        return f"{value.year}-{value.month:02d}"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = half_width(value_text(value, "month")).strip()
    if (
        (isinstance(value, int) and value in EXCEL_SERIALS)
        or DAY.fullmatch(text)
        or COMPACT.fullmatch(text)
        or CHINESE_DAY.fullmatch(text)
    ):
        day, _ = parse_date(value, is_1904)
        return f"{day.year}-{day.month:02d}"
    try:
        month = find_period(text, "month")
    except InvalidPeriod as error:
        raise InvalidDate(text) from error
    if month is None:
        raise InvalidDate(text)
    return month


def conversion_of_date(value: object, stored: str) -> str | None:
    """Of which kind the conversion of a date or a month is (`contracts.normalization_log`); None: plain typing.

    stored: the canonical form; a month written so is no conversion.
    """
    if isinstance(value, date):
        return None
    text = value_text(value)
    if text.isdecimal() and len(text) == SERIAL_DIGITS and int(text) in EXCEL_SERIALS:
        return "excel_serial"
    if ORDINARY_DATE.fullmatch(text):
        return "text_date"
    return None if text == stored else "date_form"


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise InvalidDate(f"{year}-{month}-{day}") from None


def _chinese_day(text: str) -> int:
    """十五 → 15, 三十一 → 31; 0, which is no day, for what is no such number."""
    tens, ten, ones = text.partition("十")
    if not ten:
        return CHINESE_NUMERALS.get(text, 0)
    return CHINESE_NUMERALS.get(tens or "一", 0) * 10 + (CHINESE_NUMERALS.get(ones, 0) if ones else 0)
