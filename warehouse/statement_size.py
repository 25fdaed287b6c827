"""How large a statement becomes when DuckDB plans it: a bound that is counted on its parsed text. Asked by warehouse.served_statements
before anything is planned, as DuckDB neither counts the memory of planning nor lets it be interrupted.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

MOST_TABLES = 500
"""Tables that a statement may read once its WITH expressions are written out. Measured on DuckDB 1.5.5, tables of twenty columns: 512
take 1.4 s and 20 MB to plan, 1,024 four seconds, 2 to the power of 29 what the machine has."""


def tables_read(tree: Any, known: Mapping[str, int] | None = None) -> int:
    """How many tables a statement reads, each as often as it is written where WITH expressions are written out, and again for each * that
    repeats its columns. tree: of json_serialize_sql, or a part of it; known: of each WITH expression the tables that it reads.
    Raises RecursionError for a statement that is nested too deeply.
    """
    known, count, nodes = known or {}, 0, [tree]
    while nodes:
        node = nodes.pop()
        if isinstance(node, list):
            nodes += node
        if not isinstance(node, dict):
            continue
        if "cte_map" in node:
            count += _of_query(node, known)
            continue
        if node.get("type") in ("BASE_TABLE", "TABLE_FUNCTION"):
            count += 1 if node.get("schema_name") else known.get(str(node.get("table_name")).lower(), 1)
        nodes += node.values()
    return count


def _of_query(query: dict[str, Any], known: Mapping[str, int]) -> int:
    named = dict(known)
    for entry in query["cte_map"]["map"]:
        named[entry["key"].lower()] = tables_read(entry["value"], named)
    rest = [value for key, value in query.items() if key != "cte_map"]
    return max(_repeated(query.get("select_list", [])) * tables_read(rest, named), *named.values(), 0)


def _repeated(chosen: list[Any]) -> int:
    """How often a query chooses all columns of a table: select *, * gives each twice."""
    stars = Counter(item["relation_name"].lower() for item in chosen if item.get("class") == "STAR")
    of_all = stars.pop("", 0)
    return max(1, of_all + max(stars.values(), default=0))
