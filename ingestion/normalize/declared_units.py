"""Units of measure that a text around a table declares, in whatever form it does. Called by `sheet_metadata` for lines, notes
and names, and by `headers` for units in brackets.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from contracts import foreign_units
from contracts.model import MeasureUnit
from contracts.text import half_width, without_blanks
from ingestion.normalize.numbers import unit_named

JOINTS = re.compile(r"[、/和及]")
WORDS = r"((?:(?!单位|unit)[^,。;)(\]\[】【])+)"
DECLARED = (
    re.compile(rf"(?:单位|计量|口径|量纲)(?:[:=\-—~\s为是]|均|都|一律|统一)*{WORDS}"),
    re.compile(rf"\bunits?\b\s*(?:[:=-]|\bin\b|\bis\b|\bare\b)*\s*{WORDS}", re.IGNORECASE),
    re.compile(r"\bin\s+([a-z0-9²³ ]+)", re.IGNORECASE),
    re.compile(r"[以按用]([^,。;)(以按用]{1,8}?)(?:为(?:计量)?单位|填报|填列|填写|统计|计算|计(?!划))"),
)
"""The forms in which a text declares a unit: 单位：千克, Unit: kg, in thousand tonnes, 以千克为单位."""
AT_END = re.compile(r"\((?:[^():]{0,8}:)?([^():]{1,6})\)\s*$")
"""A unit in brackets, of figures that may be in another one: …台账（元）."""
CONVERTED = re.compile(r"(?:折合|折算|换算)(?:为|成)?\s*([^\s,。;)(]{1,6}?)(?=填报|填列|填写|统计|计算|计|[,。;)(]|$)")
OF_NOTE = re.compile(r"[按以]\s*([^\s,。;)(]{1,6}?)(?=[,。;)(]|$)")


@dataclass(frozen=True)
class ForeignUnit:
    """A unit that is known and in which nothing is reported: 百吨, 斤, 顷."""

    zh: str
    kind: str
    is_scaled: bool = True


Declared = MeasureUnit | ForeignUnit


def unit_or_foreign(text: str) -> Declared | None:
    """The unit that a text spells, blanks within it aside."""
    word = without_blanks(text)
    if known := unit_named(word):
        return known
    kind = _foreign().get(word.lower())
    return ForeignUnit(text.strip(), kind) if kind else None


@cache
def _foreign() -> dict[str, str]:
    return {without_blanks(one).lower(): kind for one, kind in foreign_units().items()}


def declared_units(text: str, is_note: bool = False) -> list[Declared]:
    """The units that a text declares. is_note: of a note below a table, which may also say into what it was converted."""
    plain = half_width(text)
    forms = (*DECLARED, CONVERTED, OF_NOTE) if is_note else DECLARED
    found = [one for form in forms for match in form.finditer(plain) for one in _units_in(match[1])]
    if match := AT_END.search(plain):
        found += [one for one in _units_in(match[1]) if one.is_scaled]
    return list(dict.fromkeys(found))


def _units_in(words: str) -> Iterator[Declared]:
    for word in JOINTS.split(words):
        for written in (word, *word.split()[:1]):
            if one := unit_or_foreign(written):
                yield one
                break
