"""From the inbox to the ledger: receive, read in parallel, decide in order. A bad file is an outcome here, never an
exception; a failure of ours is raised when all others are done. Airflow's tasks and `pipeline.run` call these functions.
"""

import logging
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.inbox_limits import SETTLE_SECONDS
from pipeline.intake import notices as intake_notices
from pipeline.intake.attempts import note_attempt, resting
from pipeline.intake.decide import decide_family
from pipeline.intake.failures import ReadFailed, ReceiveFailed, record
from pipeline.intake.parse import UNACCOUNTED, ReadJob, write_docs
from pipeline.intake.receipt_index import receipts_indexed
from pipeline.intake.receipts import give_receipt, main_file
from pipeline.intake.sandbox_policy import read_limited
from warehouse import archive, notices
from warehouse.home import Home
from warehouse.ledger import Ledger, StagedUnit, Submission
from warehouse.ledger.types import SubmissionState
from warehouse.locks import receiver

log = logging.getLogger(__name__)

BATCH_FILES = 16  # of one Airflow task: what a task imports takes longer than reading a small file
DOCS_SECONDS, DOCS_MEGABYTES = 120.0, 1536  # far beyond what rendering takes: 25 ms a result after the import
RESULTS, SUBMISSIONS = "results", "submissions"  # folders of the data docs
UNREAD: tuple[SubmissionState, ...] = ("received",)
UNDECIDED: tuple[SubmissionState, ...] = ("received", "staged")
STRANDED_AFTER = timedelta(minutes=5)  # a run that still has a submission in hand decides it sooner
TICK_SECONDS = 0.05  # beyond the moment at which a file has settled: clocks of file systems are that coarse


def receive(home: Home, settle_seconds: float = SETTLE_SECONDS, wait_seconds: float = 0.0) -> dict[str, int]:
    """Take the whole files from the inbox: archive each, enter it in the ledger, then remove it. Returns new
    submissions by family.

    wait_seconds: how long to wait for files that changed within settle_seconds; those that are whole are taken at once.
    A file whose dataset is not recognised gets its receipt at once and counts under no family. What a crash left unread
    or undecided, or decided without the receipt or the follow-up that are due, counts once more, so that its family's
    DAG takes it up again. See `pipeline.intake.reception`.
    Raises ReceiveFailed when all others are done, and locks.Busy.
    """
    from ingestion.inbox import settling_seconds
    from pipeline.intake.reception import Reception

    home.ensure()
    deadline = time.monotonic() + wait_seconds
    with receiver(home), Ledger.open(home) as ledger, receipts_indexed(home, ledger):
        reception = Reception(home, ledger)
        reception.take(settle_seconds)
        while (rest := min(settling_seconds(home.inbox, settle_seconds), deadline - time.monotonic())) > 0:
            time.sleep(rest + TICK_SECONDS)
            reception.take(settle_seconds)
        taken = reception.taken
        stranded = datetime.now(UTC) - STRANDED_AFTER
        rests = resting(ledger, "read_failed") | resting(ledger, "decide_failed")
        left = {one.submission_id for one in ledger.queue(states=UNDECIDED) if one.received_at < stranded}
        left |= {
            name for name, at in [*ledger.receipts_due().items(), *ledger.follow_ups_due().items()] if at < stranded
        }
        taken.update(one.family for name in left - rests if (one := ledger.get(name)).family)
    if reception.failed:
        raise ReceiveFailed(reception.failed, dict(taken))
    return dict(taken)


def batches(home: Home, family: str, size: int = BATCH_FILES, *, rested: bool = False) -> list[list[str]]:
    """Submissions of a family that wait to be read, oldest first, in batches.

    rested: leave out those that failed ATTEMPTS_BEFORE_REST times by our own fault, until they have rested for REST.
    """
    with Ledger.open(home) as ledger:
        rests = resting(ledger, "read_failed") if rested else frozenset()
        waiting = [one.submission_id for one in ledger.queue(family, UNREAD) if one.submission_id not in rests]
    return [waiting[start : start + size] for start in range(0, len(waiting), size)]


def file_names(home: Home, submission_ids: list[str]) -> list[str]:
    """Names of the files that these submissions are."""
    with Ledger.open(home) as ledger:
        return [ledger.get(submission_id).file_name for submission_id in submission_ids]


