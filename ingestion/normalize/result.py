"""What reading and normalizing a file gives: the submission table, and what was found on the way. Made by `table` and
`layer`, staged by the intake.
"""

from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from contracts import Contract, Finding
from contracts.reading_record import ReadingRecord
from warehouse.table_schema import table_schema

__all__ = ["NormalizedFile", "empty_table", "submission_table", "table_schema", "unreadable"]


@dataclass
class NormalizedFile:
    """A file as typed rows in canonical units.

    table: the submission table (`table_schema`). rows_read: data and total rows of the file; rows_control: the 合计/小计
    among them. readable: False when the file could not be opened or holds nothing to read (a finding says why). notes:
    what the sheet says about itself (title, submitter, reporter, reviewer, reported_on). conversions: the normalization
    log, a column for each field of `contracts.normalization_log.Conversion`; None where nothing was read. record: what was
    done with every sheet, row and column.
    """

    dataset: str
    table: pa.Table
    findings: list[Finding]
    rows_read: int
    rows_control: int
    readable: bool = True
    notes: dict[str, str] = field(default_factory=dict)
    conversions: pa.Table | None = None
    record: ReadingRecord = field(default_factory=ReadingRecord)


def empty_table(contract: Contract) -> pa.Table:
    """A submission table without rows."""
    return table_schema(contract).empty_table()


def submission_table(contract: Contract, rows: list[dict[str, Any]]) -> pa.Table:
    """A submission table from row dicts; a column that a row lacks is null. Raises pyarrow.ArrowInvalid for a value of
    another type.
    """
    return pa.Table.from_pylist(rows, schema=table_schema(contract)) if rows else empty_table(contract)


def unreadable(contract: Contract, found: Finding) -> NormalizedFile:
    """The outcome for a file that cannot be opened, or holds nothing to read."""
    return NormalizedFile(
        dataset=contract.dataset,
        table=empty_table(contract),
        findings=[found],
        rows_read=0,
        rows_control=0,
        readable=False,
    )
