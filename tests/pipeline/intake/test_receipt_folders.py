"""Where receipts lie: under whoever gets them, one for each submission; none is written over another's."""

import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from contracts import finding
from pipeline.intake.receipt_folder import OF_SEVERAL, receipt_folder
from pipeline.intake.receipts import ReceiptOfAnother, give_receipt
from tests.support.archived import arrive
from warehouse.home import Home
from warehouse.ledger import Ledger, Submission, UnitRecord

NUMBER = "S20260120-000007"


def refused(home: Home, ledger: Ledger, number: int) -> Submission:
    """A submission that could not be read."""
    submission = arrive(home, ledger, number)
    found = [finding("reading.unknown_dataset")]
    return ledger.stage(
        submission.submission_id, staged_as=None, rows_read=0, rows_control=0, findings=found, readable=False
    )


@pytest.fixture
def submission(tmp_path: Path) -> Submission:
    home = Home(tmp_path / "home").ensure()
    with Ledger.open(home) as ledger:
        return replace(arrive(home, ledger, 1), submission_id=NUMBER, file_name="2025年报.xlsx")


def records(*keys: str, state: str = "accepted", period: str = "2025") -> list[UnitRecord]:
    return [UnitRecord(NUMBER, "ecology", key, period, state, 1, 1, "", ()) for key in keys]  # type: ignore[arg-type]


def place(submission: Submission, reporting_units: list[UnitRecord] | None = None) -> str:
    home = Home(Path("/home"))
    return home.relative(receipt_folder(home, submission, reporting_units or []))


def test_a_receipt_lies_under_its_sender(submission: Submission) -> None:
    sent = replace(submission, sender="荫城镇财政所")
    assert place(sent, records("140404101")) == f"receipts/荫城镇财政所/2025年报-{NUMBER}"


def test_without_a_sender_it_lies_under_its_only_reporting_unit(submission: Submission) -> None:
    (town, other) = ("140404102", "140404101")
    both_years = [*records(town), *records(town, period="2024"), *records(other, state="dropped")]
    assert place(submission, both_years) == f"receipts/荫城镇/2025年报-{NUMBER}"
    layer = replace(submission, dataset="admin_boundary")
    assert place(layer, records("layer")) == f"receipts/行政区/2025年报-{NUMBER}"


@pytest.mark.parametrize("reporting_units", [[], records("140404101", "140404102")])
def test_with_none_or_several_it_lies_in_the_common_folder(
    submission: Submission, reporting_units: list[UnitRecord]
) -> None:
    assert place(submission, reporting_units) == f"receipts/{OF_SEVERAL}/2025年报-{NUMBER}"
    unknown = replace(submission, dataset=None)
    assert place(unknown) == f"receipts/{OF_SEVERAL}/2025年报-{NUMBER}"


def test_a_receipt_that_is_there_keeps_its_place(submission: Submission) -> None:
    """Receipts of earlier versions lie under the submission's id."""
    former = replace(submission, receipt_as=f"receipts/{NUMBER}", sender="荫城镇")
    assert place(former, records("140404102")) == f"receipts/{NUMBER}"


@pytest.mark.parametrize(
    ("sender", "folder"),
    [
        ("../..", "_"),
        ("S20251125-000001", "S20251125-000001_"),
        ("index.html", "index.html_"),
        ("索引.csv", "索引.csv_"),
    ],
)
def test_no_sender_writes_elsewhere_or_over_what_is_there(submission: Submission, sender: str, folder: str) -> None:
    assert place(replace(submission, sender=sender)) == f"receipts/{folder}/2025年报-{NUMBER}"


def test_two_submissions_of_one_file_name_have_a_receipt_each(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").ensure()
    with Ledger.open(home) as ledger:
        names = [refused(home, ledger, number).submission_id for number in (1, 2)]
        folders = [give_receipt(home, ledger, name) for name in names]
        assert [ledger.get(name).receipt_as for name in names] == [home.relative(folder) for folder in folders]
    assert len(set(folders)) == 2
    assert [(folder / "receipt.json").is_file() for folder in folders] == [True, True]


def test_a_receipt_of_an_earlier_version_is_written_again_where_it_lies(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").ensure()
    with Ledger.open(home) as ledger:
        name = refused(home, ledger, 1).submission_id
        ledger.attach_receipt(name, f"receipts/{name}")
        assert give_receipt(home, ledger, name) == home.receipts / name
        assert ledger.get(name).receipt_as == f"receipts/{name}"
    assert [path.name for path in home.receipts.iterdir()] == [name]


def test_numbers_that_began_anew_do_not_overwrite_the_first_receipt(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").ensure()
    with Ledger.open(home) as ledger:
        first = refused(home, ledger, 1)
        folder = give_receipt(home, ledger, first.submission_id)
        assert give_receipt(home, ledger, first.submission_id) == folder
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    for lost in (home.ledger_file.parent, tmp_path / "sent"):
        shutil.rmtree(lost)
    time.sleep(1.1)  # arrivals are told apart by the second
    with Ledger.open(home, beside_archive=True) as ledger:
        second = refused(home, ledger, 1)
        assert second.submission_id == first.submission_id
        with pytest.raises(ReceiptOfAnother, match="warehouse verify"):
            give_receipt(home, ledger, second.submission_id)
        assert ledger.get(second.submission_id).receipt_as is None
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
