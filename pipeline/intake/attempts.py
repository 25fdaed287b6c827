"""Attempts at a submission that failed by our own fault: noted in the ledger's audit trail, counted, and what has failed
often rests. `receive` (reading) and `decide` call it.
"""

import logging
from datetime import UTC, datetime, timedelta
from typing import Literal

from pipeline.intake.failures import described
from warehouse.ledger import Ledger, Submission

log = logging.getLogger(__name__)

Failed = Literal["read_failed", "decide_failed"]
"""In the audit trail: an attempt at reading, or at deciding, that failed by our own fault."""
# What has failed so often by our own fault rests before it is tried again by itself, for an attempt may cost a minute of
# the processor. It is ours however often it fails; a person's `warehouse load` tries at once.
ATTEMPTS_BEFORE_REST = 12  # three runs of the DAG, of four attempts each
REST = timedelta(hours=1)


def note_attempt(ledger: Ledger, failed: Failed, submission: Submission, error: Exception) -> int:
    """Note that an attempt at a submission failed by our own fault; gives how many of this kind did by now. Where the
    ledger itself is what fails, the log has it, and the number is 0.
    """
    try:
        ledger.note(
            failed,
            submission_id=submission.submission_id,
            dataset=submission.dataset,
            detail={"error": described(error)},
        )
        return len(ledger.events(submission.submission_id, actions=[failed]))
    except Exception:
        log.exception("the ledger could not note %s of %s", failed, submission.submission_id)
        return 0


def resting(ledger: Ledger, failed: Failed) -> frozenset[str]:
    """Submissions that failed ATTEMPTS_BEFORE_REST times by our own fault, and have not rested for REST since."""
    attempts: dict[str, list[datetime]] = {}
    for event in ledger.events(actions=[failed]):
        attempts.setdefault(str(event.submission_id), []).append(event.at)
    now = datetime.now(UTC)
    return frozenset(name for name, at in attempts.items() if len(at) >= ATTEMPTS_BEFORE_REST and now - max(at) < REST)
