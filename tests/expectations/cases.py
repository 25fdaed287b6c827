"""Clean frames of each dataset that has rules, and for each rule the one change that breaks it."""

from dataclasses import dataclass, field
from typing import Any

import shapely

from contracts import contract
from tests.frames import cell, good_rows

HECTARE = 10000.0


def _square(west: float, side: float = 0.01) -> bytes:
    return shapely.box(west, 36.0, west + side, 36.0 + side).wkb


def boundary(*areas_ha: float) -> list[dict[str, Any]]:
    """A boundary layer with townships of these areas."""
    rows = good_rows(contract("admin_boundary"), len(areas_ha))
    return [
        row | {"area_m2": area * HECTARE, "period": "2021-10-31", "geometry": _square(113 + number / 100)}
        for number, (row, area) in enumerate(zip(rows, areas_ha, strict=True))
    ]


def ecology() -> list[dict[str, Any]]:
    """Three townships whose figures agree with each other and with the context."""
    rows = good_rows(contract("ecology"))
    for row in rows:
        row |= {
            "land_area_ha": 1000.0, "forest_area_ha": 333.33, "forest_coverage_pct": 33.33, "wetland_area_ha": 60.0,
            "protected_wetland_area_ha": 20.0, "wetland_protection_pct": 33.33, "redline_area_km2": 0.0,
        }
    return rows


def waste() -> list[dict[str, Any]]:
    rows = good_rows(contract("rural_waste"))
    for row in rows:
        row |= {"village_count": 16, "villages_covered": 16, "waste_generated_t": 300.0, "waste_treated_t": 200.0, "treatment_pct": 66.67}
    return rows


def land_use() -> list[dict[str, Any]]:
    """One wide row of one township: two classes that add up to its land."""
    first, second = good_rows(contract("land_use"), 2)
    shared = {key: first[key] for key in ("sheet", "row_no", "unit", "township_code")} | {"land_area_ha": 1000.0}
    total = cell(contract("land_use"), "land_area_ha", 0)
    return [
        first | shared | {"land_class_code": "0101", "area_ha": 400.0, "cells": [("land_area_ha", total), ("area_ha", "D4")]},
        second | shared | {"land_class_code": "0103", "area_ha": 600.0, "cells": [("land_area_ha", total), ("area_ha", "E4")]},
    ]


def ledger() -> list[dict[str, Any]]:
    rows = good_rows(contract("project_ledger"))
    for row, codes in zip(rows, (["140404202"], ["140404001"], ["140404107"]), strict=True):
        row |= {
            "township_codes": codes, "planned_area_ha": 100.0, "planned_cropland_ha": 50.0, "planned_hsf_mu": 1000.0,
            "planned_investment_wan": 500.0, "plan_start": "2023-01", "plan_finish": "2025-12",
        }
    return rows


def progress() -> list[dict[str, Any]]:
    """Two townships of A3, one of C1."""
    rows = good_rows(contract("project_progress"))
    for row, (project, township) in zip(rows, (("A3", "140404001"), ("A3", "140404101"), ("C1", "140404001")), strict=True):
        row |= {
            "project_id": project, "township_code": township, "unit": f"{project}|{township}", "stage": "在建", "issues": None,
            "physical_progress_pct": 60.0, "cum_investment_wan": 100.0, "funds_central_wan": 50.0, "funds_province_wan": 20.0,
            "funds_local_wan": 20.0, "funds_social_wan": 10.0, "cum_consolidated_area_ha": 40.0, "cum_cropland_ha": 20.0,
            "cum_hsf_mu": 300.0, "cum_reclaimed_ha": 5.0,
        }
    return rows


def plan_of_progress() -> list[dict[str, Any]]:
    first, second, _ = ledger()
    return [first | {"project_id": "A3", "unit": "A3"}, second | {"project_id": "C1", "unit": "C1"}]


def acceptance() -> list[dict[str, Any]]:
    rows = good_rows(contract("project_acceptance"))
    for row in rows:
        row |= {"project_id": "A1-01", "accepted_area_ha": 10.0, "cropland_reserve_ha": 4.0, "cropland_linked_ha": 6.01}
    return rows


def supervision() -> list[dict[str, Any]]:
    rows = good_rows(contract("supervision"))
    for row in rows:
        row["rectified_on"] = row["inspected_on"]
    return rows


def performance() -> list[dict[str, Any]]:
    """The four dimensions of one project."""
    rows = good_rows(contract("performance"), 4)
    for row, full in zip(rows, (20.0, 20.0, 35.0, 25.0), strict=True):
        row |= {"project_id": "A1", "unit": "A1", "full_score": full, "score": full}
    return rows


def year_before(rows: list[dict[str, Any]], **changed: Any) -> list[dict[str, Any]]:
    return [row | changed | {"period": "2023"} for row in rows]


CLEAN = {
    "land_use": land_use, "ecology": ecology, "rural_waste": waste, "project_ledger": ledger, "project_progress": progress,
    "project_acceptance": acceptance, "supervision": supervision, "performance": performance,
}


@dataclass
class Case:
    """One fault: what is changed in which row of the clean frame, and the finding that it must give."""

    rule_id: str
    change: dict[str, Any]
    at: str  # field whose cell is named
    row: int = 0
    found: str | None = None
    expected: str | None = None
    words: str = ""
    accepted: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


