"""Makes a damaged or lost staged file again, by reading its archived original once more. `pipeline` registers it with
`warehouse.integrity`, which calls it when a staged file that is to be used is not what was written.
"""

import os
import tempfile
from pathlib import Path

from pipeline.intake import notices as intake_notices
from pipeline.intake.parse import ReadJob
from pipeline.intake.receipts import main_file
from pipeline.intake.sandbox_policy import read_limited
from warehouse import archive
from warehouse.durable import TEMPORARY, sync_path
from warehouse.home import Home
from warehouse.integrity import DamagedArchive, DamagedStaged
from warehouse.ledger import Ledger
from warehouse.staged import submission_of

STAGED_AGAIN = "staged_again"  # in the audit trail


def staged_again(home: Home, staged_as: str) -> None:
    """Read the original of a staged file again; what that gives takes its place, with its normalization log, if it has
    the same hash.

    staged_as: relative to the home. Raises DamagedArchive when the original is damaged or gone, DamagedStaged when
    reading it gives something else (the program has changed since), failures.SystemFailure.
    """
    place = home.absolute(staged_as)
    with Ledger.open(home) as ledger:
        submission = ledger.get(submission_of(staged_as))
        try:
            archived = archive.fetch(home, submission.sha256)
        except archive.NotArchived:
            gone = DamagedArchive(home.absolute(submission.archived_as), submission.sha256)
            intake_notices.original_damaged(home, ledger, submission, gone)
            raise gone from None
        except DamagedArchive as error:
            intake_notices.original_damaged(home, ledger, submission, error)
            raise
        place.parent.mkdir(parents=True, exist_ok=True)
        # on the same disk, so that what is read there can be moved to its place in one step
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=TEMPORARY) as folder:
            scratch = Home(Path(folder))
            job = ReadJob(
                submission.submission_id,
                main_file(archived.members),
                submission.file_name,
                str(submission.dataset),
                scratch,
            )
            reading, _ = read_limited(job)
            if reading.staged_as != staged_as:
                raise DamagedStaged(place, "程序已更新，重新读取的结果与原来不同 (what is read now is another table)")
            made = scratch.absolute(staged_as)
            for file in sorted(made.parent.iterdir(), key=lambda path: path == made):
                os.replace(file, place.with_name(file.name))
            sync_path(place.parent)
        ledger.note(
            STAGED_AGAIN,
            submission_id=submission.submission_id,
            dataset=submission.dataset,
            detail={"staged_as": staged_as},
        )
        intake_notices.staged_again(home, ledger, submission, staged_as)
