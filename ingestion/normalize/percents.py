"""Percentages that look like fractions: 0.1508 where 15.08 is meant. Called by `table` once the rows of a table are parsed."""

from collections import defaultdict
from dataclasses import dataclass

from contracts import Contract, FieldSpec
from contracts.text import value_text
from ingestion.normalize.converted_value import ValueProblem
from ingestion.normalize.numbers import decimals
from ingestion.normalize.parsed_row import ParsedRow

NEAR_POINTS = 0.5  # percentage points: so near to part / whole, a fraction times 100 is that percentage
FEW_VALUES = 3  # of a column: with fewer the others say nothing of one
TIMES_APART = 30  # so many times larger than a suspect are the other values of its column, at least


@dataclass(frozen=True)
class ColumnStats:
    """A column of percentages: how many values other than 0 it has, the second smallest of these (what stands beside
    the smallest) and the largest, and the most decimals of those that are surely no fractions."""

    values: int
    second: float
    largest: float
    decimals: int | None


def check_percents(parsed_rows: list[ParsedRow], contract: Contract) -> dict[int, list[ValueProblem]]:
    """Suspected fractions by the position of their row; where the field's own severity is a warning, the value is
    loaded as a percentage.

    A value above 0 and up to 1 is compared with its numerator and denominator where the contract names them, else with
    the rest of its column: it is suspect when it is written with more decimals than the percentages beside it, when all
    of these are many times larger and it is one of them once multiplied by 100, or when the whole column stays within 1.
    What is written with a percent sign is never suspect.
    """
    problems: dict[int, list[ValueProblem]] = defaultdict(list)
    for name, field in contract.fields.items():
        if field.type != "percent":
            continue
        small = [index for index, row in enumerate(parsed_rows) if _is_small(row, name)]
        if not small:
            continue
        stats = _column_stats(parsed_rows, name)
        suspects = [index for index in small if _is_fraction(parsed_rows[index], field, stats)]
        for index in suspects:
            value = parsed_rows[index].values[name]
            expected = value_text(value * 100, "message")
            problems[index].append(
                ValueProblem(
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


def _is_small(row: ParsedRow, name: str) -> bool:
    value = row.values.get(name)
    return value is not None and 0 < value <= 1 and name not in row.percent_signs


def _column_stats(parsed_rows: list[ParsedRow], name: str) -> ColumnStats:
    values = [row for row in parsed_rows if row.values.get(name) not in (None, 0.0)]
    sure = [decimals(row.written(name)) for row in values if row.values[name] > 1 or name in row.percent_signs]
    ordered = sorted(float(row.values[name]) for row in values)
    return ColumnStats(len(ordered), ordered[min(1, len(ordered) - 1)], ordered[-1], max(sure, default=None))


def _is_fraction(row: ParsedRow, field: FieldSpec, stats: ColumnStats) -> bool:
    value = row.values[field.name]
    if (expected := _recomputed(row, field)) is not None:
        return abs(100 * value - expected) <= NEAR_POINTS and abs(100 * value - expected) < abs(value - expected)
    if stats.decimals is not None:
        if decimals(row.written(field.name)) > stats.decimals:
            return True
        return (
            stats.values > FEW_VALUES
            and stats.second >= TIMES_APART * value
            and stats.second <= 100 * value <= stats.largest
        )
    return stats.values >= FEW_VALUES or decimals(row.written(field.name)) >= 2


def _recomputed(row: ParsedRow, field: FieldSpec) -> float | None:
    """The percentage by its numerator and denominator, if the contract names them and the row has them."""
    part, whole = (row.values.get(name) if name else None for name in (field.numerator, field.denominator))
    return 100 * part / whole if part is not None and whole else None
