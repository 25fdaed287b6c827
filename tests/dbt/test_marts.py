"""The whole dbt project over the small district: figures computed by hand, closure, comments, order of arrival, and an empty
warehouse.
"""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.dbt_builds import DATABASE, PROJECT, EmptyBuild, build, dbt, in_reverse, rows
from tests.support.small_district import BAYI, EAST, WEST, XICHI
from tests.support.small_district_records import full_district
from warehouse.marts import checksum

pytestmark = pytest.mark.slow
DISTRICT, SUDIAN = "140404", "140404101"


def figures(path: Path, mart: str, indicator: str, period: str) -> dict[str, tuple[Any, ...]]:
    """Area code to (numerator, denominator, value, is_allocated, is_provisional)."""
    found = rows(
        path,
        f"""
        select area_code, numerator, denominator, value, is_allocated, is_provisional from marts.mart_indicator_{mart}
        where indicator_code = '{indicator}' and period = '{period}'
    """,
    )
    return {row[0]: row[1:] for row in found}


def test_one_acceptance_closes_neither_its_quarter_nor_its_year(built: Path) -> None:
    found = rows(
        built,
        """
        select period, is_provisional, data_through, in_period_value, data_age_days, data_age_as_of_days, as_of_date
        from marts.mart_indicator_district where indicator_code = 'land_consolidation_area' and period >= '2024Q4' order by 1
    """,
    )
    # nothing is expected: the build judges as of the day after its data, which reach the end of 2025 (ecology)
    as_of = date(2026, 1, 1)
    assert found == [
        ("2024Q4", False, date(2024, 12, 31), 5.0, 365, 366, as_of),
        ("2025", True, date(2025, 2, 4), 0.0, 330, 331, as_of),
        ("2025Q1", True, date(2025, 2, 4), 0.0, 330, 331, as_of),
    ]
    board = rows(
        built,
        """
        select indicator_code, data_through, value, status, is_overdue, required_per_year from marts.mart_target_progress
        where area_level = 'district' and target_year = 2025 order by 1
    """,
    )
    assert board == [
        ("eco_redline_area", date(2025, 12, 31), pytest.approx(0.3), "data_short", False, None),  # seven are silent
        ("forest_coverage_rate", date(2024, 12, 31), 10.0, "data_short", False, None),
        ("hsf_upgrade_area", date(2025, 2, 4), pytest.approx(0.4), "data_short", False, None),
        ("land_consolidation_area", date(2025, 2, 4), 13.0, "data_short", False, None),
        ("supplemented_cropland_area", date(2025, 2, 4), 7.0, "data_short", False, None),
        ("wetland_protection_rate", date(2024, 12, 31), 25.0, "met", False, 0.0),
    ]


def test_a_ledger_that_declares_the_end_of_the_year_completes_it(built: Path, tmp_path: Path) -> None:
    tables = full_district()
    said = {"part": "declared_day", "kind": "taken", "item_no": 1, "read_as": "2025-12-31", "items": 1}
    ledger = {
        "submission_id": "L9",
        "file_name": "验收台账（截至2025年12月31日）.xlsx",
        "dataset": "project_acceptance",
    }
    tables["submission"] = [*tables["submission"], {**tables["submission"][0], **ledger, "state": "accepted"}]
    tables["reading_item"] = [*tables.get("reading_item", []), {"submission_id": "L9", **said}]
    declared = build(
        tmp_path,
        tables,
        "--exclude-resource-type",
        "test",
        "unit_test",
        "--select",
        "+mart_target_progress",
        "+mart_submission",
        "+mart_indicator_district",
    )
    assert figures(declared, "district", "land_consolidation_area", "2025")[DISTRICT][-1] is False
    assert figures(built, "district", "land_consolidation_area", "2025")[DISTRICT][-1] is True
    told = "select submission_id from marts.mart_submission where declared_through = date '2025-12-31'"
    assert (rows(declared, told), rows(built, told)) == ([("L9",)], [])
    status = """select indicator_code, data_through, status from marts.mart_target_progress where area_level = 'district'
        and target_year = 2025 and indicator_code in ('land_consolidation_area', 'forest_coverage_rate') order by 1"""
    assert rows(declared, status) == [
        ("forest_coverage_rate", date(2024, 12, 31), "data_short"),  # no ledger of events: the day says nothing of it
        ("land_consolidation_area", date(2025, 12, 31), "missed"),
    ]


