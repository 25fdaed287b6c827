"""Every model is described in Chinese and English, and every public column has a Chinese title and a type."""

import re
from functools import cache
from typing import Any

import pytest
import yaml

from tests.support.dbt_builds import PROJECT

MODELS = PROJECT / "models"
CHINESE = re.compile(r"[一-鿿]")


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


@pytest.mark.parametrize("name", sorted(path.stem for path in (MODELS / "marts").glob("*.sql")))
def test_every_public_column_has_a_title_a_type_and_a_meaning(name: str) -> None:
    entry = declared()[name]
    assert CHINESE.search(entry["config"]["meta"]["title_zh"])
    for column in entry["columns"]:
        assert CHINESE.search(column["config"]["meta"]["title_zh"]), column["name"]
        assert column["data_type"] and column["description"], column["name"]
