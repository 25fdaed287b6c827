"""The period of a sheet: from its title lines, its name and the file name, which must not contradict each other."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePath

from contracts import Contract, Finding, finding
from contracts.model import Grain
from ingestion.normalize.periods import InvalidPeriod, find_period, without_days
from ingestion.normalize.sheet_metadata import Said, SheetMetadata, period_keys

# years that are the form's or another document's
NOT_OF_THE_REPORT = re.compile(r"有效期.*|(?:依据|根据|按照).*|[〔\[(（【]\d{4}[〕\])）】]\s*第?\d+\s*号")
IN_FILE_NAME, IN_TITLE, IN_COLUMN = "文件名", "标题", "列"


@dataclass(frozen=True)
class SheetPeriod:
    """period: what title, sheet or file name says, None when they say nothing or contradict; year: at least the year
    they name.

    source: where it stands (for messages); cell: its cell, the title's where there is none.
    """

    period: str | None = None
    year: str | None = None
    source: str = IN_TITLE
    cell: str | None = None
    findings: list[Finding] = field(default_factory=list)
    spoiled: bool = False


def sheet_period(about: SheetMetadata, contract: Contract, sheet: str | None, file_name: str) -> SheetPeriod:
    """The period by the 填报期 line, else the title, else the file name; a sheet's name (第一季度) adds what these
    leave open.

    Findings hold for the whole file: a period that does not exist, or two that differ.
    """
    grain = contract.period.grain
    stem = without_days(PurePath(file_name).stem)
    line = about.first(period_keys(contract))
    cell = (line or about.title or Said("", "")).cell or None
    texts = " ".join(
        [line.text if line else "", *(without_days(NOT_OF_THE_REPORT.sub(" ", said.text)) for said in about.titles)]
    )
    by_title, not_in_title = _attempt(
        lambda: (
            (line and find_period(line.text, grain)) or find_period(texts, grain) or _with_sheet(texts, sheet, grain)
        )
    )
    by_file, not_in_name = _attempt(
        lambda: find_period(stem, grain) or (None if by_title else _with_sheet(stem, sheet, grain))
    )
    if not_in_title or not_in_name:
        written = [not_in_title, f"{IN_FILE_NAME} {not_in_name}" if not_in_name else None]
        found = finding(
            "normalize.invalid_period", sheet=sheet, cell=cell, field="period", found="、".join(filter(None, written))
        )
        return SheetPeriod(cell=cell, spoiled=True, findings=[found])
    period = by_title or by_file
    year = (period or find_period(texts, "year") or find_period(stem, "year") or "")[:4] or None
    contradiction = (by_title, by_file) if by_title and by_file and by_title != by_file else None
    if by_title and not by_file and (file_year := _lone_year(stem)) and file_year != by_title[:4]:
        contradiction = (by_title, file_year)
    if contradiction:
        found = conflict(sheet, cell, (IN_TITLE, contradiction[0]), (IN_FILE_NAME, contradiction[1]))
        return SheetPeriod(cell=cell, spoiled=True, findings=[found])
    return SheetPeriod(period, year, IN_TITLE if by_title else IN_FILE_NAME, cell)


def _attempt(told: Callable[[], str | None]) -> tuple[str | None, str | None]:
    """The period that is told, or else what is written of one that does not exist."""
    try:
        return told(), None
    except InvalidPeriod as error:
        return None, error.written


def conflict(sheet: str | None, cell: str | None, one: tuple[str, str], other: tuple[str, str]) -> Finding:
    """Two places that name different periods; each is (where, period)."""
    return finding(
        "normalize.period_conflict",
        sheet=sheet,
        cell=cell,
        field="period",
        found=" ".join(one),
        expected=" ".join(other),
    )


def _with_sheet(text: str, sheet: str | None, grain: Grain) -> str | None:
    """The period of a text that names the year, and a sheet's name that names the part of it."""
    if not sheet or find_period(text, "year") is None:
        return None
    return find_period(f"{text} {sheet}", grain)


def _lone_year(stem: str) -> str | None:
    """The year in a file name, unless it is part of a date or a month: that may be the day of sending."""
    try:
        return None if find_period(stem, "month") else find_period(stem, "year")
    except InvalidPeriod:
        return None
