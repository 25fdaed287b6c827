"""The caller's end of the sandbox: starts the host, hands it jobs, and says how each ended."""

import atexit
import contextlib
import json
import logging
import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from ingestion.sandbox.protocol import ALONE, HEADER, receive_exactly

log = logging.getLogger(__name__)

Failure = Literal["timeout", "memory", "crash", "error", "system"]

# What the host imports before it forks: "module", or "module:function" to call it once as well, to fill its caches.
PRELOADED = (
    "contracts:contracts",
    "contracts:code_lists",
    "contracts:measure_units",
    "contracts:catalogue",
    "duckdb",
    "pyarrow.acero",
    "pyarrow.parquet",
    "pyarrow.compute",
    "python_calamine",
    "xlrd",
    "openpyxl",
    "shapely",
    "pyproj",
    "pyogrio.raw",
    "ingestion.readers.layer:allow_named_drivers",
)
START_SECONDS = 60.0  # for the host: its imports take some seconds (great-expectations alone 4), on a busy machine more
GRACE_SECONDS = 10.0  # beyond a run's own limit, after which the host itself is taken to be stuck
READ_BYTES = 1 << 20  # of a result at a time
CLOSE_SECONDS = 1.0  # that a host without a job takes to end by itself


@dataclass(frozen=True)
class Outcome:
    """How a run ended: with a value, or with a failure and its detail (for the log, not for the submitter).

    timeout, memory: the limit was exceeded and the run killed. error: the function raised an Exception.
    crash: the process died by a signal, or a parser panicked (a BaseException).
    system: the machine or this program failed, and the file has no part in it (see `ingestion.system_faults`): no
    space, a failing disk, a library that cannot be loaded, the process killed from outside, the host lost.
    seconds, cpu_seconds, peak_megabytes: what the run took; memory is resident, children included.
    """

    value: Any = None
    failure: Failure | None = None
    detail: str = ""
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_megabytes: float = 0.0

    @property
    def ok(self) -> bool:
        return self.failure is None