def test_what_a_project_reports_lies_where_it_was_accepted(built: Path) -> None:
    found = rows(
        built,
        """
        select measure_code, zone_code, value, null_reason, is_additive from marts.mart_project_zone
        where measure_code in ('consolidated_area_to_date', 'cropland_to_date', 'hsf_to_date') and zoning = 'consolidation'
        order by 1, 2
    """,
    )
    # accepted: 6 of 8 ha and 3 of 4 ha of cropland in the west, 5 and 3 in the east. Of the 7 ha of cropland 6 are reported
    assert found == [
        ("consolidated_area_to_date", "cz_basin", 6.0, None, True),
        ("consolidated_area_to_date", "cz_south", None, "not_reported", False),
        ("consolidated_area_to_date", "cz_wulong", 7.0, None, True),
        ("cropland_to_date", "cz_basin", pytest.approx(6 * 3 / 7), None, True),
        ("cropland_to_date", "cz_south", None, "not_reported", False),
        ("cropland_to_date", "cz_wulong", pytest.approx(6 * 4 / 7), None, True),
        *(("hsf_to_date", zone, None, "no_such_output", False) for zone in ("cz_basin", "cz_south", "cz_wulong")),
    ]
    curve = rows(
        built,
        """
        select cum_consolidated_area_ha, area_null_reason, cum_cropland_ha, cropland_null_reason, cum_hsf_mu, hsf_null_reason,
            data_age_as_of_days
        from marts.mart_project_s_curve
    """,
    )
    assert curve == [(13.0, None, 6.0, None, None, "no_such_output", 215)]


def test_a_ratio_is_the_sum_of_numerators_over_the_sum_of_denominators(built: Path) -> None:
    assert figures(built, "district", "forest_coverage_rate", "2024") == {DISTRICT: (100.0, 1000.0, 10.0, False, False)}
    zones = figures(built, "zone", "forest_coverage_rate", "2024")
    assert zones["cz_wulong"] == zones["rz_wulong"] == (60.0, 300.0, 20.0, False, False)
    assert zones["cz_basin"] == (0.0, 600.0, 0.0, False, False)
    townships = figures(built, "township", "forest_coverage_rate", "2024")
    assert townships[SUDIAN] == (50.0, 800.0, 6.25, False, False)
    assert townships[EAST[0]] == (50.0, 200.0, 25.0, False, False)


def test_nothing_over_nothing_is_null_and_protected_land_is_a_part_of_the_whole(built: Path) -> None:
    townships = figures(built, "township", "wetland_protection_rate", "2024")
    assert townships[WEST[0]] == (3.0, 12.0, 25.0, False, False)
    assert townships[EAST[0]] == (0.0, 0.0, None, False, False)


def test_accepted_results_add_up_from_the_base_year_on_the_ground_of_their_sites(built: Path) -> None:
    periods = rows(
        built,
        "select period, value from marts.mart_indicator_district where indicator_code = 'land_consolidation_area' order by 1",
    )
    assert periods == [
        ("2024", 13.0),
        ("2024Q1", 0.0),
        ("2024Q2", 8.0),
        ("2024Q3", 8.0),
        ("2024Q4", 13.0),
        ("2025", 13.0),
        ("2025Q1", 13.0),
    ]
    townships = figures(built, "township", "land_consolidation_area", "2024")
    assert townships[SUDIAN] == (13.0, None, 13.0, False, False)
    assert townships[WEST[0]] == (6.0, None, 6.0, True, False)  # 30 of 40 ha of one site
    assert townships[EAST[0]] == (7.0, None, 7.0, True, False)
    assert townships[XICHI[0]] == (0.0, None, 0.0, False, False)
    assert figures(built, "district", "supplemented_cropland_area", "2025") == {DISTRICT: (7.0, None, 7.0, False, True)}


def test_without_a_site_a_split_township_is_shared_by_measured_area(built: Path) -> None:
    zones = figures(built, "zone", "hsf_upgrade_area", "2025Q1")
    # the last record is of 4 February, and no monthly report says that no other came by the quarter's end
    assert zones["cz_basin"] == (3000.0, None, pytest.approx(0.3, rel=1e-12), True, True)
    assert zones["cz_wulong"] == (1000.0, None, pytest.approx(0.1, rel=1e-12), True, True)
    assert zones["cz_south"] == (0.0, None, 0.0, False, True)


