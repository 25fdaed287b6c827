"""The registries agree with each other and with the contracts: a wrong code would be a silent hole in the marts."""

import re

import pytest

from contracts import code_lists, contract, contracts, measure_units
from contracts.reference import table
from contracts.registry import registry_faults
from tests.support.dbt_builds import PROJECT

SPELLINGS = {
    spelling for measure_unit in measure_units().values() for spelling in (measure_unit.name, *measure_unit.spellings)
}


def measures(row: dict[str, str]) -> list[str]:
    return [
        code for column in ("numerator_measures", "denominator_measures") for code in row[column].split(";") if code
    ]


@pytest.mark.parametrize("row", table("indicator"), ids=lambda row: row["indicator_code"])
def test_every_source_of_an_indicator_has_all_of_its_measures(row: dict[str, str]) -> None:
    origins = {(origin["measure_code"], origin["source"]) for origin in table("measure_source")}
    for source in row["sources"].split(";"):
        assert {(measure, source) for measure in measures(row)} <= origins
    bases = {origin["time_basis"] for origin in table("measure_source") if origin["measure_code"] in measures(row)}
    assert bool(row["counted_from"]) == ("event" in bases)


def test_what_is_registered_can_be_computed() -> None:
    assert registry_faults() == []


@pytest.mark.parametrize("row", table("measure_source"), ids=lambda row: f"{row['dataset']}.{row['measure_code']}")
def test_every_measure_comes_from_a_field_of_a_contract(row: dict[str, str]) -> None:
    declared = contract(row["dataset"])
    if row["field"] == "area_m2":
        assert declared.is_layer
    else:
        assert declared.columns[row["field"]].is_numeric
        assert declared.columns[row["field"]].cumulative == (row["time_basis"] == "to_date")
    assert row["measure_code"] in {measure["measure_code"] for measure in table("measure")}


def test_every_target_has_a_registered_indicator_and_every_part_its_whole() -> None:
    codes = {row["indicator_code"] for row in table("indicator")}
    targets = {row["indicator_code"] for row in table("plan_target")}
    assert len(targets) == 10 and targets <= codes, "an indicator may be registered without a target of the plan"
    assert {row["part_of"] for row in table("indicator")} - {""} <= codes


def test_every_unit_spelling_is_known_once() -> None:
    listed = [row["spelling"] for row in table("generated/measure_unit")]
    assert len(listed) == len(set(listed))
    assert set(listed) == SPELLINGS
    mu = next(row for row in table("generated/measure_unit") if row["spelling"] == "亩")
    assert (mu["factor_numerator"], mu["factor_denominator"]) == ("2000", "3")


def test_every_contract_has_a_staging_model() -> None:
    staged = {path.stem for path in (PROJECT / "models" / "staging").glob("*.sql")}
    assert {f"stg_{dataset}" for dataset in contracts()} <= staged


@pytest.mark.parametrize(
    ("model", "column"),
    [
        ("staging/stg_project_acceptance", "conclusion"),
        ("intermediate/int_project_progress", "stage"),
        ("intermediate/int_performance_evaluation", "dimension"),
    ],
)
def test_the_words_that_models_look_for_are_those_of_the_code_list(model: str, column: str) -> None:
    text = (PROJECT / "models" / f"{model}.sql").read_text(encoding="utf-8")
    listed = {"dimension": "performance_dimension"}.get(column, column)
    compared = re.findall(rf"\b{column} (?:= '([^']+)'|in \(([^)]+)\))", text) + re.findall(
        r"when ('[一-鿿]+')()", text
    )
    words = {word.strip("' ") for pair in compared for part in pair for word in part.split(",") if part}
    assert words
    assert words <= set(code_lists()[listed].values)
