"""The process that forks the sandbox's children: warm, without threads of its own, and their only supervisor. See
`ingestion.sandbox`.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import math
import os
import pickle
import resource
import select
import signal
import socket
import struct
import sys
import time
import traceback
from pathlib import Path
from typing import Any

HEADER = struct.Struct("!Q")
ALONE, CONNECTED = b"alone", b"ready"  # what the host says when it can take jobs: whether it has left the network
TICK_SECONDS = 0.02
REAP_SECONDS = 0.001
MEGABYTE = 1 << 20
FILE_MEGABYTES = 4096
OPEN_FILES = 512
# Address space is more than memory: allocators and thread stacks reserve what they never touch.
ADDRESS_HEADROOM_MEGABYTES = 4096
DETAIL_CHARACTERS = 4000
GARBAGE_THRESHOLDS = (50_000, 20, 50)  # a child makes millions of objects, hardly any in a circle

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000


def receive_exactly(control: socket.socket, size: int) -> bytes:
    """Exactly so many bytes of a stream. Raises EOFError when it ends before."""
    parts = bytearray()
    while len(parts) < size:
        part = control.recv(size - len(parts))
        if not part:
            raise EOFError("the other end has closed")
        parts += part
    return bytes(parts)


def serve(descriptor: int, preload: tuple[str, ...]) -> None:
    """Imports what the jobs will need, then runs one job after the other until the other end closes."""
    control = socket.socket(fileno=descriptor)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in preload:
        module, _, function = name.partition(":")
        loaded = importlib.import_module(module)
        if function:
            getattr(loaded, function)()
    is_alone = _leave_the_network()
    gc.collect()
    gc.freeze()  # so that collecting in a child does not copy every page
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    control.sendall(ALONE if is_alone else CONNECTED)
    while True:
        try:
            header, descriptors, _, _ = socket.recv_fds(control, HEADER.size, 1)
            if not header:
                return
            job = pickle.loads(
                receive_exactly(control, HEADER.unpack(header + receive_exactly(control, HEADER.size - len(header)))[0])
            )
            with contextlib.suppress(ImportError):  # the child meets it again, and says so
                importlib.import_module(job["module"])
            report = json.dumps(_supervise(control, job, descriptors[0])).encode()
            control.sendall(HEADER.pack(len(report)) + report)
        except (EOFError, OSError):
            return


def _supervise(control: socket.socket, job: dict[str, Any], result: int) -> dict[str, Any]:
    """Forks the child of a job, and watches it to its end. Raises EOFError, the child killed, when the caller has gone."""
    began = time.monotonic()
    alive, held = os.pipe()
    child = os.fork()
    if child == 0:
        control.close()
        os.close(alive)
        _work(job, result)
    os.close(result)
    os.close(held)
    with contextlib.suppress(OSError):
        os.setpgid(child, child)
    exceeded, peak, status, cpu = None, 0, None, 0.0
    try:
        while status is None:
            # `alive` turns readable when the child has closed its end, `control` when the caller has closed its own
            ready, _, _ = select.select([alive, control], [], [], TICK_SECONDS)
            if control in ready:
                raise EOFError("the caller has gone")
            ended, code, usage = os.wait4(child, os.WNOHANG)
            if ended:
                status, peak, cpu = code, max(peak, usage.ru_maxrss * 1024), usage.ru_utime + usage.ru_stime
                continue
            resident = _resident(child)
            peak = max(peak, resident)
            if resident > job["megabytes"] * MEGABYTE:
                exceeded = "memory"
            elif time.monotonic() - began > job["seconds"]:
                exceeded = "timeout"
            if exceeded:
                _kill(child)
                _, status, usage = os.wait4(child, 0)
                cpu = usage.ru_utime + usage.ru_stime
            elif ready:
                time.sleep(REAP_SECONDS)
    finally:
        os.close(alive)
        _kill(child)
        if status is None:
            os.waitpid(child, 0)
    return {
        "exceeded": exceeded,
        "code": os.waitstatus_to_exitcode(status),
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
        "seconds": round(time.monotonic() - began, 4),
        "cpu_seconds": round(cpu, 3),
        "peak_megabytes": round(peak / MEGABYTE, 1),
    }


def _kill(child: int) -> None:
    """Ends the whole process group of a child; whatever it has started has its group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)


def _resident(process: int) -> int:
    """Resident bytes of a process and all below it; 0 when it has gone."""
    try:
        total = int(Path(f"/proc/{process}/statm").read_bytes().split()[1]) * resource.getpagesize()
        below = Path(f"/proc/{process}/task/{process}/children").read_bytes().split()
    except (OSError, IndexError):
        return 0
    return total + sum(_resident(int(one)) for one in below)


def _work(job: dict[str, Any], result: int) -> None:
    """In the child: takes on the limits, calls the function, writes (failure, detail) or (None, value), and ends the
    process.
    """
    answer: tuple[str | None, Any]
    try:
        _limit(job["megabytes"], job["cpu_seconds"])
        os.environ.clear()
        os.environ.update(job["environment"])
        os.chdir(job["folder"])
        function, args = pickle.loads(job["call"])
        answer = (None, function(*args))
        message = pickle.dumps(answer)
    except MemoryError:
        message = pickle.dumps(("memory", "the memory that the run may take was not enough"))
    except Exception as error:
        message = pickle.dumps(("error", _described(error)))
    except BaseException as error:  # a panic of a parser written in Rust is no Exception
        message = pickle.dumps(("crash", _described(error)))
    code = 0
    try:
        with open(result, "wb", buffering=0) as pipe:
            rest = memoryview(message)
            while rest:
                rest = rest[pipe.write(rest) or 0 :]
        sys.stderr.flush()
    except BaseException:
        code = 1
    os._exit(code)


def _described(error: BaseException) -> str:
    words = f"{type(error).__name__}: {error}"
    return f"{words[: DETAIL_CHARACTERS // 4]}\n{''.join(traceback.format_exception(error))[-DETAIL_CHARACTERS:]}"


def _limit(megabytes: int, cpu_seconds: float | None) -> None:
    """A process group of its own, no core dump, bounded files and address space, no new privileges, and its end when
    the host ends.
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
        # of CPU time the soft limit ends the process by a signal that tells why, a second before the hard one would
        # kill it
        resource.setrlimit(
            limit, (bound, bound + (limit == resource.RLIMIT_CPU) if hard == resource.RLIM_INFINITY else bound)
        )


def _leave_the_network() -> bool:
    """Moves this process, and so all its children, where there is no network. False, and left as it is, where the
    system forbids that.

    An ordinary user needs a user namespace for it. Whether one works here (files keep their owner) is tried in a fork
    first: there is no
    way back.
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
