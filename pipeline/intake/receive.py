"""From the inbox to the ledger: receive, read in parallel, decide in order. A bad file is an outcome here, never an
exception. Airflow's tasks and `pipeline.run` call these functions.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts import Finding, contract, finding
from pipeline.intake.decide import decide_family
from pipeline.intake.parse import ReadJob, write_docs
from pipeline.intake.receipts import give_receipt, main_file
from pipeline.intake.sandbox_policy import read_limited, recognised
from warehouse import archive
from warehouse.home import Home
from warehouse.ledger import Ledger, StagedUnit, Submission
from warehouse.ledger.types import SubmissionState

BATCH_FILES = 16  # of one Airflow task: what a task imports takes longer than reading a small file
DOCS_SECONDS, DOCS_MEGABYTES = 120.0, 1536  # far beyond what rendering takes: 25 ms a result after the import
RESULTS, SUBMISSIONS = "results", "submissions"  # folders of the data docs
UNREAD: tuple[SubmissionState, ...] = ("received",)
UNDECIDED: tuple[SubmissionState, ...] = ("received", "staged")
STRANDED_AFTER = timedelta(minutes=5)  # a run that still has a submission in hand decides it sooner


def receive(home: Home, settle_seconds: float = 2.0) -> dict[str, int]:
    """Take the whole files from the inbox: archive each, enter it in the ledger, then remove it. Returns new
    submissions by family.

    A crash between any two steps loses nothing and receives nothing twice: the same arrival is known by its key. A file
    whose dataset is not recognised gets its receipt at once and counts under no family. What a crash left unread or
    undecided counts once more, so that its family's DAG takes it up again.
    """
    from ingestion.inbox import scan

    home.ensure()
    taken: Counter[str] = Counter()
    with Ledger.open(home) as ledger:
        for incoming in scan(home.inbox, settle_seconds):
            try:
                kept = archive.put(home, incoming.members)
            except archive.ChangedMeanwhile:
                continue  # it is still being written; it is whole the next time
            dataset, refusal = recognised(main_file(kept.members), incoming.name, incoming.dataset_hint)
            family = contract(dataset).family if dataset else None
            submission, _ = ledger.receive(
                arrival_key=incoming.arrival_key,
                sha256=kept.sha256,
                file_name=incoming.name,
                dataset=dataset,
                family=family,
                sender=incoming.sender,
                size=kept.size,
                archived_as=home.relative(kept.path),
            )
            if submission.family is None and submission.receipt_as is None:
                # its receipt is written before it is removed: no family's queue would bring it up again after a crash
                _refuse(home, ledger, submission, refusal)
            for member in incoming.members:
                member.unlink(missing_ok=True)
            if submission.family and submission.state == "received":
                taken[submission.family] += 1
        stranded = datetime.now(UTC) - STRANDED_AFTER
        taken.update(one.family for one in ledger.queue(states=UNDECIDED) if one.family and one.received_at < stranded)
    return dict(taken)


def _refuse(home: Home, ledger: Ledger, submission: Submission, refusal: Finding | None) -> None:
    if submission.state == "received":
        found = [refusal or finding("reading.unknown_dataset")]
        ledger.stage(
            submission.submission_id, staged_as=None, rows_read=0, rows_control=0, findings=found, readable=False
        )
    give_receipt(home, ledger, submission.submission_id)


def batches(home: Home, family: str, size: int = BATCH_FILES) -> list[list[str]]:
    """Submissions of a family that wait to be read, oldest first, in batches."""
    with Ledger.open(home) as ledger:
        waiting = [submission.submission_id for submission in ledger.queue(family, states=UNREAD)]
    return [waiting[start : start + size] for start in range(0, len(waiting), size)]


def file_names(home: Home, submission_ids: list[str]) -> list[str]:
    """Names of the files that these submissions are."""
    with Ledger.open(home) as ledger:
        return [ledger.get(submission_id).file_name for submission_id in submission_ids]


def read_batch(home: Home, submission_ids: list[str]) -> list[dict[str, Any]]:
    """Read, normalize and validate a batch, each file in a sandbox of its own; returns an outcome row for each.

    What was read is staged and entered in the ledger; one that was read before is left as it is.
    """
    outcomes = []
    with Ledger.open(home) as ledger:
        for submission_id in submission_ids:
            submission = ledger.get(submission_id)
            if submission.state != "received":
                continue
            assert submission.dataset
            main = main_file(sorted(home.absolute(submission.archived_as).iterdir()))
            job = ReadJob(
                submission_id,
                main,
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
                periods=sorted(
                    {reporting_unit.period for reporting_unit in reading.reporting_units if reporting_unit.period}
                ),
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
            if not reading.readable:
                give_receipt(home, ledger, submission_id)
            severities = Counter(item.severity for item in reading.findings)
            outcomes.append(
                {
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
            )
    _write_docs(home, outcomes)
    return outcomes


def _write_docs(home: Home, outcomes: list[dict[str, Any]]) -> None:
    """The data docs of one batch: a page for each file that was validated. Submissions go on without them."""
    from ingestion import sandbox

    results = [
        (item["file"], path)
        for item in outcomes
        if (path := home.data_docs / RESULTS / f"{item['submission']}.json").exists()
    ]
    if results:
        run = f"{outcomes[0]['submission']}–{outcomes[-1]['submission']}"
        sandbox.run(
            write_docs, home.data_docs / SUBMISSIONS / run, run, results, seconds=DOCS_SECONDS, megabytes=DOCS_MEGABYTES
        )


def decide(home: Home, family: str) -> dict[str, Any]:
    """Apply the rules to what was read of a family, and accept or hold each unit; in the order of needs, then of
    periods.

    Returns counts of units (accepted, held, waiting, unchanged) and of unreadable files, the files decided, and
    `requeued`: submissions of other families that may now go on because what they waited for was accepted.
    """
    with Ledger.open(home) as ledger:
        return decide_family(home, ledger, family)
