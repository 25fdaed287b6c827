"""Text as it is compared, values as text, and the marks for "nothing": one way for headings, cells, layer attributes, file
names and messages. Called by every room that compares or prints what people wrote; knows nothing of contracts.
"""

import re
from functools import lru_cache
from typing import Literal

from contracts.characters import as_read, visible

NULL_TOKENS = frozenset({"", "-", "--", "—", "——", "–", "/", "\\", "无", "空", "N/A", "n/a", "NA", "…"})
"""What a cell says instead of staying empty."""
TEXT_NULL_TOKENS = frozenset({"", "-", "—", "——", "/"})
"""Those that mean "nothing" in a column of free text too, where 无 or NA may be the answer itself."""

EXPORTED = re.compile(r"""(?:="|['"’‘`]*)(?P<code>[^"'’‘`=.]+)(?:\.0+)?["'’‘`]*""")
EMPTY_DECIMALS = re.compile(r"(?P<whole>\d+)\.0+")
WHITE_SPACE = re.compile(r"\s+")
LARGEST_EXACT_INTEGER = 2**53
"""Up to it every integer is a float of its own (IEEE 754 double), so that 12.0 may be shown as 12."""
SIGNIFICANT_DIGITS = 10
"""Of a float in a message: hides the noise of binary fractions, shows every digit of the district's figures."""
COMPUTED_DECIMALS = 4
"""Of what was computed, in a message: a square metre, where the unit is ha."""
HEADINGS_REMEMBERED = 1 << 14  # the headings of all contracts and of some hundred files
LONGEST_REMEMBERED = 40  # characters of a name or a label: of longer texts few stand twice

FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet program may take for a formula when a cell is edited, or saved as CSV and opened again."""
NOT_IN_A_CELL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that a workbook's XML cannot hold."""
LONGEST_IN_A_CELL = 32_767  # characters: the most that spreadsheet programs hold

ValueForm = Literal["cell", "typed", "message", "computed", "month"]


def half_width(text: str) -> str:
    """A text in compatible characters: full-width letters, digits and signs become plain ones, look-alikes what they look
    like; without invisible ones.
    """
    return as_read(text)


def without_blanks(text: str) -> str:
    """A text as names, codes and labels are compared: half-width, without any white space."""
    return _short_without_blanks(text) if len(text) <= LONGEST_REMEMBERED else WHITE_SPACE.sub("", half_width(text))


@lru_cache(maxsize=HEADINGS_REMEMBERED)
def _short_without_blanks(text: str) -> str:
    return WHITE_SPACE.sub("", half_width(text))


def search_key(text: str) -> str:
    """A text as it is searched for: half-width, without white space, in lower case."""
    return without_blanks(text).lower()


@lru_cache(maxsize=HEADINGS_REMEMBERED, typed=True)
def heading_key(text: object) -> str:
    """A heading as it is compared: half-width, without white space, 〔〕 as (), without marks of obligation around it."""
    return without_blanks(str(text)).strip("*:").replace("〔", "(").replace("〕", ")")


def exported_code(text: str) -> str:
    """A code without what programs put around it on export: an apostrophe before it, ="…", a decimal point behind."""
    found = EXPORTED.fullmatch(text)
    return found["code"] if found else text


def without_empty_decimals(text: str) -> str:
    """A whole number that a program wrote into a text with a point, without it: 101.0 → 101; other texts as they are."""
    found = EMPTY_DECIMALS.fullmatch(text)
    return found["whole"] if found else text


def is_null_token(text: str) -> bool:
    """Whether a cell says that there is nothing: blank, —, /, 无."""
    return half_width(text).strip() in NULL_TOKENS or text.strip() in NULL_TOKENS


def text_width(text: str) -> int:
    """Of a text in a column, in half-width characters: a Chinese one is as wide as two."""
    return len(text) + sum(one > "\u2e7f" for one in text)


def cell_text(text: str) -> str:
    """A text as the cell of a workbook can hold it."""
    return NOT_IN_A_CELL.sub(" ", text)[:LONGEST_IN_A_CELL]


def csv_text(value: object) -> object:
    """A value of a CSV that Excel opens: a text that would be taken for a formula has an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_BEGINNINGS) else value


def value_text(value: object, form: ValueForm = "cell") -> str:
    """A value as text, in one of five forms.

    cell: as its submitter sees it: blanks around a text and invisible characters removed, whole numbers without a point (12.0 → 12).
    typed: the same, but a text with whatever blanks stand around it.
    message: as a message of the catalogue prints it: numbers with ten significant digits.
    computed: the same of a number that was computed: rounded to four decimals first.
    month: a number in a column of months, whose two decimals are the month (2025.1 → 2025.10).
    """
    if isinstance(value, str):
        return visible(value).strip() if form == "cell" else value
    if isinstance(value, float) and form in ("message", "computed"):
        known = round(value, COMPUTED_DECIMALS) if form == "computed" else value
        return f"{known:.{SIGNIFICANT_DIGITS}g}"
    if isinstance(value, float) and value.is_integer() and (abs(value) < LARGEST_EXACT_INTEGER or form == "month"):
        return str(int(value))
    if isinstance(value, float) and form == "month":
        return f"{value:.2f}"
    return str(value)
