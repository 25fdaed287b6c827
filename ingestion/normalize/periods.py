"""The grammar of periods, the only one: what period a text names. 2025年度, 2025年第一季度, 2025Q1, 2025年3月, 2025.03,
202503, 二〇二五年三月. Called by `report_period` and `row_period` for files and rows, by `dates` for months, and for forms.
"""

import re
from datetime import date, datetime

from contracts.calendar import period_of_date
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


RANGE = r"\s*[-—–~～至到]+\s*"
LIST = r"\s*[、,，和及与]\s*"
SEVERAL_MONTHS = re.compile(
    YEAR
    + rf"\s*年?度?\s*(?P<first>{NUMERAL})\s*月?份?(?:{RANGE}|{LIST})(?:(?P<last_year>(?:19|20)\d{{2}})\s*[年.]\s*)?"
    + rf"(?P<last>{NUMERAL})\s*月"
)
SEVERAL_QUARTERS = re.compile(
    YEAR
    + rf"\s*年?度?\s*第?(?P<first>{NUMERAL})\s*季?度?(?:{RANGE}|{LIST})(?:(?P<last_year>(?:19|20)\d{{2}})\s*年\s*)?"
    + rf"第?(?P<last>{NUMERAL})\s*季"
)
SEVERAL_YEARS = re.compile(YEAR + rf"\s*年?{LIST}(?P<last_year>(?:19|20)\d{{2}})(?!\d)")
QUARTERS_SPELLED = re.compile(
    YEAR
    + r"\s*年?[-_ ]?[Qq](?P<first>\d)"
    + RANGE
    + r"(?:(?P<last_year>(?:19|20)\d{2})\s*年?[-_ ]?)?[Qq](?P<last>\d)(?!\d)"
)
PART_OF_YEAR = re.compile(
    YEAR + r"\s*年?度?\s*(?P<part>上半年|下半年|全年|前[一二三四五六七八九十\d]{1,2}个?(?:季度|月))"
)
# Numbers of four digits that are no years: the coordinate and height systems in use in China (北京54, 西安80, 国家2000;
# 黄海56, 国家85), standards, surveys, scales, documents, and figures with a unit behind
NO_YEAR = re.compile(
    r"(?:CGCS|国家|西安|北京)?\s*(?:1954|1980|2000)\s*(?:国家|西安|北京)?(?:大地)?(?:坐标|基准)系?"
    r"|(?:国家|黄海)?\s*(?:1956|1985)\s*(?:国家|年)?(?:黄海)?(?:高程)?(?:高程|基准)系?"
    r"|(?:西安|北京|黄海)\s*(?:19)?\d{2}|CGCS\s*2000"
    r"|(?:GB|TD|DB|CJJ|HJ|LY|SL|NY|CH)\s*/?\s*[TZ]?\s*\d[\d.]*\s*[-—–:]\s*(?:19|20)\d{2}"
    r"|(?:第?[一二三]次?(?:国土|全国)?(?:土地)?(?:调查?|普)|[二三]调)\s*(?:19|20)\d{2}年?|[1一]\s*[:：比]\s*(?:19|20)\d{2}0*"
    r"|[\[(〔【](?:19|20)\d{2}[\])〕】]\s*第?\d+\s*号"
    r"|(?:19|20)\d{2}(?:\.\d+)?\s*(?:余?[户人亩个项处块条株吨米元]|公顷|平方|万|%|％|千米|公里)",
    re.IGNORECASE,
)
LOST_ZERO = re.compile(r"(?P<year>(?:19|20)\d{2})\.1")  # 2025.10 as a number is 2025.1


class InvalidPeriod(ValueError):
    """A text names a period that does not exist (第五季度, 2025-13); `written` is that part of the text."""

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
    SeveralPeriods where the surest way of writing it occurs with several.
    """
    text = YEAR_SPAN.sub(" ", NO_YEAR.sub(" ", _in_figures(text)))
    if grain == "year":
        return _only([(found["year"], found[0]) for found in _all_of_surest(YEARS, text)])
    if grain == "day":
        return _day(text)
    if grain == "quarter" and (span := _quarter_of_months(text)):
        return span
    _refuse_several(text, grain)
    patterns, alone, last = (QUARTERS, QUARTER_ALONE, 4) if grain == "quarter" else (MONTHS, MONTH_ALONE, 12)
    named = [(found["year"], _number(found["part"]), found[0]) for found in _all_of_surest(patterns, text)]
    if not named:
        years, parts = _all_of_surest(YEARS, text), list(alone.finditer(text))
        named = [
            (year["year"], _number(next(filter(None, found.groups()))), found[0]) for year in years for found in parts
        ]
    for _, part, written in named:
        if not 1 <= part <= last:
            raise InvalidPeriod(written.strip())
    return _only([(_canonical(year, part, grain), written) for year, part, written in named])


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


def period_of_cell(value: object, grain: Grain) -> str | None:
    """The period that a cell of a period column names: a date, a number (2025, 202503, 2025.03) or a text; the same
    whether it is a number or the same as text. Raises InvalidPeriod, UnclearMonth.
    """
    if isinstance(value, datetime | date):
        return period_of_date(value, grain)
    text = half_width(value_text(value)).strip()
    if grain == "month" and (found := LOST_ZERO.fullmatch(text)):
        raise UnclearMonth(text, (f"{found['year']}-01", f"{found['year']}-10"))
    return find_period(text, grain)


def _in_figures(text: str) -> str:
    """Half-width text, years in Chinese digits (二〇二五年) as figures."""
    text = half_width(text)
    return WRITTEN_YEAR.sub(lambda found: found[0].translate(CHINESE_DIGITS), text)


def _first(patterns: tuple[re.Pattern[str], ...], text: str) -> re.Match[str] | None:
    return next(filter(None, (pattern.search(text) for pattern in patterns)), None)


def _all_of_surest(patterns: tuple[re.Pattern[str], ...], text: str) -> list[re.Match[str]]:
    """All matches of the first pattern that has any."""
    return next((found for pattern in patterns if (found := list(pattern.finditer(text)))), [])


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
