"""Users who may read a home and not write to it: what only reads works for them and leaves nothing there; what writes
names the right that they lack.
"""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator

import pytest

from cli.main import GROUPS
from pipeline.release.approve import approve
from tests.support.answers import SAMPLES
from tests.support.copies import copy_of
from tests.support.other_user import OtherUser, other_user, place_for_both
from tests.support.published import pretend_published
from warehouse.home import Home
from warehouse.ledger import Ledger

GOOD = SAMPLES / "clean" / "ecology" / "2025生态年报-上党.xls"
LAYER = SAMPLES / "traps" / "wetland" / "湿地2025（重叠）.zip"
READING = (
    ["status", "--last", "3"],
    ["status", "--due"],
    ["board"],
    ["query", "--format", "csv", "select count(*) as n from dim_zone"],
    ["explain", "补充耕地"],
    ["explain", "补充耕地", "--written"],
    ["editions"],
    ["diff", "current", "current"],
    ["decisions"],
    ["waivers"],
    ["periods"],
)
READS_FILES_TOO = {"report", "check", "as-of", "template", "attachments", "verify", "doctor"}
WRITING = (
    ["load"],
    ["publish", "--force"],
    ["approve", "current", "--as", "2024", "--because", "上报"],
    [
        "waive",
        "land_use.land_total_vs_boundary",
        "--unit",
        "荫城镇",
        "--approver",
        "李",
        "--because",
        "x",
        "--until",
        "2099-12-31",
    ],
)


def state_of(home: Home) -> dict[str, tuple[int, int]]:
    """Every file and folder of a home: when it was changed, and how large it is."""
    found = (home.root, *home.root.rglob("*"))
    return {str(path): (path.lstat().st_mtime_ns, path.lstat().st_size) for path in found}


@pytest.fixture
def reader() -> Iterator[OtherUser]:
    """Of a home with an empty ledger."""
    with place_for_both() as place:
        home = Home(place / "home").ensure()
        Ledger.open(home).close()
        with other_user(home) as user:
            yield user


def test_every_command_either_reads_or_names_a_right() -> None:
    """A new command must be placed: among those that a user without rights runs below, or among those that write."""
    commands = {command.__name__.replace("_", "-") for group in GROUPS.values() for command in group}
    reads = {words[0] for words in READING} | READS_FILES_TOO
    writes = {words[0] for words in WRITING} | {
        *("accept", "withdraw", "rejudge", "override-gate", "rollback", "release", "revoke"),
        *("demo", "up", "down", "rebuild", "backup", "restore"),
    }
    assert not reads & writes
    assert commands == reads | writes


def test_the_ledger_is_read_when_no_writer_has_it_open(reader: OtherUser) -> None:
    assert sorted(path.name for path in reader.home.ledger_file.parent.iterdir()) == ["ledger.sqlite"]
    before = state_of(reader.home)
    ran = reader.run("status")
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stderr
    assert "尚未发布" in ran.stdout
    assert state_of(reader.home) == before
    assert not list(reader.folder.iterdir()), "the copy of the ledger is gone"


def test_the_ledger_is_read_beside_a_writer(reader: OtherUser) -> None:
    with sqlite3.connect(reader.home.ledger_file, isolation_level=None) as writer:
        writer.execute("begin immediate")
        writer.execute("create table later (a)")
        assert reader.home.ledger_file.with_name("ledger.sqlite-shm").exists()
        ran = reader.run("decisions")
        writer.execute("rollback")
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_ledger_is_read_with_what_a_crashed_writer_left(reader: OtherUser) -> None:
    """A write-ahead log without its index, as after a copy or a restart of the machine."""
    file = reader.home.ledger_file
    log = file.with_name(f"{file.name}-wal")
    with sqlite3.connect(file, isolation_level=None) as writer:
        writer.execute("pragma wal_autocheckpoint=0")
        writer.execute("update alembic_version set version_num = version_num")
        kept = file.read_bytes(), log.read_bytes()
    file.write_bytes(kept[0])
    log.write_bytes(kept[1])
    assert reader.run("waivers").returncode == 0
    assert log.read_bytes() == kept[1]


