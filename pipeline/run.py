"""Carries what lies in the inbox to a published build, in one process and without Airflow.

`load` is the command `warehouse load`; tests, benchmarks and scripts call it too. Airflow's DAGs call the same functions
of pipeline.intake and pipeline.build, one task each.
"""

import logging
from collections.abc import Callable
from typing import Any

from contracts import FAMILIES, Family
from pipeline.build import run as build
from pipeline.failures import DecisionFailed
from pipeline.intake import receive as intake
from pipeline.intake.failures import ReadFailed, ReceiveFailed
from warehouse.home import Home

log = logging.getLogger(__name__)


class LoadFailed(RuntimeError):
    """Some files could not be received, read or decided, by a failure of ours; everything else was done, the build
    too. The message has those of ReceiveFailed, ReadFailed and DecisionFailed.
    """


def load(
    home: Home,
    *,
    build_marts: bool = True,
    settle_seconds: float = 0.0,
    wait_seconds: float = 0.0,
    wait: bool = True,
    on_wait: Callable[[str], None] = log.warning,
    progress: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Receive, read and decide; then build and publish where the published build is out of date.

    settle_seconds: a file that changed less long ago is waited for, at most for wait_seconds, then left in the inbox.
    0 is for a caller that put the files there itself and knows that they are whole; the command passes
    `ingestion.inbox_limits.SETTLE_SECONDS`. wait: for a build that is under way, and tell `on_wait` for whom; else
    BuildBusy is raised. progress: gets a line of text for each step.
    Returns {"received": submissions by family, "decided": see read_and_decide, "built": results of the build by step,
    or {"pinned": why} where a rollback holds the current build}.
    Raises pipeline.failures.TransformFailed and GateFailed; what was accepted stays accepted. Raises
    LoadFailed when everything else is done.
    """
    failed: list[str] = []
    try:
        received = intake.receive(home, settle_seconds, wait_seconds)
    except ReceiveFailed as error:
        received = error.taken
        failed.append(str(error))
    progress(f"received {received}")
    decided = _read_and_decide(home, progress, failed)
    built = build_if_due(home, wait, on_wait) if build_marts else {}
    _raise(failed)
    return {"received": received, "decided": decided, "built": built}


def build_if_due(home: Home, wait: bool = True, on_wait: Callable[[str], None] = log.warning) -> dict[str, Any]:
    """Build and publish where the published build is out of date; {} where it is not, {"pinned": why} where a rollback
    holds it. Raises what pipeline.build.run.run raises.
    """
    build.finish_interrupted(home, wait=wait, progress=on_wait)
    if not build.is_due(home):
        return {}
    try:
        return build.run(home, wait=wait, progress=on_wait, only_if_due=True)
    except build.Pinned as held:
        on_wait(str(held))
        return {"pinned": str(held)}


def read_and_decide(home: Home, progress: Callable[[str], None] = lambda line: None) -> dict[str, Any]:
    """Read and decide all that was received, until no submission can go on that had waited for another.

    Returns by family the sums of what pipeline.intake.receive.decide returned. Raises LoadFailed when everything else is
    done.
    """
    failed: list[str] = []
    decided = _read_and_decide(home, progress, failed)
    _raise(failed)
    return decided


def _raise(failed: list[str]) -> None:
    if failed:
        raise LoadFailed("\n".join(failed))


def _read_and_decide(home: Home, progress: Callable[[str], None], failed: list[str]) -> dict[str, Any]:
    """As `read_and_decide`; messages of failures are added to `failed`."""
    decided: dict[str, Any] = {}
    for family in FAMILIES:
        for batch in intake.batches(home, family):
            try:
                intake.read_batch(home, batch)
            except ReadFailed as error:
                failed.append(str(error))
            progress(f"{family}: read {len(batch)}")
    due: set[Family] = set(FAMILIES)
    while due:
        family = next(name for name in FAMILIES if name in due)
        due.discard(family)
        try:
            result = intake.decide(home, family)
        except DecisionFailed as error:
            failed.append(str(error))
            result = error.decided
        progress(f"{family}: { ({key: value for key, value in result.items() if key != 'files'}) }")
        due |= set(result["requeued"])
        _add(decided.setdefault(family, {}), result)
    return decided


def _add(total: dict[str, Any], more: dict[str, Any]) -> None:
    for key, value in more.items():
        if key != "requeued":
            total[key] = total[key] + value if key in total else value
