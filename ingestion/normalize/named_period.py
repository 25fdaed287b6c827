"""What one place names of a report's period: its title, a line, the name of the file, of the zip's member or of the sheet.
Used by `report_period`, which compares the places.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath

from contracts.model import Grain
from contracts.reading_record import PeriodCandidate
from ingestion.normalize.periods import InvalidPeriod, SeveralPeriods, UnclearMonth, find_period, without_days
from ingestion.normalize.sheet_metadata import LocatedText

IN_FILE_NAME, IN_TITLE, IN_COLUMN = "文件名", "标题", "列"
NOT_OF_THE_REPORT = re.compile(r"有效期.*|(?:依据|根据|按照).*|[〔\[(（【]\d{4}[〕\])）】]\s*第?\d+\s*号")
"""Words of a title around years that are the form's or another document's."""
IN_LINE, IN_MEMBER, IN_SHEET, IN_NOTE = "填报期", "压缩包内文件名", "工作表名", "说明"
IN_COVER, IN_CAPTION = "封面", "段首"
COMPARED_WITH_ROWS = (IN_TITLE, IN_LINE, IN_CAPTION)
"""Places whose period each row's own must be, where the rows name different ones."""
ANY_YEAR = "2000"
"""Stands before a text that names a quarter or a month alone, to read it as one; the year stands elsewhere."""


@dataclass(frozen=True)
class NamedPeriod:
    """What one place names: a period, several (`several`), a month that may be another (`unclear`), or one that does not
    exist or is of another calendar (`invalid`); nothing, where all are None.
    """

    where: str
    period: str | None = None
    several: SeveralPeriods | None = None
    unclear: UnclearMonth | None = None
    invalid: InvalidPeriod | None = None

    @property
    def says_nothing(self) -> bool:
        return not (self.period or self.several or self.unclear or self.invalid)

    def candidates(self, taken: str | None) -> tuple[PeriodCandidate, ...]:
        if self.several:
            periods: tuple[str, ...] = (self.several.first, self.several.last)
        elif self.unclear:
            periods = self.unclear.periods
        else:
            periods = (self.period,) if self.period else ()
        error = self.several or self.unclear
        written = error.written if error else ""
        return tuple(PeriodCandidate(self.where, one, written or one, one == taken) for one in periods)


def attempt(where: str, find: Callable[[], str | None]) -> NamedPeriod:
    """What is found, or else what is written of several periods, of an unclear one, or of one that does not exist."""
    try:
        return NamedPeriod(where, find())
    except SeveralPeriods as error:
        return NamedPeriod(where, several=error)
    except UnclearMonth as error:
        return NamedPeriod(where, unclear=error)
    except InvalidPeriod as error:
        return NamedPeriod(where, invalid=error)


def words_of_names(
    file_name: str, member: str | None, sheet: str | None, cover: LocatedText | None = None
) -> dict[str, str]:
    """By place, the names of the file and of the zip's member without their endings, and of the sheet, and what the cover says,
    without what is not of the report: a full date is the day of sending.
    """
    names = {
        IN_FILE_NAME: without_days(PurePath(file_name).stem),
        IN_MEMBER: without_days(PurePath(member or "").stem),
        IN_SHEET: without_days(NOT_OF_THE_REPORT.sub(" ", sheet or "")),
    }
    return names | {IN_COVER: without_days(NOT_OF_THE_REPORT.sub(" ", cover.text))} if cover else names


def year_in(text: str) -> str | None:
    """The one year that a text names."""
    try:
        return find_period(text, "year")
    except InvalidPeriod:
        return None


def lone_year(stem: str) -> str | None:
    """The year in a file name, unless it is part of a date or a month: that may be the day of sending."""
    try:
        return None if find_period(stem, "month") else find_period(stem, "year")
    except InvalidPeriod:
        return None


def part_in(text: str, grain: Grain) -> str | None:
    """The quarter or month that a text without a year names (第二季度), as Q2 or -06; None where it names none, or several."""
    if grain in ("year", "day") or not text or not attempt(IN_TITLE, lambda: find_period(text, "year")).says_nothing:
        return None
    period = attempt(IN_TITLE, lambda: find_period(f"{ANY_YEAR}年 {text}", grain)).period
    return period and period.removeprefix(ANY_YEAR)


def with_part(text: str, name: str, grain: Grain) -> str | None:
    """The period of a text that names the year, and a name that names the part of it."""
    if not name or year_in(text) is None:
        return None
    return find_period(f"{text} {name}", grain)


def part_against(period: str, name: str, grain: Grain) -> str | None:
    """The period that a name without a year (6月, 一季度) is of, in the year of another period, where it is not that one."""
    if grain == "year" or not name or year_in(name):
        return None
    named = attempt(IN_SHEET, lambda: find_period(f"{period[:4]}年 {name}", grain))
    if named.several:
        return None if named.several.first <= period <= named.several.last else named.several.written
    return named.period if named.period != period else None
