"""Notices to people: entered in the ledger's outbox, and written to a file of the home that people can read when nothing
else runs. Whoever finds something calls `notify`; `pipeline.watch.outbox` mails what the outbox has.

The ledger is the original. The file has a line for each of its notices, also of those that a crash kept from being
written at first; where the ledger itself fails, the line is written without a number.
"""

import fcntl
import hashlib
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy.exc import SQLAlchemyError

from contracts.calendar import DISTRICT_TIME
from warehouse.durable import sync_path
from warehouse.home import Home, own_file
from warehouse.ledger import Ledger
from warehouse.ledger.build_types import Notice

Kind = Literal[
    "gate_refused",
    "build_failed",
    "build_damaged",
    "bi_server_behind",
    "sent_back",
    "set_aside",
    "receive_failed",
    "read_failed",
    "decide_failed",
    "read_otherwise",
    "rows_unaccounted",
    "staged_again",
    "original_damaged",
    "late_inbox",
    "late_receipt",
    "late_build",
    "deadline_missed",
    "task_failed",
]
"""What a notice is of: docs/operating.md says what each means and what to do."""
KEY_DIGITS = 12  # of a hash: 48 bits tell the notices of a home apart
NOTED = "notice: "  # begins the note (PEP 678) of an error of which people were notified
HEAD = re.compile(r"#\d+ \d{4}-\d\d-\d\d \d\d:\d\d:\d\d ")  # of a line: number and moment, which name a notice for good
log = logging.getLogger(__name__)


def notify(
    home: Home,
    ledger: Ledger,
    kind: Kind,
    key: str,
    subject: str,
    body: str,
    detail: Mapping[str, Any] | None = None,
) -> bool:
    """Notify people of something, once: in the ledger and in the home's file. False where one of this key was entered
    before.

    key: names the very event; subject and body: Chinese and
    English, what happened, to what, and what to do. Nothing that fails here is raised: the cause of the notice is what
    must be seen.
    """
    try:
        is_new = ledger.notify(kind, key, subject, body, detail) is not None
    except SQLAlchemyError as error:
        log.warning("the ledger could not take the notice %s: %s", key, error)
        return note_in_file(home, kind, key, subject, body)
    write_file(home, ledger)
    return is_new


def mark(error: BaseException, kind: Kind) -> None:
    """Note at an error that people were notified of it: what catches it further up need not notify them again."""
    error.add_note(f"{NOTED}{kind}")


def is_marked(error: BaseException | None) -> bool:
    """Whether people were notified of an error, or of what it came from."""
    while error is not None:
        if any(note.startswith(NOTED) for note in getattr(error, "__notes__", ())):
            return True
        error = error.__cause__
    return False


def write_file(home: Home, ledger: Ledger) -> int:
    """Write the notices of the ledger that the home's file does not have yet, oldest first; gives how many. A file that
    cannot be written is logged.
    """
    try:
        return _append(home, lambda written: _lines_of(ledger.notices(), written))
    except (OSError, SQLAlchemyError) as error:
        log.warning("the notices could not be written to %s: %s", home.notices_file, error)
        return 0


def note_in_file(home: Home, kind: Kind, key: str, subject: str, body: str) -> bool:
    """Write a notice to the home's file alone, where the ledger cannot take it; False where it stands there already, and
    True where even the file cannot be written: then nobody was notified yet.
    """
    digest = hashlib.sha256(key.encode()).hexdigest()[:KEY_DIGITS]
    moment = f"{datetime.now(UTC).astimezone(DISTRICT_TIME):%Y-%m-%d %H:%M:%S}"
    line = f"#- {moment} [{kind} {digest}] {_one_line(f'{subject} | {body}')}"
    try:
        return bool(_append(home, lambda written: [] if any(f" {digest}] " in one for one in written) else [line]))
    except OSError as error:
        log.warning("the notice %s could not be written to %s: %s", key, home.notices_file, error)
        return True


def _append(home: Home, lines_for: Any) -> int:
    """Append lines to the file, for one process at a time. lines_for: gives them, from the lines that are there."""
    path = home.notices_file
    path.parent.mkdir(parents=True, exist_ok=True)
    with own_file(path).open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        lines = lines_for(whole.decode("utf-8", errors="replace").splitlines())
        if not lines:
            return 0
        file.truncate(len(whole))  # a line that a crash cut short is written anew
        file.write("".join(f"{line}\n" for line in lines).encode())
        file.flush()
        sync_path(path)
        return len(lines)


def _lines_of(notices: list[Notice], written: list[str]) -> list[str]:
    known = {found.group() for line in written if (found := HEAD.match(line))}
    return [line for one in notices if (line := _line(one)) and _head(one) not in known]


def _head(one: Notice) -> str:
    return f"#{one.notice_id} {one.at.astimezone(DISTRICT_TIME):%Y-%m-%d %H:%M:%S} "


def _line(one: Notice) -> str:
    return f"{_head(one)}[{one.kind}] {_one_line(f'{one.subject} | {one.body}')}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
