"""Verify: what is missing, damaged, unknown or unrecorded is named with a remedy, and nothing else is."""

import json
import shlex
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.intake import notices
from pipeline.release.backup import backup
from pipeline.release.verify import verify
from pipeline.watch import protection
from tests.cli.test_main import Run, warehouse
from tests.support.archived import arrive
from tests.support.arrivals import ecology, units_of
from warehouse import builds, editions
from warehouse.builds import MANIFEST
from warehouse.durable import sha256_of
from warehouse.home import Home
from warehouse.ledger import Ledger, LedgerMissing
from warehouse.staged import write_staged

__all__ = ["warehouse"]  # the fixture
BUILD = "20260101T000000Z-a-b"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Two submissions that were read, a build that is current, and an edition of it."""
    home = Home(tmp_path / "home").ensure()
    with Ledger.open(home) as ledger:
        for number, more in ((1, ()), (2, ("2.shp",))):
            table = ecology({"140404001": float(number)})
            submission = arrive(home, ledger, number, *more)
            ledger.stage(
                submission.submission_id,
                staged_as=write_staged(home, submission.submission_id, "ecology", table),
                rows_read=1,
                rows_control=0,
                findings=(),
                reporting_units=units_of(table),
            )
        folder = home.builds / BUILD
        (folder / "parquet").mkdir(parents=True)
        file = folder / "parquet" / "a.parquet"
        file.write_bytes(b"rows")
        database = folder / builds.DATABASE
        database.write_bytes(b"base")
        files = {"parquet/a.parquet": file, database.name: database}
        made = {
            "build_id": BUILD,
            "inputs_fingerprint": "f",
            "files": {name: {"size": 4, "sha256": sha256_of(path)} for name, path in files.items()},
        }
        (folder / MANIFEST).write_text(json.dumps(made), encoding="utf-8")
        home.current.symlink_to(Path("builds") / BUILD)
        ledger.prepare_publication(BUILD, inputs_fingerprint="f", path=home.relative(folder))
        ledger.make_current(BUILD)
        edition, _ = editions.approve(home, "2025-07", folder, approved_by="王局长")
        detail = {"edition": edition.edition, "build_id": BUILD, "approved_by": "王局长", "because": ""}
        ledger.note("approved", detail=detail)
    return home


def spoil(path: Path) -> None:
    """Flip a bit: another file in its place, as its hard links stay."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    path.write_bytes(bytes(content))


def found(home: Home) -> set[tuple[str, str, str, bool]]:
    return {(one.kind, one.room, one.path, one.is_original) for one in verify(home).findings}


def test_a_whole_home_has_nothing_to_be_found(warehouse: Run, home: Home) -> None:
    status, out, _ = warehouse(home, "verify", "--json")
    assert status == 0
    assert json.loads(out) == {
        "checked": {"ledger": 1, "archive": 2, "staged": 2, "builds": 1, "editions": 1},
        "findings": [],
    }
    assert "没有发现问题" in warehouse(home, "verify")[1]


def test_every_kind_of_fault_is_found_with_its_remedy(warehouse: Run, home: Home) -> None:
    with Ledger.open(home) as ledger:
        first, second = ledger.submissions()
    spoil(next(home.absolute(first.archived_as).iterdir()))
    shutil.rmtree(home.absolute(second.archived_as))
    (home.archive / "ff" / ("f" * 64)).mkdir(parents=True)
    spoil(home.absolute(str(first.staged_as)))
    home.absolute(str(second.staged_as)).unlink()
    (home.staged / "ecology" / "S9-000000000000.parquet").write_bytes(b"x")
    spoil(home.builds / BUILD / "parquet" / "a.parquet")
    shutil.copytree(home.builds / BUILD, home.builds / "other")
    (home.builds / ".tmp-1").mkdir()
    spoil(home.editions / "2025-07.1" / "parquet" / "a.parquet")
    shutil.copytree(home.editions / "2025-07.1", home.editions / "2025-07.2")
    edition = "published/editions/2025-07"
    assert found(home) == {
        ("damaged", "archive", first.archived_as, True),
        ("missing", "archive", second.archived_as, True),
        ("unknown", "archive", f"archive/ff/{'f' * 64}", False),
        ("damaged", "staged", first.staged_as, False),
        ("missing", "staged", second.staged_as, False),
        ("unknown", "staged", "staged/ecology/S9-000000000000.parquet", False),
        ("damaged", "builds", f"published/builds/{BUILD}", False),
        ("damaged", "builds", "published/builds/other", False),
        ("unknown", "builds", "published/builds/.tmp-1", False),
        ("damaged", "editions", f"{edition}.1", True),
        ("unrecorded", "editions", f"{edition}.2", False),
    }
    status, out, _ = warehouse(home, "verify")
    assert status == 1
    assert f"warehouse restore <备份> --into {home.root} --file {first.archived_as}" in out
    assert "warehouse publish --force" in out


