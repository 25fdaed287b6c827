"""What the gate found, as people read it: the check by what it asks for, and the first faulty rows with the names of their
indicators and areas, in Chinese and in English. `expectations.gate` writes a check's detail with it, the report names
checks by `says`. The words are declared in gate.yml.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from contracts import measure_units
from contracts.reference import lookup
from expectations.gate_declarations import areas, declared

SHOWN_ROWS = 3
PERCENT = "_pct"
OF_THE_INDICATOR = ("value", "value_before")
"""Columns in the unit of the row's indicator."""
LANGUAGES = ("zh", "en")
NOTHING = ("无", "none")


def says(check: str) -> tuple[str, str]:
    """What holds when a check passes, in Chinese and in English; the name itself of one that gate.yml has no more."""
    framed = {item["check"]: item["says"] for items in declared()["frames"].values() for item in items}
    zh, en = {**declared()["unframed"], **framed}.get(check, (check, check))
    return zh, en


def unchecked(check: str, error: str) -> str:
    """The detail of a check that gave no result."""
    zh, en = says(check)
    return f"要求“{zh}”，没能检查：{error} (asked for: {en}; it could not be checked)"


def broken(item: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], of: int) -> str:
    """The detail of a check of gate.yml that rows break. of: how many there are in all."""
    zh, en = says(item["check"])
    shown = rows[:SHOWN_ROWS]
    chinese = "；".join(_row(item["shows"], row, 0) for row in shown)
    english = "; ".join(_row(item["shows"], row, 1) for row in shown)
    more = len(rows) - len(shown)
    return (
        f"要求“{zh}”，{of} 行中 {len(rows)} 行不符：{chinese}{f'；另 {more} 行' if more else ''} "
        f"(asked for: {en}; {len(rows)} of {of} rows are not so: {english}{f'; {more} more' if more else ''})"
    )


def _row(columns: Sequence[str], row: Mapping[str, Any], language: int) -> str:
    """A row in one language: first what it is of, then its figures."""
    headings = declared()["columns"]
    given = [(headings[name][language], _value(name, row, language)) for name in columns]
    subject = " ".join(value for heading, value in given if not heading and value != NOTHING[language])
    figures = ("，", ", ")[language].join(f"{heading} {value}" for heading, value in given if heading)
    return ("：", ": ")[language].join(part for part in (subject, figures) if part)


def _value(column: str, row: Mapping[str, Any], language: int) -> str:
    value = row[column]
    if value is None or value != value:
        return NOTHING[language]
    if column == "indicator_code":
        return lookup("indicator", column, f"name_{LANGUAGES[language]}").get(value, value)
    if column in ("area_code", "township_code"):
        return _area_names().get(value, value)
    if isinstance(value, str):
        return str(declared()["values"].get(value, (value, value))[language])
    if column.endswith(PERCENT):
        return f"{value:,.1f}%"
    measure_unit = _unit(row, language) if column in OF_THE_INDICATOR else ""
    return f"{_number(column, value)}{measure_unit}"


@cache
def _area_names() -> dict[str, str]:
    return {str(area["area_code"]): str(area["area_name"]) for area in areas()}


def _number(column: str, value: float) -> str:
    """A figure without the digits that only the computer has; a year as it is."""
    if column == "target_year":
        return str(int(value))
    if 0 < abs(value) < 0.001:
        return f"{value:.2g}"
    whole, point, rest = f"{value:,.3f}".partition(".")
    return whole + (point + rest).rstrip("0").rstrip(".")


def _unit(row: Mapping[str, Any], language: int) -> str:
    code = lookup("indicator", "indicator_code", "measure_unit").get(row["indicator_code"], "")
    declared_unit = measure_units().get(code)
    name = declared_unit.zh if declared_unit and not language else code
    return name if name == "%" else f" {name}" if name else ""
