"""Numbers of persons in texts: where they stand, and what is kept instead. Identity numbers are not even stored (`ingestion.normalize`);
telephones and bank cards are stored as written, and masked where anything is published (`contracts.persons`).
"""

import re
from collections.abc import Iterator

from contracts.found_places import Found, Plain, plain, replaced

SEPARATOR = "[ \u3000.·–—-]"
"""What people write between the groups of a number, beside nothing at all."""
SAME_SIGNS = ("/", "_", ",")
"""What stands between all groups of a number or between none: figures in a list, with decimal points, are no number."""
ANY_SIGN = "[ \u3000.·–—/_,-]"
BETWEEN_DIGITS = "[ \u3000.·–—/_-]"
"""Where each digit stands by itself: figures of one digit in a list have commas between."""
REGION = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])"  # first two digits, GB/T 2260: the provinces
MONTH_AND_DAY = ("(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12]\\d|3[01])")
LEAST_OF_IDENTITY = 15  # characters of a text with an identity number: most are shorter, and are not searched
IDENTITY_KEPT, TELEPHONE_KEPT, CARD_KEPT = "［身份证号］", "［电话］", "［银行卡号］"
CHINESE_DIGITS = {
    **dict(zip("〇零一二三四五六七八九", "00123456789", strict=True)),
    **dict(zip("壹贰叁肆伍陆柒捌玖", "123456789", strict=True)),
    **{"○": "0", "幺": "1", "两": "2"},
}
LETTERS_LIKE_DIGITS = {"O": "0", "o": "0", "l": "1", "I": "1"}
AS_DIGITS = str.maketrans({**CHINESE_DIGITS, **LETTERS_LIKE_DIGITS})
GAP = f"{SEPARATOR}{{0,2}}"
GAPS = (GAP, *(f"(?:{sign} ?)?" for sign in SAME_SIGNS))


def _grouped(*groups: str, gap: str = GAP) -> str:
    return gap.join(groups)


def _identity(gap: str) -> str:
    birth = _grouped("(?:19|20)\\d{2}", *MONTH_AND_DAY, gap=gap)
    eighteen = _grouped("[1-9]\\d{2}", "\\d{3}", birth, "\\d{3}", "[\\dXx]", gap=gap)
    return f"{eighteen}|" + _grouped(f"{REGION}\\d{{4}}", "\\d{2}", *MONTH_AND_DAY, "\\d{3}", gap=gap)