def test_a_ledger_that_must_be_migrated_first_is_left_to_its_owner(reader: OtherUser) -> None:
    with sqlite3.connect(reader.home.ledger_file) as con:
        con.execute("update alembic_version set version_num = '0001'")
    con.close()
    ran = reader.run("status")
    assert ran.returncode == 2 and "属主" in ran.stderr and "warehouse status" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_what_may_not_even_be_read_is_named_with_its_owner(reader: OtherUser) -> None:
    folder = reader.home.ledger_file.parent
    folder.chmod(0)
    try:
        ran = reader.run("status")
    finally:
        folder.chmod(0o755)
    assert ran.returncode == 2 and "没有权限" in ran.stderr and f"{folder} 属于" in ran.stderr
    assert "sudo -u" in ran.stderr and "Traceback" not in ran.stderr and len(ran.stderr.splitlines()) <= 8


def test_a_home_that_may_not_be_entered_is_named(reader: OtherUser) -> None:
    reader.home.root.chmod(0)
    try:
        ran = [reader.run(*words) for words in (["status"], ["board"], ["publish"])]
    finally:
        reader.home.root.chmod(0o755)
    for one in ran:
        assert one.returncode == 2 and f"{reader.home.root} 属于" in one.stderr, one.stderr
        assert "Traceback" not in one.stderr


def test_the_report_of_a_home_that_is_anothers_is_found(reader: OtherUser) -> None:
    with Ledger.open(reader.home) as ledger:
        page = pretend_published(reader.home, ledger) / "report" / "index.html"
    page.parent.mkdir()
    page.touch()
    before = state_of(reader.home)
    ran = reader.run("report")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"{page}\n", "")
    assert state_of(reader.home) == before


@pytest.mark.parametrize("words", WRITING, ids=lambda words: words[0])
def test_what_writes_names_the_right_that_is_missing(reader: OtherUser, words: list[str]) -> None:
    (reader.home.inbox / "ecology").mkdir(exist_ok=True)
    shutil.copy(GOOD, reader.home.inbox / "ecology")
    os.utime(reader.home.inbox / "ecology" / GOOD.name, (0, 0))
    before = state_of(reader.home)
    ran = reader.run(*words)
    assert ran.returncode == 2, ran.stdout
    assert "没有权限" in ran.stderr or "published" in ran.stderr, ran.stderr
    assert "Traceback" not in ran.stderr and len(ran.stderr.splitlines()) <= 8
    assert state_of(reader.home) == before


@pytest.mark.slow
@pytest.mark.thorough
def test_what_reads_works_and_changes_nothing(clean_home: Home) -> None:
    with place_for_both() as place:
        home = Home(place / "home")
        copy_of(clean_home, home.root)
        approve(home, "王局长", period="2024")
        _reads_and_changes_nothing(home)


def _reads_and_changes_nothing(home: Home) -> None:
    before = state_of(home)
    with other_user(home) as user:
        for words in READING:
            ran = user.run(*words)
            assert (ran.returncode, ran.stderr) == (0, ""), (words, ran.stderr)
            assert ran.stdout.strip(), words
        verified = user.run("verify")
        assert verified.returncode == 0, verified.stderr
        form = user.run(
            *("template", "rural_waste", "--unit", "荫城镇", "--period", "2025Q3", "--out", user.folder / "form.xlsx")
        )
        assert form.returncode == 0 and (user.folder / "form.xlsx").is_file(), form.stderr
        photos = user.run("attachments", "JC2025-040")
        assert photos.returncode == 2 and "没有“JC2025-040”的附件" in photos.stderr, photos.stderr
        good = user.run("check", GOOD)
        assert good.returncode == 0, (good.stdout, good.stderr)
        layer = user.run("check", LAYER)
        assert layer.returncode == 1 and "SD00001|SD99999" in layer.stdout
        ran = user.run("as-of", "2024.1", "--into", user.folder / "proof")
        assert ran.returncode == 0, ran.stderr
        assert json.loads(ran.stdout)["different"] == []
        assert (user.folder / "proof" / "warehouse.duckdb").is_file()
        assert not (user.folder / "proof" / "build").exists()
        assert state_of(home) == before
