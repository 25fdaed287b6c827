"""The archive: every received file under the hash of its content, never changed. Intake puts files in; lineage,
receipts and rebuilding fetch them.
"""

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.durable import sha256_of, whole_folder
from warehouse.home import Home


class NotArchived(LookupError):
    """The archive holds nothing of this hash."""


class ChangedMeanwhile(RuntimeError):
    """A file was still being written while it was archived; it is not kept, try again when it is whole."""


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


def content_hash(paths: Sequence[Path]) -> str:
    """SHA-256 of one file, or of the sorted hashes of several that are one submission (a loose Shapefile)."""
    hashes = sorted(sha256_of(path) for path in paths)
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def _folder(home: Home, sha256: str) -> Path:
    return home.archive / sha256[:2] / sha256


def _archived(sha256: str, folder: Path) -> Archived:
    return Archived(sha256, folder, sum(member.stat().st_size for member in folder.iterdir()))


def put(home: Home, paths: Sequence[Path]) -> Archived:
    """Keep the members of one submission for ever. What is there already under the same hash stays as it is, under its
    first name.

    Raises ValueError without members or with two of one name, ChangedMeanwhile, and OSError when a file cannot be read
    or the disk is full.
    """
    if len({path.name for path in paths}) != len(paths) or not paths:
        raise ValueError(f"members need names of their own: {[path.name for path in paths]}")
    sha256 = content_hash(paths)
    folder = _folder(home, sha256)
    if folder.is_dir():
        return _archived(sha256, folder)
    try:
        with whole_folder(folder) as temporary:
            for path in paths:
                shutil.copyfile(path, temporary / path.name)
            # a file that was still being written while it was copied must not be kept under a hash that is not its own
            if content_hash(sorted(temporary.iterdir())) != sha256:
                raise ChangedMeanwhile(paths[0].name)
    except OSError:
        # another process may have archived the same content in the meantime
        if not folder.is_dir():
            raise
    return _archived(sha256, folder)


def fetch(home: Home, sha256: str) -> Archived:
    """What was archived under a hash. Raises NotArchived."""
    folder = _folder(home, sha256)
    if not folder.is_dir():
        raise NotArchived(sha256)
    return _archived(sha256, folder)


def is_intact(home: Home, sha256: str) -> bool:
    """Whether the archived bytes still have the hash they are kept under."""
    return content_hash(fetch(home, sha256).members) == sha256
