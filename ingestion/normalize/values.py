"""One cell of a sheet, or one attribute value of a layer, into one typed value by its field, with what is wrong with it or
had to be assumed. Called for every distinct value by `row_parser` and `layer_values`.
"""

import re
from typing import Any

from contracts import FieldSpec, code_lists, measure_units
from contracts.characters import visible
from contracts.model import CodeList, MeasureUnit
from contracts.reference import lookup
from contracts.text import (
    TEXT_NULL_TOKENS,
    exported_code,
    half_width,
    is_null_token,
    value_text,
    without_blanks,
    without_empty_decimals,
)
from ingestion.normalize.converted_value import ConvertedValue, ValueProblem
from ingestion.normalize.dates import InvalidDate, conversion_of_date, parse_date, parse_month
from ingestion.normalize.numbers import NotANumber, canonical_unit, conversion_of_number, convert, parse_number
from ingestion.normalize.periods import UnclearMonth
from ingestion.normalize.townships import place_or_office, township_list

CODE_RULES = {
    "stage": "normalize.unknown_stage",
    "conclusion": "normalize.unknown_conclusion",
    "land_class": "normalize.unknown_land_class",
}
LARGEST_COUNT = 2**53  # up to it every integer is a float of its own, so that a count read as a float is exact
MOST_EXPECTED = 12  # codes of a list that a message names: more are not read
PROJECT = re.compile(r"^([A-Z]\d)(?:-(\d{1,3}))?$")
GROUPED_BY_BLANKS = re.compile(r"[+-]?\d{1,3}(?:\s\d{3})+(?:\.\d+)?")  # 12 345: thousands, as some countries write them
CODE_AND_NAME = re.compile(
    r"^(?P<code>[0-9A-Z]+)[-_:、(]*(?P<name>[^0-9A-Z()]+)\)?$|^(?P<first>[^0-9A-Z()]+)[-_:、(]*(?P<last>[0-9A-Z]+)\)?$"
)
PROJECT_AND_NAME = re.compile(r"^([A-Z]\d)(?:-(\d{1,3}))?[-:、(]*(\D.*?)\)?$")
DASHES = re.compile(r"[‐‑‒–—―−_]")
YEAR_IN_BRACKETS = re.compile(r"[\[(【〔{]((?:19|20)\d{2})[\])】〕}]")


def convert_cell(
    value: Any,
    field: FieldSpec,
    measure_unit: MeasureUnit | None,
    shown_as_percent: bool = False,
    is_1904: bool = False,
) -> ConvertedValue:
    """A cell's value for a field; of any type but a period and a township, which a row names in several cells.

    measure_unit: what the column is written in, None for the field's own; is_1904: from when the workbook counts days. A
    value that cannot be taken is null, with a problem.
    """
    if value is None:
        return ConvertedValue()
    if field.is_numeric:
        return _number(value, field, measure_unit, shown_as_percent)
    if field.type == "text":
        text = value_text(value)
        is_changed = isinstance(value, str) and visible(value) != value
        return ConvertedValue(
            None if text in TEXT_NULL_TOKENS else text, conversion="invisible" if is_changed else None
        )
    if isinstance(value, str) and is_null_token(value):
        return ConvertedValue()
    if field.type == "township_list":
        return township_list(value, field.name)
    if field.type == "place":
        return place_or_office(value, field.name)
    if field.type in ("date", "month"):
        return _date(value, field, is_1904)
    if field.type == "project":
        return _project(value, field)
    if field.list is not None:
        return _code(value, field)
    return ConvertedValue(value_text(value))


def _problem(rule_id: str, field: FieldSpec, value: Any, **operands: Any) -> tuple[ValueProblem]:
    """A problem of a value, as its submitter wrote it."""
    return (ValueProblem(rule_id, field.name, operands={"title": field.zh, "found": value_text(value), **operands}),)


def _number(value: Any, field: FieldSpec, measure_unit: MeasureUnit | None, shown_as_percent: bool) -> ConvertedValue:
    own = canonical_unit(field)
    try:
        number = parse_number(value)
        if number is None:
            return ConvertedValue()
        if number.measure_unit and own is None:
            raise NotANumber(str(value))
        result = convert(number, measure_unit or own, own) if own else float(number.value)
    except NotANumber:
        return ConvertedValue(problems=_problem("normalize.text_in_numeric", field, value))
    percent_sign = field.type == "percent" and (shown_as_percent or number.measure_unit == measure_units()["pct"])
    if shown_as_percent and field.type == "percent":
        result = float(number.value * 100)
    conversion = "percent" if percent_sign else conversion_of_number(value, number)
    guessed: tuple[ValueProblem, ...] = ()
    if number.is_guessed:
        expected = value_text(float(number.value), "message")
        is_torn = (
            isinstance(value, str)
            and any(map(str.isspace, value.strip()))
            and not GROUPED_BY_BLANKS.fullmatch(half_width(value).strip())
        )
        rule_id = "normalize.number_with_blanks" if is_torn else "normalize.value_converted"
        guessed = _problem(rule_id, field, value, expected=expected)
    if own and number.measure_unit not in (None, measure_unit or own) and not percent_sign:
        headed = (measure_unit or own).zh
        guessed += _problem(
            "normalize.unit_in_cell",
            field,
            value,
            expected=f"{value_text(result, 'computed')} {own.zh}",
            unit=headed,
            count=1,
        )
    if field.type != "count":
        return ConvertedValue(result, guessed, percent_sign, conversion)
    if not result.is_integer() or abs(result) > LARGEST_COUNT:
        return ConvertedValue(problems=_problem("normalize.not_whole_number", field, value))
    return ConvertedValue(int(result), guessed, conversion=conversion)


