"""Raw cells and features into typed rows in canonical units, by the dataset's contract: the second step of intake. Called
by `pipeline.intake.parse` in the sandbox.

A sheet goes through `table` (`sheet_tables` finds its tables, `columns` their fields, `row_parser` their rows,
`sheet_checks` what does not add up), a layer through `layer` (`layer_values` its attributes, `layer_position` its
coordinates, `layer_checks` its shapes). Both convert values by `values` and name the period by `report_period`.
"""

from pathlib import Path

from contracts import Contract
from ingestion.normalize.periods import InvalidPeriod, find_period
from ingestion.normalize.result import NormalizedFile, empty_table, submission_table, table_schema, unreadable

__all__ = [
    "InvalidPeriod",
    "NormalizedFile",
    "empty_table",
    "find_period",
    "normalize",
    "submission_table",
    "table_schema",
    "unreadable",
]


def normalize(path: Path, file_name: str, contract: Contract, submission_id: str) -> NormalizedFile:
    """A file of any kind as its contract's submission table. Bad data is a finding, never an exception.

    path: the file, or a folder with a layer's files; file_name: as submitted; submission_id: for the log of the program.
    """
    if contract.is_layer:
        from ingestion.normalize.layer import normalize_layer

        return normalize_layer(path, file_name, contract)
    from ingestion.normalize.table import normalize_table

    return normalize_table(path, file_name, contract, submission_id)
