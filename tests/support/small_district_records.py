"""What the small district has beside its figures: parcels, inspections, evaluations, and files with what was found
in them.
"""

from datetime import date, datetime
from typing import Any

from tests.support.dbt_builds import RawTables
from tests.support.small_district import BAYI, EAST, SUDIAN, WEST, XICHI, cut, district, sent


def _parcel(number: str, village: str, land_class: str, hectares: float, year: str = "2024") -> dict[str, Any]:
    return {
        "reporting_unit": village[:9],
        "period": year,
        "parcel_id": number,
        "location_code": f"{village}0000000",
        "land_class_code": land_class,
        "area_m2": hectares * 1e4,
    }


def _transition(from_class: str, to_class: str, hectares: float) -> dict[str, Any]:
    part, _, consolidation, restoration = XICHI
    return {
        "reporting_unit": XICHI[1],
        "from_period": "2023",
        "to_period": "2024",
        "from_submission_id": "parcels",
        "to_submission_id": "parcels",
        "part_code": part,
        "consolidation_zone": consolidation,
        "restoration_zone": restoration,
        "from_class": from_class,
        "to_class": to_class,
        "area_m2": hectares * 1e4,
    }


def _shared(subproject: str, row_id: int) -> dict[str, Any]:
    """A site's row on the one piece of ground that two sites share."""
    part, _, consolidation, restoration = EAST
    return {
        "derived_as": subproject,
        "ground": 0,
        "submission_id": "sites",
        "row_id": row_id,
        "part_code": part,
        "consolidation_zone": consolidation,
        "restoration_zone": restoration,
        "area_m2": 4e4,
    }


def _inspected(
    number: str, day: date, due: date | None, finding: str = "排水沟断面偏小", **dates: Any
) -> dict[str, Any]:
    return {
        "reporting_unit": number,
        "period": str(day.year),
        "inspection_no": number,
        "project_id": "A3",
        "township_code": SUDIAN,
        "inspected_on": day,
        "item": "工程质量",
        "finding": finding,
        "severity": "一般",
        "rectify_due": due,
        **dates,
    }


def _scored(year: str, *scores: float) -> list[dict[str, Any]]:
    dimensions = zip(
        ("组织实施", "资金管理", "目标任务完成", "效益及满意度"), (20.0, 20.0, 35.0, 25.0), scores, strict=True
    )
    return [
        {
            "reporting_unit": "A3",
            "period": year,
            "project_id": "A3",
            "dimension": name,
            "full_score": full,
            "score": score,
        }
        for name, full, score in dimensions
    ]


def _reporting_unit(submission: str, reporting_unit: str, state: str, ended: datetime | None = None) -> dict[str, Any]:
    return {
        "submission_id": submission,
        "dataset": "ecology",
        "reporting_unit": reporting_unit,
        "period": "2025",
        "state": state,
        "ended_at": ended,
    }


def _line(month: str, level: str, instrument: str, *wan: float) -> dict[str, Any]:
    money = zip(("allocated_wan", "arrived_wan", "paid_wan"), wan, strict=True)
    return {
        "reporting_unit": "A3",
        "period": month,
        "project_id": "A3",
        "level": level,
        "instrument": instrument,
        **dict(money),
    }


def _task(year: str, indicator: str, area: str, value: float, measure_unit: str) -> dict[str, Any]:
    return {
        "reporting_unit": indicator,
        "period": year,
        "indicator_code": indicator,
        "area": area,
        "task_value": value,
        "task_unit": measure_unit,
        "document_no": "上政发〔2025〕1号",
    }


def _feedback(number: str, day: date, **more: Any) -> dict[str, Any]:
    about = {"township_code": SUDIAN, "kind": "群众", **more}
    return {"reporting_unit": number, "feedback_no": number, "period": "2025", "received_on": day, **about}


def _outcomes(group: int, letters: dict[str, str], reporting_unit: str) -> dict[str, Any]:
    return {
        "submission_id": "S1",
        "group_no": group,
        "rules": [*letters, "contract.missing_value"],
        "fields": [*[None] * len(letters), "land_area_ha"],
        "outcomes": [*letters.values(), "P"],
        "reporting_units": [reporting_unit],
        "periods": ["2025"],
    }


def _finding(number: int, rule: str, severity: str, reporting_unit: str) -> dict[str, Any]:
    return {
        "submission_id": "S1",
        "finding_no": number,
        "rule_id": rule,
        "severity": severity,
        "reporting_unit": reporting_unit,
        "period": "2025",
        "message": "…",
    }


