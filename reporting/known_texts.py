"""Which texts of marts anybody may read: those that are known before anybody sends anything. What a sender wrote and no list has is shown
in the public set as a code or as HIDDEN. Called by pipeline.build.public_set and reporting.maps.

Known are the values of the seeds (the plan, places, offices), of code lists, and the words that the models' own SQL writes; numbers and
codes of few letters; and lists and phrases of nothing but these.
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from contracts import code_lists
from contracts.reference import SEEDS, table
from reporting.mart_models import MODELS

HIDDEN = "名称不公开"
BETWEEN_WORDS = re.compile(r"[、；;，,：:（）()\s]+|(?<![A-Za-z0-9_-])\d{1,4}(?![A-Za-z0-9_-])")
"""What stands between the words of a list or a phrase: signs, and numbers (逾期、滞后11个月)."""
CODE = re.compile(r"[A-Za-z]{0,2}\d{1,12}[A-Za-z]?\d?(?:-[A-Za-z]{0,2}\d{1,4})*")
"""2025, 2025Q1, 2025-06, A1-01, 140404101E."""
LITERAL = re.compile(r"'((?:[^'\n]|'')+)'")
MACROS = MODELS.parent / "macros"


@cache
def known_words() -> frozenset[str]:
    """Everything that the seeds, the code lists and the SQL of the models say, and the words of it."""
    said = {value for seed in SEEDS.rglob("*.csv") for row in table(_name(seed)) for value in row.values() if value}
    said |= {word for codes in code_lists().values() for code, names in codes.values.items() for word in (code, *names)}
    sql = (path.read_text(encoding="utf-8") for folder in (MODELS, MACROS) for path in folder.rglob("*.sql"))
    said |= {literal for text in sql for literal in LITERAL.findall(text)}
    return frozenset(said | {word for text in said for word in BETWEEN_WORDS.split(text)})


def _name(seed: Path) -> str:
    return seed.relative_to(SEEDS).with_suffix("").as_posix()


def is_known(text: str) -> bool:
    """Whether a text says nothing that is not known before anybody sends anything."""
    return text in known_words() or all(
        not word or word in known_words() or CODE.fullmatch(word) for word in BETWEEN_WORDS.split(text)
    )


def hidden(texts: Iterable[str]) -> dict[str, str]:
    """The texts that are not known, with what is shown in their place: HIDDEN with an order behind it, so that keys stay keys."""
    unknown = sorted({text for text in texts if not is_known(text)})
    return {text: f"{HIDDEN}〔{order}〕" if order > 1 else HIDDEN for order, text in enumerate(unknown, 1)}
