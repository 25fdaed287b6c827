"""Numbers of persons in texts: where they stand, and what is kept instead. Identity numbers are not even stored (`ingestion.normalize`);
telephones, bank cards and addresses are stored as written, and masked where anything is published (`contracts.persons`).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

SEPARATOR = "[ \u3000.·–—-]"
"""What people write between the groups of a number, beside nothing at all."""
REGION = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])"  # first two digits, GB/T 2260: the provinces
MONTH_AND_DAY = ("(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12]\\d|3[01])")
LEAST_CHARACTERS = 6
"""Of a text with a number of a person: a short address is the shortest."""
LEAST_OF_IDENTITY = 15  # characters of a text with an identity number: most are shorter, and are not searched
IDENTITY_KEPT, TELEPHONE_KEPT, CARD_KEPT = "［身份证号］", "［电话］", "［银行卡号］"
ADDRESS_KEPT, ACCOUNT_KEPT = "［邮箱］", "［网络账号］"
CHINESE_DIGITS = {**dict(zip("〇零一二三四五六七八九", "00123456789", strict=True)), "○": "0", "幺": "1", "两": "2"}


class Found(NamedTuple):
    """A place in a text, and what is kept instead of what stands there."""

    start: int
    end: int
    kept: str


class Plain(NamedTuple):
    """A text with ASCII digits and signs for all others, without characters that are not seen; at: of each of its characters the
    place in the text as written.
    """

    text: str
    at: list[int]

    def found(self, start: int, end: int, kept: str) -> Found:
        return Found(self.at[start], self.at[end - 1] + 1, kept)


@cache
def _plain_character(character: str) -> str:
    if unicodedata.category(character) == "Cf":
        return ""
    if (digit := unicodedata.digit(character, None)) is not None:
        return str(digit)
    if unicodedata.category(character) in ("Pd", "Zs"):
        return "-" if unicodedata.category(character) == "Pd" else " "
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character


def plain(text: str) -> Plain:
    """A text as numbers are looked for in it."""
    if text.isascii():
        return Plain(text, list(range(len(text))))
    characters = [(place, made) for place, one in enumerate(text) if (made := _plain_character(one))]
    return Plain("".join(made for _, made in characters), [place for place, _ in characters])


def _grouped(*groups: str) -> str:
    return f"{SEPARATOR}{{0,2}}".join(groups)


_BIRTH = _grouped("(?:19|20)\\d{2}", *MONTH_AND_DAY)
_EIGHTEEN = _grouped("[1-9]\\d{5}", _BIRTH, "\\d{3}") + f"{SEPARATOR}?[\\dXx]"
_APART = _grouped("[1-9]\\d{2}", "\\d{3}", _BIRTH, "\\d{3}") + f"{SEPARATOR}?[\\dXx]"
_FIFTEEN = _grouped(f"{REGION}\\d{{4}}", "\\d{2}", *MONTH_AND_DAY, "\\d{3}")
IDENTITY = re.compile(f"(?<![0-9A-Za-z])(?:{_EIGHTEEN}|{_APART}|{_FIFTEEN})(?![0-9A-Za-z])")
"""Of 18 characters (GB 11643): region, date of birth, order and check digit, which is not recomputed: a number with a slip is a
person's too. Of 15 digits, given out until 1999: region, date of birth with a year of two digits, order."""
SPACED = re.compile(rf"(?<![0-9A-Za-z])\d(?:({SEPARATOR})\d)(?:\1\d){{9,16}}(?:\1[Xx])?(?![0-9A-Za-z])")
"""A number whose digits all stand apart, or in fours."""
IN_FOURS = re.compile(
    rf"(?<![0-9A-Za-z])\d{{4}}({SEPARATOR})\d{{4}}\1\d{{4}}\1(?:\d{{4}}\1)?\d{{1,4}}[Xx]?(?![0-9A-Za-z])"
)
MOBILE = "1[3-9]\\d{9}"
MOBILE_GROUPS = (
    (3, 4, 4),
    (3, 3, 5),
    (4, 3, 4),
    (4, 4, 3),
    (5, 6),
    (5, 3, 3),
    (7, 4),
    (3, 8),
    (3, 4, 2, 2),
    (3, 2, 2, 2, 2),
)
"""Lengths of the groups in which a mobile number is written."""
_EXTENSION = r"(?:\s*(?:转|分机|[-–—,，]|ext\.?)\s*\d{1,5}(?!\d))?"
_LOCAL = f"[2-8]\\d{{2,3}}{SEPARATOR}{{0,2}}\\d{{4}}"
_MOBILES = "|".join(
    [
        MOBILE,
        *(
            _grouped(f"1[3-9]\\d{{{first - 2}}}", *(f"\\d{{{more}}}" for more in others))
            for first, *others in MOBILE_GROUPS
        ),
    ]
)
TELEPHONE = re.compile(
    rf"(?<!\d)(?<!\d\.)(?:(?:(?:\+|00)?86{SEPARATOR}?)?(?:{_MOBILES}|\(?0[1-9]\d{{1,2}}\)?{SEPARATOR}{{0,3}}{_LOCAL}{_EXTENSION})"
    rf"|(?:\+|00)86{SEPARATOR}?[1-9]\d{{1,2}}{SEPARATOR}?{_LOCAL}{_EXTENSION})(?!\d|\.\d*[1-9])"
)
"""Mobile and landline, with the country's code, and an extension."""
LABELLED_TELEPHONE = re.compile(
    r"(?:电话|手机|座机|联系方式|联络方式|小灵通|号码|(?<![A-Za-z])(?:TEL|Tel|tel|Phone|phone|Mobile|mobile))"
    r"[号码]{0,2}\s*[:(为是]?\s*"
    rf"({_LOCAL}(?!\d){_EXTENSION})"
)
_CHINESE = "".join(CHINESE_DIGITS)
CHINESE_TELEPHONE = re.compile(f"(?<![{_CHINESE}])[一幺][{_CHINESE}]{{10}}(?![{_CHINESE}])")
CARD = re.compile(r"(?<![0-9A-Za-z])(?:62|4|5[1-5]|3[457])\d{13,17}(?![0-9A-Za-z])")
UNIONPAY = "62"
"""With which the district's bank cards begin: such a number is taken for a card even with a slip in it."""
ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+\s?@\s?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
ACCOUNT = re.compile(r"(?:微信号?|WeChat|wechat|QQ号?|qq号?|钉钉号?|抖音号?)\s*[:(为是]?\s*([A-Za-z0-9_-]{5,20})")
OF_A_HASH = re.compile(r"[0-9a-f]*[a-f][0-9a-f]*")
"""A run of hexadecimal digits with letters among them, in which a number stands by chance."""


