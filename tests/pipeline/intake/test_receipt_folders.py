"""A receipt is never written over another submission's, even where numbers began anew."""

import shutil
from pathlib import Path

import pytest

from contracts import finding
from pipeline.intake.receipts import ReceiptOfAnother, give_receipt
from tests.support.archived import arrive
from warehouse.home import Home
from warehouse.ledger import Ledger, Submission


def refused(home: Home, ledger: Ledger, number: int) -> Submission:
    """A submission that could not be read."""
    submission = arrive(home, ledger, number)
    found = [finding("reading.unknown_dataset")]
    return ledger.stage(
        submission.submission_id, staged_as=None, rows_read=0, rows_control=0, findings=found, readable=False
    )


def test_numbers_that_began_anew_do_not_overwrite_the_first_receipt(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").ensure()
    with Ledger.open(home) as ledger:
        first = refused(home, ledger, 1)
        folder = give_receipt(home, ledger, first.submission_id)
        assert give_receipt(home, ledger, first.submission_id) == folder
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    shutil.rmtree(home.ledger_file.parent)
    with Ledger.open(home, beside_archive=True) as ledger:
        second = refused(home, ledger, 2)
        assert second.submission_id == first.submission_id
        with pytest.raises(ReceiptOfAnother, match="warehouse verify"):
            give_receipt(home, ledger, second.submission_id)
        assert ledger.get(second.submission_id).receipt_as is None
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
