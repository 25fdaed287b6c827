"""The archive and the staged files: whole, immutable, found again."""

import stat
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

import duckdb
import pyarrow as pa
import pytest

from contracts import contract
from contracts.normalization_log import Conversion
from tests.support.arrivals import ecology, submission_table
from warehouse import archive, durable, staged
from warehouse.durable import remove_leftovers
from warehouse.home import CHECKOUT, Home
from warehouse.staged import read_normalization_log, read_staged, staged_batches, write_normalization_log, write_staged
from warehouse.table_schema import NotASubmissionTable, raw_columns


def _file(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


def test_the_home_is_named_by_the_environment_or_is_var_in_the_checkout(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("WAREHOUSE_HOME", raising=False)
    monkeypatch.delenv("WAREHOUSE_LEDGER_URL", raising=False)
    assert Home.from_env().root == CHECKOUT / "var"
    monkeypatch.setenv("WAREHOUSE_HOME", str(tmp_path / "x"))
    home = Home.from_env()
    assert (home.inbox, home.current) == (tmp_path / "x" / "inbox", tmp_path / "x" / "published" / "current")
    assert home.ledger_url == f"sqlite:///{tmp_path}/x/ledger/ledger.sqlite"
    monkeypatch.setenv("WAREHOUSE_LEDGER_URL", "postgresql+psycopg2://ledger@db/ledger")
    assert Home.from_env().ledger_url == "postgresql+psycopg2://ledger@db/ledger"
    assert Home(tmp_path / "rebuilt").ledger_url == f"sqlite:///{tmp_path}/rebuilt/ledger/ledger.sqlite"
    assert home.absolute(home.relative(home.receipts / "S1")) == home.receipts / "S1"


def test_a_file_is_kept_once_under_the_hash_of_its_content(home: Home, tmp_path: Path) -> None:
    kept = archive.put(home, [_file(tmp_path / "in", "报表.xlsx", b"abc")])
    assert kept.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert kept.path == home.archive / "ba" / kept.sha256
    again = archive.put(home, [_file(tmp_path / "in", "复件.xlsx", b"abc")])
    assert again == kept == archive.fetch(home, kept.sha256)
    assert [member.name for member in again.members] == ["报表.xlsx"]
    assert stat.S_IMODE(again.members[0].stat().st_mode) == 0o440
    assert archive.is_intact(home, kept.sha256)
    with pytest.raises(archive.NotArchived):
        archive.fetch(home, "0" * 64)


def test_a_loose_shapefile_has_one_hash_whatever_the_order_of_its_members(home: Home, tmp_path: Path) -> None:
    members = [_file(tmp_path / "in", f"林地.{ending}", ending.encode()) for ending in ("shp", "dbf", "shx")]
    kept = archive.put(home, members)
    assert archive.content_hash(members[::-1]) == kept.sha256 != archive.content_hash(members[:2])
    assert (kept.size, [member.name for member in kept.members]) == (9, ["林地.dbf", "林地.shp", "林地.shx"])
    with pytest.raises(ValueError, match="names of their own"):
        archive.put(home, [members[0], members[0]])


def test_a_file_that_changes_while_it_is_copied_is_not_kept(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = _file(tmp_path / "in", "a.csv", b"one")
    copy = archive.shutil.copyfileobj

    def grow(opened: BinaryIO, target: BinaryIO) -> None:
        source.write_bytes(b"one and more")
        copy(opened, target)

    monkeypatch.setattr(archive.shutil, "copyfileobj", grow)
    with pytest.raises(archive.ChangedMeanwhile, match=r"a\.csv"):
        archive.put(home, [source])
    assert [path for path in home.archive.rglob("*") if path.is_file()] == []


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = _file(tmp_path, "kept.txt", b"old")
    with pytest.raises(RuntimeError), durable.whole_file(target) as temporary:
        temporary.write_bytes(b"half")
        raise RuntimeError
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("kept.txt", b"old")]
    _file(tmp_path, f"{durable.TEMPORARY}1-x", b"left by a killed process")
    assert len(remove_leftovers(tmp_path)) == 1


def test_a_staged_file_comes_back_as_it_was(home: Home) -> None:
    table = ecology({"140404001": 12.5, "140404101": 7.25})
    kept = write_staged(home, "S1", "ecology", table)
    assert write_staged(home, "S1", "ecology", table) == kept
    assert write_staged(home, "S1", "ecology", table.slice(0, 1)) != kept
    assert read_staged(home, kept, "ecology").equals(table)
    assert stat.S_IMODE(home.absolute(kept).stat().st_mode) == 0o440
    assert sorted(path.suffix for path in (home.staged / "ecology").iterdir()) == [".parquet", ".parquet"]


def test_a_staged_file_is_read_a_part_at_a_time(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staged, "ROWS_OF_GROUP", 2)
    table = ecology({"140404001": 12.5, "140404101": 7.25, "140404102": 1.0})
    kept = write_staged(home, "S1", "ecology", table)
    batches = list(staged_batches(home, kept, ["forest_area_ha", "township_code"]))
    assert [batch.num_rows for batch in batches] == [2, 1]
    assert pa.Table.from_batches(batches).equals(table.select(["forest_area_ha", "township_code"]))
    assert list(staged_batches(home, write_staged(home, "S2", "ecology", table.slice(0, 0)), ["reporting_unit"])) == []


def test_the_normalization_log_stays_beside_its_staged_file(home: Home) -> None:
    kept = write_staged(home, "S1", "ecology", ecology({"140404001": 12.5}))
    assert read_normalization_log(home, kept, 10) == (0, [])
    conversions = [Conversion("Sheet1", f"D{row}", "forest_area_ha", "full_width", "１２", "12") for row in (5, 6, 7)]
    write_normalization_log(home, kept, pa.Table.from_pylist([asdict(one) for one in conversions]))
    assert read_normalization_log(home, kept, 2) == (3, conversions[:2])
    (beside,) = (home.staged / "ecology").glob("*.repairs.parquet")
    digest = durable.sha256_of(beside)[:12]
    assert beside.name == f"{home.absolute(kept).stem}.{digest}.repairs.parquet"
    assert stat.S_IMODE(beside.stat().st_mode) == 0o440


def test_lists_and_cell_addresses_survive_to_duckdb(home: Home) -> None:
    kept = write_staged(
        home,
        "S1",
        "project_ledger",
        submission_table(
            "project_ledger",
            [
                {
                    "reporting_unit": "A1",
                    "project_id": "A1",
                    "township_codes": ["140404001", "140404101"],
                    "cells": [("project_id", "A5")],
                },
            ],
        ),
    )
    with duckdb.connect() as con:
        found = con.execute(
            "select cells['project_id'], township_codes[2], typeof(cells), typeof(township_codes) from read_parquet(?)",
            [str(home.absolute(kept)).replace("[", "[[]", 1)],
        ).fetchone()
    assert found == ("A5", "140404101", "MAP(VARCHAR, VARCHAR)", "VARCHAR[]")


def test_what_is_not_the_contracts_submission_table_is_not_staged(home: Home) -> None:
    table = ecology({"140404001": 1.0})
    with pytest.raises(NotASubmissionTable, match="forest_area_ha"):
        write_staged(home, "S1", "ecology", table.drop_columns(["forest_area_ha"]))
    wrong = table.set_column(table.column_names.index("land_area_ha"), "land_area_ha", pa.array(["vier"]))
    with pytest.raises(NotASubmissionTable, match="vier"):
        write_staged(home, "S1", "ecology", wrong)
    assert list((home.staged / "ecology").glob("*")) == []


def test_raw_columns_are_the_contracts_own() -> None:
    columns = raw_columns(contract("forest_land"))
    assert list(columns)[:4] == ["submission_id", "accepted_at", "row_id", "sheet"]
    assert list(columns)[-2:] == ["geometry", "area_m2"]
    assert (columns["is_forest"], columns["cells"]) == ("BOOLEAN", "MAP(VARCHAR, VARCHAR)")
    assert "geometry" not in raw_columns(contract("ecology"))
