"""Computes land transitions, overlaps of project sites, their ground inside the red line and the length of those that are lines for
pipeline.build.run: only what is not there yet.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from contracts import catalogue
from pipeline.build.overlays import blaming, fails_alone, partition_cells
from warehouse.home import Home
from warehouse.ledger import Ledger, UnitVersion
from warehouse.overlays import OverlayKey, PartitionVersion, overlay_path
from warehouse.spatial_derivations import (
    PARCELS,
    DerivedKey,
    RedlineKey,
    SiteLineKey,
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
            write_derived(home, key, _computed(home, key, area_cells))
    return {"computed": len(due), "kept": len(wanted_derived(ledger, as_of)) - len(due)}


def _computed(home: Home, key: DerivedKey, area_cells: Any) -> Any:
    """Raises CannotBeBuilt of the submission that cannot be computed alone either; the error itself where each can."""
    if isinstance(key, TransitionKey):
        with blaming(lambda error: fails_alone(_years_alone(home, key, area_cells))):
            return _transition(home, key, area_cells)
    sites = _latest_sites(home, key.sites)
    if isinstance(key, RedlineKey):
        redline = _features(home, key.redline, ["row_id", "geometry"])
        with blaming(lambda error: fails_alone(_redline_alone(sites, key.redline, redline, area_cells))):
            return _inside(sites, redline, area_cells)
    compute = _lines if isinstance(key, SiteLineKey) else _shared
    with blaming(lambda error: fails_alone(_sites_alone(compute, sites, area_cells))):
        return compute(sites, area_cells)


def _years_alone(home: Home, key: TransitionKey, area_cells: Any) -> Iterator[tuple[str, Callable[[], object]]]:
    """Each year's parcels against themselves, drawn the other way round: what is drawn alike would not be intersected."""
    import shapely

    from spatial.transition import transition
    from spatial.wkb import column, geometries

    for version in (key.earlier, key.later):
        features, cut = _parcels(home, key.partition, version)
        turned = column(shapely.reverse(geometries(features["geometry"])))
        again = features.set_column(features.column_names.index("geometry"), "geometry", turned)
        yield version.submission_id, partial(transition, features, again, area_cells, cut, cut)


def _sites_alone(
    compute: Callable[..., object], sites: list[dict[str, Any]], area_cells: Any
) -> Iterator[tuple[str, Callable[[], object]]]:
    for submission_id in sorted({one["submission_id"] for one in sites}):
        own = [one for one in sites if one["submission_id"] == submission_id]
        yield submission_id, partial(compute, own, area_cells)


def _redline_alone(
    sites: list[dict[str, Any]], version: UnitVersion, redline: Any, area_cells: Any
) -> Iterator[tuple[str, Callable[[], object]]]:
    """Each submission against itself, where it is the sites' or the red line's."""
    own = [{**one, "submission_id": version.submission_id} for one in redline.to_pylist()]
    yield version.submission_id, partial(_inside, own, redline, area_cells)
    for submission_id in sorted({one["submission_id"] for one in sites}):
        rows = [one for one in sites if one["submission_id"] == submission_id]
        yield submission_id, partial(_inside, rows, _table(rows), area_cells)


def made_of(key: DerivedKey) -> list[str]:
    """The submissions that it is computed from, beside the base partition's."""
    if isinstance(key, TransitionKey):
        return [key.earlier.submission_id, key.later.submission_id]
    redline = [key.redline.submission_id] if isinstance(key, RedlineKey) else []
    return [*redline, *(one.submission_id for one in key.sites)]


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
        overlay_path(home, OverlayKey(partition, PARCELS, version.submission_id, version.reading)),
        columns=["row_id", *CELL, "area_m2"],
    )
    return features, cut.filter(pc.is_in(cut["row_id"], features["row_id"].combine_chunks()))


def _latest_sites(home: Home, sites: Sequence[UnitVersion]) -> list[dict[str, Any]]:
    """The latest site of each sub-project (submission_id, row_id, subproject_id, geometry), in the order of submission and
    row.
    """
    latest: dict[str, Any] = {}
    for version in sorted(sites, key=lambda one: (str(one.period), one.accepted_at, one.submission_id)):
        for row in _features(home, version, ["row_id", "subproject_id", "geometry"]).to_pylist():
            latest[row["subproject_id"]] = {"submission_id": version.submission_id, **row}
    return sorted(latest.values(), key=lambda row: (row["submission_id"], row["row_id"]))


def _shared(rows: list[dict[str, Any]], area_cells: Any) -> Any:
    """Ground under several of these sites, by area cell: one row for each site on it."""
    import pyarrow as pa

    from spatial.overlay import overlay
    from spatial.shared_ground import shared_ground

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


def _inside(rows: list[dict[str, Any]], redline: Any, area_cells: Any) -> Any:
    """Ground of these sites inside the red line, by area cell: one row for each site and feature of the red line."""
    import pyarrow as pa

    from spatial.common_ground import common_ground
    from spatial.overlay import overlay

    noise = catalogue()["layer.project_site_overlap"].threshold or 0.0
    common = common_ground(_table(rows)["geometry"], redline["geometry"], noise)
    cut = overlay(
        pa.table({"row_id": pa.array(range(common.num_rows), pa.int64()), "geometry": common["geometry"]}), area_cells
    )
    of_site = common["feature"].take(cut["row_id"]).to_pylist()
    of_redline = common["other"].take(cut["row_id"])
    return pa.table(
        {
            "submission_id": pa.array([rows[i]["submission_id"] for i in of_site], pa.string()),
            "row_id": pa.array([rows[i]["row_id"] for i in of_site], pa.int64()),
            "redline_row_id": redline["row_id"].take(of_redline),
            **{name: cut[name] for name in (*CELL, "area_m2")},
        }
    )


def _lines(rows: list[dict[str, Any]], area_cells: Any) -> Any:
    """Length of those of these sites that are lines, by area cell."""
    import pyarrow as pa

    from spatial.lines import lines_in_cells

    cut = lines_in_cells(_table(rows)["geometry"], area_cells)
    of_site = cut["feature"].to_pylist()
    return pa.table(
        {
            "submission_id": pa.array([rows[i]["submission_id"] for i in of_site], pa.string()),
            "row_id": pa.array([rows[i]["row_id"] for i in of_site], pa.int64()),
            **{name: cut[name] for name in (*CELL, "length_m")},
        }
    )


def _table(rows: list[dict[str, Any]]) -> Any:
    """Rows with a geometry as a table of row_id and geometry."""
    import pyarrow as pa

    return pa.table(
        {
            "row_id": pa.array([row["row_id"] for row in rows], pa.int64()),
            "geometry": pa.array([row["geometry"] for row in rows], pa.binary()),
        }
    )


def _features(home: Home, version: UnitVersion, columns: list[str]) -> Any:
    """Columns of a reporting unit's features from its staged file."""
    import pyarrow.compute as pc

    whole = read_staged(home, str(version.staged_as), version.dataset, [*columns, "reporting_unit", "period"])
    return whole.filter(
        pc.and_(pc.equal(whole["reporting_unit"], version.reporting_unit), pc.equal(whole["period"], version.period))
    ).select(columns)
