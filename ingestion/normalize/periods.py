"""The grammar of periods, the only one: what period a text names. 2025年度, 2025年第一季度, 2025Q1, 2025年3月, 2025.03,
202503, 二〇二五年三月. Called by `report_period` and `row_period` for files and rows, by `dates` for months, and for forms.
"""

import re
from calendar import monthrange
from datetime import date, datetime

from contracts.calendar import period_of_date
from contracts.model import Grain
from contracts.text import half_width, value_text, without_empty_decimals
from ingestion.normalize.period_patterns import (
    CHINESE_DIGITS,
    CHINESE_NUMERALS,
    DAY_SPAN,
    DAYS,
    LIST,
    LOST_ZERO,
    MONTH_ALONE,
    MONTHS,
    MONTHS_OF_QUARTER,
    NAMED_QUARTERS,
    NO_YEAR,
    OTHER_CALENDAR,
    PART_OF_YEAR,
    QUARTER_ALONE,
    QUARTERS,
    QUARTERS_SPELLED,
    SEVERAL_MONTHS,
    SEVERAL_QUARTERS,
    SEVERAL_YEARS,
    SHORT_YEAR,
    SURE,
    WRITTEN_YEAR,
    YEAR_SPAN,
    YEARS,
)

MONTHS_OF_YEAR = 12
CENTURY = "20"
"""Of a year of two digits: the plan's."""
BARE_NUMBER = re.compile(r"^(?:\d{1,2}|[一二三四五六七八九十]{1,2})$")
PART_NAMES = {"季": "季度", "月": "月", "年": "年"}


class InvalidPeriod(ValueError):
    """A text names a period that does not exist (第五季度, 2025-13); `written` is that part of the text, rule_id: of the
    finding on it.
    """

    rule_id = "normalize.invalid_period"

    def __init__(self, written: str) -> None:
        super().__init__(written)
        self.written = written


class SeveralPeriods(InvalidPeriod):
    """A text names several periods (1月-6月, 三、四季度). first, last: the periods at its ends; is_span: all between them
    are meant too.
    """

    def __init__(self, written: str, first: str, last: str, is_span: bool) -> None:
        super().__init__(written)
        self.first, self.last, self.is_span = first, last, is_span


class OtherCalendar(InvalidPeriod):
    """A text names a period of the lunar calendar, or a fiscal year."""

    rule_id = "normalize.period_of_other_calendar"


class UnclearMonth(InvalidPeriod):
    """A number that may have lost a zero: 2025.1 is January, or October. periods: both, the earlier first."""

    def __init__(self, written: str, periods: tuple[str, str]) -> None:
        super().__init__(written)
        self.periods = periods


def find_period(text: str, grain: Grain) -> str | None:
    """The period of a grain that a title, a file name or a cell names, or None when it names none.

    Canonical: year "2025", quarter "2025Q1", month "2025-03", day "2021-10-31". A span of years (2021-2035) is a
    plan's, not a period; the number of a coordinate system, a standard, a scale or a figure is no year.
    A year may stand apart from its quarter or month (7月月报2025). Raises InvalidPeriod for one that cannot exist,
    SeveralPeriods where different ones are plainly written, be it in different ways.
    """
    text = in_figures(text)
    if found := OTHER_CALENDAR.search(text):
        raise OtherCalendar(found[0].strip())
    text = YEAR_SPAN.sub(" ", NO_YEAR.sub(" ", DAY_SPAN.sub(_of_its_days, text)))
    if grain == "year":
        return _only([(found["year"], found[0]) for found in _all_named(YEARS, text, SURE["year"])])
    if grain == "day":
        return _day(text)
    _refuse_several(text, grain)
    named, rest = _with_their_year(text, grain)
    years = [found["year"] for found in _all_named(YEARS, rest, SURE["year"])]
    years = list(dict.fromkeys(years or [year for year, _, _ in named]))
    alone, last = (QUARTER_ALONE, 4) if grain == "quarter" else (MONTH_ALONE, 12)
    named += [
        (year, _number(next(filter(None, found.groups()))), found[0])
        for found in alone.finditer(rest)
        for year in years
    ]
    for _, part, written in named:
        if not 1 <= part <= last:
            raise InvalidPeriod(written.strip())
    return _only([(_canonical(year, part, grain), written) for year, part, written in named])


