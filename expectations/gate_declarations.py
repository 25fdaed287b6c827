"""What gate.yml declares, and the areas that a mart may show: what the gate checks by, and what its words name."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from contracts.reference import COUNTY_CODE, COUNTY_NAME, table

ROOM = Path(__file__).resolve().parent


@cache
def declared() -> dict[str, Any]:
    """gate.yml."""
    return yaml.safe_load((ROOM / "gate.yml").read_text(encoding="utf-8"))


def areas() -> Iterator[dict[str, str | None]]:
    """Every area that a mart may show: level, code, name, zoning."""
    yield {"area_level": "district", "area_code": COUNTY_CODE, "area_name": COUNTY_NAME, "zoning": None}
    for row in table("zone"):
        yield {
            "area_level": "zone",
            "area_code": row["zone_code"],
            "area_name": row["zone_name"],
            "zoning": row["zoning"],
        }
    townships = {row["township_code"] for row in table("township")}
    for row in table("township"):
        yield {
            "area_level": "township",
            "area_code": row["township_code"],
            "area_name": row["township_name"],
            "zoning": None,
        }
    for row in table("township_part"):
        if row["part_code"] not in townships:
            yield {"area_level": "part", "area_code": row["part_code"], "area_name": row["part_name"], "zoning": None}
