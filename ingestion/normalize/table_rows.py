"""Parsed rows as rows of the submission table. Called by `table`."""

from typing import Any

import pyarrow as pa

from contracts import Contract
from ingestion.normalize.parsed_row import ParsedRow
from ingestion.normalize.result import submission_table

ROWS_AT_ONCE = 4096
"""Parsed rows that become rows of the submission table at once: so many stand in memory twice."""


def table_of(parsed_rows: list[ParsedRow], contract: Contract) -> pa.Table:
    """The submission table. The parsed rows are used up on the way: each is let go as soon as its rows are in the table."""
    parts: list[pa.Table] = []
    while parsed_rows:
        first = sum(part.num_rows for part in parts)
        parts.append(submission_table(contract, _table_rows(parsed_rows[:ROWS_AT_ONCE], contract, first)))
        del parsed_rows[:ROWS_AT_ONCE]
    return pa.concat_tables(parts)


def _table_rows(parsed_rows: list[ParsedRow], contract: Contract, first: int) -> list[dict[str, Any]]:
    """Rows of the submission table, numbered from `first` on; a wide row becomes one for each of its classes."""
    layout, rows = contract.layout, []
    for parsed in parsed_rows:
        common = {
            "sheet": parsed.sheet,
            "row_no": parsed.row_no,
            "reporting_unit": parsed.reporting_unit,
            "period": parsed.period,
            "feature": None,
        }
        if not parsed.classes:
            rows.append(common | parsed.values | {"cells": list(parsed.cells.items())})
        for code, heading, area, cell in parsed.classes:
            own = {str(layout.class_field): code, str(layout.value_field): area}
            where = parsed.cells | {str(layout.class_field): heading, str(layout.value_field): cell}
            rows.append(common | parsed.values | own | {"cells": list(where.items())})
    for number, row in enumerate(rows, start=first):
        row["row_id"] = number
    return rows
