"""Whether a heading, or the group above it, says the same as a field of the contract, more, or something else. Called by
`headers`, `evidence`, `layer_evidence` and `columns`.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from contracts import (
    Contract,
    FieldSpec,
    group_words,
    heading_words,
    measure_units,
    plain_words,
    qualifier_words,
    unit_kinds,
)
from contracts.model import SUMMED_TYPES, Grain
from contracts.reference import table
from contracts.text import heading_key
from ingestion.normalize.periods import InvalidPeriod, SeveralPeriods, find_period

ADDED = {"date": "日期时间", "month": "日期时间"}
"""What a heading may add to the words of a field of a type without saying more; of figures, see the kinds of units."""
NAMED_ANYHOW = frozenset({"township", "project"})
"""Types of fields whose columns offices head as they like: only words that say another thing count against them."""
NO_WORDS = re.compile(r"[^一-鿿A-Za-z0-9×]+")
NOT_CHINESE = re.compile(r"[^一-鿿]+")
QUARTER, MONTH = re.compile(r"([一二三四1-4])季"), re.compile(r"(?<![\d-])(\d{1,2})月")
ACTUAL, PLAN = "实际", "计划"
THIS_QUARTER = ("本季度", "本季")
THIS_TIME = ("本期", "当期", "本次", "全年")
PART_OF_TIME = re.compile(
    r"第?[一二三四1-4]季度?|(?<!\d)\d{1,2}月份?|十?[一二三四五六七八九十]月份?|(?:19|20)\d{2}年度?|[上下]半年"
)
SAYS_NO_MORE = frozenset(" 数值额量度份期末")
LONGEST_GROUP = 10  # letters of a text above one column: 2025年第四季度; a title or a sender's name is longer
QUARTER_NUMBERS = {"一": "1", "二": "2", "三": "3", "四": "4"}


def _without(text: str, words: Iterable[str], by: str = " ") -> str:
    for word in words:
        text = text.replace(word, by)
    return text


@cache
def _spellings() -> tuple[tuple[str, str], ...]:
    pairs = [(spelling, word) for word, spellings in heading_words().items() for spelling in spellings]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


@cache
def words_of(text: str) -> frozenset[str]:
    """Which words that say what is measured a heading has: 累计新增林地面积 → 累计, 新增, 林."""
    text, found = heading_key(text), set()
    for spelling, word in _spellings():
        if spelling in text:
            found.add(word)
            text = text.replace(spelling, "·")
    return frozenset(found)


def is_planned(field: FieldSpec) -> bool:
    """Whether a field is a plan's: its figures and dates are not what was done."""
    return "plan" in field.name.split("_") or "planned" in field.name.split("_")


def _empty_words(heading: str, field: FieldSpec) -> tuple[str, ...]:
    """Words that say nothing in a heading; 实际 says something where the field is 计划… and the heading does not say that."""
    words = plain_words("empty")
    is_done = ACTUAL in heading and PLAN in field.zh and PLAN not in heading
    return tuple(word for word in words if word != ACTUAL) if is_done else words


@cache
def _own_letters(field: FieldSpec) -> str:
    kind = measure_units()[field.measure_unit].kind if field.measure_unit else field.type
    added = unit_kinds()[kind].heading if kind in unit_kinds() else ADDED.get(field.type, "")
    return "".join(map(heading_key, field.headers)) + added


def without_empty_words(heading: str, field: FieldSpec) -> str:
    """A heading without the words that say nothing."""
    return _without(heading, _empty_words(heading, field), "")


@cache
def says_only_when(heading: str) -> bool:
    """Whether a heading says of which time, or whether planned or done, and nothing of what: 上年同期, 本期, 一季度, 实际."""
    text = heading_key(heading)
    words = {word for kind, some in group_words().items() if kind != "harmless" for word in some}
    rest = _without(PART_OF_TIME.sub(" ", _without(text, THIS_TIME)), sorted(words, key=len, reverse=True))
    return rest != text and set(rest) <= SAYS_NO_MORE


def without_townships(text: str) -> str:
    """A text without the names of townships, of which 荫城镇 has 城镇 in it."""
    return _without(text, _names_of_townships())


@cache
def _names_of_townships() -> tuple[str, ...]:
    return tuple(one["township_name"] for one in table("township"))


def says_which_figures(text: str) -> bool:
    """Whether a short text by itself says of which time or part figures are, or that they are planned or estimated: what may
    stand above a column without being merged over it.
    """
    key = heading_key(text)
    return len(key) <= LONGEST_GROUP and (says_only_when(key) or names_other_figures(key))


def names_other_figures(text: str) -> bool:
    """Whether a text names what the reports know only half (城镇), or says that figures are estimated."""
    key = _without(without_townships(heading_key(text)), plain_words("harmless_objects"))
    return any(word in key for kind in ("other_objects", "estimated") for word in plain_words(kind))


