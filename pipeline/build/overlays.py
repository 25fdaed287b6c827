"""Cuts layers by township part and zone for pipeline.build.run: only what is not cut yet; the rest stays as it was."""

from datetime import datetime
from typing import Any

from contracts.reference import membership
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.overlays import PartitionVersion, current_partition, missing_overlays, wanted_overlays, write_overlay
from warehouse.staged import read_staged, staged_batches


def refresh(home: Home, ledger: Ledger, as_of: datetime | None = None) -> dict[str, int]:
    """Cut what is accepted and not yet cut by the boundaries in force, now or at a moment.

    Returns {"cut": layers cut now, "kept": layers cut earlier}; both 0 while boundaries or zones are missing.
    Raises spatial.base_partition.ZoningMismatch when boundaries and zones do not meet as the plan declares.
    """
    frame = current_partition(ledger, as_of)
    due = missing_overlays(home, ledger, as_of)
    if frame is not None and due:
        from spatial.overlay import overlay_batches

        area_cells = partition_cells(home, ledger, frame)
        for key in due:
            if key.submission_id is None:
                write_overlay(home, key, [area_cells])
                continue
            features = staged_batches(home, str(ledger.get(key.submission_id).staged_as), ["row_id", "geometry"])
            write_overlay(home, key, overlay_batches(features, area_cells))
    wanted = sum(1 for _ in wanted_overlays(ledger, as_of))
    return {"cut": len(due), "kept": wanted - len(due)}


def partition_cells(home: Home, ledger: Ledger, frame: PartitionVersion) -> Any:
    """The area cells (township part × zone) of a boundary and a zoning: see spatial.base_partition.base_partition."""
    import pyarrow as pa

    from spatial.base_partition import base_partition

    townships = _features(home, ledger, frame.boundary, ["township_code", "geometry"])
    zones = _features(home, ledger, frame.zones, ["zoning", "zone_code", "geometry"])
    return base_partition(townships, zones, pa.Table.from_pylist(list(membership())))


def _features(home: Home, ledger: Ledger, submission_id: str, columns: list[str]) -> Any:
    """Columns of a layer submission's staged file."""
    submission = ledger.get(submission_id)
    return read_staged(home, str(submission.staged_as), str(submission.dataset), columns)
