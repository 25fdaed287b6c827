"""The plan as data: lists refer to what exists, and say what the contracts' code lists say."""

import re
from collections import Counter

import pytest

from contracts import code_lists, measure_units
from contracts.reference import table
from tests.support.dbt_builds import PROJECT

TOWNSHIPS = {row["township_code"] for row in table("township")}


def statements(kind: str) -> list[dict[str, str]]:
    return [row for row in table("plan_statement") if row["kind"] == kind]


def test_what_the_plan_lists_is_there_in_full() -> None:
    assert Counter(row["kind"] for row in table("plan_statement")) == {
        "zone_task": 11, "zone_direction": 12, "zone_position": 3, "zone_approach": 7, "subsidence": 15, "consolidation_project_type": 6,
        "performance_dimension": 4, "supervision_item": 3, "result_use": 2, "safeguard": 7, "pattern_belt": 1, "pattern_screen": 2,
        "pattern_corridor": 3, "pattern_patch": 5,
    }  # fmt: skip
    assert Counter(row["zoning"] for row in table("plan_key_area")) == {"consolidation": 4, "restoration": 3}
    assert len({row["order_no"] for row in statements("subsidence")}) == 10


@pytest.mark.parametrize(
    "seed", ["plan_statement", "plan_key_area_village", "plan_place_mention", "plan_project_township"]
)
def test_every_township_named_is_one(seed: str) -> None:
    assert {row["township_code"] for row in table(seed)} - {""} <= TOWNSHIPS


def test_villages_lie_in_their_townships_and_keep_their_codes_in_order() -> None:
    for row in table("plan_key_area_village"):
        assert not row["village_code_2021"] or row["village_code_2021"].startswith(row["township_code"])
        assert re.fullmatch(r"140404\d{6}", row["village_code_2020"])
    assert {row["key_area_code"] for row in table("plan_key_area_village")} <= {
        row["key_area_code"] for row in table("plan_key_area")
    }


def test_every_place_is_named_by_something_that_exists() -> None:
    elements = {
        "key_area": {row["key_area_code"] for row in table("plan_key_area")},
        "project": {row["project_id"] for row in table("plan_project")},
        "pattern": {row["kind"] for row in table("plan_statement")},
    }
    names = {row["project_id"]: row["project_name"] for row in table("plan_project")}
    for row in table("plan_place_mention"):
        assert row["element_code"] in elements[row["section"]]
        assert row["section"] != "project" or row["printed_as"].removesuffix("煤业") in names[row["element_code"]]


def test_zones_that_are_given_tasks_exist() -> None:
    zones = {row["zone_code"] for row in table("zone")}
    assert {row["subject_code"] for kind in ("zone_task", "zone_direction") for row in statements(kind)} == zones


def test_the_plans_dimensions_and_items_are_those_that_are_reported() -> None:
    spellings = {spelling for others in code_lists()["performance_dimension"].values.values() for spelling in others}
    assert {row["text_zh"] for row in statements("performance_dimension")} == spellings
    assert {row["text_zh"] for row in statements("supervision_item")} == set(code_lists()["inspection_item"].values)


def test_every_contradiction_has_its_figures_and_both_readings_or_one() -> None:
    models = PROJECT / "models" / "intermediate"
    figures, effects = (
        set(
            re.findall(
                r"^select\n    '(\w+)'",
                "\n".join(path.read_text(encoding="utf-8") for path in models.glob(pattern)),
                re.M,
            )
        )
        for pattern in ("int_plan_arithmetic_*.sql", "int_plan_other_reading.sql")
    )
    listed = {row["code"]: row for row in table("plan_inconsistency")}
    assert figures == set(listed)
    assert effects == {code for code, row in listed.items() if row["other_reading_zh"]}
    for row in listed.values():
        assert bool(row["other_reading_zh"]) == bool(row["effect_zh"]) == bool(row["effect_unit"])
        assert not re.search(
            r"\d+\.\d+", "".join(row[name] for name in row if name.endswith("_zh"))
        )  # figures are computed by models


def test_every_reconciled_quantity_has_evidence_sources_of_one_kind_of_unit() -> None:
    kinds = {
        spelling: measure_unit.kind
        for measure_unit in measure_units().values()
        for spelling in (measure_unit.name, *measure_unit.spellings)
    }
    fields = {(row["dataset"], row["field"]): row["measure_unit"] for row in table("generated/contract_field")}
    origins = {(row["measure_code"], row["source"]): row for row in table("measure_source")}
    quantities = {row["reconciliation_code"]: row for row in table("reconciliation")}
    evidence_sources = Counter(row["reconciliation_code"] for row in table("reconciliation_source"))
    assert set(evidence_sources) == set(quantities)
    for row in table("reconciliation_source"):
        for measure in filter(None, row["measure_codes"].split(";")):
            origin = origins[measure, row["source"]]
            assert (
                kinds[fields[origin["dataset"], origin["field"]]]
                == kinds[quantities[row["reconciliation_code"]]["measure_unit"]]
            )


def test_land_classes_belong_to_first_classes() -> None:
    named = {(row["first_class_code"], row["first_class_name"]) for row in table("land_class")}
    assert len(named) == len({code for code, _ in named}) == 13
    assert len({row["land_class_code"] for row in table("land_class")}) == len(table("land_class")) == 56
    assert [row["land_class_code"] for row in table("land_class") if row["first_class_name"] == "耕地"] == [
        "0101",
        "0102",
        "0103",
    ]


def test_finer_classes_and_those_of_the_planning_classification_refer_to_the_surveys() -> None:
    names = {row["land_class_code"]: row["land_class_name"] for row in table("land_class")}
    for row in table("land_class_detail"):
        assert row["detail_code"][:-1] == row["land_class_code"] in names
    for row in table("planning_land_class"):
        assert names[row["class_code"]] != row["class_name"]
    spellings = code_lists()["land_class"]
    assert (spellings.canonical("可调整果园"), spellings.canonical("1104A"), spellings.canonical("0810")) == (
        "0201",
        "1104",
        "0810",
    )
