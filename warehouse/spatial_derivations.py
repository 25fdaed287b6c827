"""Spatial derivations: what is computed from accepted layers beside their overlays, a file each, so that only what
changed is computed anew. `pipeline.build.spatial_derivations` computes and writes them, `sync` reads them.

- land transition: a township's parcels of two years that follow each other, cut by the base partition
- site overlap: ground that the sites of several projects share
- site line: length of the projects' sites that are drawn as lines
- site in red line: ground of the projects' sites inside the newest ecological red line
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.accepted import parquet_source
from warehouse.home import Home
from warehouse.integrity import is_whole, note_hash
from warehouse.ledger import Ledger, UnitVersion
from warehouse.overlays import PartitionVersion, partition_of
from warehouse.raw_tables import RAW_TABLES
from warehouse.staged import write_parquet

PARCELS, SITES, REDLINE = "land_parcel", "project_site", "ecological_redline"
MADE_AS = "derived_as"  # column of the raw tables: the file, relative to the home's overlays

DERIVED_TABLES = {
    name: RAW_TABLES[name] for name in ("land_transition", "site_overlap", "site_in_redline", "site_line")
}


@dataclass(frozen=True)
class TransitionKey:
    """One township's parcels in two years (accepted versions), cut by one base partition."""

    partition: PartitionVersion
    earlier: UnitVersion
    later: UnitVersion

    table = "land_transition"

    @property
    def made_as(self) -> str:
        """Its file, relative to the home's overlays."""
        return _named(
            self.table,
            self.partition,
            self.earlier.reporting_unit,
            self.earlier.reading or self.earlier.submission_id,
            self.later.reading or self.later.submission_id,
        )

    @property
    def given(self) -> dict[str, str | None]:
        """Columns that are the same in every row."""
        return {
            "reporting_unit": self.earlier.reporting_unit,
            "from_period": self.earlier.period,
            "to_period": self.later.period,
            "from_submission_id": self.earlier.submission_id,
            "to_submission_id": self.later.submission_id,
        }


@dataclass(frozen=True)
class SiteOverlapKey:
    """All sites in force, cut by one base partition."""

    partition: PartitionVersion
    sites: tuple[UnitVersion, ...]

    table = "site_overlap"

    @property
    def made_as(self) -> str:
        """Its file, relative to the home's overlays."""
        return _named(self.table, self.partition, *_site_names(self.sites))

    @property
    def given(self) -> dict[str, str | None]:
        """Columns that are the same in every row: none."""
        return {}


@dataclass(frozen=True)
class SiteLineKey:
    """All sites in force, of which some may be lines, cut by one base partition."""

    partition: PartitionVersion
    sites: tuple[UnitVersion, ...]

    table = "site_line"

    @property
    def made_as(self) -> str:
        """Its file, relative to the home's overlays."""
        return _named(self.table, self.partition, *_site_names(self.sites))

    @property
    def given(self) -> dict[str, str | None]:
        """Columns that are the same in every row: none."""
        return {}


@dataclass(frozen=True)
class RedlineKey:
    """All sites in force and the newest red line, cut by one base partition."""

    partition: PartitionVersion
    sites: tuple[UnitVersion, ...]
    redline: UnitVersion

    table = "site_in_redline"

    @property
    def made_as(self) -> str:
        """Its file, relative to the home's overlays."""
        return _named(
            self.table,
            self.partition,
            self.redline.reading or self.redline.submission_id,
            str(self.redline.period),
            *_site_names(self.sites),
        )

    @property
    def given(self) -> dict[str, str | None]:
        """Columns that are the same in every row."""
        return {"redline_submission_id": self.redline.submission_id}


DerivedKey = TransitionKey | SiteOverlapKey | SiteLineKey | RedlineKey


def _site_names(sites: Sequence[UnitVersion]) -> list[str]:
    return sorted(f"{one.reading or one.submission_id} {one.reporting_unit} {one.period}" for one in sites)


