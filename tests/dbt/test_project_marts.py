"""Projects, money, inspections, land and quality over the small district, computed by hand."""

from datetime import date
from pathlib import Path

import pytest

from tests.support.dbt_builds import rows
from tests.support.small_district import BAYI, SUDIAN, XICHI

pytestmark = pytest.mark.slow


def test_what_does_not_count_adds_nothing_to_the_running_totals(built: Path) -> None:
    found = rows(
        built,
        """
        select acceptance_no, cropland_ha, is_counted, not_counted_because, reserve_to_date_ha, linked_to_date_ha, cropland_to_date_ha
        from marts.mart_supplemented_cropland_ledger order by entry_no
    """,
    )
    assert found == [
        ("5", 60.0, False, "早于2022-01-01", 0.0, 0.0, 0.0),
        ("1", 4.0, True, None, 4.0, 0.0, 4.0),
        ("2", 3.0, True, None, 5.0, 2.0, 7.0),
        ("4", 50.0, False, "整改", 5.0, 2.0, 7.0),
    ]
    shares = rows(
        built,
        """
        select of_target_2025_pct, of_target_2035_pct, reserve_of_target_2035_pct, linked_of_target_2035_pct
        from marts.mart_supplemented_cropland_ledger where acceptance_no = '2'
    """,
    )
    assert shares == [
        tuple(pytest.approx(100 * part / whole) for part, whole in ((7, 295.69), (7, 489.82), (5, 331.89), (2, 150.78)))
    ]


def test_a_project_is_held_against_the_lines_of_its_sub_projects(built: Path) -> None:
    found = rows(
        built,
        """
        select planned_progress_pct, delay_months, planned_investment_to_date_wan, investment_gap_wan, area_of_plan_pct, flags
        from marts.mart_project_progress
    """,
    )
    # the line of A3-01 passed 60 % in April 2024; from then to April 2025 are thirteen months
    assert found == [(100.0, 13, 200.0, -100.0, 130.0, "逾期、滞后13个月")]
    curve = rows(
        built,
        "select physical_progress_pct, planned_progress_pct, delay_months, planned_investment_wan from marts.mart_project_s_curve",
    )
    assert curve == [(60.0, 100.0, 13, 200.0)]


def test_the_register_gathers_what_is_known_of_a_project(built: Path) -> None:
    found = rows(
        built,
        """
        select project_id, acceptances, accepted_area_ha, accepted_cropland_ha, sites, findings, findings_open, findings_overdue,
            evaluation_score, evaluation_grade, investment_of_plan_pct, issues
        from marts.mart_project_register where plan_project_id = 'A3' order by 1
    """,
    )
    assert found == [
        ("A3", 2, 13.0, 7.0, 2, 3, 2, 1, 90.0, "优", 25.0, "苏店镇：土源不足"),
        ("A3-01", 1, 8.0, 4.0, 1, 0, 0, 0, None, None, None, None),
    ]
    assert rows(built, "select count(*) from marts.mart_project_register where not is_subproject") == [(20,)]


def test_money_is_followed_from_allocation_to_payment(built: Path) -> None:
    found = rows(
        built,
        """
        select allocated_wan, arrived_wan, paid_wan, arrived_reported_wan, arrived_difference_wan, invested_wan, arrived_of_plan_pct,
            arrival_rate_pct, use_rate_pct, used_by, not_arrived_wan, stuck_wan, idle_wan, is_carried
        from marts.mart_project_funds where is_latest
    """,
    )
    # the city's line is of April; six months ago 85 had arrived, and 70 are paid by now
    use = pytest.approx(100 * 70 / 130)
    assert found == [(160.0, 130.0, 70.0, 125.0, 5.0, 100.0, 32.5, 81.25, use, "paid", 30.0, 60.0, 15.0, True)]
    lines = rows(
        built,
        """
        select reported_in, fund_level, instrument, allocated_wan, arrived_wan, paid_wan, stuck_wan, is_carried
        from marts.mart_project_funds_line where is_latest and arrived_wan > 0 order by 1, 2
    """,
    )
    assert lines == [
        ("project_funds", "中央", "专项资金", 100.0, 90.0, 30.0, 60.0, False),
        ("project_funds", "市", "债券", 60.0, 40.0, 40.0, 0.0, True),
        ("project_progress", "中央", None, None, 80.0, None, None, False),
        ("project_progress", "市县", None, None, 45.0, None, None, False),
    ]


