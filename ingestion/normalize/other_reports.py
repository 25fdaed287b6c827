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
from ingestion.normalize.said_of_figures import other_objects
from ingestion.normalize.sheet_metadata import LocatedText, SheetMetadata
from ingestion.readers.cells import RawRow, a1

OTHER_REPORT = "sheet.title_of_another_report"
OTHER_NAME = "sheet.file_name_of_another_report"
OF_A_FORM = frozenset({"样表", "样例", "示例", "范例"})
"""Words that the name of a file keeps from the form into which its figures were written."""
VOID = re.compile(r"作废|废[表稿](?!物)")
COUNTY = re.compile(r"(?<![一-鿿])(?:山西省)?(?:长治市)?(?![全各本我该年月季度份末])([一-鿿]{1,3}县)(?!区|级)")
LONGEST_TITLE = 40  # letters: the longest of the forms' titles have thirty
UP_TO = re.compile(
    r"(?:数据|数字|本表|表中|以上|统计)[^,。;]{0,6}?截[至止]到?(?P<year>20\d{2})[年.-](?:(?P<month>\d{1,2})(?=[月.-]))?"
)
MONTHS = re.compile(r"(?<![\d-])(?P<first>\d{1,2})月?(?:-|至|到|~|—)(?P<last>\d{1,2})月")
SURVEY = re.compile(r"调查|普查")  # a source with a year of its own, from which figures of another year may come
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
    if VOID.search(name) or COUNTY.search(name):
        return [_asked(name, contract, sheet, cell)]
    words = (word for word in _words_of_others(name, contract) if word not in OF_A_FORM)
    return [
        finding(OTHER_NAME, sheet=sheet, cell=cell, found=name, expected=contract.title.zh, word=word) for word in words
    ][:1]


def other_layer(file_name: str, title: str, layer: str | None, contract: Contract) -> list[Finding]:
    """The question whether a layer is reported whose name, or whose file's, says that it is a plan, a draft, void, of another
    county or of something else.
    """
    for name in dict.fromkeys((half_width(PurePath(file_name).stem), title, layer or "")):
        text = _without_harmless(name)
        is_plan = any(word in text and not _is_own(word, contract) for word in group_words()["plan"])
        county = COUNTY.search(name)
        is_of_others = county is not None and county[1] not in FORMER
        if is_plan or is_of_others or VOID.search(name) or next(_words_of_others(name, contract), None):
            return [finding(OTHER_REPORT, sheet=layer, found=name, expected=contract.title.zh)]
    return []


def _without_harmless(text: str) -> str:
    for word in group_words()["harmless"]:
        text = text.replace(word, " ")
    return text


def _words_of_others(name: str, contract: Contract) -> Iterator[str]:
    """The words of a name that say that it is of another report, or of another thing."""
    text = without_blanks(name)
    yield from (word for word in plain_words("other_reports") if word in text and not _is_own(word, contract))
    yield from other_objects(text, contract)


def _is_own(word: str, contract: Contract) -> bool:
    return word in "".join((contract.title.zh, *contract.recognise))


def _asked(found: str, contract: Contract, sheet: str | None, cell: str) -> Finding:
    return finding(OTHER_REPORT, sheet=sheet, cell=cell, found=found.strip(), expected=contract.title.zh)


def _says_other(title: str, contract: Contract) -> bool:
    text = without_blanks(title)
    if len(text) > LONGEST_TITLE or "。" in text:  # an instruction
        return False
    if (county := COUNTY.search(text)) and county[1] not in FORMER:
        return True
    return next(_words_of_others(text, contract), None) is not None


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
            plain = half_width(value)
            is_other = any(_is_other_time(one[1], period.period, contract) for one in DATA_ARE_OF.finditer(plain))
            if is_other or _ends_before(plain, period.period):
                taken, other = (period.source, period.period), (IN_NOTE, f"“{said.text.strip()}”")
                yield period_conflict(sheet, said.cell, taken, other)


def _ends_before(text: str, period: str) -> bool:
    """Whether a text says that the figures go up to a day, or a month, before a period begins."""
    first = f"{period[:4]}-{3 * int(period[5]) - 2:02d}" if "Q" in period else period
    return any(
        f"{one['year']}-{(one['month'] or '12').zfill(2)}"[: len(first)] < first
        for one in UP_TO.finditer(without_blanks(text))
    )


def _is_other_time(text: str, period: str, contract: Contract) -> bool:
    """Whether a text names another period than the report's, or says only that it is a past one."""
    if SURVEY.search(text):
        return False
    if _names_other_months(text, period, contract):
        return True
    is_past = without_blanks(text).removesuffix("数据").removesuffix("数").endswith(group_words()["past"])
    return is_past or names_another_period(text, contract, period)


def _names_other_months(text: str, period: str, contract: Contract) -> bool:
    """Whether a text names some months that are not those of the quarter whose figures are reported by itself: 1-2月."""
    _, _, quarter = period.partition("Q")
    if not quarter or any(field.cumulative for field in contract.fields.values()):
        return False
    months = {(one["first"], one["last"]) for one in MONTHS.finditer(without_blanks(text))}
    last = 3 * int(quarter)
    return bool(months) and (str(last - 2), str(last)) not in months
