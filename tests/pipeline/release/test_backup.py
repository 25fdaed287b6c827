"""Backup: whole at any moment, while others write, however often it is killed; only of this home, only outside it."""

import json
import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.release import backup_manifest
from pipeline.release.backup import backup
from pipeline.release.backup_manifest import MANIFEST, NoBackup
from pipeline.release.restore_files import originals_of
from tests.cli.test_main import Run, warehouse
from tests.support.archived import arrive
from tests.support.arrivals import decide, ecology, stage
from tests.support.postgres import server
from warehouse import archive
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.ledger_dump import load_ledger

__all__ = ["warehouse"]  # the fixture


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home").ensure()
    with Ledger.open(home) as ledger:
        arrive(home, ledger, 1)
        arrive(home, ledger, 2, "2.shp", "2.dbf")
    return home


def restored(folder: Path, into: Path) -> Ledger:
    """The ledger of a backup that is whole."""
    originals = originals_of(folder)
    assert originals.damaged == {}
    home = Home(into).ensure()
    shutil.copyfile(folder / "home.json", home.identity_file)
    load_ledger(home, folder / originals.ledger)
    return Ledger.open(home, beside_archive=True)


def test_it_holds_every_original_with_its_hash_and_again_copies_only_what_is_new(home: Home, tmp_path: Path) -> None:
    into = tmp_path / "backup"
    (home.root / "settings.toml").write_text("keep = 5\n", encoding="utf-8")
    report = backup(home, into)
    assert (report["lacking"], report["copied"]) == ({}, 6)
    manifest = backup_manifest.read(into)
    assert manifest is not None and manifest.unlike(into) == {}
    assert sorted(Path(name).name for name in manifest.files) == sorted(
        ["1.csv", "2.csv", "2.dbf", "2.shp", "home.json", "settings.toml", Path(str(manifest.ledger)).name]
    )
    with Ledger.open(home) as ledger, restored(into, tmp_path / "again") as second:
        assert second.submissions() == ledger.submissions() and second.home_id() == ledger.home_id()
        assert second.events() == ledger.events()[:-1] and ledger.events()[-1].action == "backed_up"
        arrive(home, ledger, 3)
    (home.root / "settings.toml").write_text("keep = 6\n", encoding="utf-8")
    assert backup(home, into)["copied"] == 2
    assert len(list((into / "ledger").iterdir())) == 1 and len(list((into / "settings").rglob("*.toml"))) == 1
    assert backup(home, into)["copied"] == 0


def test_a_dry_run_says_what_would_be_copied_and_writes_nothing(home: Home, tmp_path: Path) -> None:
    into = tmp_path / "backup"
    planned = backup(home, into, is_dry_run=True)
    assert not into.exists() and planned["copied"] == 5  # the id and four members, beside the ledger
    done, again = backup(home, into), backup(home, into, is_dry_run=True)
    assert (done["copied"], again["copied"]) == (planned["copied"], 0)
    assert done["files"] == planned["files"] == again["files"] == 6


def test_a_place_that_cannot_be_a_backup_of_this_home_is_refused(warehouse: Run, home: Home, tmp_path: Path) -> None:
    foreign, other = tmp_path / "foreign", Home(tmp_path / "other").ensure()
    Ledger.open(other).close()
    backup(other, foreign)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").touch()
    for place, reason in (
        (home.root / "backup", "仓库里"),
        (home.root, "仓库里"),
        (home.root.parent, "仓库里"),
        (tmp_path / "full", "不是空文件夹"),
        (foreign, "另一个仓库"),
    ):
        status, _, err = warehouse(home, "backup", place)
        assert (status, reason in err) == (2, True), err
    assert not (home.root / "backup").exists() and os.listdir(tmp_path / "full") == ["a"]
    with pytest.raises(NoBackup):
        backup(home, foreign, is_dry_run=True)


def test_what_is_damaged_in_the_home_stays_as_the_earlier_backup_has_it(home: Home, tmp_path: Path) -> None:
    into = tmp_path / "backup"
    backup(home, into)
    with Ledger.open(home) as ledger:
        first, second = [one.archived_as for one in ledger.submissions()]
        third = arrive(home, ledger, 3).archived_as
    damaged = next(home.absolute(first).iterdir())
    damaged.chmod(0o644)
    damaged.write_text("x", encoding="utf-8")
    shutil.rmtree(home.absolute(second))
    newest = next(home.absolute(third).iterdir())
    newest.chmod(0o644)
    newest.write_text("other", encoding="utf-8")
    report = backup(home, into)
    assert list(report["lacking"]) == [third]
    manifest = backup_manifest.read(into)
    assert manifest is not None and manifest.unlike(into) == {}
    assert (into / first / "1.csv").read_text(encoding="utf-8") == "1 1.csv"
    assert {name for name in manifest.files if name.startswith(second)} == {
        f"{second}/2.{end}" for end in ("csv", "shp", "dbf")
    }
    newest.write_text("3 3.csv", encoding="utf-8")
    assert backup(home, into)["lacking"] == {} and (into / third / "3.csv").is_file()


