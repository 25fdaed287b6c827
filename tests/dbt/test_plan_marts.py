"""The plan's contradictions, computed from its seeds, and the small district under the other reading."""

from pathlib import Path

import pytest

from contracts.reference import table
from tests.support.dbt_builds import rows

pytestmark = pytest.mark.slow

# code: left, right, consistent; by hand from the printed plan
ARITHMETIC = {
    "cropland_parts": (331.89 + 150.78, 489.82, False),
    "scale_components": (522.81, 848.89, False),
    "scale_halves": (849.38, 848.89, False),
    "cropland_yield": (69.6249, 45.7638, False),
    "near_term_share": (60.3671, 50.0289, False),
    "hsf_within_scale": (2893.3333, 424.69, False),
    "forest_land_need": (906.6864, 848.89, False),
    "hsf_townships": (10, 5, False),
    "cropland_after_2025": (1, 0, False),
    "targets_by_year": (20, 15, False),
    "baseline": (10, 0, False),
    "growing_targets": (5, 3, False),
    "counted_from": (2021, 2022, False),
    "project_types": (6, 7, False),
    "phase_dropped": (4, 1, False),
    "claimed_counts": (20, 20, True),
    "restoration_scope": (5, 1, False),
    "subsidence_clauses": (10, 8, False),
    "subsidence_mines": (3, 2, False),
    "mountain_positions": (5, 4, False),
    "name_variants": (28, 24, False),
    "rivers_outside_key_area": (7, 4, False),
    "rivers_counted_twice": (9, 7, False),
    "split_township": (18, 0, False),
    "two_zonings": (3, 3, True),
    "open_complete_lists": (4, 0, False),
    "township_units": (10, 13, False),
    "villages_gone": (12, 5, False),
    "county_area_public": (482.28, 483, False),
    "county_area_polygon": (482.28, 474.84, False),
    "renewal_urban_rural": (40.14, 0, False),
    "phase_missing": (20, 6, False),
    "key_area_rivers_without_project": (5, 4, False),
    "pattern_rivers_outside_key_area": (5, 3, False),
    "key_area_rivers_outside_pattern": (4, 3, False),
    "zone_rivers_alone": (2, 1, False),
    "mountains_outside_key_area": (4, 3, False),
    "south_subsidence": (4, 0, False),
    "south_restoration": (4, 0, False),
    "reserve_land_zone": (5, 2, False),
    "urban_renewal_project": (2, 0, False),
    "gully_project": (1, 0, False),
    "waste_project": (1, 0, False),
    "geohazard": (4, 0, False),
    "works_or_types": (2, 1, False),
    "types_not_categories": (6, 3, False),
    "far_hsf_target": (1, 0, False),
    "approach_words": (4, 3, False),
    "subsidence_across_split": (2, 1, False),
    "whole_area_villages": (7, 4, False),
    "hsf_accepted": (1, 0, False),
    "waste_harmless": (1, 0, False),
}
DIFFERING = {
    "restoration_scope": "经坊煤业、西下郝村、高村、高河煤矿",
    "subsidence_mines": "郝家庄镇",
    "rivers_outside_key_area": "北宋水库、荫城河、黎黑水河",
    "key_area_rivers_without_project": "陶清河",
    "pattern_rivers_outside_key_area": "荫城河、黎黑水河",
    "key_area_rivers_outside_pattern": "色头河",
    "zone_rivers_alone": "定流河",
    "mountains_outside_key_area": "五谷山",
    "reserve_land_zone": "西掌村、西村、龙山村",
    "whole_area_villages": "水泉庄、池里、鲍村",
    "approach_words": "自然辅助再生",
    "subsidence_across_split": "中东部",
}


def test_every_contradiction_is_computed(built: Path) -> None:
    found = {
        code: (left, right, consistent)
        for code, left, right, consistent in rows(
            built,
            "select inconsistency_code, left_value, right_value, is_consistent from marts.mart_plan_inconsistency",
        )
    }
    by_hand = {
        code: (pytest.approx(left, abs=1e-4), pytest.approx(right, abs=1e-4), consistent)
        for code, (left, right, consistent) in ARITHMETIC.items()
    }
    assert found == by_hand


def test_the_names_that_make_a_difference_are_said(built: Path) -> None:
    found = dict(rows(built, "select inconsistency_code, differing_zh from marts.mart_plan_inconsistency"))
    assert {code: found[code] for code in DIFFERING} == DIFFERING


def test_only_what_the_plan_says_of_itself_is_its_own(built: Path) -> None:
    found = dict(rows(built, "select inconsistency_code, kind from marts.mart_plan_inconsistency where is_plans_own"))
    assert set(found.values()) == {"plan"}
    others = {"scale_halves", "cropland_yield", "county_area_public", "villages_gone", "hsf_accepted"}
    assert not others & set(found), "derived, or from another source"
    assert not {"two_zonings", "claimed_counts"} & set(found), "consistent"
    assert {"phase_dropped", "south_subsidence", "works_or_types", "geohazard"} <= set(found)


