"""Generated files: complete, committed as the contracts declare, and found when they are stale."""

import csv
import io
from pathlib import Path

import pytest
import yaml

from contracts import catalogue, contracts
from contracts.findings import catalogue_version
from contracts.submission_table import table_columns
from dev import generate
from dev.dbt_yaml import staging_keys
from warehouse.raw_tables import RAW_TABLES


def test_committed_files_are_what_the_contracts_declare() -> None:
    assert generate.stale() == []


def test_sources_have_every_raw_column_with_title_and_unit() -> None:
    tables = {table["name"]: table for table in yaml.safe_load(generate.dbt_sources())["sources"][0]["tables"]}
    for dataset, contract in contracts().items():
        columns = {column["name"]: column for column in tables[dataset]["columns"]}
        assert list(columns) == ["submission_id", "accepted_at", *table_columns(contract)]
        for name, field in contract.columns.items():
            assert columns[name]["config"]["meta"].get("title_zh") == field.zh
            assert columns[name]["config"]["meta"].get("measure_unit") == field.measure_unit


def test_raw_tables_that_are_no_dataset_have_every_column_with_its_type_and_meaning() -> None:
    tables = {table["name"]: table for table in yaml.safe_load(generate.dbt_sources())["sources"][0]["tables"]}
    for name, table in RAW_TABLES.items():
        written = tables[name]["columns"]
        assert {one["name"]: one["data_type"] for one in written} == {
            k: kind.lower() for k, kind in table.types.items()
        }
        assert all(one["description"] and one["config"]["meta"]["title_zh"] for one in written)


def test_staging_keys_name_every_table_and_existing_columns_only() -> None:
    assert set(staging_keys()) == set(RAW_TABLES)
    for name, declared in staging_keys().items():
        renamed = declared.get("renamed", {})
        columns = {renamed.get(column, column) for column in RAW_TABLES[name].columns}
        assert set(renamed) <= set(RAW_TABLES[name].columns)
        assert set(declared["key"]) <= columns and set(declared.get("nullable", ())) <= set(declared["key"])


def test_a_periodic_dataset_is_stale_after_two_periods_and_one_of_events_never() -> None:
    tables = {table["name"]: table for table in yaml.safe_load(generate.dbt_sources())["sources"][0]["tables"]}
    stale = {name: table["config"].get("freshness") for name, table in tables.items()}
    assert stale["project_progress"] == {"warn_after": {"count": 62, "period": "day"}}
    assert stale["rural_waste"] == {"warn_after": {"count": 184, "period": "day"}}
    assert stale["ecology"] == {"warn_after": {"count": 731, "period": "day"}}
    assert stale["project_acceptance"] is stale["submission"] is None


def test_a_staging_model_has_the_titles_of_its_contract_and_its_own_columns() -> None:
    models = {model["name"]: model for model in yaml.safe_load(generate.staging_models())["models"]}
    columns = {one["name"]: one for one in models["stg_project_progress"]["columns"]}
    assert columns["cum_hsf_mu"]["config"]["meta"]["measure_unit"] == "mu"
    assert columns["starts_on"]["description"] and columns["funds_arrived_wan"]["description"]
    assert "cells" in columns and "feature" not in columns
    land = [one["name"] for one in models["stg_land_transition"]["columns"]]
    assert "from_class_code" in land and "from_class" not in land and "derived_as" not in land


def test_a_key_of_versions_by_period_holds_the_period() -> None:
    models = {model["name"]: model for model in yaml.safe_load(generate.staging_models())["models"]}
    key = {name: models[f"stg_{name}"]["data_tests"][0]["unique_key"]["arguments"]["columns"] for name in contracts()}
    assert key["ecology"] == ["township_code", "period"]
    assert key["forest_land"] == ["stand_id", "period"]
    assert key["project_acceptance"] == ["acceptance_no"]


def test_measured_area_is_a_field_of_layers() -> None:
    fields = list(csv.DictReader(io.StringIO(generate.contract_field_seed())))
    areas = {row["dataset"]: row["measure_unit"] for row in fields if row["field"] == "area_m2"}
    assert areas == {name: "m2" for name, contract in contracts().items() if contract.is_layer}


def test_the_dictionary_names_every_field_and_every_public_column() -> None:
    text = generate.dictionary()
    for contract in contracts().values():
        assert f"### `{contract.dataset}` {contract.title.zh} / {contract.title.en}" in text
    assert "| `forest_area_ha` | 森林面积 | 森林面积、有林地面积 | area | ha | 是 |  | Forest area |" in text
    assert (
        "| `land_area_ha` | 土地面积 | double | 公顷 | 是 | Measured on the ellipsoid; null before a boundary has come |"
        in text
    )


def test_check_fails_on_a_stale_file_until_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "seeds" / "district.csv"
    monkeypatch.setattr(generate, "CHECKOUT", tmp_path)
    monkeypatch.setattr(generate, "GENERATED", {path: generate.district_seed})
    assert generate.main(["--check"]) == 1
    assert capsys.readouterr().out == "stale: seeds/district.csv\n"
    assert not path.exists()
    assert generate.main([]) == 0
    assert path.read_text(encoding="utf-8").endswith("140404,上党区\n")
    assert generate.main(["--check"]) == 0
    path.write_text("district_code,district_name\n140405,屯留区\n", encoding="utf-8")
    assert generate.main(["--check"]) == 1


def test_the_dictionary_lists_every_rule_once_under_the_version_of_the_list() -> None:
    lines = generate.dictionary().splitlines()
    listed = [line.split("`")[1] for line in lines if line.startswith("| `") and "." in line.split("`")[1]]
    assert sorted(listed) == sorted(catalogue())
    newest, _, digest = catalogue_version().partition(".")
    assert newest == max(rule.since for rule in catalogue().values()) and len(digest) == 8
    assert any(f"Version `{catalogue_version()}`" in line for line in lines)
