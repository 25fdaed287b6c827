"""Raw tables equal what the ledger has in force; a rebuild gives the same; only what changed is touched."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from filelock import FileLock

from contracts import contract, contracts, finding
from tests.support.arrivals import accept, decide, ecology, moment, stage, submission_table
from warehouse import integrity, overlays
from warehouse.accepted import accepted_relation
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.locks import Busy
from warehouse.overlays import (
    OverlayKey,
    PartitionVersion,
    current_partition,
    missing_overlays,
    overlay_path,
    wanted_overlays,
    write_overlay,
)
from warehouse.spatial_derivations import wanted_derived
from warehouse.staged import write_staged
from warehouse.sync import Change, sync, synced_fingerprint
from warehouse.table_schema import raw_columns

A, B = "140404001", "140404101"


def raw(home: Home, sql: str, path: Path | None = None) -> list[tuple]:
    with duckdb.connect(str(path or home.build_db), read_only=True) as con:
        return con.execute(sql).fetchall()


def layer(dataset: str, *reporting_units: str, period: str = "2024") -> pa.Table:
    return submission_table(
        dataset,
        [
            {
                "reporting_unit": reporting_unit,
                "period": period,
                "feature": f"f{n}",
                "geometry": b"\x01",
                "area_m2": 10.0 * (n + 1),
            }
            for n, reporting_unit in enumerate(reporting_units)
        ],
    )


def cut(home: Home, key: OverlayKey, row_ids: list[int]) -> None:
    """An overlay as spatial would give it: every feature in one part."""
    table = pa.table(
        {
            "row_id": pa.array(row_ids, pa.int64()),
            "part_code": ["140404101W"] * len(row_ids),
            "township_code": [B] * len(row_ids),
            "consolidation_zone": ["cz_basin"] * len(row_ids),
            "restoration_zone": ["rz_south"] * len(row_ids),
            "area_m2": [1.0] * len(row_ids),
        }
    )
    write_overlay(home, key, [table])


def every_table(path: Path) -> dict[str, list[tuple]]:
    with duckdb.connect(str(path), read_only=True) as con:
        names = con.execute("select table_name from duckdb_tables() where schema_name = 'raw'").fetchall()
        return {name: con.execute(f"select * from raw.{name} order by all").fetchall() for (name,) in names}


def test_every_contract_has_its_raw_table_even_before_anything_arrived(home: Home, ledger: Ledger) -> None:
    report = sync(home, ledger)
    assert not report.is_changed
    for dataset, spec in contracts().items():
        assert dict(raw(home, f"select column_name, column_type from (describe raw.{dataset})")) == raw_columns(spec)
    assert {name for (name,) in raw(home, "select table_name from duckdb_tables() where schema_name = 'raw'")} - set(
        contracts()
    ) == {
        "submission",
        "submission_unit",
        "finding",
        "decision",
        "waiver",
        "expected_report",
        "rule_outcome",
        "reading_item",
        "overlay",
        "base_partition",
        "land_transition",
        "site_overlap",
        "site_in_redline",
        "site_line",
        "read_again",
        "sync_state",
    }


def test_only_accepted_units_are_loaded_and_a_second_sync_changes_nothing(home: Home, ledger: Ledger) -> None:
    name = stage(home, ledger, "ecology", ecology({A: 1.5, B: 2.5}))
    found = finding("version.superseded_version", reporting_unit=B, period="2024", found="S0", point=(113.0, 36.0))
    decide(ledger, name, {B: "held"}, findings=[found])
    report = sync(home, ledger)
    assert report.changes == {
        "submission": Change(1),
        "submission_unit": Change(2),
        "finding": Change(1),
        "ecology": Change(1),
    }
    assert raw(
        home,
        "select submission_id, reporting_unit, period, forest_area_ha, cells['forest_area_ha'], row_no from raw.ecology",
    ) == [(name, A, "2024", 1.5, "C2", 2)]
    assert raw(home, "select accepted_at from raw.ecology")[0][0] == ledger.versions("ecology", A)[
        0
    ].accepted_at.replace(tzinfo=None)
    assert raw(home, "select state, rows_read, rows_accepted, rows_held from raw.submission") == [
        ("partly_held", 2, 1, 1)
    ]
    assert raw(home, "select rule_id, reporting_unit, lon, lat from raw.finding") == [
        ("version.superseded_version", B, 113.0, 36.0)
    ]
    again = sync(home, ledger)
    assert (again.is_changed, again.as_dict()["changes"], again.inputs_fingerprint) == (
        False,
        {},
        report.inputs_fingerprint,
    )
    assert synced_fingerprint(home.build_db) == ledger.accepted_fingerprint() == report.inputs_fingerprint


def test_a_correction_touches_its_own_unit_and_the_rest_stays(home: Home, ledger: Ledger) -> None:
    first = accept(home, ledger, "ecology", ecology({A: 1.0, B: 2.0}))
    sync(home, ledger)
    second = accept(home, ledger, "ecology", ecology({B: 9.0}))
    report = sync(home, ledger)
    assert report.changes["ecology"] == Change(1, 1)
    assert report.changes["submission_unit"] == Change(2, 1)
    assert raw(home, "select reporting_unit, forest_area_ha, submission_id from raw.ecology order by 1") == [
        (A, 1.0, first),
        (B, 9.0, second),
    ]


@pytest.mark.slow
def test_a_sync_into_an_empty_file_equals_many_small_ones_and_as_of_gives_the_past(
    home: Home, ledger: Ledger, tmp_path: Path
) -> None:
    past = {}
    for forest in ({A: 1.0, B: 2.0}, {A: 3.0}, {B: 4.0}):
        accept(home, ledger, "ecology", ecology(forest))
        sync(home, ledger)
        past[moment()] = every_table(home.build_db)
    rebuilt = tmp_path / "rebuilt.duckdb"
    sync(home, ledger, build_db=rebuilt)
    assert every_table(rebuilt) == every_table(home.build_db)
    for number, (then, tables) in enumerate(past.items()):
        path = tmp_path / f"{number}.duckdb"
        sync(home, ledger, as_of=then, build_db=path)
        assert every_table(path) == tables


def test_a_raw_table_follows_a_contract_that_changed(home: Home, ledger: Ledger) -> None:
    accept(home, ledger, "ecology", ecology({A: 1.0}))
    sync(home, ledger)
    with duckdb.connect(str(home.build_db)) as con:
        con.execute("alter table raw.ecology drop column forest_area_ha")
    assert sync(home, ledger).changes == {"ecology": Change(1)}
    assert raw(home, "select forest_area_ha from raw.ecology") == [(1.0,)]


def test_a_second_writer_fails_with_what_holds_the_lock(home: Home, ledger: Ledger) -> None:
    with FileLock(home.writer_lock), pytest.raises(Busy, match="构建数据库正被另一进程占用"):
        sync(home, ledger, lock_timeout=0.1)


def test_a_failed_sync_leaves_the_raw_tables_as_they_were(
    home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(integrity, "_make_again", None)  # as where nothing of the pipeline was imported
    accept(home, ledger, "ecology", ecology({A: 1.0}))
    sync(home, ledger)
    before = every_table(home.build_db)
    name = accept(home, ledger, "ecology", ecology({A: 2.0}))
    home.absolute(str(ledger.get(name).staged_as)).unlink()
    with pytest.raises(FileNotFoundError, match=name):
        sync(home, ledger)
    assert every_table(home.build_db) == before


@pytest.mark.slow
def test_overlays_are_those_of_the_base_partition_in_force_and_of_accepted_features(home: Home, ledger: Ledger) -> None:
    assert (current_partition(ledger), wanted_overlays(ledger)) == (None, [])
    boundary = accept(home, ledger, "admin_boundary", layer("admin_boundary", "layer", period="2021-10-31"))
    zones = accept(home, ledger, "planning_zone", layer("planning_zone", "layer", period="2022"))
    sites = stage(home, ledger, "project_site", layer("project_site", "A1", "A1", "B1"))
    decide(ledger, sites, {"B1": "held"})
    this = PartitionVersion(boundary, zones)
    assert sync(home, ledger).missing_overlays == (OverlayKey(this), OverlayKey(this, "project_site", sites))
    cut(home, OverlayKey(this), [0, 1])
    cut(home, OverlayKey(this, "project_site", sites), [0, 1, 2])
    assert missing_overlays(home, ledger) == []
    assert sync(home, ledger).changes == {"base_partition": Change(2), "overlay": Change(2)}
    assert raw(
        home,
        "select columns(c -> c like '%submission_id' or c in ('dataset', 'row_id')) from raw.overlay order by row_id",
    ) == [
        ("project_site", sites, boundary, zones, 0),
        ("project_site", sites, boundary, zones, 1),
    ]
    assert not sync(home, ledger).is_changed

    later = accept(home, ledger, "project_site", layer("project_site", "B1"))
    cut(home, OverlayKey(this, "project_site", later), [0])
    assert sync(home, ledger).changes["overlay"] == Change(1, 0)

    new_boundary = accept(home, ledger, "admin_boundary", layer("admin_boundary", "layer", period="2025-12-31"))
    moved = current_partition(ledger)
    assert moved == PartitionVersion(new_boundary, zones)
    report = sync(home, ledger)
    assert (report.changes["overlay"], report.changes["base_partition"], len(report.missing_overlays)) == (
        Change(0, 3),
        Change(0, 2),
        3,
    )
    for key in report.missing_overlays:
        cut(home, key, [0, 1])
    assert sync(home, ledger).changes["overlay"] == Change(3)
    assert overlay_path(home, OverlayKey(this, "project_site", sites)).is_file()


def read_otherwise(home: Home, ledger: Ledger, name: str, dataset: str, table: pa.Table) -> None:
    """As `pipeline.intake.restage` leaves it where another program reads the original otherwise."""
    before = home.absolute(str(ledger.get(name).staged_as))
    ledger.read_again(name, write_staged(home, name, dataset, table), {"differs": "内容不同"})
    before.unlink()


def test_what_was_read_again_otherwise_takes_the_place_of_the_rows_that_are_there(home: Home, ledger: Ledger) -> None:
    """All of it, and nothing of other submissions; a build into an empty database gives the same."""
    name = accept(home, ledger, "ecology", ecology({A: 1.0, B: 2.0}))
    other = accept(home, ledger, "ecology", ecology({A: 7.0}, period="2023"))
    sync(home, ledger)
    before = ledger.snapshot()
    read_otherwise(home, ledger, name, "ecology", ecology({A: 3.0, B: 2.5}))
    assert ledger.snapshot().fingerprint == before.fingerprint, "what was decided stays"
    assert ledger.snapshot().outcomes_fingerprint != before.outcomes_fingerprint, "and a build is due"
    assert sync(home, ledger).changes["ecology"] == Change(2, 2)
    rows = "select submission_id, reporting_unit, forest_area_ha from raw.ecology order by all"
    assert raw(home, rows) == [(name, A, 3.0), (name, B, 2.5), (other, A, 7.0)]
    assert not sync(home, ledger).is_changed
    read_otherwise(home, ledger, name, "ecology", ecology({A: 4.0}))
    assert sync(home, ledger).changes["ecology"] == Change(1, 2)
    sync(home, ledger, build_db=home.root / "again.duckdb")
    assert every_table(home.root / "again.duckdb") == every_table(home.build_db)


@pytest.mark.slow
@pytest.mark.parametrize("dataset", ["project_site", "admin_boundary", "planning_zone"])
def test_what_was_cut_of_or_by_another_reading_is_cut_again(home: Home, ledger: Ledger, dataset: str) -> None:
    """A layer is cut again alone; boundary and zones cut everything again. What is made of the sites is computed again in any case."""
    tables = {
        "admin_boundary": layer("admin_boundary", "layer", period="2021-10-31"),
        "planning_zone": layer("planning_zone", "layer", period="2022"),
        "project_site": layer("project_site", "A1"),
        "wetland": layer("wetland", "layer"),
    }
    names = {one: accept(home, ledger, one, table) for one, table in tables.items()}
    for key in wanted_overlays(ledger):
        cut(home, key, [0])
    derived = {key.table: key.made_as for key in wanted_derived(ledger)}
    assert derived.keys() == {"site_overlap", "site_line"}
    assert sync(home, ledger).missing_overlays == ()
    read_otherwise(home, ledger, names[dataset], dataset, tables[dataset].take([0, 0]))
    missing = missing_overlays(home, ledger)
    assert {key.dataset for key in missing} == (
        {"project_site"} if dataset == "project_site" else {"frame", "project_site", "wetland"}
    )
    again = {key.table: key.made_as for key in wanted_derived(ledger)}
    assert again.keys() == derived.keys() and not {*again.values()} & {*derived.values()}
    report = sync(home, ledger)
    assert report.missing_overlays == tuple(missing), "rows that are not cut yet are not shown as they were"
    assert raw(home, "select dataset from raw.overlay") == ([("wetland",)] if dataset == "project_site" else [])
    for key in missing:
        cut(home, key, [0])
    changes = sync(home, ledger).changes
    assert changes["overlay"] == Change(len({"project_site", "wetland"} & {key.dataset for key in missing}))
    assert changes.get("base_partition", Change()) == Change(0 if dataset == "project_site" else 1)


def test_the_layers_that_are_cut_are_all_but_the_two_that_cut() -> None:
    cut_layers = overlays.layer_datasets()
    assert {"forest_land", "wetland", "project_site", "ecological_redline"} <= set(cut_layers)
    assert not {"admin_boundary", "planning_zone", "ecology"} & set(cut_layers)


def test_rules_see_accepted_rows_without_those_of_the_submission_that_is_checked(home: Home, ledger: Ledger) -> None:
    first = accept(home, ledger, "ecology", ecology({A: 1.0, B: 2.0}))
    then = moment()
    second = accept(home, ledger, "ecology", ecology({B: 9.0}))
    with duckdb.connect() as con:
        empty = accepted_relation(con, ledger, home, "forest_land")
        assert con.execute(f"select column_name, column_type from (describe {empty})").fetchall() == list(
            raw_columns(contract("forest_land")).items()
        )
        assert con.execute(f"select count(*) from {empty}").fetchall() == [(0,)]
        name = accepted_relation(con, ledger, home, "ecology")
        rows = f"select reporting_unit, forest_area_ha, submission_id from {name} order by 1"
        assert con.execute(rows).fetchall() == [(A, 1.0, first), (B, 9.0, second)]
        assert con.execute(f"select column_name, column_type from (describe {name})").fetchall() == list(
            raw_columns(contract("ecology")).items()
        )
        accepted_relation(con, ledger, home, "ecology", excluding=second)
        assert con.execute(rows).fetchall() == [(A, 1.0, first)]
        accepted_relation(con, ledger, home, "ecology", as_of=then)
        assert con.execute(rows).fetchall() == [(A, 1.0, first), (B, 2.0, first)]