def _named(table: str, partition: PartitionVersion, *of: str) -> str:
    """A file name that differs with what it was made of and with its columns, and holds nothing that a submitter wrote."""
    made_of = chr(0).join((*DERIVED_TABLES[table].columns, *partition.made_of, *of))
    return f"{table}/{hashlib.sha256(made_of.encode()).hexdigest()[:32]}.parquet"


def derived_of(versions: Sequence[UnitVersion]) -> list[DerivedKey]:
    """Everything that a build of these units in force needs; nothing while there is no base partition."""
    partition = partition_of(versions)
    if partition is None:
        return []
    by_township: dict[str, list[UnitVersion]] = {}
    for version in sorted(
        (one for one in versions if one.dataset == PARCELS and one.period),
        key=lambda one: (one.reporting_unit, str(one.period)),
    ):
        by_township.setdefault(version.reporting_unit, []).append(version)
    keys: list[DerivedKey] = [
        TransitionKey(partition, earlier, later) for years in by_township.values() for earlier, later in pairwise(years)
    ]
    sites = tuple(version for version in versions if version.dataset == SITES)
    if not sites:
        return keys
    keys += [SiteOverlapKey(partition, sites), SiteLineKey(partition, sites)]
    redlines = [version for version in versions if version.dataset == REDLINE and version.period]
    newest = max(redlines, key=lambda one: (str(one.period), one.accepted_at, one.submission_id), default=None)
    return [*keys, RedlineKey(partition, sites, newest)] if newest else keys


def wanted_derived(ledger: Ledger, as_of: datetime | None = None) -> list[DerivedKey]:
    """Everything that a build needs, now or as of a moment."""
    return derived_of(ledger.current_units(as_of=as_of))


def derived_path(home: Home, key: DerivedKey) -> Path:
    """`overlays/land_transition/<hash of what it was made of>.parquet`, likewise the others."""
    return home.overlays / key.made_as


def write_derived(home: Home, key: DerivedKey, table: pa.Table) -> Path:
    """Keep what was computed; gives the file's path. table: the columns of its raw table that the key does not give.
    Raises KeyError for a missing one.
    """
    from_key: Mapping[str, str | None] = {MADE_AS: key.made_as, **key.given}
    schema = DERIVED_TABLES[key.table].arrow
    arrays = [
        pa.array([from_key[name]] * table.num_rows, pa.string()) if name in from_key else table.column(name).cast(kind)
        for name, kind in zip(schema.names, schema.types, strict=True)
    ]
    path = derived_path(home, key)
    write_parquet(path, pa.table(arrays, schema=schema))
    note_hash(path)
    return path


def missing_derived(home: Home, ledger: Ledger, as_of: datetime | None = None) -> list[DerivedKey]:
    """What is wanted and not there, or damaged."""
    return [key for key in wanted_derived(ledger, as_of) if not is_whole(derived_path(home, key))]


def fill_derived(con: duckdb.DuckDBPyConnection, home: Home, name: str, keys: Sequence[DerivedKey]) -> tuple[int, int]:
    """Make `raw.<name>` hold the rows of the files that are wanted, and no others; gives rows inserted and deleted."""
    ours = {key.made_as: derived_path(home, key) for key in keys if key.table == name}
    deleted = con.execute(
        f"delete from raw.{name} where not list_contains(?::varchar[], {MADE_AS})", [list(ours)]
    ).fetchone()
    there = {made_as for (made_as,) in con.execute(f"select distinct {MADE_AS} from raw.{name}").fetchall()}
    paths = [path for made_as, path in ours.items() if made_as not in there and is_whole(path)]
    inserted = (
        con.execute(
            f"insert into raw.{name} select {', '.join(DERIVED_TABLES[name].columns)} from {parquet_source(paths)} order by all"
        ).fetchone()
        if paths
        else None
    )
    return (inserted[0] if inserted else 0), (deleted[0] if deleted else 0)
