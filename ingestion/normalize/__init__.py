"""Raw cells and features into typed rows in canonical units, by the dataset's contract."""

from pathlib import Path

from contracts import Contract
from ingestion.normalize.periods import InvalidPeriod, find_period
from ingestion.normalize.result import NormalizedFile, empty_frame, frame, table_schema, unreadable

__all__ = [
    "InvalidPeriod",
    "NormalizedFile",
    "empty_frame",
    "find_period",
    "frame",
    "normalize",
    "table_schema",
    "unreadable",
]


def normalize(path: Path, file_name: str, contract: Contract, submission_id: str) -> NormalizedFile:
    """A file of any kind as its contract's submission frame. Bad data is a finding, never an exception."""
    if contract.is_layer:
        from ingestion.normalize.layer import normalize_layer

        return normalize_layer(path, file_name, contract)
    from ingestion.normalize.table import normalize_table

    return normalize_table(path, file_name, contract, submission_id)
