"""Percentages that look like fractions: 0.1508 where 15.08 is meant."""

from collections import defaultdict
from dataclasses import dataclass

from contracts import Contract, FieldSpec
from ingestion.normalize.numbers import decimals
from ingestion.normalize.row_parser import ParsedRow
from ingestion.normalize.values import Problem

NEAR_POINTS = 0.5
FEW_VALUES = 3
TIMES_APART = 30


@dataclass(frozen=True)
class ColumnStats:
    """A column of percentages: how many values other than 0 it has, the second smallest of these (what stands beside
    the smallest) and the largest, and the most decimals of those that are surely no fractions."""

    values: int
    second: float
    largest: float
    decimals: int | None


def check_percents(parsed_rows: list[ParsedRow], contract: Contract) -> dict[int, list[Problem]]:
    """Suspected fractions by the position of their draft; where the field's own severity is a warning, the value is
    loaded as a percentage.

    A value above 0 and up to 1 is judged by its numerator and denominator where the contract names them, else by the
    rest of its column:
    it is suspect when it is written with more decimals than the percentages beside it, when all of these are many times
    larger and it is one of them once multiplied by 100, or when the whole column stays within 1.
    What is written with a percent sign is never suspect.
    """
    problems: dict[int, list[Problem]] = defaultdict(list)
    for name, field in contract.fields.items():
        if field.type != "percent":
            continue
        judged = [index for index, draft in enumerate(parsed_rows) if _is_small(draft, name)]
        if not judged:
            continue
        beside = _beside(parsed_rows, name)
        suspects = [index for index in judged if _is_fraction(parsed_rows[index], field, beside)]
        for index in suspects:
            value = parsed_rows[index].values[name]
            expected = f"{value * 100:.10g}"
            problems[index].append(
                Problem(
                    "normalize.percent_as_fraction",
                    name,
                    operands={
                        "title": field.zh,
                        "found": value,
                        "expected": expected,
                        "severity": field.fraction_severity,
                    },
                )
            )
            if field.fraction_severity != "error":
                parsed_rows[index].as_written = {name: value, **parsed_rows[index].as_written}
                parsed_rows[index].values[name] = float(expected)
    return problems


def _is_small(draft: ParsedRow, name: str) -> bool:
    value = draft.values.get(name)
    return value is not None and 0 < value <= 1 and name not in draft.percent_signs


def _beside(parsed_rows: list[ParsedRow], name: str) -> ColumnStats:
    values = [draft for draft in parsed_rows if draft.values.get(name) not in (None, 0.0)]
    sure = [decimals(draft.written(name)) for draft in values if draft.values[name] > 1 or name in draft.percent_signs]
    ordered = sorted(float(draft.values[name]) for draft in values)
    return ColumnStats(len(ordered), ordered[min(1, len(ordered) - 1)], ordered[-1], max(sure, default=None))


def _is_fraction(draft: ParsedRow, field: FieldSpec, beside: ColumnStats) -> bool:
    value = draft.values[field.name]
    if (expected := _recomputed(draft, field)) is not None:
        return abs(100 * value - expected) <= NEAR_POINTS and abs(100 * value - expected) < abs(value - expected)
    if beside.decimals is not None:
        if decimals(draft.written(field.name)) > beside.decimals:
            return True
        return (
            beside.values > FEW_VALUES
            and beside.second >= TIMES_APART * value
            and beside.second <= 100 * value <= beside.largest
        )
    return beside.values >= FEW_VALUES or decimals(draft.written(field.name)) >= 2


def _recomputed(draft: ParsedRow, field: FieldSpec) -> float | None:
    """The percentage by its numerator and denominator, if the contract names them and the row has them."""
    part, whole = (draft.values.get(name) if name else None for name in (field.numerator, field.denominator))
    return 100 * part / whole if part is not None and whole else None
