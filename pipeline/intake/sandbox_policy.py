"""Within which limits a submitted file is opened, and the finding where one is exceeded.

Called by `receive` and `dry_run`: nothing else of the intake opens a submitted file.
"""

import glob
import logging
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from contracts import Finding
from contracts.reading_causes import unreadable_because
from ingestion import sandbox
from ingestion.sandbox import Outcome
from pipeline.intake.failures import SystemFailure
from pipeline.intake.parse import Reading, ReadJob, read
from warehouse.durable import TEMPORARY
from warehouse.home import Home
from warehouse.staged import move_staged, submission_of

log = logging.getLogger(__name__)

# Of the processor: a busy machine does not shorten them. A larger file may take longer, in proportion. Together they
# keep the promise of ten seconds for a bad file; what honest and hostile files take is in bench/README.md.
RECOGNISE_CPU_SECONDS, RECOGNISE_CPU_SECONDS_PER_MEGABYTE = 2.6, 1.0
READ_CPU_SECONDS, READ_CPU_SECONDS_PER_MEGABYTE = 9.0, 4.0
MOST_CPU_SECONDS = 60.0  # twice the promise for a sheet of a million rows
RECOGNISE_SECONDS, READ_SECONDS = 20.0, 120.0  # by the clock: for what waits and computes nothing
# The promise for a bad file, and room for an honest large one.
RECOGNISE_MEGABYTES, READ_MEGABYTES, READ_MEGABYTES_OF_LARGE = 512, 512, 1024
DOCS = "docs.json"  # of a reading, in the folder of its process
CAUSES = {"timeout": "too_long", "memory": "too_much_memory", "space": "too_much_space"}
FOR_READING = (
    "expectations.gx:warm",
    "expectations.suites",
    "expectations.metrics",
    "ingestion.attachments",
    "ingestion.normalize.layer",
    "ingestion.normalize.table",
    "rapidfuzz",
)
"""What the reading of a file needs, imported once by the host: in each child it would take half of its time."""
LARGE_MEGABYTES = 4  # of a file as it was sent: hardly any bad file is as large


def recognised(path: Path, file_name: str, hint: str | None) -> tuple[str | None, Finding | None]:
    """The dataset of a file, or the finding for its submitter where none is recognised. hint: the folder it lay in.

    A file on which the first look spends all its processor time is refused. One that cannot be looked into for another
    reason belongs to its folder's dataset, whose reader will say what is wrong with it. Raises SystemFailure.
    """
    from ingestion.recognise import named_dataset, recognise, unrecognised

    ran = sandbox.run(
        recognise,
        path.absolute(),
        file_name,
        hint,
        seconds=RECOGNISE_SECONDS,
        megabytes=RECOGNISE_MEGABYTES,
        cpu_seconds=RECOGNISE_CPU_SECONDS + RECOGNISE_CPU_SECONDS_PER_MEGABYTE * _megabytes(path),
        reads=files_of(path),
    )
    raise_system_failure(ran)
    if ran.ok:
        return ran.value.dataset, unrecognised(ran.value, hint)
    # the clock ends honest files too, where much else runs
    is_endless = ran.failure == "timeout" and ran.seconds < RECOGNISE_SECONDS
    folder = named_dataset(hint) if hint and not is_endless else None
    return folder, None if folder else failed_run(ran)


def read_limited(job: ReadJob) -> tuple[Reading, Outcome]:
    """The reading of a file, and what it took; one that its process did not survive is unreadable, and says why.

    The process writes to a folder of its own beside the staged files; what it made is moved from there. Raises
    SystemFailure where it failed by no fault of the file, OSError.
    """
    sandbox.preload(*FOR_READING)
    size = _megabytes(job.path)
    job.home.staged.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=job.home.staged, prefix=TEMPORARY) as folder:
        own = Home(Path(folder))
        docs = own.root / DOCS
        ran = sandbox.run(
            read,
            replace(job, path=job.path.absolute(), home=own, docs_to=docs if job.docs_to else None),
            seconds=READ_SECONDS,
            megabytes=READ_MEGABYTES_OF_LARGE if size > LARGE_MEGABYTES else READ_MEGABYTES,
            cpu_seconds=min(READ_CPU_SECONDS + READ_CPU_SECONDS_PER_MEGABYTE * size, MOST_CPU_SECONDS),
            reads=files_of(job.path),
            writes=own.root,
        )
        raise_system_failure(ran)
        if ran.ok and not _is_of(job, ran.value):
            ran = replace(ran, value=None, failure="crash", detail="the reading is not of the file that was read")
        if not ran.ok:
            return Reading(job.submission_id, False, rows_read=0, rows_control=0, findings=[failed_run(ran)]), ran
        if ran.value.staged_as:
            move_staged(own, job.home, ran.value.staged_as)
        if job.docs_to and docs.exists():
            job.docs_to.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(docs, job.docs_to)
    return ran.value, ran


def _is_of(job: ReadJob, reading: Reading) -> bool:
    """Whether a reading names the submission that was to be read, and its staged file in the place of such files."""
    staged = job.home.relative(job.home.staged / job.dataset)
    place = reading.staged_as and Path(reading.staged_as).parent.as_posix()
    return reading.submission_id == job.submission_id and (
        reading.staged_as is None or (place == staged and submission_of(reading.staged_as) == job.submission_id)
    )


def raise_system_failure(ran: Outcome) -> None:
    """Raise SystemFailure for a run that failed by no fault of the file. detail: kept for the log."""
    if ran.failure == "system":
        error = SystemFailure(ran.detail.partition("\n")[0] or "the sandbox failed")
        error.add_note(ran.detail)
        raise error


def files_of(path: Path) -> set[Path]:
    """The files of a submission: a file, a Shapefile with what belongs to it, or those of a folder."""
    return {*path.iterdir()} if path.is_dir() else {path, *path.parent.glob(f"{glob.escape(path.stem)}.*")}


def _megabytes(path: Path) -> float:
    return sum(file.stat().st_size for file in files_of(path)) / (1 << 20)


def failed_run(ran: Outcome) -> Finding:
    """What the submitter is told of a run that failed; its detail, which is the program's, goes to the log."""
    log.info("the sandbox: %s: %s", ran.failure, ran.detail)
    return unreadable_because(CAUSES.get(str(ran.failure), "interrupted"))
