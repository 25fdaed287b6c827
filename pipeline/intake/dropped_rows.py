"""Rows that a correction no longer has: they may have been forgotten, so they go only when a person says so."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from contracts import Contract, code_lists
from warehouse.home import Home
from warehouse.ledger import UnitRecord, UnitVersion
from warehouse.staged import read_staged

DroppedRows = Callable[[UnitRecord, UnitVersion], list[str]]
"""Names of the rows that a version of a unit has and a submission's unit lacks."""
MeasureUnit = tuple[str, str | None]
Rows = dict[MeasureUnit, dict[tuple[str, ...], None]]
SYSTEM = ("reporting_unit", "period")


def row_key(rules: Contract) -> tuple[str, ...]:
    """Fields that tell the rows of one reporting unit and period apart; none where a unit is one row."""
    return tuple(name for name in rules.key if name not in ("period", *rules.reporting_unit.fields))


def dropped_rows(home: Home, rules: Contract, frame: Any) -> DroppedRows:
    """What would vanish if units of a submission frame (Arrow) replaced versions whose frames are staged in `home`.

    A class of a wide sheet that was empty or zero says nothing, so it cannot vanish.
    """
    key = row_key(rules)
    submitted = _rows(frame, rules, key) if key else {}
    staged: dict[str, Rows] = {}

    def lost(reporting_unit: UnitRecord, version: UnitVersion) -> list[str]:
        if not key or version.staged_as is None:
            return []
        if version.staged_as not in staged:
            staged[version.staged_as] = _rows(
                read_staged(home, version.staged_as, rules.dataset, _columns(rules, key)), rules, key
            )
        there = submitted.get((reporting_unit.reporting_unit, reporting_unit.period), {})
        return [
            _name(rules, key, row)
            for row in staged[version.staged_as].get((version.reporting_unit, version.period), {})
            if row not in there
        ]

    return lost


def _columns(rules: Contract, key: tuple[str, ...]) -> list[str]:
    return [*SYSTEM, *key, *([rules.layout.value_field] if rules.layout.value_field else [])]


def _rows(frame: Any, rules: Contract, key: tuple[str, ...]) -> Rows:
    """Keys of the rows of each unit, in the order of the frame."""
    columns = [frame.column(name).to_pylist() for name in _columns(rules, key)]
    found: Rows = defaultdict(dict)
    for reporting_unit, period, *rest in zip(*columns, strict=True):
        named, value = rest[: len(key)], rest[len(key) :]
        if None not in named and (not value or value[0]):
            found[reporting_unit, period][tuple(map(str, named))] = None
    return found


def _name(rules: Contract, key: tuple[str, ...], row: tuple[str, ...]) -> str:
    """A row as its submitter knows it: a code with its name."""
    words = []
    for field, value in zip(key, row, strict=True):
        listed = rules.fields[field].list
        others = code_lists()[listed].values.get(value, ()) if listed else ()
        words.append(f"{value} {others[0]}" if others and value.isascii() else value)
    return " ".join(words)
