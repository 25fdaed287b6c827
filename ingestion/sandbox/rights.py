"""What a child of the sandbox may reach: the program's own files, what it is to read, folders of its own to write, and
nothing else. Called by `ingestion.sandbox.host`, in itself (`leave_network`, `Rights`) and in every child (`give_up`).
"""

import ctypes
import os
import struct
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from pathlib import Path

from contracts.reference import SEEDS
from ingestion.sandbox import landlock, mounts
from ingestion.sandbox.calls import Refusal
from ingestion.sandbox.protocol import GUARDS_LENGTH, FileRights, Held
from warehouse.home import CHECKOUT, packages

UNPRIVILEGED = 65534  # nobody, on every Linux
SYSTEM_FILES = (
    *("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo", "/etc/ld.so.cache", "/etc/localtime"),
    *("/dev/urandom", "/dev/null", "/dev/zero", "/sys/devices/system/cpu", "/sys/fs/cgroup"),
)
PACKAGE_FOLDERS = ("site-packages", "dist-packages")
OWN_GROUP = Path("/proc/self/cgroup")
"""Of the child: DuckDB asks it how much memory there is, and dies where it is there and closed."""
NETWORK, USER_AND_NETWORK = 0x40000000, 0x50000000  # linux/sched.h: CLONE_NEWNET, with CLONE_NEWUSER

CAPABILITY_VERSION, CAP_DAC_READ_SEARCH = 0x20080522, 2  # linux/capability.h


class Rights:
    """What the children of a host give up; made once in the host. held: what holds on this system, tried out in forks."""

    def __init__(self, network: bool) -> None:
        """network: whether this process has left it."""
        as_root = os.geteuid() == 0
        try:
            self._refusal: Refusal | None = Refusal()
        except (ImportError, OSError):
            self._refusal = None
        calls = self._refusal is not None and _works(self._refusal.take_on)
        version = landlock.version()
        self.held = Held(_file_rights(version, as_root or network, as_root), version, network, calls)
        self._program = program_files()
        self._opened = landlock.opened(self._program)

    def give_up(self, reads: list[Path], writes: list[Path]) -> None:
        """Leaves this process the rights to read the program and what is read, and to write in folders of its own. Raises
        OSError where what holds on this system does not hold.
        """
        if self.held.files == "user":
            _become_nobody(reads, writes)
        if self.held.files == "mounts":
            mounts.move_into([*self._program, *reads], writes)
            self._opened = landlock.opened(self._program)
        if self.held.landlock_abi:
            landlock.restrict(
                [*self._opened, *landlock.opened([OWN_GROUP, *reads])],
                landlock.opened({path.parent for path in reads}),
                landlock.opened(writes),
            )
        _drop_capabilities()
        if self.held.calls and self._refusal:
            self._refusal.take_on()


def leave_network() -> bool:
    """Moves this process, and so all its children, where there is no network; False, and left as it is, where the system
    forbids that. Only a process without threads can; it is tried in a fork first, as there is no way back.
    """
    namespace = NETWORK if os.geteuid() == 0 else USER_AND_NETWORK
    if not _works(lambda: _leave(namespace)):
        return False
    _leave(namespace)
    return True


def program_files() -> list[Path]:
    """Where the interpreter, the libraries and this project's packages lie, none below another. Not the checkout itself,
    which may hold a home.
    """
    places = {Path(prefix) / name for prefix in (sys.prefix, sys.base_prefix) for name in ("lib", "lib64")}
    places |= {Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    places |= {Path(entry) for entry in sys.path if Path(entry).name in PACKAGE_FOLDERS}
    # an installer may link packages to where it keeps them
    linked = {Path(os.path.realpath(entry)) for folder in places for entry in folder.glob("*") if entry.is_symlink()}
    places |= {entry.parent if entry.parent.name in PACKAGE_FOLDERS else entry for entry in linked}
    places |= {SEEDS, *(CHECKOUT / name for name in packages())} | {Path(name) for name in SYSTEM_FILES}
    found = {place for place in places if place.exists()}
    return sorted(place for place in found if found.isdisjoint(place.parents))


def _file_rights(version: int, may_mount: bool, as_root: bool) -> FileRights:
    if version >= GUARDS_LENGTH:
        return "landlock"
    if may_mount:
        with tempfile.TemporaryDirectory() as folder:
            if _works(lambda: mounts.move_into([], [Path(folder)])):
                return "mounts"
    if version:
        return "landlock"
    return "user" if as_root and _works(_run_as_nobody) else "none"


def _run_as_nobody() -> None:
    """Raises OSError where an unprivileged user could not run the program."""
    _become_nobody([], [])
    for place in program_files():
        os.listdir(place) if place.is_dir() else os.stat(place)


def _become_nobody(reads: list[Path], writes: list[Path]) -> None:
    """Becomes a user without rights, in the groups that may read what is read; what is written becomes its own."""
    groups = {path.stat().st_gid for path in reads if path.exists()}
    for folder in writes:
        os.chown(folder, UNPRIVILEGED, UNPRIVILEGED)
    os.setgroups(sorted(groups))
    os.setresgid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED)
    os.setresuid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED)


def _drop_capabilities() -> None:
    """Leaves root without its powers, but for the one of reading what it is allowed to name: its own file may belong to
    somebody else.
    """
    libc = ctypes.CDLL(None)
    kept = 1 << CAP_DAC_READ_SEARCH if os.geteuid() == 0 else 0
    header = struct.pack("=Ii", CAPABILITY_VERSION, 0)
    libc.capset(header, struct.pack("=6I", kept, kept, 0, 0, 0, 0))


def _leave(namespace: int) -> None:
    """Moves this process where there is no network; an ordinary user needs a user namespace for it, in which files keep
    their owner. Raises OSError.
    """
    user, group = os.geteuid(), os.getegid()
    if ctypes.CDLL(None).unshare(namespace) != 0:
        raise OSError("no namespace")
    if namespace == USER_AND_NETWORK:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    if (os.geteuid(), os.getegid()) != (user, group):
        raise OSError("another user in the namespace")


def _works(attempt: Callable[[], object]) -> bool:
    """Whether an attempt succeeds, made in a fork."""
    probe = os.fork()
    if probe == 0:
        status = 1
        try:
            attempt()
            status = 0
        finally:
            os._exit(status)
    return os.waitpid(probe, 0)[1] == 0