def identity_numbers(text: str) -> Iterator[Found]:
    """Where identity numbers stand in a text."""
    if len(text) >= LEAST_OF_IDENTITY:
        yield from _identity_numbers(plain(text))


def _identity_numbers(looked_at: Plain) -> Iterator[Found]:
    for match in IDENTITY.finditer(looked_at.text):
        yield looked_at.found(*match.span(), IDENTITY_KEPT)
    for match in (*SPACED.finditer(looked_at.text), *IN_FOURS.finditer(looked_at.text)):
        if IDENTITY.fullmatch(_joined(match[0])):
            yield looked_at.found(*match.span(), IDENTITY_KEPT)


def numbers_of_persons(text: str) -> Iterator[Found]:
    """Where identity numbers, telephones, bank cards, e-mail addresses and accounts stand in a text; they may overlap."""
    if len(text) < LEAST_CHARACTERS:
        return
    looked_at = plain(text)
    yield from _identity_numbers(looked_at)
    for match in TELEPHONE.finditer(looked_at.text):
        if not _is_in_hash(looked_at.text, *match.span()):
            yield looked_at.found(*match.span(), TELEPHONE_KEPT)
    for match in (*SPACED.finditer(looked_at.text), *IN_FOURS.finditer(looked_at.text)):
        joined = _joined(match[0])
        if re.fullmatch(MOBILE, joined):
            yield looked_at.found(*match.span(), TELEPHONE_KEPT)
        elif _is_card(joined):
            yield looked_at.found(*match.span(), CARD_KEPT)
    for match in CARD.finditer(looked_at.text):
        if _is_card(match[0]):
            yield looked_at.found(*match.span(), CARD_KEPT)
    for match in CHINESE_TELEPHONE.finditer(looked_at.text):
        if re.fullmatch(MOBILE, "".join(map(CHINESE_DIGITS.__getitem__, match[0]))):
            yield looked_at.found(*match.span(), TELEPHONE_KEPT)
    for pattern, kept in ((LABELLED_TELEPHONE, TELEPHONE_KEPT), (ACCOUNT, ACCOUNT_KEPT)):
        for match in pattern.finditer(looked_at.text):
            yield looked_at.found(*match.span(1), kept)
    for match in ADDRESS.finditer(looked_at.text):
        yield looked_at.found(*match.span(), ADDRESS_KEPT)


def _joined(number: str) -> str:
    return re.sub(SEPARATOR, "", number)


def _is_in_hash(text: str, start: int, end: int) -> bool:
    """Whether a number is a part of a checksum or the like, as of an edition or a program."""
    while start and text[start - 1] in "0123456789abcdef":
        start -= 1
    while end < len(text) and text[end] in "0123456789abcdef":
        end += 1
    return OF_A_HASH.fullmatch(text[start:end]) is not None


def _is_card(number: str) -> bool:
    """Whether a number is one of a bank card: its last digit is the check digit (ISO/IEC 7812), unless it begins as ours do."""
    if not CARD.fullmatch(number):
        return False
    if number.startswith(UNIONPAY):
        return True
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def replaced(text: str, found: Iterable[Found]) -> str:
    """A text with what is kept instead of each place that was found; places that overlap are one, called after the longest."""
    places: list[list[Found]] = []
    for one in sorted(found):
        if places and one.start < max(other.end for other in places[-1]):
            places[-1].append(one)
        else:
            places.append([one])
    for together in reversed(places):
        kept = max(together, key=lambda one: one.end - one.start).kept
        text = text[: together[0].start] + kept + text[max(one.end for one in together) :]
    return text


def has_personal_number(text: str) -> bool:
    """Whether an identity number stands in a text."""
    return next(identity_numbers(text), None) is not None


def without_personal_numbers(text: str) -> str:
    """A text with IDENTITY_KEPT for each identity number; the rest of it as it is."""
    return replaced(text, identity_numbers(text)) if len(text) >= LEAST_OF_IDENTITY else text
