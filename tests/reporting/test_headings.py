"""Chinese headings of what is published and of what a query gives."""

import duckdb
import pytest

from reporting.headings import Column, columns_of_query, headings, tables
from reporting.mart_models import models


@pytest.fixture
def con():
    with duckdb.connect() as con:
        con.execute("create table mart_a (code varchar, value double, unit varchar, planned_ha double, note varchar)")
        con.execute("comment on table mart_a is '甲：一行：一个代码 / One row a code'")
        for name, comment in {
            "code": "指标代码：Of the registry",
            "value": "数值（见 unit）：The value: as computed",
            "unit": "单位",
            "planned_ha": "规模（台账）（公顷）：Planned",
        }.items():
            con.execute(f"comment on column mart_a.{name} is '{comment}'")
        con.execute("create table mart_b (code varchar, value double)")
        con.execute("comment on column mart_b.code is '规则'")
        yield con


def test_a_comment_is_title_unit_and_meaning(con):
    table = tables(con)["mart_a"]
    assert (table.title, table.about) == ("甲", "一行：一个代码 / One row a code")
    assert table.columns == (
        Column("code", "VARCHAR", "指标代码", meaning="Of the registry"),
        Column("value", "DOUBLE", "数值", unit_column="unit", meaning="The value: as computed"),
        Column("unit", "VARCHAR", "单位"),
        Column("planned_ha", "DOUBLE", "规模（台账）", "公顷", meaning="Planned"),
        Column("note", "VARCHAR", "note"),
    )


def test_headings_have_units_and_each_is_another(con):
    columns = tables(con)["mart_a"].columns
    assert headings(columns) == ["指标代码", "数值（单位见“单位”）", "单位", "规模（台账）（公顷）", "note"]
    twice = [
        Column("a", "DOUBLE", "面积", "公顷"),
        Column("b", "DOUBLE", "面积", "公顷"),
        Column("c", "DOUBLE", "面积", "亩"),
    ]
    assert headings(twice) == ["面积（公顷）〔a〕", "面积（公顷）〔b〕", "面积（亩）"]


def test_a_query_has_the_headings_of_the_tables_that_it_reads(con):
    described = [("code", "VARCHAR"), ("planned_ha", "DOUBLE"), ("n", "BIGINT")]
    sql = "select code, planned_ha, 1 as n from mart_a"
    assert headings(columns_of_query(con, sql, described)) == ["指标代码", "规模（台账）（公顷）", "n"]
    # code has another title in mart_b
    for join in ("on mart_a.code = mart_b.code", "using (code)"):
        both = f"select mart_b.code, planned_ha, 1 as n from mart_a join mart_b {join}"
        assert headings(columns_of_query(con, both, described)) == ["code", "规模（台账）（公顷）", "n"]
    assert headings(columns_of_query(con, "from mart_b", [("code", "VARCHAR")])) == ["规则"]


def test_no_declared_title_has_the_colon_that_ends_it_in_a_comment():
    titles = [entry["config"]["meta"]["title_zh"] for model in models() for entry in (model, *model["columns"])]
    assert len(titles) > 500
    assert [title for title in titles if "：" in title] == []
