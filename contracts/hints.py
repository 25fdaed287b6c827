"""Why a number may be off: it was written in another unit of measure, or in another reference system. Called by the rules'
engine and by the checks of layers, for their messages; the words are the catalogue's (`hint.*`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from contracts.findings import catalogue, shown
from contracts.loader import measure_units

SAME = 1.05
"""So near to a factor between units (15, 10000 …), a ratio is taken for it: what should be equal differs by less, and no two
factors are nearer than six times."""
BOUND_FACTOR, BOUND_REACH = 1000, 100
"""A figure over its bound may be a small part of it: only factors from the first on say anything, within the second."""


@dataclass(frozen=True)
class Hint:
    """The likely cause in Chinese and English; empty where none is known."""

    zh: str = ""
    en: str = ""


def difference_hint(found: float, expected: float, measure_unit: str) -> Hint:
    """Why a figure differs from what it should equal: a mistaken unit (疑为亩写在公顷栏), else by how much.

    measure_unit: of both figures, a name of `measure_units`.
    """
    ratio = found / expected if expected else inf
    for written, factor in _other_units(measure_unit):
        if factor / SAME <= ratio <= factor * SAME:
            return _wrong_unit(ratio, written, measure_unit)
    return _worded("hint.differs_by", share=f"{abs(ratio - 1) * 100:.3g}" if expected else "∞")


def bound_hint(found: float, bound: float, measure_unit: str) -> Hint:
    """Why a figure exceeds its bound, where it does so by an order that only another unit explains; else nothing.

    measure_unit: of both figures, a name of `measure_units`.
    """
    ratio = found / bound if bound else inf
    for written, factor in _other_units(measure_unit):
        if factor >= BOUND_FACTOR and factor / BOUND_REACH <= ratio <= factor * SAME:
            return _wrong_unit(ratio, written, measure_unit)
    return Hint()


def reference_hint(crs: str | None, is_swapped: bool) -> Hint:
    """Which reference system coordinates look like, if any; is_swapped: once easting and northing change places."""
    if crs is None:
        return Hint()
    return _worded("hint.looks_swapped" if is_swapped else "hint.looks_like", found=crs)


def gcj02_hint(is_like: bool) -> Hint:
    """That a shift is the one of web maps, where it is."""
    return _worded("hint.like_gcj02") if is_like else Hint()


def _other_units(measure_unit: str) -> Iterator[tuple[str, float]]:
    """Other units of the same kind, and by how much a figure in them is too large where `measure_unit` is meant."""
    meant = measure_units()[measure_unit]
    for name, other in measure_units().items():
        if other.kind == meant.kind and other.factor != meant.factor:
            yield name, float(meant.factor / other.factor)


def _wrong_unit(ratio: float, written: str, meant: str) -> Hint:
    return _worded(
        "hint.wrong_unit", ratio=f"{ratio:.3g}", found=measure_units()[written].zh, expected=measure_units()[meant].zh
    )


def _worded(rule_id: str, **operands: str) -> Hint:
    rule = catalogue()[rule_id]
    words = {name: shown(value) for name, value in operands.items()}
    return Hint(rule.zh.format(**words), rule.en.format(**words))
