"""The printed values of a mart whose rows add up to others: by the balance rule (contracts.rounding), zones and townships to
the district, parts to their township. Called by `subjects` and by `reporting.circular`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from contracts.rounding import balanced, decimals_of, rounded
from reporting.mart_models import Balance

Row = Mapping[str, Any]


def printed_values(rule: Balance, rows: Sequence[Row], wholes: Sequence[Row]) -> list[Decimal | None]:
    """Each row's value as it is printed; None for rows without one, and for those that do not add up (ratios).

    rule: of the mart; rows: of the mart; wholes: of the mart that they add up to. Where not all parts of a whole are there, each is rounded
    by itself.
    """
    whole = {_by(rule, row): _alone(rule, row) for row in wholes}
    printed: list[Decimal | None] = [_alone(rule, row) for row in rows]
    groups: dict[tuple[tuple[Any, ...], Any], list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        if printed[at] is not None and not (rule.parts and row[rule.parts]):
            groups[_by(rule, row), row[rule.within_each] if rule.within_each else None].append(at)
    for (by, _), members in groups.items():
        _fit(rule, rows, printed, members, whole.get(by))
    if rule.parts and rule.key:
        _fit_parts(rule, rows, printed)
    return printed


def _fit_parts(rule: Balance, rows: Sequence[Row], printed: list[Decimal | None]) -> None:
    """Parts to the printed value of the row whose key theirs begins with."""
    assert rule.parts and rule.key
    own = {(_by(rule, row), row[rule.key]): at for at, row in enumerate(rows) if not row[rule.parts]}
    parts: dict[int, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        if row[rule.parts] and printed[at] is not None:
            key = str(row[rule.key])
            found = next(
                (own[by_key] for size in range(len(key) - 1, 0, -1) if (by_key := (_by(rule, row), key[:size])) in own),
                None,
            )
            if found is not None:
                parts[found].append(at)
    for at, members in parts.items():
        _fit(rule, rows, printed, members, printed[at])


def _fit(
    rule: Balance, rows: Sequence[Row], printed: list[Decimal | None], members: list[int], whole: Decimal | None
) -> None:
    places = decimals_of(rows[members[0]][rule.unit_column])
    try:
        fitted = balanced([rows[at][rule.column] for at in members], places, whole)
    except ValueError:
        return  # of some part nothing is known: there is no whole to add up to
    for at, value in zip(members, fitted, strict=True):
        printed[at] = value


def _by(rule: Balance, row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in rule.by)


def _alone(rule: Balance, row: Row) -> Decimal | None:
    if row[rule.column] is None or row[rule.unless] is not None:
        return None
    return rounded(row[rule.column], decimals_of(row[rule.unit_column]))
