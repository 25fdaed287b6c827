"""What the report reads of a published database: rows that know the mart and the key they stand under, totals that know
their SQL, and the titles of columns. Every section of the report asks here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import duckdb

from contracts.reference import SEEDS

MARTS = SEEDS.parent / "models" / "marts"
GRAIN = re.compile(r"^  - name: (\w+)[\s\S]*?grain: \[([^\]]*)\]", re.MULTILINE)


@cache
def grains() -> dict[str, tuple[str, ...]]:
    """The key of each mart, as its dbt model declares it."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(MARTS.glob("*.yml")))
    return {
        mart: tuple(name.strip() for name in columns.split(","))
        for text in texts
        for mart, columns in GRAIN.findall(text)
    }


@dataclass(frozen=True)
class Row:
    """A row of a mart. mart: None where the row is a comparison that no mart holds."""

    values: Mapping[str, Any]
    mart: str | None

    def __getitem__(self, column: str) -> Any:
        return self.values[column]

    @property
    def key(self) -> dict[str, Any]:
        """The columns that name this row in its mart, with their values; without those that are null."""
        names = grains()[self.mart] if self.mart else ()
        return {name: self.values[name] for name in names if self.values[name] is not None}


@dataclass(frozen=True)
class Total:
    """A figure that one SQL statement gives."""

    value: Any
    sql: str


class Source:
    """The marts of one published build.

    con: a connection to its database, open as long as the report is made.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        comments = con.execute(
            "select table_name, column_name, comment from duckdb_columns() where comment is not null"
        ).fetchall()
        self._titles = {(table, column): comment.partition("：")[0] for table, column, comment in comments}

    def title(self, mart: str | None, column: str) -> str | None:
        """The Chinese title of a mart's column; None where it has none."""
        return self._titles.get((mart or "", column))

    def has(self, mart: str) -> bool:
        """Whether the build has a mart."""
        return bool(self._con.execute("select 1 from duckdb_tables() where table_name = ?", [mart]).fetchone())

    def rows(self, mart: str, where: str = "true", order: str = "all") -> list[Row]:
        """The rows of a mart that an SQL condition selects, in an SQL order."""
        return [Row(values, mart) for values in self.select(f"from {mart} where {where} order by {order}")]

    def select(self, sql: str) -> list[dict[str, Any]]:
        """The rows of any statement."""
        return self._con.execute(sql).to_arrow_table().to_pylist()

    def total(self, sql: str) -> Total:
        """The one figure of a statement."""
        row = self._con.execute(sql).fetchone()
        return Total(row[0] if row else None, sql)
