"""The plan and the official codes: tables that never arrive in a submission.

They are declared once, as the seeds of the dbt project, and read from there.
"""

import csv
from functools import cache
from pathlib import Path

SEEDS = Path(__file__).resolve().parents[1] / "dbt_project" / "seeds"

COUNTY_CODE = "140404"
COUNTY_NAME = "上党区"
COUNTY_EXTENT = (112.9, 35.8, 113.3, 36.3)  # west, south, east, north; degrees, EPSG:4490, with a margin of about 5 km


@cache
def table(seed: str) -> tuple[dict[str, str], ...]:
    """Rows of a seed, every value as text. Raises FileNotFoundError when there is no such seed."""
    with (SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def lookup(seed: str, key: str, value: str) -> dict[str, str]:
    """One column of a seed by another."""
    return {row[key]: row[value] for row in table(seed)}
