"""Numbers as people type them: full-width digits, thousands separators, a unit or a percent sign behind, Chinese
numerals.
"""

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from contracts import measure_units
from contracts.model import MeasureUnit

NULL_TOKENS = frozenset({"", "-", "--", "—", "——", "–", "/", "\\", "无", "空", "N/A", "n/a", "NA", "…"})
PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?")
GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
LEADING_NUMBER = re.compile(r"[+-]?[\d.,]+")
CHINESE = re.compile(
    r"负?[〇零一二三四五六七八九十百千两点壹贰叁肆伍陆柒捌玖拾佰仟]+"
)  # 万 and 亿 may mean the unit 万元: refused
MAX_LENGTH = 40
MINUS = str.maketrans({"−": "-", "﹣": "-", "‐": "-"})


@dataclass(frozen=True)
class Number:
    """A number as written: its exact value, the unit that stood behind it, and whether it had to be guessed from
    another way of writing.
    """

    value: Fraction
    measure_unit: MeasureUnit | None = None
    repaired: bool = False


class NotANumber(ValueError):
    """A text that is no number."""


def is_none_mark(text: str) -> bool:
    """Whether a cell says that there is nothing: blank, —, /, 无."""
    return unicodedata.normalize("NFKC", text).strip() in NULL_TOKENS or text.strip() in NULL_TOKENS


def unit_named(text: str) -> MeasureUnit | None:
    """The unit of measure that a text spells, exactly."""
    wanted = unicodedata.normalize("NFKC", text).strip()
    return _spellings().get(wanted)


@cache
def _spellings() -> dict[str, MeasureUnit]:
    return {
        unicodedata.normalize("NFKC", spelling): measure_unit
        for measure_unit in measure_units().values()
        for spelling in measure_unit.spellings
    }


def parse_number(value: object) -> Number | None:
    """A cell's number, exact as shown, or None when it says that there is none. Raises NotANumber."""
    if value is None:
        return None
    if isinstance(value, bool):
        raise NotANumber(str(value))
    if isinstance(value, int | float):
        if value != value or value in (float("inf"), float("-inf")):
            raise NotANumber(str(value))
        return Number(Fraction(repr(value)))
    if not isinstance(value, str):
        raise NotANumber(str(value))
    if is_none_mark(value):
        return None
    text = unicodedata.normalize("NFKC", value).translate(MINUS).strip().lstrip("'").strip()
    if len(text) > MAX_LENGTH:
        raise NotANumber(value)
    if (number := _digits(text)) is not None:
        return Number(number)
    lead = LEADING_NUMBER.match(text)
    if lead and (measure_unit := unit_named(text[lead.end() :])) and (number := _digits(lead[0])) is not None:
        return Number(number, measure_unit)
    if " " in text and (number := _digits(text.replace(" ", ""))) is not None:
        return Number(number, repaired=True)
    if CHINESE.fullmatch(text):
        return Number(_chinese(text), repaired=True)
    raise NotANumber(value)


def _digits(text: str) -> Fraction | None:
    if GROUPED.fullmatch(text):
        text = text.replace(",", "")
    return Fraction(text) if PLAIN.fullmatch(text) else None


def _chinese(text: str) -> Fraction:
    import cn2an

    try:
        return Fraction(repr(cn2an.cn2an(text, "smart")))
    except ValueError:
        raise NotANumber(text) from None


def convert(number: Number, written_in: MeasureUnit, field_unit: MeasureUnit) -> float:
    """The value in the field's unit, rounded only once, to a float. written_in: the column's unit, used where the cell
    names none.

    Raises NotANumber when the cell's own unit measures something else.
    """
    measure_unit = number.measure_unit or written_in
    if measure_unit.kind != field_unit.kind:
        raise NotANumber(measure_unit.zh)
    return float(number.value * measure_unit.factor / field_unit.factor)


def decimals(value: object) -> int:
    """Decimal places that a number is written with; 0 for what is no plain number."""
    text = unicodedata.normalize("NFKC", str(value)).strip() if value is not None else ""
    if "e" in text.lower():
        return 0
    _, point, places = text.rstrip("%").partition(".")
    return len(places) if point and places.isdecimal() else 0