IDENTITY = re.compile(f"(?<![0-9A-Za-z])(?:{'|'.join(map(_identity, GAPS))})(?![0-9A-Za-z])")
"""Of 18 characters (GB 11643): region, date of birth, order and check digit, which is not recomputed: a number with a slip is a
person's too. Of 15 digits, given out until 1999: region, date of birth with a year of two digits, order."""
SPACED = re.compile(rf"(?<![0-9A-Za-z])\d(?:({BETWEEN_DIGITS})\d)(?:\1\d){{9,16}}(?:\1[Xx])?(?![0-9A-Za-z])")
"""A number whose digits all stand apart, or in fours."""
IN_FOURS = re.compile(
    rf"(?<![0-9A-Za-z])\d{{4}}({ANY_SIGN})\d{{4}}\1\d{{4}}\1(?:\d{{4}}\1)?\d{{1,4}}[Xx]?(?![0-9A-Za-z])"
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
_LOCAL = f"[2-8]\\d{{2,3}}{BETWEEN_DIGITS}{{0,2}}\\d{{4}}"
_MOBILES = "|".join(
    [
        MOBILE,
        *(
            _grouped(f"1[3-9]\\d{{{first - 2}}}", *(f"\\d{{{more}}}" for more in others), gap=gap)
            for gap in GAPS[:-1]
            for first, *others in MOBILE_GROUPS
        ),
        r"1[3-9]\d, ?\d{4}, ?\d{4}",
    ]
)
TELEPHONE = re.compile(
    rf"(?<!\d)(?<!\d\.)(?:(?:(?:\+|00)?86{SEPARATOR}?)?(?:{_MOBILES}|\(?0[1-9]\d{{1,2}}\)?{BETWEEN_DIGITS}{{0,3}}{_LOCAL}{_EXTENSION})"
    rf"|(?:\+|00)86{SEPARATOR}?[1-9]\d{{1,2}}{SEPARATOR}?{_LOCAL}{_EXTENSION})(?!\d|\.\d*[1-9])"
)
"""Mobile and landline, with the country's code, and an extension."""
LABELLED_TELEPHONE = re.compile(
    r"(?:电话|手机|座机|联系方式|联络方式|小灵通|号码|(?<![A-Za-z])(?:TEL|Tel|tel|Phone|phone|Mobile|mobile))"
    r"[号码]{0,2}\s*[:(为是]?\s*"
    rf"({_LOCAL}(?!\d){_EXTENSION})"
)
FREE_TELEPHONE = re.compile(r"(?<![0-9A-Za-z.-])[48]00-\d{3,4}-\d{3,4}(?![0-9A-Za-z.-])")
_DIGIT = f"[0-9{''.join(CHINESE_DIGITS)}{''.join(LETTERS_LIKE_DIGITS)}]"
_ANY_DIGIT = re.compile(_DIGIT)
LEAST_DIGITS = 7
"""Of a number of a person: a telephone of the district, without its area code."""
OTHERWISE_WRITTEN = re.compile(
    rf"(?<![A-Za-z])(?<!{_DIGIT}){_DIGIT}(?:{BETWEEN_DIGITS}{{0,2}}{_DIGIT}){{10,18}}(?:[Xx](?![A-Za-z0-9]))?(?!{_DIGIT}|[A-Za-z])"
)
"""A run of digits, some of which are Chinese, or letters that look like a digit."""
CARD = re.compile(r"(?<![0-9A-Za-z])(?:(?:62|4|5[1-5]|3[457])\d{13,17}|9558\d{12,16})(?![0-9A-Za-z])")
GROUPED_CARD = re.compile(
    rf"(?<![0-9A-Za-z.])\d{{3,6}}({ANY_SIGN})\d{{2,}}(?:\1\d{{2,}})*(?:\1\d)?(?![0-9A-Za-z]|\.\d)"
)
OURS = ("62", "9558")
"""With which the district's bank cards begin: such a number is taken for a card even with a slip in it."""
LABELLED_CARD = re.compile(
    rf"(?:账号|帐号|账户|帐户|卡号|存折|银行卡|社保卡|一卡通)[号码]{{0,2}}[ ]*[:(为是]?[ ]*(\d(?:{ANY_SIGN}?\d){{7,25}})"
)
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
    for place, number in _otherwise_written(looked_at):
        if IDENTITY.fullmatch(number):
            yield place._replace(kept=IDENTITY_KEPT)


def numbers_of_persons(looked_at: Plain) -> Iterator[Found]:
    """Where identity numbers, telephones and bank cards stand in a text; they may overlap."""
    if len(_ANY_DIGIT.findall(looked_at.text)) < LEAST_DIGITS:
        return
    yield from _identity_numbers(looked_at)
    for match in TELEPHONE.finditer(looked_at.text):
        if not _is_in_hash(looked_at.text, *match.span()):
            yield looked_at.found(*match.span(), TELEPHONE_KEPT)
    for pattern in (SPACED, IN_FOURS):
        for match in pattern.finditer(looked_at.text):
            if kept := _kept_of(_joined(match[0])):
                yield looked_at.found(*match.span(), kept)
    for pattern in (CARD, GROUPED_CARD):
        for match in pattern.finditer(looked_at.text):
            if _is_card(_joined(match[0])):
                yield looked_at.found(*match.span(), CARD_KEPT)
    for place, number in _otherwise_written(looked_at):
        if kept := _kept_of(number):
            yield place._replace(kept=kept)
    for pattern, kept in (
        (LABELLED_TELEPHONE, TELEPHONE_KEPT),
        (FREE_TELEPHONE, TELEPHONE_KEPT),
        (LABELLED_CARD, CARD_KEPT),
    ):
        yield from looked_at.all(pattern, kept)


def _kept_of(number: str) -> str | None:
    """What is kept instead of a number in digits alone; None where it is no mobile number and no card's."""
    if re.fullmatch(MOBILE, number):
        return TELEPHONE_KEPT
    return CARD_KEPT if _is_card(number) else None


def _otherwise_written(looked_at: Plain) -> Iterator[tuple[Found, str]]:
    """The numbers that are not all in ASCII digits, with their digits."""
    for match in OTHERWISE_WRITTEN.finditer(looked_at.text):
        written = _joined(match[0])
        if not written.rstrip("Xx").isdecimal():
            yield looked_at.found(*match.span(), ""), written.translate(AS_DIGITS)


def _joined(number: str) -> str:
    return re.sub(ANY_SIGN, "", number)


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
    if number.startswith(OURS):
        return True
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def has_personal_number(text: str) -> bool:
    """Whether an identity number stands in a text."""
    return next(identity_numbers(text), None) is not None


def without_personal_numbers(text: str) -> str:
    """A text with IDENTITY_KEPT for each identity number; the rest of it as it is."""
    return replaced(text, identity_numbers(text)) if len(text) >= LEAST_OF_IDENTITY else text
