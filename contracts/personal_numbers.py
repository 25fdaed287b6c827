"""Identity numbers of persons (18 digits, GB 11643) in texts: where they stand, and what is kept instead. Called wherever a text
of a submission is stored or shown: by `ingestion.normalize`, and by `contracts.findings` for messages.
"""

import re

PERSONAL_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{5}\s?(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\s?\d{3}[\dXx](?![0-9A-Za-z])"
)
"""Region, date of birth, order and check digit. The check digit is not recomputed: a number with a slip is a person's too."""
LEAST_CHARACTERS = 18  # of a text with such a number: most are shorter, and are not searched
KEPT_INSTEAD = "［身份证号］"


FULL_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘ", "0123456789Xx")


def has_personal_number(text: str) -> bool:
    """Whether an identity number stands in a text."""
    return len(text) >= LEAST_CHARACTERS and PERSONAL_NUMBER.search(text.translate(FULL_WIDTH)) is not None


def without_personal_numbers(text: str) -> str:
    """A text with KEPT_INSTEAD for each identity number; the rest of it as it is."""
    if len(text) < LEAST_CHARACTERS:
        return text
    for found in reversed(list(PERSONAL_NUMBER.finditer(text.translate(FULL_WIDTH)))):
        text = text[: found.start()] + KEPT_INSTEAD + text[found.end() :]
    return text