def full_district() -> RawTables:
    """The small district with records, and a ledger of two files of one year, the second correcting the first."""
    first, second = datetime(2026, 2, 1), datetime(2026, 2, 9)
    full = district()
    full["overlay"] = full["overlay"] + [
        cut("land_parcel", "parcels", 0, WEST, 500),
        cut("land_parcel", "parcels", 1, EAST, 120),
        cut("land_parcel", "parcels", 2, EAST, 180),
        cut("land_parcel", "parcels", 3, XICHI, 60),
        cut("land_parcel", "parcels", 4, XICHI, 40),
        cut("land_parcel", "parcels", 5, XICHI, 65),
        cut("land_parcel", "parcels", 6, XICHI, 35),
    ]
    return full | {
        "land_parcel": sent(
            "parcels",
            [
                _parcel("1", "140404101212", "0103", 500),
                _parcel("2", "140404101213", "0102", 120),
                _parcel("3", "140404101213", "0404", 180),
                _parcel("4", "140404201299", "0103", 60, "2023"),
                _parcel("5", "140404201299", "0404", 40, "2023"),
                _parcel("4", "140404201299", "0103", 65),
                _parcel("5", "140404201299", "0404", 35),
            ],
        ),
        "site_overlap": [_shared("A3-01", 0), _shared("A3-02", 1)],
        "land_transition": [
            _transition("0103", "0103", 60),
            _transition("0404", "0103", 5),
            _transition("0404", "0404", 35),
        ],
        "land_use": sent(
            "classes",
            [
                {
                    "reporting_unit": SUDIAN,
                    "period": "2024",
                    "township_code": SUDIAN,
                    "land_area_ha": 800.0,
                    "land_class_code": code,
                    "area_ha": area,
                }
                for code, area in (("0103", 500.0), ("0102", 119.5), ("0404", 180.5))
            ],
        ),
        "supervision": sent(
            "inspections",
            [
                _inspected("1", date(2025, 1, 6), date(2025, 2, 6), rectified_on=date(2025, 2, 16)),
                _inspected("2", date(2025, 3, 3), date(2025, 4, 1)),
                _inspected("3", date(2025, 5, 5), date(2025, 6, 30)),
                _inspected("4", date(2025, 5, 6), None, finding="无"),
            ],
        ),
        "performance": sent("scores", [*_scored("2023", 15, 15, 25, 20), *_scored("2024", 18, 18, 32, 22)]),
        "project_funds": sent(
            "money",
            [
                _line("2024-11", "中央", "专项资金", 100.0, 85.0, 20.0),
                _line("2025-04", "市", "债券", 60.0, 40.0, 40.0),
                _line("2025-05", "中央", "专项资金", 100.0, 90.0, 30.0),
            ],
        ),
        "annual_task": sent(
            "tasks",
            [
                _task("2024", "supplemented_cropland_area", "140404", 8.0, "ha"),
                _task("2024", "supplemented_cropland_area", "区农业农村局", 7.0, "ha"),
                _task("2024", "forest_coverage_rate", XICHI[1], 9.0, "pct"),
                _task("2025", "land_consolidation_area", SUDIAN, 300.0, "mu"),
                _task("2026", "wetland_protection_rate", "140404", 9.0, "pct"),
            ],
        ),
        "public_feedback": sent(
            "voices",
            [
                _feedback("1", date(2025, 5, 1), replied_on=date(2025, 5, 11), satisfied=False, project_id="A3"),
                _feedback("2", date(2025, 5, 2), replied_on=date(2025, 5, 4)),
                _feedback("3", date(2025, 5, 21)),
            ],
        ),
        "submission": [
            {
                "submission_id": "S1",
                "file_name": "生态2025.xlsx",
                "dataset": "ecology",
                "received_at": first,
                "state": "partly_held",
            },
            {
                "submission_id": "S2",
                "file_name": "生态2025更正.xlsx",
                "dataset": "ecology",
                "received_at": second,
                "state": "accepted",
            },
        ],
        "submission_unit": [
            _reporting_unit("S1", SUDIAN, "accepted", ended=second),
            _reporting_unit("S1", XICHI[1], "accepted"),
            _reporting_unit("S1", BAYI[1], "held"),
            _reporting_unit("S2", SUDIAN, "accepted"),
            _reporting_unit("S2", BAYI[1], "accepted"),
        ],
        "finding": [
            _finding(1, "ecology.part_exceeds_whole", "error", BAYI[1]),
            _finding(2, "ecology.part_exceeds_whole", "error", BAYI[1]),
            _finding(3, "ecology.forest_area_drop", "warning", SUDIAN),
        ],
        "rule_outcome": [
            _outcomes(1, {"ecology.part_exceeds_whole": "P", "ecology.forest_area_drop": "E"}, XICHI[1]),
            _outcomes(2, {"ecology.part_exceeds_whole": "F", "ecology.forest_area_drop": "E"}, BAYI[1]),
        ],
        "reading_item": [
            {"submission_id": "S1", "item_no": 1, "sheet": "Sheet1", "part": "sheet", "kind": "read", "items": 1},
            {
                "submission_id": "S1",
                "item_no": 2,
                "sheet": "Sheet1",
                "part": "column",
                "kind": "similar",
                "place": "C3",
                "items": 1,
                "written": "森林復盖",
                "read_as": "forest_coverage_pct",
                "score": 92.0,
            },
        ],
    }
