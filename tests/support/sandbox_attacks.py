"""What somebody who has taken over a child of the sandbox would try; each gives what it got, or the refusal. And preloads that
take a layer of protection away from a host, as an older system lacks it.
"""

import os
import pickle
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from ingestion.sandbox import landlock, mounts
from ingestion.sandbox.protocol import Answer, encoded

GOT = "got it"


def attempt(act: Callable[[], object]) -> str:
    """GOT where an act succeeds, else the name of its error."""
    try:
        act()
    except OSError as error:
        return type(error).__name__
    return GOT


def read_file(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        return type(error).__name__


def own_environment() -> str:
    return repr(sorted(os.environ)) + read_file("/proc/self/environ")


def write_to(folder: str) -> list[str]:
    """All ways to change what lies in a folder with a file `kept`."""
    kept, new = Path(folder) / "kept", Path(folder) / "new"
    return [
        attempt(lambda: new.write_text("x")),
        attempt(lambda: new.mkdir()),
        attempt(lambda: kept.open("a").write("x")),
        attempt(lambda: os.truncate(kept, 0)),
        attempt(lambda: kept.rename(new)),
        attempt(kept.unlink),
        attempt(lambda: kept.chmod(0o777)),
        attempt(lambda: os.utime(kept, (0, 0))),
        attempt(lambda: new.symlink_to("/")),
    ]


def open_socket(kind: int) -> str:
    return attempt(lambda: socket.socket(kind, socket.SOCK_STREAM))


def connect_to(path: str) -> str:
    def connect() -> None:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(path)

    return attempt(connect)


def start_process() -> list[str]:
    def fork() -> None:
        if os.fork() == 0:
            os._exit(0)

    return [attempt(fork), attempt(lambda: subprocess.run(["/bin/true"], check=True))]


def execute() -> str:
    return attempt(lambda: os.execv("/bin/true", ["true"]))


def end_process(process: int) -> str:
    return attempt(lambda: os.kill(process, signal.SIGKILL))


def raise_limits() -> str:
    import resource

    return attempt(lambda: resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2))


class Shell:
    """Runs a command when it is unpickled."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (self.command,)


def answer_with_a_pickle(canary: str) -> int:
    _answer(pickle.dumps((None, Shell(f"touch {canary}"))))
    return 0


def answer_with_another_type() -> int:
    _answer(encoded(Answer(value=encoded(["no number"]))))  # type: ignore[arg-type]
    return 0


def _answer(message: bytes) -> None:
    """Write to whatever may be the pipe of the answer, and end."""
    for descriptor in range(3, 64):
        try:
            if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
                os.write(descriptor, message)
        except OSError:
            continue
    os._exit(0)


def leave_a_link(folder: str) -> str:
    return attempt(lambda: (Path(folder) / "link").symlink_to("/etc/passwd"))


def write_own(folder: str) -> str:
    def write() -> None:
        (Path(folder) / "in" / "it").mkdir(parents=True)
        (Path(folder) / "in" / "it" / "file").write_text("x")
        (Path(folder) / "in" / "it" / "file").rename(Path(folder) / "file")

    return attempt(write)


def write_temporary() -> bool:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "file").write_text("x")
        return (Path(folder) / "file").read_text() == "x"


def without_landlock() -> None:
    landlock.version = lambda: 0


def without_mounts() -> None:
    def refuse(*_: object) -> None:
        raise OSError("not permitted")

    without_landlock()
    mounts.move_into = refuse


def program_for_everybody() -> None:
    """Where the interpreter lies below a folder that is closed to others, as root's own may be, show this process its program's
    files alone there, so that another user can run it; for kernels in which nothing but that user keeps files.
    """
    import ctypes

    from ingestion.sandbox.rights import program_files

    libc = ctypes.CDLL(None, use_errno=True)
    closed = {
        next(parent for parent in reversed(place.parents) if not parent.stat().st_mode & stat.S_IXOTH): place
        for place in program_files()
        if any(not parent.stat().st_mode & stat.S_IXOTH for parent in place.parents)
    }
    if not closed:
        return

    def mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
        given = [one and one.encode() for one in (source, target, kind)]
        if libc.mount(*given, ctypes.c_ulong(flags), data and data.encode()) != 0:
            raise OSError(ctypes.get_errno(), target)

    if libc.unshare(mounts.CLONE_NEWNS) != 0:
        raise OSError(ctypes.get_errno(), "no mounts")
    mount("none", "/", None, mounts.MS_REC | mounts.MS_PRIVATE)
    for folder in closed:
        below = [place for place in program_files() if place.is_relative_to(folder)]
        held = [os.open(place, os.O_PATH) for place in below]
        mount("tmpfs", str(folder), "tmpfs", 0, "mode=0755")
        for place, descriptor in zip(below, held, strict=True):
            place.mkdir(parents=True) if stat.S_ISDIR(os.fstat(descriptor).st_mode) else place.touch()
            mount(f"/proc/self/fd/{descriptor}", str(place), None, mounts.MS_BIND | mounts.MS_REC)
            os.close(descriptor)


def without_seccomp() -> None:
    sys.modules["pyseccomp"] = None  # type: ignore[assignment]


def _syscall(name: str, *given: object) -> str:
    """GOT where a call of the system succeeds, else the name of its error."""
    import ctypes

    import pyseccomp

    libc = ctypes.CDLL(None, use_errno=True)

    def call() -> None:
        if libc.syscall(pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name), *given) < 0:
            raise OSError(ctypes.get_errno(), name)

    return attempt(call)


def limit_another(process: int) -> str:
    """Set a limit of another process of this user: one that harms nobody here, where processor time would end it."""
    import resource

    return attempt(lambda: resource.prlimit(process, resource.RLIMIT_NICE, (0, 0)))


def slow_another(process: int) -> list[str]:
    """Put another process of this user behind all others."""
    return [
        attempt(lambda: os.setpriority(os.PRIO_PROCESS, process, 19)),
        attempt(lambda: os.sched_setaffinity(process, os.sched_getaffinity(process))),
        attempt(lambda: os.sched_setscheduler(process, os.SCHED_IDLE, os.sched_param(0))),
        _syscall("ioprio_set", 1, process, 3 << 13),
    ]


def signal_by_file(process: int) -> str:
    """Let a pipe send a signal to another process of this user: the kernel sends it, whoever wrote."""
    import fcntl

    def own() -> None:
        read, write = os.pipe()
        fcntl.fcntl(read, fcntl.F_SETOWN, process)
        fcntl.fcntl(read, 10, signal.SIGWINCH)  # F_SETSIG
        fcntl.fcntl(read, fcntl.F_SETFL, fcntl.fcntl(read, fcntl.F_GETFL) | os.O_ASYNC)
        os.write(write, b"x")

    return attempt(own)


def hold_memory_in_a_file(megabytes: int) -> str:
    """Take memory that is no process's own."""

    def hold() -> None:
        held = os.memfd_create("held")
        for _ in range(megabytes):
            os.write(held, b"x" * (1 << 20))

    return attempt(hold)


