"""Dates and months as people type them: 2025年3月1日, 2025.02.17, 20250301, 2022年9月, an Excel date or serial number.
Called by `values` for cells and attributes of these types.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from math import isfinite

from contracts.calendar import DISTRICT_TIME
from contracts.reference import plan_first_year, plan_last_year
from contracts.text import half_width, value_text
from ingestion.normalize.periods import CHINESE_DIGITS, CHINESE_NUMERALS, InvalidPeriod, UnclearMonth, period_of_cell

EXCEL_EPOCH, MAC_EPOCH = date(1899, 12, 30), date(1904, 1, 1)
EXCEL_SERIALS = range(20_000, 80_000)
"""Numbers that are read as Excel's serial numbers of days: 1954 to 2119, five digits, so that no year, month (202503) or
day (20250301) is among them."""
SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
"""A serial number as a text, with the part of the day behind the point."""
DAY = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})(?!\d)(?:\s*[日号])?")
COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
CHINESE_DAY = re.compile(
    r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})[日号]"
)
SHORT_DAY = re.compile(r"(\d{1,2})\s*[-./]\s*(\d{1,2})\s*[-./]\s*(\d{1,2})")
"""A date whose year has two digits or fewer: of which of the three, what can exist in the plan's years decides."""
SHORT_YEAR_DAY = re.compile(r"(\d{2})年(\d{1,2})月(\d{1,2})[日号]?")
YEAR_LAST = re.compile(r"(\d{1,2})\s*[-./]\s*(\d{1,2})\s*[-./]\s*((?:19|20)\d{2})")
BLANKS_BETWEEN = re.compile(r"((?:19|20)\d{2})\s+(\d{1,2})\s+(\d{1,2})")
ENGLISH_DAY = re.compile(r"(?P<day>\d{1,2})[-\s]+(?P<month>[A-Za-z]{3})[a-z]*\.?[-\s,]+(?P<year>(?:20)?\d{2})")
ENGLISH_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAY = re.compile(r"[\s(,]*(?:星期|周|礼拜)(?P<weekday>[一二三四五六日天])\s*\)?")
TIME = re.compile(
    r"(?:T|\s)*(?P<half>上午|下午|凌晨|晚上)?\s*(?P<hour>\d{1,2})[:时点](?P<minute>\d{1,2})分?"
    r"(?::?(?P<second>\d{1,2})(?:\.\d+)?秒?)?\s*(?P<meridiem>[AaPp][Mm])?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?(?:\s*[A-Z]{3,4})?"
)
AFTERNOON = ("下午", "晚上", "pm")
WEEKDAYS = "一二三四五六日"
CENTURY, LARGEST_SHORT_YEAR = 2000, 99  # of a year of two digits: the plan's
JUST_BEFORE_MIDNIGHT = time(23, 59)
"""From then on a time is the next day's midnight: libraries that count from local mean time (Shanghai's is 5 min 43 s before
its zone's) write a date some seconds too early."""
ORDINARY_DATE = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}")


@dataclass(frozen=True)
class WrittenDay:
    """The day that a cell names. is_guessed: an Excel serial number, or a date whose order of year, month and day only what can
    exist tells; other: another day that it may be, where it tells several. time: the time of day that stands behind it, None for
    midnight; weekday: whether one stands behind it, and whether it is that day's; rest: what else stands behind it.
    """

    day: date
    is_guessed: bool = False
    time: str | None = None
    weekday: bool | None = None
    rest: str = ""
    other: date | None = None


class InvalidDate(ValueError):
    """A text that is no date, or a date that does not exist (2月30日)."""


def parse_date(value: object, is_1904: bool = False) -> WrittenDay:
    """The day that a cell names; a serial number counts from 1900, or from 1904. Raises InvalidDate."""
    if isinstance(value, datetime):
        return _of_moment(value)
    if isinstance(value, date):
        return WrittenDay(value)
    if isinstance(value, bool):
        raise InvalidDate(str(value))
    text = half_width(value_text(value)).strip()
    if (serial := _serial(value, text)) is not None:
        midnight = datetime.combine(MAC_EPOCH if is_1904 else EXCEL_EPOCH, time())
        return replace(_of_moment(midnight + timedelta(seconds=round(serial * 86_400))), is_guessed=True)
    if chinese := CHINESE_DAY.match(text):
        year, month, day = chinese.groups()
        found = _day(int(year.translate(CHINESE_DIGITS)), CHINESE_NUMERALS.get(month, 0), _chinese_day(day))
        return _with_rest(found, text[chinese.end() :])
    if COMPACT.fullmatch(text):
        return WrittenDay(_day(int(text[:4]), int(text[4:6]), int(text[6:])))
    if not (written := DAY.match(text)):
        return _of_unusual_order(text)
    return _with_rest(_day(*map(int, written.groups())), text[written.end() :])


