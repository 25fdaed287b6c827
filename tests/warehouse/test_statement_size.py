"""The bound on what a statement becomes when it is planned."""

import json

import duckdb
import pytest

from warehouse.served_statements import StatementRefused, checked
from warehouse.statement_size import MOST_TABLES, tables_read


def _tables(sql: str) -> int:
    ((tree,),) = duckdb.execute("select json_serialize_sql(?)", [sql]).fetchall()
    return tables_read(json.loads(tree))


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("select 1", 0),
        ("from t", 1),
        ("select *, t.* from t, u", 4),
        ("select a.*, b.* from t as a, u as b", 2),
        ("with a as (from t, u) select * from a as x, a as y where exists (from a)", 6),
        ("with a as (from t, u) select count(*) from main.a", 2),
        ("with a as (from t, u), b as (from a) select 1", 2),
        ("with recursive r as (select 1 as x union all select x + 1 from r) from r", 1),
        ("select (select count(*) from t), list_transform([1], x -> x) from range(3)", 2),
        ("with A as (from t, u) from a", 2),
    ],
)
def test_the_tables_of_a_statement_are_counted_as_often_as_they_are_read(sql: str, tables: int) -> None:
    assert _tables(sql) == tables


def test_a_statement_that_reads_too_many_is_refused_in_plain_words() -> None:
    sql = " union all ".join(["from t"] * (MOST_TABLES + 1))
    with duckdb.connect() as con:
        assert checked(con, " union all ".join(["from t"] * MOST_TABLES))
        with pytest.raises(StatementRefused, match="at most 500: nest fewer WITH expressions") as refused:
            checked(con, sql)
    assert "语句展开后要读 501 张表" in str(refused.value)
