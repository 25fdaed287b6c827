"""The receipt of a submission in a home."""

from pathlib import Path

from warehouse.home import Home


def receipt_of(home: Home, submission_id: str) -> Path:
    """The folder of a submission's receipt, wherever it lies; raises ValueError where there is not exactly one."""
    (folder,) = home.receipts.glob(f"*/*-{submission_id}")
    return folder