def test_the_other_reading_changes_what_the_data_say(built: Path) -> None:
    effects = "select inconsistency_code, effect_of_reading, effect_of_other from marts.mart_plan_inconsistency"
    found = {code: figures for code, *figures in rows(built, effects)}
    assert found["cropland_parts"] == [pytest.approx(100 * 7 / 489.82), pytest.approx(100 * 7 / 482.67)]
    assert found["counted_from"] == [13.0, 113.0]  # 100 ha were accepted on the last day of 2021
    assert found["split_township"] == [7.0, 0.0]
    assert found["county_area_public"] == [10.0, pytest.approx(100 / 482.28)]
    assert found["forest_land_need"] == [pytest.approx((15.32 - 10) / 100 * 1000), pytest.approx(848.89 - 13)]
    assert found["hsf_within_scale"] == [
        pytest.approx(100 * 13 / 424.69),
        pytest.approx(100 * (13 + 4000 / 15) / 424.69),
    ]
    assert found["whole_area_villages"] == [2.0, 2.0]  # none of the linked cropland lies in 韩店街道
    assert found["reserve_land_zone"] == [None, None]  # no acceptance of A4


def test_every_statement_says_what_measures_it_or_that_nothing_does(built: Path) -> None:
    found = rows(built, "select statement_code, standing_zh from marts.mart_plan_statement")
    assert {code for code, _ in found} == {row["statement_code"] for row in table("plan_statement")}
    assert all(words for _, words in found)
    standing = dict(rows(built, "select statement_code, standing from marts.mart_plan_statement"))
    linked = {row["source_code"] for row in table("plan_link")}
    assert {code for code, one in standing.items() if one == "not_linked"} == set(standing) - linked
    assert {code: standing[code] for code in (
        "key_area_measure_ka_gully_2", "zone_task_cz_basin_2", "key_area_measure_ka_urban_2", "safeguard_duty_innovation_3",
        "pattern_patch_1",
        "zone_direction_rz_basin_2", "zone_direction_rz_south_4",
        "performance_dimension_1", "safeguard_duty_innovation_2",
    )} == {
        "key_area_measure_ka_urban_2": "not_linked", "safeguard_duty_innovation_3": "no_data", "pattern_patch_1": "no_data",
        "key_area_measure_ka_gully_2": "nothing", "zone_task_cz_basin_2": "done", "zone_direction_rz_basin_2": "measured",
        "zone_direction_rz_south_4": "no_data", "performance_dimension_1": "no_data", "safeguard_duty_innovation_2": "no_data",
    }  # fmt: skip


def test_a_statement_names_its_projects_villages_and_subject(built: Path) -> None:
    columns = "subject_zh, project_ids, measure_codes, villages, is_link_printed"
    of = f"select {columns} from marts.mart_plan_statement where statement_code ="
    assert rows(built, f"{of} 'zone_task_cz_wulong_1'") == [
        ("五龙山国土综合整治区", "A4", "accepted_area;cropland_reserve", "定流村、西掌村、西村、贾掌村、龙山村", False)
    ]
    assert rows(built, f"{of} 'safeguard_duty_finance_1'") == [("健全财税金融机制", None, None, None, True)]
    shown = "select measured_by_zh, shown_in from marts.mart_plan_statement where statement_code ="
    assert rows(built, f"{shown} 'zone_direction_rz_wulong_1'") == [
        (
            "森林面积、退化林修复面积、退化林面积",
            "fct_measure;mart_ecology_detail;mart_project_register;mart_restoration_output",
        )
    ]
    assert rows(built, f"{shown} 'subsidence_01_1'") == [("采空塌陷面积", "fct_measure;mart_subsidence")]


def test_a_zones_task_shows_what_its_projects_did_there(built: Path) -> None:
    columns = "figure_code, value, measure_unit, reporting_project_ids, standing, is_allocated"
    of = f"select {columns} from marts.mart_zone_task where (task_code, zone_code) ="
    assert rows(built, f"{of} ('zone_task_cz_basin_2', 'cz_basin') order by 1") == [
        ("accepted_area", 6.0, "ha", "A3", "done", True),
        ("cropland_reserve", 3.0, "ha", "A3", "done", True),
    ]
    assert rows(built, f"{of} ('zone_task_cz_south_1', 'cz_south')") == [("hsf", None, "mu", None, "nothing", False)]
    assert rows(built, f"{of} ('zone_direction_rz_south_3', 'rz_south') order by 1") == [
        ("mines", None, "count", None, "no_data", False),
        ("subsidence_area", None, None, None, "no_data", False),
        ("treated_area", None, "ha", None, "no_data", False),
    ]
    assert rows(built, f"{of} ('zone_direction_rz_basin_1', 'rz_basin')") == [
        (None, None, None, None, "not_linked", False)
    ]
    assert rows(built, f"{of} ('zone_direction_rz_basin_2', 'rz_basin')") == [
        ("rural_waste_treatment_rate", 80.0, "%", None, "measured", True)
    ]
    assert rows(built, f"{of} ('rk_mountain', 'rz_wulong') and figure_kind = 'measure'") == [
        ("forest_area", 60.0, "ha", None, "measured", False)
    ]


