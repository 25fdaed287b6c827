"""Claims: a submission is moved within the inbox, into a hidden folder, before it is opened, and removed from there when it
is archived. Called by `pipeline.intake.reception`.

A claim lies in `.claimed/<arrival key>-<8 hex digits>/`, each of its files below it as it lay in the inbox, so that it can
be put back and is found again after a crash. While its files are still being moved, the folder's name ends with UNDERWAY.

Folders are opened one by one and no link is followed, at no depth; of what is opened it is checked that it is a regular
file and the very one that was found. Somebody may still have the file open and write to it: it is removed only when
what it holds is what was archived and nobody can write to it any more, else it stays for the next look.
"""

import contextlib
import errno
import hashlib
import logging
import os
import stat
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from io import BufferedReader
from pathlib import Path, PurePath

from ingestion.inbox import SET_ASIDE, Incoming, files_as_one, has_writer
from ingestion.inbox_limits import UNKNOWN_WRITER_SECONDS
from warehouse.archive import Member, content_hash_of

log = logging.getLogger(__name__)

CLAIMED, UNDERWAY = ".claimed", ".part"
NONCE_DIGITS = 8  # for two arrivals of one key: an inode used again for a copy of the same size and time
REASON = "原因 reason.txt"  # beside what was set aside
SHELF_NAME = 60  # letters of a file's name in that of its folder there: a name may have 255 bytes, a letter up to 4

# What a rename answers where the file cannot be moved: no permission, a read-only mount, an immutable file, a folder
# that is a mount of its own
CANNOT_MOVE = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.EXDEV})
# What opening answers where something else lies in the file's place: a link, no folder on its way, a socket, nothing
SOMETHING_ELSE = frozenset({errno.ELOOP, errno.ENOTDIR, errno.ENXIO, errno.ENOENT, errno.EISDIR})
NO_HARD_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK})
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# O_NONBLOCK: opening a pipe would wait for its other end
REGULAR = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class NotAsFound(RuntimeError):
    """In a file's place lies something else than was found there, or it has changed since."""


@dataclass(frozen=True)
class Claim:
    """A submission that was taken out of the inbox. folder: what the paths of its members are relative to;
    incoming.arrival_key: by the folder's name, so that no other arrival has it; found_as: the key under which it was
    found in the inbox.
    """

    folder: Path
    incoming: Incoming
    found_as: str


def members(root: Path, incoming: Incoming) -> list[Member]:
    """The files of a submission below a folder (inbox or claim), to be archived. Opening one raises NotAsFound when it is
    no longer the one that was found.
    """
    return [
        Member(path.name, partial(_open, root, path.relative_to(root), status))
        for path, status in zip(incoming.members, incoming.statuses, strict=True)
    ]


def claim(inbox: Path, incoming: Incoming) -> Claim:
    """Move a submission out of everybody's way.

    Raises NotAsFound when something else lies in its place by now, and OSError (errno in CANNOT_MOVE where the inbox or
    the file cannot be changed); it is put back then, as far as it had been moved.
    """
    name = f"{incoming.arrival_key}-{uuid.uuid4().hex[:NONCE_DIGITS]}"
    folder = inbox / CLAIMED / (name + UNDERWAY)
    try:
        with _folder(inbox, (CLAIMED,), mode=0o700), _folder(inbox, (CLAIMED, folder.name), mode=0o777):
            for path, found in zip(incoming.members, incoming.statuses, strict=True):
                _move(inbox, folder, path.relative_to(inbox), found)
        claimed = folder.rename(inbox / CLAIMED / name)
    except BaseException:
        _put_back(inbox, folder)
        raise
    return _claim_in(claimed, incoming)


def claims(inbox: Path) -> list[Claim]:
    """What earlier rounds claimed and did not bring to its end, oldest first. What a crash left half moved is put back."""
    try:
        folders = sorted((inbox / CLAIMED).iterdir(), key=lambda folder: folder.stat().st_mtime_ns)
    except OSError:
        return []
    found = []
    for folder in folders:
        if folder.name.endswith(UNDERWAY):
            try:
                _put_back(inbox, folder)
            except OSError as error:  # it stays, is listed, and is tried again; others go on
                log.warning("%s cannot be put back into the inbox: %s", folder, error)
        elif (incoming := files_as_one(folder)) is not None:
            found.append(_claim_in(folder, incoming))
        else:
            _remove_empty(folder)
    return found


def remove(claimed: Claim, sha256: str) -> bool:
    """Remove what was claimed, if it is what was archived under a hash and nobody may still write to it; gives whether it
    was removed. Else it stays, to be looked at again.
    """
    found = files_as_one(claimed.folder)
    if found is None:
        _remove_empty(claimed.folder)
        return True
    hashes = []
    for member in members(claimed.folder, found):
        try:
            with member.open() as file:
                # asked before hashing: without a writer nothing changes any more, as nobody finds the file to open it
                if not _is_released(file):
                    return False
                hashes.append(hashlib.file_digest(file, "sha256").hexdigest())
        except NotAsFound:
            return False
    if content_hash_of(hashes) != sha256:
        return False
    for path in found.members:
        path.unlink()
    _remove_empty(claimed.folder)
    return True


