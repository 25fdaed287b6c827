"""The host process: it forks the sandbox's children, warm and without threads of its own, and is their only supervisor.

Started by `ingestion.sandbox.client` with `python -c`; ends when its caller has gone.
"""

import contextlib
import gc
import importlib
import json
import os
import pickle
import resource
import select
import signal
import socket
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from ingestion.inbox_limits import MEGABYTE
from ingestion.sandbox.limits import leave_the_network, limit_this_process
from ingestion.sandbox.protocol import ALONE, CONNECTED, HEADER, receive_exactly
from ingestion.system_faults import is_system_fault

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
    for name in preload:
        module, _, function = name.partition(":")
        loaded = importlib.import_module(module)
        if function:
            getattr(loaded, function)()
    is_alone = leave_the_network()
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
        limit_this_process(job["megabytes"], job["cpu_seconds"])
        os.environ.clear()
        os.environ.update(job["environment"])
        os.chdir(job["folder"])
        function, args = pickle.loads(job["call"])
        answer = (None, function(*args))
        message = pickle.dumps(answer)
    except MemoryError:
        message = pickle.dumps(("memory", "the memory that the run may take was not enough"))
    except Exception as error:
        message = pickle.dumps(("system" if is_system_fault(error) else "error", _described(error)))
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