def says_more(heading: str, field: FieldSpec, grain: Grain | None = None) -> bool:
    """Whether a heading has anything beside words that say what is measured, empty words, and what the field's own have.
    grain: of the report's period, whose own (本季) says nothing either.
    """
    text = _without(heading_key(heading), THIS_QUARTER) if grain == "quarter" else heading_key(heading)
    rest = _without(text, (spelling for spelling, _ in _spellings()))
    rest = NO_WORDS.sub("", _without(rest, _empty_words(heading, field)))
    return not set(rest) <= set(_own_letters(field))


def says_other(heading: str, field: FieldSpec) -> bool:
    """Whether a heading says that its column is of something else than a field, whatever stands in the column."""
    text, own = heading_key(heading), " ".join(map(heading_key, field.headers))
    if any(word in text and word not in own for word in plain_words("others")):
        return True
    if field.type in NAMED_ANYHOW:
        return False
    containers = plain_words("containers")
    plain = words_of(" ".join(containers))
    said, meant = words_of(_without(text, _empty_words(heading, field))), words_of(own)
    if said - meant - plain:
        return True
    if (said & meant) - plain:
        return False
    rest = NOT_CHINESE.sub("", _without(_without(text, containers), _empty_words(heading, field)))
    return not set(rest) <= set(_own_letters(field))


def contradiction(
    groups: Sequence[str], field: FieldSpec, contract: Contract, period: str | None = None, is_class: bool = False
) -> str | None:
    """The group above a column, or the word beside its unit, that says another time, plan, change or part than the field does
    (上年同期 above 产生量, 其中厨余 beside 吨), or something that the report knows nothing of (城镇); None where none does.
    period: the sheet's; is_class: the column is of a class, whose name may be anything.
    """
    return next(
        (
            group
            for group in reversed(groups)
            if _contradicts(group, field, contract, period)
            or (
                field.is_numeric and (names_other_figures(group) if is_class else _says_unknown(group, field, contract))
            )
        ),
        None,
    )


def _says_unknown(group: str, field: FieldSpec, contract: Contract) -> bool:
    """Whether a group says which part of what is measured where the field does not, or has words that neither the dataset
    has nor are known to say nothing.
    """
    neutral = sorted({*plain_words("neutral"), *(word for some in group_words().values() for word in some)}, key=len)
    text = PART_OF_TIME.sub(" ", _without(heading_key(group), (*reversed(neutral), *THIS_QUARTER, *THIS_TIME)))
    said, meant = words_of(_without(text, _empty_words(group, field))), words_of(" ".join((*field.headers, field.zh)))
    letters, words = _letters_of(contract)
    if (said & qualifier_words()) - meant or said - qualifier_words() - words:
        return True
    rest = _without(text, (spelling for spelling, _ in _spellings()))
    rest = _without(_without(rest, plain_words("containers")), _empty_words(group, field))
    return not set(NOT_CHINESE.sub("", rest)) <= letters


def _letters_of(contract: Contract) -> tuple[frozenset[str], frozenset[str]]:
    """The letters of a dataset's own words, and which words that say what is measured these have."""
    written = [contract.title.zh, *contract.recognise]
    for field in contract.fields.values():
        written += [field.zh, *field.headers, *field.name_headers]
    own = "".join(_own_letters(field) for field in contract.fields.values())
    return frozenset(heading_key("".join(written)) + own), words_of(" ".join(written))


def _contradicts(group: str, field: FieldSpec, contract: Contract, period: str | None) -> bool:
    if field.type in ("township", "project", "text", "place", "township_list", "period"):
        return False
    words, own = group_words(), " ".join((*field.headers, field.zh))
    text = _without(heading_key(group), words["harmless"])
    said = {kind for kind, some in words.items() if any(word in text and word not in own for word in some)}
    if said & {"past", "change", "adjusted", "average"}:
        return True
    if "plan" in said and not is_planned(field) and not any(word in own for word in (*words["plan"], "任务")):
        return True
    if "actual" in said and is_planned(field):
        return True
    if field.type not in SUMMED_TYPES:
        return field.is_numeric and names_another_period(text, contract, period)
    grain = contract.period.grain
    if field.cumulative:
        is_part = bool(said & {"month", "quarter", "year"})
    else:
        is_part = bool(said & {"month", "quarter", "year"} - {grain}) or ("total" in said and not is_planned(field))
    return is_part or names_another_period(text, contract, period)


def names_another_period(text: str, contract: Contract, period: str | None) -> bool:
    """Whether a text names a period, or a part of one, that is not the sheet's."""
    if period is None:
        return False
    try:
        named, year = find_period(text, contract.period.grain), find_period(text, "year")
    except (InvalidPeriod, SeveralPeriods):
        return True
    if (named and named != period) or (year and year != period[:4]):
        return True
    _, _, number = period.partition("Q")
    if number and (found := QUARTER.search(text)):
        return QUARTER_NUMBERS.get(found[1], found[1]) != number
    if contract.period.grain == "month" and (found := MONTH.search(text)):
        return found[1].zfill(2) != period[5:7]
    return False
