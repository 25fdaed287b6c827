"""Landlock: a process gives up, for good and for all that it starts, every file but those it names. Linux 5.13 and later,
for any user; called by `ingestion.sandbox.rights`.

Three system calls without wrappers in libc (linux/landlock.h). The Python packages for them are young (0.x), and more code.
"""

import contextlib
import ctypes
import os
import stat
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same number on every processor
VERSION, PATH_BENEATH = 1, 1

WRITE_FILE, READ_FILE, READ_DIR = 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE, MAKE_DIR, MAKE_REG, MAKE_SYM = 1 << 4, 1 << 5, 1 << 7, 1 << 8, 1 << 12
REFER, TRUNCATE = 1 << 13, 1 << 14
# What each version of Landlock added; rights that are handled and granted nowhere are refused: running programs,
# making sockets, pipes and devices, and the control of devices.
RIGHTS_OF = {1: (1 << 13) - 1, 2: REFER, 3: TRUNCATE, 5: 1 << 15}
TCP_OF, SCOPES_OF = {4: 0b11}, {6: 0b11}  # binding and connecting; abstract sockets and signals to other processes
OF_FILES = WRITE_FILE | READ_FILE | TRUNCATE
READING = READ_FILE | READ_DIR
OWN = READING | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_SYM | REFER | TRUNCATE


def version() -> int:
    """The version that the kernel has; 0 where there is none, or where it may not be used."""
    return max(0, ctypes.CDLL(None).syscall(CREATE_RULESET, None, 0, VERSION))


class Opened(NamedTuple):
    """A file or folder to give rights on, opened."""

    descriptor: int
    is_folder: bool


def opened(paths: Iterable[Path]) -> list[Opened]:
    """Files and folders to give rights on; those that are not there are left out."""
    found = []
    for path in paths:
        with contextlib.suppress(OSError):
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
            found.append(Opened(descriptor, stat.S_ISDIR(os.stat(descriptor).st_mode)))
    return found


def restrict(reads: Iterable[Opened], lists: Iterable[Opened], writes: Iterable[Opened]) -> None:
    """Keeps this process to files: reads, files and folders with all below; lists, folders of which it may see the names;
    writes, folders of its own. Raises OSError.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    newest = version()
    handled, tcp, scopes = (
        sum(bits for added, bits in by_version.items() if added <= newest)
        for by_version in (RIGHTS_OF, TCP_OF, SCOPES_OF)
    )
    attributes = struct.pack("=QQQ", handled, tcp, scopes)[: 24 if newest >= 6 else 16 if newest >= 4 else 8]
    ruleset = _checked(libc.syscall(CREATE_RULESET, attributes, len(attributes), 0))
    for places, rights in ((reads, READING), (lists, READ_DIR), (writes, OWN)):
        for place in places:
            allowed = rights & handled if place.is_folder else rights & handled & OF_FILES
            rule = struct.pack("=Qi", allowed, place.descriptor)
            _checked(libc.syscall(ADD_RULE, ruleset, PATH_BENEATH, rule, 0))
    _checked(libc.syscall(RESTRICT_SELF, ruleset, 0))
    for place in (*reads, *lists, *writes):
        os.close(place.descriptor)
    os.close(ruleset)


def _checked(status: int) -> int:
    if status < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return status
