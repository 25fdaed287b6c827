"""The log of tracebacks: a file for each error, in the home's `logs/errors`. cli.errors writes it, people send it."""

import os
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from warehouse.home import Home, own_file

FOLDER = "errors"
KEPT = 200  # files: a command that fails once a minute for three hours; older ones go
PASSWORD_SHOWN_AS = "***"


def traceback_of(error: BaseException) -> str:
    """The traceback of an error and of those that it came from."""
    return "".join(traceback.format_exception(error))


def write(home: Home | None, error: BaseException, words: Sequence[str]) -> Path | None:
    """Write the traceback of an error to a new file; gives its path, None where it cannot be written.

    words: of the command line. A password in the ledger's URL is left out. A home that is not there is not made.
    """
    if home is None:
        return None
    folder = home.logs / FOLDER
    now = datetime.now(UTC)
    path = folder / f"{now:%Y%m%dT%H%M%S.%f}Z-{os.getpid()}.log"
    head = f"{now.isoformat()}\n{' '.join(words)}\nPython {sys.version.split()[0]}, user {os.geteuid()}, home {home.root}\n\n"
    try:
        if not home.root.is_dir():
            return None
        folder.mkdir(parents=True, exist_ok=True)
        own_file(path).write_text(
            _without_password(head + traceback_of(error), home), encoding="utf-8", errors="replace"
        )
        for old in sorted(folder.glob("*.log"))[:-KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        _remove(path)
        return None
    return path


def _without_password(text: str, home: Home) -> str:
    for url in filter(None, (home.ledger_server, home.bi_server)):
        password = urlsplit(url).password
        text = text.replace(url, PASSWORD_SHOWN_AS)
        text = text.replace(password, PASSWORD_SHOWN_AS) if password else text
    return text


def _remove(path: Path) -> None:
    """Take away a file that could not be written whole."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return
