"""Townships by code or name, of today or of earlier years: by the seeds of the district. Called wherever a township is named
or shown.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from contracts.reference import COUNTY_CODE, COUNTY_NAME, table

Kind = Literal["current", "renamed", "merged"]


@dataclass(frozen=True)
class Place:
    """A township that a code or a name stands for. kind: how it was written; merged: its land is now a part of
    another's.
    """

    township_code: str
    township_name: str
    kind: Kind
    written_as: str


@cache
def _current() -> dict[str, Place]:
    places = {}
    for row in table("township"):
        code, name = row["township_code"], row["township_name"]
        for text in (code, name):
            places[text] = Place(code, name, "current", text)
    return places


@cache
def _former() -> dict[str, Place]:
    """Former codes and names, followed through every succession to the township of today."""
    names = {row["township_code"]: row["township_name"] for row in table("township")}
    steps = {row["old_code"]: row for row in table("township_succession")}
    places = {}
    for old in steps:
        code = old
        kind: Kind = "renamed"
        while code in steps:
            step = steps[code]
            kind = "merged" if step["kind"].startswith("merged") else kind
            code = step["new_code"]
        if code not in names:
            continue
        for text in (old, steps[old]["old_name"]):
            if text not in _current():
                places[text] = Place(code, names[code], kind, text)
    return places


def township(text: str) -> Place | None:
    """The township that a code or name stands for, or None when it is none of the district's."""
    return _current().get(text) or _former().get(text)


def township_name(code: str) -> str:
    """Name of a current township, a part or the district; the code itself where it is none."""
    return _names().get(code, code)


@cache
def _names() -> dict[str, str]:
    return {
        COUNTY_CODE: COUNTY_NAME,
        **{row["township_code"]: row["township_name"] for row in table("township")},
        **{row["part_code"]: row["part_name"] for row in table("township_part")},
    }
