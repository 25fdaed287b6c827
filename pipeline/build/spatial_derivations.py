"""Computes land transitions and overlaps of project sites for pipeline.build.run: only what is not there yet."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from contracts import catalogue
from pipeline.build.overlays import blaming, partition_cells
from warehouse.home import Home
from warehouse.ledger import Ledger, UnitVersion
from warehouse.overlays import OverlayKey, PartitionVersion, overlay_path
from warehouse.spatial_derivations import (
    PARCELS,
    DerivedKey,
    TransitionKey,
    missing_derived,
    wanted_derived,
    write_derived,
)
from warehouse.staged import read_staged

CELL = ["part_code", "consolidation_zone", "restoration_zone"]


def refresh(home: Home, ledger: Ledger, as_of: datetime | None = None) -> dict[str, int]:
    """Compute what the accepted layers need and is not there yet, now or at a moment; their overlays must be there.

    Returns {"computed": files made now, "kept": made earlier}. Raises pipeline.build.overlays.CannotBeBuilt.
    """
    due = missing_derived(home, ledger, as_of)
    if due:
        area_cells = partition_cells(home, ledger, due[0].partition)
        for key in due:
            with blaming(ledger, *_made_of(key)):
                made = (
                    _transition(home, key, area_cells)
                    if isinstance(key, TransitionKey)
                    else _shared(home, key.sites, area_cells)
                )
            write_derived(home, key, made)
    return {"computed": len(due), "kept": len(wanted_derived(ledger, as_of)) - len(due)}


def _made_of(key: DerivedKey) -> list[str]:
    """The submissions that it is computed from, beside the base partition's."""
    versions = (key.earlier, key.later) if isinstance(key, TransitionKey) else key.sites
    return [one.submission_id for one in versions]


def _transition(home: Home, key: TransitionKey, area_cells: Any) -> Any:
    from spatial.transition import transition

    (earlier, earlier_cut), (later, later_cut) = (
        _parcels(home, key.partition, version) for version in (key.earlier, key.later)
    )
    return transition(earlier, later, area_cells, earlier_cut, later_cut)


def _parcels(home: Home, partition: PartitionVersion, version: UnitVersion) -> tuple[Any, Any]:
    """A township's parcels (row_id, class_code, geometry), and how the base partition cut them."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    features = _features(home, version, ["row_id", "land_class_code", "geometry"]).rename_columns(
        ["row_id", "class_code", "geometry"]
    )
    cut = pq.read_table(
        overlay_path(home, OverlayKey(partition, PARCELS, version.submission_id)), columns=["row_id", *CELL, "area_m2"]
    )
    return features, cut.filter(pc.is_in(cut["row_id"], features["row_id"].combine_chunks()))


def _shared(home: Home, sites: Sequence[UnitVersion], area_cells: Any) -> Any:
    """Ground under the latest sites of several sub-projects, by area cell: one row for each site on it."""
    import pyarrow as pa

    from spatial.overlay import overlay
    from spatial.shared_ground import shared_ground

    latest: dict[str, Any] = {}
    for version in sorted(sites, key=lambda one: (str(one.period), one.accepted_at, one.submission_id)):
        for row in _features(home, version, ["row_id", "subproject_id", "geometry"]).to_pylist():
            latest[row["subproject_id"]] = {"submission_id": version.submission_id, **row}
    rows = sorted(latest.values(), key=lambda row: (row["submission_id"], row["row_id"]))
    noise = catalogue()["layer.project_site_overlap"].threshold or 0.0
    shared = shared_ground(pa.array([row["geometry"] for row in rows], pa.binary()), noise)
    cut = overlay(
        pa.table({"row_id": pa.array(range(shared.num_rows), pa.int64()), "geometry": shared["geometry"]}), area_cells
    )
    of_site = shared["feature"].take(cut["row_id"]).to_pylist()
    return pa.table(
        {
            "ground": shared["ground"].take(cut["row_id"]),
            "submission_id": pa.array([rows[i]["submission_id"] for i in of_site], pa.string()),
            "row_id": pa.array([rows[i]["row_id"] for i in of_site], pa.int64()),
            **{name: cut[name] for name in (*CELL, "area_m2")},
        }
    )


def _features(home: Home, version: UnitVersion, columns: list[str]) -> Any:
    """Columns of a reporting unit's features from its staged file."""
    import pyarrow.compute as pc

    whole = read_staged(home, str(version.staged_as), version.dataset, [*columns, "reporting_unit", "period"])
    return whole.filter(
        pc.and_(pc.equal(whole["reporting_unit"], version.reporting_unit), pc.equal(whole["period"], version.period))
    ).select(columns)
