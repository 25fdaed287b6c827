"""A home that was lost comes back: from a backup, and from the folders that the README says to copy; interrupted, damaged,
on either database.
"""

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import create_engine, make_url, text

from pipeline.build.build_facts import MARTS_OF_PUBLISHING
from pipeline.release.as_of import as_of
from pipeline.release.backup import backup
from pipeline.release.backup_manifest import NoBackup
from pipeline.release.put_back import restore_files
from pipeline.release.restore import restore
from pipeline.release.restore_files import DamagedBackup
from pipeline.release.verify import verify
from pipeline.run import load
from tests.cli.test_main import Run, warehouse
from tests.support.copies import copy_of
from tests.support.lived_home import LATE, live, put
from tests.support.postgres import server
from warehouse import builds
from warehouse.home import CHECKOUT, Home
from warehouse.ledger import Ledger
from warehouse.ledger_dump import LedgerNotEmpty

__all__ = ["warehouse"]  # the fixture
pytestmark = [pytest.mark.slow, pytest.mark.thorough]  # what a restore keeps is tested in test_restored_state, too
EDITION = "2024.1"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a history, all of it published. Only to be read."""
    home = Home(tmp_path_factory.mktemp("lived") / "home")
    assert live(home) == EDITION
    return home


@pytest.fixture(scope="module")
def backed_up(lived: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it."""
    into = tmp_path_factory.mktemp("backup") / "backup"
    assert backup(lived, into)["lacking"] == {}
    return into


def checksums(home: Home) -> dict[str, str]:
    """Of the marts of the current build, without those that say which build it is and what it changed."""
    made = builds.manifest(home)
    assert made is not None
    return {name: one["checksum"] for name, one in made["tables"].items() if name not in MARTS_OF_PUBLISHING}


def rows(database: Path, mart: str) -> int:
    with duckdb.connect(str(database), read_only=True) as con:
        return int(con.execute(f"select count(*) from {mart}").fetchall()[0][0])


def copied(home: Home, into: Path) -> Home:
    """What the README says to copy by hand, copied into an empty folder."""
    [sentence] = re.findall(
        r"a copy by hand of (.+?) into an empty folder", (CHECKOUT / "README.md").read_text("utf-8")
    )
    folders = re.findall(r"`(.+?)/`", sentence)
    assert folders == ["archive", "ledger", "published/editions"]
    for folder in folders:
        shutil.copytree(home.root / folder, into / folder)
    return Home(into)


def test_the_readme_carried_out_by_hand_ends_with_equal_checksums(warehouse: Run, lived: Home, tmp_path: Path) -> None:
    again = copied(lived, tmp_path / "again")
    status, out, err = warehouse(again, "publish")
    assert status == 0, out + err
    assert checksums(again) == checksums(lived)
    assert verify(again).findings == ()
    shutil.rmtree(again.overlays)
    report = as_of(again, EDITION, tmp_path / "then")
    assert (report["different"], report["same_code"]) == ([], True)
    edition, then = again.editions / EDITION / builds.DATABASE, tmp_path / "then" / builds.DATABASE
    assert rows(then, "mart_land_transition") == rows(edition, "mart_land_transition") > 0
    assert Path(report["path"]) == tmp_path / "then" and not (tmp_path / "then" / "build").exists()


DYING = """
import os, signal, sys
from pathlib import Path
from pipeline.release.restore import restore
from warehouse.home import Home

kind, step, backup, into = sys.argv[1:]
left, put_there = [int(step)], os.replace

def count():
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left[0] -= 1

def replace(source, target):
    count()
    put_there(source, target)

if kind == "copying":
    os.replace = replace
restore(Path(backup), Home(Path(into)), progress=lambda line: count() if kind == "progress" else None)
"""


def die_at(kind: str, step: int, backup_folder: Path, into: Home) -> int:
    """Restore in a process that is killed when it puts its file ("copying"), or says its line ("progress"), of this
    number; gives how it ended.
    """
    command = [sys.executable, "-c", DYING, kind, str(step), str(backup_folder), str(into.root)]
    return subprocess.run(command, cwd=CHECKOUT, timeout=300).returncode


def test_a_restore_that_was_killed_again_and_again_goes_on_to_equal_checksums(
    warehouse: Run, lived: Home, tmp_path: Path
) -> None:
    """What arrived after the last build is in the backup too: marts are compared as of that build."""
    home = Home(tmp_path / "home")
    copy_of(lived, home.root)
    put(home, LATE)
    load(home, build_marts=False)
    backup(home, tmp_path / "backup")
    again = Home(tmp_path / "again")
    for step in (0, 3, 8, 30):
        assert die_at("copying", step, tmp_path / "backup", again) == -signal.SIGKILL
    for step in (1, 2, 4):
        assert die_at("progress", step, tmp_path / "backup", again) == -signal.SIGKILL
    assert again.ledger_file.is_file()
    backup(lived, tmp_path / "other")
    with pytest.raises(FileExistsError, match="清空"):
        restore(tmp_path / "other", again)
    status, out, err = warehouse(home, "restore", tmp_path / "backup", "--into", again.root)
    assert status == 0, out + err
    report = json.loads(out)
    assert (status, report["equal"], report["same_code"], report["different"]) == (0, True, True, []), err
    assert (report["hashes_checked"], report["editions"], report["lost"]) == (True, [EDITION], {})
    with Ledger.open(home) as ledger, Ledger.open(again) as second:
        assert second.submissions() == ledger.submissions()
        assert second.snapshot().in_force == ledger.snapshot().in_force
        assert second.accepted_fingerprint() == (builds.manifest(again) or {})["inputs_fingerprint"]
        restored = [event for event in second.events() if event.action == "restored"]
        assert len(restored) == 1 and restored[0].detail["backup"] == str(tmp_path / "backup")
        assert all((again.root / str(one.receipt_as) / "receipt.json").is_file() for one in second.submissions())
    assert verify(again).findings == ()
    assert not any(one.name.startswith(".") for one in again.root.iterdir())
    with pytest.raises(FileExistsError, match="不是空文件夹"):
        restore(tmp_path / "backup", again)


