"""What the name of a file says of its place among versions of one report: a draft, the final one, a correction. The inbox
orders by it what came together, and intake asks by it about a draft that comes after what it became.
"""

import re
from pathlib import PurePath

from contracts.text import half_width

PLAIN, DRAFT = 1, 0
_WORDS = (
    (3, re.compile(r"第?[一二三四五六七八九十\d]*[次版]?(?:更正|修正|修订)(?:[版稿件]|后)?")),
    (2, re.compile(r"终稿|(?<!未)定稿|最终[版稿]?|正式[版稿]")),
    (DRAFT, re.compile(r"初稿|草稿|征求意见稿|讨论稿|送审稿|未定稿|初版")),
)
"""Places and the words that give them, in the order in which versions follow each other; a name without any stands between
a draft and a final version."""
_SIGNS = re.compile(r"[\s()\[\]【】_.\-—]+")


def place_among_versions(file_name: str) -> int:
    """0 for a draft, 1 for a name that says nothing, 2 for a final version, 3 for a correction."""
    name = half_width(PurePath(file_name).stem)
    return next((place for place, words in _WORDS if words.search(name)), PLAIN)


def comes_before(file_name: str, other: str) -> bool:
    """Whether a file's name says that it is an earlier version of the same report than another file is: a draft beside what
    is none, or the same name with words of a later version in the other.
    """
    own, others = place_among_versions(file_name), place_among_versions(other)
    return own < others and (own == DRAFT or _without_words(file_name) == _without_words(other))


def _without_words(file_name: str) -> str:
    name = half_width(PurePath(file_name).stem)
    for _, words in _WORDS:
        name = words.sub("", name)
    return _SIGNS.sub("", name)
