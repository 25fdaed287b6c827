"""The statement that says what a rule is about is derived from its SQL, whatever form its condition has."""

import duckdb
import pytest

from contracts import Rule
from dev.rule_reach import reach_of
from expectations.sql_rules import SqlRule

SUBMISSION = """
    create table submission as from (values (0, 'A', 1.0, 5.0), (1, 'A', null, 5.0), (2, 'B', 9.0, 5.0), (3, 'C', 9.0, 0.0))
    as t(row_id, unit, a, b)
"""
"""Of each row: kept, without a value, broken, none that is meant."""


def reached(sql: str) -> list[tuple[int, int]]:
    rule = SqlRule(Rule("x.y", "error", False, 1.0, "", "", "", "", "2026-11"), sql)
    with duckdb.connect() as con:
        con.execute(SUBMISSION)
        statement = reach_of(con, rule)["sql"].replace("$threshold", "1.0")
        return con.execute(f"select row_id, max(reach) from ({statement}) group by 1 order by 1").fetchall()


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select row_id, 'a' as field from submission where b > 0 and a > b * $threshold", [2, 1, 3, 0]),
        ("select row_id from submission where a > b * $threshold", [2, 1, 3, 3]),
        ("select row_id from submission where b > 0 and (a > b or a < 0)", [2, 1, 3, 0]),
        ("with own as (select * from submission where b > 0) select row_id from own where a > b", [2, 1, 3]),
        ("select min(row_id) as row_id from submission where b > 0 and a > b group by unit", [2, 1, 3, 0]),
        (
            "select min(row_id) as row_id from submission group by unit having min(b) > 0 and sum(a) > sum(b)",
            [2, 2, 3, 0],
        ),
        ("select arg_max(row_id, a) as row_id from submission group by unit having sum(a) > sum(b) * 2", [2, 2, 2, 3]),
    ],
)
def test_the_last_part_is_asked_of_the_rows_that_the_others_mean(sql: str, expected: list[int]) -> None:
    assert reached(sql) == list(enumerate(expected))


def test_a_rule_without_a_condition_is_refused() -> None:
    with pytest.raises(ValueError, match="has no condition"):
        reached("select row_id from submission")
