"""Raw cells and features into typed rows in canonical units, by the dataset's contract."""

from pathlib import Path

from contracts import Contract
from ingestion.normalize.periods import InvalidPeriod, find_period
from ingestion.normalize.result import Conformed, empty_frame, frame, frame_schema, unreadable

__all__ = ["Conformed", "InvalidPeriod", "conform", "empty_frame", "find_period", "frame", "frame_schema", "unreadable"]


def conform(path: Path, file_name: str, contract: Contract, submission_id: str) -> Conformed:
    """A file of any kind as its contract's submission frame. Bad data is a finding, never an exception."""
    if contract.is_layer:
        from ingestion.normalize.layer import conform_layer

        return conform_layer(path, file_name, contract)
    from ingestion.normalize.table import conform_table

    return conform_table(path, file_name, contract, submission_id)
