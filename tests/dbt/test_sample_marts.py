"""The marts of the published clean samples against the key: cross-checks between sources, and land by class."""

from collections import defaultdict
from typing import Any

import pytest

from contracts.reference import lookup
from tests.support.answers import agree, key
from warehouse.home import Home
from warehouse.serving import connect

pytestmark = pytest.mark.slow

# how the key names a quantity, where our registry's name is another
NAMES = {
    "eco_redline_area": "redline_area",
    "hsf_upgrade_area (mu)": "hsf_upgrade_area",
    "supplemented_cropland_area (flow of 2024)": "cropland_gained",
    "inefficient_land_renewal_area (flow of 2024)": "inefficient_renewed",
}
DISTRICT = "140404"


def _area(level: str) -> str:
    return DISTRICT if level in ("district", "全区") else lookup("township", "township_name", "township_code")[level]


SIDE_BY_SIDE = [row for row in key("expected_crosschecks") if "flow of" not in row["indicator"]]
FLOWS = [row for row in key("expected_crosschecks") if "flow of" in row["indicator"]]


def _named(row: dict[str, str]) -> str:
    return f"{row['indicator']} {row['level']} {row['period']}"


def _reconciled(home: Home, row: dict[str, str], columns: str) -> tuple[Any, ...]:
    """The reconciliation's row for a row of the key."""
    code = NAMES.get(row["indicator"], row["indicator"])
    with connect(home) as con:
        (found,) = con.execute(
            f"select {columns} from mart_area_reconciliation where reconciliation_code = ? and area_code = ? and period = ?",
            [code, _area(row["level"]), row["period"]],
        ).fetchall()
    return found


@pytest.mark.parametrize("row", SIDE_BY_SIDE, ids=_named)
def test_two_sources_stand_side_by_side_as_in_the_key(clean_home: Home, row: dict[str, str]) -> None:
    columns = "difference, tolerance, verdict, measured_value, accepted_value, reported_value, declared_value"
    difference, tolerance, verdict, *evidence_sources = _reconciled(clean_home, row, columns)
    first, second = [value for value in evidence_sources if value is not None]
    assert agree(first, row["value_a"]) and agree(second, row["value_b"])
    assert difference == pytest.approx(float(row["difference"]), abs=1e-6)
    assert tolerance == float(row["agrees_within"]) and verdict == "agree"


@pytest.mark.parametrize("row", FLOWS, ids=_named)
def test_a_years_accepted_flow_is_that_of_the_key(clean_home: Home, row: dict[str, str]) -> None:
    (accepted,) = _reconciled(clean_home, row, "accepted_value")
    assert agree(accepted, row["value_b"])


@pytest.mark.parametrize("row", [row for row in FLOWS if "非耕地->耕地" in row["source_a"]], ids=_named)
def test_what_became_cropland_is_measured_as_in_the_key(clean_home: Home, row: dict[str, str]) -> None:
    measured, verdict = _reconciled(clean_home, row, "measured_value, verdict")
    assert agree(measured, row["value_a"]) and verdict == "agree"


def test_land_transition_closes_on_both_years_and_knows_the_renewed_land(clean_home: Home) -> None:
    (renewed,) = [row for row in FLOWS if "0602/0702" in row["source_a"]]
    with connect(clean_home) as con:
        found = con.execute("""
            select sum(area_ha), min(area_ha) > 0, sum(area_ha) filter (change = 'one_year_only'), count(distinct township_code),
                sum(area_ha) filter (from_class_code in ('0602', '0702') and to_class_code in ('0701', '1202')), count(distinct part_code)
            from mart_land_transition where (from_period, to_period) = ('2023', '2024')
        """).fetchall()
        margins = con.execute("""
            with went as (
                select township_code, from_class_code as code, sum(area_ha) as ha from mart_land_transition group by all
            ), came as (
                select township_code, to_class_code as code, sum(area_ha) as ha from mart_land_transition group by all
            ), side as (
                select '2023' as period, * from went union all select '2024', * from came
            )
            select max(abs(side.ha - land.measured_ha)), count(*) from side
            full join (select * from mart_land_class where period in ('2023', '2024') and measured_ha > 0) as land
                on side.period = land.period and side.township_code = land.township_code and side.code = land.land_class_code
        """).fetchall()
        (pairs,) = con.execute("""
            select count(*) from (select distinct period, township_code, land_class_code from mart_land_class
            where period in ('2023', '2024') and measured_ha > 0)
        """).fetchall()[0]
    ((whole, is_positive, of_one_year, townships, became, parts),) = found
    # the parcels of both years, to the square metre: geodesic edges, as in the key
    assert whole == pytest.approx(48227.99986247, abs=1e-4)
    assert (is_positive, of_one_year, townships, parts) == (True, None, 10, 11)
    assert agree(became, renewed["value_a"])
    assert (margins[0][0] < 1e-6, margins[0][1]) == (True, pairs)


