"""The submission table in Arrow, as it is staged, and in DuckDB, as the raw tables hold it. `staged`, `accepted` and
`sync` take their columns from here.
"""

import pyarrow as pa

from contracts.model import Contract
from contracts.submission_table import table_columns
from warehouse.raw_columns import ARROW_TYPES

VERSION_COLUMNS = {"submission_id": "VARCHAR", "accepted_at": "TIMESTAMP"}


class NotASubmissionTable(ValueError):
    """A table has not the columns of its dataset's submission table."""


def raw_columns(contract: Contract) -> dict[str, str]:
    """Columns of `raw.<dataset>` with their DuckDB types: submission and moment of acceptance, then those of
    the submission table.
    """
    return {**VERSION_COLUMNS, **table_columns(contract)}


def table_schema(contract: Contract) -> pa.Schema:
    """The submission table as an Arrow schema."""
    return pa.schema([(name, ARROW_TYPES[sql_type]) for name, sql_type in table_columns(contract).items()])


def as_submission_table(table: pa.Table, contract: Contract) -> pa.Table:
    """The table with the columns of its contract, in their order and types.

    Raises NotASubmissionTable, naming what is missing, foreign or of another type.
    """
    schema = table_schema(contract)
    if difference := set(table.column_names) ^ set(schema.names):
        raise NotASubmissionTable(f"{contract.dataset}: missing or foreign columns: {', '.join(sorted(difference))}")
    try:
        return table.select(schema.names).cast(schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise NotASubmissionTable(f"{contract.dataset}: {error}") from None


def sql_columns(columns: dict[str, str]) -> str:
    """Column definitions for `create table`."""
    return ", ".join(f'"{name}" {sql_type}' for name, sql_type in columns.items())
