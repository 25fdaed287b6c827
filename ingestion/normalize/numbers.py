"""Numbers as people type them, and their units of measure: full-width digits, thousands separators, a unit or a percent
sign behind, Chinese numerals. Called by `values`, by the checks of totals and percentages, and for units in headings.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from contracts import FieldSpec, measure_units
from contracts.characters import visible
from contracts.model import MeasureUnit
from contracts.text import half_width, is_null_token

PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?")
GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
LEADING_NUMBER = re.compile(r"[+-]?[\d.,]+")
CHINESE = re.compile(r"负?[〇零一二三四五六七八九十百千两点壹贰叁肆伍陆柒捌玖拾佰仟]+")
"""Chinese numerals; 万 and 亿 are refused, for they may mean the unit 万元."""
MAX_LENGTH = 40
"""Characters of a number: a double has 17 digits and a unit of measure 6 letters; longer texts are sentences, and exact
fractions of them would cost time."""
BEHIND_DIGIT = re.compile(r"\d\s*[²³¹⁰-₟①-⓿]")  # raised, lowered and circled digits: a note's mark, or a power
MINUS = str.maketrans({"−": "-", "﹣": "-", "‐": "-"})


@dataclass(frozen=True)
class Number:
    """A number as written: its exact value, the unit that stood behind it, and whether it had to be guessed from
    another way of writing.
    """

    value: Fraction
    measure_unit: MeasureUnit | None = None
    is_guessed: bool = False


class NotANumber(ValueError):
    """A text that is no number."""


def unit_named(text: str) -> MeasureUnit | None:
    """The unit of measure that a text spells, exactly."""
    return _spellings().get(half_width(text).strip())


@cache
def _spellings() -> dict[str, MeasureUnit]:
    return {
        half_width(spelling): measure_unit
        for measure_unit in measure_units().values()
        for spelling in measure_unit.spellings
    }


def canonical_unit(field: FieldSpec) -> MeasureUnit | None:
    """The unit in which a field is stored; None where there is none."""
    name = field.measure_unit or {"percent": "pct", "count": "count"}.get(field.type)
    return measure_units()[name] if name else None


def is_stored_as_written(field: FieldSpec, measure_unit: MeasureUnit | None) -> bool:
    """Whether the numbers of a column are stored as they stand: amounts in the field's own unit.

    measure_unit: what the column is written in, None where it names none.
    """
    own = canonical_unit(field)
    return field.is_numeric and field.type != "count" and (own is None or measure_unit is None or measure_unit == own)


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
    if is_null_token(value):
        return None
    if BEHIND_DIGIT.search(value):
        raise NotANumber(value)
    text = half_width(value).translate(MINUS).strip().lstrip("'").strip()
    if len(text) > MAX_LENGTH:
        raise NotANumber(value)
    if (number := _digits(text)) is not None:
        return Number(number)
    lead = LEADING_NUMBER.match(text)
    if lead and (measure_unit := unit_named(text[lead.end() :])) and (number := _digits(lead[0])) is not None:
        return Number(number, measure_unit)
    if " " in text and (number := _digits(text.replace(" ", ""))) is not None:
        return Number(number, is_guessed=True)
    if CHINESE.fullmatch(text):
        return Number(_chinese(text), is_guessed=True)
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


def conversion_of_number(value: object, number: Number) -> str | None:
    """Of which kind the conversion of a numeric cell is (`contracts.normalization_log`); None: plain typing.

    number: what the cell was read as.
    """
    if not isinstance(value, str):
        return None
    if visible(value) != value:
        return "invisible"
    if number.measure_unit:
        return "percent" if number.measure_unit == measure_units()["pct"] else "unit_in_cell"
    if number.is_guessed:
        return "blanks" if any(map(str.isdecimal, value)) else "chinese_numeral"
    if half_width(value).translate(MINUS) != value:
        return "full_width"
    return "thousands" if "," in value else "text_number"


def decimals(value: object) -> int:
    """Decimal places that a number is written with; 0 for what is no plain number."""
    text = half_width(str(value)).strip() if value is not None else ""
    if "e" in text.lower():
        return 0
    _, point, places = text.rstrip("%").partition(".")
    return len(places) if point and places.isdecimal() else 0
