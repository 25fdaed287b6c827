"""The receipt of a submission, written from what the ledger says of it. Called after every decision about it: on arrival,
by people, when what it waited for arrives, and in a rebuild.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from contracts import Finding, contract
from contracts.calendar import DISTRICT_TIME
from contracts.reading_record import READING_NOTE, record_of
from ingestion.receipts.names import JSON_NAME
from ingestion.receipts.summary import SubmissionSummary, UnitSummary
from pipeline.intake import notices as intake_notices
from pipeline.intake.failures import record
from pipeline.intake.receipt_folder import receipt_folder
from pipeline.intake.sandbox_policy import files_of
from warehouse import archive
from warehouse.home import Home
from warehouse.integrity import DamagedArchive, DamagedStaged
from warehouse.ledger import Ledger, Submission, UnitRecord
from warehouse.staged import intact, read_normalization_log, read_staged

RECEIPT_SECONDS, RECEIPT_MEGABYTES = 60.0, 1536  # beyond them the submitter's own workbook is not given back
LISTED_CONVERSIONS = 1000  # entries of the normalization log that a receipt shows: it says how many there are


class ReceiptOfAnother(RuntimeError):
    """A receipt's folder holds that of another submission of the same number; nothing was written."""


@dataclass(frozen=True)
class ReceiptRequest:
    """Everything that a receipt is made of. original: the archived file, None to leave the submitter's own workbook
    out.
    """

    folder: Path
    original: Path | None
    file_name: str
    submission: SubmissionSummary
    findings: list[Finding]
    reporting_units: list[UnitSummary]
    home: Home
    dataset: str | None
    staged_as: str | None


def main_file(members: Sequence[Path]) -> Path:
    """What to open of a submission: its only file, the .shp of a loose Shapefile, or the folder of a File Geodatabase."""
    if any(member.suffix.lower() == ".gdbtable" for member in members):
        return members[0].parent
    return next((member for member in members if member.suffix.lower() == ".shp"), members[0])


def give_receipt(home: Home, ledger: Ledger, submission_id: str) -> Path:
    """Write the receipt of a submission as the ledger has it now; an earlier one is replaced. Returns its folder.

    A decision that is recorded meanwhile leaves another one due. Where the submitter's own file cannot be given back
    with its marks, the receipt is written without it. Raises ReceiptOfAnother.
    """
    from ingestion import sandbox
    from ingestion.receipts.write import own_folder, put_in_place

    shows = ledger.last_moment()
    request = _request(home, ledger, submission_id)
    _refuse_other(request)
    with own_folder(request.folder) as own:
        made = own / request.folder.name
        ran = sandbox.run(
            write,
            replace(request, folder=made),
            seconds=RECEIPT_SECONDS,
            megabytes=RECEIPT_MEGABYTES,
            reads=_read_by(request),
            writes=own,
        )
        if ran.ok and made.is_dir():
            put_in_place(made, request.folder)
        else:
            write(replace(request, original=None))
    ledger.attach_receipt(submission_id, home.relative(request.folder), shows)
    return request.folder


def _read_by(request: ReceiptRequest) -> list[Path]:
    """What the process that writes a receipt reads."""
    staged = [request.home.absolute(request.staged_as)] if request.staged_as else []
    return [*staged, *(files_of(request.original) if request.original else ())]


