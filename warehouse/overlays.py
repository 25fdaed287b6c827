"""Overlays: layers cut by the base partition, kept as a file for each layer submission, boundary and zones, so that
only what changed is cut anew. `pipeline.build.overlays` cuts and writes them, `sync` reads them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from contracts import contracts
from warehouse.home import Home
from warehouse.integrity import is_whole, note_hash
from warehouse.ledger import Ledger, UnitVersion
from warehouse.raw_tables import RAW_TABLES
from warehouse.staged import write_parquet_of

BOUNDARY, ZONES = "admin_boundary", "planning_zone"
PARTITION_FOLDER = "frame"  # of overlays/, where homes keep base partitions: stored, so the word stays

OVERLAY, BASE_PARTITION = RAW_TABLES["overlay"], RAW_TABLES["base_partition"]


@dataclass(frozen=True)
class PartitionVersion:
    """The version of the base partition that layers are cut by: one accepted boundary and one accepted zoning
    (submission ids). Their readings: of UnitVersion.reading.
    """

    boundary: str
    zones: str
    boundary_reading: str | None = None
    zones_reading: str | None = None

    @property
    def made_of(self) -> tuple[str, str]:
        """What names the files that were cut by it."""
        return self.boundary_reading or self.boundary, self.zones_reading or self.zones


@dataclass(frozen=True)
class OverlayKey:
    """One layer submission cut by one base partition; PARTITION_FOLDER and no submission for the area cells
    themselves. reading: of the submission, as of UnitVersion.
    """

    partition: PartitionVersion
    dataset: str = PARTITION_FOLDER
    submission_id: str | None = None
    reading: str | None = None


def layer_datasets() -> tuple[str, ...]:
    """Layers that are cut: all but the two that cut them."""
    return tuple(name for name, spec in contracts().items() if spec.is_layer and name not in (BOUNDARY, ZONES))


def _latest(versions: Sequence[UnitVersion], dataset: str) -> UnitVersion | None:
    ours = [version for version in versions if version.dataset == dataset]
    return max(ours, key=lambda version: (version.period or "", version.accepted_at), default=None)


def partition_of(versions: Sequence[UnitVersion]) -> PartitionVersion | None:
    """The latest boundary and the latest zones (by period, then acceptance) of the units in force, or None while either
    is missing.
    """
    boundary, zones = _latest(versions, BOUNDARY), _latest(versions, ZONES)
    if boundary is None or zones is None:
        return None
    return PartitionVersion(boundary.submission_id, zones.submission_id, boundary.reading, zones.reading)


def current_partition(ledger: Ledger, as_of: datetime | None = None) -> PartitionVersion | None:
    """The base partition in force, now or at a moment; None while boundary or zones are missing."""
    return partition_of(ledger.current_units(as_of=as_of))


def overlay_path(home: Home, key: OverlayKey) -> Path:
    """`overlays/<dataset>/<submission>__<boundary>__<zones>.parquet`; of the area
    cells `overlays/frame/<boundary>__<zones>.parquet`. An original that was read again stands there with its reading.
    """
    layer = [key.reading or key.submission_id] if key.submission_id else []
    return home.overlays / key.dataset / f"{'__'.join([*layer, *key.partition.made_of])}.parquet"


def write_overlay(home: Home, key: OverlayKey, tables: Iterable[pa.Table]) -> Path:
    """Keep an overlay of all features of a submission (accepted or not: sync picks the accepted), or the area cells of
    a base partition; gives the file's path.

    tables: one after the other, at least the columns of OVERLAY from row_id on (of BASE_PARTITION from part_code on);
    the ids are filled in from the key. Raises KeyError for a missing column.
    """
    schema = (OVERLAY if key.submission_id else BASE_PARTITION).arrow
    from_key = {
        "dataset": key.dataset,
        "submission_id": key.submission_id,
        "boundary_submission_id": key.partition.boundary,
        "zone_submission_id": key.partition.zones,
    }

    def completed(table: pa.Table) -> pa.Table:
        return pa.table(
            [
                pa.repeat(pa.scalar(from_key[name], pa.string()), table.num_rows)
                if name in from_key
                else table.column(name).cast(kind)
                for name, kind in zip(schema.names, schema.types, strict=True)
            ],
            schema=schema,
        )

    path = overlay_path(home, key)
    write_parquet_of(path, schema, map(completed, tables))
    note_hash(path)
    return path


def overlays_of(versions: Sequence[UnitVersion]) -> list[OverlayKey]:
    """Every overlay that a build of these units in force needs, the area cells first; none while there is no base
    partition.
    """
    partition = partition_of(versions)
    if partition is None:
        return []
    cut = set(layer_datasets())
    layers = {
        (version.dataset, version.submission_id): version.reading for version in versions if version.dataset in cut
    }
    return [OverlayKey(partition), *(OverlayKey(partition, *layer, layers[layer]) for layer in sorted(layers))]


def wanted_overlays(ledger: Ledger, as_of: datetime | None = None) -> list[OverlayKey]:
    """Every overlay that a build needs, now or as of a moment."""
    return overlays_of(ledger.current_units(as_of=as_of))


def missing_overlays(home: Home, ledger: Ledger, as_of: datetime | None = None) -> list[OverlayKey]:
    """Overlays that are wanted and not there, or damaged: what the pipeline has to cut before it syncs."""
    return [key for key in wanted_overlays(ledger, as_of) if not is_whole(overlay_path(home, key))]
