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