def leave_memory_behind() -> list[str]:
    """Take memory that outlives this process."""
    return [_syscall("shmget", 0, 1 << 20, 0o1600), _syscall("msgget", 0, 0o1600), _syscall("semget", 0, 1, 0o1600)]


def run_from_memory() -> str:
    """Run a program that lies in no folder."""

    def run() -> None:
        held = os.memfd_create("program")
        os.write(held, Path("/proc/self/exe").read_bytes())
        os.execve(held, ["program", "-c", ""], {})

    return attempt(run)


def reach_by_own_folder(folder: str, secret: str) -> list[str]:
    """Bring a secret into a folder of its own, and read it there."""
    own = Path(folder)
    return [
        attempt(lambda: os.link(secret, own / "hard")),
        attempt(lambda: os.rename(secret, own / "moved")),
        attempt(lambda: (os.symlink(secret, own / "soft"), (own / "soft").read_text())),  # type: ignore[func-returns-value]
        attempt(lambda: (own / "soft").unlink()) and attempt(lambda: Path(f"{folder}/../secret").read_text()),
        attempt(lambda: Path(f"/proc/self/root{secret}").read_text()),
        attempt(lambda: os.open(f"/proc/self/fd/{os.open(secret, os.O_PATH)}", os.O_RDONLY)),
    ]


def look_into(process: int) -> list[str]:
    """Look into another process of this user."""
    names = ("environ", "mem", "maps", "root", "cwd", "fd", "auxv", "stack")
    return [
        attempt(lambda name=name: (os.listdir if name == "fd" else _open)(f"/proc/{process}/{name}")) for name in names
    ]  # type: ignore[misc]


def _open(path: str) -> None:
    if stat.S_ISDIR(os.stat(path).st_mode):
        os.listdir(path)
    else:
        os.read(os.open(path, os.O_RDONLY), 1)


def become_more() -> list[str]:
    """Take back what was given up."""
    return [
        _syscall("setns", 0, 0),
        _syscall("capset", b"\x22\x05\x08\x20\0\0\0\0", b"\xff" * 24),
        _syscall("sethostname", b"x", 1),
        _syscall("syslog", 3, b"x" * 64, 64),
        _syscall("settimeofday", 0, 0),
        _syscall("swapoff", b"/"),
        _syscall("quotactl", 0, 0, 0, 0),
        attempt(lambda: os.open("/dev/tty", os.O_RDWR)),
        attempt(lambda: os.open("/dev/mem", os.O_RDONLY)),
        attempt(lambda: os.setgroups([0])),
    ]