def _date(value: Any, field: FieldSpec, is_1904: bool) -> ConvertedValue:
    try:
        if field.type == "month":
            month = parse_month(value, is_1904)
            return ConvertedValue(month, conversion=conversion_of_date(value, month))
        written = parse_date(value, is_1904)
    except UnclearMonth as error:
        earlier, later = error.periods
        return ConvertedValue(earlier, _problem("normalize.month_unclear", field, value, expected=earlier, other=later))
    except InvalidDate:
        return ConvertedValue(problems=_problem("normalize.invalid_date", field, value))
    stored = written.day.isoformat()
    problems: tuple[ValueProblem, ...] = ()
    if written.rest:
        problems = _problem("normalize.date_with_text", field, value, expected=stored, rest=written.rest)
    elif written.weekday is False:
        problems = _problem("normalize.weekday_mismatch", field, value, expected=stored)
    elif written.time:
        problems = _problem("normalize.time_of_day", field, value, expected=stored)
    elif written.other:
        other = written.other.isoformat()
        problems = _problem("normalize.date_unclear", field, value, expected=stored, other=other)
    elif written.is_guessed:
        problems = _problem("normalize.value_converted", field, value, expected=stored)
    return ConvertedValue(written.day, problems, conversion=conversion_of_date(value, stored, written))


def _project(value: Any, field: FieldSpec) -> ConvertedValue:
    """A project of the plan, or a sub-project of one; A1-1 and A1—01 are A1-01. One that the plan does not have is kept
    as written.
    """
    text = project_number(value)
    names = lookup("plan_project", "project_id", "project_name")
    found = PROJECT.match(text)
    together = PROJECT_AND_NAME.match(text)
    if together and without_blanks(names.get(together[1], "")).upper() == together[3]:
        project = together[1] if together[2] is None else f"{together[1]}-{int(together[2]):02d}"
        return ConvertedValue(project, conversion="code_and_name")
    if found and found[1] in names:
        project = found[1] if found[2] is None else f"{found[1]}-{int(found[2]):02d}"
        conversion = None if project == value_text(value, "typed") else "number_form"
        return ConvertedValue(project, conversion=conversion)
    unknown = ValueProblem("normalize.unknown_project", field.name, operands={"found": value_text(value)})
    return ConvertedValue(text, (unknown,))


def project_number(value: Any) -> str:
    """A project number as compared: half-width capitals, plain hyphens, no blanks."""
    return DASHES.sub("-", exported_code(without_blanks(value_text(value)))).upper()


def event_number(text: str) -> str:
    """A document's number as compared: half-width, without blanks, the year in 〔〕 whatever brackets it was typed in; 101.0
    is 101.
    """
    return YEAR_IN_BRACKETS.sub(r"〔\1〕", without_empty_decimals(without_blanks(text)))


def _code(value: Any, field: FieldSpec) -> ConvertedValue:
    codes = code_lists()[str(field.list)]
    text = exported_code(without_blanks(value_text(value)))
    canonical = codes.canonical(text) or codes.canonical(text.upper())
    if canonical is None:
        canonical = _code_and_name(text, codes)
    if canonical is None and text.isdecimal():  # it lost its leading zeros
        widths = sorted({len(code) for code in codes.values})
        canonical = next((code for width in widths if (code := codes.canonical(text.zfill(width)))), None)
    if canonical is None:
        rule_id = CODE_RULES.get(codes.name, "normalize.unknown_value")
        expected = "、".join(list(codes.values)[:MOST_EXPECTED])
        return ConvertedValue(problems=_problem(rule_id, field, value, expected=expected))
    conversion = None
    if not isinstance(value, bool):
        conversion = conversion_of_code(value_text(value, "typed"), (canonical, codes.title(canonical)))
    is_yes_or_no = field.type == "boolean"
    return ConvertedValue(canonical == next(iter(codes.values)) if is_yes_or_no else canonical, conversion=conversion)


def _code_and_name(text: str, codes: CodeList) -> str | None:
    """The code of a cell that gives code and name of one value: 0103旱地, 旱地（0103）; None where they are of two."""
    found = CODE_AND_NAME.match(text)
    if not found:
        return None
    code, name = found["code"] or found["last"], found["name"] or found["first"]
    canonical = codes.canonical(code)
    return canonical if canonical is not None and canonical == codes.canonical(name) else None


def conversion_of_code(written: str, printed: tuple[str, ...]) -> str | None:
    """Of which kind the conversion of a listed value is (`contracts.normalization_log`); None: plain typing.

    printed: its code, and its name as a form prints it.
    """
    if written in printed:
        return None
    text = re.sub(r"\s+", "", written)
    if text in printed:
        return "blanks"
    if visible(text) in printed:
        return "invisible"
    plain = half_width(text)
    if plain in printed:
        return "full_width"
    if exported_code(plain) in printed:
        return "exported"
    if printed[0] != printed[-1] and all(part in plain for part in printed):
        return "code_and_name"
    return "leading_zeros" if plain.isdecimal() and printed[0].lstrip("0") == plain.lstrip("0") else "synonym"
