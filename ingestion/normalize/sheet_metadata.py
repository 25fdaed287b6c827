"""What a sheet says about itself around its table: title, 填报单位, 填报日期, 单位, 填报期, notes."""

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import PurePath

from contracts import Contract
from contracts.model import MeasureUnit
from ingestion.normalize.headers import plain
from ingestion.normalize.numbers import unit_named
from ingestion.readers.cells import RawRow, a1

KEY_VALUE = re.compile(r"^([^:：]{2,14})[:：](.*)$", re.DOTALL)
KEY_REMARK = re.compile(r"\([^()]*\)$")  # 填报单位（盖章）
UNIT_SAID = re.compile(r"单位[:：为是]?\s*([^\s,，。;；)）(（]+)")
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
class Said:
    """A text and the cell where it stands."""

    text: str
    cell: str


@dataclass
class SheetMetadata:
    """title: the heading line. lines: every `key: value` by its key. measure_units: all that the sheet names, the first one
    first.
    """

    title: Said | None = None
    titles: list[Said] = field(default_factory=list)
    lines: dict[str, Said] = field(default_factory=dict)
    measure_units: list[MeasureUnit] = field(default_factory=list)

    def notes(self) -> dict[str, str]:
        """Title, submitter, reporter, reviewer, date of the report, as far as they are given."""
        given = {
            note: self.lines[key].text for key, note in NOTE_KEYS.items() if key in self.lines and self.lines[key].text
        }
        return ({"title": self.title.text} if self.title else {}) | given

    def first(self, keys: tuple[str, ...]) -> Said | None:
        """The first of several lines that says something."""
        return next((self.lines[key] for key in keys if key in self.lines and self.lines[key].text), None)


def read_about(above: list[RawRow], notes: list[RawRow], file_name: str) -> SheetMetadata:
    """What the rows above the headings and the notes below the data say. A unit in the file name counts where the sheet
    says none.
    """
    about = SheetMetadata()
    for row in above:
        _take_lines(row, about, titles=True)
    for row in notes:
        _take_lines(row, about, titles=False)
    texts = [str(value) for row in (*above, *notes) for value in row.values if isinstance(value, str)]
    about.measure_units = _units_said(texts) or _units_said([PurePath(file_name).stem])
    return about


def _units_said(texts: list[str]) -> list[MeasureUnit]:
    words = [
        word
        for text in texts
        for found in UNIT_SAID.finditer(unicodedata.normalize("NFKC", text))
        for word in re.split(r"[、/]", found[1])
    ]
    return [measure_unit for measure_unit in dict.fromkeys(map(unit_named, words)) if measure_unit]


def _take_lines(row: RawRow, about: SheetMetadata, titles: bool) -> None:
    cells = [(column, str(value).strip()) for column, value in enumerate(row.values, start=1) if value is not None]
    for index, (column, text) in enumerate(cells):
        found = KEY_VALUE.match(text)
        if found:
            key, value = KEY_REMARK.sub("", plain(found[1])), found[2].strip()
            cell = a1(row.no, column)
            if not value and index + 1 < len(cells) and not KEY_VALUE.match(cells[index + 1][1]):
                value, cell = cells[index + 1][1], a1(row.no, cells[index + 1][0])
            about.lines.setdefault(key, Said(value, cell))
        elif titles and not (index and KEY_VALUE.match(cells[index - 1][1])):
            said = Said(text, a1(row.no, column))
            about.titles.append(said)
            about.title = about.title or said


def period_keys(contract: Contract) -> tuple[str, ...]:
    """Keys of lines that name the period: the headings of the period field (填报期, 年度 …). 填报日期 is none of them."""
    return tuple(
        plain(heading) for field in contract.fields.values() if field.type == "period" for heading in field.headers
    )


def township_keys(contract: Contract) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Keys of lines that give the township's code, and of those that give its name."""
    fields = [field for field in contract.fields.values() if field.type == "township"]
    codes = tuple(plain(heading) for field in fields for heading in field.headers)
    return codes, tuple(plain(heading) for field in fields for heading in field.name_headers)
