"""What an error says of the machine below it: a missing right, a lock, a damaged file. `pipeline.failures`
asks; each answer looks at the error and at those that it came from.
"""

import errno
import os
import pwd
import re
from collections.abc import Iterator
from pathlib import Path

from warehouse.failures.causes import causes, says, text_of

NO_RIGHT = (errno.EACCES, errno.EPERM, errno.EROFS)
NO_RIGHT_TEXTS = ("Permission denied", "attempt to write a readonly database", "Read-only file system")
# of SQLAlchemy's errors: what SQLite says of a file that it cannot use, each seen on a file damaged so
DAMAGED_LEDGER_TEXTS = (
    "file is not a database",
    "database disk image is malformed",
    "unsupported file format",
    "no such table",
    "malformed database schema",
)
# SQLite's word for a write or read that the system refused: a limit of the size of files, a failing disk or network drive
IO_LEDGER_TEXT = "disk I/O error"
LOCKED_LEDGER_TEXTS = ("database is locked", "database table is locked")
QUOTED_PATH = re.compile(r"""["'](/[^"']+)["']""")
LOCK_HOLDER = re.compile(r"held in (?P<program>.*?) \(PID (?P<pid>\d+)\)")


def is_no_right(error: BaseException) -> bool:
    """Whether this user may not do what was tried."""
    return says(error, NO_RIGHT, NO_RIGHT_TEXTS)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether Python or DuckDB ran out of memory."""
    import duckdb

    return any(isinstance(one, MemoryError | duckdb.OutOfMemoryException) for one in causes(error))


def path_in(error: BaseException) -> Path | None:
    """The file that an error, or one that it came from, names first."""
    for one in causes(error):
        if isinstance(one, OSError) and isinstance(one.filename, str | os.PathLike) and str(one.filename):
            return Path(one.filename)
        if found := QUOTED_PATH.search(str(one)):
            return Path(found[1])
    return None


def lock_holder(error: BaseException) -> tuple[str, str] | None:
    """Program and number of the process that holds the DuckDB file that was wanted; None where no such lock is named."""
    found = LOCK_HOLDER.search(text_of(error))
    return (found["program"], found["pid"]) if found else None


def _with_parents(path: Path) -> Iterator[Path]:
    yield path
    yield from path.parents


def nearest(path: Path) -> Path:
    """The path, or the nearest folder above it that is there and can be looked at."""
    for one in _with_parents(path.absolute()):
        try:
            one.lstat()
        except OSError:
            continue
        return one
    return Path("/")


def obstacle(path: Path) -> Path:
    """Of a path that may not be used, the first folder on the way that may not be entered, or what is there of it."""
    path = Path(os.path.realpath(path))  # a link may be there, and lead to what may not be used
    for one in reversed(path.parents):
        try:
            if one.is_dir() and not os.access(one, os.X_OK):
                return one
        except PermissionError:
            break  # what is above it is the nearest that can be looked at
    return nearest(path)


def user_name(number: int) -> str:
    """Name of a user of the system, or its number where there is none."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
