"""Which errors are failures of this machine or this program, and not of the file that is being read. Used by the sandbox's
host, by what runs in its children, and by readers that would otherwise take every error for the file's own.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

# Only what we write can meet a full or read-only disk, and what we read lies in our own archive: a disk that fails is ours
# whatever we were doing. A right that is refused was not given by us, or a file tries what operators should hear of. Not
# here: limits that a file itself may exhaust (EMFILE, ENOMEM), see `own_work`.
SYSTEM_ERRNOS = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ENFILE, errno.ESTALE, errno.EACCES, errno.EPERM}
)


RAISE = "WAREHOUSE_RAISE_UNACCOUNTED"
"""Name of the environment variable by which an unaccounted row or column is an exception instead of a finding: tests set it."""


class SystemFault(Exception):
    """Something of ours failed, and the file that was being read has no part in it. The message says what."""


def is_system_fault(error: BaseException) -> bool:
    """Whether an error is the machine's or the program's: no space, a failing disk, a library that cannot be loaded."""
    return isinstance(error, SystemFault | ImportError) or (isinstance(error, OSError) and error.errno in SYSTEM_ERRNOS)


@contextmanager
def own_work() -> Iterator[None]:
    """Around what deals with our own files and tables alone, in a child: whatever fails in it is raised as a SystemFault.
    Memory is left out: how much the work takes depends on the file.
    """
    try:
        yield
    except (SystemFault, MemoryError):
        raise
    except Exception as error:
        raise SystemFault(f"{type(error).__name__}: {error}") from error
