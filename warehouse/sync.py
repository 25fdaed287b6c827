"""Sync: makes the raw tables of the build database equal to what the ledger has accepted. `pipeline.build` and
`pipeline.release` call it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from contracts import contracts
from warehouse.accepted import accepted_select, naive_utc, parquet_source, units_table, verify_staged
from warehouse.home import Home
from warehouse.integrity import is_whole
from warehouse.ledger import Ledger, Snapshot, UnitVersion
from warehouse.ledger_replicas import TABLES, ledger_tables, replicate
from warehouse.locks import WORK_SECONDS, writer
from warehouse.overlays import BASE_PARTITION, OVERLAY, OverlayKey, overlay_path, overlays_of
from warehouse.raw_tables import READINGS, SYNC_STATE
from warehouse.readings import take_out_former
from warehouse.spatial_derivations import DERIVED_TABLES, DerivedKey, derived_of, derived_path, fill_derived
from warehouse.table_schema import raw_columns, sql_columns

OF_ONE_OVERLAY = (
    "a.dataset = b.dataset and a.submission_id = b.submission_id and a.boundary_submission_id = b.boundary_submission_id "
    "and a.zone_submission_id = b.zone_submission_id"
)


@dataclass(frozen=True)
class Change:
    """Rows that a sync wrote into and took out of one raw table."""

    inserted: int = 0
    deleted: int = 0


@dataclass(frozen=True)
class SyncReport:
    """What a sync changed, by raw table (unchanged ones are left out).

    inputs_fingerprint: of the accepted units that the raw tables now hold. missing_overlays: wanted for them, but not
    yet cut; missing_derived: likewise, not yet computed.
    """

    inputs_fingerprint: str
    changes: dict[str, Change]
    missing_overlays: tuple[OverlayKey, ...]
    missing_derived: tuple[DerivedKey, ...] = ()

    @property
    def is_changed(self) -> bool:
        """Whether any raw table changed."""
        return bool(self.changes)

    def as_dict(self) -> dict[str, Any]:
        """For a log or an outcome row: rows in and out by table, and the files of overlays that are not yet cut."""
        return {
            "inputs_fingerprint": self.inputs_fingerprint,
            "changes": {name: asdict(change) for name, change in self.changes.items()},
            "missing_overlays": [f"{key.dataset} {key.submission_id or ''}".strip() for key in self.missing_overlays],
            "missing_derived": [key.made_as for key in self.missing_derived],
        }


@contextmanager
def _registered(con: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> Iterator[None]:
    con.register(name, table)
    try:
        yield
    finally:
        con.unregister(name)


def _ensure_table(con: duckdb.DuckDBPyConnection, name: str, columns: dict[str, str]) -> None:
    """Make `raw.<name>`; one whose columns are no longer those declared is made anew, as it can be filled again."""
    found = con.execute(
        "select column_name, data_type from duckdb_columns() "
        "where database_name = current_database() and schema_name = 'raw' and table_name = ? order by column_index",
        [name],
    ).fetchall()
    if found and found != list(columns.items()):
        con.execute(f"drop table raw.{name}")
    con.execute(f"create table if not exists raw.{name} ({sql_columns(columns)})")


def _touched(con: duckdb.DuckDBPyConnection, statement: str) -> int:
    """Rows that an insert or delete touched."""
    row = con.execute(statement).fetchone()
    return int(row[0]) if row else 0


def _sync_dataset(con: duckdb.DuckDBPyConnection, home: Home, dataset: str, versions: Sequence[UnitVersion]) -> Change:
    """Take out units that are no longer in force, put in those that are new: by (submission, unit, period)."""
    same = "a.submission_id = b.submission_id and a.reporting_unit = b.reporting_unit and a.period is not distinct from b.period"
    with _registered(con, "wanted_unit", units_table(home, versions)):
        deleted = _touched(
            con, f"delete from raw.{dataset} as a where not exists (select 1 from wanted_unit as b where {same})"
        )
        there = f"(select distinct submission_id, reporting_unit, period from raw.{dataset})"
        new = con.execute(
            f"select * from wanted_unit as a where not exists (select 1 from {there} as b where {same})"
        ).to_arrow_table()
    if not new.num_rows:
        return Change(0, deleted)
    new = verify_staged(home, new)
    with _registered(con, "new_unit", new):
        rows = accepted_select(con, dataset, new, "new_unit")
        return Change(_touched(con, f"insert into raw.{dataset} {rows} order by submission_id, row_id"), deleted)


def _sync_base_partition(con: duckdb.DuckDBPyConnection, home: Home, key: OverlayKey | None) -> Change:
    """Make `raw.base_partition` hold the area cells of the base partition in force, and no other."""
    path = overlay_path(home, key) if key else None
    wanted = (key.partition.boundary, key.partition.zones) if key and path and is_whole(path) else ("", "")
    deleted = con.execute(
        "delete from raw.base_partition where (boundary_submission_id, zone_submission_id) <> (?, ?)", wanted
    ).fetchall()[0][0]
    if path is None or not is_whole(path) or con.execute("select 1 from raw.base_partition limit 1").fetchone():
        return Change(0, deleted)
    columns = ", ".join(BASE_PARTITION.columns)
    return Change(
        _touched(con, f"insert into raw.base_partition select {columns} from {parquet_source([path])}"), deleted
    )


def _sync_overlays(con: duckdb.DuckDBPyConnection, home: Home, keys: Sequence[OverlayKey]) -> Change:
    """Make `raw.overlay` hold the features that the raw tables hold, cut by the base partition in force.

    A file is read only while the table lacks some of its layer's features.
    """
    wanted = pa.Table.from_pylist(
        [
            {
                "dataset": key.dataset,
                "submission_id": key.submission_id,
                "boundary_submission_id": key.partition.boundary,
                "zone_submission_id": key.partition.zones,
                "path": str(overlay_path(home, key)),
            }
            for key in keys
        ],
        schema=pa.schema([(name, pa.string()) for name in (*list(OVERLAY.columns)[:4], "path")]),
    )
    changes = []
    with _registered(con, "wanted_overlay", wanted):
        changes.append(
            Change(
                0,
                _touched(
                    con,
                    f"delete from raw.overlay as a where not exists (select 1 from wanted_overlay as b where {OF_ONE_OVERLAY})",
                ),
            )
        )
        changes.extend(_sync_layer(con, dataset) for dataset in sorted({key.dataset for key in keys}))
    return Change(sum(change.inserted for change in changes), sum(change.deleted for change in changes))


def _sync_layer(con: duckdb.DuckDBPyConnection, dataset: str) -> Change:
    feature = f"(select submission_id, row_id from raw.{dataset}) as feature"
    accepted = (
        f"exists (select 1 from {feature} where feature.submission_id = a.submission_id and feature.row_id = a.row_id)"
    )
    deleted = _touched(con, f"delete from raw.overlay as a where dataset = '{dataset}' and not {accepted}")
    incomplete = con.execute(f"""
        select b.path from wanted_overlay as b
        where b.dataset = '{dataset}' and (select count(*) from {feature} where feature.submission_id = b.submission_id)
            > (select count(distinct a.row_id) from raw.overlay as a where {OF_ONE_OVERLAY})
        order by all
    """).fetchall()
    paths = [Path(path) for (path,) in incomplete if is_whole(Path(path))]
    if not paths:
        return Change(0, deleted)
    inserted = _touched(
        con,
        f"""
        insert into raw.overlay select {", ".join(OVERLAY.columns)} from {parquet_source(paths)} as a
        where {accepted} and not exists (select 1 from raw.overlay as b where {OF_ONE_OVERLAY} and a.row_id = b.row_id)
    """,
    )
    return Change(inserted, deleted)


def _note_inputs(con: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    _ensure_table(con, "sync_state", SYNC_STATE.types)
    con.execute("delete from raw.sync_state")
    con.execute(
        "insert into raw.sync_state values (?, ?, ?)",
        [snapshot.fingerprint, snapshot.outcomes_fingerprint, naive_utc(snapshot.moment)],
    )


def synced_state(build_db: Path) -> dict[str, Any] | None:
    """What a build database was last synced with, or None when it never was: the columns of SYNC_STATE, as_of
    in UTC.

    A build is published under this: the ledger may have moved on since.
    """
    if not build_db.is_file():
        return None
    with duckdb.connect(str(build_db), read_only=True) as con:
        if not con.execute(
            "select 1 from duckdb_tables() where schema_name = 'raw' and table_name = 'sync_state'"
        ).fetchone():
            return None
        row = con.execute(f"select {', '.join(SYNC_STATE.columns)} from raw.sync_state").fetchone()
    if row is None:
        return None
    state = dict(zip(SYNC_STATE.columns, row, strict=True))
    return {**state, "as_of": state["as_of"] and state["as_of"].replace(tzinfo=UTC)}


def synced_fingerprint(build_db: Path) -> str | None:
    """Fingerprint of the accepted units that a build database holds, or None when it was never synced."""
    state = synced_state(build_db)
    return str(state["inputs_fingerprint"]) if state else None


def sync(
    home: Home,
    ledger: Ledger,
    as_of: datetime | None = None,
    build_db: Path | None = None,
    lock_timeout: float = WORK_SECONDS,
    expected_reports: Callable[[Snapshot], Iterable[Any]] = lambda snapshot: (),
) -> SyncReport:
    """Make the raw tables equal to what the ledger has in force, now or at a moment, in one transaction.

    Again, it changes nothing; into an empty file, it is a rebuild. What was made of an original that was read again since
    is put in anew. build_db: the home's own unless given. An overlay
    that is not yet cut is reported, and its layer stays without rows in `raw.overlay`: cut it, then sync again.
    expected_reports: gives those of the ledger that is synced, with the columns of `raw.expected_report` as attributes.
    Staged files are verified before they are read. Raises locks.Busy when another process writes the build database,
    and as warehouse.staged.intact does when a staged file is damaged or gone and cannot be made again.
    """
    path = build_db or home.build_db
    path.parent.mkdir(parents=True, exist_ok=True)
    snapshot = ledger.snapshot(as_of)
    by_dataset: dict[str, list[UnitVersion]] = defaultdict(list)
    for version in snapshot.in_force:
        by_dataset[version.dataset].append(version)
    keys = overlays_of(snapshot.in_force)
    partition_key, layer_keys = (keys[0], keys[1:]) if keys else (None, [])
    derived = derived_of(snapshot.in_force)
    changes: dict[str, Change] = {}
    with writer(home, lock_timeout) if path == home.build_db else nullcontext(), duckdb.connect(str(path)) as con:
        con.execute("begin")
        con.execute("create schema if not exists raw")
        for name, table in ledger_tables(snapshot, expected_reports(snapshot)).items():
            _ensure_table(con, name, TABLES[name].types)
            with _registered(con, "wanted_row", table):
                changes[name] = Change(*replicate(con, name, "wanted_row"))
        for dataset, spec in contracts().items():
            _ensure_table(con, dataset, raw_columns(spec))
        _ensure_table(con, "base_partition", BASE_PARTITION.types)
        _ensure_table(con, "overlay", OVERLAY.types)
        _ensure_table(con, "read_again", READINGS.types)
        taken_out = take_out_former(con, snapshot.in_force)
        for dataset in contracts():
            changes[dataset] = _sync_dataset(con, home, dataset, by_dataset[dataset])
        changes["base_partition"] = _sync_base_partition(con, home, partition_key)
        changes["overlay"] = _sync_overlays(con, home, layer_keys)
        for name, derived_table in DERIVED_TABLES.items():
            _ensure_table(con, name, derived_table.types)
            changes[name] = Change(*fill_derived(con, home, name, derived))
        for name, rows in taken_out.items():
            changes[name] = Change(changes[name].inserted, changes[name].deleted + rows)
        _note_inputs(con, snapshot)
        con.execute("commit")
    return SyncReport(
        snapshot.fingerprint,
        {name: change for name, change in changes.items() if change != Change()},
        missing_overlays=tuple(key for key in keys if not is_whole(overlay_path(home, key))),
        missing_derived=tuple(key for key in derived if not is_whole(derived_path(home, key))),
    )
