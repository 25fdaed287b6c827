"""How a raw table that holds no dataset's rows is declared: its columns with type, title and meaning. `raw_tables` and
`raw_intake_tables` declare them.
"""

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True)
class RawColumn:
    """A column: its DuckDB type, its Chinese title, what it holds, and its unit of measure as
    dbt names it.
    """

    sql_type: str
    zh: str
    en: str
    measure_unit: str | None = None


@dataclass(frozen=True)
class RawTable:
    """A table of the schema `raw`: its Chinese title, what a row is, and its columns in order."""

    zh: str
    en: str
    columns: dict[str, RawColumn]

    @property
    def types(self) -> dict[str, str]:
        """DuckDB type of each column."""
        return {name: column.sql_type for name, column in self.columns.items()}

    @property
    def arrow(self) -> pa.Schema:
        """The columns as an Arrow schema."""
        return pa.schema([(name, ARROW_TYPES[column.sql_type]) for name, column in self.columns.items()])


ARROW_TYPES: dict[str, pa.DataType] = {
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "VARCHAR": pa.string(),
    "DATE": pa.date32(),
    "BOOLEAN": pa.bool_(),
    "TIMESTAMP": pa.timestamp("us"),
    "BLOB": pa.binary(),
    "VARCHAR[]": pa.list_(pa.string()),
    "MAP(VARCHAR, VARCHAR)": pa.map_(pa.string(), pa.string()),
}


def text_column(zh: str, en: str) -> RawColumn:
    """A text."""
    return RawColumn("VARCHAR", zh, en)


def count_column(zh: str, en: str) -> RawColumn:
    """A whole number."""
    return RawColumn("BIGINT", zh, en)


def moment_column(zh: str, en: str) -> RawColumn:
    """A moment, in UTC."""
    return RawColumn("TIMESTAMP", zh, f"{en} (UTC)")


SUBMISSION_ID = text_column("报送编号", "The submission")
REPORTING_UNIT = text_column("填报单元", "Reporting unit: accepted, held and replaced as a whole")
PERIOD = text_column("填报期", "2025, 2025Q1, 2025-03 or 2021-10-31; null where a unit has none")
