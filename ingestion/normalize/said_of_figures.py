"""Texts that say that figures are not what they seem: notes around a table, captions between its rows, comments on cells, what is
printed above and below the pages, and remarks of rows. None of them changes a figure: a person is asked, or told. Called by
`texts_of_table` and `other_reports`.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any, Literal, NamedTuple

from contracts import Contract, correction_words, group_words, plain_words
from contracts.text import half_width, without_blanks
from ingestion.normalize.heading_meaning import names_another_period, says_only_when, without_townships

Kind = Literal["corrected", "void", "time", "plan", "object", "total", "draft", "estimated"]
OTHERWISE, ESTIMATED = "sheet.figures_said_otherwise", "sheet.figures_estimated"
WHAT: dict[Kind, tuple[str, str]] = {
    "corrected": ("更正或有误", "a correction"),
    "void": ("作废或撤销", "void"),
    "time": ("其他时期的数", "figures of another time"),
    "plan": ("计划数", "figures of a plan"),
    "object": ("其他对象的数", "figures of other things"),
    "total": ("累计数", "cumulative figures"),
    "draft": ("不是正式报表", "no final report"),
    "estimated": ("估算或未核实的数", "estimates"),
}
CLAUSES = re.compile(r"[。;\n]")
INSTRUCTS = re.compile(r"如有|如发现|如果|若|凡|不得|请勿|严禁|应当|的,|报送前|填报时|填写时")
"""Words of a clause that tells what to do, and says nothing of these figures."""
NUMBER = r"[:“\"]?[+-]?\d"
SUBJECT = r"(?:此|本|该|上述|以上|表中|表内|第\d+)[^,]{0,8}?"
DONE = r"(?:已经?|现已?|予以|均已?|全部)"
DATA = r"(?:数据|数值|数|值|资料)"
SHORT_REMARK = 15  # letters: a longer remark is a sentence, of which only what reads like a statement counts
SHORT_CAPTION = 16  # letters of a line between rows of data that says of what these are
NUMBERED = re.compile(r"^(?:[(（]?[一二三四五六七八九十\d]{1,2}[)）、.]|[①-⑳])+")
OF_A_CAPTION = re.compile(r"以下|以上|均?为|部分|情况|数据|报表|[:()]")


class Said(NamedTuple):
    """What a text says of figures."""

    kind: Kind
    text: str

    @property
    def rule_id(self) -> str:
        return ESTIMATED if self.kind == "estimated" else OTHERWISE

    @property
    def operands(self) -> dict[str, Any]:
        """Of the rule's message."""
        what, what_en = WHAT[self.kind]
        return {"found": self.text.strip(), "what": what, "what_en": what_en}


def said_in_note(text: str, contract: Contract) -> Said | None:
    """What a line above a table, a note below it or a comment says of the figures; None where nothing."""
    for clause in CLAUSES.split(half_width(text)):
        words = without_blanks(clause)
        if words and not INSTRUCTS.search(words) and (kind := _kind_in_note(words, contract)):
            return Said(kind, text)
    return None


def said_in_remark(text: str, contract: Contract) -> Said | None:
    """What the remark of a row says of its figures: the remark as a whole, or what a note would say."""
    words = without_blanks(half_width(text)).strip("。;,.()")
    whole = _remarks()
    if len(words) <= SHORT_REMARK:
        for kind, pattern in whole.items():
            if (found := pattern.match(words)) and found[0] == words and not _is_own(found["word"], contract):
                return Said(kind, text)
    if (said := said_in_note(text, contract)) or len(words) > SHORT_REMARK:
        return said
    return Said("estimated", text) if any(word in words for word in plain_words("estimated")) else None


def said_in_margin(text: str, contract: Contract) -> Said | None:
    """What is printed above or below the pages says of the figures; also that it is a draft."""
    words = without_blanks(half_width(text))
    if any(word in words and not _is_own(word, contract) for word in plain_words("other_reports")):
        return Said("draft", text)
    return said_in_note(text, contract)


def said_in_caption(text: str, contract: Contract, period: str | None) -> Said | None:
    """What a line between rows of data says of those below it: that they are of another time, or of something else."""
    words = NUMBERED.sub("", without_blanks(half_width(text)))
    if len(words) > SHORT_CAPTION:
        return None
    if other_objects(words, contract):
        return Said("object", text)
    rest = OF_A_CAPTION.sub("", words)
    if not rest or not says_only_when(rest):
        return None
    is_past = any(word in rest for kind in ("past", "change", "average") for word in group_words()[kind])
    if is_past or names_another_period(rest, contract, period):
        return Said("time", text)
    is_plan = any(word in rest and not _is_own(word, contract) for word in group_words()["plan"])
    return Said("plan", text) if is_plan else None


