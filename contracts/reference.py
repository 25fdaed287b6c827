"""Reference tables: the plan and the official codes, which never arrive in a submission. They are declared once, as the
seeds of the dbt project; contracts, rules and reports read them here.
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
def membership() -> tuple[dict[str, str], ...]:
    """The plan's township parts with their zones: part_code, township_code, consolidation_zone, restoration_zone."""
    zoning = lookup("zone", "zone_code", "zoning")
    zones: dict[str, dict[str, str]] = {}
    for row in table("zone_part"):
        zones.setdefault(row["part_code"], {})[f"{zoning[row['zone_code']]}_zone"] = row["zone_code"]
    return tuple(
        {"part_code": row["part_code"], "township_code": row["township_code"], **zones[row["part_code"]]}
        for row in table("township_part")
    )


@cache
def lookup(seed: str, key: str, value: str) -> dict[str, str]:
    """One column of a seed by another."""
    return {row[key]: row[value] for row in table(seed)}


@cache
def code_names(code_list: str) -> dict[str, str]:
    """The codes of a list (a state, a severity) and their Chinese names, in the list's order. Raises LookupError for a list
    that there is not.
    """
    found = {row["code"]: row["name_zh"] for row in table("code") if row["code_list"] == code_list}
    if not found:
        raise LookupError(code_list)
    return found


def plan_first_year() -> str:
    """The first year of the plan (2021-2035): no figure of an earlier year is reported."""
    return lookup("plan_fact", "fact_code", "value")["title_from_year"]


def plan_last_year() -> str:
    """The last year of the plan (2021-2035), its far-term target year."""
    return lookup("plan_fact", "fact_code", "value")["far_term_to"]
