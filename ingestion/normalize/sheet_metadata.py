"""What a sheet says about itself around its table: title, 填报单位, 填报日期, 单位, 填报期, notes. Called by `table` and
`sheet_tables`.
"""

import re
from dataclasses import dataclass, field
from pathlib import PurePath

from contracts import Contract
from contracts.model import MeasureUnit
from contracts.personal_numbers import without_personal_numbers
from contracts.text import half_width, heading_key, value_text
from ingestion.normalize.numbers import unit_named
from ingestion.readers.cells import RawRow, a1

KEY_VALUE = re.compile(r"^([^:：]{2,14})[:：](.*)$", re.DOTALL)
KEY_REMARK = re.compile(r"\([^()]*\)$")  # 填报单位（盖章）
UNIT_NAMED = re.compile(r"单位[:：为是]?\s*([^\s,，。;；)）(（]+)")
UNIT_IN_NOTE = re.compile(
    r"(?:(?:折合|折算)(?:为|成)?|按|以|为|成)\s*([^\s,，。;；)）(（]{1,6}?)(?=填报|填列|填写|统计|计算|计|为单位|[,，。;；)）(（]|$)"
)
UNIT_AT_END = re.compile(r"\((?:[^():]{0,8}:)?([^():]{1,6})\)\s*$")
NOTE_KEYS = {
    "填报单位": "submitter",
    "报送单位": "submitter",
    "编制单位": "submitter",
    "填报人": "reporter",
    "填表人": "reporter",
    "制表人": "reporter",
    "审核人": "reviewer",
    "单位负责人": "head",
    "填报日期": "reported_on",
    "报送日期": "reported_on",
    "制表日期": "reported_on",
}


@dataclass(frozen=True)
class LocatedText:
    """A text and the cell where it stands; None where it stands in no cell, as a layer's title."""

    text: str
    cell: str | None


@dataclass
class SheetMetadata:
    """title: the heading line. lines: every `key: value` by its key. measure_units: those that the lines above the table, or
    the file name, declare, the first one first; are_of_file_name: it is the file name that does; note_units: those that the
    notes below name, each with where: they say something of the figures, but never what they are written in.
    """

    title: LocatedText | None = None
    titles: list[LocatedText] = field(default_factory=list)
    lines: dict[str, LocatedText] = field(default_factory=dict)
    measure_units: list[MeasureUnit] = field(default_factory=list)
    are_of_file_name: bool = False
    note_units: list[tuple[MeasureUnit, LocatedText]] = field(default_factory=list)

    def notes(self) -> dict[str, str]:
        """Title, submitter, reporter, reviewer, date of the report, as far as they are given; no identity number."""
        given = {
            note: self.lines[key].text for key, note in NOTE_KEYS.items() if key in self.lines and self.lines[key].text
        }
        notes = ({"title": self.title.text} if self.title else {}) | given
        return {note: without_personal_numbers(text) for note, text in notes.items()}

    def first(self, keys: tuple[str, ...]) -> LocatedText | None:
        """The first of several lines that says something."""
        return next((self.lines[key] for key in keys if key in self.lines and self.lines[key].text), None)


def read_metadata(above: list[RawRow], notes: list[RawRow], file_name: str) -> SheetMetadata:
    """What the rows above the headings and the notes below the data say. A unit in the file name counts where the lines
    above the table name none.
    """
    metadata = SheetMetadata()
    for row in above:
        _take_lines(row, metadata, titles=True)
    for row in notes:
        _take_lines(row, metadata, titles=False)
    texts = [str(value) for row in above for value in row.values if isinstance(value, str)]
    metadata.measure_units = _units_named(texts)
    if not metadata.measure_units:
        metadata.measure_units, metadata.are_of_file_name = _units_named([PurePath(file_name).stem]), True
    for row in notes:
        for column, value in enumerate(row.values, start=1):
            if isinstance(value, str):
                located = LocatedText(value, a1(row.no, column))
                metadata.note_units += [(one, located) for one in _units_in_note(value)]
    return metadata


def _units_in_note(text: str) -> list[MeasureUnit]:
    """Units that a note names: 单位：元, 按万元填报, 折算为吨, 以亩计."""
    words = [found[1] for found in UNIT_IN_NOTE.finditer(half_width(text))]
    return list(dict.fromkeys([*_units_named([text]), *filter(None, map(unit_named, words))]))


def _units_named(texts: list[str]) -> list[MeasureUnit]:
    """Units that texts declare: 单位：公顷, or at the end in brackets: 资金台账（元）, （面积：亩）."""
    words = [
        word
        for text in texts
        for found in UNIT_NAMED.finditer(half_width(text))
        for word in re.split(r"[、/]", found[1])
    ]
    ends = [found[1] for text in texts if (found := UNIT_AT_END.search(half_width(text)))]
    named = [*map(unit_named, words), *(one for one in map(unit_named, ends) if one and one.is_scaled)]
    return [measure_unit for measure_unit in dict.fromkeys(named) if measure_unit]


def _take_lines(row: RawRow, metadata: SheetMetadata, titles: bool) -> None:
    cells = [
        (column, value_text(value).strip()) for column, value in enumerate(row.values, start=1) if value is not None
    ]
    for index, (column, text) in enumerate(cells):
        found = KEY_VALUE.match(text)
        if found:
            key, value = KEY_REMARK.sub("", heading_key(found[1])), found[2].strip()
            cell = a1(row.no, column)
            if not value and index + 1 < len(cells) and not KEY_VALUE.match(cells[index + 1][1]):
                value, cell = cells[index + 1][1], a1(row.no, cells[index + 1][0])
            metadata.lines.setdefault(key, LocatedText(value, cell))
        elif titles and not (index and KEY_VALUE.match(cells[index - 1][1])):
            located = LocatedText(text, a1(row.no, column))
            metadata.titles.append(located)
            metadata.title = metadata.title or located


def period_keys(contract: Contract) -> tuple[str, ...]:
    """Keys of lines that name the period: the headings of the period field (填报期, 年度 …). 填报日期 is none of them."""
    return tuple(
        heading_key(heading)
        for field in contract.fields.values()
        if field.type == "period"
        for heading in field.headers
    )


def township_keys(contract: Contract) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Keys of lines that give the township's code, and of those that give its name."""
    fields = [field for field in contract.fields.values() if field.type == "township"]
    codes = tuple(heading_key(heading) for field in fields for heading in field.headers)
    return codes, tuple(heading_key(heading) for field in fields for heading in field.name_headers)
