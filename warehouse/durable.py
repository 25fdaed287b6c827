"""Durable writing: a crash leaves either the whole file or folder, or nothing. Everything that keeps state writes
through this.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TEMPORARY = ".tmp-"
READ_ONLY = 0o440


def sync_path(path: Path) -> None:
    """Flush a file, or the entries of a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def temporary_beside(path: Path) -> Path:
    """A name in the same folder (so that a rename is atomic) that no other process uses."""
    return path.parent / f"{TEMPORARY}{os.getpid()}-{os.urandom(4).hex()}-{path.name[-60:]}"


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a temporary path to write; on success it becomes `path`, read-only, in one atomic step, else it is removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(path)
    try:
        yield temporary
        with temporary.open("rb") as file:
            os.fchmod(file.fileno(), READ_ONLY)  # by descriptor: by path it is refused in the sandbox
            os.fsync(file.fileno())
        os.replace(temporary, path)
        sync_path(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Give a temporary folder to fill; on success it becomes `path`, its files read-only, in one atomic step, else it
    is removed.

    Raises FileExistsError or OSError (ENOTEMPTY) when `path` is there already.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(path)
    temporary.mkdir()
    try:
        yield temporary
        for inner in sorted(temporary.rglob("*")):
            if inner.is_file():
                inner.chmod(READ_ONLY)
            sync_path(inner)
        sync_path(temporary)
        os.rename(temporary, path)
        sync_path(path.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def remove_leftovers(folder: Path) -> list[str]:
    """Remove what crashed writers left in a folder; only for a caller that holds the folder's lock. Gives the names
    removed.
    """
    removed = []
    for leftover in sorted(folder.glob(f"{TEMPORARY}*")):
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover)
        else:
            leftover.unlink()
        removed.append(leftover.name)
    return removed


def sha256_of(path: Path) -> str:
    """Hex digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
