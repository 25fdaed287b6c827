"""The plan's contradictions, computed from its seeds, and the small district under the other reading."""

from pathlib import Path

import pytest

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
    "phase_dropped": (5, 2, False),
    "claimed_counts": (20, 20, True),
    "restoration_scope": (4, 0, False),
    "subsidence_clauses": (10, 8, False),
    "subsidence_mines": (2, 1, False),
    "mountain_positions": (5, 4, False),
    "name_variants": (27, 23, False),
    "rivers_outside_key_area": (7, 4, False),
    "rivers_counted_twice": (9, 7, False),
    "split_township": (18, 0, False),
    "two_zonings": (6, 3, False),
    "open_complete_lists": (4, 0, False),
    "township_units": (10, 13, False),
    "villages_gone": (12, 5, False),
    "county_area_public": (482.28, 483, False),
    "county_area_polygon": (482.28, 474.84, False),
    "renewal_urban_rural": (40.14, 0, False),
    "phase_missing": (20, 6, False),
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
