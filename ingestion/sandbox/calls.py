"""seccomp: system calls that reading a file never needs, refused to a child for good. Called by `ingestion.sandbox.rights`.

It needs libseccomp, which Debian's and Red Hat's base systems have; where it is not there, nothing is refused here.
"""

import errno
import os
from types import ModuleType

CLONE_THREAD = 0x10000  # linux/sched.h: a thread of the same process, as readers start them
REFUSED = (
    # programs and processes; sockets of every kind, as one of a path reaches out of a network namespace
    *("execve", "execveat", "fork", "vfork", "socket", "socketpair", "connect", "bind", "io_uring_setup"),
    # other processes
    *("ptrace", "process_vm_readv", "process_vm_writev", "pidfd_open", "pidfd_getfd", "pidfd_send_signal", "tkill"),
    *("process_madvise", "kcmp", "rt_sigqueueinfo", "rt_tgsigqueueinfo"),
    # the system itself, files by handle, keys
    *("mount", "umount2", "pivot_root", "chroot", "unshare", "setns", "move_mount", "open_tree", "fsopen", "fsmount"),
    *(
        "mount_setattr",
        "open_by_handle_at",
        "bpf",
        "perf_event_open",
        "userfaultfd",
        "add_key",
        "request_key",
        "keyctl",
    ),
    # what a file is like, by its path, which Landlock does not guard; of a file of its own it may be changed by descriptor
    *("chmod", "fchmodat", "fchmodat2", "chown", "lchown", "fchownat", "truncate", "utime", "utimes", "futimesat"),
    *("setxattr", "lsetxattr", "removexattr", "lremovexattr"),
    # memory that no process holds, or that outlives it: the limit of memory counts what processes hold
    *("memfd_create", "memfd_secret", "shmget", "msgget", "semget", "mq_open"),
)
ONLY_ITSELF = ("kill", "tgkill")  # signals, which a crash sends to itself
ONLY_CALLER = {  # the argument that names a process, which may be 0 alone: limits and turns of another one of the same user
    **{"prlimit64": 0, "setpriority": 1, "ioprio_set": 1},
    **dict.fromkeys(("sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr"), 0),
}
OF_A_FILE = (8, 10, 15)  # fcntl: F_SETOWN, F_SETSIG, F_SETOWN_EX, by which the kernel sends signals for a file
WHOLE_WORD = 0xFFFFFFFF  # of an argument the kernel looks at 32 bits, and so must a rule


class Refusal:
    """The calls that are refused, put together once by the host; each child takes the refusal on."""

    def __init__(self) -> None:
        """Raises ImportError where the library or its binding is not there, OSError where it does not work."""
        self._seccomp = _library()
        self._refused = self._seccomp.ERRNO(errno.EPERM)
        self._calls = self._seccomp.SyscallFilter(self._seccomp.ALLOW)
        for name in REFUSED:
            self._calls.add_rule(self._refused, name)
        for name, at in ONLY_CALLER.items():
            self._calls.add_rule(self._refused, name, self._seccomp.Arg(at, self._seccomp.NE, 0))
        for command in OF_A_FILE:
            which = self._seccomp.Arg(1, self._seccomp.MASKED_EQ, WHOLE_WORD, command)
            self._calls.add_rule(self._refused, "fcntl", which)
        # its flags are in memory, which no rule sees; the C library falls back to clone
        self._calls.add_rule(self._seccomp.ERRNO(errno.ENOSYS), "clone3")
        self._calls.add_rule(self._refused, "clone", self._seccomp.Arg(0, self._seccomp.MASKED_EQ, CLONE_THREAD, 0))

    def take_on(self) -> None:
        """Refuses the calls to this process for good. Raises OSError where the system does not let it."""
        self._calls.add_rule(self._refused, "utimensat", self._seccomp.Arg(1, self._seccomp.NE, 0))  # by a path
        for name in ONLY_ITSELF:
            self._calls.add_rule(self._refused, name, self._seccomp.Arg(0, self._seccomp.NE, os.getpid()))
        self._calls.load()


def _library() -> ModuleType:
    try:
        import pyseccomp
    except RuntimeError as error:
        raise ImportError("no libseccomp") from error
    return pyseccomp
