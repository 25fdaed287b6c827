"""For each rule on acceptances, inspections and evaluations: the one change that breaks it."""

from datetime import date

from contracts import contract
from tests.support.rule_cases.cases import HECTARE, Case, accepted_project, layer, ledger, performance
from tests.support.submission_tables import good_rows

ACCEPTED_ON = good_rows(contract("project_acceptance"), 1)[0]["acceptance_date"]


def _year_before(**changed):
    return {"performance": [row | {"period": "2023"} | changed for row in performance()]}


CASES = [
    Case(
        "project_acceptance.part_exceeds_whole",
        {"cropland_reserve_ha": 10.02},
        "cropland_reserve_ha",
        row=1,
        found="10.02",
        expected="10",
    ),
    Case("project_acceptance.project_not_in_ledger", {"project_id": "A3-99"}, "project_id", row=2, found="A3-99"),
    Case(
        "project_acceptance.township_not_in_ledger",
        {"township_code": "140404203"},
        "township_code",
        found="东和乡",
        expected="韩店街道、苏店镇、荫城镇",
    ),
    Case(
        "project_acceptance.exceeds_plan",
        {},
        "hsf_mu",
        row=2,
        found="1060",
        expected="1000",
        words="超过台账计划 1000 的 1.05 倍",
        also={0: {"hsf_mu": 600.0}, 2: {"hsf_mu": 460.0}},
    ),
    Case(
        "project_acceptance.before_plan_start",
        {"acceptance_date": date(2022, 12, 31)},
        "acceptance_date",
        found="2022-12-31",
        expected="2023-01",
    ),
    Case(
        "project_acceptance.hsf_outside_farmland",
        {"project_id": "D1", "hsf_mu": 5.0},
        "hsf_mu",
        found="5",
        accepted={
            "project_ledger": [accepted_project(), accepted_project() | {"project_id": "D1", "reporting_unit": "D1"}],
        },
    ),
    Case(
        "project_acceptance.linked_cropland_outside_construction_land",
        {"cropland_reserve_ha": 0.0, "cropland_linked_ha": 3.0},
        "cropland_linked_ha",
        found="3",
        words="A3不属于建设用地整治",
    ),
    Case(
        "project_acceptance.reserve_cropland_of_construction_land",
        {"project_id": "B2"},
        "cropland_reserve_ha",
        row=1,
        found="10.01",
        accepted={
            "project_ledger": [accepted_project(), accepted_project() | {"project_id": "B2", "reporting_unit": "B2"}]
        },
    ),
    Case(
        "project_acceptance.renewed_exceeds_area",
        {"renewed_inefficient_ha": 10.02},
        "renewed_inefficient_ha",
        found="10.02",
        expected="10",
    ),
    Case(
        "project_acceptance.nothing_accepted",
        {"accepted_area_ha": 0.0, "cropland_reserve_ha": None},
        "accepted_area_ha",
        row=1,
        found="合格",
        expected="0",
    ),
    Case(
        "project_acceptance.number_year",
        {"acceptance_no": "上农验〔2023〕7号"},
        "acceptance_no",
        found="2023",
        expected="2024",
    ),
    Case(
        "project_acceptance.recorded_twice",
        {
            "acceptance_date": ACCEPTED_ON,
            "township_code": good_rows(contract("project_acceptance"), 1)[0]["township_code"],
        },
        "acceptance_no",
        row=1,
        found="验收文号2",
        expected="验收文号1",
    ),
    Case(
        "project_acceptance.differs_from_site",
        {"accepted_area_ha": 11.0},
        "accepted_area_ha",
        found="11",
        expected="10",
        words="相差 10%",
        also={1: {"project_id": "A3-02"}, 2: {"project_id": "A3-02"}},
        accepted={
            "project_ledger": [
                accepted_project(),
                accepted_project() | {"project_id": "A3-02", "reporting_unit": "A3-02"},
            ],
            "project_site": [
                layer("project_site", 1)[0] | {"subproject_id": "A3-01", "period": period, "area_m2": area * HECTARE}
                for period, area in (("2024-01", 11), ("2024-05", 10))
            ],
        },
    ),
    Case(
        "project_acceptance.subproject_expected",
        {"project_id": "A3"},
        "project_id",
        found="A3",
        expected="A3-01",
        accepted={
            "project_ledger": [accepted_project(), accepted_project() | {"project_id": "A3", "reporting_unit": "A3"}],
        },
    ),
    Case(
        "supervision.date_order",
        {"rectified_on": good_rows(contract("supervision"))[0]["inspected_on"]},
        "rectified_on",
        row=2,
        found="2024-06-10",
        expected="2024-06-12",
    ),
    Case(
        "supervision.due_before_inspection",
        {"rectify_due": date(2024, 6, 9)},
        "rectify_due",
        found="2024-06-09",
        expected="2024-06-10",
    ),
    Case(
        "supervision.reinspected_before_inspection",
        {"reinspected_on": date(2024, 6, 9)},
        "reinspected_on",
        found="2024-06-09",
        expected="2024-06-10",
    ),
    Case(
        "supervision.reinspected_before_rectified",
        {"rectified_on": date(2024, 6, 20), "rectify_due": date(2024, 6, 20)},
        "reinspected_on",
        row=1,
        found="2024-06-11",
        expected="2024-06-20",
    ),
    Case(
        "supervision.rectified_late",
        {"rectified_on": date(2024, 6, 20), "reinspected_on": None, "reinspection_result": None},
        "rectified_on",
        found="2024-06-20",
        expected="2024-06-10",
    ),
    Case(
        "supervision.overdue",
        {"rectified_on": None, "reinspected_on": None, "reinspection_result": None},
        "rectified_on",
        expected="2024-06-10",
        words="已过 31 天",
        also={
            1: dict.fromkeys(
                ("inspected_on", "rectify_due", "rectified_on", "reinspected_on"),
                date(2024, 7, 11),
            )
        },
    ),
    Case(
        "supervision.due_missing",
        {"severity": "严重", "rectify_due": None, "rectified_on": None},
        "rectify_due",
        row=2,
        expected="严重",
    ),
    Case(
        "supervision.due_too_far",
        {"rectify_due": date(2024, 12, 8)},
        "rectify_due",
        found="2024-12-08",
        words="181 天，超过 180 天",
    ),
    Case(
        "supervision.reinspection_incomplete",
        {"reinspection_result": None},
        "reinspected_on",
        row=1,
        found="2024-06-11",
    ),
    Case("supervision.number_year", {"inspection_no": "JC2025-001"}, "inspection_no", found="2025", expected="2024"),
    Case(
        "supervision.project_township_mismatch",
        {"project_id": "C1", "township_code": "140404203"},
        "township_code",
        found="东和乡",
        expected="韩店街道",
    ),
    Case(
        "performance.full_scores_not_100",
        {"full_score": 25.0},
        "full_score",
        found="105",
        expected="100",
        words="应为 100",
    ),
    Case("performance.score_exceeds_full", {"score": 23.5}, "score", row=1, found="23.5", expected="20"),
    Case("performance.dimensions_missing", {"dimension": "资金管理"}, "dimension", found="组织实施", expected="3"),
    Case(
        "performance.satisfaction_without_respondents", {"respondents": None}, "respondents", row=3, words="满意度 90%"
    ),
    Case("performance.respondents_too_few", {"respondents": 29}, "respondents", row=3, found="29", expected="30"),
    Case(
        "performance.satisfaction_low", {"satisfaction_pct": 59.0}, "satisfaction_pct", row=3, found="59", expected="60"
    ),
    Case(
        "performance.result_use_missing_amount",
        {"budget_change_wan": None},
        "budget_change_wan",
        row=1,
        expected="预算调整",
    ),
    Case(
        "performance.decided_before_period",
        {"decided_on": date(2023, 12, 31)},
        "decided_on",
        row=2,
        found="2023-12-31",
        expected="2024",
    ),
    Case("performance.decided_without_use", {"result_use": None}, "result_use", row=1, expected="2024-06-11"),
    Case("performance.total_low", {}, "score", found="59.5", expected="60", also={2: {"score": 0.5}}),
    Case(
        "performance.all_scores_full",
        {"score": 20.0},
        "score",
        found="100",
        expected="100",
        also={number: {"score": full} for number, full in ((1, 20.0), (2, 35.0), (3, 25.0))},
    ),
    Case("performance.total_jumps", {}, "score", found="92", expected="76", accepted=_year_before(score=19.0)),
    Case(
        "performance.full_score_changed",
        {},
        "full_score",
        row=2,
        found="35",
        expected="36",
        accepted={
            "performance": [row | {"period": "2023", "full_score": 36.0} for row in performance()[2:3]],
        },
    ),
    Case(
        "performance.before_project_start",
        {},
        "period",
        found="2024",
        expected="2026-03",
        accepted={"project_ledger": [ledger()[0] | {"plan_start": "2026-03"}]},
    ),
    Case(
        "performance.name_of_other_project",
        {"project_name": "韩店街道全域土地综合整治"},
        "project_name",
        row=1,
        found="韩店街道全域土地综合整治",
        words="编号 A1 的名称写成了 C1 的名称",
    ),
]