CASES = [
    Case("land_use.class_sum_mismatch", {"area_ha": 400.02}, "land_area_ha", found="1000", expected="1000.02", words="相差 0.02 公顷"),
    Case("land_use.land_total_vs_boundary", {}, "land_area_ha", found="1000", expected="1002", words="相差 0.2%",
         accepted={"admin_boundary": boundary(1002, 1000, 1000)}),
    Case("land_use.yoy_class_change", {}, "area_ha", found="400", expected="320", words="水田由 320 变为 400 公顷，变化 25%，超过 20%",
         accepted={"land_use": year_before(land_use()[:1], area_ha=320.0)}),
    Case("ecology.land_total_vs_boundary", {}, "land_area_ha", found="1000", expected="66.6667", words="疑为亩写在公顷栏",
         accepted={"admin_boundary": boundary(1000 / 15, 1000, 1000)}),
    Case("ecology.part_exceeds_whole", {"protected_wetland_area_ha": 60.5}, "protected_wetland_area_ha", row=1, found="60.5", expected="60",
         words="受保护湿地面积 60.5 公顷，大于湿地面积 60 公顷"),
    Case("ecology.declared_pct_mismatch", {"forest_coverage_pct": 33.35}, "forest_coverage_pct", row=2, found="33.35", expected="33.33",
         words="按森林面积/土地总面积应为 33.33%，相差 0.02 个百分点"),
    Case("ecology.forest_area_drop", {}, "forest_area_ha", found="333.33", expected="360", words="减少 7.4%，超过 5%",
         accepted={"ecology": year_before(ecology()[:1], forest_area_ha=360.0)}),
    Case("ecology.crosscheck_redline", {"redline_area_km2": 100.0}, "redline_area_km2", row=1, found="100", words="疑为公顷写在平方千米栏",
         accepted={"ecological_redline": [
             good_rows(contract("ecological_redline"), 1)[0] | {"period": "2024", "geometry": _square(113.01)},
         ]}),
    Case("rural_waste.part_exceeds_whole", {"villages_covered": 17}, "villages_covered", found="17", expected="16",
         words="大于行政村数 16"),
    Case("rural_waste.declared_pct_mismatch", {"treatment_pct": 60.0}, "treatment_pct", row=1, found="60", expected="66.67",
         words="相差 6.67 个百分点"),
    Case("project_ledger.finish_before_start", {"plan_finish": "2022-12"}, "plan_finish", row=1, found="2022-12", expected="2023-01"),
    Case("project_ledger.project_township_mismatch", {"project_id": "A1-05", "township_codes": ["140404202", "140404104"]},
         "township_codes", found="八义镇", expected="北呈乡、东和乡、苏店镇", words="八义镇不在A1工程范围内"),
    Case("project_ledger.township_not_listed", {"project_id": "D1", "township_codes": ["140404103"]}, "township_codes", found="西火镇",
         words="不在规划列明的D1工程乡镇之内"),
    Case("project_progress.cumulative_falls", {}, "cum_cropland_ha", found="20", expected="21.2", words="由上月 21.2 降为 20，减少 1.2",
         accepted={"project_progress": [
             progress()[0] | {"period": "2024-05", "cum_cropland_ha": 21.2}, progress()[0] | {"period": "2024-04", "cum_cropland_ha": 30.0},
         ]}),
    Case("project_progress.cumulative_falls_with_reason", {"issues": "核减：复测面积减少"}, "cum_hsf_mu", found="300", expected="310",
         accepted={"project_progress": [progress()[0] | {"period": "2024-05", "cum_hsf_mu": 310.0}]}),
    Case("project_progress.progress_100_before_completion", {"physical_progress_pct": 100.0}, "physical_progress_pct", row=2, found="100",
         expected="100", words="阶段为“在建”"),
    Case("project_progress.investment_exceeds_funds", {"cum_investment_wan": 111.0}, "cum_investment_wan", row=2, found="111",
         expected="100", words="1.1 倍"),
    Case("project_progress.exceeds_plan", {"cum_consolidated_area_ha": 105.1}, "cum_consolidated_area_ha", found="105.1", expected="100"),
    Case("project_progress.total_exceeds_plan", {"cum_cropland_ha": 33.0}, "cum_cropland_ha", found="53", expected="50",
         words="A3各乡镇累计新增耕地合计 53"),
    Case("project_progress.project_township_mismatch", {"township_code": "140404201"}, "township_code", row=2, found="西池乡",
         expected="韩店街道", words="C1只涉及韩店街道，不含西池乡"),
    Case("project_progress.township_not_listed", {"project_id": "D1", "township_code": "140404103"}, "township_code", row=2,
         found="西火镇"),
    Case("project_acceptance.part_exceeds_whole", {"cropland_linked_ha": 6.02}, "cropland_linked_ha", row=1, found="10.02", expected="10"),
    Case("project_acceptance.project_not_in_ledger", {"project_id": "A1-99"}, "project_id", row=2, found="A1-99"),
    Case("supervision.date_order", {"rectified_on": good_rows(contract("supervision"))[0]["inspected_on"]}, "rectified_on", row=2,
         found="2024-06-10", expected="2024-06-12"),
    Case("performance.full_scores_not_100", {"full_score": 25.0}, "full_score", found="105", expected="100", words="应为 100"),
    Case("performance.score_exceeds_full", {"score": 23.5}, "score", row=1, found="23.5", expected="20"),
]
