"""Persons in texts that are published: one rule, which masks their numbers (`contracts.personal_numbers`), what else leads to them
(`contracts.personal_marks`) and, in free text, the names that a title or a label beside them makes known
(`contracts.personal_names`). Called for every text of every mart, for findings and for maps.

A bare name without either cannot be told from other words. What people write freely is therefore in no public mart, unless it is known
before (`pipeline.build.known_texts`).
"""

from dataclasses import replace
from functools import lru_cache
from typing import Any

from contracts.findings import Finding
from contracts.found_places import plain, replaced
from contracts.model import Contract
from contracts.personal_marks import marks_of_persons
from contracts.personal_names import names_beside, names_of_persons
from contracts.personal_numbers import numbers_of_persons

VALUE_KEPT = "［见回执］"
"""Instead of what a finding shows of a field in which people write freely: its sender has it in the receipt."""
TEXTS_OF_A_FINDING = ("message", "remedy", "message_en", "remedy_en", "sheet", "found", "expected")
LEAST_NAME = 3
"""Characters of the shortest text in which somebody is named: 张局长."""
LEAST_NUMBER = 6
"""Characters of the shortest text with a number of a person, or what leads to one: a short e-mail address."""
REMEMBERED = 100_000
"""Texts whose masked form is kept: marts repeat them."""


@lru_cache(REMEMBERED)
def without_persons(text: str, *, has_names: bool) -> str:
    """A text with what is kept instead of each number of a person, and, where it is free text (has_names), of each name that a title
    or a label makes known.
    """
    looked_at = plain(text)
    found = [] if len(text) < LEAST_NUMBER else [*numbers_of_persons(looked_at), *marks_of_persons(looked_at)]
    if has_names:
        found += [*names_beside(text, found), *names_of_persons(looked_at)]
    return replaced(text, found) if found else text


def finding_without_persons(item: Finding, contract: Contract | None) -> Finding:
    """A finding as it is published; contract: of its dataset, None where the file was not recognised."""
    field = contract.fields.get(item.field) if contract and item.field else None
    is_free = field is not None and contract is not None and contract.is_written_freely(field)
    shown = [value for value in (item.found, item.expected) if value] if is_free else []

    def published(text: str) -> str:
        for value in sorted(shown, key=len, reverse=True):
            text = text.replace(value, VALUE_KEPT)
        return without_persons(text, has_names=True)

    texts = {name: value for name in TEXTS_OF_A_FINDING if (value := getattr(item, name)) is not None}
    kept: dict[str, Any] = {name: published(value) for name, value in texts.items()}
    return replace(item, **kept)
