"""Clean submission tables of each dataset that has rules, and for each rule the one change that breaks it."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import shapely

from contracts import contract
from contracts.reference import COUNTY_CODE, lookup, table
from tests.support.submission_tables import cell, good_rows

HECTARE = 10000.0
WITHOUT_OUTPUT = {"village": None, "key_area_code": None, "output_kind": None, "output_unit": None}
"""What a consolidation project leaves open of its village and its output."""


def square(west: float, side: float = 0.01) -> bytes:
    return shapely.box(west, 36.0, west + side, 36.0 + side).wkb


def boundary(*areas_ha: float) -> list[dict[str, Any]]:
    """A boundary layer with townships of these areas."""
    rows = good_rows(contract("admin_boundary"), len(areas_ha))
    return [
        row | {"area_m2": area * HECTARE, "period": "2021-10-31", "geometry": square(113 + number / 100)}
        for number, (row, area) in enumerate(zip(rows, areas_ha, strict=True))
    ]


def ecology() -> list[dict[str, Any]]:
    """Three townships whose figures agree with each other and with the context."""
    rows = good_rows(contract("ecology"))
    for row in rows:
        row |= {
            "land_area_ha": 1000.0,
            "forest_area_ha": 333.33,
            "forest_coverage_pct": 33.33,
            "wetland_area_ha": 60.0,
            "protected_wetland_area_ha": 20.0,
            "wetland_protection_pct": 33.33,
            "redline_area_km2": 0.0,
        }
    return rows


def waste() -> list[dict[str, Any]]:
    rows = good_rows(contract("rural_waste"))
    for row in rows:
        row |= {
            "village_count": 16,
            "villages_covered": 16,
            "households": 1400,
            "waste_generated_t": 300.0,
            "waste_treated_t": 200.0,
            "treatment_pct": 66.67,
        }
    return rows


def land_use() -> list[dict[str, Any]]:
    """One wide row of one township: two classes that add up to its land."""
    first, second = good_rows(contract("land_use"), 2)
    shared = {key: first[key] for key in ("sheet", "row_no", "reporting_unit", "township_code")} | {
        "land_area_ha": 1000.0
    }
    total = cell(contract("land_use"), "land_area_ha", 0)
    return [
        first
        | shared
        | {"land_class_code": "0101", "area_ha": 400.0, "cells": [("land_area_ha", total), ("area_ha", "D4")]},
        second
        | shared
        | {"land_class_code": "0103", "area_ha": 600.0, "cells": [("land_area_ha", total), ("area_ha", "E4")]},
    ]


def ledger() -> list[dict[str, Any]]:
    """A1, A2 and A3 as the plan has them."""
    rows = good_rows(contract("project_ledger"))
    for row, codes in zip(rows, (["140404202"], ["140404001"], ["140404107"]), strict=True):
        row |= {
            "project_name": lookup("plan_project", "project_id", "project_name")[row["project_id"]],
            "category": "农用地整治",
            "township_codes": codes,
            "planned_area_ha": 100.0,
            "planned_cropland_ha": 50.0,
            "planned_hsf_mu": 1000.0,
            "planned_investment_wan": 500.0,
            "plan_start": "2023-01",
            "plan_finish": "2025-12",
            "planned_output": None,
            **WITHOUT_OUTPUT,
        }
    return rows


def progress() -> list[dict[str, Any]]:
    """Two townships of A3, one of C1."""
    rows = good_rows(contract("project_progress"))
    for row, (project, township) in zip(
        rows, (("A3", "140404001"), ("A3", "140404101"), ("C1", "140404001")), strict=True
    ):
        row |= {
            "project_id": project,
            "township_code": township,
            "reporting_unit": f"{project}|{township}",
            "stage": "在建",
            "issues": None,
            "physical_progress_pct": 60.0,
            "cum_investment_wan": 100.0,
            "funds_central_wan": 50.0,
            "funds_province_wan": 20.0,
            "funds_local_wan": 20.0,
            "funds_social_wan": 10.0,
            "cum_consolidated_area_ha": 40.0,
            "cum_cropland_ha": 20.0,
            "cum_hsf_mu": 300.0 if project == "A3" else 0.0,
            "cum_reclaimed_ha": 0.0,
            "cum_output": None,
            "output_kind": None,
            "output_unit": None,
        }
    return rows


def plan_of_progress() -> list[dict[str, Any]]:
    first, second, _ = ledger()
    return [first | {"project_id": "A3", "reporting_unit": "A3"}, second | {"project_id": "C1", "reporting_unit": "C1"}]


def acceptance() -> list[dict[str, Any]]:
    """Three that passed, of A3-01, which the ledger has in three townships."""
    rows = good_rows(contract("project_acceptance"))
    for row in rows:
        row |= {
            "project_id": "A3-01",
            "accepted_area_ha": 10.0,
            "cropland_reserve_ha": 10.01,
            "cropland_linked_ha": None,
            "hsf_mu": 0.0,
            "renewed_inefficient_ha": 0.0,
            "conclusion": "合格",
            "accepted_output": None,
            "reclaimed_from": None,
            "renewed_land": None,
            "grade_before": None,
            "grade_after": None,
            **WITHOUT_OUTPUT,
        }
    return rows


def accepted_project() -> dict[str, Any]:
    codes = [row["township_code"] for row in acceptance()]
    return ledger()[0] | {"project_id": "A3-01", "reporting_unit": "A3-01", "township_codes": codes}


def supervision() -> list[dict[str, Any]]:
    rows = good_rows(contract("supervision"))
    for row in rows:
        row |= {"project_id": "D1", "rectified_on": row["inspected_on"]}
    return rows


def performance() -> list[dict[str, Any]]:
    """The four dimensions of one project."""
    rows = good_rows(contract("performance"), 4)
    for row, full in zip(rows, (20.0, 20.0, 35.0, 25.0), strict=True):
        row |= {
            "project_id": "A1",
            "reporting_unit": "A1",
            "full_score": full,
            "score": full - 2,
            "respondents": 100,
            "satisfaction_pct": 90.0,
        }
    return rows


def tasks() -> list[dict[str, Any]]:
    """The tasks of the district and of two townships for one indicator."""
    rows = good_rows(contract("annual_task"))
    for row, area, task in zip(rows, (COUNTY_CODE, "140404001", "140404101"), (100.0, 60.0, 40.0), strict=True):
        row |= {
            "indicator_code": "land_consolidation_area",
            "reporting_unit": "land_consolidation_area",
            "area": area,
            "task_value": task,
            "task_unit": "ha",
        }
    return rows


def funds() -> list[dict[str, Any]]:
    """A3's funds of three levels."""
    return [
        row
        | {"project_id": "A3", "reporting_unit": "A3", "allocated_wan": 100.0, "arrived_wan": 80.0, "paid_wan": 50.0}
        for row in good_rows(contract("project_funds"))
    ]


