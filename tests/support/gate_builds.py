"""A small build database with consistent marts, made from the plan's seeds: what gate tests change one row of."""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from contracts import contract, contracts, measure_units
from contracts.reference import COUNTY_CODE, table
from contracts.submission_table import table_columns
from expectations.gate_declarations import areas
from tests.support.submission_tables import good_rows, submission_table

PERIODS = ("2023", "2024")


def make_build(path: Path, growth: float = 0.0) -> Path:
    """Write a build whose three indicator marts, targets and project progress agree. growth: percent added to every
    figure.
    """
    indicators = [row for mart in _amounts(growth) for row in mart]
    with duckdb.connect(str(path)) as con:
        con.execute("create schema marts")
        con.execute("create schema raw")
        con.register("every", pa.Table.from_pylist(indicators))
        con.execute("""
            create table marts.mart_indicator_district as
            select * exclude (area_level, zoning) from every where area_level = 'district'
        """)
        con.execute(
            "create table marts.mart_indicator_zone as select * exclude (area_level) from every where area_level = 'zone'"
        )
        con.execute("""
            create table marts.mart_indicator_township as
            select * exclude (area_level, zoning), area_level = 'part' as is_part from every where area_level in ('township', 'part')
        """)
        con.register("targets", pa.Table.from_pylist(_targets(indicators)))
        con.execute("create table marts.mart_target_progress as from targets")
        for name, item in contracts().items():
            con.execute(
                f"create table raw.{name} ({', '.join(f'{column} {kind}' for column, kind in table_columns(item).items())})"
            )
        progress = contract("project_progress")
        con.register("received", submission_table(progress, good_rows(progress)))
        con.execute("insert into raw.project_progress from received")
        con.execute("create table marts.mart_project_progress as select * exclude (cells) from received")
    return path


def _amounts(growth: float) -> list[list[dict[str, Any]]]:
    """Every indicator by period and area: each ground gives a different amount, every other area is the sum of its
    ground.
    """
    every_area = list(areas())
    zones = {(row["zone_code"], row["part_code"]) for row in table("zone_part")}
    grounds = [row["part_code"] for row in table("township_part")]
    factor = {
        name: float(measure_unit.factor)
        for unit_name, measure_unit in measure_units().items()
        for name in (unit_name, *measure_unit.spellings)
    }
    found = []
    for number, indicator in enumerate(table("indicator"), start=1):
        for period in PERIODS:
            rows = []
            for area in every_area:
                code = area["area_code"]
                own = [
                    g
                    for g in grounds
                    if code in (COUNTY_CODE, g) or (code, g) in zones or (g[:9] == code and len(code) == 9)
                ]
                numerator = sum((number + grounds.index(g) + int(period) - 2020) * (1 + growth / 100) for g in own)
                denominator = sum(100.0 for _ in own) if indicator["denominator_unit"] else None
                numerator_base = numerator * factor[indicator["numerator_unit"]]
                value = (
                    numerator_base / factor[indicator["measure_unit"]]
                    if denominator is None
                    else (100 * numerator_base / (denominator * factor[indicator["denominator_unit"]]))
                )
                rows.append(
                    area
                    | {
                        "indicator_code": indicator["indicator_code"],
                        "period": period,
                        "period_grain": indicator["judged_by"],
                        "numerator": numerator,
                        "denominator": denominator,
                        "value": value,
                        "unit": indicator["measure_unit"],
                        "source": indicator["sources"].split(";")[0],
                        "is_allocated": False,
                        "is_provisional": False,
                    }
                )
            found.append(rows)
    return found


def _targets(indicators: list[dict[str, Any]]) -> list[dict[str, Any]]:
    latest = {(row["indicator_code"], row["area_code"]): row for row in indicators if row["period"] == PERIODS[-1]}
    rows = []
    for target in table("plan_target"):
        for area in (area for area in areas() if area["area_level"] in ("district", "zone")):
            row = latest[target["indicator_code"], area["area_code"]]
            whole = latest[target["indicator_code"], COUNTY_CODE]
            wanted = float(target["target_value"]) if area["area_level"] == "district" else None
            rows.append(
                {
                    "indicator_code": target["indicator_code"],
                    "target_year": int(target["target_year"]),
                    "area_code": area["area_code"],
                    "period": row["period"],
                    "value": row["value"],
                    "target_value": wanted,
                    "gap": None if wanted is None else wanted - row["value"],
                    "contribution_pct": 100 * row["numerator"] / whole["numerator"],
                }
            )
    return rows
