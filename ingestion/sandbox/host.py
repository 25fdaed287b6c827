"""The host process: it forks the sandbox's children, warm and without threads of its own, and is their only supervisor.

Started by `ingestion.sandbox.client` with `python -c`; ends when its caller has gone.
"""

import contextlib
import gc
import importlib
import os
import resource
import select
import signal
import socket
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import msgspec

from ingestion.inbox_limits import MEGABYTE
from ingestion.sandbox.limits import limit_this_process
from ingestion.sandbox.protocol import (
    HEADER,
    Answer,
    Job,
    Report,
    argument_types,
    decoded,
    encoded,
    found,
    receive_exactly,
    send,
)
from ingestion.sandbox.rights import Rights, leave_network
from ingestion.sandbox.watched import Said, Space
from ingestion.system_faults import is_system_fault, own_work

TICK_SECONDS = 0.02  # between two looks at a child's memory and time: how far it may go beyond its limits
REAP_SECONDS = 0.001  # until a child that has closed its end is asked for again
DETAIL_CHARACTERS = 4000  # of an error and its traceback, for the log
# A child makes millions of objects, hardly any in a circle: under Python's own thresholds (700, 10, 10) it would search
# for circles a hundred times as often.
GARBAGE_THRESHOLDS = (50_000, 20, 50)


def serve(descriptor: int, preload: tuple[str, ...]) -> None:
    """Imports what the jobs will need, then runs one job after the other until the other end closes."""
    control = socket.socket(fileno=descriptor)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    network = leave_network()
    for name in preload:
        module, _, function = name.partition(":")
        loaded = importlib.import_module(module)
        if function:
            getattr(loaded, function)()
    rights = Rights(network)
    gc.collect()
    gc.freeze()  # so that collecting in a child does not copy every page
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    send(control, rights.held)
    while True:
        try:
            header, descriptors, _, _ = socket.recv_fds(control, HEADER.size, 1)
            if not header:
                return
            size = HEADER.unpack(header + receive_exactly(control, HEADER.size - len(header)))[0]
            job = decoded(Job, receive_exactly(control, size))
            with contextlib.suppress(ImportError):  # the child meets it again, and says so
                importlib.import_module(job.function.partition(":")[0])
            send(control, _supervise(control, job, descriptors[0], rights))
        except (EOFError, OSError):
            return


def _supervise(control: socket.socket, job: Job, result: int, rights: Rights) -> Report:
    """Forks the child of a job, and watches it to its end. Raises EOFError, the child killed, when the caller has gone."""
    began = time.monotonic()
    space = Space([Path(os.fsdecode(folder)) for folder in job.writes])
    alive, held = os.pipe()
    heard, speaks = os.pipe()
    child = os.fork()
    if child == 0:
        control.close()
        os.close(alive)
        os.close(heard)
        for own in (1, 2):
            os.dup2(speaks, own)
        os.close(speaks)
        _work(job, result, rights)
    os.close(result)
    os.close(held)
    os.close(speaks)
    said = Said(heard)
    with contextlib.suppress(OSError):
        os.setpgid(child, child)
    exceeded: Literal["timeout", "memory", "space"] | None = None
    peak, status, cpu = 0, None, 0.0
    try:
        while status is None:
            # `alive` turns readable when the child has closed its end, `control` when the caller has closed its own
            heard_of = [said.descriptor] if said.is_open else []
            ready, _, _ = select.select([alive, control, *heard_of], [], [], TICK_SECONDS)
            said.hand_on()
            if control in ready:
                raise EOFError("the caller has gone")
            ended, code, usage = os.wait4(child, os.WNOHANG)
            if ended:
                status, peak, cpu = code, max(peak, usage.ru_maxrss * 1024), usage.ru_utime + usage.ru_stime
                continue
            resident = _resident(child)
            peak = max(peak, resident)
            if resident > job.megabytes * MEGABYTE:
                exceeded = "memory"
            elif time.monotonic() - began > job.seconds:
                exceeded = "timeout"
            elif space.is_exceeded():
                exceeded = "space"
            if exceeded:
                _kill(child)
                _, status, usage = os.wait4(child, 0)
                cpu = usage.ru_utime + usage.ru_stime
            elif alive in ready:
                time.sleep(REAP_SECONDS)
    finally:
        os.close(alive)
        _kill(child)
        if status is None:
            os.waitpid(child, 0)
        said.close()
    return Report(
        exceeded,
        os.waitstatus_to_exitcode(status),
        os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
        round(time.monotonic() - began, 4),
        round(cpu, 3),
        round(peak / MEGABYTE, 1),
    )


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


def _work(job: Job, result: int, rights: Rights) -> None:
    """In the child: takes on the limits, gives up its rights, calls the function, writes its Answer, and ends the process."""
    try:
        os.environ.clear()
        os.environ.update(job.environment)
        writes = [Path(os.fsdecode(folder)) for folder in job.writes]
        tempfile.tempdir = os.environ["TMPDIR"] = os.environ["HOME"] = str(writes[0])
        limit_this_process(job.megabytes, job.cpu_seconds)
        with own_work():
            rights.give_up([Path(os.fsdecode(path)) for path in job.reads], writes)
        with contextlib.suppress(OSError):
            os.chdir(job.working_folder)
        function = found(job.function)
        message = encoded(Answer(value=msgspec.Raw(encoded(_called(function, job.arguments)))))
    except MemoryError:
        message = encoded(Answer("memory", "the memory that the run may take was not enough"))
    except Exception as error:
        message = encoded(Answer("system" if is_system_fault(error) else "error", _described(error)))
    except BaseException as error:  # a panic of a parser written in Rust is no Exception
        message = encoded(Answer("crash", _described(error)))
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


def _called(function: Callable[..., Any], arguments: bytes) -> Any:
    count = len(decoded(list[msgspec.Raw], arguments))
    return function(*decoded(argument_types(function, count), arguments))


def _described(error: BaseException) -> str:
    words = f"{type(error).__name__}: {error}"
    detail = f"{words[: DETAIL_CHARACTERS // 4]}\n{''.join(traceback.format_exception(error))[-DETAIL_CHARACTERS:]}"
    return detail.encode(errors="backslashreplace").decode()
