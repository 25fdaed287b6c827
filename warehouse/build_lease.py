"""The lease of whoever builds: one build at a time, whole, from its first step to its publication. `pipeline.build.run`
takes it, for the command line and for Airflow, whose steps are processes of their own.

The lease lies in the ledger, so it holds across processes and machines; the file lock on the build database
(warehouse.locks.writer) stays behind it as a second line.
"""

import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from contracts.calendar import DISTRICT_TIME
from warehouse.ledger import Lease, Leased, Ledger

BUILD = "build"
# A sign of life costs one small transaction; a sixteenth of the expiry, so that a few that wait for another writer of the
# ledger, or for a step that holds the interpreter, do no harm.
BEAT_SECONDS = 20.0
# How long a build may be silent before another takes over. Above the pause between two steps or tries of an Airflow run
# (10 to 40 s by its retry delays, plus the wait for a worker), and above the 60 s that a writer may wait for the ledger;
# so long a killed build holds up the next one.
EXPIRES_AFTER = timedelta(minutes=5)
PROCESS_NUMBERS = "/proc/self/ns/pid"  # the namespace in which this process has its number
POLL_SECONDS = 2.0  # how often who waits asks again: soon against a build of half a minute, rare for the ledger

Progress = Callable[[str], None]
log = logging.getLogger(__name__)


class BuildBusy(RuntimeError):
    """Another build is under way, and the caller did not want to wait."""


class LeaseLost(RuntimeError):
    """The build was silent for too long, and another took over."""


def own_holder() -> str:
    """Who builds, for people: user, machine and process."""
    import getpass

    try:
        user = os.environ.get("WAREHOUSE_ACTOR") or getpass.getuser()
    except (KeyError, OSError):
        user = f"uid {os.getuid()}"
    return f"{user}@{socket.gethostname()} pid {os.getpid()}"


def new_run() -> str:
    """The id of a run that one process makes from its first step to its last."""
    return f"{_place()}{os.getpid()}-{uuid.uuid4().hex[:8]}"


def _place() -> str:
    """Where process numbers mean what they mean here: the machine and, on it, the container. "" where that is unknown."""
    try:
        return f"{socket.gethostname()}-{os.stat(PROCESS_NUMBERS).st_ino}-"
    except OSError:
        return ""


def _is_dead(run: str) -> bool:
    """Whether the process that made a run's id is known to have ended: it ran here, and there is no such process now."""
    place = _place()
    if not place or not run.startswith(place):
        return False
    number = run.removeprefix(place).partition("-")[0]
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (ValueError, OSError):
        return False
    return False


class HeldLease:
    """A lease that is held, and renewed by a thread."""

    def __init__(self, ledger: Ledger, lease: Lease) -> None:
        self.ledger = ledger
        self.lease = lease
        self._ended = threading.Event()
        self._is_lost = False
        self._thread = threading.Thread(target=self._beat, name="build-lease", daemon=True)
        self._thread.start()

    def _beat(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            try:
                if not self.ledger.heartbeat(BUILD, self.lease.run):
                    self._is_lost = True
                    return
            except SQLAlchemyError as error:  # the next beat may come through; until then the lease runs on
                log.warning("build lease: no heartbeat: %s", error)

    def check(self) -> None:
        """Raises LeaseLost where another build took over."""
        if self._is_lost or not self.ledger.heartbeat(BUILD, self.lease.run):
            raise LeaseLost(
                f"构建 {self.lease.run} 太久没有动静，已由另一构建接替；什么也没有发布，请再运行一次 "
                "(this build was silent for too long and another took over: nothing was published, run it again)"
            )

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()


@contextmanager
def build_lease(
    ledger: Ledger,
    run: str,
    holder: str,
    *,
    wait: bool = True,
    progress: Progress = log.warning,
    is_kept: Callable[[], bool] = lambda: False,
) -> Iterator[HeldLease]:
    """Be the one who builds. Where another does, wait for it, and say for whom; with wait=False raise BuildBusy.

    A lease that the run holds already is renewed. is_kept: asked when the block ended well: whether the run goes on in
    another process, so that the lease stays; one whose block failed is given back.
    """
    held = HeldLease(ledger, _acquire(ledger, run, holder, wait, progress))
    keeps = False
    try:
        yield held
        keeps = is_kept()
    finally:
        held.stop()
        if not keeps:
            ledger.release_lease(BUILD, run)


def _acquire(ledger: Ledger, run: str, holder: str, wait: bool, progress: Progress) -> Lease:
    waits_for, ended = "", None
    while True:
        try:
            return ledger.acquire_lease(BUILD, run, EXPIRES_AFTER, holder, ended=ended)
        except Leased as error:
            other = error.lease
            if _is_dead(other.run):
                ended = other.run
                continue
        since = f"{other.acquired_at.astimezone(DISTRICT_TIME):%Y-%m-%d %H:%M:%S}"
        if not wait:
            raise BuildBusy(
                f"{other.holder} 正在构建（自 {since}），本次没有构建；等它完成后再运行，或不带 --no-wait 排队等待 "
                f"(a build by {other.holder} is under way since {since}; nothing was built: run again when it has ended, "
                "or wait in line without --no-wait)"
            )
        if other.run != waits_for:
            waits_for = other.run
            progress(
                f"等待 {other.holder} 的构建（自 {since}；若它中断，{EXPIRES_AFTER.seconds // 60} 分钟无动静后接替） "
                "(waiting for this build to end; taken over if it stays silent)"
            )
        time.sleep(POLL_SECONDS)
