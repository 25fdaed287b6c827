"""What the tests of the sandbox run inside it: functions of an importable module, as the sandbox asks for."""

import multiprocessing
import os
import resource
import signal
import socket
import threading
import time
from pathlib import Path
from typing import Any


class Panic(BaseException):
    """As a parser's panic: no Exception."""


def double(number: int) -> int:
    return 2 * number


def environment(name: str) -> tuple[str | None, str]:
    return os.environ.get(name), os.getcwd()


def fail() -> None:
    raise ValueError("第 3 行不是数")


def panic() -> None:
    raise Panic("index out of bounds")


def die() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def leave() -> None:
    os._exit(3)


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def eat(megabytes: int) -> int:
    """Takes memory bit by bit, as a parser does."""
    taken = []
    for _ in range(megabytes // 10):
        taken.append(os.urandom(1 << 20) * 10)
        time.sleep(0.002)
    return len(taken)


def eat_at_once(megabytes: int) -> int:
    return len(bytearray(megabytes << 20))


def eat_in_a_child(megabytes: int) -> int:
    """Where processes are not refused."""
    child = os.fork()
    if child == 0:
        eat(megabytes)
        os._exit(0)
    return os.waitpid(child, 0)[1]


def large(megabytes: int) -> bytes:
    return b"x" * (megabytes << 20)


def unfit() -> Any:
    return threading.Lock()


def leave_a_sleeper(note: str) -> None:
    """Starts a process that outlives this one, and notes its id. Where processes are not refused."""
    child = os.fork()
    if child == 0:
        time.sleep(60)
    Path(note).write_text(str(child))


def connect(host: str = "192.0.2.1", port: int = 80) -> str:
    try:
        socket.create_connection((host, port), timeout=0.5)
    except OSError as error:
        return os.strerror(error.errno) if error.errno else "timed out"
    return "connected"


def limits() -> dict[str, int]:
    return {
        name: resource.getrlimit(getattr(resource, name))[1]
        for name in ("RLIMIT_CORE", "RLIMIT_NOFILE", "RLIMIT_FSIZE")
    }


def compute() -> None:
    """Takes the processor and never ends."""
    while True:
        pass


def drivers() -> list[str]:
    import pyogrio

    return sorted(pyogrio.list_drivers())


def shout() -> None:
    print("noise of a parser", flush=True)
    os.write(1, b"more noise\n")


def nested_daemon(queue: Any) -> None:
    """Runs the sandbox inside a daemonic process, which may have no multiprocessing children."""
    from ingestion import sandbox

    assert multiprocessing.current_process().daemon
    queue.put(sandbox.run(double, 21, seconds=10, megabytes=400).value)
    sandbox.stop()
