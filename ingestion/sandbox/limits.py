"""How much a child of the sandbox may take. Called by `ingestion.sandbox.host` in every child."""

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

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38  # sys/prctl.h


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
