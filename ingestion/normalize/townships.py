"""Townships as a row names them: by code, by name, by both, or several in one cell."""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from contracts.places import Place, township
from contracts.reference import COUNTY_CODE, COUNTY_NAME, table
from ingestion.normalize.values import Problem, shown

PREFIX = re.compile(r"^(?:山西省)?(?:长治市)?(?:上党区|长治县)?(?=.)")
SUFFIX = re.compile(r"(?<=..)(?:人民政府|政府|街道办事处|办事处)$")
KIND = re.compile(r"(?:街道|镇|乡)$")
JOINTS = re.compile(r"[、,，;；/\s和及与等()（）]+")
WHOLE_DISTRICT = frozenset({"全区", "上党区", "全区各乡镇", "各乡镇", "所有乡镇"})


@dataclass(frozen=True)
class Named:
    """The township that a row names. code: None when it cannot be told; as_written: as it stands; merged: now part of
    another.
    """

    code: str | None
    as_written: str | None
    cell: str | None
    problems: tuple[Problem, ...] = ()
    merged: bool = False


@dataclass(frozen=True)
class Written:
    """A code or a name as it stands in a cell. strict: False under a heading such as 填报单位, where others than
    townships stand.
    """

    text: str | None = None
    cell: str | None = None
    place: Place | None = field(default=None)
    strict: bool = True


@lru_cache(maxsize=4096, typed=True)
def code_text(value: Any) -> str | None:
    """A code as compared: digits only; a twelve-digit one that ends in 000 is its township's."""
    if value is None:
        return None
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", shown(value)))
    return text[:9] if len(text) == 12 and text.isdecimal() and text.endswith("000") else text or None


@lru_cache(maxsize=4096)
def place_named(text: str) -> Place | None:
    """The township that a name stands for: 上党区苏店镇人民政府, 韩店街道办事处 and 苏店 are understood."""
    name = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    short = PREFIX.sub("", name)
    for candidate in dict.fromkeys((name, short, SUFFIX.sub("", short), re.sub(r"办事处$|办$", "", short))):
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
    return re.sub(r"\s+", "", text) in (COUNTY_CODE, COUNTY_NAME, "全区", f"长治市{COUNTY_NAME}")


def township_of(field_name: str, code: Written, name: Written) -> Named:
    """The township of a row by its code and its name; either is enough, both must agree.

    Where they disagree the row belongs to the township that it names: a digit is mistyped more easily than a name.
    """
    cell = code.cell if code.text else name.cell
    as_written = code.text or name.text
    if code.text is None and name.text is None:
        return Named(None, None, None)
    by_code, by_name = code.place, name.place
    if code.text and by_code is None:
        return Named(by_name.township_code if by_name else None, as_written, cell, (_unknown(field_name, code),))
    if name.text and by_name is None and (code.text is None or name.strict):
        if by_code is None:
            return Named(None, as_written, cell, (_unknown(field_name, name),))
        return Named(by_code.township_code, as_written, cell, (_mismatch(field_name, code, by_code, name.text),))
    if by_code and by_name and by_code.township_code != by_name.township_code:
        return Named(by_name.township_code, as_written, cell, (_mismatch(field_name, code, by_code, str(name.text)),))
    old, where = (by_code, code) if by_code and by_code.kind != "current" else (by_name, name)
    known = by_code or by_name
    if known is None:
        return Named(None, as_written, cell)
    if old is None or old.kind == "current":
        return Named(known.township_code, as_written, cell)
    operands = {"found": _both(code, name), "expected": f"{old.township_name}（{old.township_code}）"}
    problem = Problem("normalize.township_code_resolved", field_name, where.cell, operands)
    return Named(known.township_code, as_written, cell, (problem,), merged=old.kind == "merged")


def _both(code: Written, name: Written) -> str:
    return "".join(filter(None, (name.text, code.text)))


def _unknown(field_name: str, written: Written) -> Problem:
    return Problem("normalize.unknown_township", field_name, written.cell, {"found": written.text})


def _mismatch(field_name: str, code: Written, by_code: Place, written_name: str) -> Problem:
    return Problem(
        "normalize.township_code_name_mismatch",
        field_name,
        code.cell,
        {
            "found": code.text,
            "expected": by_code.township_name,
            "written": written_name,
        },
    )


def township_list(value: Any, field_name: str) -> tuple[list[str] | None, tuple[Problem, ...]]:
    """Codes of the townships that one cell names (北呈乡、东和乡); 和 inside a name is no joint. What names none is a
    problem.
    """
    text = unicodedata.normalize("NFKC", shown(value))
    if re.sub(r"\s+", "", text) in WHOLE_DISTRICT:
        return [row["township_code"] for row in table("township")], ()
    codes, problems = [], []
    for piece in re.findall(r"\d{9,12}", text):
        place = township(code_text(piece) or "")
        if place is None:
            problems.append(Problem("normalize.unknown_township", field_name, operands={"found": piece}))
        else:
            codes.append(place.township_code)
    rest = re.sub(r"\d{9,12}", "、", text)
    for name in _every_name().findall(rest):
        place = place_named(name)
        if place:
            codes.append(place.township_code)
    problems += [
        Problem("normalize.unknown_township", field_name, operands={"found": piece})
        for piece in JOINTS.split(_every_name().sub("、", rest))
        if piece
    ]
    return list(dict.fromkeys(codes)) or None, tuple(problems)


def place_or_office(value: Any, field_name: str) -> tuple[str, tuple[Problem, ...]]:
    """The code of the township or of the district that a cell names, else the office's name as written; a former name
    is told.
    """
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", shown(value)))
    if is_district(text):
        return COUNTY_CODE, ()
    place = township(code_text(text) or "") or place_named(text)
    if place is None:
        return text, ()
    if place.kind == "current":
        return place.township_code, ()
    operands = {"found": text, "expected": f"{place.township_name}（{place.township_code}）"}
    return place.township_code, (Problem("normalize.township_code_resolved", field_name, operands=operands),)


def township_in(text: str) -> Place | None:
    """The only township that a title or a file name names, or None when it names none or several."""
    found = {place.township_code: place for name in _every_name().findall(text) if (place := place_named(name))}
    return next(iter(found.values())) if len(found) == 1 else None
