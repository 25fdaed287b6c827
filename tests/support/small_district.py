"""Raw tables of three townships, one of them split; every figure so round that the marts can be computed by hand."""

from datetime import date, datetime
from typing import Any

from tests.support.dbt_builds import RawTables, numbered

WEST, EAST = ("140404101W", "140404101", "cz_basin", "rz_basin"), ("140404101E", "140404101", "cz_wulong", "rz_wulong")
XICHI, BAYI = ("140404201", "140404201", "cz_wulong", "rz_wulong"), ("140404104", "140404104", "cz_south", "rz_south")
SUDIAN = "140404101"
AREA_CELL = ("part_code", "township_code", "consolidation_zone", "restoration_zone")
LAND_HA = {WEST: 600.0, EAST: 200.0, XICHI: 100.0, BAYI: 100.0}
ACCEPTED_AT = datetime(2025, 7, 1)


def sent(submission: str, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of one submission, accepted on one day."""
    return numbered({"submission_id": submission, "accepted_at": ACCEPTED_AT, **entry} for entry in entries)


def cut(dataset: str, submission: str, row_id: int, area_cell: tuple[str, ...], hectares: float) -> dict[str, Any]:
    """A row of the overlay."""
    place = dict(zip(AREA_CELL, area_cell, strict=True))
    del place["township_code"]
    return {"dataset": dataset, "submission_id": submission, "row_id": row_id, **place, "area_m2": hectares * 10_000}


def _accepted(
    number: str, project: str, township: str, day: date, conclusion: str = "合格", **figures: float
) -> dict[str, Any]:
    nothing = dict.fromkeys(
        ("accepted_area_ha", "cropland_reserve_ha", "cropland_linked_ha", "hsf_mu", "renewed_inefficient_ha"), 0.0
    )
    return {
        "reporting_unit": number,
        "acceptance_no": number,
        "project_id": project,
        "township_code": township,
        "acceptance_date": day,
        "period": str(day.year),
        "conclusion": conclusion,
        **nothing,
        **figures,
    }


def _waste(township: str, quarter: str, generated: float, treated: float) -> dict[str, Any]:
    return {
        "reporting_unit": township,
        "township_code": township,
        "period": quarter,
        "waste_generated_t": generated,
        "waste_treated_t": treated,
    }


def district() -> RawTables:
    """Raw tables: boundary and zones, a forest and a wetland layer, sites, acceptances, progress, waste; ecology where
    no layer came.
    """
    return {
        "admin_boundary": sent(
            "boundary",
            [
                {"reporting_unit": "layer", "period": "2021-10-31", "township_code": code, "area_m2": 0.0}
                for code in (SUDIAN, XICHI[1], BAYI[1])
            ],
        ),
        "base_partition": [
            {
                "boundary_submission_id": "boundary",
                "zone_submission_id": "zones",
                **dict(zip(AREA_CELL, area_cell, strict=True)),
                "area_m2": hectares * 1e4,
            }
            for area_cell, hectares in LAND_HA.items()
        ],
        "forest_land": sent(
            "forest",
            [
                {"reporting_unit": "layer", "period": "2024", "stand_id": "1", "is_forest": True},
                {"reporting_unit": "layer", "period": "2024", "stand_id": "2", "is_forest": True},
                {"reporting_unit": "layer", "period": "2024", "stand_id": "3", "is_forest": False},
            ],
        ),
        "wetland": sent(
            "wetland",
            [
                {"reporting_unit": "layer", "period": "2024", "wetland_id": "1", "is_protected": True},
                {"reporting_unit": "layer", "period": "2024", "wetland_id": "2", "is_protected": False},
            ],
        ),
        "project_site": [
            *sent(
                "sites",
                [
                    {"reporting_unit": "A3", "period": "2025-06", "project_id": "A3", "subproject_id": "A3-01"},
                    {"reporting_unit": "A3", "period": "2025-06", "project_id": "A3", "subproject_id": "A3-02"},
                ],
            ),
        ],
        "overlay": [
            cut("forest_land", "forest", 0, EAST, 50),
            cut("forest_land", "forest", 0, XICHI, 10),
            cut("forest_land", "forest", 1, BAYI, 40),
            cut("forest_land", "forest", 2, WEST, 300),
            cut("wetland", "wetland", 0, WEST, 3),
            cut("wetland", "wetland", 1, WEST, 9),
            cut("project_site", "sites", 0, WEST, 30),
            cut("project_site", "sites", 0, EAST, 10),
            cut("project_site", "sites", 1, EAST, 10),
        ],
        "project_acceptance": sent(
            "acceptances",
            [
                _accepted("1", "A3-01", SUDIAN, date(2024, 5, 16), accepted_area_ha=8.0, cropland_reserve_ha=4.0),
                _accepted(
                    "2",
                    "A3-02",
                    SUDIAN,
                    date(2024, 11, 2),
                    accepted_area_ha=5.0,
                    cropland_reserve_ha=1.0,
                    cropland_linked_ha=2.0,
                ),
                _accepted("3", "A1-01", SUDIAN, date(2025, 2, 3), hsf_mu=4000.0),  # no site: over the township
                _accepted(
                    "4",
                    "B2-01",
                    BAYI[1],
                    date(2025, 2, 4),
                    conclusion="整改",
                    accepted_area_ha=100.0,
                    cropland_linked_ha=50.0,
                ),
                # before the base year
                _accepted("5", "B2-02", BAYI[1], date(2021, 12, 31), accepted_area_ha=100.0, cropland_linked_ha=60.0),
            ],
        ),
        "project_ledger": sent(
            "ledger",
            [
                {
                    "reporting_unit": "A3",
                    "period": "2025-06",
                    "project_id": "A3",
                    "category": "农用地整治",
                    "township_codes": [SUDIAN, BAYI[1]],
                    "lead_unit": "区农业农村局",
                    "plan_start": "2024-01",
                    "plan_finish": "2025-04",
                    "planned_investment_wan": 400.0,
                },
                {
                    "reporting_unit": "A3-01",
                    "period": "2025-06",
                    "project_id": "A3-01",
                    "category": "农用地整治",
                    "township_codes": [SUDIAN],
                    "plan_start": "2024-01",
                    "plan_finish": "2024-06",
                    "planned_investment_wan": 200.0,
                    "planned_area_ha": 10.0,
                },
            ],
        ),
        "project_progress": sent(
            "month",
            [
                {
                    "reporting_unit": f"A3|{SUDIAN}",
                    "period": "2025-05",
                    "project_id": "A3",
                    "township_code": SUDIAN,
                    "stage": "在建",
                    "physical_progress_pct": 60.0,
                    "cum_investment_wan": 100.0,
                    "funds_central_wan": 80.0,
                    "funds_local_wan": 45.0,
                    "cum_consolidated_area_ha": 13.0,
                    "cum_cropland_ha": 6.0,
                    "cum_hsf_mu": 0.0,
                    "cum_reclaimed_ha": 2.0,
                    "issues": "土源不足",
                },
            ],
        ),
        "rural_waste": sent(
            "waste",
            [
                *(_waste(SUDIAN, f"2024Q{quarter}", 100.0, 80.0) for quarter in (1, 2, 3, 4)),
                *(_waste(XICHI[1], f"2024Q{quarter}", 10.0, 10.0) for quarter in (1, 2, 3, 4)),
                *(_waste(BAYI[1], f"2024Q{quarter}", 50.0, 45.0) for quarter in (1, 2, 3)),
            ],
        ),
        "ecology": sent(
            "ecology",
            [
                {
                    "reporting_unit": code,
                    "period": "2025",
                    "township_code": code,
                    "land_area_ha": land,
                    "forest_area_ha": forest,
                    "wetland_area_ha": 0.0,
                    "protected_wetland_area_ha": 0.0,
                    "redline_area_km2": 0.1,
                }
                for code, land, forest in ((SUDIAN, 800.0, 80.0), (XICHI[1], 100.0, 20.0), (BAYI[1], 100.0, 50.0))
            ],
        ),
    }
