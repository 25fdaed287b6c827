"""The plan as data: lists refer to what exists, and say what the contracts' code lists say."""

import re
from collections import Counter
from collections.abc import Iterable

import pytest

from contracts import code_lists, contracts, measure_units
from contracts.reference import lookup, table
from tests.support.dbt_builds import PROJECT

MARTS = {path.stem for path in (PROJECT / "models" / "marts").glob("*.sql")}
TOWNSHIPS = {row["township_code"] for row in table("township")}
FORMER_CATEGORIES = ("农用地整理", "建设用地整理", "全域土地综合整治", "矿山生态修复", "山体和水土保持", "水系修复")
"""As forms had them up to 2026, in the plan's order."""


def statements(kind: str) -> list[dict[str, str]]:
    return [row for row in table("plan_statement") if row["kind"] == kind]


def clause(row: dict[str, str]) -> tuple[str, str]:
    return row["part"], row["clause_no"]


def test_what_the_plan_lists_is_there_in_full() -> None:
    kinds = Counter(row["kind"] for row in table("plan_statement"))
    assert {kind: kinds[kind] for kind in (
        "zone_task", "zone_direction", "zone_position", "zone_approach", "subsidence", "consolidation_project_type",
        "performance_dimension", "supervision_item", "result_use", "safeguard", "pattern_belt", "pattern_screen", "pattern_corridor",
        "pattern_patch", "problem", "goal_2025", "goal_2035", "belt_task", "screen_task", "corridor_task", "safeguard_duty",
        "safeguard_aim", "key_area_purpose",
    )} == {
        "zone_task": 11, "zone_direction": 12, "zone_position": 3, "zone_approach": 7, "subsidence": 15, "consolidation_project_type": 6,
        "performance_dimension": 4, "supervision_item": 3, "result_use": 2, "safeguard": 7, "pattern_belt": 1, "pattern_screen": 2,
        "pattern_corridor": 3, "pattern_patch": 5, "problem": 12, "goal_2025": 4, "goal_2035": 2, "belt_task": 6, "screen_task": 11,
        "corridor_task": 6, "safeguard_duty": 33, "safeguard_aim": 9, "key_area_purpose": 3,
    }  # fmt: skip
    assert Counter(row["zoning"] for row in table("plan_key_area")) == {"consolidation": 4, "restoration": 3}
    assert len({row["order_no"] for row in statements("subsidence")}) == 10
    assert set(kinds) == {row["kind"] for row in table("plan_statement_kind")}


def left_out(one: dict[str, str], statements: Iterable[dict[str, str]]) -> list[str]:
    """Key terms of a clause that no row of the seeds that hold it has; of plan_statement only the clause's own rows count."""
    held = [
        "\n".join(
            ",".join(row.values())
            for row in (statements if seed == "plan_statement" else table(seed))
            if seed != "plan_statement" or clause(row) == clause(one)
        )
        for seed in one["held_in"].split(";")
    ]
    return [term for term in one["key_terms"].split(";") if not any(term in text for text in held)]


@pytest.mark.parametrize("one", table("plan_clause"), ids=lambda one: one["part"] + one["clause_no"])
def test_what_a_clause_of_the_plan_says_is_held(one: dict[str, str]) -> None:
    assert left_out(one, table("plan_statement")) == []


def test_every_statement_is_of_a_clause_and_has_a_key_term_of_it() -> None:
    clauses = {clause(one): one for one in table("plan_clause")}
    assert len(clauses) == len(table("plan_clause"))
    for row in table("plan_statement"):
        one = clauses[clause(row)]
        assert "plan_statement" in one["held_in"].split(";")
        assert any(term in row["text_zh"] for term in one["key_terms"].split(";")), row["statement_code"]


def test_a_statement_that_is_left_out_is_noticed() -> None:
    clauses = {clause(one): one for one in table("plan_clause")}
    for gone in table("plan_statement"):
        if gone["kind"] != "subsidence":  # directions recur: their whole list is a test of its own
            remaining = [row for row in table("plan_statement") if row is not gone]
            assert left_out(clauses[clause(gone)], remaining), gone["statement_code"]


