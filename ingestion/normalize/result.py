"""What reading and conforming a file yields: the submission frame, and what was found on the way."""

from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from contracts import Contract, Finding
from contracts.submission_table import table_columns

ARROW_TYPES = {
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "DATE": pa.date32(),
    "BOOLEAN": pa.bool_(),
    "VARCHAR": pa.string(),
    "BLOB": pa.binary(),
    "VARCHAR[]": pa.list_(pa.string()),
    "MAP(VARCHAR, VARCHAR)": pa.map_(pa.string(), pa.string()),
}


@dataclass
class NormalizedFile:
    """A file as typed rows in canonical units.

    table: the submission frame (`table_schema`). rows_read: data and control rows of the file; rows_control: the
    合计/小计 among them.
    readable: False when the file could not be opened or holds nothing to read (a finding says why).
    notes: what the sheet says about itself (title, submitter, reporter, reviewer, reported_on).
    repairs: what was taken otherwise than it stands (`contracts.normalization_log.Repair`, a column for each of its
    fields); None where nothing was read.
    """

    dataset: str
    table: pa.Table
    findings: list[Finding]
    rows_read: int
    rows_control: int
    readable: bool = True
    notes: dict[str, str] = field(default_factory=dict)
    conversions: pa.Table | None = None


def table_schema(contract: Contract) -> pa.Schema:
    """Arrow schema of a dataset's submission frame (`contracts.submission_table`)."""
    return pa.schema([pa.field(name, ARROW_TYPES[kind]) for name, kind in table_columns(contract).items()])


def empty_frame(contract: Contract) -> pa.Table:
    """A submission frame without rows."""
    return table_schema(contract).empty_table()


def frame(contract: Contract, rows: list[dict[str, Any]]) -> pa.Table:
    """A submission frame from row dicts; a column that a row lacks is null. Raises pyarrow.ArrowInvalid for a value of
    another type.
    """
    return pa.Table.from_pylist(rows, schema=table_schema(contract)) if rows else empty_frame(contract)


def unreadable(contract: Contract, found: Finding) -> NormalizedFile:
    """The outcome for a file that cannot be opened, or holds nothing to read."""
    return NormalizedFile(
        dataset=contract.dataset,
        table=empty_frame(contract),
        findings=[found],
        rows_read=0,
        rows_control=0,
        readable=False,
    )
