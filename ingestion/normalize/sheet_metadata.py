"""What a sheet says about itself around its table: title, 填报单位, 填报日期, 单位, 填报期, notes. Called by `table` and
`sheet_tables`.
"""

import re
from dataclasses import dataclass, field
from pathlib import PurePath

from contracts import Contract
from contracts.personal_numbers import without_personal_numbers
from contracts.text import heading_key, value_text
from ingestion.normalize.declared_units import Declared, declared_units
from ingestion.readers.cells import RawRow, a1

KEY_VALUE = re.compile(r"^([^:：]{2,14})[:：](.*)$", re.DOTALL)
KEY_REMARK = re.compile(r"\([^()]*\)$")  # 填报单位（盖章）
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
    """A text and the cell where it stands; None where it stands in no cell, as a layer's title. sheet: of another sheet than
    the table's.
    """

    text: str
    cell: str | None
    sheet: str | None = None


@dataclass
class SheetMetadata:
    """title: the heading line. lines: every `key: value` by its key. measure_units: those that the lines above the table, else
    the sheet's name, else the file's declare, the first one first; are_of_file_name: it is the file name that does; note_units:
    those that the notes below name, each with where: they say something of the figures, but never what they are written in.
    """

    title: LocatedText | None = None
    titles: list[LocatedText] = field(default_factory=list)
    lines: dict[str, LocatedText] = field(default_factory=dict)
    measure_units: list[Declared] = field(default_factory=list)
    are_of_file_name: bool = False
    note_units: list[tuple[Declared, LocatedText]] = field(default_factory=list)

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


def read_metadata(
    above: list[RawRow], notes: list[RawRow], file_name: str, sheet_name: str | None = None
) -> SheetMetadata:
    """What the rows above the headings and the notes below the data say. A unit in the sheet's name, or the file's, counts
    where the lines above the table name none.
    """
    metadata = SheetMetadata()
    for row in above:
        _take_lines(row, metadata, titles=True)
    for row in notes:
        _take_lines(row, metadata, titles=False)
    texts = [str(value) for row in above for value in row.values if isinstance(value, str)]
    metadata.measure_units = _units_of(texts) or _units_of([sheet_name or ""])
    if not metadata.measure_units:
        metadata.measure_units, metadata.are_of_file_name = _units_of([PurePath(file_name).stem]), True
    for row in notes:
        for column, value in enumerate(row.values, start=1):
            if isinstance(value, str):
                located = LocatedText(value, a1(row.no, column))
                metadata.note_units += [(one, located) for one in declared_units(value, is_note=True)]
    return metadata


def _units_of(texts: list[str]) -> list[Declared]:
    return list(dict.fromkeys(one for text in texts for one in declared_units(text)))


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
