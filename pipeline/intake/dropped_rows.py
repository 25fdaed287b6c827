"""Dropped rows: those that a correction no longer has. They may have been forgotten, so the unit is held until a person
confirms it; the rule runner asks here.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from contracts import Contract, code_lists
from warehouse.home import Home
from warehouse.ledger import UnitRecord, UnitVersion
from warehouse.staged import read_staged

DroppedRows = Callable[[UnitRecord, UnitVersion], list[str]]
"""Names of the rows that a version of a unit has and a submission's unit lacks."""
UnitAndPeriod = tuple[str, str | None]
Rows = dict[UnitAndPeriod, dict[tuple[str, ...], None]]
SYSTEM = ("reporting_unit", "period")


def row_key(rules: Contract) -> tuple[str, ...]:
    """Fields by which the rows of one reporting unit and period differ; none where a unit is one row."""
    return tuple(name for name in rules.key if name not in ("period", *rules.reporting_unit.fields))


def dropped_rows(home: Home, rules: Contract, table: Any) -> DroppedRows:
    """Takes a submission table (Arrow); gives a function of a unit of it and a version staged in `home`, which names
    the rows that would be dropped if the unit replaced the version.

    A class of a wide sheet that was empty or zero holds no fact, so it cannot be dropped.
    """
    key = row_key(rules)
    submitted = _rows(table, rules, key) if key else {}
    staged: dict[str, Rows] = {}

    def dropped(reporting_unit: UnitRecord, version: UnitVersion) -> list[str]:
        if not key or version.staged_as is None:
            return []
        if version.staged_as not in staged:
            staged[version.staged_as] = _rows(
                read_staged(home, version.staged_as, rules.dataset, _columns(rules, key)), rules, key
            )
        there = submitted.get((reporting_unit.reporting_unit, reporting_unit.period), {})
        return [
            row_name(rules, key, row)
            for row in staged[version.staged_as].get((version.reporting_unit, version.period), {})
            if row not in there
        ]

    return dropped


def _columns(rules: Contract, key: tuple[str, ...]) -> list[str]:
    return [*SYSTEM, *key, *([rules.layout.value_field] if rules.layout.value_field else [])]


def _rows(table: Any, rules: Contract, key: tuple[str, ...]) -> Rows:
    """Keys of the rows of each unit, in the order of the table."""
    columns = [table.column(name).to_pylist() for name in _columns(rules, key)]
    found: Rows = defaultdict(dict)
    for reporting_unit, period, *rest in zip(*columns, strict=True):
        named, value = rest[: len(key)], rest[len(key) :]
        if None not in named and (not value or value[0]):
            found[reporting_unit, period][tuple(map(str, named))] = None
    return found


def row_name(rules: Contract, key: tuple[str, ...], row: tuple[str, ...]) -> str:
    """A row as its submitter knows it: a code with its name."""
    words = []
    for field, value in zip(key, row, strict=True):
        listed = rules.fields[field].list
        others = code_lists()[listed].values.get(value, ()) if listed else ()
        words.append(f"{value} {others[0]}" if others and value.isascii() else value)
    return " ".join(words)