def set_aside(inbox: Path, claimed: Claim, reason: str) -> Path:
    """Move a claimed submission that cannot be received into the inbox's folder for such, with the reason beside it;
    gives where it is. Raises OSError.
    """
    shelf = inbox / SET_ASIDE
    shelf.mkdir(exist_ok=True)
    place = _free_place(shelf / f"{time.strftime('%Y%m%d-%H%M%S')} {claimed.incoming.name[-SHELF_NAME:]}")
    claimed.folder.rename(place)
    (place / REASON).write_text(reason + "\n", encoding="utf-8")
    return place


def _claim_in(folder: Path, incoming: Incoming) -> Claim:
    """A claim by what lies in its folder now."""
    now = files_as_one(folder)
    key = hashlib.sha256(folder.name.encode()).hexdigest()[: len(incoming.arrival_key)]
    return Claim(folder, replace(now or incoming, arrival_key=key), folder.name.partition("-")[0])


def _is_released(file: BufferedReader) -> bool:
    writer = has_writer(file.fileno())
    if writer is None:
        # moving it changed the time of its last change: it has been still since it was claimed
        return time.time() - os.fstat(file.fileno()).st_ctime > UNKNOWN_WRITER_SECONDS
    return not writer


def _is_same(found: os.stat_result, now: os.stat_result) -> bool:
    """Whether it is a regular file, the very one that was found, and unchanged. Inodes are used again, so size and time
    belong to it.
    """
    return stat.S_ISREG(now.st_mode) and all(
        getattr(found, name) == getattr(now, name) for name in ("st_dev", "st_ino", "st_size", "st_mtime_ns")
    )


@contextmanager
def _folder(root: Path, parts: tuple[str, ...], mode: int | None = None) -> Iterator[int]:
    """A descriptor of a folder below another, no link followed below it. mode: makes what is not there, with it."""
    descriptor = os.open(root, FOLDER)
    try:
        for part in parts:
            if mode is not None:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(part, mode, dir_fd=descriptor)
            inner = os.open(part, FOLDER | os.O_NOFOLLOW, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        yield descriptor
    finally:
        os.close(descriptor)


def _open(root: Path, relative: PurePath, found: os.stat_result) -> BufferedReader:
    """Open a file as it was found. Raises NotAsFound, OSError."""
    try:
        with _folder(root, relative.parts[:-1]) as folder:
            descriptor = os.open(relative.name, REGULAR, dir_fd=folder)
    except OSError as error:
        if error.errno in SOMETHING_ELSE:
            raise NotAsFound(str(relative)) from None
        raise
    file = os.fdopen(descriptor, "rb")
    if not _is_same(found, os.fstat(descriptor)):
        file.close()
        raise NotAsFound(str(relative))
    return file


def _move(inbox: Path, folder: Path, relative: PurePath, found: os.stat_result) -> None:
    """Rename a file of the inbox into a claim's folder, and check there what it is: nothing was opened yet."""
    parents = relative.parts[:-1]
    try:
        with _folder(inbox, parents) as source, _folder(folder, parents, mode=0o777) as target:
            os.rename(relative.name, relative.name, src_dir_fd=source, dst_dir_fd=target)
            now = os.stat(relative.name, dir_fd=target, follow_symlinks=False)
    except OSError as error:
        if error.errno in SOMETHING_ELSE:
            raise NotAsFound(str(relative)) from None
        raise
    if not _is_same(found, now):
        raise NotAsFound(str(relative))


def _put_back(inbox: Path, folder: Path) -> None:
    """Give everything in a claim's folder its place in the inbox again; where that is taken by now, a numbered name."""
    if not os.path.lexists(folder):
        return
    for where, inner, names in os.walk(folder):
        links = [name for name in inner if os.path.islink(os.path.join(where, name))]
        for name in [*names, *links]:
            path = Path(where, name)
            relative = path.relative_to(folder)
            with _folder(inbox, relative.parts[:-1], mode=0o777):
                _rename_to_free(path, inbox / relative)
        if not inner and not names:  # an empty folder that lay in the place of a file
            with contextlib.suppress(OSError), _folder(inbox, Path(where).relative_to(folder).parts, mode=0o777):
                pass
    _remove_empty(folder)


def _rename_to_free(path: Path, wanted: Path) -> None:
    """Rename onto a name that is free, without ever replacing what has come there meanwhile."""
    while True:
        place = _free_place(wanted)
        if not path.is_file() or path.is_symlink():
            path.rename(place)
            return
        try:
            os.link(path, place, follow_symlinks=False)
        except FileExistsError:
            continue
        except OSError as error:
            if error.errno not in NO_HARD_LINKS:
                raise
            path.rename(place)
            return
        path.unlink()
        return


def _free_place(wanted: Path) -> Path:
    place, number = wanted, 1
    while os.path.lexists(place):
        number += 1
        place = wanted.with_name(f"{wanted.stem}（{number}）{wanted.suffix}")
    return place


def _remove_empty(folder: Path) -> None:
    """Remove a folder and the empty ones in it; what holds something stays."""
    for where, _, _ in os.walk(folder, topdown=False):
        with contextlib.suppress(OSError):
            os.rmdir(where)