def _with_their_year(text: str, grain: Grain) -> tuple[list[tuple[str, int, str]], str]:
    """The periods that stand with their year, as (year, part, written), and the text without them. Raises SeveralPeriods,
    UnclearMonth.
    """
    named: list[tuple[str, int, str]] = []
    if grain == "quarter":
        named, text = _quarters_of_months(text)
    found = _all_named(QUARTERS if grain == "quarter" else MONTHS, text, SURE[grain])
    unclear = [LOST_ZERO.match(text, one.start()) for one in found] if grain == "month" else []
    if unclear and all(unclear) and (first := unclear[0]):
        raise UnclearMonth(first[0], (f"{first['year']}-01", f"{first['year']}-10"))
    named += [(one["year"], _number(one["part"]), one[0]) for one in found]
    return named, _without(text, found)


def _without(text: str, found: list[re.Match[str]]) -> str:
    for one in found:
        text = text[: one.start()] + " " * (one.end() - one.start()) + text[one.end() :]
    return text


def _canonical(year: str, part: int, grain: Grain) -> str:
    return f"{year}Q{part}" if grain == "quarter" else f"{year}-{part:02d}"


def _only(named: list[tuple[str, str]]) -> str | None:
    """The one period of some (period, written), or None. Raises SeveralPeriods."""
    different = dict(named)
    if len(different) > 1:
        ordered = sorted(different)
        written = "、".join(text.strip() for text in different.values())
        raise SeveralPeriods(written, ordered[0], ordered[-1], is_span=False)
    return next(iter(different), None)


def _refuse_several(text: str, grain: Grain) -> None:
    """Raises SeveralPeriods for a text that names a span or a list of quarters or months."""
    parts = 4 if grain == "quarter" else 12
    if (found := SEVERAL_YEARS.search(text)) and found["year"] != found["last_year"]:
        ends = _canonical(found["year"], 1, grain), _canonical(found["last_year"], parts, grain)
        raise SeveralPeriods(found[0].strip(), *ends, is_span=False)
    patterns = (SEVERAL_QUARTERS, QUARTERS_SPELLED) if grain == "quarter" else (SEVERAL_MONTHS,)
    if found := _first(patterns, text):
        last_year = found["last_year"] or found["year"]
        first, last = _number(found["first"]), _number(found["last"])
        if (1 <= first <= parts and 1 <= last <= parts) and (last_year, last) != (found["year"], first):
            is_span = re.search(LIST, found[0]) is None or last == first + 1
            ends = _canonical(found["year"], first, grain), _canonical(last_year, last, grain)
            raise SeveralPeriods(found[0].strip(), *ends, is_span)
    if found := PART_OF_YEAR.search(text):
        half, count = parts // 2, re.search(r"前(.{1,2}?)个?(季度|月)", found["part"])
        if count and (count[2] == "季度") == (grain == "quarter"):
            first, last = 1, _number(count[1])
        else:
            first, last = {"上半年": (1, half), "下半年": (half + 1, parts)}.get(found["part"], (1, parts))
        if count is None or (count[2] == "季度") == (grain == "quarter"):
            ends = _canonical(found["year"], first, grain), _canonical(found["year"], last, grain)
            raise SeveralPeriods(found[0].strip(), *ends, is_span=True)


