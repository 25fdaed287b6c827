"""The period of a report, of a sheet as of a layer: by its columns, else its title lines, else the file name, in this order
of trust. None of them may contradict another. Called by `table` (through `sheet_period`) and `layer`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from contracts import Contract, Finding, finding
from contracts.model import Grain
from contracts.reading_record import PeriodCandidate
from ingestion.normalize.parsed_row import ParsedRow
from ingestion.normalize.periods import InvalidPeriod, SeveralPeriods, find_period, without_days
from ingestion.normalize.sheet_metadata import LocatedText, SheetMetadata, period_keys

NOT_OF_THE_REPORT = re.compile(r"有效期.*|(?:依据|根据|按照).*|[〔\[(（【]\d{4}[〕\])）】]\s*第?\d+\s*号")
"""Words of a title around years that are the form's or another document's."""
IN_FILE_NAME, IN_TITLE, IN_COLUMN = "文件名", "标题", "列"


@dataclass(frozen=True)
class ReportPeriod:
    """What title, sheet or layer and file name say. period: None when they say nothing or contradict; year: at least the
    year that they name.

    span: the first and the last of several that they name: rows that name their own must lie among them. source: where it
    stands (for messages); cell: its cell, the title's where there is none. is_faulty: they name a period
    that does not exist, or different ones; findings say which.
    """

    period: str | None = None
    year: str | None = None
    source: str = IN_TITLE
    cell: str | None = None
    findings: list[Finding] = field(default_factory=list)
    is_faulty: bool = False
    candidates: tuple[PeriodCandidate, ...] = ()
    span: tuple[str, str] | None = None


def sheet_period(metadata: SheetMetadata, contract: Contract, sheet: str | None, file_name: str) -> ReportPeriod:
    """The period that stands around the tables of a sheet: by the 填报期 line, the title lines, the sheet's and the file's
    name.
    """
    line = metadata.first(period_keys(contract))
    is_cumulative = any(field.cumulative for field in contract.fields.values())
    return named_period(metadata.titles, line, sheet, file_name, contract.period.grain, is_cumulative=is_cumulative)


@dataclass(frozen=True)
class NamedPeriod:
    """What one place names: a period, several (`several`), or one that does not exist (`invalid`); nothing, where all are
    None.
    """

    where: str
    period: str | None = None
    several: SeveralPeriods | None = None
    invalid: str | None = None

    def candidates(self, taken: str | None) -> tuple[PeriodCandidate, ...]:
        if self.several:
            periods: tuple[str, ...] = (self.several.first, self.several.last)
        else:
            periods = (self.period,) if self.period else ()
        written = self.several.written if self.several else ""
        return tuple(PeriodCandidate(self.where, one, written or one, one == taken) for one in periods)


def named_period(
    titles: Sequence[LocatedText],
    line: LocatedText | None,
    sheet: str | None,
    file_name: str,
    grain: Grain,
    *,
    is_cumulative: bool = False,
) -> ReportPeriod:
    """The period by the 填报期 line, else the titles, else the file name; the name of a sheet or layer (第一季度) adds what
    these leave open.

    titles: the title lines, or a layer's title; the first one is the title. is_cumulative: the figures add up from the
    beginning, so that a report of 1月-6月 is that of June. Findings hold for the whole file: a period that does not
    exist, several, or two that differ.
    """
    stem = without_days(PurePath(file_name).stem)
    cell = line.cell if line else titles[0].cell if titles else None
    texts = " ".join(
        [line.text if line else "", *(without_days(NOT_OF_THE_REPORT.sub(" ", title.text)) for title in titles)]
    )
    by_title = _attempt(
        IN_TITLE,
        lambda: (
            (line and find_period(line.text, grain)) or find_period(texts, grain) or _with_sheet(texts, sheet, grain)
        ),
    )
    has_title = by_title.period is not None or by_title.several is not None
    by_file = _attempt(
        IN_FILE_NAME, lambda: find_period(stem, grain) or (None if has_title else _with_sheet(stem, sheet, grain))
    )
    if by_title.invalid or by_file.invalid:
        written = [by_title.invalid, f"{IN_FILE_NAME} {by_file.invalid}" if by_file.invalid else None]
        found = "、".join(filter(None, written))
        return _faulty(cell, finding("normalize.invalid_period", sheet=sheet, cell=cell, field="period", found=found))
    by_title, by_file, findings = _of_spans(by_title, by_file, is_cumulative, sheet, cell)
    several = [one for one in (by_title, by_file) if one.several]
    if several:
        found = "、".join(f"{one.where} {one.several}" for one in several)
        told = finding("normalize.several_periods", sheet=sheet, cell=cell, field="period", found=found)
        ends = [one.several for one in several if one.several]
        return replace(
            _faulty(cell, told),
            year=_year_in(texts) or _year_in(stem),
            span=(min(one.first for one in ends), max(one.last for one in ends)),
            candidates=(*by_title.candidates(None), *by_file.candidates(None)),
        )
    period = by_title.period or by_file.period
    year = (period or _year_in(texts) or _year_in(stem) or "")[:4] or None
    contradiction = None
    if by_title.period and by_file.period and by_title.period != by_file.period:
        contradiction = (by_title.period, by_file.period)
    elif (
        by_title.period and not by_file.period and (file_year := _lone_year(stem)) and file_year != by_title.period[:4]
    ):
        contradiction = (by_title.period, file_year)
    if contradiction:
        by_whom = (IN_TITLE, contradiction[0]), (IN_FILE_NAME, contradiction[1])
        return _faulty(cell, period_conflict(sheet, cell, *by_whom))
    return ReportPeriod(
        period,
        year,
        IN_TITLE if by_title.period else IN_FILE_NAME,
        cell,
        findings=findings,
        candidates=(*by_title.candidates(period), *by_file.candidates(period)),
    )


def _of_spans(
    by_title: NamedPeriod, by_file: NamedPeriod, is_cumulative: bool, sheet: str | None, cell: str | None
) -> tuple[NamedPeriod, NamedPeriod, list[Finding]]:
    """Cumulative figures of several months are those of the last, with a warning; a span that ends with the one period
    that the other place names is that period.
    """
    findings: list[Finding] = []
    if not is_cumulative:
        return by_title, by_file, findings
    read = []
    for one in (by_title, by_file):
        several = one.several
        if several is None or not several.is_span or not _is_from_the_beginning(several):
            read.append(one)
            continue
        if not findings:
            findings.append(
                finding(
                    "normalize.period_of_span",
                    sheet=sheet,
                    cell=cell,
                    field="period",
                    found=several.written,
                    expected=several.last,
                )
            )
        read.append(NamedPeriod(one.where, several.last))
    return read[0], read[1], findings


def _is_from_the_beginning(several: SeveralPeriods) -> bool:
    """Whether a span begins with the year in which it ends: 1月-6月, not 3月-6月."""
    return several.first[:4] == several.last[:4] and several.first.endswith(("-01", "Q1"))


def _faulty(cell: str | None, found: Finding) -> ReportPeriod:
    return ReportPeriod(cell=cell, findings=[found], is_faulty=True)


def check_row_periods(
    parsed_rows: list[ParsedRow], period: ReportPeriod, contract: Contract, sheet: str | None
) -> list[Finding]:
    """Findings on the period of a table's rows: their own columns against what title and file name say.

    Where these contradict no row keeps a period, for it would be a guess; changes the rows.
    """
    if contract.period.from_date:
        return []
    in_column = {row.period for row in parsed_rows if row.own_period}
    if period.span and all(
        row.own_period and period.span[0] <= str(row.period) <= period.span[1] for row in parsed_rows
    ):
        return []
    if period.is_faulty:
        for row in parsed_rows:
            row.period = None
        return period.findings
    if len(in_column) == 1 and period.period and period.period not in in_column:
        for row in parsed_rows:
            row.period = None
        cell = parsed_rows[0].cells.get("period")
        return [period_conflict(sheet, cell, (IN_COLUMN, str(*in_column)), (period.source, period.period))]
    if any(row.period is None and not any(one.field == "period" for one in row.problems) for row in parsed_rows):
        return [*period.findings, finding("normalize.period_missing", sheet=sheet, cell=period.cell, field="period")]
    return period.findings if len(in_column) != 1 else []


def period_conflict(sheet: str | None, cell: str | None, one: tuple[str, str], other: tuple[str, str]) -> Finding:
    """Two places that name different periods; each is (where, period)."""
    return finding(
        "normalize.period_conflict",
        sheet=sheet,
        cell=cell,
        field="period",
        found=" ".join(one),
        expected=" ".join(other),
    )


def _attempt(where: str, find: Callable[[], str | None]) -> NamedPeriod:
    """What is found, or else what is written of a period that does not exist, or of several."""
    try:
        return NamedPeriod(where, find())
    except SeveralPeriods as error:
        return NamedPeriod(where, several=error)
    except InvalidPeriod as error:
        return NamedPeriod(where, invalid=error.written)


def _year_in(text: str) -> str | None:
    """The one year that a text names."""
    try:
        return find_period(text, "year")
    except InvalidPeriod:
        return None


def _with_sheet(text: str, sheet: str | None, grain: Grain) -> str | None:
    """The period of a text that names the year, and a sheet's name that names the part of it."""
    if not sheet or _year_in(text) is None:
        return None
    return find_period(f"{text} {sheet}", grain)


def _lone_year(stem: str) -> str | None:
    """The year in a file name, unless it is part of a date or a month: that may be the day of sending."""
    try:
        return None if find_period(stem, "month") else find_period(stem, "year")
    except InvalidPeriod:
        return None