def test_a_task_is_judged_by_the_years_end_or_the_line_to_it(built: Path) -> None:
    found = rows(
        built,
        """
        select period, indicator_code, area_name, area_kind, task_value, result_value, value_before, expected_by_now, status
        from marts.mart_annual_task order by 1, 2, 4
    """,
    )
    # the last record of 2025 is of 4 February, its 35th day
    line = pytest.approx(195 + 105 * 35 / 365)
    assert found == [
        ("2024", "forest_coverage_rate", "西池乡", "township", 9.0, 10.0, None, None, "done"),
        ("2024", "supplemented_cropland_area", "上党区", "district", 8.0, 7.0, 0.0, 8.0, "missed"),
        ("2024", "supplemented_cropland_area", "区农业农村局", "lead_unit", 7.0, 7.0, 0.0, 7.0, "done"),
        ("2025", "land_consolidation_area", "苏店镇", "township", 300.0, 195.0, 195.0, line, "behind"),
        ("2026", "wetland_protection_rate", "上党区", "district", 9.0, None, None, None, "no_data"),
    ]


def test_feedback_is_answered_or_open_as_of_the_day_that_the_data_reach(built: Path) -> None:
    found = rows(
        built,
        "select feedback_no, status, days_to_answer, days_open, is_satisfied from marts.mart_public_feedback order by 1",
    )
    assert found == [
        ("1", "not_satisfied", 10, None, False),
        ("2", "answered", 2, None, None),
        ("3", "open", None, 10, None),
    ]
    register = rows(
        built,
        "select feedbacks, feedbacks_open, feedbacks_not_satisfied, stuck_wan from marts.mart_project_register where project_id = 'A3'",
    )
    assert register == [(1, 0, 1, 60.0)]


def test_a_finding_is_overdue_as_of_the_day_that_the_data_reach(built: Path) -> None:
    found = rows(
        built,
        "select inspection_no, status, is_rectified_late, days_to_rectify, days_overdue, as_of_on from marts.mart_supervision order by 1",
    )
    day = date(2025, 5, 31)
    assert found == [
        ("1", "closed", True, 41, None, day),
        ("2", "overdue", None, None, 60, day),
        ("3", "open", None, None, None, day),
        ("4", "nothing_found", False, None, None, day),
    ]


def test_an_evaluation_has_its_grade_and_its_change(built: Path) -> None:
    found = rows(
        built,
        "select period, total_score, grade, change_of_score, is_complete from marts.mart_performance_evaluation order by period",
    )
    assert found == [("2023", 75.0, "中", None, True), ("2024", 90.0, "优", 15.0, True)]


def test_declared_and_measured_land_stand_side_by_side(built: Path) -> None:
    found = rows(
        built,
        """
        select land_class_code, declared_ha, measured_ha, parcels, difference_ha from marts.mart_land_class
        where township_code = '140404101' and (declared_ha > 0 or measured_ha > 0) order by 1
    """,
    )
    assert found == [("0102", 119.5, 120.0, 1, 0.5), ("0103", 500.0, 500.0, 1, 0.0), ("0404", 180.5, 180.0, 1, -0.5)]
    # measured parcels speak of every class
    assert rows(built, "select count(*) from marts.mart_land_class where measured_ha = 0 and period = '2023'") == [
        (21,)
    ]


def test_land_transitions_are_listed_and_compared_with_what_was_accepted(built: Path) -> None:
    found = rows(
        built,
        """
        select township_name, from_class_name, to_class_name, change_name, area_ha from marts.mart_land_transition
        where (from_period, to_period) = ('2023', '2024') order by from_class_code, to_class_code
    """,
    )
    assert found == [
        ("西池乡", "旱地", "旱地", "未变化", 60.0),
        ("西池乡", "其他草地", "旱地", "非耕地→耕地", 5.0),
        ("西池乡", "其他草地", "其他草地", "未变化", 35.0),
    ]
    gained = f"""
        select measured_value, accepted_value, verdict from marts.mart_area_reconciliation
        where reconciliation_code = 'cropland_gained' and area_code = '{XICHI[1]}' and period = '2024'
    """
    assert rows(built, gained) == [(5.0, 0.0, "differs")]


