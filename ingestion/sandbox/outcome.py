"""How a run in the sandbox ended, from what its child and its host say. Called by `ingestion.sandbox.client`."""

import signal
from dataclasses import dataclass
from typing import Any

import msgspec

from ingestion.sandbox.protocol import Answer, Failure, Job, Report, decoded
from ingestion.sandbox.watched import FOLDER_MEGABYTES, MOST_FILES


@dataclass(frozen=True)
class Outcome:
    """How a run ended: with a value, or with a failure and its detail (for the log, not for the submitter).

    timeout, memory, space (on the disk, or of files): the limit was exceeded and the run killed. error: the function raised an Exception.
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


def outcome_of(written: bytearray | None, report: Report, job: Job, kind: Any) -> Outcome:
    """The outcome of a job. written: by its child, None where that was too much; kind: the type of its value."""
    took = {
        "seconds": report.seconds,
        "cpu_seconds": report.cpu_seconds,
        "peak_megabytes": report.peak_megabytes,
    }
    if report.signal in (signal.SIGPROF, signal.SIGXCPU):
        return Outcome(failure="timeout", detail=f"over {job.cpu_seconds:g} CPU s", **took)
    if report.exceeded == "timeout":
        return Outcome(failure="timeout", detail=f"over {job.seconds:g} s", **took)
    if report.exceeded == "space":
        return Outcome(failure="space", detail=f"over {FOLDER_MEGABYTES} MB or {MOST_FILES} files on the disk", **took)
    if report.exceeded == "memory" or written is None:
        return Outcome(failure="memory", detail=f"over {job.megabytes} MB", **took)
    if written and not report.signal:
        try:
            answer = decoded(Answer, written)
            value = None if answer.failure else decoded(kind, answer.value)
        except (msgspec.DecodeError, LookupError, ValueError, RecursionError) as error:
            return Outcome(failure="crash", detail=f"the process did not answer as its function does: {error}", **took)
        return Outcome(value, answer.failure, answer.detail, **took)
    if report.signal == signal.SIGKILL:
        return Outcome(failure="system", detail="killed by the system, which was probably out of memory", **took)
    name = signal.Signals(report.signal).name if report.signal else f"exit {report.code}"
    return Outcome(failure="crash", detail=f"the process ended with {name}", **took)
