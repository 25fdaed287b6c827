"""What two builds are compared by: every public mart and column is compared or known to be no figure, by the models'
own keys and refs.
"""

import re
from collections.abc import Iterator

import pytest

from contracts import contracts
from pipeline.build.diff_columns import DATASET_GROUPS, DIFFED_MARTS, FORMER_COLUMNS, FORMER_SENTINELS, DiffedMart
from pipeline.build.row_diff import UNIT
from tests.dbt.test_model_docs import MODELS, declared
from tests.support.dbt_builds import PROJECT

NOT_COMPARED = {
    "fct_measure",
    "mart_target_lineage",  # their sums are compared
    "dim_project",  # compared as mart_project_register
    "bridge_indicator_measure",
    "bridge_indicator_period",
    "bridge_township_part_zone",
    "dim_date",
    "dim_indicator",
    "dim_township",
    "dim_zone",  # the plan and the calendar
    "mart_submission",
    "mart_submission_status",
    "mart_finding",
    "mart_finding_rule",
    "mart_rule_outcome",
    "mart_reading",
    "mart_data_quality",
    "mart_decision",
    "mart_waiver",  # of sending, not of the plan
    "mart_revision",  # the comparison itself
    "mart_build",
    "mart_dataset_freshness",  # of publishing and of sending
}
NAMES = """measure_unit project_name category lead_unit township_name indicator_name area_name area_level area_kind zoning period_grain
    is_part unit effect_unit direction status_zh plan_project_id is_subproject phase_in_plan is_in_plan reconciliation_name
    zone_name measure_name land_class_name first_class_code first_class_name is_cropland from_class_name from_first_class_name
    to_class_name to_first_class_name change change_name key_area_name measure phase is_open_list place_kind village_code_2020
    village_code_2021 is_village_today number kind topic_zh topic_en left_zh right_zh relation reading_zh other_reading_zh
    effect_zh source_name verdict_zh kind_zh recent_status_zh consolidation_zone_name restoration_zone_name output_name
    item_name topic heading_no heading_zh order_no duty_zh is_standing shown_in pattern_kind_zh dimension_zh is_stated
    plan_directions form form_zh target_words target_scope_words phase_in_part_5 phase_in_part_7 open_words printed_as same_place_by
    zone_codes linked_project_ids key_area_code standing_zh task_zh figure_kind figure_name part clause_no topic_zh subject_code
    subject_zh text_zh indicator_codes measure_codes key_area_codes villages measured_by_zh is_link_printed null_reason_zh
    area_null_reason_zh cropland_null_reason_zh hsf_null_reason_zh"""
FOLLOWS = """project_id township_code indicator_code project_ids datasets submission_ids submission_id ledger_submission_id
    from_submission_id to_submission_id is_latest is_additive as_of_on data_age_days data_age_as_of_days as_of_date ground_no
    acceptance_nos counted_for due_on"""
"""Follow from the key, from who sent it, from the day of the newest data or of the build, or from how a build numbers its rows."""
COMPARED_AS_INDICATOR = {(f"mart_indicator_{level}", "value") for level in ("district", "zone", "township")}
OTHERWISE_READ = {
    "mart_project_funds_line": {"project_ledger"},
    "mart_wetland": {"corridor"},
    "mart_corridor": {"wetland"},
    "mart_performance_evaluation": {"project_ledger"},
    "mart_supplemented_cropland_ledger": {"project_ledger"},
    "mart_site_overlap": {"project_progress", "project_ledger"},
    "mart_indicator_district": {"project_ledger"},
    "mart_indicator_zone": {"project_ledger"},
    "mart_indicator_township": {"project_ledger"},
    "mart_target_progress": {"project_ledger"},
    "mart_area_reconciliation": {"project_ledger"},
    "mart_plan_statement": {"submission_unit"},
}
"""For the names of projects, in a model of which the mart takes other rows, or only for whether a dataset came."""
GROUND, LAYERS = DATASET_GROUPS["ground"], DATASET_GROUPS["layers"]
DERIVED = {
    "base_partition": GROUND,
    "overlay": (),
    "land_transition": ("land_parcel", *GROUND),
    "site_overlap": ("project_site", *GROUND),
    "site_line": ("project_site", *GROUND),
    "site_in_redline": ("project_site", "ecological_redline", *GROUND),
    "expected_report": (),
}
"""Raw tables that are no datasets, and what they are made of; the overlay has only layers that are read beside it, the
expected reports are of sending."""
OF_THE_BUILD = "int_as_of_date"
"""The day of the build: it says when the others are judged, and is made of none of them while a report is expected."""


