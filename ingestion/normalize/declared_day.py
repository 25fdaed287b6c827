"""Up to which day a ledger of events says that it speaks: 截至2025年10月31日 in its title, a line above or below the table, or the name of
the file. Called by `table` for datasets whose rows are dated themselves.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import PurePath

from contracts import Contract, Finding, finding
from contracts.calendar import today
from contracts.reading_record import DeclaredDay
from contracts.text import heading_key
from ingestion.normalize.named_period import IN_FILE_NAME, IN_MEMBER, IN_SHEET, IN_TITLE, year_in
from ingestion.normalize.parsed_row import ParsedRow
from ingestion.normalize.periods import in_figures
from ingestion.normalize.sheet_metadata import SheetMetadata
from ingestion.normalize.townships import township_in

DECLARES = r"截\s*[至止](?:\s*[到至于])?\s*(?:日期|时间|时点)?\s*[:：]?\s*"
YEAR = r"(?:(?P<year>(?:19|20)\d{2})\s*[年./-]\s*)"
DECLARED = re.compile(
    DECLARES
    + r"(?:"
    + YEAR
    + r"?(?P<month>\d{1,2})\s*[月./-]\s*(?:份)?\s*(?:(?P<day>\d{1,2})\s*[日号]?(?!\d)|(?P<month_end>底|末)?)"
    + r"|(?P<digits>(?:19|20)\d{6})(?!\d)"
    + r"|(?P<whole>(?:19|20)\d{2})\s*年?(?:底|末|年底|年末)"
    + r")"
)
KEY = re.compile(r"截[至止](?:到|至)?(?:日期|日|时间|时点)?$")
IN_LINE = "截至日期"
DECEMBER = 12


def declared_days(metadata: SheetMetadata, sheet: str | None, file_name: str, member: str | None) -> list[DeclaredDay]:
    """The days that the titles, the lines and the names declare, in the order in which they are trusted.

    A ledger that names a township speaks of that alone, and declares nothing of the district.
    """
    titles = [one.text for one in metadata.titles]
    lines = [f"截至{line.text}" for key, line in metadata.lines.items() if KEY.search(heading_key(key))]
    places = [
        (IN_TITLE, " ".join(titles)),
        *((IN_LINE, line) for line in lines),
        (IN_FILE_NAME, PurePath(file_name).stem),
        (IN_MEMBER, PurePath(member or "").stem),
        (IN_SHEET, sheet or ""),
    ]
    if any(township_in(text) for _, text in places):
        return []
    return list(_declared(places))


def _declared(places: Iterable[tuple[str, str]]) -> Iterator[DeclaredDay]:
    for where, text in places:
        for found in DECLARED.finditer(in_figures(text)):
            if day := _day(found, year_in(text)):
                yield DeclaredDay(where, day.isoformat(), found[0].strip())


def _day(found: re.Match[str], year_of_text: str | None) -> date | None:
    """The day that a match names: of a month or a year its last. None for one that does not exist or has no year."""
    if found["whole"]:
        return date(int(found["whole"]), DECEMBER, 31)
    if digits := found["digits"]:
        year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    else:
        year, month = int(found["year"] or year_of_text or 0), int(found["month"])
        day = int(found["day"] or 0)
    if not year or not 1 <= month <= DECEMBER:
        return None
    last = monthrange(year, month)[1]
    return date(year, month, day or last) if day <= last else None


def check_declared_day(
    days: Sequence[DeclaredDay],
    parsed_rows: Sequence[ParsedRow],
    contract: Contract,
    metadata: SheetMetadata,
    sheet: str | None,
) -> list[Finding]:
    """Warnings on a declared day that what else is known contradicts: other places name another, the day was still to come when the
    ledger arrived, or the ledger has events after it.
    """
    if not days:
        return []
    taken, dated_by = days[0], str(contract.period.from_date)
    cell = metadata.title.cell if metadata.title else None
    findings = []
    if other := next((one for one in days if one.day != taken.day), None):
        both = [f"{one.where} {one.day}" for one in (taken, other)]
        findings.append(
            finding("normalize.declared_days_differ", sheet=sheet, cell=cell, found=both[0], expected=both[1])
        )
    if date.fromisoformat(taken.day) > today():
        findings.append(finding("normalize.declared_day_to_come", sheet=sheet, cell=cell, found=taken.day))
    events = [str(row.values[dated_by]) for row in parsed_rows if row.values.get(dated_by)]
    if events and max(events) > taken.day:
        rule_id = "normalize.event_after_declared_day"
        findings.append(finding(rule_id, sheet=sheet, cell=cell, found=taken.day, expected=max(events)))
    return findings