class _Host:
    """The parent's end of one host process."""

    def __init__(self, preload: Iterable[str]) -> None:
        self.owner = os.getpid()
        ours, theirs = socket.socketpair()
        serve = f"from ingestion.sandbox.host import serve; serve({theirs.fileno()}, {tuple(preload)!r})"
        # one thread; Arrow's own allocator would keep what is no longer used, a hundred megabytes of a large workbook
        modest = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-c", f"import sys; sys.path[:] = {sys.path!r}; {serve}"],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=2,
                env=os.environ | modest,
                start_new_session=True,
            )
        self.control = ours
        ours.settimeout(START_SECONDS)
        try:
            self.is_alone = receive_exactly(ours, len(ALONE)) == ALONE
        except (OSError, EOFError) as error:
            self.close()
            raise RuntimeError("the sandbox host did not start") from error
        if not self.is_alone:
            log.info(
                "the system permits no network namespace: files are read in processes that could reach the network"
            )

    def usable(self) -> bool:
        return self.owner == os.getpid() and self.process.poll() is None

    def close(self) -> None:
        """Ends the host and what it runs. In a forked copy of the caller only the copied handle is closed."""
        self.control.close()
        if self.owner == os.getpid() and self.process.poll() is None:
            try:
                self.process.wait(timeout=CLOSE_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def run(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        seconds: float,
        megabytes: int,
        cpu_seconds: float | None,
    ) -> Outcome:
        job = {
            "call": pickle.dumps((function, args)),
            "module": function.__module__,
            "environment": dict(os.environ),
            "folder": os.getcwd(),
            "seconds": seconds,
            "megabytes": megabytes,
            "cpu_seconds": cpu_seconds,
        }
        message = pickle.dumps(job)
        result_end, child_end = os.pipe()
        with open(result_end, "rb", buffering=0) as result:
            try:
                socket.send_fds(self.control, [HEADER.pack(len(message))], [child_end])
            finally:
                os.close(child_end)
            self.control.sendall(message)
            written = self._written(result.fileno(), time.monotonic() + seconds + GRACE_SECONDS, megabytes << 20)
        report = json.loads(receive_exactly(self.control, HEADER.unpack(receive_exactly(self.control, HEADER.size))[0]))
        return _outcome(written, report, seconds, megabytes, cpu_seconds)

    def _written(self, descriptor: int, deadline: float, most: int) -> bytearray | None:
        """What the child wrote until its end; None when it wrote more than `most` bytes. Raises TimeoutError when the
        host is stuck.
        """
        written = bytearray()
        while True:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError("the sandbox host does not answer")
            part = os.read(descriptor, READ_BYTES)
            if not part:
                return written
            written += part
            if len(written) > most:
                return None


def _outcome(
    written: bytearray | None, report: dict[str, Any], seconds: float, megabytes: int, cpu_seconds: float | None
) -> Outcome:
    took = {
        "seconds": report["seconds"],
        "cpu_seconds": report["cpu_seconds"],
        "peak_megabytes": report["peak_megabytes"],
    }
    if report["signal"] in (signal.SIGPROF, signal.SIGXCPU):
        return Outcome(failure="timeout", detail=f"over {cpu_seconds:g} CPU s", **took)
    if report["exceeded"] == "timeout":
        return Outcome(failure="timeout", detail=f"over {seconds:g} s", **took)
    if report["exceeded"] == "memory" or written is None:
        return Outcome(failure="memory", detail=f"over {megabytes} MB", **took)
    if written and not report["signal"]:
        failure, content = pickle.loads(written)
        return Outcome(failure=failure, detail=content, **took) if failure else Outcome(value=content, **took)
    if report["signal"] == signal.SIGKILL:
        return Outcome(failure="system", detail="killed by the system, which was probably out of memory", **took)
    name = signal.Signals(report["signal"]).name if report["signal"] else f"exit {report['code']}"
    return Outcome(failure="crash", detail=f"the process ended with {name}", **took)


_lock = threading.Lock()
_preloaded: tuple[str, ...] = PRELOADED
_host: _Host | None = None


def preload(*modules: str) -> None:
    """Names further modules that the host imports before it forks ("module", or "module:function" to call it once, to
    fill its caches).

    A host that runs without them is replaced at the next run. Takes effect for this process.
    """
    global _preloaded
    with _lock:
        if new := tuple(name for name in modules if name not in _preloaded):
            _preloaded += new
            _drop()


def _drop() -> None:
    global _host
    if _host:
        _host.close()
        _host = None


def stop() -> None:
    """Ends this process's host, if it has one; the next run starts another."""
    with _lock:
        _drop()


atexit.register(stop)


def run(
    function: Callable[..., Any], *args: Any, seconds: float, megabytes: int, cpu_seconds: float | None = None
) -> Outcome:
    """Calls a function of an importable module in a limited process of its own. Returns how it ended, whatever the
    function does.

    function, args and the value travel by pickle. The child sees this process's environment and working directory, not
    its memory.
    seconds: wall clock; cpu_seconds: of the processor, which a busy machine does not stretch. megabytes: resident
    memory of the child and its children (50 to 250 MB of it are imported modules), and the most that the pickled value
    may take. Without network where the system permits; its standard output goes to standard error. Runs of several
    threads take turns. Pickling errors of the arguments are raised.
    """
    global _host
    with _lock:
        if _host is None or not _host.usable():
            _drop()
            _host = _Host(_preloaded)
        try:
            return _host.run(function, args, seconds, megabytes, cpu_seconds)
        except (OSError, EOFError) as error:
            with contextlib.suppress(OSError):
                _host.process.kill()
            _drop()
            return Outcome(failure="system", detail=f"the sandbox host ended: {error}")
        except BaseException:
            _host.process.kill()
            _drop()
            raise