def feedback() -> list[dict[str, Any]]:
    rows = good_rows(contract("public_feedback"))
    events = ("意见征集", "专家咨询", "来信来访")
    return [row | {"project_id": "D1", "event_kind": event} for row, event in zip(rows, events, strict=True)]


def details() -> list[dict[str, Any]]:
    """Working and green mines of one township, and the class of one section."""
    rows = good_rows(contract("ecology_detail"))
    given = (
        ("mines_working", "140404001", 4.0, "count"),
        ("mines_green", "140404001", 2.0, "count"),
        ("water_class", "北张断面", 3.0, None),
    )
    for row, (item, area, value, measure_unit) in zip(rows, given, strict=True):
        row |= {"item_code": item, "reporting_unit": item, "area": area, "item_value": value, "item_unit": measure_unit}
    return rows


def safeguards() -> list[dict[str, Any]]:
    return [row | {"duty_status": "推进中"} for row in good_rows(contract("safeguard"))]


def corridors() -> list[dict[str, Any]]:
    """A corridor, a screen and a patch of the plan."""
    names = (("corridor", "荫城河"), ("screen", "南部首阳山-老雄山生态屏障带"), ("patch", "黎都公园"))
    return [
        row | {"pattern_kind": kind, "element_name": name}
        for row, (kind, name) in zip(layer("corridor"), names, strict=True)
    ]


def key_areas() -> list[dict[str, Any]]:
    return layer("key_area", key_area_code="ka_gully", place="五谷山")


def layer(dataset: str, count: int = 3, **changed: Any) -> list[dict[str, Any]]:
    """Features of 10 ha each."""
    return [row | {"area_m2": 10 * HECTARE} | changed for row in good_rows(contract(dataset), count)]


def parcels() -> list[dict[str, Any]]:
    """Parcels of one township and class."""
    return layer("land_parcel", reporting_unit="140404001", land_class_code="0101", land_class_name="水田")


def sites() -> list[dict[str, Any]]:
    """A sub-project of each of three projects."""
    rows = layer("project_site", site_status="在建")
    return [row | {"subproject_id": f"{row['project_id']}-02", "feature": f"{row['project_id']}-02"} for row in rows]


def zones() -> list[dict[str, Any]]:
    """Every zone of the plan; those of each kind cover the district."""
    rows = layer("planning_zone", 6, area_m2=1000 * HECTARE)
    named = ("zoning", "zone_code", "zone_name")
    return [
        row | {name: zone[name] for name in named} | {"feature": zone["zone_code"]}
        for row, zone in zip(rows, table("zone"), strict=True)
    ]


def year_before(rows: list[dict[str, Any]], **changed: Any) -> list[dict[str, Any]]:
    return [row | changed | {"period": "2023"} for row in rows]


CLEAN = {
    "land_use": land_use,
    "ecology": ecology,
    "rural_waste": waste,
    "project_ledger": ledger,
    "project_progress": progress,
    "project_acceptance": acceptance,
    "supervision": supervision,
    "performance": performance,
    "land_parcel": parcels,
    "project_site": sites,
    "planning_zone": zones,
    "annual_task": tasks,
    "project_funds": funds,
    "public_feedback": feedback,
    "ecology_detail": details,
    "safeguard": safeguards,
    "corridor": corridors,
    "key_area": key_areas,
    "admin_boundary": partial(boundary, 1000, 1000, 1000),
    "ecological_redline": partial(layer, "ecological_redline", area_m2=35 * HECTARE),
    **{name: partial(layer, name) for name in ("wetland", "forest_land", "mining_subsidence")},
}


@dataclass
class Case:
    """One fault: what is changed in which row of the clean table, and the finding that it must give.

    also: what else is changed, by row. without: rows left out. whole: the finding concerns a layer's unit, and no
    feature of it.
    """

    rule_id: str
    change: dict[str, Any]
    at: str  # field whose cell is named
    row: int = 0
    found: str | None = None
    expected: str | None = None
    words: str = ""
    accepted: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    also: dict[int, dict[str, Any]] = field(default_factory=dict)
    without: tuple[int, ...] = ()
    whole: bool = False

    def rows(self) -> list[dict[str, Any]]:
        """The faulty table."""
        rows = CLEAN[self.rule_id.split(".")[0]]()
        for number, change in ({self.row: self.change} | self.also).items():
            rows[number] |= change
        return [row for number, row in enumerate(rows) if number not in self.without]