def test_a_file_that_was_damaged_in_the_backup_is_copied_again(home: Home, tmp_path: Path) -> None:
    """Its size says nothing of it."""
    into = tmp_path / "backup"
    backup(home, into)
    kept = sorted((into / "archive").rglob("*.csv"))[0]
    whole = kept.read_bytes()
    kept.chmod(0o644)
    kept.write_bytes(whole[:-1] + b"\x01")
    assert backup(home, into, is_dry_run=True)["copied"] == 1
    assert backup(home, into)["copied"] >= 1
    manifest = backup_manifest.read(into)
    assert kept.read_bytes() == whole and manifest is not None and manifest.unlike(into) == {}
    assert backup(home, into)["copied"] == 0


def killed_at(step: int, home: Home, into: Path) -> int:
    """Make a backup in a process that is killed when it copies or writes its file of this number; gives how it ended."""

    def run() -> None:
        left = [step]
        replace = os.replace

        def count(source: object, target: object) -> None:
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left[0] -= 1
            replace(source, target)  # type: ignore[arg-type]

        os.replace = count  # type: ignore[assignment]
        backup(home, into)

    return ended(run)


def ended(run: Callable[[], None]) -> int:
    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join(timeout=60)
    return int(process.exitcode or 0)


def test_killed_at_any_step_it_is_the_earlier_backup_and_goes_on(home: Home, tmp_path: Path) -> None:
    into = tmp_path / "backup"
    with pytest.raises(NoBackup):
        assert killed_at(1, home, into) == -signal.SIGKILL
        originals_of(into)  # the first one was never finished
    backup(home, into)
    with Ledger.open(home) as ledger:
        arrive(home, ledger, 3, "3.shp")
    for step in range(20):
        before = (into / MANIFEST).read_bytes()
        code = killed_at(step, home, into)
        if code == 0:
            break
        assert code == -signal.SIGKILL
        assert (into / MANIFEST).read_bytes() == before
        with restored(into, tmp_path / f"again {step}") as second:
            assert len(second.submissions()) == 2
    assert step > 3
    with Ledger.open(home) as ledger, restored(into, tmp_path / "last") as second:
        assert second.submissions() == ledger.submissions()
    assert not list(into.rglob(".tmp-*"))


def write_on(home: Home, until: Path) -> None:
    """Receive, stage and decide until a file is there."""
    with Ledger.open(home) as ledger:
        number = 0
        while not until.exists():
            number += 1
            arrive(home, ledger, 1000 + number)
            decide(ledger, stage(home, ledger, "ecology", ecology({"140404001": float(number)})))


@pytest.fixture
def postgres() -> Iterator[str]:
    with server() as url:
        yield url


@pytest.mark.parametrize("database", [None, pytest.param("postgres", marks=pytest.mark.external("postgresql"))])
def test_it_is_of_one_moment_while_another_process_loads(
    database: str | None, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    home = Home(tmp_path / "home", database and request.getfixturevalue(database)).ensure()
    Ledger.open(home).close()
    into, stop = tmp_path / "backup", tmp_path / "stop"
    process = multiprocessing.get_context("fork").Process(target=write_on, args=(home, stop))
    process.start()
    try:
        for number in range(4):
            backup(home, into)
            with restored(into, tmp_path / f"again {number}") as second:
                assert all(one.is_balanced for one in second.balance())
                names = [one.submission_id for one in second.submissions()]
                assert [one.split("-")[1] for one in names] == [f"{n:06d}" for n in range(1, len(names) + 1)]
                for one in second.submissions():
                    if one.arrival_key.startswith("key"):
                        members = sorted((into / one.archived_as).iterdir())
                        assert archive.content_hash(members) == one.sha256
                decided = [one for one in second.submissions() if one.settled_at]
                assert len(second.versions("ecology")) == len(decided)
    finally:
        stop.touch()
        process.join(timeout=60)
    assert process.exitcode == 0
    assert len(json.loads((into / MANIFEST).read_text(encoding="utf-8"))["files"]) > 5
