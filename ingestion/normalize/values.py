"""One cell into one typed value by its field, with what is wrong with it or had to be assumed."""

import re
import unicodedata
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import date
from typing import Any

from contracts import FieldSpec, code_lists, measure_units
from contracts.model import MeasureUnit
from contracts.reference import lookup
from ingestion.normalize.columns import canonical_unit
from ingestion.normalize.conversion_kinds import conversion_of_code, conversion_of_date, conversion_of_number
from ingestion.normalize.dates import InvalidDate, parse_date, parse_month
from ingestion.normalize.numbers import NotANumber, convert, is_none_mark, parse_number

CODE_RULES = {
    "stage": "normalize.unknown_stage",
    "conclusion": "normalize.unknown_conclusion",
    "land_class": "normalize.unknown_land_class",
}
LARGEST_COUNT = 2**53
PROJECT = re.compile(r"^([A-Z]\d)(?:-(\d{1,3}))?$")
DASHES = re.compile(r"[‐‑‒–—―−_]")
YEAR_IN_BRACKETS = re.compile(r"[\[(【〔{]((?:19|20)\d{2})[\])】〕}]")


@dataclass(frozen=True)
class Problem:
    """What becomes a finding once the row's unit is known. cell: where it differs from the field's own cell."""

    rule_id: str
    field: str
    cell: str | None = None
    operands: dict[str, Any] = attribute(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Converted:
    """A value in the field's type and unit. percent_sign: it was written, or is shown, with a percent sign.

    repair: of which kind (`contracts.normalization_log`), None where the value was typed plainly.
    """

    value: Any = None
    problem: Problem | None = None
    percent_sign: bool = False
    conversion: str | None = None


def shown(value: object) -> str:
    """A raw value as the submitter sees it: dates without a time, whole numbers without a point."""
    if isinstance(value, float) and value.is_integer() and abs(value) < LARGEST_COUNT:
        return str(int(value))
    return str(value).strip()


def as_typed(value: object) -> str:
    """A raw value with whatever blanks stand around it."""
    return value if isinstance(value, str) else shown(value)


def is_stored_as_written(field: FieldSpec, measure_unit: MeasureUnit | None) -> bool:
    """Whether the numbers of a column are stored as they stand: amounts in the field's own unit."""
    own = canonical_unit(field)
    return field.is_numeric and field.type != "count" and (own is None or measure_unit is None or measure_unit == own)


def convert_cell(
    value: Any,
    field: FieldSpec,
    measure_unit: MeasureUnit | None,
    shown_as_percent: bool = False,
    is_1904: bool = False,
) -> Converted:
    """A cell's value for a field. measure_unit: what the column is written in; is_1904: from when the workbook counts days.

    A value that cannot be taken is null, with a problem.
    """
    if value is None:
        return Converted()
    if field.is_numeric:
        return _number(value, field, measure_unit, shown_as_percent)
    if isinstance(value, str) and field.type != "text" and is_none_mark(value):
        return Converted()
    if field.type in ("date", "month"):
        return _date(value, field, is_1904)
    if field.type == "project":
        return _project(value, field)
    if field.list is not None:
        return _code(value, field)
    text = shown(value)
    return Converted(None if field.type == "text" and text in ("-", "—", "——", "/") else text)


def _number(value: Any, field: FieldSpec, measure_unit: MeasureUnit | None, shown_as_percent: bool) -> Converted:
    own = canonical_unit(field)
    try:
        number = parse_number(value)
        if number is None:
            return Converted()
        if number.measure_unit and own is None:
            raise NotANumber(str(value))
        result = convert(number, measure_unit or own, own) if own else float(number.value)
    except NotANumber:
        return Converted(
            problem=Problem(
                "normalize.text_in_numeric", field.name, operands={"title": field.zh, "found": shown(value)}
            )
        )
    percent_sign = field.type == "percent" and (shown_as_percent or number.measure_unit == measure_units()["pct"])
    if shown_as_percent and field.type == "percent":
        result = float(number.value * 100)
    conversion = "percent" if percent_sign else conversion_of_number(value, number)
    repaired = None
    if number.repaired:
        repaired = Problem(
            "normalize.value_converted",
            field.name,
            operands={"title": field.zh, "found": shown(value), "expected": f"{float(number.value):.10g}"},
        )
    if field.type == "count":
        if not result.is_integer() or abs(result) > LARGEST_COUNT:
            return Converted(
                problem=Problem(
                    "normalize.not_whole_number", field.name, operands={"title": field.zh, "found": shown(value)}
                )
            )
        return Converted(int(result), repaired, conversion=conversion)
    return Converted(result, repaired, percent_sign, conversion)


def _date(value: Any, field: FieldSpec, is_1904: bool) -> Converted:
    try:
        if field.type == "month":
            month = parse_month(value, is_1904)
            return Converted(month, conversion=conversion_of_date(value, month))
        day, guessed = parse_date(value, is_1904)
    except InvalidDate:
        return Converted(
            problem=Problem(
                "normalize.invalid_date", field.name, operands={"title": field.zh, "found": _shown_date(value)}
            )
        )
    conversion = conversion_of_date(value, day.isoformat())
    if not guessed:
        return Converted(day, conversion=conversion)
    return Converted(
        day,
        Problem(
            "normalize.value_converted",
            field.name,
            operands={
                "title": field.zh,
                "found": shown(value),
                "expected": day.isoformat(),
            },
        ),
        conversion=conversion,
    )


def _shown_date(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else shown(value)


def _project(value: Any, field: FieldSpec) -> Converted:
    """A project of the plan, or a sub-project of one; A1-1 and A1—01 are A1-01. One that the plan does not have is kept
    as written.
    """
    text = project_number(value)
    found = PROJECT.match(text)
    if found and found[1] in lookup("plan_project", "project_id", "project_name"):
        project = found[1] if found[2] is None else f"{found[1]}-{int(found[2]):02d}"
        return Converted(project, conversion=None if project == as_typed(value) else "number_form")
    return Converted(text, Problem("normalize.unknown_project", field.name, operands={"found": shown(value)}))


def project_number(value: Any) -> str:
    """A project number as compared: half-width capitals, plain hyphens, no blanks."""
    return DASHES.sub("-", re.sub(r"\s+", "", unicodedata.normalize("NFKC", shown(value)))).upper()


def _code(value: Any, field: FieldSpec) -> Converted:
    codes = code_lists()[str(field.list)]
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", shown(value)))
    canonical = codes.canonical(text) or codes.canonical(text.upper())
    if canonical is None and text.isdecimal():  # it lost its leading zeros
        widths = sorted({len(code) for code in codes.values})
        canonical = next((code for width in widths if (code := codes.canonical(text.zfill(width)))), None)
    if canonical is not None:
        conversion = (
            None
            if isinstance(value, bool)
            else conversion_of_code(as_typed(value), (canonical, codes.title(canonical)))
        )
        return Converted(
            canonical if field.type != "boolean" else canonical == next(iter(codes.values)), conversion=conversion
        )
    rule = CODE_RULES.get(codes.name, "normalize.unknown_value")
    return Converted(
        problem=Problem(
            rule,
            field.name,
            operands={
                "title": field.zh,
                "found": shown(value),
                "expected": "、".join(list(codes.values)[:12]),
            },
        )
    )


def event_number(text: str) -> str:
    """A document's number as compared: half-width, without blanks, the year in 〔〕 whatever brackets it was typed in."""
    return YEAR_IN_BRACKETS.sub(r"〔\1〕", re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)))
