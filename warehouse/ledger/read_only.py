"""The embedded ledger for a user who may not write to its folder: a connection that changes nothing there. `store` opens
it so.

SQLite in WAL mode wants its two side files (-wal, -shm) even to read, and removes them when the last writer closes. Where
they are there, the file is opened read-only beside the writer. Where they are not, SQLite would have to make them, which
this user may not: the file, which nobody writes to then, is copied to a temporary folder and read there.
"""

import errno
import os
import shutil
import sqlite3
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

TRIES = 20  # a writer that opens and closes meanwhile spoils a copy; a decision takes well under a second
PAUSE_SECONDS = 0.25
LOG = "-wal"
INDEX = "-shm"


def is_writable(file: Path) -> bool:
    """Whether this user may write to the ledger's file, or make it: SQLite needs the folder, too."""
    there = file if file.exists() else file.parent
    folder = next(one for one in (file.parent, *file.parents) if one.exists())
    return os.access(there if there.exists() else folder, os.W_OK) and os.access(folder, os.W_OK)


class NotMigrated(RuntimeError):
    """The ledger has another schema than this program's, and this user may not write to it."""


class ReadOnlyFile:
    """Gives SQLite connections to a ledger's file that write nothing beside it. `close` removes what was copied."""

    def __init__(self, file: Path, busy_ms: int) -> None:
        self.file = file
        self.busy_ms = busy_ms
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._copied_state: tuple[tuple[int, int] | None, ...] = ()

    def connect(self) -> sqlite3.Connection:
        """A connection of its own, to the file or to a copy. Raises PermissionError, FileNotFoundError, sqlite3.Error."""
        if not self.file.exists():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self.file))
        for file in (self.file, self._beside(LOG), self._beside(INDEX)):
            if file.exists() and not os.access(file, os.R_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))
        for _ in range(TRIES):
            if self._beside(INDEX).exists():
                try:
                    return self._opened(self.file)
                except sqlite3.OperationalError as error:
                    if error.sqlite_errorcode != sqlite3.SQLITE_CANTOPEN:
                        raise
            elif copy := self._copied():
                return self._opened(copy)
            time.sleep(PAUSE_SECONDS)
        raise sqlite3.OperationalError(f"database is locked: {self.file}")

    def close(self) -> None:
        """Remove the copy; its connections are to be closed before."""
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch, self._copied_state = None, ()

    def _beside(self, ending: str) -> Path:
        return self.file.with_name(f"{self.file.name}{ending}")

    def _opened(self, file: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"file:{quote(str(file))}?mode=ro", uri=True, timeout=self.busy_ms / 1000, check_same_thread=False
        )
        try:
            connection.execute("select count(*) from sqlite_master").fetchone()
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _copied(self) -> Path | None:
        """A copy of the file and its write-ahead log as they stand; None when a writer came in between."""
        before = self._state()
        if self._scratch is not None and before == self._copied_state:
            return Path(self._scratch.name) / self.file.name
        self.close()
        self._scratch = tempfile.TemporaryDirectory(prefix="warehouse-ledger-")
        copy = Path(self._scratch.name) / self.file.name
        for ending in ("", LOG):
            if self._beside(ending).exists():
                shutil.copyfile(self._beside(ending), copy.with_name(f"{copy.name}{ending}"))
        if before != self._state() or self._beside(INDEX).exists():
            return None
        self._copied_state = before
        return copy

    def _state(self) -> tuple[tuple[int, int] | None, ...]:
        found: list[tuple[int, int] | None] = []
        for ending in ("", LOG):
            try:
                status = self._beside(ending).stat()
            except FileNotFoundError:
                found.append(None)
            else:
                found.append((status.st_size, status.st_mtime_ns))
        return tuple(found)