def test_damage_is_named_before_anything_is_written(backed_up: Path, tmp_path: Path, warehouse: Run) -> None:
    folder, into = tmp_path / "backup", tmp_path / "into"
    shutil.copytree(backed_up, folder)
    damaged, gone = sorted((folder / "archive").rglob("*.xlsx"))[:2]
    damaged.chmod(0o644)
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"\x01")
    gone.unlink()
    names = {path.relative_to(folder).as_posix() for path in (damaged, gone)}
    with pytest.raises(DamagedBackup) as refused:
        restore(folder, Home(into))
    assert all(name in str(refused.value) for name in names) and not into.exists()
    report = restore(folder, Home(into), despite_damage=True, is_dry_run=True)
    assert set(report["left_out"]) == names and not into.exists()
    status, out, _ = warehouse(Home(into), "restore", backed_up, "--into", into, "--dry-run")
    assert (status, json.loads(out)["left_out"], into.exists()) == (0, {}, False)
    ledger = next((folder / "ledger").iterdir())
    ledger.chmod(0o644)
    ledger.write_bytes(b"x")
    with pytest.raises(DamagedBackup, match=ledger.name):
        restore(folder, Home(into), despite_damage=True)


def test_a_copy_by_hand_is_taken_as_it_is_where_it_has_no_hashes(lived: Home, tmp_path: Path) -> None:
    folder = copied(lived, tmp_path / "copy").root
    before = sorted(path.relative_to(folder) for path in folder.rglob("*"))
    report = restore(folder, Home(tmp_path / "into"), is_dry_run=True)
    assert (report["hashes_checked"], report["left_out"]) == (False, {})
    assert sorted(path.relative_to(folder) for path in folder.rglob("*")) == before
    archived = next((folder / "archive").rglob("*.gpkg"))
    edition = folder / "published" / "editions" / EDITION / builds.DATABASE
    for path in (archived, edition):
        path.chmod(0o644)
        path.write_bytes(path.read_bytes()[:-1])
    report = restore(folder, Home(tmp_path / "into"), is_dry_run=True, despite_damage=True)
    assert {archived.relative_to(folder).as_posix(), edition.relative_to(folder).as_posix()} <= set(report["left_out"])
    (folder / "ledger" / "ledger.sqlite").write_bytes(b"x" * 4096)
    with pytest.raises(DamagedBackup, match=r"ledger\.sqlite"):
        restore(folder, Home(tmp_path / "into"), despite_damage=True)
    shutil.rmtree(folder / "ledger")
    with pytest.raises(NoBackup, match="warehouse backup"):
        restore(folder, Home(tmp_path / "into"))


def test_a_single_file_comes_only_from_a_backup_of_the_same_home(lived: Home, backed_up: Path, tmp_path: Path) -> None:
    other = Home(tmp_path / "other").ensure()
    Ledger.open(other).close()
    name = next((backed_up / "archive").rglob("*.xlsx")).relative_to(backed_up).as_posix()
    with pytest.raises(NoBackup, match="另一个仓库"):
        restore_files(backed_up, other, [name])
    with pytest.raises(NoBackup, match="不是备份"):
        restore_files(tmp_path, lived, [name])


@pytest.fixture
def databases() -> Iterator[Callable[[str], str]]:
    with server() as url:

        def create(name: str) -> str:
            with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
                connection.execute(text(f"create database {name}"))
            return make_url(url).set(database=name).render_as_string(hide_password=False)

        yield create


@pytest.mark.external("postgresql")
def test_a_home_with_its_ledger_on_postgresql_comes_back_with_equal_checksums(
    warehouse: Run,
    lived: Home,
    backed_up: Path,
    databases: Callable[[str], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """From the embedded ledger to PostgreSQL, and from there back, by the commands of the README."""
    on_server = Home(tmp_path / "server", databases("one"))
    assert restore(backed_up, on_server)["equal"] is True
    assert not on_server.ledger_file.exists() and checksums(on_server) == checksums(lived)
    with pytest.raises(LedgerNotEmpty):
        restore(backed_up, Home(tmp_path / "second", on_server.ledger_server))
    [sentence] = re.findall(r"Back up with (.+?), which verifies", (CHECKOUT / "README.md").read_text("utf-8"))
    backing_up, restoring = (words.split()[1:] for words in re.findall(r"`(warehouse .+?)`", sentence))
    again = Home(tmp_path / "again")
    put_in = {"DIR": str(tmp_path / "backup"), "HOME": str(again.root)}
    monkeypatch.setenv("WAREHOUSE_LEDGER_URL", str(on_server.ledger_server))
    status, out, err = warehouse(on_server, *(put_in.get(word, word) for word in backing_up))
    assert status == 0, out + err
    monkeypatch.delenv("WAREHOUSE_LEDGER_URL")
    status, out, err = warehouse(on_server, *(put_in.get(word, word) for word in restoring))
    assert status == 0, out + err
    assert checksums(again) == checksums(lived)
    with Ledger.open(on_server) as one, Ledger.open(again) as other:
        assert other.submissions() == one.submissions() and other.versions("ecology") == one.versions("ecology")
        assert [replace(event, event_id=0) for event in other.events()][: len(one.events()) - 1] == [
            replace(event, event_id=0) for event in one.events()
        ][:-1]
