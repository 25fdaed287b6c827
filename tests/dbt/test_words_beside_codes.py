"""Officials read words: beside every reason why a figure is null stands its name, in every mart."""

from typing import Any

import pytest
import yaml

from tests.support.dbt_builds import PROJECT

REASONS = [
    (model["name"], column["name"], [one["name"] for one in model["columns"]])
    for path in sorted((PROJECT / "models" / "marts").glob("*.yml"))
    for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", [])
    for column in model["columns"]
    if "null_reason" in str(column.get("data_tests", ""))
]


@pytest.mark.parametrize(("mart", "column", "columns"), REASONS)
def test_the_words_of_a_reason_stand_right_behind_its_code(mart: str, column: str, columns: list[Any]) -> None:
    assert columns[columns.index(column) + 1] == f"{column}_zh", mart


def test_there_are_reasons() -> None:
    assert {mart for mart, _, _ in REASONS} >= {"mart_project_progress", "mart_project_s_curve", "mart_project_zone"}
