"""Titles, and names of files, that say that a table is not the report that it looks like, and lines and notes that say of which
other time its figures are. Called by `table` for each table of a sheet.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from contracts import Contract, Finding, finding, group_words, plain_words
from contracts.text import half_width, heading_key, without_blanks
from ingestion.normalize.heading_meaning import names_another_period
from ingestion.normalize.layout import TableLayout
from ingestion.normalize.named_period import IN_NOTE
from ingestion.normalize.report_period import ReportPeriod, period_conflict
from ingestion.normalize.sheet_metadata import LocatedText, SheetMetadata
from ingestion.readers.cells import RawRow, a1

OTHER_REPORT = "sheet.title_of_another_report"
VOID = re.compile(r"作废|废[表稿](?!物)")
COUNTY = re.compile(r"^(?:山西省)?(?:长治市)?([一-鿿]{1,3}县)(?!区|级)")
LONGEST_TITLE = 40  # letters: the longest of the forms' titles have thirty
FORMER = ("长治县",)  # what the district was called until 2018
DATA_ARE_OF = re.compile(
    r"(?:本表|表中|表内|以上|上述|数据)[^,。;:]{0,6}?(?:为|是|系|属于?|取自|来源于|来源:|:)([^,。;]{2,24})"
)


def other_report(metadata: SheetMetadata, file_name: str, contract: Contract, table: TableLayout) -> list[Finding]:
    """The question whether a table is reported whose title, or whose file's name, says that it is another one: a plan, a
    forecast, averages, changes, void, of another county. Of a group above the columns, these are asked about by themselves.
    """
    sheet, cell = table.sheet.name, table.header[0].cell
    groups = {group for head in table.header for group in head.groups}
    for title in metadata.titles:
        if heading_key(title.text) not in groups and _says_other(title.text, contract):
            return [_asked(title.text, contract, sheet, title.cell or cell)]
    name = half_width(PurePath(file_name).stem)
    return [_asked(name, contract, sheet, cell)] if VOID.search(name) or COUNTY.search(name) else []


def _asked(found: str, contract: Contract, sheet: str | None, cell: str) -> Finding:
    return finding(OTHER_REPORT, sheet=sheet, cell=cell, found=found.strip(), expected=contract.title.zh)


def _says_other(title: str, contract: Contract) -> bool:
    text, own = without_blanks(title), "".join((contract.title.zh, *contract.recognise))
    if len(text) > LONGEST_TITLE or "。" in text:  # an instruction
        return False
    if (county := COUNTY.search(text)) and county[1] not in FORMER:
        return True
    return any(word in text and word not in own for word in plain_words("other_reports"))


def data_of_other_periods(
    lines: Iterable[RawRow], period: ReportPeriod, contract: Contract, sheet: str | None
) -> Iterator[Finding]:
    """The question on lines and notes that say of which other time the figures are. lines: the rows above a table and below."""
    if period.period is None or period.is_asked:
        return
    for row in lines:
        for column, value in enumerate(row.values, start=1):
            if not isinstance(value, str):
                continue
            said = LocatedText(value, a1(row.no, column))
            if any(_is_other_time(one[1], period.period, contract) for one in DATA_ARE_OF.finditer(half_width(value))):
                taken, other = (period.source, period.period), (IN_NOTE, f"“{said.text.strip()}”")
                yield period_conflict(sheet, said.cell, taken, other)


def _is_other_time(text: str, period: str, contract: Contract) -> bool:
    """Whether a text names another period than the report's, or says only that it is a past one."""
    is_past = without_blanks(text).removesuffix("数据").removesuffix("数").endswith(group_words()["past"])
    return is_past or names_another_period(text, contract, period)