def _refuse_other(request: ReceiptRequest) -> None:
    """Raises ReceiptOfAnother where the folder holds the receipt of another arrival: numbers began anew, so a ledger was
    lost.
    """
    try:
        there = json.loads((request.folder / JSON_NAME).read_text(encoding="utf-8"))
        found = (there["file"], there["received_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return  # none, or one that a crash left
    if found != (request.file_name, request.submission.received_at):
        raise ReceiptOfAnother(
            f"{request.folder} 里是另一份报送的回执（{found[0]}，{found[1]}），不覆盖；台账可能丢失过，请运行 warehouse verify，"
            "并从备份恢复 (holds another submission's receipt, which is not overwritten: the ledger may have been lost; "
            "run warehouse verify, and restore a backup)"
        )


def write(request: ReceiptRequest) -> None:
    """Write a receipt; runs in a limited process, as it opens the submitter's file again."""
    from ingestion.receipts.write import write_receipt

    table: Any = (
        read_staged(request.home, request.staged_as, request.dataset) if request.staged_as and request.dataset else None
    )
    write_receipt(
        request.folder,
        original=request.original,
        file_name=request.file_name,
        submission=request.submission,
        findings=request.findings,
        reporting_units=request.reporting_units,
        table=table,
    )


def _request(home: Home, ledger: Ledger, submission_id: str) -> ReceiptRequest:
    submission = ledger.get(submission_id)
    withdrawn = {
        (one.reporting_unit, one.period): one.because
        for one in ledger.decisions()
        if one.submission_id == submission_id and one.kind == "withdrawn"
    }
    records = ledger.reporting_units(submission_id)
    reporting_units = [
        UnitSummary(
            reporting_unit.reporting_unit,
            reporting_unit.period,
            reporting_unit.state,
            _reason(reporting_unit, withdrawn.get((reporting_unit.reporting_unit, reporting_unit.period))),
        )
        for reporting_unit in records
        if reporting_unit.state != "staged" and reporting_unit.state != "dropped"
    ]
    staged_as = _staged(home, submission)
    received_at = submission.received_at.astimezone(DISTRICT_TIME)
    converted, conversions = read_normalization_log(home, staged_as, LISTED_CONVERSIONS) if staged_as else (0, [])
    summary = SubmissionSummary(
        submission_id=submission_id,
        dataset=submission.dataset,
        received_at=received_at.isoformat(timespec="seconds"),
        rows_read=submission.rows_read,
        rows_accepted=submission.rows_accepted,
        rows_held=submission.rows_held,
        rows_control=submission.rows_control,
        sender=submission.sender,
        period=_only(submission.periods),
        converted=converted,
        conversions=tuple(conversions),
        reading=record_of(json.loads(submission.notes.get(READING_NOTE, "{}"))),
        rules=ledger.rule_outcomes(submission_id),
    )
    return ReceiptRequest(
        receipt_folder(home, submission, records),
        _original(home, ledger, submission),
        submission.file_name,
        summary,
        ledger.findings(submission_id),
        reporting_units,
        Home(home.root),  # without the ledger's server, which is a secret
        submission.dataset,
        staged_as,
    )


def _staged(home: Home, submission: Submission) -> str | None:
    """The staged file of a submission, made again here where it is damaged, not in the sandbox; None where it has none,
    or where that and its original are gone: a decision (its withdrawal) is told to the submitter all the same.
    """
    if submission.staged_as is None:
        return None
    try:
        return home.relative(intact(home, submission.staged_as))
    except (DamagedArchive, DamagedStaged, FileNotFoundError) as error:
        record(home, f"receipt {submission.submission_id}", error)
        return None


def _original(home: Home, ledger: Ledger, submission: Submission) -> Path | None:
    """The archived file of a submission; None where it is damaged or gone, of which operators are notified: a decision
    is told to the submitter all the same.
    """
    try:
        return main_file(archive.fetch(home, submission.sha256).members)
    except (DamagedArchive, archive.NotArchived) as error:
        record(home, f"receipt {submission.submission_id}", error)
        intake_notices.original_damaged(home, ledger, submission, error)
        return None


def _reason(reporting_unit: UnitRecord, why_withdrawn: str | None) -> str | None:
    if reporting_unit.state == "withdrawn":
        return why_withdrawn
    if reporting_unit.state != "waiting":
        return None
    return "、".join(contract(need).title.zh for need in reporting_unit.waits_for)


def _only(periods: Sequence[str]) -> str | None:
    return periods[0] if len(periods) == 1 else None