def test_land_by_class_is_that_of_the_key(clean_home: Home) -> None:
    expected: dict[tuple[str, ...], float] = defaultdict(float)
    for row in key("expected_overlay"):
        expected[row["year"], row["township_code"], row["land_class_code"]] += float(row["area_m2"])
    with connect(clean_home) as con:
        found = {
            (period, township, land_class): hectares * 1e4
            for period, township, land_class, hectares in con.execute(
                "select period, township_code, land_class_code, measured_ha from mart_land_class where measured_ha > 0"
            ).fetchall()
        }
        declared = con.execute(
            "select max(abs(difference_ha)) from mart_land_class where period in ('2023', '2024')"
        ).fetchall()
    # the key has geodesic edges and two decimals for each part and zone
    assert found == {place: pytest.approx(area, rel=5e-8, abs=0.03) for place, area in expected.items()}
    assert declared[0][0] < 0.01


def test_a_zones_accepted_and_reported_figures_are_one(clean_home: Home) -> None:
    with connect(clean_home) as con:
        found = con.execute(
            """
            with reported as (
                select zone_code, measure_code, sum(value) as value from mart_project_zone where period = '2025-06' group by all
            )
            select indicator.area_code, indicator.indicator_code, indicator.numerator, reported.value
            from mart_indicator_zone as indicator
            inner join (values
                ('land_consolidation_area', 'consolidated_area_to_date'), ('supplemented_cropland_area', 'cropland_to_date'),
                ('hsf_upgrade_area', 'hsf_to_date'), ('linked_reclaimed_cropland', 'reclaimed_to_date')
            ) as pair (indicator_code, measure_code) using (indicator_code)
            inner join reported on reported.zone_code = indicator.area_code and reported.measure_code = pair.measure_code
            where indicator.period = '2025Q2'
            """
        ).fetchall()
    assert len(found) == 24
    for zone, indicator, accepted, reported in found:
        assert reported == pytest.approx(accepted, abs=1e-9), (zone, indicator)
    wulong = {indicator: round(reported, 6) for zone, indicator, _, reported in found if zone == "cz_wulong"}
    assert wulong == {
        "land_consolidation_area": 51.3,
        "supplemented_cropland_area": 38.85,
        "hsf_upgrade_area": 3070.0,
        "linked_reclaimed_cropland": 15.8,
    }


def test_what_was_not_reported_is_null_with_its_reason(clean_home: Home) -> None:
    with connect(clean_home) as con:
        curve = con.execute(
            """
            select planned_area_ha, cum_consolidated_area_ha, area_null_reason from mart_project_s_curve
            where project_id = 'F5' and is_latest
            """
        ).fetchall()
        money = con.execute(
            """
            select zone_code, round(sum(value)), any_value(null_reason) filter (value is null), count(value) from mart_project_zone
            where measure_code = 'investment_to_date' and period = '2025-06' and zoning = 'restoration'
                and left(project_id, 1) in ('D', 'E', 'F')
            group by zone_code order by zone_code
            """
        ).fetchall()
        beside_a_plan = con.execute(
            """
            select project_id from mart_project_s_curve
            where area_null_reason = 'no_such_output' and planned_area_ha > 0
                or cum_consolidated_area_ha is null and area_null_reason is null
            """
        ).fetchall()
    assert curve == [(pytest.approx(276.16), None, "planned_not_reported")]
    assert beside_a_plan == [], "never said to have no such output beside a planned area, nor empty without a reason"
    assert money == [
        ("rz_basin", 9564.0, "not_reported", 10),
        ("rz_south", None, "not_reported", 0),
        ("rz_wulong", 16681.0, None, 13),
    ]


def test_no_project_of_the_samples_is_late_and_money_adds_up(clean_home: Home) -> None:
    with connect(clean_home) as con:
        late = con.execute("select count(*) from mart_project_progress where delay_months > 0 or is_overdue").fetchall()
        money = con.execute(
            """
            with line as (
                select project_id, period, sum(arrived_wan) as arrived_wan from mart_project_funds_line
                where reported_in = 'project_progress' group by all
            )
            select max(abs(total.arrived_reported_wan - line.arrived_wan)), count(*) filter (where total.is_latest)
            from mart_project_funds as total inner join line using (project_id, period)
        """
        ).fetchall()
        ledger = con.execute(
            "select count(*), count(*) filter (where is_counted) from mart_supplemented_cropland_ledger"
        ).fetchall()
    assert late == [(0,)]
    assert money == [(pytest.approx(0, abs=1e-9), 20)]
    assert ledger == [(27, 26)]