def test_shared_ground_is_listed_and_takes_nothing_from_what_is_no_farmland(built: Path) -> None:
    found = rows(built, "select subproject_ids, area_ha, acceptance_nos, repeated_hsf_mu from marts.mart_site_overlap")
    assert found == [("A3-01、A3-02", 4.0, None, 0.0)]
    area = "select sum(value) from marts.fct_measure where measure_code = 'accepted_area' and starts_on >= date '2022-01-01'"
    assert rows(built, area) == [(13.0,)]


def test_evidence_sources_agree_differ_or_are_missing(built: Path) -> None:
    found = rows(
        built,
        f"""
        select reconciliation_code, period, measured_value, accepted_value, reported_value, declared_value, difference, verdict
        from marts.mart_area_reconciliation where area_code = '{SUDIAN}' and reconciliation_code in
        ('cropland_area', 'forest_area', 'land_area', 'land_consolidation_area', 'linked_reclaimed_cropland', 'supplemented_cropland_area')
        order by 1, 2
    """,
    )
    assert found == [
        (
            "cropland_area",
            "2023",
            None,
            None,
            None,
            None,
            None,
            "missing",
        ),  # of that year another township has sent its parcels
        ("cropland_area", "2024", 620.0, None, None, 619.5, 0.5, "differs"),
        ("forest_area", "2024", 50.0, None, None, None, None, "missing"),
        ("forest_area", "2025", None, None, None, 80.0, None, "missing"),
        ("land_area", "2024", 800.0, None, None, None, None, "missing"),
        ("land_area", "2025", 800.0, None, None, 800.0, 0.0, "agree"),
        ("land_consolidation_area", "2025-05", None, 13.0, 13.0, None, 0.0, "agree"),
        ("linked_reclaimed_cropland", "2025-05", None, 2.0, 2.0, None, 0.0, "agree"),
        ("supplemented_cropland_area", "2025-05", None, 7.0, 6.0, None, 1.0, "differs"),
    ]
    # the other townships have sent no parcels and no statistics: the district is not compared
    district = "select measured_value, declared_value, verdict from marts.mart_area_reconciliation where area_level = 'district'"
    assert rows(built, f"{district} and reconciliation_code = 'cropland_area'") == [(None, None, "missing")] * 2


def test_quality_counts_units_files_and_findings(built: Path) -> None:
    found = rows(
        built,
        """
        select township_code, submissions, reporting_units, units_sent, units_accepted, units_held, first_try_pct, errors, warnings
        from marts.mart_data_quality where dataset = 'ecology' and period = '2025' order by 1
    """,
    )
    assert found == [
        (SUDIAN, 2, 1, 2, 1, 0, 100.0, 0, 1),
        (BAYI[1], 2, 1, 2, 1, 1, 0.0, 2, 0),
        (XICHI[1], 1, 1, 1, 1, 0, 100.0, 0, 0),
    ]
    rules = rows(
        built,
        "select rule_id, township_code, findings, reporting_units, submissions from marts.mart_finding_rule order by 1",
    )
    assert rules == [("ecology.forest_area_drop", SUDIAN, 1, 1, 1), ("ecology.part_exceeds_whole", BAYI[1], 2, 1, 1)]


def test_a_key_areas_villages_have_their_land(built: Path) -> None:
    found = rows(
        built,
        "select place, is_village_today, land_ha, cropland_ha from marts.mart_key_area where land_ha > 0 order by 1",
    )
    assert found == [("小坟上", True, 500.0, 500.0), ("贾掌村", True, 300.0, 120.0)]
    gone = rows(built, "select count(*) from marts.mart_key_area where not is_village_today")
    assert gone == [(7,)]
    assert rows(
        built, "select project_ids from marts.mart_key_area where key_area_code = 'rk_river' and place = '南宋河'"
    ) == [("F1、F5",)]


def test_a_figure_names_its_submissions_and_how_much_was_shared_out(built: Path) -> None:
    found = rows(
        built,
        """
        select area_code, allocated_pct, submission_ids from marts.mart_indicator_zone
        where indicator_code = 'land_consolidation_area' and period = '2025Q1' and zoning = 'consolidation' order by 1
    """,
    )
    assert found == [
        ("cz_basin", 100.0, "acceptances"),
        ("cz_south", 0.0, None),
        ("cz_wulong", pytest.approx(100 * 2 / 7), "acceptances"),  # 10 of 40 ha of one site; the other lies there whole
    ]
