"""Findings about features: one each, or one for a unit nearly all of whose features are alike."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from contracts import Finding, finding

NEARLY_ALL = 0.9  # from this share of a unit's features on, a fault is told once for the unit
FEW = 5  # fewer features than this are always told one by one


def by_unit(
    rows: Iterable[int],
    reporting_units: Sequence[str],
    features: Sequence[str | None],
    sheets: Sequence[str | None],
    told: Callable[[list[int]], dict[str, Any]],
) -> list[Finding]:
    """Findings about some features.

    rows: which, ascending; units, features, sheets: of all; told: what `finding` takes, for one feature or for a
    unit's.
    """
    of_unit: dict[str, list[int]] = {}
    for row in rows:
        of_unit.setdefault(reporting_units[row], []).append(row)
    found = []
    for reporting_unit, members in of_unit.items():
        everywhere = len(members) >= FEW and len(members) >= NEARLY_ALL * reporting_units.count(reporting_unit)
        for group in [members] if everywhere else [[row] for row in members]:
            feature = None if everywhere else features[group[0]]
            found.append(finding(reporting_unit=reporting_unit, sheet=sheets[group[0]], feature=feature, **told(group)))
    return found
