"""Tells people that a step of a build failed, for pipeline.build.run: as a notice in the ledger, which is mailed and shown."""

import hashlib
import logging
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from warehouse.ledger import Ledger

SHOWN_LINES = 3  # of an error's text: what failed stands in its first lines, the rest in the log
SHOWN_CHARACTERS = 600  # as much as a letter shows without scrolling; dbt's messages can be thousands long
log = logging.getLogger(__name__)


def notify_failed(ledger: Ledger, step: str, error: Exception) -> None:
    """Enter that a step failed, with the first lines of its error; the same failure once a day, though a build is tried
    again and again.
    """
    text = "\n".join(str(error).splitlines()[:SHOWN_LINES])[:SHOWN_CHARACTERS]
    body = f"{type(error).__name__}: {text}"
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    key = f"build_failed {step} {day} {hashlib.sha256(body.encode()).hexdigest()[:16]}"
    subject = f"构建在 {step} 这一步失败，已发布的数据不变 (the build failed at this step; what is published stays)"
    try:
        ledger.notify("build_failed", key, subject, body, {"step": step})
    except SQLAlchemyError as failed:  # where the ledger itself fails, the error of the step is what must be seen
        log.warning("the failed build could not be entered as a notice: %s", failed)
