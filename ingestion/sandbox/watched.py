"""What the host watches of a child beside its memory and time: how much lies in its folders, and what it says. Called by
`ingestion.sandbox.host`.
"""

import codecs
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from contracts.characters import as_shown
from ingestion.inbox_limits import MEGABYTE

FOLDER_MEGABYTES = 6144  # of all that a child writes: a layer unfolded (FILE_MEGABYTES), and what is made of it
MOST_FILES = 10_000  # that a child leaves: a hundred times those of the largest File Geodatabase of the samples
LOOK_SECONDS = 0.2  # between two looks at the folders; a disk takes some hundred megabytes meanwhile
SAID_BYTES = 1 << 16  # of a child's standard output and error: libraries' warnings; more is left out


class Space:
    """The folders of a child, and whether it puts more into them than it may; made before it begins."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        before = [size for folder in folders for size in _sizes(folder)]
        self._most_files, self._most_bytes = len(before) + MOST_FILES, sum(before) + FOLDER_MEGABYTES * MEGABYTE
        self._next = time.monotonic() + LOOK_SECONDS

    def is_exceeded(self) -> bool:
        """Whether there is too much by now; looks at most every LOOK_SECONDS."""
        if time.monotonic() < self._next:
            return False
        files = size = 0
        for folder in self._folders:
            for found in _sizes(folder):
                files, size = files + 1, size + found
                if files > self._most_files or size > self._most_bytes:
                    return True
        self._next = time.monotonic() + LOOK_SECONDS
        return False


def _sizes(folder: Path) -> Iterator[int]:
    """Bytes on the disk of everything below a folder, folders included; what goes meanwhile is left out."""
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    yield entry.stat(follow_symlinks=False).st_blocks * 512
        except OSError:
            continue


class Said:
    """What a child writes to its standard output and error, handed on to this process's own as text that no terminal obeys."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.is_open = True
        self._left = SAID_BYTES
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        os.set_blocking(descriptor, False)

    def hand_on(self) -> None:
        """What there is by now."""
        while self.is_open:
            try:
                part = os.read(self.descriptor, SAID_BYTES)
            except BlockingIOError:
                return
            self.is_open = bool(part)
            text = self._decoder.decode(part[: self._left], final=not part)
            self._left = max(0, self._left - len(part))
            if text:
                _write_all(2, as_shown(text).encode())

    def close(self) -> None:
        self.hand_on()
        os.close(self.descriptor)


def _write_all(descriptor: int, message: bytes) -> None:
    rest = memoryview(message)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
