"""What a child of the sandbox may do. Called by `ingestion.sandbox.host`: in itself once, and in every child."""

import ctypes
import math
import os
import resource
import signal
from pathlib import Path

from ingestion.inbox_limits import MEGABYTE

FILE_MEGABYTES = 4096  # of one file that a child writes: a layer may unfold to as much
OPEN_FILES = 512  # a File Geodatabase keeps several files for each of its tables
# Address space is more than memory: allocators and thread stacks reserve what they never touch.
ADDRESS_HEADROOM_MEGABYTES = 4096

# Numbers of the system's own headers (sys/prctl.h, linux/sched.h)
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000


def limit_this_process(megabytes: int, cpu_seconds: float | None) -> None:
    """Takes on the limits of a child: a process group of its own, no core dump, bounded files, address space and
    processor time, no new privileges, and its end when the host ends.

    megabytes: of resident memory, which the host watches. cpu_seconds: SIGPROF ends the process after them.
    """
    os.setpgid(0, 0)
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    taken = int(Path("/proc/self/statm").read_bytes().split()[0]) * resource.getpagesize()
    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: FILE_MEGABYTES * MEGABYTE,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_AS: taken + (megabytes + ADDRESS_HEADROOM_MEGABYTES) * MEGABYTE,
    }
    if cpu_seconds is not None:
        # the timer counts fractions and not children; the limit counts whole seconds, and stands a second behind it
        for ending in (signal.SIGPROF, signal.SIGXCPU):
            signal.signal(ending, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
        wanted[resource.RLIMIT_CPU] = math.ceil(cpu_seconds) + 1
    for limit, value in wanted.items():
        hard = resource.getrlimit(limit)[1]
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        # of CPU time the soft limit ends the process by a signal of its own, a second before the hard one kills it
        resource.setrlimit(
            limit, (bound, bound + (limit == resource.RLIMIT_CPU) if hard == resource.RLIM_INFINITY else bound)
        )


def leave_the_network() -> bool:
    """Moves this process, and so all its children, where there is no network. False, and left as it is, where the
    system forbids that.

    An ordinary user needs a user namespace for it. Whether one works here (files keep their owner) is tried in a fork
    first: there is no way back.
    """
    libc = ctypes.CDLL(None)
    if libc.unshare(CLONE_NEWNET) == 0:
        return True
    probe = os.fork()
    if probe == 0:
        os._exit(0 if _own_namespace(libc) else 1)
    return os.waitpid(probe, 0)[1] == 0 and _own_namespace(libc)


def _own_namespace(libc: ctypes.CDLL) -> bool:
    user, group = os.geteuid(), os.getegid()
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        return False
    try:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    except OSError:
        return False
    return os.geteuid() == user and os.getegid() == group
