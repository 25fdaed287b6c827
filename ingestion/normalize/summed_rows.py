"""Whether a row is the sum of others, column by column, and of which. Called by `totals`."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

import numpy as np

from contracts.model import MeasureUnit
from ingestion.normalize.columns import Column
from ingestion.normalize.numbers import NotANumber, Number, decimals, parse_number
from ingestion.normalize.rows import Cells
from ingestion.readers.cells import RawRow

MOST_DECIMALS = 6  # of a figure: more are the noise of binary fractions, and would make the tolerance vanish
LEAST_ADDENDS = 2  # of a row that is taken for a total by its figures alone: of one row it would be its copy
LEAST_COLUMNS = 2  # that agree, where the rows of a total are searched for: one figure is soon the sum of some others
MOST_IN_RUNS = 200  # rows among which those that follow each other are searched: a district's tables have fewer
MOST_IN_CHOICES = 14  # rows of which every choice is tried, 2^14 of them: the district has ten townships

Addend = tuple[RawRow, Column, Cells]


def is_sum(total: RawRow, run: Sequence[RawRow], cells: Cells, columns: Iterable[Column], least: int = 1) -> bool:
    """Whether a row's every figure is the sum of those of some rows. least: columns that must have one other than 0."""
    compared = 0
    for column in columns:
        written = number_in(total, column, column.measure_unit)
        if written is None:
            continue
        addends = [(row, column, cells) for row in run]
        given = [number for row in run if (number := number_in(row, column, column.measure_unit)) is not None]
        if not given or abs(written - sum(given)) > tolerance(total, addends, column):
            return False
        compared += bool(written)
    return compared >= least


def sums_some(total: RawRow, rows: Sequence[RawRow], cells: Cells, columns: Sequence[Column]) -> bool:
    """Whether a row's figures are the sums of some of the rows, several of its columns of the same: of rows that follow each
    other, or of any choice of a few.
    """
    written = [(column, number_in(total, column, column.measure_unit)) for column in columns]
    given = [(column, number) for column, number in written if number is not None]
    is_searched = LEAST_ADDENDS <= len(rows) <= MOST_IN_RUNS
    if not is_searched or sum(map(bool, (number for _, number in given))) < LEAST_COLUMNS:
        return False
    figures = np.array(
        [[float(number_in(row, column, column.measure_unit) or 0) for column, _ in given] for row in rows]
    )
    wanted = np.array([float(number) for _, number in given])
    near = np.array(
        [float(tolerance(total, [(row, column, cells) for row in rows], column)) for column, _ in given]
    ) + np.abs(wanted) * np.finfo(float).eps * len(rows)
    chosen = _choices(len(rows)) if len(rows) <= MOST_IN_CHOICES else _runs(len(rows))
    hits = np.flatnonzero((np.abs(chosen @ figures - wanted) <= near).all(axis=1))
    return any(
        is_sum(
            total, [row for row, is_in in zip(rows, chosen[hit], strict=True) if is_in], cells, columns, LEAST_COLUMNS
        )
        for hit in hits.tolist()
    )


def _choices(count: int) -> np.ndarray:
    """Every choice of LEAST_ADDENDS or more of some rows: a line for each, with a 1 for each row that is in it."""
    lines = (np.arange(2**count)[:, None] >> np.arange(count)) & 1
    return lines[lines.sum(axis=1) >= LEAST_ADDENDS]


def _runs(count: int) -> np.ndarray:
    """The choices of rows that follow each other."""
    ends = [(first, last) for first in range(count) for last in range(first + LEAST_ADDENDS, count + 1)]
    places = np.arange(count)
    return np.array([(places >= first) & (places < last) for first, last in ends], dtype=np.int8)


def number_in(row: RawRow, column: Column, wanted: MeasureUnit | None) -> Fraction | None:
    """The number of a cell in a unit, None where it has none."""
    try:
        number: Number | None = parse_number(row.at(column.number))
    except NotANumber:
        return None
    if number is None:
        return None
    measure_unit = number.measure_unit or column.measure_unit
    if measure_unit is None or wanted is None or measure_unit is wanted or measure_unit.kind != wanted.kind:
        return number.value
    return number.value * measure_unit.factor / wanted.factor


def tolerance(total: RawRow, addends: Sequence[Addend], column: Column) -> Fraction:
    """How far a total may be from the sum: half of the last decimal place of each addend and of its own."""
    if column.field.type == "count":
        return Fraction(0)
    places = min(max(decimals(row.at(own.number)) for row, own, _ in addends), MOST_DECIMALS)
    own_places = min(decimals(total.at(column.number)), MOST_DECIMALS)
    return Fraction(len(addends), 2 * 10**places) + Fraction(1, 2 * 10**own_places)
