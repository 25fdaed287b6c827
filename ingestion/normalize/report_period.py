"""The period of a report, of a sheet as of a layer: by its columns, else its title lines, else the file name, in this order
of trust. None of them may contradict another. Called by `table` (through `sheet_period`) and `layer`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from contracts import Contract, Finding, finding
from contracts.model import Grain
from contracts.reading_record import PeriodCandidate
from ingestion.normalize.named_period import (
    IN_CAPTION,
    IN_COVER,
    IN_FILE_NAME,
    IN_LINE,
    IN_SHEET,
    IN_TITLE,
    NOT_OF_THE_REPORT,
    NamedPeriod,
    attempt,
    lone_year,
    part_against,
    part_in,
    with_part,
    words_of_names,
    year_in,
)
from ingestion.normalize.periods import SeveralPeriods, find_period, first_day_in, number_in_words, without_days
from ingestion.normalize.sheet_metadata import LocatedText, SheetMetadata, period_keys


@dataclass(frozen=True)
class ReportPeriod:
    """What title, sheet or layer and file name say. period: None when they say nothing or contradict; year: at least the
    year that they name.

    span: the first and the last of several that they name: rows that name their own must lie among them. source: where it
    stands (for messages); cell: its cell, the title's where there is none. is_faulty: they name a period
    that does not exist; is_asked: they name different ones, and the most trusted is taken until a person confirms it;
    findings say which. day: a full date in the title, which is no period; part: the quarter or month (Q2, -06) that something
    names without a year.
    """

    period: str | None = None
    year: str | None = None
    source: str = IN_TITLE
    cell: str | None = None
    findings: list[Finding] = field(default_factory=list)
    is_faulty: bool = False
    is_asked: bool = False
    candidates: tuple[PeriodCandidate, ...] = ()
    span: tuple[str, str] | None = None
    day: str | None = None
    part: str | None = None


def sheet_period(
    metadata: SheetMetadata,
    contract: Contract,
    sheet: str | None,
    file_name: str,
    member: str | None = None,
    words: str = "",
    caption: LocatedText | None = None,
    cover: LocatedText | None = None,
) -> ReportPeriod:
    """The period that stands around the tables of a sheet: by the 填报期 line, the title lines, the names of the sheet, the
    file and the zip's member. words: what stands above the columns themselves, caption: above the block of rows; line and titles
    then only add the year. cover: what the workbook's cover says.
    """
    line, titles = (
        period_line(metadata, contract),
        [one for one in metadata.titles if not caption or one.cell != caption.cell],
    )
    read = partial(
        named_period,
        sheet=sheet,
        file_name=file_name,
        grain=contract.period.grain,
        is_cumulative=any(field.cumulative for field in contract.fields.values()),
        member=member,
        cover=cover,
    )
    above = caption or (LocatedText(words, None) if words else None)
    if above is None:
        return read(titles, line)
    said = " ".join([line.text if line else "", *(without_days(title.text) for title in titles)])
    names = words_of_names(file_name, member, sheet, cover).values()
    year = next(filter(None, map(year_in, (above.text, said, *names))), None)
    text = f"{year}年{above.text}" if year and not year_in(above.text) else above.text
    found = read([] if year else titles, LocatedText(text, above.cell), line_is=IN_CAPTION if caption else IN_LINE)
    whole = attempt(IN_TITLE, lambda: find_period(said, contract.period.grain)).period
    if caption and found.period and whole and whole != found.period and not found.is_asked:
        conflict = period_conflict(sheet, caption.cell, (IN_CAPTION, found.period), (IN_TITLE, whole))
        return replace(found, findings=[conflict], is_asked=True)
    return found


def period_line(metadata: SheetMetadata, contract: Contract) -> LocatedText | None:
    """What the lines of the period say, one after the other (年度：2025, 季度：3), at the place of the first."""
    lines = {key: metadata.lines[key] for key in period_keys(contract) if key in metadata.lines}
    said = {key: line for key, line in lines.items() if line.text}
    if not said:
        return None
    text = " ".join(dict.fromkeys(number_in_words(line.text, key) for key, line in said.items()))
    return LocatedText(text, next(iter(said.values())).cell)


def named_period(
    titles: Sequence[LocatedText],
    line: LocatedText | None,
    sheet: str | None,
    file_name: str,
    grain: Grain,
    *,
    is_cumulative: bool = False,
    member: str | None = None,
    cover: LocatedText | None = None,
    line_is: str = IN_LINE,
) -> ReportPeriod:
    """The period by the 填报期 line, else the titles, else the name of the file, of the zip's member (`member`) or of the
    sheet or layer, else the cover; a name without a year (第一季度) adds what the others leave open.

    titles: the title lines, or a layer's title; the first one is the title. is_cumulative: the figures add up from the
    beginning, so that a report of 1月-6月 is that of June. line_is: what a message calls the line. Findings hold for the whole
    file: a period that does not exist, several, or two that differ; a word where it is the cover's.
    """
    cell = line.cell if line else titles[0].cell if titles else None
    at_the_cell = partial(finding, sheet=sheet, cell=cell, field="period")
    texts = " ".join(without_days(NOT_OF_THE_REPORT.sub(" ", title.text)) for title in titles)
    names = words_of_names(file_name, member, sheet, cover)
    around = {line_is: line.text if line else "", IN_TITLE: texts}
    places = _places(around, names, grain)
    candidates = tuple(one for place in places for one in place.candidates(None))
    if invalid := [one for one in places if one.invalid]:
        found = "、".join(
            f"{one.where} {one.invalid.written}" if one.where in names else one.invalid.written
            for one in invalid
            if one.invalid
        )
        rule_id = next(one.invalid.rule_id for one in invalid if one.invalid)
        return replace(_faulty(cell, at_the_cell(rule_id, found=found)), candidates=candidates)
    findings: list[Finding] = []
    if is_cumulative:
        read = [_of_span(place, sheet, cell) for place in places]
        places, findings = [place for place, _ in read], [one for _, one in read if one][:1]
    year = next(filter(None, map(year_in, [" ".join(around.values()), *names.values()])), None)
    if several := [one for one in places if one.several]:
        found = "、".join(f"{one.where} {one.several}" for one in several)
        ends = [one.several for one in several if one.several]
        last = max(one.last for one in ends)
        return _asked(
            (several[0].where, last),
            cell,
            at_the_cell("normalize.several_periods", found=found, expected=last),
            places,
            span=(min(one.first for one in ends), last),
        )
    first = next((one for one in places if one.period), None)
    if conflict := _conflict(places, around | names, grain):
        return _asked(conflict[0], cell, period_conflict(sheet, cell, *conflict), places)
    period, where = (first.period, first.where) if first else (None, IN_FILE_NAME)
    for one in places:
        if one.unclear and period not in one.unclear.periods:
            if period:
                conflict = (str(where), period), (one.where, one.unclear.written)
                return _asked(conflict[0], cell, period_conflict(sheet, cell, *conflict), places)
            (period, other), where = one.unclear.periods, one.where
            written = one.unclear.written
            findings = [*findings, at_the_cell("normalize.month_unclear", found=written, expected=period, other=other)]
    if cover and where == IN_COVER and period:
        findings = [*findings, _told_of_cover(cover, period)]
    return ReportPeriod(
        period,
        (period or year or "")[:4] or None,
        where,
        cell,
        findings=findings,
        part=next(filter(None, (part_in(text, grain) for text in (*around.values(), *names.values()))), None),
        candidates=_candidates(places, period),
        day=next(filter(None, (first_day_in(title.text) for title in titles)), None),
    )


def _told_of_cover(cover: LocatedText, period: str) -> Finding:
    """A word on a period that only the cover says."""
    return finding(
        "normalize.period_from_cover",
        sheet=cover.sheet,
        cell=cover.cell,
        field="period",
        found=cover.sheet,
        expected=period,
    )


def _places(around: Mapping[str, str], names: Mapping[str, str], grain: Grain) -> list[NamedPeriod]:
    """What each place names that names anything, in the order in which they are trusted. around: the line and the titles."""
    by_line, by_title = (attempt(where, partial(find_period, text, grain)) for where, text in around.items())
    if by_line.says_nothing and by_title.says_nothing:
        both, sheet = " ".join(around.values()), names[IN_SHEET]
        by_title = attempt(IN_TITLE, lambda: find_period(both, grain) or with_part(both, sheet, grain))
    found = [by_line, by_title, *(attempt(where, partial(find_period, name, grain)) for where, name in names.items())]
    if all(one.says_nothing for one in found):
        found += _of_two_places({IN_TITLE: " ".join(around.values()), **names}, grain)
    return [one for one in found if not one.says_nothing]


def _of_two_places(said: Mapping[str, str], grain: Grain) -> list[NamedPeriod]:
    """The periods of which one place names the year and another the part of it."""
    found = []
    for where, year in said.items():
        for part_is, part in said.items():
            if where != part_is:
                place = IN_COVER if part_is == IN_COVER else where
                found.append(attempt(place, partial(with_part, year, part, grain)))
    return found


def _conflict(
    places: Sequence[NamedPeriod], names: Mapping[str, str], grain: Grain
) -> tuple[tuple[str, str], tuple[str, str]] | None:
    """The first two places that name different periods, as (where, period): with their year, or a name that has the year
    only, or the part of it only. names: what each place says.
    """
    named = [(one.where, one.period) for one in places if one.period]
    if not named:
        return None
    where, period = named[0]
    for other in named[1:]:
        if other[1] != period:
            return (where, period), other
    periods_in = {one.where for one in places}
    for other_place, name in names.items():
        if other_place in periods_in:
            continue
        year = lone_year(name)
        if year and year != period[:4]:
            return (where, period), (other_place, year)
        if other_place != IN_FILE_NAME and (part := part_against(period, name, grain)):
            return (where, period), (other_place, part)
    return None


def _of_span(one: NamedPeriod, sheet: str | None, cell: str | None) -> tuple[NamedPeriod, Finding | None]:
    """Cumulative figures of several months are those of the last, with a warning."""
    several = one.several
    if several is None or not several.is_span or not _is_from_the_beginning(several):
        return one, None
    chosen = finding(
        "normalize.period_of_span",
        sheet=sheet,
        cell=cell,
        field="period",
        found=several.written,
        expected=several.last,
    )
    return NamedPeriod(one.where, several.last), chosen


def _is_from_the_beginning(several: SeveralPeriods) -> bool:
    """Whether a span begins with the year in which it ends: 1月-6月, not 3月-6月."""
    return several.first[:4] == several.last[:4] and several.first.endswith(("-01", "Q1"))


def _faulty(cell: str | None, found: Finding) -> ReportPeriod:
    return ReportPeriod(cell=cell, findings=[found], is_faulty=True)


def _asked(
    taken: tuple[str, str],
    cell: str | None,
    found: Finding,
    places: Sequence[NamedPeriod],
    span: tuple[str, str] | None = None,
) -> ReportPeriod:
    """The period that is read of several, until a person confirms it. taken: where it stands, and which."""
    where, period = taken
    return ReportPeriod(
        period, period[:4], where, cell, [found], is_asked=True, candidates=_candidates(places, period), span=span
    )


def _candidates(places: Sequence[NamedPeriod], taken: str | None) -> tuple[PeriodCandidate, ...]:
    return tuple(dict.fromkeys(one for place in places for one in place.candidates(taken)))


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
