"""The report's words in one language, and how it writes figures. Templates and sections ask here; the words stand in
words.yml.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

import yaml
from markupsafe import Markup, escape

from contracts import DISTRICT_TIME, measure_units
from contracts.reference import lookup
from reporting.report.source import Row, Source, Total

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
DASH = "—"
DECIMALS = {"pct": 1, "points": 1, "wan": 1, "mu": 1, "months": 0}  # by a column's last word; two for all others
CODES = {
    "count": {"zh": "个", "en": ""},
    "year": {"zh": "年", "en": ""},
}  # units of whole numbers, which are no measures
UNIT_COLUMNS = frozenset({"measure_unit", "amount_unit", "effect_unit", "unit"})
SEE_UNIT = re.compile(r"（见.*）$")  # ends a title whose unit stands in another column


@cache
def _words() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("words.yml").read_text(encoding="utf-8"))
    return read


def tones() -> dict[str, dict[str, str]]:
    """By tone (good, watch, bad, unknown) the mark and the colours that stand for it."""
    return dict(_words()["tones"])


def tone(status: str | None) -> str:
    """The tone of a status of targets, as the seed target_status declares it; a target without one has no data."""
    return lookup("target_status", "status", "tone")[status or "no_data"]


@dataclass(frozen=True)
class Words:
    """Everything that is written, in one language."""

    language: Language
    source: Source

    def __call__(self, name: str, **values: Any) -> Markup:
        """The words of a name, with its values: rows' figures and totals as `figure` and `total` gave them."""
        text = _words()["words"][name][0 if self.language == "zh" else 1]
        return Markup(text).format(**values)

    def either(self, zh: Any, en: Any) -> Any:
        """The one or the other, by the language; Chinese where there is no English."""
        return zh if self.language == "zh" or en is None else en

    def name_of(self, seed: str, key: str, value: str, zh: str = "name_zh", en: str = "name_en") -> str:
        """The name of a code in a seed that has both languages; the code itself where the seed has it not."""
        return lookup(seed, key, self.either(zh, en)).get(value, value)

    def status(self, status: str | None) -> str:
        """The status of a target in words."""
        return self.name_of("target_status", "status", status or "no_data", "status_zh", "status_en")

    def heading(self, mart: str | None, column: str) -> str:
        """A column's heading with its unit: the mart's own title in Chinese, which has it, that of words.yml in English."""
        english = _words()["headings_en"].get(column, column.replace("_", " "))
        chinese = self.source.title(mart, column) or _words()["headings_zh"].get(column, column)
        title = self.either(SEE_UNIT.sub("", chinese), english)
        measure_unit = self.unit_of(column)
        return f"{title} ({measure_unit})" if measure_unit and self.language == "en" else str(title)

    def unit_of(self, column: str) -> str:
        """The unit that a column's name ends with, in words; empty where it ends with none."""
        last = column.rpartition("_")[2]
        return "%" if last == "pct" else self.measure_unit(last) if last in measure_units() else ""

    def measure_unit(self, code: str | None) -> str:
        """A unit of measure in words."""
        if code in CODES:
            return CODES[code][self.language]
        declared = measure_units().get(code or "")
        return str(self.either(declared.zh, code)) if declared else code or ""

    def figure(self, row: Row, column: str) -> Markup:
        """A row's figure as the page shows it, with the mart, the column and the key that it can be read again by."""
        attributes = f' data-of="{row.mart}.{column}" data-key="{escape(urlencode(row.key))}"' if row.mart else ""
        value = row[column]
        is_whole = row.values.get("measure_unit") in CODES and isinstance(value, float) and value.is_integer()
        return self._data(value, column, attributes, f"{value:,.0f}" if is_whole else None)

    def total(self, total: Total, column: str = "count") -> Markup:
        """A total as the page shows it, with its SQL."""
        return self._data(total.value, column, f' data-sql="{escape(total.sql)}"')

    def _data(self, value: Any, column: str, attributes: str, text: str | None = None) -> Markup:
        if value is None:
            return Markup(DASH)
        written = escape(text or shown(value, column))
        return Markup(f'<data value="{escape(plain(value))}"{attributes}>{written}</data>')

    def cell(self, row: Row, column: str) -> Markup:
        """Any value of a row: a figure as `figure`, a code that the report has words for in words, else text."""
        value = row[column]
        if column in UNIT_COLUMNS:
            return escape(self.measure_unit(value) or DASH)
        if column == "role":
            return self(value)
        if isinstance(value, bool):
            return self("yes" if value else "no")
        return self.figure(row, column) if isinstance(value, int | float) else escape(shown(value, column))


def plain(value: Any) -> str:
    """A figure in full, as a program reads it."""
    return repr(value) if isinstance(value, float) else str(value)


def shown(value: Any, column: str) -> str:
    """A value as people read it: figures rounded once, by the last word of the column's name."""
    if value is None or value == "":
        return DASH
    if isinstance(value, float):
        text = f"{value:,.{DECIMALS.get(column.rpartition('_')[2], 2)}f}"
        return text.lstrip("-") if not float(text.replace(",", "")) else text
    if isinstance(value, datetime):
        return f"{value.astimezone(DISTRICT_TIME):%Y-%m-%d %H:%M}"
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else str(value)
