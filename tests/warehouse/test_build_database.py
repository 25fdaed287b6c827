"""A damaged build database is recognised by what DuckDB says of it, and set aside."""

import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from warehouse.build_database import SET_ASIDE, WRITE_AHEAD, is_damaged, set_aside

BLOCK = 4096


def garbage(file: Path) -> None:
    file.write_bytes(os.urandom(100_000))


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def inside(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(file.stat().st_size // 2)
        opened.write(bytes(20 * BLOCK))


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "build" / "warehouse.duckdb"
    path.parent.mkdir()
    with duckdb.connect(str(path)) as con:
        con.execute("create table t as select range as i, repeat('x', 50) || range as s from range(200000)")
    return path


def error_of(database: Path, sql: str) -> duckdb.Error:
    with pytest.raises(duckdb.Error) as raised, duckdb.connect(str(database)) as con:
        con.execute(sql).fetchall()
    return raised.value


@pytest.mark.parametrize("damage", [garbage, emptied, cut, inside])
def test_what_duckdb_says_of_a_damaged_file_is_recognised(database: Path, damage: Callable[[Path], None]) -> None:
    damage(database)
    error = error_of(database, "select sum(i), max(s) from t")
    assert is_damaged(error, database)
    wrapped = RuntimeError("the step failed")
    wrapped.__cause__ = error
    assert is_damaged(wrapped, database)


def test_a_fault_of_sql_is_no_damage_and_another_file_is_not_this_one(database: Path, tmp_path: Path) -> None:
    assert not is_damaged(error_of(database, "select nothing from t"), database)
    published = tmp_path / "published" / "warehouse.duckdb"
    published.parent.mkdir()
    garbage(published)
    assert not is_damaged(error_of(published, "select 1"), database)
    assert not is_damaged(duckdb.IOException("Corrupt database file: computed checksum 1"), database), "it reads whole"


def test_it_is_set_aside_with_its_log_in_place_of_the_one_before(database: Path) -> None:
    aside = database.with_name(f"{database.name}{SET_ASIDE}")
    aside.write_bytes(b"earlier")
    log = database.with_name(f"{database.name}{WRITE_AHEAD}")
    log.write_bytes(b"log")
    size = database.stat().st_size
    assert set_aside(database) == aside
    assert aside.stat().st_size == size and not database.exists() and not log.exists()
    assert aside.with_name(f"{aside.name}{WRITE_AHEAD}").read_bytes() == b"log"
