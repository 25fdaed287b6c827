"""Failures of ours: what kept a file from being received or read, and is no fault of its submitter. Raised by `reception`,
`receive` and `sandbox_policy`; the command line and Airflow show them to operators.

A submission that met one stays as it was, without an outcome and without a receipt, and is tried again by the next run.
"""

import logging
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from warehouse.home import Home, own_file

log = logging.getLogger(__name__)

LOG_NAME = "intake-failures.log"  # in the home's logs: tracebacks, one below the other


class SystemFailure(RuntimeError):
    """The machine or this program failed while a file was read: no space, no memory, a failing disk, a library."""


class ReceiveFailed(RuntimeError):
    """Some arrivals could not be taken from the inbox, by a failure of ours; all others were. taken: new submissions by
    family, as `receive` returns them.
    """

    def __init__(self, failed: Mapping[str, str], taken: dict[str, int]) -> None:
        super().__init__(_message("收取", "received", failed))
        self.taken = taken


class ReadFailed(RuntimeError):
    """Some submissions could not be read, by a failure of ours; all others were. outcomes: as `read_batch` returns them."""

    def __init__(self, failed: Mapping[str, str], outcomes: list[dict[str, Any]]) -> None:
        super().__init__(_message("读取", "read", failed))
        self.outcomes = outcomes


def _message(verb_zh: str, verb_en: str, failed: Mapping[str, str]) -> str:
    files = "；".join(f"{name}：{reason}" for name, reason in failed.items())
    return (
        f"因本系统自身的故障未能{verb_zh}（与报送单位无关；文件均在，排除故障后下次运行自动重试，详见 logs/{LOG_NAME}） "
        f"(not {verb_en}, by a failure of this system and not of the submitters; nothing is lost, put the cause right "
        f"and the next run tries again, details in logs/{LOG_NAME}): {files}"
    )


def described(error: BaseException) -> str:
    """An error in one line."""
    first = str(error).partition("\n")[0]
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def record(home: Home, what: str, error: BaseException) -> str:
    """Write an error with its traceback to the home's log; gives it in one line. A disk that is full keeps it from
    nothing else.
    """
    line = described(error)
    log.error("%s: %s", what, line)
    try:
        with own_file(home.logs / LOG_NAME).open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now(UTC).isoformat(timespec='seconds')} {what}\n")
            file.write("".join(traceback.format_exception(error)))
    except OSError:
        log.exception("%s", what, exc_info=error)
    return line
