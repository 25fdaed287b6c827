"""What each SQL rule is about, as a statement of its own: python -m dev.generate writes expectations/reach.json, which the
rule engine runs beside the rules.

A rule's condition (its `having`, else its `where`) is a list of parts joined by `and`. The last part is what it asks; those
before it say of which rows. From the rule's SQL a statement is derived that gives, for every row that the rule joins, how far
the rule gets with it (expectations.reach): nothing is declared twice, and no rule passes for a row that it never looked at.
"""

import json
from typing import Any

import duckdb

from contracts import contracts
from expectations.reach import BROKEN, KEPT, NO_VALUE, NOT_CONCERNED, Statement, digest
from expectations.sql_rules import SqlRule, rules

NAMING = ("min", "max", "arg_min", "arg_max", "min_by", "max_by")
"""Functions by which a rule names one row of a group: the first argument is its number."""


def rule_reach() -> str:
    """expectations/reach.json: by rule id, the statement."""
    with duckdb.connect(config={"threads": 1}) as con:
        found = {rule.rule.rule_id: reach_of(con, rule) for name in contracts() for rule in rules(name)}
    return json.dumps(dict(sorted(found.items())), ensure_ascii=False, indent=0) + "\n"


def reach_of(con: duckdb.DuckDBPyConnection, rule: SqlRule) -> Statement:
    """The statement of a rule: row_id, reach. Raises ValueError for a rule without a condition."""
    tree = _tree(con, rule.sql)
    node = tree["statements"][0]["node"]
    condition = node.get("having") or node.get("where_clause")
    if condition is None:
        raise ValueError(f"{rule.rule.rule_id}: the SQL has no condition: say in `where` what the rule asks")
    parts = condition["children"] if condition["type"] == "CONJUNCTION_AND" else [condition]
    row = node["select_list"][0]
    if row["class"] == "FUNCTION" and row["function_name"] in NAMING:
        row = row["children"][0]
    if node["having"]:
        row = _of_every_row(con, row)
    else:
        node |= {"where_clause": None, "group_expressions": [], "group_sets": []}
    node |= {"having": None, "qualify": None}
    concerned = {**condition, "children": parts[:-1]} if len(parts) > 2 else parts[0] if len(parts) == 2 else None
    node["select_list"] = [{**row, "alias": "row_id"}, {**parts[-1], "alias": "asked"}]
    if concerned is not None:
        node["select_list"].append({**concerned, "alias": "concerned"})
    outside = "" if concerned is None else f"when not coalesce(concerned, false) then {NOT_CONCERNED} "
    level = f"case {outside}when asked is null then {NO_VALUE} when asked then {BROKEN} else {KEPT} end"
    return {"of": digest(rule.sql), "sql": f"select row_id, {level} as reach from ({_text(con, tree)})"}


def _of_every_row(con: duckdb.DuckDBPyConnection, row: dict[str, Any]) -> dict[str, Any]:
    """Every row of a group, in place of the one that the rule names."""
    every = _tree(con, "select unnest(list(row_id))")["statements"][0]["node"]["select_list"][0]

    def put(value: Any) -> Any:
        if isinstance(value, dict):
            is_row = value.get("class") == "COLUMN_REF" and value.get("column_names") == ["row_id"]
            return row if is_row else {name: put(item) for name, item in value.items()}
        return [put(item) for item in value] if isinstance(value, list) else value

    made: dict[str, Any] = put(every)
    return made


def _tree(con: duckdb.DuckDBPyConnection, sql: str) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads(_only(con, "select json_serialize_sql(?::varchar)", sql))
    if tree["error"]:
        raise ValueError(f"{tree['error_message']}: {sql}")
    return tree


def _text(con: duckdb.DuckDBPyConnection, tree: dict[str, Any]) -> str:
    return _only(con, "select json_deserialize_sql(?::json)", json.dumps(tree))


def _only(con: duckdb.DuckDBPyConnection, sql: str, given: str) -> str:
    (row,) = con.execute(sql, [given]).fetchall()
    return str(row[0])
