"""Cuts layers by township part and zone for pipeline.build.run: only what is not cut yet; the rest stays as it was."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

from contracts.reference import membership
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.overlays import (
    OverlayKey,
    PartitionVersion,
    current_partition,
    missing_overlays,
    wanted_overlays,
    write_overlay,
)
from warehouse.staged import read_staged, staged_batches


class CannotBeBuilt(RuntimeError):
    """A submission cannot be computed. submission_id: the one at fault; why: what stands against it."""

    def __init__(self, submission_id: str, why: str) -> None:
        super().__init__(
            f"{submission_id} 无法计算：{why}；可用 warehouse withdraw {submission_id} 撤回 (it cannot be built; withdraw it)"
        )
        self.submission_id, self.why = submission_id, why


@contextmanager
def blaming(find: Callable[[Exception], str | None]) -> Iterator[None]:
    """Turn what shapes make spatial functions raise into CannotBeBuilt of the submission that `find` gives for it; where
    that is None, nobody's fault is shown: the error fails the build.

    Any other error is our own (a disk, a missing file, a fault of the program): it fails the build, and nobody's file is
    sent back for it.
    """
    faults = _faults_of_shapes()
    try:
        yield
    except faults as error:
        culprit = find(error)
        if culprit is None:
            raise
        raise CannotBeBuilt(culprit, str(error)) from error


def _faults_of_shapes() -> tuple[type[Exception], ...]:
    from shapely.errors import ShapelyError

    from spatial.base_partition import ZoningMismatch
    from spatial.cutting import OverlappingPartition

    return ZoningMismatch, OverlappingPartition, ShapelyError


def fails_alone(computed: Iterable[tuple[str, Callable[[], object]]]) -> str | None:
    """The first submission whose own shapes, without those of any other, cannot be computed; None where each can.

    computed: submissions, each with what computes of it alone.
    """
    faults = _faults_of_shapes()
    for submission_id, compute in computed:
        try:
            compute()
        except faults:
            return submission_id
    return None


def _in_force_since(ledger: Ledger, submission_id: str) -> tuple[datetime, str]:
    dataset = str(ledger.get(submission_id).dataset)
    moments = [one.accepted_at for one in ledger.versions(dataset) if one.submission_id == submission_id]
    return max(moments), submission_id


def _last(ledger: Ledger, partition: PartitionVersion) -> str:
    """Of boundary and zones the one that came last: each passed its own checks, and it does not meet what was there."""
    return max(partition.boundary, partition.zones, key=lambda name: _in_force_since(ledger, name))


def _at_fault(ledger: Ledger, key: OverlayKey, error: Exception) -> str | None:
    """Whose fault it is that a layer cannot be cut: where the area cells overlap, every layer would fail."""
    from spatial.cutting import OverlappingPartition

    return _last(ledger, key.partition) if isinstance(error, OverlappingPartition) else key.submission_id


def refresh(home: Home, ledger: Ledger, as_of: datetime | None = None) -> dict[str, int]:
    """Cut what is accepted and not yet cut by the boundaries in force, now or at a moment.

    Returns {"cut": layers cut now, "kept": layers cut earlier}; both 0 while boundaries or zones are missing. Raises
    CannotBeBuilt.
    """
    partition = current_partition(ledger, as_of)
    due = missing_overlays(home, ledger, as_of)
    if partition is not None and due:
        from spatial.overlay import overlay_batches

        area_cells = partition_cells(home, ledger, partition)
        for key in due:
            if key.submission_id is None:
                write_overlay(home, key, [area_cells])
                continue
            features = staged_batches(home, str(ledger.get(key.submission_id).staged_as), ["row_id", "geometry"])
            with blaming(partial(_at_fault, ledger, key)):
                write_overlay(home, key, overlay_batches(features, area_cells))
    wanted = sum(1 for _ in wanted_overlays(ledger, as_of))
    return {"cut": len(due), "kept": wanted - len(due)}


def partition_cells(home: Home, ledger: Ledger, partition: PartitionVersion) -> Any:
    """The area cells (township part × zone) of a boundary and a zoning: see spatial.base_partition.base_partition.

    Raises CannotBeBuilt when boundaries and zones do not meet as the plan declares.
    """
    import pyarrow as pa

    from spatial.base_partition import base_partition

    townships = _features(home, ledger, partition.boundary, ["township_code", "geometry"])
    zones = _features(home, ledger, partition.zones, ["zoning", "zone_code", "geometry"])
    with blaming(lambda error: _last(ledger, partition)):
        return base_partition(townships, zones, pa.Table.from_pylist(list(membership())))


def _features(home: Home, ledger: Ledger, submission_id: str, columns: list[str]) -> Any:
    """Columns of a layer submission's staged file."""
    submission = ledger.get(submission_id)
    return read_staged(home, str(submission.staged_as), str(submission.dataset), columns)