def test_a_year_of_reports_is_its_quarters_and_provisional_while_one_is_missing(built: Path) -> None:
    zones = figures(built, "zone", "rural_waste_treatment_rate", "2024")
    assert zones["cz_basin"] == (240.0, 300.0, 80.0, True, True)  # four of its townships are silent
    assert zones["cz_wulong"] == (120.0, 140.0, pytest.approx(600 / 7), True, False)
    assert zones["cz_south"] == (135.0, 150.0, pytest.approx(90.0), False, True)
    townships = figures(built, "township", "rural_waste_treatment_rate", "2024")
    assert townships[SUDIAN] == (320.0, 400.0, 80.0, False, False)
    assert townships[BAYI[0]] == (135.0, 150.0, pytest.approx(90.0), False, True)  # its fourth quarter is missing
    assert set(figures(built, "township", "rural_waste_treatment_rate", "2024Q4")) == {
        SUDIAN,
        WEST[0],
        EAST[0],
        XICHI[0],
    }


def test_statistics_stand_in_only_where_no_layer_came(built: Path) -> None:
    sources = dict(
        rows(
            built,
            "select period, source from marts.mart_indicator_district where indicator_code = 'forest_coverage_rate'",
        )
    )
    assert sources == {"2024": "spatial", "2025": "ecology"}
    assert figures(built, "district", "forest_coverage_rate", "2025")[DISTRICT] == (150.0, 1000.0, 15.0, False, True)


def test_a_target_is_judged_by_the_latest_complete_period(built: Path) -> None:
    board = rows(
        built,
        """
        select indicator_code, period, value, status from marts.mart_target_progress
        where area_level = 'district' and target_year = 2035
        and indicator_code in ('eco_redline_area', 'forest_coverage_rate', 'inefficient_land_renewal_area', 'land_consolidation_area')
        order by 1
    """,
    )
    assert board == [
        ("eco_redline_area", "2025", pytest.approx(0.3), "no_trend"),  # declared by three townships; there is no better
        ("forest_coverage_rate", "2024", 10.0, "no_trend"),
        ("inefficient_land_renewal_area", "2025Q1", 0.0, "stalled"),
        ("land_consolidation_area", "2025Q1", 13.0, "slow"),
    ]
    keys = "select count(*), count(distinct (indicator_code, target_year, area_code)) from marts.mart_target_progress"
    assert rows(built, keys) == [(105, 105)]


def test_a_projects_month_stands_beside_its_plan(built: Path) -> None:
    found = rows(
        built,
        """
        select funds_arrived_wan, investment_of_plan_pct, project_investment_of_plan_pct, investment_of_funds_pct, time_elapsed_pct,
            is_overdue
        from marts.mart_project_progress
    """,
    )
    assert found == [(125.0, 50.0, 25.0, 80.0, 100.0, True)]
    money = rows(
        built,
        """
        select zone_code, value from marts.mart_project_zone
        where measure_code = 'investment_to_date' and zoning = 'consolidation' order by 1
    """,
    )
    # 30 of 50 ha of the project's sites lie west; the south reported nothing
    assert money == [("cz_basin", 60.0), ("cz_south", None), ("cz_wulong", 40.0)]


def test_tables_and_columns_carry_their_chinese_titles(built: Path) -> None:
    untitled = rows(
        built, "select table_name, column_name from duckdb_columns() where schema_name = 'marts' and comment is null"
    )
    assert untitled == []
    comment = rows(
        built, "select comment from duckdb_columns() where table_name = 'dim_township' and column_name = 'land_area_ha'"
    )
    assert comment[0][0].startswith("土地面积（公顷）：")


def test_one_row_of_the_registry_is_all_that_an_indicator_needs(built: Path, tmp_path: Path) -> None:
    """The row of docs/adding-an-indicator.md, which tests/docs adds to the seed itself in `make test-all`."""
    path = tmp_path / DATABASE
    path.write_bytes(built.read_bytes())
    document = (PROJECT.parent / "docs" / "adding-an-indicator.md").read_text(encoding="utf-8")
    (row,) = [line for line in document.splitlines() if line.startswith("wetland_rate,")]
    with duckdb.connect(str(path)) as con:
        con.execute(
            f"insert into plan.indicator values ({', '.join('?' * (row.count(',') + 1))})",
            [word or None for word in row.split(",")],
        )
    models = ("--select", "indicator+,+mart_indicator_district", "--exclude", "resource_type:seed")
    assert dbt(path, "run", *models).success
    found = rows(
        path,
        "select numerator, denominator, value, unit from marts.mart_indicator_district where indicator_code = 'wetland_rate'",
    )
    assert found and all(
        value == pytest.approx(100 * part / whole) and measure_unit == "%" for part, whole, value, measure_unit in found
    )


