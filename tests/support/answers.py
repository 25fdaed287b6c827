"""The samples' answer keys, as the tests read them."""

import csv
import math
import unicodedata
from functools import cache
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from warehouse.home import CHECKOUT

SAMPLES = CHECKOUT / "samples"
SIGNIFICANT_DIGITS = 6
POINT_TOLERANCE_M = 5.0
METRES_A_DEGREE = 111_320.0


@cache
def key(name: str) -> tuple[dict[str, str], ...]:
    """Rows of samples/answers/<name>.csv."""
    return table_of(SAMPLES / "answers" / f"{name}.csv")


def table_of(path: Path) -> tuple[dict[str, str], ...]:
    """Rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file))


def rows_of(file: str) -> dict[str, str]:
    """The row of expected_rows for a file, named as `clean/<dataset>/<file>`."""
    return next(row for row in key("expected_rows") if _same(row["file"], file))


def findings_of(file: str) -> list[dict[str, str]]:
    """The rows of expected_findings for a file."""
    return [row for row in key("expected_findings") if _same(row["file"], file)]


def _same(one: str, other: str) -> bool:
    return unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)


def agree(value: float | None, expected: str) -> bool:
    """Whether a value equals what the key prints with six significant digits."""
    if expected == "" or value is None:
        return expected == "" and value is None
    printed = float(expected)
    if printed == 0:
        return abs(value) < 1e-9
    reporting_unit = 10.0 ** (math.floor(math.log10(abs(printed))) - SIGNIFICANT_DIGITS + 1)
    return abs(value - printed) <= 0.5 * reporting_unit * (1 + 1e-9)


def is_named(expected: dict[str, str], found: list[Any]) -> bool:
    """Whether one of these findings is what a row of the key expects: its rule, severity, and place."""
    return any(
        item.rule_id.split(".")[-1] == expected["rule"]
        and item.severity == expected["severity"]
        and (
            _at(expected["cell_or_feature"], item)
            or (expected["rule"] == "duplicate_key" and _in_row(expected["cell_or_feature"], item))
        )
        for item in found
    )


def _in_row(place: str, item: Any) -> bool:
    """A duplicate may be reported at any key cell of its row."""
    return item.cell is not None and item.cell.lstrip(ascii_uppercase) == place.lstrip(ascii_uppercase)


def _at(place: str, item: Any) -> bool:
    if not place:
        return True
    if place.startswith("("):
        lon, lat = map(float, place.strip("()").split(","))
        return (
            item.point is not None
            and math.dist(((item.point[0] - lon) * math.cos(math.radians(lat)), item.point[1] - lat), (0, 0))
            * METRES_A_DEGREE
            <= POINT_TOLERANCE_M
        )
    named = {
        part
        for text in (item.cell, item.feature, item.field)
        if text
        for part in (text, *text.split(","), *text.split("、"))
    }
    return place in named or (item.feature is not None and set(place.split("|")) == set(item.feature.split("|")))