def _quarters_of_months(text: str) -> tuple[list[tuple[str, int, str]], str]:
    """2025年4-6月 → 2025Q2, as (year, quarter, written), and the text without such spans. Raises SeveralPeriods for a span
    of other months.
    """
    named, spans = [], list(MONTHS_OF_QUARTER.finditer(text))
    others = _without(text, spans)
    years = [found["year"] for found in _all_named(YEARS, others, SURE["year"])]
    for span in spans:
        first, last = _number(span["first"]), _number(span["last"])
        if not 1 <= first < last <= MONTHS_OF_YEAR:
            continue
        for year in [span["year"]] if span["year"] else dict.fromkeys(years):
            quarters = (first + 2) // 3, (last + 2) // 3
            if first % 3 != 1 or last % 3 or quarters[0] != quarters[1]:
                first_one, last_one = (f"{year}Q{quarter}" for quarter in quarters)
                raise SeveralPeriods(span[0].strip(), first_one, last_one, is_span=first % 3 == 1 and last % 3 == 0)
            named.append((year, quarters[0], span[0]))
    return named, others


def without_days(text: str) -> str:
    """A text without its full dates: in a title or a file name they say when it was written, not what period it is of."""
    text = DAY_SPAN.sub(_of_its_days, text)
    for pattern in DAYS:
        text = pattern.sub(lambda found: " " if _exists(found) else found[0], text)
    return text


def first_day_in(text: str) -> str | None:
    """The first full date of a text, as written."""
    return next((found[0].strip() for one in DAYS for found in one.finditer(half_width(text)) if _exists(found)), None)


def _of_its_days(found: re.Match[str]) -> str:
    """The period from whose first day to its last a span of days goes: 2025年7月1日-9月30日 is 2025年3季度; others stay."""
    year, month = int(found["year"]), int(found["month"])
    months = int(found["last_month"]) - month + 1
    if found["day"] not in ("1", "01") or int(found["last_year"] or year) != year or not 1 <= month <= MONTHS_OF_YEAR:
        return found[0]
    if (
        months not in (1, 3, 12)
        or (month - 1) % months
        or int(found["last_day"]) != monthrange(year, month + months - 1)[1]
    ):
        return found[0]
    return {1: f"{year}年{month}月", 3: f"{year}年{(month + 2) // 3}季度"}.get(months, f"{year}年度")


def _exists(found: re.Match[str]) -> bool:
    try:
        date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return False
    return True


def period_of_cell(value: object, grain: Grain) -> str | None:
    """The period that a cell of a period column names: a date, a number (2025, 202503, 2025.03) or a text; the same
    whether it is a number or the same as text. Raises InvalidPeriod, UnclearMonth.
    """
    if isinstance(value, datetime | date):
        return period_of_date(value, grain)
    text = without_empty_decimals(half_width(value_text(value)).strip())
    if grain == "month" and (found := LOST_ZERO.fullmatch(text)):
        raise UnclearMonth(text, (f"{found['year']}-01", f"{found['year']}-10"))
    return find_period(text, grain)


def number_in_words(text: str, heading: str) -> str:
    """A bare 1 under the heading 季度 as 1季度; other texts as they are."""
    if BARE_NUMBER.match(text):
        return next((text + words for part, words in PART_NAMES.items() if part in heading), text)
    return text


def in_figures(text: str) -> str:
    """Half-width text, years in Chinese digits (二〇二五年) as figures, those of two digits (26年一季度) with their century, 首季
    and 末季 with their numbers.
    """
    text = WRITTEN_YEAR.sub(lambda found: found[0].translate(CHINESE_DIGITS), half_width(text))
    text = SHORT_YEAR.sub(lambda found: CENTURY + found["short"], text)
    for name, number in NAMED_QUARTERS.items():
        text = text.replace(name, number)
    return text


def _first(patterns: tuple[re.Pattern[str], ...], text: str) -> re.Match[str] | None:
    return next(filter(None, (pattern.search(text) for pattern in patterns)), None)


def _all_named(patterns: tuple[re.Pattern[str], ...], text: str, sure: int) -> list[re.Match[str]]:
    """All matches of the first patterns, as many as are sure; where there is none, those of the first other that has any."""
    found = [one for pattern in patterns[:sure] for one in pattern.finditer(text)]
    return found or next((one for pattern in patterns[sure:] if (one := list(pattern.finditer(text)))), [])


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
