"""What the plan obliges to monitor beside its indicators: files as offices would send them go from the inbox to the marts."""

import shutil
from typing import Any

import pytest

from pipeline.build import run as build
from pipeline.run import load
from tests.support.answers import SAMPLES
from tests.support.dbt_builds import dbt, rows
from tests.support.layer_files import cell, write
from tests.support.shared_readings import FIXTURES
from warehouse.home import Home
from warehouse.ledger import Ledger

pytestmark = pytest.mark.slow

TABLES = ("project_ledger", "project_progress", "project_acceptance", "ecology_detail", "safeguard")
GROUND = ("admin_boundary", "planning_zone")
MARTS = ("restoration_output", "village", "safeguard", "ecology_detail", "corridor", "key_area_extent", "accepted_land")
HECTARES = 99.98  # of the cell of the grid


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that took in the fixtures on the samples' boundary, two layers, and its build database with the marts."""
    made = Home(tmp_path_factory.mktemp("obligations") / "home").ensure()
    for folder in (*(FIXTURES / name for name in TABLES), *(SAMPLES / "clean" / name for name in GROUND)):
        shutil.copytree(folder, made.inbox / folder.name)
    for dataset, name, attributes in (
        (
            "corridor",
            "生态格局2026.geojson",
            {"LDBH": ["L1"], "LDLX": ["多廊"], "LDMC": ["荫城河"], "LDMJ": [HECTARES]},
        ),
        (
            "key_area",
            "重点区范围2026.geojson",
            {"QKBH": ["Q1"], "ZDQ": ["ka_gully"], "ZDDD": ["首阳山"], "QKMJ": [HECTARES]},
        ),
    ):
        (made.inbox / dataset).mkdir()
        write(made.inbox / dataset / name, [cell(5, 5)], attributes)
    load(made, build_marts=False)
    build.overlay(made)
    build.sync(made)
    chosen = [f"+mart_{name}" for name in MARTS]
    result = dbt(
        made.build_db, "build", "--select", *chosen, "--exclude", "resource_type:test", "resource_type:unit_test"
    )
    assert result.success, result.exception
    return made


def reporting_units(home: Home, dataset: str) -> dict[str, str]:
    """State of each unit of the dataset's one file."""
    with Ledger.open(home) as ledger:
        (one,) = [item for item in ledger.submissions() if item.dataset == dataset]
        assert one.rows_read == one.rows_accepted + one.rows_held + one.rows_control
        return {item.reporting_unit: item.state for item in ledger.reporting_units(one.submission_id)}


def mart(home: Home, sql: str) -> list[tuple[Any, ...]]:
    return rows(home.build_db, sql.replace("mart_", "marts.mart_"))


def test_outputs_are_planned_reported_and_accepted_in_one_unit(home: Home) -> None:
    assert reporting_units(home, "project_progress") == {"D1-01|140404101": "accepted", "F1-01|140404102": "accepted"}
    assert mart(
        home,
        """
        select project_id, output_kind, measure_unit, planned_amount, reported_amount, accepted_amount, accepted_of_plan_pct, status
        from mart_restoration_output where area_level = 'district' and output_kind is not null order by project_id
    """,
    ) == [
        ("D1", "treated_area", "ha", pytest.approx(40.0), 25.0, 18.0, pytest.approx(45.0), "accepted"),
        ("F1", "river", "km", 12.5, 4.5, None, None, "reported"),
    ]
    assert mart(
        home, "select count(*), count(distinct project_id) from mart_restoration_output where status = 'no_output'"
    ) == [(11, 11)]
    zones = "select sum(accepted_amount), bool_and(is_allocated) from mart_restoration_output"
    assert mart(home, f"{zones} where zoning = 'restoration' and project_id = 'D1'") == [(pytest.approx(18.0), True)]
    river = "select planned_amount, is_plan_unplaced, reported_amount from mart_restoration_output where area_code = '140404102'"
    assert mart(home, river) == [(None, True, 4.5)]


def test_each_of_the_twelve_villages_is_answered_for(home: Home) -> None:
    found = dict(mart(home, "select village_name, status from mart_village"))
    assert len(found) == 12
    assert {name for name, status in found.items() if status != "nothing_known"} == {"鲍村", "池里"}
    assert (found["鲍村"], found["池里"]) == ("accepted", "planned")
    assert mart(home, "select accepted_cropland_ha, project_ids from mart_village where village_name = '鲍村'") == [
        (4.2, "B2-01")
    ]
    origin = "select stated, accepted_ha from mart_accepted_land where dimension = 'reclaimed_from'"
    assert mart(home, origin) == [("搬迁村", 4.2)]


def test_a_duty_is_known_by_its_name_and_one_without_a_document_says_so(home: Home) -> None:
    assert reporting_units(home, "safeguard") == {
        "上政发〔2026〕3号|safeguard_duty_organisation_4": "accepted",
        "上环发〔2026〕1号|safeguard_duty_finance_3": "accepted",
        "上政发〔2026〕4号|成立剧团": "held",
    }
    assert mart(home, "select status, count(*) from mart_safeguard group by status order by status") == [
        ("done", 1),
        ("no_document", 31),
        ("under_way", 1),
    ]


def test_ecological_details_are_of_a_township_the_district_or_a_section(home: Home) -> None:
    assert reporting_units(home, "ecology_detail")["forest_degraded"] == "held"
    assert mart(
        home, "select item_code, area_kind, area_name, item_value, measure_unit from mart_ecology_detail order by 1"
    ) == [
        ("forest_natural", "township", "荫城镇", pytest.approx(100.0), "ha"),
        ("mines_green", "township", "韩店街道", 2.0, "count"),
        ("mines_working", "township", "韩店街道", 5.0, "count"),
        ("soil_conservation_rate", "district", "上党区", 71.5, "pct"),
        ("water_class", "section", "北张断面", 3.0, None),
    ]


def test_corridors_and_key_areas_are_cut_by_townships(home: Home) -> None:
    corridor = (
        "select element_name, is_in_plan, period, sum(area_ha) from mart_corridor where period is not null group by all"
    )
    assert mart(home, corridor) == [("荫城河", True, "2026", pytest.approx(HECTARES, rel=0.02))]
    assert mart(home, "select count(*) from mart_corridor where period is null") == [(10,)]
    extent = "select key_area_name, place, sum(area_ha) from mart_key_area_extent where period = '2026' group by all"
    assert mart(home, extent) == [("南部整沟治理重点区", "首阳山", pytest.approx(HECTARES, rel=0.02))]
    assert mart(home, "select count(*) from mart_key_area_extent where period is null") == [(6,)]
