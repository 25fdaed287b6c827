"""Townships as a row names them: by code, by name, by both, or several in one cell. Called by `values`, `row_township` and
`layer_values`; the district's townships and their history are `contracts.places`.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from contracts.characters import visible
from contracts.places import Place, township
from contracts.reference import COUNTY_CODE, COUNTY_NAME, table
from contracts.text import exported_code, half_width, is_null_token, value_text, without_blanks
from ingestion.normalize.converted_value import ConvertedValue, ValueProblem

RESOLVED = "normalize.township_code_resolved"
"""The rule of a township that is written by a former name or code."""
OF_WHICH = re.compile(r"^其中[:,、]?(?=.)")  # before the first of the rows that a total above them contains
PREFIX = re.compile(r"^(?:山西省)?(?:长治市)?(?:上党区|长治县)?(?=.)")
SUFFIX = re.compile(r"(?<=..)(?:人民政府|政府|街道办事处|办事处)$")
OFFICE = re.compile(r"办事处$|办$")
KIND = re.compile(r"(?:街道|镇|乡)$")
JOINTS = re.compile(r"[、,，;；/\s和及与等()（）]+")
CODES = re.compile(r"\d{9,12}")
AROUND_CODE = re.compile(r"[()\[\]:,、_-]+")  # half-width: what stands between a code and its name in one cell
TOWNSHIP_DIGITS, VILLAGE_DIGITS = 9, 12
"""Of the statistical division codes (统计用区划代码); a township's own twelve-digit code ends in 000."""
WHOLE_DISTRICT = frozenset({"全区", "上党区", "全区各乡镇", "各乡镇", "所有乡镇"})
LOOSE_NAMES = ("填报单位",)
"""Headings under which offices stand as well as townships: a name that is no township's is no fault there."""
REMEMBERED = 4096  # different texts: a district has some hundred spellings of its townships


@dataclass(frozen=True)
class WrittenPlace:
    """A code or a name as it stands in a cell, None where there is none. strict: False under one of LOOSE_NAMES."""

    text: str | None = None
    cell: str | None = None
    place: Place | None = None
    strict: bool = True


@dataclass(frozen=True)
class NamedTownship:
    """The township that a row names. code: None when it cannot be known; as_written: as it stands; merged: now part of
    another.
    """

    code: str | None
    as_written: str | None
    cell: str | None
    problems: tuple[ValueProblem, ...] = ()
    merged: bool = False


@lru_cache(maxsize=REMEMBERED, typed=True)
def code_text(value: Any) -> str | None:
    """A code as compared: without blanks; a twelve-digit one that ends in 000 is its township's."""
    if value is None:
        return None
    text = exported_code(without_blanks(value_text(value)))
    if len(text) == VILLAGE_DIGITS and text.isdecimal() and text.endswith("000"):
        return text[:TOWNSHIP_DIGITS]
    return text or None


@lru_cache(maxsize=REMEMBERED)
def place_named(text: str) -> Place | None:
    """The township that a name stands for: 上党区苏店镇人民政府, 韩店街道办事处 and 苏店 are understood."""
    name = OF_WHICH.sub("", without_blanks(text))
    short = PREFIX.sub("", name)
    for candidate in dict.fromkeys((name, short, SUFFIX.sub("", short), OFFICE.sub("", short))):
        if found := township(candidate):
            return found
    return _by_stem().get(short)


@cache
def _by_stem() -> dict[str, Place]:
    stems = {KIND.sub("", row["township_name"]): township(row["township_name"]) for row in table("township")}
    return {stem: place for stem, place in stems.items() if place}


@cache
def _every_name() -> re.Pattern[str]:
    names = {row["township_name"] for row in table("township")} | {
        row["old_name"] for row in table("township_succession")
    }
    names |= set(_by_stem())
    return re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))


def is_district(text: str) -> bool:
    """Whether a cell names the whole district: such a row is a total."""
    return without_blanks(text) in (COUNTY_CODE, f"{COUNTY_CODE}000", COUNTY_NAME, "全区", f"长治市{COUNTY_NAME}")


def written_code(value: Any, cell: str | None = None) -> WrittenPlace:
    """What a code column or attribute says: a code, or a name instead; nothing where there is none."""
    if value is None or (isinstance(value, str) and is_null_token(value)):
        return WrittenPlace()
    digits = code_text(value) or ""
    return WrittenPlace(digits, cell, township(digits) or place_named(digits))


def written_name(value: Any, cell: str | None = None, strict: bool = True) -> WrittenPlace:
    """What a name column or attribute says; nothing where there is none."""
    if value is None or (isinstance(value, str) and is_null_token(value)):
        return WrittenPlace()
    text = value_text(value)
    return WrittenPlace(text, cell, place_named(text), strict)


