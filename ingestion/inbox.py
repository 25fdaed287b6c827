"""What waits in the inbox: whole files only, each of them or each set of them one submission.

Called by `pipeline.intake` and by the watcher of `orchestration`. An inbox holds `<dataset>/<file>`,
`<dataset>/<sender>/<file>`, or a file at its root. A Shapefile or a File Geodatabase is one submission of several files.
"""

import fcntl
import hashlib
import os
import signal
import stat
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ingestion.inbox_limits import (
    DEEPEST_FOLDER,
    INCOMPLETE_SHAPEFILE_SECONDS,
    SETTLE_SECONDS,
    STALLED_WRITER_SECONDS,
)
from ingestion.readers.layer_files import is_journal
from ingestion.readers.zip_members import is_junk
from ingestion.recognise import named_dataset
from ingestion.version_words import place_among_versions

SET_ASIDE = "未能接收"  # folder of the inbox with what could not be received, each beside the reason
UNFINISHED_ENDINGS = (".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".filepart", ".swp")
SHAPEFILE_PARTS = (
    ".shp.xml",
    ".shp",
    ".shx",
    ".dbf",
    ".prj",
    ".cpg",
    ".cst",
    ".qpj",
    ".sbn",
    ".sbx",
    ".qix",
    ".fbn",
    ".fbx",
    ".ain",
    ".aih",
    ".ixs",
    ".mxs",
)
REQUIRED_PARTS = frozenset({".shp", ".shx", ".dbf", ".prj"})
GEODATABASE = ".gdb"
TOGETHER_SECONDS = (
    1.0  # between two files of a folder that is copied there is less, between two that people send there is more
)


@dataclass(frozen=True)
class Incoming:
    """One arrival, a submission to be. members: its files, sorted; name: what it is called, in Unicode whatever the
    file system holds.

    dataset_hint: the first folder below the inbox, whatever its name. arrival_key: 32 hex digits that identify this
    very arrival, by each member's path, inode, size and time, so that a file that stays in the inbox is taken once.
    statuses: of each member, as it was found; size: bytes of all.
    """

    members: tuple[Path, ...]
    name: str
    dataset_hint: str | None
    sender: str | None
    arrival_key: str
    statuses: tuple[os.stat_result, ...] = field(repr=False)

    @property
    def size(self) -> int:
        return sum(status.st_size for status in self.statuses)


@dataclass(frozen=True)
class _File:
    path: Path
    status: os.stat_result
    is_readable: bool = True

    @property
    def changed(self) -> float:
        """When the file last changed by the system's clock. A copied or forged modification time does not alter it."""
        return self.status.st_ctime


def scan(inbox: Path, settle_seconds: float = SETTLE_SECONDS, now: float | None = None) -> list[Incoming]:
    """Whole submissions that wait, in the order in which they came; those that came together drafts first, then by path. now: seconds since
    the epoch, for tests.

    Left for later: what changed within settle_seconds, what another process is writing, a Shapefile whose parts are
    still arriving.
    Left alone, and listed by `ingestion.inbox_ignored`: temporary files, hidden files, lock files, symbolic links,
    devices and pipes, what lies deeper than DEEPEST_FOLDER, what cannot be read (a submission is taken with all its
    files or not at all), and what was set aside.
    """
    now = time.time() if now is None else now
    waiting = [
        (max(file.changed for file in files), key, files)
        for key, files in _groups(_files(inbox, 0)).items()
        if all(file.is_readable for file in files) and _is_whole(files, settle_seconds, now)
    ]
    return [_incoming(inbox, files) for files in _in_order(waiting)]


def _in_order(waiting: list[tuple[float, tuple[str, str], list["_File"]]]) -> Iterator[list["_File"]]:
    """Files by their arrival: a correction counts after what it corrects, whatever they are called. What came within
    TOGETHER_SECONDS of each other, as when a folder is copied, goes by what its names say of versions, drafts first, then
    by path.
    """
    together: list[tuple[int, tuple[str, str], list[_File]]] = []
    before = 0.0
    for moment, key, files in sorted(waiting, key=lambda one: one[:2]):
        if moment - before >= TOGETHER_SECONDS:
            yield from (one for *_, one in sorted(together, key=lambda item: item[:2]))
            together = []
        together.append((place_among_versions(_readable(key[1])), key, files))
        before = moment
    yield from (one for *_, one in sorted(together, key=lambda item: item[:2]))


def files_as_one(folder: Path) -> Incoming | None:
    """All files below a folder as one submission, as if the folder were an inbox; None where it holds none."""
    files = list(_files(folder, 0))
    return _incoming(folder, files) if files else None


def settling_seconds(inbox: Path, settle_seconds: float = SETTLE_SECONDS) -> float:
    """Seconds until everything that lies in the inbox now will have settled; 0 when it has."""
    now = time.time()
    return max((file.changed + settle_seconds - now for file in _files(inbox, 0)), default=0.0)


def pending(inbox: Path, settle_seconds: float = SETTLE_SECONDS, now: float | None = None) -> str | None:
    """A fingerprint of what waits whole in the inbox, None when nothing does; it changes when something else waits. For
    a watcher.
    """
    keys = [one.arrival_key for one in scan(inbox, settle_seconds, now)]
    return hashlib.sha256("".join(keys).encode()).hexdigest() if keys else None


def is_unfinished(name: str) -> bool:
    """Whether a file of this name is temporary, or one that a program has not finished."""
    return name.lower().endswith(UNFINISHED_ENDINGS)


def _files(folder: Path, depth: int) -> Iterator[_File]:
    """Regular files below a folder that may be submitted, symbolic links not followed."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
    except OSError:
        return
    for entry in entries:
        if is_junk(entry.name) or is_unfinished(entry.name) or (depth == 0 and entry.name == SET_ASIDE):
            continue
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:  # it has just gone
            continue
        if stat.S_ISDIR(status.st_mode) and depth < DEEPEST_FOLDER:
            yield from _files(folder / entry.name, depth + 1)
        elif stat.S_ISREG(status.st_mode):
            yield _File(folder / entry.name, status, os.access(entry.path, os.R_OK))


def _groups(files: Iterable[_File]) -> dict[tuple[str, str], list[_File]]:
    """Files that belong together, by their folder and common name."""
    groups: dict[tuple[str, str], list[_File]] = defaultdict(list)
    for file in files:
        geodatabase = next((parent for parent in file.path.parents if parent.suffix.lower() == GEODATABASE), None)
        if geodatabase:
            groups[str(geodatabase.parent), geodatabase.name].append(file)
            continue
        if is_journal(file.path.name):
            groups[str(file.path.parent), file.path.name.rpartition("-")[0]].append(file)
            continue
        stem, part = _shapefile_part(file.path.name)
        groups[str(file.path.parent), f"{stem}.shp" if part else file.path.name].append(file)
    return groups


def _shapefile_part(name: str) -> tuple[str, str | None]:
    """The common name of a Shapefile's files and the ending of this one; None where it is none of a Shapefile's."""
    ending = next((part for part in SHAPEFILE_PARTS if name.lower().endswith(part)), None)
    return (name[: -len(ending)], ending) if ending else (name, None)


def _is_whole(files: list[_File], settle_seconds: float, now: float) -> bool:
    quiet = now - max(file.changed for file in files)
    if quiet < settle_seconds:
        return False
    parts = {part for file in files if (part := _shapefile_part(file.path.name)[1])}
    if parts and not parts >= REQUIRED_PARTS and quiet < INCOMPLETE_SHAPEFILE_SECONDS:
        return False
    return quiet >= STALLED_WRITER_SECONDS or not any(_is_being_written(file.path) for file in files)


def _is_being_written(path: Path) -> bool:
    """Whether another process has the file open for writing. False where the system cannot say."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return True
    try:
        return bool(has_writer(descriptor))
    finally:
        os.close(descriptor)


def has_writer(descriptor: int) -> bool | None:
    """Whether a process has the open file open for writing; None where the system cannot say: another user's file, or
    one on a network drive.
    """
    try:
        # a writer that comes in this very moment breaks the lease by a signal: one that does nothing, instead of SIGIO,
        # which would end us
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return None
    return False


def _folder_of(files: list[_File]) -> Path:
    """The folder in which a submission lies: that of its files, or of the geodatabase that they are."""
    path = files[0].path
    return next((parent.parent for parent in path.parents if parent.suffix.lower() == GEODATABASE), path.parent)


def _incoming(inbox: Path, files: list[_File]) -> Incoming:
    """Files of an inbox as one submission."""
    files = sorted(files, key=lambda file: os.fsencode(file.path))
    folder = _folder_of(files)
    folders = [_readable(part) for part in folder.relative_to(inbox).parts]
    hint = folders[0] if folders else None
    sender = folders[1] if len(folders) > 1 else None
    if hint and not sender and not named_dataset(hint):
        sender = hint  # a folder that names no dataset is most likely whoever sends
    identity = hashlib.sha256()
    for file in files:
        status = file.status
        identity.update(
            os.fsencode(file.path.relative_to(inbox))
            + b"\0%d\0%d\0%d\0" % (status.st_ino, status.st_size, status.st_mtime_ns)
        )
    return Incoming(
        tuple(file.path for file in files),
        _readable(_name(files)),
        hint,
        sender,
        identity.hexdigest()[:32],
        tuple(file.status for file in files),
    )


def _name(files: list[_File]) -> str:
    geodatabase = next((parent for parent in files[0].path.parents if parent.suffix.lower() == GEODATABASE), None)
    if geodatabase:
        return geodatabase.name
    names = [file.path.name for file in files]
    if main := next((name for name in names if name.lower().endswith(".shp")), None):
        return main
    return names[0]


def _readable(name: str) -> str:
    """A name as text: what is not UTF-8 is read as GB18030, decomposed letters are composed, control characters become
    spaces.
    """
    raw = os.fsencode(name)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", errors="replace")
    return "".join(
        " " if unicodedata.category(letter) == "Cc" else letter for letter in unicodedata.normalize("NFC", text)
    )
