"""Layers cut by township part and zone: what is due is cut, everything else stays as it was."""

from datetime import datetime
from typing import Any

from contracts.reference import membership
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.overlays import Frame, current_frame, missing_overlays, wanted_overlays, write_overlay
from warehouse.staged import read_staged


def refresh(home: Home, ledger: Ledger, as_of: datetime | None = None) -> dict[str, int]:
    """Cut what is accepted and not yet cut by the boundaries in force, now or at a moment.

    Returns {"cut": layers cut now, "kept": layers cut earlier}; nothing while boundaries or zones are missing.
    Raises spatial.frame.UndeclaredGround when boundaries and zones do not meet as the plan declares.
    """
    frame = current_frame(ledger, as_of)
    due = missing_overlays(home, ledger, as_of)
    if frame is not None and due:
        from spatial.overlay import overlay

        atoms = part_atoms(home, ledger, frame)
        for key in due:
            cut = overlay(staged_features(home, ledger, key.submission_id), atoms) if key.submission_id else atoms
            write_overlay(home, key, cut)
    wanted = sum(1 for _ in wanted_overlays(ledger, as_of))
    return {"cut": len(due), "kept": wanted - len(due)}


def part_atoms(home: Home, ledger: Ledger, frame: Frame) -> Any:
    """The atoms township part × zone of a boundary and a zoning, with geometry (spatial.frame.part_frame)."""
    import pyarrow as pa

    from spatial.frame import part_frame

    townships = staged_features(home, ledger, frame.boundary).select(["township_code", "geometry"])
    zones = staged_features(home, ledger, frame.zones).select(["zoning", "zone_code", "geometry"])
    return part_frame(townships, zones, pa.Table.from_pylist(list(membership())))


def staged_features(home: Home, ledger: Ledger, submission_id: str | None) -> Any:
    """The staged frame of a layer's submission, as an Arrow table."""
    submission = ledger.get(str(submission_id))
    return read_staged(home, str(submission.staged_as), str(submission.dataset))

