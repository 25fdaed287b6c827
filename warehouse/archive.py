"""The archive: every received file under the hash of its content, never changed. Intake puts files in; lineage,
receipts and rebuilding fetch them, and each is verified when it is fetched.
"""

import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from io import BufferedReader
from pathlib import Path

from warehouse.durable import sha256_of, temporary_beside, whole_folder
from warehouse.home import Home
from warehouse.integrity import DamagedArchive, known_hash


class NotArchived(LookupError):
    """The archive holds nothing of this hash."""


class ChangedMeanwhile(RuntimeError):
    """A file was still being written while it was archived; it is not kept, try again when it is whole."""


@dataclass(frozen=True)
class Member:
    """A file to be archived. open: gives it, opened for reading; called more than once."""

    name: str
    open: Callable[[], BufferedReader]


@dataclass(frozen=True)
class Archived:
    """What the archive holds. sha256: identity of the submission; path: its folder; size: bytes of all members."""

    sha256: str
    path: Path
    size: int

    @property
    def members(self) -> tuple[Path, ...]:
        """Its files, by name."""
        return tuple(sorted(self.path.iterdir()))


def content_hash_of(hashes: Sequence[str]) -> str:
    """The hash of a submission by those of its files: its only file's, or of the sorted hashes of several."""
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("\n".join(sorted(hashes)).encode()).hexdigest()


def content_hash(paths: Sequence[Path]) -> str:
    """SHA-256 of one file, or of the sorted hashes of several that are one submission (a loose Shapefile)."""
    return content_hash_of([sha256_of(path) for path in paths])


def _folder(home: Home, sha256: str) -> Path:
    return home.archive / sha256[:2] / sha256


def _archived(sha256: str, folder: Path) -> Archived:
    return Archived(sha256, folder, sum(member.stat().st_size for member in folder.iterdir()))


def put(home: Home, paths: Sequence[Path]) -> Archived:
    """Keep files by their paths; see `put_members`."""
    return put_members(home, [Member(path.name, partial(_open, path)) for path in paths])


def put_members(home: Home, members: Sequence[Member]) -> Archived:
    """Keep the members of one submission for ever. What is there already under the same hash stays as it is, under its
    first name, unless it is damaged: then it is replaced.

    Raises ValueError without members or with two of one name, ChangedMeanwhile, and OSError when a file cannot be read
    or the disk is full.
    """
    if len({member.name for member in members}) != len(members) or not members:
        raise ValueError(f"members need names of their own: {[member.name for member in members]}")
    sha256 = content_hash_of([_hash(member) for member in members])
    folder = _folder(home, sha256)
    if folder.is_dir() and _is_intact(folder, sha256):
        return _archived(sha256, folder)
    damaged = temporary_beside(folder)
    try:
        with whole_folder(folder) as temporary:
            for member in members:
                with member.open() as source, (temporary / member.name).open("wb") as copy:
                    shutil.copyfileobj(source, copy)
            # a file that was still being written while it was copied must not be kept under a hash that is not its own
            if content_hash(sorted(temporary.iterdir())) != sha256:
                raise ChangedMeanwhile(members[0].name)
            if folder.is_dir() and not _is_intact(folder, sha256):
                folder.rename(damaged)
    except OSError:
        # another process may have archived the same content in the meantime
        if not folder.is_dir():
            raise
    finally:
        shutil.rmtree(damaged, ignore_errors=True)
    return _archived(sha256, folder)


def _open(path: Path) -> BufferedReader:
    return path.open("rb")


def _hash(member: Member) -> str:
    with member.open() as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch(home: Home, sha256: str) -> Archived:
    """What was archived under a hash, verified. Raises NotArchived, integrity.DamagedArchive."""
    folder = _folder(home, sha256)
    if not folder.is_dir():
        raise NotArchived(sha256)
    if not _is_intact(folder, sha256):
        raise DamagedArchive(folder, sha256)
    return _archived(sha256, folder)


def _is_intact(folder: Path, sha256: str) -> bool:
    """Whether archived files have the hash that they are kept under; each is hashed once in a process."""
    members = list(folder.iterdir())
    return bool(members) and content_hash_of([known_hash(member) for member in members]) == sha256


def is_intact(home: Home, sha256: str) -> bool:
    """Whether the archived bytes still have the hash they are kept under; always hashed anew."""
    folder = _folder(home, sha256)
    if not folder.is_dir():
        raise NotArchived(sha256)
    return content_hash(sorted(folder.iterdir())) == sha256
