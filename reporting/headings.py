"""Chinese headings of a published database's columns, from the comments that dbt wrote on them ("标题（单位）：meaning"). Read by
reporting.workbooks, and for what a query gives.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

UNIT_OF_A_COLUMN = "见 "
"""Before the name of the column that has each row's unit, where the unit of a column stands: 数值（见 unit）."""
COMMENTS = """
    select table_name, column_name, data_type, coalesce(comment, '') from duckdb_columns()
    where database_name = current_database() and not internal order by table_name, column_index
"""


class Connection(Protocol):
    """What is asked of a connection to a published database: DuckDB's own, or one with limits."""

    def execute(self, query: str, /) -> Any:
        """Run one statement; its rows are fetched from what it gives."""

    def get_table_names(self, query: str, /) -> set[str]:
        """The tables that a statement reads."""


@dataclass(frozen=True)
class Column:
    """A column of a mart. title: Chinese, the name where there is none; unit: printed behind it; unit_column: the column that
    has the unit of each row; meaning: the description.
    """

    name: str
    kind: str
    title: str
    measure_unit: str | None = None
    unit_column: str | None = None
    meaning: str = ""


@dataclass(frozen=True)
class Table:
    """A published table: its title and description, and its columns."""

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]


def tables(con: Connection) -> dict[str, Table]:
    """Every table of the connection's database, by name."""
    comments = con.execute(
        "select table_name, coalesce(comment, '') from duckdb_tables() where database_name = current_database() order by 1"
    )
    about = {name: _split(comment) for name, comment in comments.fetchall()}
    columns: dict[str, list[Column]] = {name: [] for name in about}
    for table, name, kind, comment in con.execute(COMMENTS).fetchall():
        if table in columns:
            columns[table].append(column(name, kind, comment))
    return {name: Table(name, title or name, text, tuple(columns[name])) for name, (title, text) in about.items()}


def column(name: str, kind: str, comment: str) -> Column:
    """A column from its comment."""
    heading, meaning = _split(comment)
    title, _, measure_unit = (
        heading.removesuffix("）").rpartition("（") if heading.endswith("）") else (heading, "", "")
    )
    if measure_unit.startswith(UNIT_OF_A_COLUMN):
        return Column(name, kind, title, unit_column=measure_unit.removeprefix(UNIT_OF_A_COLUMN), meaning=meaning)
    return Column(name, kind, title or name, measure_unit=measure_unit or None, meaning=meaning)


def _split(comment: str) -> tuple[str, str]:
    """What stands before and after the first colon of a comment."""
    before, _, after = comment.partition("：")
    return before.strip(), after.strip()


def headings(columns: Sequence[Column]) -> list[str]:
    """A heading for each column, its unit behind it, each another: one that occurs twice has the column's name behind it."""
    titles = {one.name: one.title for one in columns}
    texts = [_heading(one, titles) for one in columns]
    return [
        f"{text}〔{one.name}〕" if texts.count(text) > 1 else text for text, one in zip(texts, columns, strict=True)
    ]


def _heading(one: Column, titles: dict[str, str]) -> str:
    if one.unit_column is not None:
        other = titles.get(one.unit_column)
        return f"{one.title}（单位见“{other}”）" if other else f"{one.title}（单位见{one.unit_column}）"
    return f"{one.title}（{one.measure_unit}）" if one.measure_unit else one.title


def columns_of_query(con: Connection, sql: str, described: Iterable[tuple[str, str]]) -> list[Column]:
    """The columns that a query gives (name, type), with the titles that columns of these names have in the tables that it
    reads; one that is computed, or is called differently in two of them, keeps its name.
    """
    known = tables(con)
    read = [known[name] for name in _tables_of(con, sql, known) if name in known]
    found = []
    for name, kind in described:
        same = {one for table in read for one in table.columns if one.name == name}
        titles = {(one.title, one.measure_unit, one.unit_column) for one in same}
        title, measure_unit, unit_column = titles.pop() if len(titles) == 1 else (name, None, None)
        found.append(Column(name, kind, title, measure_unit, unit_column))
    return found


def _tables_of(con: Connection, sql: str, known: Iterable[str]) -> Iterable[str]:
    """The tables that a statement reads; all of them where DuckDB does not say (measured on 1.5.5: joins by `using`)."""
    import duckdb

    try:
        return con.get_table_names(sql)
    except duckdb.Error:
        return known