def test_a_task_counts_only_results_that_say_that_they_are_of_it(built: Path) -> None:
    columns = "figure_code, value, not_stated_value, other_value, null_reason, null_reason_zh, standing"
    of = f"select {columns} from marts.mart_zone_task where (task_code, zone_code) ="
    unstated = "本区有验收成果，没有写明是否属于这项任务"
    none_here = "本区没有对应工程的验收成果"
    assert rows(built, f"{of} ('zone_task_cz_basin_2', 'cz_basin') and figure_code = 'accepted_area'") == [
        ("accepted_area", 6.0, None, None, None, None, "done")
    ]
    assert rows(built, f"{of} ('zone_task_cz_south_1', 'cz_south')") == [
        ("hsf", None, None, None, "none_accepted", none_here, "nothing")
    ]
    assert rows(built, f"{of} ('zone_task_cz_wulong_3', 'cz_wulong')") == [
        (
            "hsf",
            None,
            1000.0,
            None,
            "not_stated",
            unstated,
            "not_stated",
        )  # 4,000 mu over the township, of no stated quality
    ]
    assert rows(built, f"{of} ('key_area_measure_ka_gully_1', 'cz_south')") == [
        (None, None, None, None, "not_linked", "没有工程和数据与之对应", "not_linked")
    ]
    missing = "select count(*) from marts.mart_zone_task where (value is null) <> (null_reason is not null)"
    assert rows(built, missing) == [(0,)]


def test_the_six_types_add_up_to_what_the_zones_have_been_accepted_for(built: Path) -> None:
    found = rows(
        built,
        """
        select zone_code, sum(value) from marts.mart_zone_task
        where is_additive and figure_code = 'accepted_area' group by 1 order by 1
    """,
    )
    of_zones = rows(
        built,
        """
        select area_code, value from marts.mart_target_progress
        where indicator_code = 'land_consolidation_area' and target_year = 2035 and zoning = 'consolidation' and value > 0 order by 1
    """,
    )
    assert found == [(zone, pytest.approx(value)) for zone, value in of_zones]


def test_every_task_of_every_zone_is_there(built: Path) -> None:
    found = dict(rows(built, "select kind, count(distinct task_code) from marts.mart_zone_task group by 1"))
    assert found == {
        "zone_task": 11,
        "zone_direction": 12,
        "consolidation_project_type": 6,
        "key_area_measure": 10,
        "key_area": 3,
    }


def test_a_key_area_shows_its_measures_and_what_was_done_in_its_townships(built: Path) -> None:
    columns = "measure, open_words, linked_project_ids, township_accepted_area_ha, standing"
    of = f"select {columns} from marts.mart_key_area where (key_area_code, place) ="
    assert rows(built, f"{of} ('ka_rural', '小坟上')") == [("搬迁村治理", "等", "B1、B2", None, "no_data")]
    assert rows(built, f"{of} ('ka_gully', '五谷山')") == [
        ("统筹推进治山治水治村、有序实施整沟治理", "等", None, None, "no_data")
    ]
    assert rows(built, f"{of} ('rk_mountain', '首阳山')") == [(None, "以…为主", "E1", None, "not_placed")]
    named = "select printed_as, same_place_by, zone_codes from marts.mart_key_area where place ="
    assert rows(built, f"{named} '浊漳河南源'") == [("浊漳河", "inference", None)]
    assert rows(built, f"{named} '贾掌村'") == [("贾掌村", "printed", "cz_basin、cz_wulong")]
    assert rows(built, f"{named} '司马煤业'") == [("司马煤业", "printed", "rz_basin、rz_wulong")]


def test_a_target_keeps_the_plans_words(built: Path) -> None:
    found = rows(
        built,
        """
        select target_words, target_scope_words from marts.mart_target_progress
        where area_level = 'district' and indicator_code in ('hsf_upgrade_area', 'linked_reclaimed_cropland') order by target_year
    """,
    )
    assert found == [
        ("约", "中低质量耕地，纳入建设范围，提质改造"),
        ("安排", "废弃采矿用地、地质灾害搬迁村等，挂钩类"),
    ]


def test_a_project_says_for_what_its_townships_and_phases_are_stated(built: Path) -> None:
    columns = "townships_stated_for, phase_in_part_5, phase_in_part_7"
    found = rows(built, f"select project_id, {columns} from marts.dim_project where project_id in ('A1', 'A3', 'D1')")
    assert sorted(found) == [
        ("A1", "project", None, "近期"),
        ("A3", "category", "近期", None),
        ("D1", "category", None, None),
    ]
    assert rows(built, "select phase_in_plan from marts.mart_project_register where project_id = 'A3'") == [("近期",)]