def other_objects(text: str, contract: Contract) -> list[str]:
    """What a text names that the dataset does not report: 城镇, 建筑垃圾."""
    text = without_townships(text)
    for word in plain_words("harmless_objects"):
        text = text.replace(word, " ")
    return [word for word in plain_words("other_objects") if word in text and not _is_own(word, contract)]


def _own_words(contract: Contract) -> str:
    fields = (word for one in contract.fields.values() for word in (one.zh, *one.headers))
    return " ".join((contract.title.zh, *contract.recognise, *fields))


def _is_own(word: str, contract: Contract) -> bool:
    return word in _own_words(contract)


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=lambda word: -len(word))))


@cache
def _notes() -> dict[Kind, re.Pattern[str]]:
    words, groups = correction_words(), group_words()
    taken, past = _any(plain_words("taken_from")), _any(groups["past"])
    corrected = (
        rf"^(?:注\d*|备注|说明)?[:、.]?(?:{_any(words['first'])})(?:说明)?(?:[:,]|$|\d)",
        rf"(?:{_any(words['to'])}){NUMBER}",
        rf"(?:应|需|须|请|要|均|都|再)(?:{_any(words['times'])})了?\d+(?!\d*%)",
        rf"{SUBJECT}(?:{_any(words['of'])})",
    )
    void = _any(words["void"])
    return {
        "corrected": re.compile("|".join(corrected)),
        "void": re.compile(rf"(?:{SUBJECT}{DONE}?|{DONE})(?:{void})(?!的|后)"),
        "time": re.compile(rf"(?:{taken})(?:了|的)?(?:{past})(?:年?度|同期|的)?{DATA}"),
        "plan": re.compile(rf"(?:为|是|系|按)(?P<word>{_any(groups['plan'])})(?:的)?{DATA}"),
        "estimated": re.compile(rf"(?:为|是|系|按|属于?|经)[^,]{{0,3}}?(?:{_any(plain_words('estimated'))})"),
    }


@cache
def _remarks() -> dict[Kind, re.Pattern[str]]:
    words, groups = correction_words(), group_words()
    taken, past = _any(plain_words("taken_from")), _any(groups["past"])
    return {
        "void": re.compile(
            rf"{DONE}?(?:此行|该行|本行|该项|此项)?{DONE}?(?P<word>{_any((*words['void'], *words['row']))})(?:本行|此行)?"
        ),
        "corrected": re.compile(rf"{DATA}?(?P<word>{_any((*words['of'], *words['first']))})"),
        "time": re.compile(rf"(?:{taken})?(?P<word>{past})(?:年?度|同期|的)?{DATA}?(?:填列|填报|结转)?"),
        "plan": re.compile(rf"(?:为|是|系|按)?(?P<word>{_any(groups['plan'])})(?:的)?{DATA}?(?:填列|填报)?"),
        "object": re.compile(rf"(?:含|包括|包含)?(?P<word>{_any(plain_words('other_objects'))})(?:部分)?{DATA}?"),
    }


TOTAL = re.compile(rf"(?:为|是|系|按)[^,]{{0,4}}?(?:全年|累计|累积)[^,]{{0,4}}?(?:{DATA}|量)")
WITH_OTHERS = re.compile(r"(?<!不)(?<!不包)(?:含|包括|包含)[^,]{0,4}")


def _kind_in_note(words: str, contract: Contract) -> Kind | None:
    for kind, pattern in _notes().items():
        found = pattern.search(words)
        if found and not (kind == "plan" and _is_own(found["word"], contract)):
            return kind
    if _adds_up_over_the_year(contract) and TOTAL.search(words):
        return "total"
    if any(other_objects(words[one.start() : one.end() + 4], contract) for one in WITH_OTHERS.finditer(words)):
        return "object"
    return None


def _adds_up_over_the_year(contract: Contract) -> bool:
    """Whether figures of a part of a year are those of this part alone, so that a total of the year is another figure."""
    is_cumulative = any(field.cumulative for field in contract.fields.values())
    return contract.period.grain in ("quarter", "month") and not is_cumulative and not contract.period.from_date
