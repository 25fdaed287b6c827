"""Every model is described in Chinese and English, and every public column has a Chinese title and a type."""

import re
from functools import cache
from typing import Any

import pytest
import yaml

from contracts import contracts
from reporting.mart_models import public_columns
from tests.support.dbt_builds import PROJECT

MODELS = PROJECT / "models"
CHINESE = re.compile(r"[一-鿿]")
KINDS = {"string", "bigint", "integer", "double", "boolean", "date", "timestamptz"}


@cache
def declared() -> dict[str, dict[str, Any]]:
    """Model name to its entry in the YAML beside it."""
    found = {}
    for path in MODELS.rglob("*.yml"):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            assert entry["name"] not in found, f"{entry['name']} is described twice"
            found[entry["name"]] = entry
    return found


def test_every_model_is_described_in_both_languages() -> None:
    entries = declared()
    assert set(entries) == {path.stem for path in MODELS.rglob("*.sql")}
    for name, entry in entries.items():
        chinese, slash, english = entry["description"].partition(" / ")
        assert slash and english, name
        assert CHINESE.search(chinese), name


def marts() -> dict[str, dict[str, Any]]:
    names = {path.stem for path in (MODELS / "marts").glob("*.sql")}
    return {name: entry for name, entry in declared().items() if name in names}


def test_every_mart_says_who_may_see_it() -> None:
    for name, entry in marts().items():
        assert entry["config"]["meta"].get("audience") in ("public", "internal"), name
        for column in entry["columns"]:
            meta = column["config"]["meta"]
            assert meta.get("audience", "internal") == "internal", (name, column["name"])
            assert entry["config"]["meta"]["audience"] == "public" or "audience" not in meta, (name, column["name"])


def test_nothing_public_names_a_submission_a_finding_or_a_place_on_the_ground() -> None:
    for name, columns in public_columns().items():
        closed = [
            column
            for column in columns
            if re.search(
                r"submission|file_name|sender|because|decided|approved_by|^finding$|finding_no|message|found$|^(lon|lat|cell|feature|sheet)$",
                column,
            )
        ]
        assert closed == [], name


def test_a_column_in_which_people_write_says_so_in_every_mart() -> None:
    """At least those called as a field of a contract that may hold persons."""
    free = {name for one in contracts().values() for name, field in one.columns.items() if field.persons}
    for name, entry in marts().items():
        for column in entry["columns"]:
            persons = column["config"]["meta"].get("persons")
            assert persons is True or column["name"] not in free, (name, column["name"])
            assert column["data_type"] in KINDS, (name, column["name"])  # else texts in it would not be looked at


@pytest.mark.parametrize("name", sorted(path.stem for path in (MODELS / "marts").glob("*.sql")))
def test_every_public_column_has_a_title_a_type_and_a_meaning(name: str) -> None:
    entry = declared()[name]
    assert CHINESE.search(entry["config"]["meta"]["title_zh"])
    for column in entry["columns"]:
        assert CHINESE.search(column["config"]["meta"]["title_zh"]), column["name"]
        assert column["data_type"] and column["description"], column["name"]


OVERLAPPING = {"zoning", "area_level", "area_kind", "is_part", "is_subproject", "key_area_code", "task_code"}
"""Columns of marts in which rows of several levels, zonings, key areas or tasks stand for the same ground or project."""
ADDED_UP = {"公顷", "亩", "万元", "千米"}
"""Units of amounts that people add up; of other marts a column says the unit."""


def adds_up(entry: dict[str, Any]) -> bool:
    columns = {column["name"]: column["config"]["meta"].get("measure_unit", "") for column in entry["columns"]}
    return "measure_unit" in columns or any(
        measure_unit in ADDED_UP or measure_unit.startswith("见") for measure_unit in columns.values()
    )


@pytest.mark.parametrize(
    "name",
    sorted(
        name
        for name, entry in marts().items()
        if entry["config"]["meta"]["audience"] == "public" and adds_up(entry)
        and OVERLAPPING & {column["name"] for column in entry["columns"]}
    ),
)  # fmt: skip
def test_a_mart_whose_rows_overlap_says_which_may_be_added_up(name: str) -> None:
    columns = {column["name"]: column for column in declared()[name]["columns"]}
    assert columns["is_additive"]["constraints"] == [{"type": "not_null"}], name
    assert re.search("add(ed)? up|count(s)? (once|every)", columns["is_additive"]["description"]), name