@pytest.mark.parametrize(
    "selected",
    [("--select", "+mart_indicator_zone", "+mart_project_progress"), pytest.param((), marks=pytest.mark.thorough)],
    ids=["some", "all"],
)
def test_the_order_of_arrival_leaves_no_trace(built: Path, tmp_path: Path, selected: tuple[str, ...]) -> None:
    other = build(tmp_path, in_reverse(full_district()), "--exclude-resource-type", "test", "unit_test", *selected)
    marts = [
        name for (name,) in rows(other, "select table_name from duckdb_tables() where schema_name = 'marts' order by 1")
    ]
    sums = []
    for path in (built, other):
        with duckdb.connect(str(path), read_only=True) as con:
            sums.append({name: checksum(con, f"marts.{name}") for name in marts})
    all_marts = sorted(path.stem for path in (PROJECT / "models" / "marts").glob("*.sql"))
    assert marts == all_marts if not selected else {"mart_indicator_zone", "mart_project_progress"} <= set(marts)
    assert sums[0] == sums[1]


def test_a_zone_that_does_not_add_up_stops_the_build(built: Path, tmp_path: Path) -> None:
    path = tmp_path / DATABASE
    path.write_bytes(built.read_bytes())
    with duckdb.connect(str(path)) as con:
        con.execute(
            "update marts.mart_indicator_zone set numerator = numerator + 0.001 where area_code = 'cz_basin' and period = '2024Q4'"
        )
    outcome = dbt(path, "test", "--select", "zones_of_a_zoning_add_up_to_the_district")
    assert not outcome.success
    assert outcome.result.results[0].failures == 7  # six cumulative flows and the waste rate have a 2024Q4


def test_figures_of_a_zone_that_differ_between_marts_stop_the_build(built: Path, tmp_path: Path) -> None:
    path = tmp_path / DATABASE
    path.write_bytes(built.read_bytes())
    assert rows(path, "select count(*) from marts.mart_indicator_zone where is_additive") != [(0,)]
    with duckdb.connect(str(path)) as con:
        con.execute("update marts.dim_zone set land_area_ha = land_area_ha + 1 where zone_code = 'cz_basin'")
        con.execute(
            "update marts.mart_project_zone set value = value + 0.001 where zone_code = 'rz_wulong' and measure_code = 'investment_to_date'"
        )
        con.execute("update marts.mart_indicator_zone set is_additive = true where area_code = 'rz_basin'")
        con.execute(
            """
            insert into marts.mart_restoration_output by name
            select 'F1' as project_id, area_level, 'x' as area_code, zoning, 'river' as output_kind, amount as accepted_amount,
                false as is_additive, false as is_allocated, false as is_plan_unplaced, 'accepted' as status, '' as project_name,
                '' as category, '' as area_name, '' as status_zh
            from (values ('district', null, 3.0), ('zone', 'consolidation', 3.0), ('zone', 'restoration', 2.0))
                as made (area_level, zoning, amount)
        """
        )
    tests = (
        "zone_figures_agree_across_marts",
        "project_zones_close_on_the_project",
        "additive_rows_add_up_to_the_district",
        "zones_close_on_the_district",
    )
    outcome = dbt(path, "test", "--select", *tests, "reported_and_accepted_agree_by_zone")
    failed = {item.node.name for item in outcome.result.results if item.status == "fail"}
    assert failed == set(tests)


def test_an_empty_warehouse_builds_and_knows_nothing(empty_build: EmptyBuild) -> None:
    path = empty_build.path
    for level in ("district", "zone", "township"):
        assert rows(path, f"select count(*) from marts.mart_indicator_{level}") == [(0,)]
    assert rows(path, "select distinct status from marts.mart_target_progress where area_level = 'district'") == [
        ("no_data",)
    ]
    assert rows(path, "select count(*) from marts.dim_project where is_in_plan and not is_in_ledger") == [(20,)]
