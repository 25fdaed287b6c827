"""Whether a row below the headings only numbers the columns: 甲 乙 1 2 3, (1) (2) (3)=(2)/(1), ① ② ③, A B C, 第1栏. Called by
`layout` for the rows between headings and data.
"""

import re
from collections.abc import Mapping
from itertools import pairwise

from ingestion.normalize.period_patterns import CHINESE_NUMERALS

LEAST_NUMBERED = 3  # columns numbered in sequence: two numbers may be data, unless stems stand before them
STEMS = frozenset("甲乙丙丁戊己庚辛壬癸")  # by which the columns of texts are numbered, before those of figures
LABELS = frozenset({"栏次", "栏号", "列次", "列号", "项次"})  # what such a row calls itself
AROUND = re.compile(r"^第|[栏列]$")
NUMBER = re.compile(r"\(?(?P<sign>\d{1,3})(?:\.0)?\)?(?:=.*)?")  # 5=4÷3 says how a column is computed, too
LETTER = re.compile(r"\(?(?P<sign>[A-Za-z])\)?(?:=.*)?")
NUMERAL = re.compile(r"\(?(?P<sign>十?[一二三四五六七八九]|十)\)?")


def numbers_columns(texts: Mapping[int, str]) -> bool:
    """Whether what stands in the columns of a row is their numbers in sequence; texts: by column, as headings are compared.

    A number is no larger than its column's place, and letters and numerals begin with the first: 5, 6, 7 in the first
    columns are data.
    """
    signs = {column: AROUND.sub("", text) for column, text in texts.items() if text not in STEMS and text not in LABELS}
    least = 1 if any(text in STEMS for text in texts.values()) else LEAST_NUMBERED
    if len(signs) < least:
        return False
    for pattern in (NUMBER, LETTER, NUMERAL):
        found = [(column, pattern.fullmatch(sign)) for column, sign in signs.items()]
        numbers = [(column, _number(one["sign"])) for column, one in found if one]
        if len(numbers) == len(signs):
            first_column, first = min(numbers)
            is_first = first <= first_column if pattern is NUMBER else first == 1
            return is_first and all(after - before == 1 for (_, before), (_, after) in pairwise(sorted(numbers)))
    return False


def _number(sign: str) -> int:
    if sign.isdecimal():
        return int(sign)
    if sign.isascii():
        return ord(sign.upper()) - ord("A") + 1
    return CHINESE_NUMERALS[sign] if sign in CHINESE_NUMERALS else 10 + CHINESE_NUMERALS[sign[-1]]
