"""A file system of its own: a process sees the paths that it names and nothing else. For kernels without Landlock; called by
`ingestion.sandbox.rights` in a process that may mount: root's, or one in a user namespace.
"""

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

# sys/mount.h, linux/sched.h
CLONE_NEWNS = 0x20000
MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE, MS_RELATIME, MNT_DETACH = 1, 32, 4096, 16384, 1 << 18, 1 << 21, 2
# What a mount forbids must stay so when it is mounted again; statvfs and mount number these alike, but for the last.
KEPT_FLAGS = os.ST_NOSUID | os.ST_NODEV | os.ST_NOEXEC | os.ST_NOATIME | os.ST_NODIRATIME
ROOT = "root"  # in the first folder of its own, where the new file system is put together


def move_into(reads: Iterable[Path], writes: list[Path]) -> None:
    """Moves this process to a file system with these paths only: reads, files and folders, cannot be written; writes are
    folders of its own. Paths that are not there are left out. Raises OSError.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    _checked(libc.unshare(CLONE_NEWNS))
    _mount(libc, b"none", Path("/"), None, MS_REC | MS_PRIVATE)
    root = writes[0] / ROOT
    root.mkdir()
    _mount(libc, b"tmpfs", root, b"tmpfs", 0)
    for path in sorted({path for path in reads if path.exists()}):
        if not (root / path.relative_to("/")).exists():  # else below another that is read
            _bind(libc, path, root)
    for mounted in _mounts_below(root):
        flags = os.statvfs(mounted).f_flag
        kept = flags & KEPT_FLAGS | (MS_RELATIME if flags & os.ST_RELATIME else 0)
        _mount(libc, None, mounted, None, MS_BIND | MS_REMOUNT | MS_RDONLY | kept)
    for path in writes:
        _bind(libc, path, root)
    os.chdir(root)
    _checked(libc.pivot_root(b".", b"."))
    _checked(libc.umount2(b".", MNT_DETACH))
    os.chdir("/")
    _mount(libc, None, Path("/"), None, MS_BIND | MS_REMOUNT | MS_RDONLY)


def _bind(libc: ctypes.CDLL, path: Path, root: Path) -> None:
    target = root / path.relative_to("/")
    if path.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    _mount(libc, os.fsencode(path), target, None, MS_BIND | MS_REC)


def _mounts_below(root: Path) -> list[Path]:
    """Where something is mounted in a folder, as /proc/self/mountinfo writes it."""
    lines = Path("/proc/self/mountinfo").read_bytes().splitlines()
    places = (line.split(b" ")[4].decode("unicode_escape").encode("latin-1") for line in lines)
    return [path for place in places if (path := Path(os.fsdecode(place))).is_relative_to(root) and path != root]


def _mount(libc: ctypes.CDLL, source: bytes | None, target: Path, kind: bytes | None, flags: int) -> None:
    _checked(libc.mount(source, os.fsencode(target), kind, ctypes.c_ulong(flags), None))


def _checked(status: int) -> None:
    if status < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