def test_subsidence_lies_where_the_plan_says() -> None:
    names = lookup("township", "township_code", "township_name")
    said: dict[str, list[str]] = {}
    for row in statements("subsidence"):
        said.setdefault(f"{row['order_no']} {names[row['township_code']]}", []).append(row["text_zh"])
    assert said == {
        "1 苏店镇": ["中东部", "东部"], "2 韩店街道": ["东部"], "3 西池乡": ["西北部"], "4 荫城镇": ["东部", "南部"],
        "5 西火镇": ["中部", "北部"], "6 南宋镇": ["东北部"], "7 东和乡": ["中部", "东南部"], "8 八义镇": ["中部", "北部"],
        "9 南宋镇": ["西北部"], "10 荫城镇": ["西北部"],
    }  # fmt: skip


def test_a_clauses_numbers_follow_one_another() -> None:
    by_part: dict[str, list[int]] = {}
    for row in table("plan_clause"):
        by_part.setdefault(row["part"], []).append(int(row["clause_no"]))
    assert list(by_part) == [
        "一", "二", "三", "四（一）", "四（二）", "五（一）", "五（二）", "五（三）", "六（一）", "六（二）", "六（三）", "七", "八",
    ]  # fmt: skip
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in by_part.values())


def test_what_shows_a_statement_is_there_and_never_stands_for_what_measures_it() -> None:
    assert {row["shown_in"] for row in table("plan_link_kind")} - {""} <= MARTS
    kinds: dict[str, set[str]] = {}
    for row in table("plan_link"):
        kinds.setdefault(row["source_code"], set()).add(row["target_kind"])
    assert not [source for source, found in kinds.items() if found == {"mart"}]
    assert not [source for source, found in kinds.items() if found == {"dataset"}], "shown nowhere"


def test_every_duty_and_element_of_the_pattern_is_linked_to_its_own_records() -> None:
    own = {row["source_code"] for row in table("plan_link") if row["source_code"] == row["target_code"]}
    elements = ("pattern_belt", "pattern_screen", "pattern_corridor", "pattern_patch")
    assert {row["duty_code"] for row in table("plan_duty")} <= own
    assert {row["statement_code"] for kind in elements for row in statements(kind)} <= own


def test_a_link_leads_from_a_statement_or_restoration_key_area_to_something_that_exists() -> None:
    sources = {row["statement_code"] for row in table("plan_statement")} | {
        row["key_area_code"] for row in table("plan_key_area") if row["zoning"] == "restoration"
    }
    targets = {
        "project": {row["project_id"] for row in table("plan_project")},
        "indicator": {row["indicator_code"] for row in table("indicator")},
        "measure": {row["measure_code"] for row in table("measure")},
        "dataset": set(contracts()),
        "key_area": {row["key_area_code"] for row in table("plan_key_area")},
        "ecology_item": {row["item_code"] for row in table("ecology_item")},
        "output_kind": {row["output_kind"] for row in table("output_kind")},
        "event_kind": {row["event_kind"] for row in table("participation_event")},
        "fund_instrument": set(code_lists()["fund_instrument"].values),
        "duty": {row["duty_code"] for row in table("plan_duty")},
        "pattern": {row["statement_code"] for row in table("plan_statement") if row["kind"].startswith("pattern_")},
        "mart": MARTS,
    }
    assert set(targets) == {row["target_kind"] for row in table("plan_link_kind")}
    links = [(row["source_code"], row["target_kind"], row["target_code"]) for row in table("plan_link")]
    assert len(set(links)) == len(links)
    for source, kind, target in links:
        assert source in sources and target in targets[kind], (source, target)
    linked = {source for source, _, _ in links}
    assert {row["statement_code"] for row in statements("consolidation_project_type")} <= linked
    assert {row["statement_code"] for row in statements("zone_task")} <= linked


