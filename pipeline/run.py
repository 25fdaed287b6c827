"""The whole way of what lies in the inbox, in one process and without Airflow: for scripts and tests."""

from collections.abc import Callable
from typing import Any

from contracts.model import Family
from pipeline.build import run as build
from pipeline.intake import receive as intake
from warehouse.home import Home

# what others need comes first; what waited is woken by it and taken up in the next round
FAMILIES: tuple[Family, ...] = ("spatial", "statistics", "project_reports")


def load(
    home: Home,
    *,
    build_marts: bool = True,
    settle_seconds: float = 0.0,
    progress: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Receive, read, settle; then build and publish when something was accepted. Returns what each step says.

    Raises dbt_build.TransformFailed and build.GateFailed; whatever was accepted stays accepted.
    """
    received = intake.receive(home, settle_seconds)
    progress(f"received {received}")
    settled = read_and_settle(home, progress)
    built = build.run(home) if build_marts and build.is_due(home) else {}
    return {"received": received, "settled": settled, "built": built}


def read_and_settle(home: Home, progress: Callable[[str], None] = lambda line: None) -> dict[str, Any]:
    """Read and settle all that was received, until nothing that was woken is left; what was settled, by family."""
    settled: dict[str, Any] = {}
    for family in FAMILIES:
        for batch in intake.batches(home, family):
            intake.read_batch(home, batch)
            progress(f"{family}: read {len(batch)}")
    due: set[str] = set(FAMILIES)
    while due:
        family = next(name for name in FAMILIES if name in due)
        result = intake.decide(home, family)
        progress(f"{family}: { ({key: value for key, value in result.items() if key != 'files'}) }")
        due = (due - {family}) | set(result["requeued"])
        _add(settled.setdefault(family, {}), result)
    return settled


def _add(total: dict[str, Any], more: dict[str, Any]) -> None:
    for key, value in more.items():
        if key != "requeued":
            total[key] = total[key] + value if key in total else value
