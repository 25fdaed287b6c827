"""The published marts as their models' YAML declares them, and the subjects that they belong to (dbt's groups). Read by
reporting.workbooks and by the data dictionary.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from contracts.reference import SEEDS

MODELS = SEEDS.parent / "models"
MARTS, GROUPS = MODELS / "marts", MODELS / "groups.yml"
PUBLIC = "public"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C, where it is built in, takes a tenth of the time


@dataclass(frozen=True)
class Subject:
    """What a workbook is about: a group of the dbt project. about: its description; marts: by name, in order."""

    name: str
    title: str
    about: str
    marts: tuple[str, ...]


@dataclass(frozen=True)
class Balance:
    """How a column's printed values add up: within `by`, and within each value of the column `within_each`, to the printed
    value of the mart `whole`; rows where the column `parts` is true to that of the row of their own mart whose `key` theirs
    begins with. Only rows whose column `unless` is null add up.
    """

    column: str
    unit_column: str
    unless: str
    whole: str
    by: tuple[str, ...]
    within_each: str | None = None
    parts: str | None = None
    key: str | None = None


def models(folder: Path = MARTS) -> list[dict[str, Any]]:
    """The models that a folder's YAML declares, by name."""
    found = [
        model
        for path in folder.glob("*.yml")
        for model in yaml.load(path.read_text(encoding="utf-8"), LOADER).get("models", [])
    ]
    return sorted(found, key=lambda model: model["name"])


@cache
def public_columns() -> dict[str, tuple[str, ...]]:
    """By mart, the columns that anybody may see: of models whose `meta.audience` is public, all columns whose own is not internal."""
    return {
        model["name"]: tuple(
            column["name"] for column in model["columns"] if column["config"]["meta"].get("audience", PUBLIC) == PUBLIC
        )
        for model in models()
        if model["config"]["meta"]["audience"] == PUBLIC
    }


@cache
def subjects() -> tuple[Subject, ...]:
    """Every subject that has marts for a workbook, in the order of groups.yml.

    A mart (`mart_…`) is a sheet of its group's workbook unless its meta says `in_workbooks: false`; dimensions, facts and
    bridges are for SQL.
    """
    shown: dict[str, list[str]] = {}
    for model in models():
        if model["name"].startswith("mart_") and model["config"]["meta"].get("in_workbooks", True):
            shown.setdefault(model["config"]["group"], []).append(model["name"])
    groups = yaml.safe_load(GROUPS.read_text(encoding="utf-8"))["groups"]
    return tuple(
        Subject(group["name"], group["config"]["meta"]["title_zh"], group["description"], tuple(shown[group["name"]]))
        for group in groups
        if group["name"] in shown
    )


@cache
def balances() -> dict[str, Balance]:
    """By mart, how one of its columns is printed so that it adds up (`balanced` in the model's meta)."""
    declared = {model["name"]: model["config"]["meta"].get("balanced") for model in models()}
    return {name: Balance(**{**one, "by": tuple(one["by"])}) for name, one in declared.items() if one}