def test_categories_and_phases_are_as_printed() -> None:
    assert {row["category_name"]: row["claimed_count"] for row in table("plan_project_category")} == {
        "农用地整治": "4", "建设用地整治": "2", "全域土地整治": "1", "矿山生态修复": "4", "山体水土流失和地质灾害防治": "4",
        "水环境治理和水生态修复": "5",
    }  # fmt: skip
    categories = code_lists()["project_category"]
    assert [categories.canonical(name) for name in FORMER_CATEGORIES] == list(categories.values)
    assert [categories.canonical(f"{name}重点工程") for name in categories.values] == list(categories.values)
    for row in table("plan_project"):
        printed = re.search("近期|远期", row["project_name"])
        assert row["phase_in_part_7"] == (printed[0] if printed else "")
    near = {row["project_id"] for row in table("plan_project") if row["phase_in_part_5"]}
    linked = {
        row["target_code"]
        for row in table("plan_link")
        for stated in statements("consolidation_project_type")
        if row["source_code"] == stated["statement_code"]
        and row["target_kind"] == "project"
        and "近期" in stated["text_zh"]
    }
    assert near == linked == {"A3", "A4", "B1", "B2"}


def test_townships_of_a_whole_category_are_marked() -> None:
    stated = {(row["project_id"], row["stated_for"]) for row in table("plan_project_township")}
    assert {project for project, of in stated if of == "project"} == {"A1", "A2", "C1"}
    assert Counter(row["stated_for"] for row in table("plan_project_township")) == {"category": 79, "project": 6}


def test_open_lists_are_marked_by_the_words_that_leave_them_open() -> None:
    for row in (*table("plan_key_area"), *table("plan_statement")):
        assert (row["is_open_list"] == "true") == bool(row["open_words"])
    assert {row["key_area_code"]: row["open_words"] for row in table("plan_key_area") if row["open_words"]} == {
        "ka_gully": "等", "ka_reserve": "等", "ka_rural": "等", "rk_mine": "以…为主", "rk_river": "以…为主", "rk_mountain": "以…为主",
    }  # fmt: skip


def test_a_statement_is_open_where_its_clause_leaves_the_list_open() -> None:
    clauses = {clause(one): one for one in table("plan_clause")}
    for row in table("plan_statement"):
        left_open = [term for term in clauses[clause(row)]["open_terms"].split(";") if term]
        assert (row["is_open_list"] == "true") == any(term in row["text_zh"] for term in left_open), row[
            "statement_code"
        ]
    for one in clauses.values():
        assert set(filter(None, one["open_terms"].split(";"))) <= set(one["key_terms"].split(";"))
    assert Counter(row["open_words"] for row in table("plan_statement") if row["open_words"]) == {
        "等": 49, "以…为主": 29, "主要": 15,
    }  # fmt: skip


def test_a_task_counts_ground_of_which_acceptances_can_speak() -> None:
    """plan_link_scope narrows measures that the task is linked to, to what the code lists and grades have."""
    linked = {(row["source_code"], row["target_code"]) for row in table("plan_link") if row["target_kind"] == "measure"}
    stated = {
        "reclaimed_from": set(code_lists()["reclaimed_from"].values),
        "renewed_land": set(code_lists()["renewed_land"].values),
        "upgraded_quality": {"高质量", "中质量", "低质量"},
    }
    for row in table("plan_link_scope"):
        assert (row["source_code"], row["measure_code"]) in linked
        assert row["stated"] in stated[row["dimension"]]
    by_task = {
        row["statement_code"]: row["text_zh"]
        for row in statements("zone_task")
        if re.search("采矿用地|村庄用地|农村|城镇低效|高标准农田", row["text_zh"])
    }
    assert {row["source_code"] for row in table("plan_link_scope")} == set(by_task)


def test_that_two_names_are_one_river_is_marked_as_inference() -> None:
    mentions = table("plan_place_mention")
    assert {row["printed_as"] for row in mentions if row["same_place_by"] == "inference"} == {
        "浊漳河",
        "浊漳南源",
        "司马",
    }
    assert {row["printed_as"] for row in mentions if row["place"] == "浊漳河南源"} == {
        "浊漳河",
        "浊漳南源",
        "浊漳河南源",
    }
    for row in mentions:
        assert (row["place"] == row["printed_as"]) == (row["same_place_by"] == "printed")


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
        "zone": {row["zone_code"] for row in table("zone")},
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
                r"^ *(?:select\n *)?'(\w+)'(?: as code)?,\n",
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
        assert row["reading_zh"] and row["effect_zh"]
        assert bool(row["other_reading_zh"]) == bool(row["effect_unit"])
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