def _of_unusual_order(text: str) -> WrittenDay:
    """A day written with two digits of its year (25/9/5), with the year last (5/9/2025), with blanks between (2025 9 5) or in
    English (5-Sep-25): the one that exists in the plan's years; of several the first, and another. Raises InvalidDate.
    """
    days = list(dict.fromkeys(filter(None, map(_in_the_plan, _orders(text)))))
    if not days:
        raise InvalidDate(text)
    return WrittenDay(days[0], is_guessed=True, other=days[1] if len(days) > 1 else None)


def _orders(text: str) -> list[tuple[int, int, int]]:
    """The orders in which a text may name year, month and day, the usual one first."""
    if found := SHORT_DAY.fullmatch(text):
        first, second, third = map(int, found.groups())
        return [(first, second, third), (third, first, second), (third, second, first)]
    if found := SHORT_YEAR_DAY.fullmatch(text) or BLANKS_BETWEEN.fullmatch(text):
        year, month, day = map(int, found.groups())
        return [(year, month, day)]
    if found := YEAR_LAST.fullmatch(text):
        first, second, year = map(int, found.groups())
        return [(year, first, second), (year, second, first)]
    if (found := ENGLISH_DAY.fullmatch(text)) and (month_name := found["month"].lower()) in ENGLISH_MONTHS:
        return [(int(found["year"]), ENGLISH_MONTHS.index(month_name) + 1, int(found["day"]))]
    return []


def _in_the_plan(parts: tuple[int, int, int]) -> date | None:
    """The day of a year, or of its last two digits, a month and a day, where it exists in the plan's years."""
    year, month, day = parts
    try:
        found = date(year if year > LARGEST_SHORT_YEAR else CENTURY + year, month, day)
    except ValueError:
        return None
    return found if int(plan_first_year()) <= found.year <= int(plan_last_year()) else None


def _serial(value: object, text: str) -> float | None:
    """The serial number that a number or the same as a text is."""
    serial = value if isinstance(value, int | float) else float(text) if SERIAL.fullmatch(text) else None
    return serial if serial is not None and isfinite(serial) and int(serial) in EXCEL_SERIALS else None


def _of_moment(moment: datetime) -> WrittenDay:
    """The day of a moment, in the district's time where it names a zone; just before midnight, the next."""
    if moment.tzinfo is not None:
        moment = moment.astimezone(DISTRICT_TIME)
    at = moment.time()
    shown = None if at == time() else f"{at:%H:%M:%S}"
    day = moment.date() + timedelta(days=1) if at >= JUST_BEFORE_MIDNIGHT else moment.date()
    return WrittenDay(day, time=shown)


def _with_rest(day: date, rest: str) -> WrittenDay:
    """A day with what stands behind it: a weekday and a time of day, in any order."""
    weekday: bool | None = None
    moment = datetime.combine(day, time())
    while rest.strip():
        if found := WEEKDAY.match(rest):
            weekday = WEEKDAYS.index(found["weekday"].replace("天", "日")) == day.weekday()
        elif found := TIME.match(rest):
            moment = _at(day, found)
        else:
            break
        rest = rest[found.end() :]
    return replace(_of_moment(moment), weekday=weekday, rest=rest.strip())


def _at(day: date, found: re.Match[str]) -> datetime:
    hour, half = int(found["hour"]), (found["half"] or found["meridiem"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half in AFTERNOON else 0)
    zone = found["zone"]
    try:
        clock = time(hour, int(found["minute"]), int(found["second"] or 0))
    except ValueError:
        raise InvalidDate(found[0].strip()) from None
    moment = datetime.combine(day, clock)
    if zone is None:
        return moment
    written = "+00:00" if zone == "Z" else f"{zone[:3]}:{zone[-2:]}"
    return datetime.fromisoformat(f"{moment.isoformat()}{written}")


def parse_month(value: object, is_1904: bool = False) -> str:
    """The month that a cell names, as 2025-03; a full date must exist. Raises InvalidDate, UnclearMonth."""
    if isinstance(value, datetime | date):
        return f"{value.year}-{value.month:02d}"
    text = half_width(value_text(value)).strip()
    if (
        _serial(value, text) is not None
        or DAY.fullmatch(text)
        or COMPACT.fullmatch(text)
        or CHINESE_DAY.fullmatch(text)
    ):
        day = parse_date(value, is_1904).day
        return f"{day.year}-{day.month:02d}"
    try:
        month = period_of_cell(text, "month")
    except UnclearMonth:
        raise
    except InvalidPeriod as error:
        raise InvalidDate(text) from error
    if month is None:
        raise InvalidDate(text)
    return month


def conversion_of_date(value: object, stored: str, written: WrittenDay | None = None) -> str | None:
    """Of which kind the conversion of a date or a month is (`contracts.normalization_log`); None: plain typing.

    stored: the canonical form; a month written so is no conversion.
    """
    if written is not None and written.time:
        return "time_of_day"
    if written is not None and written.weekday is not None:
        return "weekday"
    if isinstance(value, date):
        return None
    text = value_text(value)
    if _serial(value, text) is not None:
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
