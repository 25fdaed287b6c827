"""Column headings: what a heading says apart from its unit, and which field of the contract it stands for. Called by
`layout` for every column of a table.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from contracts import Contract, FieldSpec, catalogue, code_lists, measure_units, plain_words, unit_kinds
from contracts.model import MeasureUnit
from contracts.text import half_width, heading_key
from ingestion.normalize.declared_units import ForeignUnit, unit_or_foreign
from ingestion.normalize.heading_meaning import NOT_CHINESE, without_empty_words, words_of
from ingestion.normalize.numbers import unit_named

Role = Literal["value", "name", "class"]

BRACKETED_TAIL = re.compile(r"^(.+?)[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]$")
SEPARATORS = re.compile(r"[\s/,;:、_-]+")
NUMBERED = re.compile(r"^(?:\(?[0-9]{1,2}[.、)](?![0-9])|\(?[一二三四五六七八九十]{1,2}[、)]|[①-⑳]\s*)(?=.)")
BRACKETS, JOINTS = (
    "()[]【】〔〕",
    re.compile(r"[,;:、/]"),
)  # of half-width text: around and between a unit and other words
PER = re.compile(r"/(?:日|天|月|季|人|户)")  # of another time, or a head: no unit of the whole
LONGEST_UNIT = 6  # letters: 十万平方千米
UNIT_WORDS = re.compile(r"^(?:计量)?单位[:为]?")
CLASS_HEADING = re.compile(
    r"^(?P<name>\D{1,12}?)[-_]?[(\[]?(?P<code>@)[)\]]?$|^[(\[]?(?P<first>@)[)\]]?[-_]?(?P<then>\D{0,12})$".replace(
        "@", r"[0-9]{2}(?:[0-9]{2}[A-Z]?|H[0-9][A-Z]?)|09"
    )
)
NOT_A_CLASS = re.compile(r"[年表]")
GROUP_CODE = re.compile(r"\([0-9]{2}\)$")
CHANGES_MEANING = frozenset("未非不无待尚需须欠漏缺本上下去年月季期日新增减计划占率比人户均最拟应")
AMOUNT_ENDS = "量额"  # of what a kind of units is called, where a heading has only this letter of it
SUBTOTAL = re.compile(r"^(?:小计|合计|总计|计)$")


@dataclass(frozen=True)
class Heading:
    """A heading without its unit. odd_unit: a tail that looks like a unit but is none that is known; beside: what else
    stands in the brackets of the unit (产生量（日均，吨）).
    """

    text: str
    measure_unit: MeasureUnit | None = None
    odd_unit: str | None = None
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """What a column holds: a field's values, the names beside a code field, or one class of a wide sheet.

    by: how it was known. score: 100 for an exact match, else the similarity (0-100) to `matched`. known: False for a
    class that is not in the code list, or whose name is another class's; listed_as: what the code means, in that case.
    odd: known by content under a heading that says something else.
    """

    field: str
    role: Role = "value"
    class_code: str | None = None
    known: bool = True
    score: float = 100.0
    matched: str | None = None
    listed_as: str | None = None
    by: Literal["heading", "similar", "content"] = "heading"
    odd: bool = False

    def title(self, contract: Contract) -> str:
        """What people call what the column holds."""
        spec = contract.columns[self.field]
        return spec.name_headers[0] if self.role == "name" else spec.zh


Known = dict[str, tuple[Target, ...]]


def read_heading(text: str) -> Heading:
    """A heading parted from its number (1.森林面积) and its unit: in brackets, on a second line, or behind a slash or an underscore.

    Brackets that hold no unit stay. A heading that is only a unit, below the one that says what is measured, has no text.
    """
    words = NUMBERED.sub("", half_width(NUMBERED.sub("", text.strip())).strip()).strip()
    whole = heading_key(words)
    if measure_unit := unit_named(UNIT_WORDS.sub("", whole.strip(BRACKETS))):
        return Heading("", measure_unit)
    if found := BRACKETED_TAIL.match(whole):
        inner = UNIT_WORDS.sub("", found[2])
        if measure_unit := unit_named(inner):
            return Heading(found[1], measure_unit)
        measure_unit, beside = _unit_with_words(inner)
        if measure_unit:
            return Heading(found[1], measure_unit, beside=beside)
        if (
            _looks_like_unit(inner)
            or isinstance(unit_or_foreign(inner), ForeignUnit)
            or (PER.search(inner) and any(unit_named(word) for word in JOINTS.split(inner)))
        ):
            return Heading(found[1], odd_unit=inner)
    for found in SEPARATORS.finditer(words):  # the longest tail without a blank first: 亩均用水量 立方米/亩
        before, behind = words[: found.start()], words[found.end() :]
        if (
            before
            and len(behind.split()) == 1
            and (measure_unit := unit_named(UNIT_WORDS.sub("", heading_key(behind))))
        ):
            return Heading(heading_key(before), measure_unit)
    return _of_unit_in_words(whole) or Heading(whole)


def _of_unit_in_words(text: str) -> Heading | None:
    """A heading that says its unit instead of what is measured: 累计整治亩数 is 累计整治面积, in 亩."""
    for spelling, measure_unit in _scaled_units():
        stem = text.removesuffix(f"{spelling}数")
        if stem != text and stem and not stem.endswith("单"):  # 单元数 counts units of another sense
            meant = unit_kinds()[measure_unit.kind].heading
            return Heading(stem + (meant[-1] if meant[-1] in AMOUNT_ENDS else meant), measure_unit)
    return None


@cache
def _scaled_units() -> tuple[tuple[str, MeasureUnit], ...]:
    """The Chinese names of the units of which several are in use, the longest first."""
    scaled = [one for one in measure_units().values() if one.is_scaled]
    named = [(name, one) for one in scaled for name in one.spellings if NOT_CHINESE.search(name) is None]
    return tuple(sorted(named, key=lambda pair: -len(pair[0])))


def _unit_with_words(text: str) -> tuple[MeasureUnit | None, tuple[str, ...]]:
    """The unit in brackets that say more (公顷，保留两位小数; 公顷/年末), and what more; None where there is none, or several
    (元/亩).
    """
    if PER.search(text):
        return None, ()
    words = [UNIT_WORDS.sub("", word) for word in JOINTS.split(text)]
    named = [measure_unit for word in words if (measure_unit := unit_named(word))]
    beside = tuple(word for word in words if word and unit_named(word) is None)
    return (named[0], beside) if len(named) == 1 else (None, ())


@cache
def _unit_ends() -> frozenset[str]:
    return frozenset(
        spelling[-1]
        for measure_unit in measure_units().values()
        if measure_unit.is_scaled
        for spelling in measure_unit.spellings
    )


def _looks_like_unit(text: str) -> bool:
    """千公顷, 百万平方米: ends like a unit of measure and is as short as one."""
    return (0 < len(text) <= LONGEST_UNIT and text[-1] in _unit_ends() and not text[0].isdigit()) or text in (
        "‰",
        "公里",
        "千米",
        "米",
    )


def known_headings(contract: Contract) -> Known:
    """Every heading that the contract declares, as compared -> what it may stand for."""
    known: dict[str, list[Target]] = {}
    for field in contract.fields.values():
        for heading in field.headers:
            known.setdefault(heading_key(heading), []).append(Target(field.name))
        for heading in field.name_headers:
            known.setdefault(heading_key(heading), []).append(Target(field.name, role="name"))
    return {heading: tuple(dict.fromkeys(targets)) for heading, targets in known.items()}


def exact_targets(headings: Iterable[str], contract: Contract, known: Known) -> tuple[Target, ...]:
    """What the first known of several ways of reading a heading stands for, classes of a wide sheet included; empty
    when none is known.
    """
    for heading in headings:
        if targets := known.get(heading):
            return targets
        if contract.layout.kind == "wide" and (target := class_target(heading, contract)):
            return (target,)
    return ()


def is_heading(text: str, contract: Contract, known: Known) -> bool:
    """Whether a text by itself is a heading of the contract."""
    return bool(exact_targets((read_heading(text).text, heading_key(text)), contract, known))


def class_target(heading: str, contract: Contract) -> Target | None:
    """The class column of a wide sheet: 旱地(0103), 0103旱地, 0103, 旱地. A code outside the list is a class too, an
    unknown one.
    """
    field = contract.fields[str(contract.layout.class_field)]
    classes = code_lists()[str(field.list)]
    found = CLASS_HEADING.match(heading)
    if found and not NOT_A_CLASS.search(heading):
        written, name = found["code"] or found["first"], found["name"] or found["then"]
        code = classes.canonical(written)
        if code is None:
            return Target(field.name, role="class", class_code=written, known=False)
        if classes.canonical(name) not in (None, code) or is_planning_class(written, name):
            return Target(field.name, role="class", class_code=written, known=False, listed_as=classes.title(code))
        rest = _without_containers(name)
        if NOT_CHINESE.sub("", rest) and code not in (
            classes.canonical(name),
            classes.canonical(rest),
        ):  # 其中:水田, 水机
            known = classes.title(code)
            score, matched = _likeness(name, known), f"{known}({code})"
            return Target(field.name, role="class", class_code=code, score=score, matched=matched, by="similar")
        return Target(field.name, role="class", class_code=code)
    if (code_by_name := classes.canonical(heading)) is not None:
        return Target(field.name, role="class", class_code=code_by_name)
    return None


def _without_containers(name: str) -> str:
    """The name of a class without words that say nothing of which it is: 水田面积."""
    for word in plain_words("containers"):
        name = name.replace(word, "") if name != word else ""
    return name


def _likeness(name: str, known: str) -> float:
    from rapidfuzz import fuzz

    return fuzz.ratio(name, known)


def is_planning_class(code: str, name: str) -> bool:
    """Whether a code with this name is one of 用地用海分类, where its digits mean another class than in the survey."""
    return name in code_lists()["planning_land_class"].values.get(code, ())


def is_subtotal(heading: str, group: str | None) -> bool:
    """Whether a column repeats the sum of others: 小计 under a group, or a first-level class such as 种植园用地(02)."""
    return bool(SUBTOTAL.match(heading) or (group is None and GROUP_CODE.search(heading)))


def similar_target(heading: str, contract: Contract, taken: frozenset[str]) -> Target | None:
    """The field that a heading most resembles, if it is near enough and no other is; fields that are taken do not
    count.

    A difference in characters that change the meaning (未, 上年, 计划, 率), or in words that say what is measured (林, 耕,
    新增), is never near; one of these may be misspelled in a heading of the same length. A heading may have empty words
    (总, 情况) more than the field's, else no character more: 产生量排名 is not 产生量. The least similarity is the rule's
    threshold.
    """
    from rapidfuzz import fuzz

    scores: dict[str, tuple[float, Target, str]] = {}
    said = words_of(heading)
    for known, targets in known_headings(contract).items():
        difference = Counter(heading)
        difference.subtract(known)
        if any(char in CHANGES_MEANING for char, count in difference.items() if count):
            continue
        meant = words_of(known)
        if said != meant and not (said < meant and len(heading) == len(known)):
            continue
        score = fuzz.ratio(heading, known)
        for target in targets:
            if (
                target.field not in taken
                and _is_spelling_of(heading, known, contract.fields[target.field])
                and score > scores.get(target.field, (0.0,))[0]
            ):
                scores[target.field] = (score, target, known)
    ranked = sorted(scores.values(), key=lambda item: item[0], reverse=True)
    least = catalogue()["normalize.header_matched"].threshold or 100.0
    if not ranked or ranked[0][0] < least or (len(ranked) > 1 and ranked[1][0] == ranked[0][0]):
        return None
    score, target, known = ranked[0]
    return Target(target.field, role=target.role, score=score, matched=known, by="similar")


def _is_spelling_of(heading: str, known: str, field: FieldSpec) -> bool:
    """Whether a heading has no character that a known one lacks, but empty words and one misspelled character."""
    written = Counter(without_empty_words(heading, field))
    more, less = (written - Counter(known)).total(), (Counter(known) - written).total()
    return more == 0 or more == less == 1
