"""Headings in English, against the contract's English titles. Called by `evidence` for columns that nothing else tells."""

import re
from collections.abc import Sequence

from contracts import FieldSpec
from ingestion.normalize.headers import Target

WORD = re.compile(r"[a-z]+")
SAY_NOTHING = frozenset({"of", "by", "the", "in", "for", "and", "no", "number", "total", "t", "ha", "pct"})


def english_targets(headings: dict[int, str], fields: Sequence[FieldSpec]) -> dict[int, Target]:
    """The field of each column whose heading has only words of that field's English title, and of no other's as many. headings: by
    column; fields: those that a column may hold.

    The nearest pair is taken first: of Villages and Covered villages the second is the villages covered.
    """
    pairs = sorted(
        (
            (score, column, field)
            for column, text in headings.items()
            for field in fields
            if (score := _nearness(text, field))
        ),
        key=lambda pair: -pair[0],
    )
    found: dict[int, Target] = {}
    taken: set[str] = set()
    for score, column, field in pairs:
        if column in found or field.name in taken:
            continue
        rivals = [
            one
            for one in pairs
            if one[0] == score
            and (one[1] == column) != (one[2] is field)
            and one[1] not in found
            and one[2].name not in taken
        ]
        if not rivals:
            found[column] = Target(field.name, score=100 * score, matched=field.zh, by="similar")
            taken.add(field.name)
    return found


def _nearness(heading: str, field: FieldSpec) -> float:
    """Which part of a title's words a heading has, that has no other; 0 for one that has. Headings are compared without blanks:
    each word that is found is taken out, and nothing may be left.
    """
    if not heading.isascii():
        return 0.0
    title = {word.removesuffix("s") for word in WORD.findall(field.en.lower()) if word not in SAY_NOTHING}
    rest, said = heading.lower(), 0
    for word in sorted(title, key=len, reverse=True):
        shorter = re.sub(f"{word}s?", " ", rest, count=1)
        said += shorter != rest
        rest = shorter
    left = set(WORD.findall(rest)) - SAY_NOTHING
    return said / len(title) if said and not left else 0.0
