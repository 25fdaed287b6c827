"""What a child of the sandbox does that somebody has taken over, to fill a disk or a terminal."""

import os
import time
from pathlib import Path

from tests.support.sandbox_attacks import GOT


def little_space() -> None:
    """In a host: its children may write 40 MB and 500 files."""
    from ingestion.sandbox import watched

    watched.FOLDER_MEGABYTES, watched.MOST_FILES = 40, 500


def fill_the_disk(folder: str, files: int, megabytes: int) -> str:
    """Files without end, each within what one may have; gives GOT if it may."""
    for number in range(files):
        (place := Path(folder) / f"{number % 7}").mkdir(exist_ok=True)
        (place / str(number)).write_bytes(os.urandom(megabytes << 20) if megabytes else b"")
        time.sleep(0.001)
    return GOT


def shout_at_the_terminal(lines: int) -> None:
    """What a terminal would obey, on both outputs, from below Python."""
    for _ in range(lines):
        os.write(1, b"\x1b]0;mine\x07\x1b[31mred\xff ")
        os.write(2, "\u202e甲\n".encode())
