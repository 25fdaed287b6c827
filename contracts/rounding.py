"""Figures as they are printed: rounded half up, and rounded parts that add up to the printed whole. Called by whatever prints
a figure beside what it is a part of: receipts, workbooks, circular, report.

The balance rule (decision 25): the whole is rounded, each part is rounded down, and the last digits that are left go one
each to the parts that lost most by it (largest remainders). No printed part is a whole last digit away from its exact
figure, and a part that is zero stays zero.
"""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import cache

from contracts.loader import measure_units
from contracts.text import SIGNIFICANT_DIGITS

NOISE_DIGITS = SIGNIFICANT_DIGITS + 2
"""Significant digits that are looked at: what lies beyond is the noise of binary fractions, and 2.675 is a half, not less.
Two more than are shown, so that adding up some thousand parts brings none of it into sight."""
DECIMALS = 2
"""Of a figure whose unit is none of contracts/shared.yml: percentage points, years."""


@cache
def _decimals() -> dict[str, int]:
    return {spelling: one.decimals for one in measure_units().values() for spelling in (one.name, *one.spellings)}


def unit_title(measure_unit: str) -> str:
    """The Chinese name of a unit of measure, by its name or any way of writing it; another text as it is."""
    return next(
        (one.zh for one in measure_units().values() if measure_unit in (one.name, *one.spellings)), measure_unit
    )


def decimals_of(measure_unit: str | None) -> int:
    """Decimals with which figures of a unit of measure are printed, by its name or any way of writing it."""
    return _decimals().get(measure_unit or "", DECIMALS)


def rounded(value: float, decimals: int) -> Decimal:
    """A figure rounded to so many decimals, halves away from zero: 2.675 → 2.68."""
    return _exact(value).quantize(_last_digit(decimals), ROUND_HALF_UP) + 0  # no minus before a printed zero


def balanced(parts: Sequence[float | None], decimals: int, whole: Decimal | None = None) -> list[Decimal | None]:
    """Parts rounded so that they add up to the whole as it is printed; None, of which nothing is known, stays None.

    parts: exact figures. whole: as it is printed, where it was rounded before; by default the rounded sum of the parts.
    Raises ValueError for a whole that differs from that sum by a last digit or more: these are not all its parts.
    """
    measure_unit = _last_digit(decimals)
    exact = [None if part is None else _exact(part) for part in parts]
    known = [part for part in exact if part is not None]
    total = sum(known, Decimal(0))
    printed = total.quantize(measure_unit, ROUND_HALF_UP) if whole is None else whole
    if abs(printed - total) >= measure_unit:
        raise ValueError(f"{printed} is not the whole of parts that sum to {total}")
    floors = [None if part is None else part.quantize(measure_unit, ROUND_FLOOR) for part in exact]
    left = int((printed - sum((floor for floor in floors if floor is not None), Decimal(0))) / measure_unit)
    losses = [
        (part - floor, abs(part), -place)
        for place, (part, floor) in enumerate(zip(exact, floors, strict=True))
        if part is not None and floor is not None
    ]
    gaining = {-place for _, _, place in sorted(losses, reverse=True)[:left]}
    return [
        None if floor is None else floor + measure_unit if place in gaining else floor
        for place, floor in enumerate(floors)
    ]


def _exact(value: float) -> Decimal:
    """A float without the noise of binary fractions."""
    return Decimal(f"{value:.{NOISE_DIGITS}g}")


def _last_digit(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)