def test_a_command_of_a_remedy_can_be_pasted_whatever_the_home_is_called(home: Home) -> None:
    moved = Home(home.root.with_name("a b #1's"))
    home.root.rename(moved.root)
    with Ledger.open(moved) as ledger:
        first, _ = ledger.submissions()
    spoil(next(moved.absolute(first.archived_as).iterdir()))
    (moved.root / "ledger").chmod(0o777)
    [fault] = verify(moved).findings
    with Ledger.open(moved) as ledger:
        notices.original_damaged(moved, ledger, first, RuntimeError("x"))
        [notice] = ledger.notices()
    [modes] = [one.zh for one in [protection._of_files(moved)]]
    for text in (fault.remedy, fault.remedy_en, notice.body):
        words = shlex.split(
            text.partition("warehouse ")[2].partition("；")[0].replace("<备份>", "BACKUP").replace("备份", "BACKUP")
        )
        assert words[:6] == ["restore", "BACKUP", "--into", str(moved.root), "--file", first.archived_as]
    assert shlex.split(modes.partition("请运行 ")[2].partition(";")[0]) == ["chmod", "-R", "o=", str(moved.root)]


def test_a_build_that_the_ledger_does_not_know_and_one_that_is_gone(home: Home) -> None:
    (home.builds / BUILD).rename(home.builds / "moved")
    assert found(home) == {
        ("unrecorded", "builds", "published/builds/moved", False),
        ("missing", "builds", f"published/builds/{BUILD}", False),
        ("missing", "builds", "published/current", False),
    }


def test_an_approved_edition_that_is_gone_or_says_otherwise(home: Home) -> None:
    file = home.editions / "2025-07.1" / editions.EDITION
    signed = file.read_text(encoding="utf-8")
    file.chmod(0o644)
    file.write_text(signed.replace("王局长", "别人"), encoding="utf-8")
    assert found(home) == {("damaged", "editions", "published/editions/2025-07.1", True)}
    shutil.rmtree(file.parent)
    assert found(home) == {("missing", "editions", "published/editions/2025-07.1", True)}


def test_the_remedy_for_an_original_works(warehouse: Run, home: Home, tmp_path: Path) -> None:
    backup(home, tmp_path / "backup")
    with Ledger.open(home) as ledger:
        first, second = ledger.submissions()
    spoil(next(home.absolute(first.archived_as).iterdir()))
    shutil.rmtree(home.absolute(second.archived_as))
    shutil.rmtree(home.editions / "2025-07.1")
    for one in verify(home).findings:
        status, out, err = warehouse(home, "restore", tmp_path / "backup", "--into", home.root, "--file", one.path)
        assert (status, one.path in out) == (0, True), err
    assert found(home) == set()
    status, _, err = warehouse(home, "restore", tmp_path / "backup", "--into", home.root, "--file", "archive/zz")
    assert status == 2 and "archive/zz" in err


def test_a_lost_ledger_is_not_taken_for_an_empty_one(warehouse: Run, home: Home) -> None:
    shutil.rmtree(home.ledger_file.parent)
    with pytest.raises(LedgerMissing):
        verify(home)
    for words in (["verify"], ["status"], ["publish"], ["load"], ["rebuild", str(home.root.parent / "proof")]):
        status, _, err = warehouse(home, *words)
        assert status == 2 and "warehouse restore" in err, words
    assert not home.ledger_file.exists() and home.current.resolve().name == BUILD


def test_the_ledger_of_another_home_is_refused(
    warehouse: Run, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Home(tmp_path / "other").ensure()
    Ledger.open(other).close()
    monkeypatch.setenv("WAREHOUSE_LEDGER_URL", f"sqlite:///{home.ledger_file}")
    status, _, err = warehouse(other, "load", "--no-build")
    assert status == 2 and str(other.root) in err and "WAREHOUSE_LEDGER_URL" in err
    assert verify(replace(home)).checked["archive"] == 2