def read_batch(home: Home, submission_ids: list[str]) -> list[dict[str, Any]]:
    """Read, normalize and validate a batch, each file in a sandbox of its own; returns an outcome row for each.

    What was read is staged and entered in the ledger; one that was read before is left as it is. One that fails by our
    own fault stays as it was and keeps no other from being read: raises ReadFailed when all others are done.
    """
    outcomes: list[dict[str, Any]] = []
    failed: dict[str, str] = {}
    notified: list[bool] = []
    with Ledger.open(home) as ledger:
        for submission_id in submission_ids:
            submission = ledger.get(submission_id)
            if submission.state != "received":
                continue
            try:
                outcomes.append(_read(home, ledger, submission))
            except Exception as error:
                named = f"{submission.file_name}（{submission_id}）"
                failed[named] = record(home, f"read {named}", error)
                attempts = note_attempt(ledger, "read_failed", submission, error)
                notified.append(intake_notices.not_read(home, ledger, submission, error, attempts))
    _write_docs(home, outcomes)
    if failed:
        unread = ReadFailed(failed, outcomes)
        if all(notified):
            notices.mark(unread, "read_failed")
        raise unread
    return outcomes


def _read(home: Home, ledger: Ledger, submission: Submission) -> dict[str, Any]:
    """Read one submission, and enter what was read; gives its outcome row. Whatever it raises is a failure of ours."""
    assert submission.dataset
    submission_id = submission.submission_id
    job = ReadJob(
        submission_id,
        main_file(archive.fetch(home, submission.sha256).members),
        submission.file_name,
        submission.dataset,
        home,
        home.data_docs / RESULTS / f"{submission_id}.json",
    )
    reading, ran = read_limited(job)
    ledger.stage(
        submission_id,
        staged_as=reading.staged_as,
        rows_read=reading.rows_read,
        rows_control=reading.rows_control,
        findings=reading.findings,
        readable=reading.readable,
        periods=sorted({reporting_unit.period for reporting_unit in reading.reporting_units if reporting_unit.period}),
        notes=reading.notes,
        reporting_units=[
            StagedUnit(
                reporting_unit.reporting_unit,
                reporting_unit.period,
                reporting_unit.rows,
                reporting_unit.facts,
                reporting_unit.content_hash,
            )
            for reporting_unit in reading.reporting_units
        ],
    )
    if any(item.rule_id == UNACCOUNTED for item in reading.findings):
        intake_notices.rows_unaccounted(home, ledger, submission)
    if not reading.readable:
        give_receipt(home, ledger, submission_id)
    severities = Counter(item.severity for item in reading.findings)
    return {
        "submission": submission_id,
        "file": submission.file_name,
        "dataset": submission.dataset,
        "readable": reading.readable,
        "rows_read": reading.rows_read,
        "errors": severities["error"],
        "warnings": severities["warning"],
        "seconds": round(ran.seconds, 3),
        "peak_megabytes": round(ran.peak_megabytes),
    }


def _write_docs(home: Home, outcomes: list[dict[str, Any]]) -> None:
    """The data docs of one batch: a page for each file that was validated. Submissions go on without them, whatever
    fails here.
    """
    from ingestion import sandbox

    results = [
        (item["file"], path)
        for item in outcomes
        if (path := home.data_docs / RESULTS / f"{item['submission']}.json").exists()
    ]
    if results:
        run = f"{outcomes[0]['submission']}–{outcomes[-1]['submission']}"
        folder = home.data_docs / SUBMISSIONS / run
        try:
            folder.mkdir(parents=True, exist_ok=True)
            sandbox.run(
                write_docs,
                folder,
                run,
                results,
                seconds=DOCS_SECONDS,
                megabytes=DOCS_MEGABYTES,
                reads=[path for _, path in results],
                writes=folder,
            )
        except Exception as error:
            record(home, f"data docs of {run}", error)


def decide(home: Home, family: str, *, rested: bool = False) -> dict[str, Any]:
    """Apply the rules to what was read of a family, and accept or hold each unit; in the order of needs, then of
    periods.

    rested: leave out those that failed ATTEMPTS_BEFORE_REST times by our own fault, until they have rested for REST.
    Returns counts of units (accepted, held, waiting, unchanged) and of unreadable files, the files decided, and
    `requeued`: submissions of other families that may now go on because what they waited for was accepted.
    """
    with Ledger.open(home) as ledger, receipts_indexed(home, ledger):
        return decide_family(home, ledger, family, rested=rested)
