"""The caller's end of the sandbox: starts the host, hands it jobs, and says how each ended."""

import atexit
import contextlib
import logging
import os
import select
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from ingestion.sandbox.outcome import Outcome, outcome_of
from ingestion.sandbox.protocol import (
    HEADER,
    Held,
    Job,
    Report,
    encoded,
    named,
    receive,
    value_type,
)
from ingestion.system_faults import RAISE

log = logging.getLogger(__name__)

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
# What of the caller's environment the host and its children get: language, time zone and where libraries lie. All else may
# be a secret.
KEPT_VARIABLES = frozenset(
    ("PATH", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "PYTHONHASHSEED", "PYTHONUTF8", RAISE)
)
# One thread; Arrow's own allocator would keep what is no longer used, a hundred megabytes of a large workbook.
MODEST = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
START_SECONDS = 60.0  # for the host: its imports take some seconds (great-expectations alone 4), on a busy machine more
GRACE_SECONDS = 10.0  # beyond a run's own limit, after which the host itself is taken to be stuck
READ_BYTES = 1 << 20  # of a result at a time
CLOSE_SECONDS = 1.0  # that a host without a job takes to end by itself


class _Host:
    """The parent's end of one host process."""

    def __init__(self, preload: Iterable[str]) -> None:
        self.owner = os.getpid()
        ours, theirs = socket.socketpair()
        serve = f"from ingestion.sandbox.host import serve; serve({theirs.fileno()}, {tuple(preload)!r})"
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-c", f"import sys; sys.path[:] = {sys.path!r}; {serve}"],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=2,
                env=_environment(),
                start_new_session=True,
            )
        self.control = ours
        ours.settimeout(START_SECONDS)
        try:
            self.holds = receive(ours, Held)
        except (OSError, EOFError, msgspec.DecodeError) as error:
            self.close()
            raise RuntimeError("the sandbox host did not start") from error
        if self.holds.files == "none" or not (self.holds.network and self.holds.calls):
            log.warning("the system keeps the processes that read files to less than it could: %s", self.holds)

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

    def run(self, job: Job, kind: Any) -> Outcome:
        """How a job ended; kind: the type of its value."""
        message = encoded(job)
        result_end, child_end = os.pipe()
        with open(result_end, "rb", buffering=0) as result:
            try:
                socket.send_fds(self.control, [HEADER.pack(len(message))], [child_end])
            finally:
                os.close(child_end)
            self.control.sendall(message)
            deadline = time.monotonic() + job.seconds + GRACE_SECONDS
            written = self._written(result.fileno(), deadline, job.megabytes << 20)
        return outcome_of(written, receive(self.control, Report), job, kind)

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


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name in KEPT_VARIABLES} | MODEST


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


def held() -> Held:
    """What keeps the processes that read files on this system; starts the host where none runs."""
    with _lock:
        return _running().holds


def _running() -> _Host:
    global _host
    if _host is None or not _host.usable():
        _drop()
        _host = _Host(_preloaded)
    return _host


def run(
    function: Callable[..., Any],
    *args: Any,
    seconds: float,
    megabytes: int,
    cpu_seconds: float | None = None,
    reads: Iterable[Path] = (),
    writes: Path | None = None,
) -> Outcome:
    """Calls a function of an importable module in a limited process of its own. Returns how it ended, whatever the
    function does.

    args and the value travel as messages of the types that the function declares. The child sees this process's working
    directory, not its memory, and of its environment KEPT_VARIABLES only.
    seconds: wall clock; cpu_seconds: of the processor, which a busy machine does not stretch. megabytes: resident
    memory of the child and its children (50 to 250 MB of it are imported modules), and the most that the value may take.
    reads: files and folders that it may read beside the program's own; of folders that they lie in it sees the names.
    writes: a folder of its own that it may write, beside one for temporary files; links and the like in it make the run
    a failure. Without network, and without further processes, where the system permits (`held`); its standard output
    goes to standard error. Runs of several threads take turns. Raises TypeError and UnicodeError for arguments that do
    not travel.
    """
    with _lock, tempfile.TemporaryDirectory(prefix="warehouse-sandbox-") as temporary:
        own = [Path(temporary), *([writes] if writes else [])]
        job = Job(
            named(function),
            encoded(args),
            _environment(),
            os.fsencode(os.getcwd()),
            [os.fsencode(os.path.abspath(path)) for path in reads],
            [os.fsencode(os.path.abspath(folder)) for folder in own],
            seconds,
            megabytes,
            cpu_seconds,
        )
        host = _running()
        try:
            ran = host.run(job, value_type(function))
        except (OSError, EOFError) as error:
            with contextlib.suppress(OSError):
                host.process.kill()
            _drop()
            return Outcome(failure="system", detail=f"the sandbox host ended: {error}")
        except BaseException:
            host.process.kill()
            _drop()
            raise
        return _taken_over(ran, writes) if ran.ok and writes else ran


def _taken_over(ran: Outcome, folder: Path) -> Outcome:
    """An outcome, turned into a failure where its folder holds what leads elsewhere (links, devices) or lends rights; what
    lies there belongs to this process's user afterwards.
    """
    for path in folder.rglob("*"):
        mode, links = (found := path.lstat()).st_mode, found.st_nlink
        if found.st_uid != os.geteuid():
            os.lchown(path, os.geteuid(), os.getegid())
        if (not stat.S_ISDIR(mode) and (not stat.S_ISREG(mode) or links > 1)) or mode & (stat.S_ISUID | stat.S_ISGID):
            return replace(ran, value=None, failure="crash", detail=f"left what is no plain file: {path.name}")
    return ran
