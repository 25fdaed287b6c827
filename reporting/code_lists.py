"""The codes that stand in the marts, with their names: from the seeds. Read by the workbooks and the data dictionary."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from contracts import contracts
from contracts.reference import table


@dataclass(frozen=True)
class Code:
    """A code and its names. meaning: Chinese, empty where the name says it."""

    code: str
    name_zh: str
    name_en: str
    meaning: str


@dataclass(frozen=True)
class CodeList:
    """Codes of one kind."""

    name: str
    title: str
    codes: tuple[Code, ...]


REGISTRIES = {
    "indicator": ("指标", "indicator_code", "name_zh", "name_en", None),
    "measure": ("计量", "measure_code", "name_zh", "name_en", None),
    "target_status": ("目标进展", "status", "status_zh", "status_en", "meaning_zh"),
    "zone": ("规划分区", "zone_code", "zone_name", None, None),
}
"""Seeds that are lists of their own: title, and the columns of code, Chinese name, English name and meaning. The others stand in the
seed `code`."""


@cache
def code_lists() -> tuple[CodeList, ...]:
    """Every list: the registries first, then those of the seed `code` in its order."""
    found = []
    for name, (title, *columns) in REGISTRIES.items():
        codes_of = tuple(Code(*(row[one] if one else "" for one in columns)) for row in table(name))
        found.append(CodeList(name, title, codes_of))
    datasets = tuple(Code(one.dataset, one.title.zh, one.title.en, "") for one in contracts().values())
    found.append(CodeList("dataset", "数据集", datasets))
    codes: dict[str, list[Code]] = {}
    for row in table("code"):
        codes.setdefault(row["code_list"], []).append(
            Code(row["code"], row["name_zh"], row["name_en"], row["meaning_zh"])
        )
    found += [CodeList(row["code_list"], row["title_zh"], tuple(codes[row["code_list"]])) for row in table("code_list")]
    return tuple(found)


def code_list_of(column: Mapping[str, Any]) -> str | None:
    """The list that the codes of a declared column are of, by the dbt test that holds it to it."""
    for test in column.get("data_tests", ()):
        if isinstance(test, dict) and "in_code_list" in test:
            return str(test["in_code_list"]["arguments"]["code_list"])
    return None