DECLARED_DAY = "int_declared_day"
"""What ledgers say of themselves (截至), by their reading records: it is theirs, as their rows are."""


def refs(model: str) -> Iterator[str]:
    """Datasets that a model is made of, through all models before it."""
    text = next(MODELS.rglob(f"{model}.sql")).read_text(encoding="utf-8") if list(MODELS.rglob(f"{model}.sql")) else ""
    for raw in re.findall(r"source\('raw', '(\w+)'\)", text):
        yield from DERIVED.get(raw, (raw,))
    for name in re.findall(r"ref\('(\w+)'\)", text):
        if name == DECLARED_DAY:
            yield "project_acceptance"
        elif name != OF_THE_BUILD:
            yield from refs(name)


def test_every_public_mart_is_compared_or_known_to_have_no_figures() -> None:
    compared = {one.mart for one in DIFFED_MARTS}
    assert len(compared) == len(DIFFED_MARTS) and not compared & NOT_COMPARED
    assert compared | NOT_COMPARED == {path.stem for path in (PROJECT / "models" / "marts").glob("*.sql")}


@pytest.mark.parametrize("one", DIFFED_MARTS, ids=lambda one: one.mart)
def test_a_compared_mart_is_as_the_model_says(one: DiffedMart) -> None:
    model = declared()[one.mart]
    there = {column["name"]: column for column in model["columns"]}
    assert set(one.key) <= set(there) and (set(one.key) == set(model["config"]["meta"]["grain"]) or one.is_summed)
    assert {name for name in (one.area, one.period) if name} <= set(there)
    assert set(one.columns) <= set(there) and len(one.columns) == sum(len(names) for _, names in one.figures)
    forgotten = set(there) - set(one.columns) - set(one.key) - {one.area, one.period, *NAMES.split(), *FOLLOWS.split()}
    assert {(one.mart, name) for name in forgotten} <= COMPARED_AS_INDICATOR
    for name in one.columns:
        meta = there[name]["config"]["meta"]
        found = re.search(
            UNIT,
            f"{meta['title_zh']}（{meta['measure_unit']}）：x"
            if meta.get("measure_unit")
            else f"{meta['title_zh']}：x",
        )
        if there[name]["data_type"] not in ("string", "boolean", "date"):
            assert (found and found[1]) == meta.get("measure_unit"), name


@pytest.mark.parametrize("one", DIFFED_MARTS, ids=lambda one: one.mart)
def test_a_figure_is_made_of_datasets_that_its_model_reads(one: DiffedMart) -> None:
    made_of = {dataset for datasets, _ in one.figures for dataset in datasets}
    assert made_of | set(one.sent_as) <= set(contracts())
    read = set(refs(one.mart))
    if "fct_measure" not in next(MODELS.rglob(f"{one.mart}.sql")).read_text(
        encoding="utf-8"
    ):  # of it, a mart shows one source
        assert read - set(GROUND) - made_of == OTHERWISE_READ.get(one.mart, set()), "nothing that it reads is left out"
    assert made_of - read - {*GROUND, *LAYERS} == set()


def test_a_former_name_leads_to_a_column_of_today_and_is_none_itself() -> None:
    for mart, names in FORMER_COLUMNS.items():
        today = {column["name"] for column in declared()[mart]["columns"]}
        assert set(names.values()) <= today and not set(names) & today, mart
    for mart, sentinels in FORMER_SENTINELS.items():
        today = {column["name"]: column for column in declared()[mart]["columns"]}
        assert all("constraints" not in today[name] for name in sentinels), "null now"
