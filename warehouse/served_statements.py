"""What a statement of a reader may be: one that reads the tables, and nothing that names files, settings or logs.

warehouse.served_connection asks it of every statement before it runs.
"""

import json
import re
from typing import Any

import duckdb

from warehouse.statement_size import MOST_TABLES, tables_read

# A statement of a person fits on a page; parsing one of megabytes takes memory before any limit of the engine counts.
LONGEST_STATEMENT = 100_000
LARGEST_SHOWN = 1_000_000  # a number of tables has hundreds of digits at worst
EXPLAIN = re.compile(
    r"\s*explain\b(?:\s+analyze\b)?(?:\s*\(\s*(?:analyze|format)\b[^()]*\))?(?P<explained>.*)", re.I | re.S
)
# DuckDB's own functions of tables that say nothing but what the tables are, or make rows of their arguments.
TABLE_FUNCTIONS = frozenset(
    {
        "duckdb_columns",
        "duckdb_constraints",
        "duckdb_functions",
        "duckdb_keywords",
        "duckdb_schemas",
        "duckdb_tables",
        "duckdb_types",
        "duckdb_views",
        "generate_series",
        "generate_subscripts",
        "json_each",
        "json_tree",
        "pragma_show",
        "pragma_table_info",
        "pragma_version",
        "range",
        "regexp_split_to_table",
        "repeat",
        "repeat_row",
        "summary",
        "unnest",
    }
)
# They show where the database lies (the lock-down puts its path among the allowed ones), also by planning SQL that is given as
# text, or write to the log.
CLOSED_FUNCTIONS = frozenset({"current_setting", "json_serialize_plan", "write_log"})
CLOSED_TABLES = frozenset({"duckdb_databases", "duckdb_logs", "pg_database", "pg_settings", "pragma_database_list"})
OWN_MACROS = "select function_name from duckdb_functions() where function_type = 'table_macro' and not internal"


class ServedError(duckdb.Error, RuntimeError):
    """A statement was refused, or ended at a limit; the message says which, and what to do."""


class StatementRefused(ServedError):
    """The statement is not one that reads the tables."""


def checked(con: duckdb.DuckDBPyConnection, sql: str) -> str:
    """The text of the one statement of `sql`, to be run as it is. Raises StatementRefused, duckdb.Error."""
    if len(sql) > LONGEST_STATEMENT:
        raise StatementRefused(
            f"语句长 {len(sql)} 个字符，不得超过 {LONGEST_STATEMENT} (the statement is too long: {len(sql)} characters)"
        )
    statements = con.extract_statements(sql)
    kinds = [one.type for one in statements]
    if kinds[:1] == [duckdb.StatementType.CREATE] and not statements[0].query:
        raise StatementRefused(
            "PIVOT 请写明各列：on … in (…) (write out the columns of PIVOT: on … in (…); else it makes a type first)"
        )
    if len(statements) != 1:
        raise StatementRefused(f"一次只运行一条语句，这里有 {len(statements)} 条 (one statement at a time)")
    text, reading = statements[0].query, statements[0].query
    if kinds == [duckdb.StatementType.EXPLAIN] and (found := EXPLAIN.fullmatch(text)):
        reading = found["explained"]
    elif kinds != [duckdb.StatementType.SELECT]:
        raise _refused(kinds[0].name)
    tree = _parsed(con, reading)
    _check_names(con, tree)
    _check_size(tree)
    return text


def _refused(what: str) -> StatementRefused:
    return StatementRefused(
        f"这里只能查询表 (only the tables can be read here; refused): {what}；有哪些表 (what there is): show tables"
    )


def _parsed(con: duckdb.DuckDBPyConnection, sql: str) -> Any:
    """The tree of a statement that reads. Raises StatementRefused for any other."""
    ((text,),) = con.execute("select json_serialize_sql(?)", [sql]).fetchall()
    try:
        tree = json.loads(text)
    except RecursionError as error:
        raise _refused("嵌套过深 (nested too deeply)") from error
    if tree["error"] or len(tree["statements"]) != 1:
        raise _refused(" ".join(sql.split()[:2]))
    return tree


def _check_size(tree: Any) -> None:
    """Raises StatementRefused for a statement that would take long, or much memory, only to be planned."""
    try:
        tables = tables_read(tree)
    except RecursionError as error:
        raise _refused("嵌套过深 (nested too deeply)") from error
    if tables > MOST_TABLES:
        raise StatementRefused(
            f"语句展开后要读 {_shown(tables)} 张表，不得超过 {MOST_TABLES}；请少用互相引用的 WITH "
            f"(written out, the statement reads {_shown(tables)} tables; at most {MOST_TABLES}: nest fewer WITH expressions)"
        )


def _shown(count: int) -> str:
    return str(count) if count < LARGEST_SHOWN else f"{LARGEST_SHOWN}+"


def _check_names(con: duckdb.DuckDBPyConnection, tree: Any) -> None:
    """Raises StatementRefused for a function or table that readers may not use."""
    own_macros: set[str] | None = None
    nodes = [tree]
    while nodes:
        node = nodes.pop()
        if isinstance(node, list):
            nodes += node
        if not isinstance(node, dict):
            continue
        nodes += node.values()
        name = str(node.get("function_name") or node.get("table_name") or "").lower()
        if name in CLOSED_FUNCTIONS or (name in CLOSED_TABLES and "table_name" in node):
            raise _refused(name)
        if node.get("type") == "TABLE_FUNCTION":
            used = str(node["function"].get("function_name", "")).lower()
            if used in TABLE_FUNCTIONS:
                continue
            if own_macros is None:
                own_macros = {macro for (macro,) in con.execute(OWN_MACROS).fetchall()}
            if used not in own_macros:
                raise _refused(used)