def written_together(value: Any, cell: str | None = None) -> tuple[WrittenPlace, WrittenPlace] | None:
    """Code and name where one cell gives both: 韩店街道（140404001）, 140404001韩店街道; None where it does not."""
    if not isinstance(value, str):
        return None
    text = without_blanks(value)
    codes, rest = CODES.findall(text), AROUND_CODE.sub("", CODES.sub("", text))
    if len(codes) != 1 or not rest or place_named(rest) is None:
        return None
    return written_code(codes[0], cell), written_name(rest, cell)


def township_of(field_name: str, code: WrittenPlace, name: WrittenPlace) -> NamedTownship:
    """The township of a row by its code and its name; either is enough, both must agree.

    Where they disagree the row belongs to the township that it names: a digit is mistyped more easily than a name.
    """
    cell = code.cell if code.text else name.cell
    as_written = code.text or name.text
    if code.text is None and name.text is None:
        return NamedTownship(None, None, None)
    by_code, by_name = code.place, name.place
    if code.text and by_code is None:
        return NamedTownship(
            by_name.township_code if by_name else None, as_written, cell, (_unknown(field_name, code),)
        )
    if name.text and by_name is None and (code.text is None or name.strict):
        if by_code is None:
            return NamedTownship(None, as_written, cell, (_unknown(field_name, name),))
        return NamedTownship(
            by_code.township_code, as_written, cell, (_mismatch(field_name, code, by_code, name.text),)
        )
    if by_code and by_name and by_code.township_code != by_name.township_code:
        return NamedTownship(
            by_name.township_code, as_written, cell, (_mismatch(field_name, code, by_code, str(name.text)),)
        )
    old, where = (by_code, code) if by_code and by_code.kind != "current" else (by_name, name)
    known = by_code or by_name
    if known is None:
        return NamedTownship(None, as_written, cell)
    if old is None or old.kind == "current":
        return NamedTownship(known.township_code, as_written, cell)
    both = "".join(filter(None, (name.text, code.text)))
    problem = _resolved(field_name, both, old, where.cell)
    return NamedTownship(known.township_code, as_written, cell, (problem,), merged=old.kind == "merged")


def _resolved(field_name: str, found: str, old: Place, cell: str | None = None) -> ValueProblem:
    operands = {"found": found, "expected": f"{old.township_name}（{old.township_code}）"}
    return ValueProblem(RESOLVED, field_name, cell, operands)


def _unknown(field_name: str, written: WrittenPlace) -> ValueProblem:
    return ValueProblem("normalize.unknown_township", field_name, written.cell, {"found": written.text})


def _mismatch(field_name: str, code: WrittenPlace, by_code: Place, name: str) -> ValueProblem:
    operands = {"found": code.text, "expected": by_code.township_name, "written": name}
    return ValueProblem("normalize.township_code_name_mismatch", field_name, code.cell, operands)


def conversion_of_township(written: str, place: Place) -> str | None:
    """Of which kind the conversion of a township's code or name is (`contracts.normalization_log`); None: plain typing.

    place: for which it stands.
    """
    if written in (place.township_code, place.township_name):
        return None
    if visible(written) in (place.township_code, place.township_name):
        return "invisible"
    if half_width(written) == place.township_name:
        return "look_alike"
    if exported_code(written) == place.township_code:
        return "exported"
    if place.township_code in written and place.township_name in written:
        return "code_and_name"
    return "township" if place.kind == "current" else "former_township"


def township_list(value: Any, field_name: str) -> ConvertedValue:
    """Codes of the townships that one cell names (北呈乡、东和乡), None where it names none; 和 inside a name is no joint.
    What names no township is a problem.
    """
    text = half_width(value_text(value))
    if without_blanks(text) in WHOLE_DISTRICT:
        return ConvertedValue([row["township_code"] for row in table("township")])
    codes, unknown = [], []
    for piece in CODES.findall(text):
        if place := township(code_text(piece) or ""):
            codes.append(place.township_code)
        else:
            unknown.append(piece)
    rest = CODES.sub("、", text)
    codes += [place.township_code for name in _every_name().findall(rest) if (place := place_named(name))]
    unknown += filter(None, JOINTS.split(_every_name().sub("、", rest)))
    problems = [_unknown(field_name, WrittenPlace(piece)) for piece in unknown]
    return ConvertedValue(list(dict.fromkeys(codes)) or None, tuple(problems))


def place_or_office(value: Any, field_name: str) -> ConvertedValue:
    """The code of the township or of the district that a cell names, else the office's name as written; a former name
    is reported.
    """
    text = without_blanks(value_text(value))
    if is_district(text):
        return ConvertedValue(COUNTY_CODE)
    place = township(code_text(text) or "") or place_named(text)
    if place is None:
        return ConvertedValue(text)
    if place.kind == "current":
        return ConvertedValue(place.township_code)
    return ConvertedValue(place.township_code, (_resolved(field_name, text, place),), conversion="former_township")


def township_in(text: str) -> Place | None:
    """The only township that a title or a file name names, or None when it names none or several."""
    found = {place.township_code: place for name in _every_name().findall(text) if (place := place_named(name))}
    return next(iter(found.values())) if len(found) == 1 else None
