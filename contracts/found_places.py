"""Places in a text that are not to be read by everybody, and what is kept instead: called by the modules that look for them
(`contracts.personal_numbers`, `contracts.personal_marks`, `contracts.personal_names`).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

TRADITIONAL = str.maketrans(
    "張趙錢孫吳鄭馮陳衛蔣韓楊許呂嚴華謝鄒竇範魯韋馬鳳費賀倪湯羅畢鄔樂齊顧黃蕭紀項閔賈婁鐘駱盧繆鄧單龔龍葉劉蘇潘萬聶關蘭農溫莊閻連習簡饒鄺歐陽諸東長書記鎮區縣處隊廠經師監聯繫絡負責審報來簽領導幹貧戶養護證"
    "話電號碼機",
    "张赵钱孙吴郑冯陈卫蒋韩杨许吕严华谢邹窦范鲁韦马凤费贺倪汤罗毕邬乐齐顾黄萧纪项闵贾娄钟骆卢缪邓单龚龙叶刘苏潘万聂关兰农温庄阎连习简饶邝欧阳诸东长书记镇区县处队厂经师监联系络负责审报来签领导干贫户养护证"
    "话电号码机",
)
"""Characters of surnames, titles and labels in traditional script, as the simplified ones that are looked for."""


class Found(NamedTuple):
    """A place in a text, and what is kept instead of what stands there."""

    start: int
    end: int
    kept: str


class Plain(NamedTuple):
    """A text with ASCII digits and signs for all others, simplified characters for traditional ones, without characters that are not
    seen; at: of each of its characters the place in the text as written.
    """

    text: str
    at: list[int]

    def found(self, start: int, end: int, kept: str) -> Found:
        return Found(self.at[start], self.at[end - 1] + 1, kept)

    def all(self, pattern: re.Pattern[str], kept: str) -> Iterator[Found]:
        """Where a pattern stands; of one with groups the first that is there."""
        for match in pattern.finditer(self.text):
            start, end = next((span for span in match.regs[1:] if span[0] >= 0), match.span())
            yield self.found(start, end, kept)


@cache
def _plain_character(character: str) -> str:
    if unicodedata.category(character) == "Cf":
        return ""
    if (digit := unicodedata.digit(character, None)) is not None:
        return str(digit)
    if unicodedata.category(character) in ("Pd", "Zs"):
        return "-" if unicodedata.category(character) == "Pd" else " "
    plain = unicodedata.normalize("NFKC", character)
    return (plain if len(plain) == 1 else character).translate(TRADITIONAL)


def plain(text: str) -> Plain:
    """A text as numbers and names are looked for in it."""
    if text.isascii():
        return Plain(text, list(range(len(text))))
    characters = [(place, made) for place, one in enumerate(text) if (made := _plain_character(one))]
    return Plain("".join(made for _, made in characters), [place for place, _ in characters])


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
