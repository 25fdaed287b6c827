"""The grammar of periods, the only one: what period a text names. 2025年度, 2025年第一季度, 2025Q1, 2025年3月, 2025.03,
202503, 二〇二五年三月. Called by `report_period` and `row_period` for files and rows, by `dates` for months, and for forms.
"""

import re
from datetime import date, datetime

from contracts.model import Grain
from contracts.text import half_width, value_text

CHINESE_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
CHINESE_NUMERALS = {
    **{char: number for number, char in enumerate("一二三四五六七八九十", start=1)},
    "十一": 11,
    "十二": 12,
}

YEAR = r"(?<!\d)(?P<year>(?:19|20)\d{2})"
NUMERAL = r"(?:\d{1,2}|十[一二]|[一二三四五六七八九十])"
SEPARATOR = r"\s*[-./_]\s*"
YEAR_SPAN = re.compile(r"(?<!\d)(?:19|20)\d{2}\s*年?\s*(?:[-—–~～至到]+)\s*(?:19|20)\d{2}(?!\d)")
WRITTEN_YEAR = re.compile(r"[〇零○一二三四五六七八九]{4}(?=年)")

# Of each grain the ways of writing it, the surest first: what stands behind 年度 goes before a year that merely stands there
YEARS = tuple(
    map(
        re.compile,
        (
            YEAR + r"\s*年度",
            YEAR + rf"\s*年(?!\s*{NUMERAL}\s*月)",
            YEAR + r"(?!\d|\s*年|[-./_]\d{1,2}(?!\d))",
            YEAR + r"(?!\d)",
            YEAR + r"\d{2}(?:\d{2})?(?!\d)",
        ),
    )
)
QUARTERS = tuple(
    map(
        re.compile,
        (
            YEAR + rf"\s*年?度?\s*第?\s*(?P<part>{NUMERAL})\s*季",
            YEAR + r"\s*年?[-_ ]?\s*[Qq](?P<part>\d)(?!\d)",
            YEAR + SEPARATOR + r"(?P<part>\d)(?!\d|\s*[月年号])",
        ),
    )
)
MONTHS_OF_QUARTER = re.compile(
    YEAR + rf"\s*年?度?\s*(?P<first>{NUMERAL})\s*月?\s*[-—–~～至到]+\s*(?P<last>{NUMERAL})\s*月"
)
QUARTER_ALONE = re.compile(rf"(?<!前)第?\s*(?<![\d前])(?P<part>{NUMERAL})\s*季|(?<![A-Za-z])[Qq](?P<quarter>\d)(?!\d)")
MONTHS = tuple(
    map(
        re.compile,
        (
            YEAR + rf"\s*年度?\s*(?P<part>{NUMERAL})\s*月",
            YEAR + SEPARATOR + r"(?P<part>\d{1,2})(?!\d|\s*[季年号])",
            YEAR + r"(?P<part>\d{2})(?:\d{2})?(?!\d)",
        ),
    )
)
MONTH_ALONE = re.compile(rf"(?<![\d年.])(?P<part>{NUMERAL})\s*月(?!\s*\d{{1,2}}\s*日)")
DAYS = tuple(
    map(
        re.compile,
        (
            YEAR + r"\s*年\s*(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*日?(?!\d)",
            YEAR + SEPARATOR + r"(?P<month>\d{1,2})" + SEPARATOR + r"(?P<day>\d{1,2})(?!\d)",
            YEAR + r"(?P<month>\d{2})(?P<day>\d{2})(?!\d)",
        ),
    )
)


class InvalidPeriod(ValueError):
    """A text names a period that does not exist (第五季度, 2025-13); `written` is that part of the text."""

    def __init__(self, written: str) -> None:
        super().__init__(written)
        self.written = written


def find_period(text: str, grain: Grain) -> str | None:
    """The period of a grain that a title, a file name or a cell names, or None when it names none.

    Canonical: year "2025", quarter "2025Q1", month "2025-03", day "2021-10-31". A span of years (2021-2035) is a
    plan's, not a period.
    A year may stand apart from its quarter or month (7月月报2025). Raises InvalidPeriod for one that cannot exist.
    """
    text = YEAR_SPAN.sub(" ", _in_figures(text))
    if grain == "year":
        found = _first(YEARS, text)
        return found["year"] if found else None
    if grain == "day":
        return _day(text)
    if grain == "quarter" and (span := _quarter_of_months(text)):
        return span
    patterns, alone, last = (QUARTERS, QUARTER_ALONE, 4) if grain == "quarter" else (MONTHS, MONTH_ALONE, 12)
    found = _first(patterns, text)
    if found:
        year, part, written = found["year"], _number(found["part"]), found[0]
    else:
        years, parts = _first(YEARS, text), alone.search(text)
        if not years or not parts:
            return None
        year, part, written = years["year"], _number(next(filter(None, parts.groups()))), parts[0]
    if not 1 <= part <= last:
        raise InvalidPeriod(written.strip())
    return f"{year}Q{part}" if grain == "quarter" else f"{year}-{part:02d}"


def _quarter_of_months(text: str) -> str | None:
    """2025年4-6月 → 2025Q2; a span of other months is no quarter."""
    if not (span := MONTHS_OF_QUARTER.search(text)):
        return None
    first, last = _number(span["first"]), _number(span["last"])
    return f"{span['year']}Q{last // 3}" if last in (3, 6, 9, 12) and first == last - 2 else None


def without_days(text: str) -> str:
    """A text without its full dates: in a title or a file name they say when it was written, not what period it is of."""
    for pattern in DAYS:
        text = pattern.sub(lambda found: " " if _exists(found) else found[0], text)
    return text


def _exists(found: re.Match[str]) -> bool:
    try:
        date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return False
    return True


def period_of_date(day: date, grain: Grain) -> str:
    """The period of a grain in which a day lies."""
    if grain == "year":
        return f"{day.year}"
    if grain == "quarter":
        return f"{day.year}Q{(day.month + 2) // 3}"
    return f"{day.year}-{day.month:02d}" if grain == "month" else f"{day:%Y-%m-%d}"


def period_of_cell(value: object, grain: Grain) -> str | None:
    """The period that a cell of a period column names: a date, a number (2025, 202503, 2025.03) or a text. Raises
    InvalidPeriod.
    """
    if isinstance(value, datetime | date):
        return period_of_date(value, grain)
    return find_period(value_text(value, "month"), grain)


def _in_figures(text: str) -> str:
    """Half-width text, years in Chinese digits (二〇二五年) as figures."""
    text = half_width(text)
    return WRITTEN_YEAR.sub(lambda found: found[0].translate(CHINESE_DIGITS), text)


def _first(patterns: tuple[re.Pattern[str], ...], text: str) -> re.Match[str] | None:
    return next(filter(None, (pattern.search(text) for pattern in patterns)), None)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else CHINESE_NUMERALS[text]


def _day(text: str) -> str | None:
    found = _first(DAYS, text)
    if not found:
        return None
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"])).isoformat()
    except ValueError:
        raise InvalidPeriod(found[0]) from None
