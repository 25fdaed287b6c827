"""What a restored and a rebuilt home publish where a person or the gate had held something back, and where files are
damaged or read otherwise; with stand-ins for dbt and the gate's checks (tests/support/light_builds.py).
"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest

from expectations import gate
from expectations.gate import GateCheck, GateResult
from pipeline.build import run as build
from pipeline.intake import restage as restaging
from pipeline.intake.parse import Reading, ReadJob
from pipeline.release import restore as restoring
from pipeline.release.backup import backup
from pipeline.release.backup_manifest import NoBackup
from pipeline.release.override_gate import override_gate
from pipeline.release.put_back import restore_files
from pipeline.release.rebuild import rebuild
from pipeline.release.restore import is_clean, restore
from pipeline.release.restore_files import DamagedBackup
from pipeline.release.rollback import release, roll_back
from pipeline.release.verify import verify
from pipeline.run import build_if_due, load
from tests.support.answers import SAMPLES
from tests.support.light_builds import light_builds
from tests.support.receipt_of import receipt_of
from warehouse import builds
from warehouse.builds import DATABASE
from warehouse.durable import TEMPORARY
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.pins import Pinned, pinned

pytestmark = pytest.mark.slow

WASTE = SAMPLES / "clean" / "rural_waste" / "农村垃圾季报2024-1.xlsx"
LATER = SAMPLES / "clean" / "performance" / "2023年度重点工程绩效评价.xlsx"
CHECK = "stock_change_implausible"


@pytest.fixture(scope="module", autouse=True)
def stand_ins(workers_folder: Path) -> Iterator[None]:
    with light_builds(workers_folder / "generated-readings"):
        yield


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with one accepted workbook, published."""
    home = Home(tmp_path / "home").ensure()
    send(home, WASTE)
    build.run(home)
    return home


def send(home: Home, file: Path) -> None:
    folder = home.inbox / file.parent.name
    folder.mkdir(exist_ok=True)
    shutil.copyfile(file, folder / file.name)
    load(home, build_marts=False)


def shown(home: Home) -> dict[str, int]:
    """Rows that readers see of the two datasets, in the current build."""
    import duckdb

    database = builds.database(home)
    assert database is not None
    with duckdb.connect(str(database), read_only=True) as con:
        counts = {
            name: con.execute(f"select count(*) from mart_figures_{name}").fetchall()[0][0]
            for name in ("rural_waste", "performance")
        }
    return {name: int(count) for name, count in counts.items()}


def refusing(*given: object) -> GateResult:
    """As the gate does beside a published build of which a stock changed by half; beside none, it has nothing to compare."""
    before = given[1]
    return GateResult((GateCheck(CHECK, before is None, "grew by 60 %"),))


def pin(home: Home) -> dict[str, int]:
    """Publish more, then roll back; gives what readers see then."""
    first = shown(home)
    send(home, LATER)
    build.run(home)
    assert shown(home) != first
    roll_back(home, "previous", because="数据有误", by="王局长")
    assert shown(home) == first
    return first


def test_a_rollback_in_force_stays_in_force_in_a_restored_home(home: Home, tmp_path: Path) -> None:
    seen = pin(home)
    current = builds.current(home)
    backup(home, tmp_path / "backup")
    into = Home(tmp_path / "into")
    report = restore(tmp_path / "backup", into)
    assert is_clean(report) and report["equal"] is True and report["pinned"] == "王局长: 数据有误"
    assert current is not None and report["build"] == current.name
    assert shown(into) == seen and verify(into).findings == ()
    assert set(build_if_due(into, on_wait=lambda line: None)) == {"pinned"}
    release(into, because="已更正", by="王局长")
    build.run(into)
    assert shown(into)["performance"] > 0


def test_a_rollback_in_force_stays_in_force_in_a_rebuilt_home(home: Home, tmp_path: Path) -> None:
    seen = pin(home)
    into = Home(tmp_path / "into")
    report = rebuild(home, into)
    assert (report["equal"], report["gate"]) == (True, None)
    assert shown(into) == seen
    with Ledger.open(into) as ledger:
        held = pinned(ledger)
        assert held is not None and (held.pinned_by, held.pinned_because) == ("王局长", "数据有误")
    with pytest.raises(Pinned):
        build.run(into)


def test_a_copy_by_hand_without_the_build_that_a_rollback_holds_says_that_it_was_released(
    home: Home, tmp_path: Path
) -> None:
    pin(home)
    current = builds.current(home)
    for folder in ("archive", "ledger"):
        shutil.copytree(home.root / folder, tmp_path / "copy" / folder)
    into = Home(tmp_path / "into")
    report = restore(tmp_path / "copy", into)
    assert current is not None and report["rollback_released"] == current.name
    assert not is_clean(report) and report["pinned"] is None


@pytest.fixture
def refused(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose newest state the gate refused."""
    monkeypatch.setattr(gate, "judge", refusing)
    send(home, LATER)
    with pytest.raises(build.GateFailed):
        build.run(home)
    return home


def test_what_the_gate_refused_is_not_published_by_a_restored_or_rebuilt_home(refused: Home, tmp_path: Path) -> None:
    seen = shown(refused)
    assert seen["performance"] == 0
    backup(refused, tmp_path / "backup")
    restored, rebuilt = Home(tmp_path / "restored"), Home(tmp_path / "rebuilt")
    for report, into in (
        (restore(tmp_path / "backup", restored), restored),
        (rebuild(refused, rebuilt), rebuilt),
    ):
        assert CHECK in str(report["gate"]) and report["equal"] is True
        assert shown(into) == seen
        with pytest.raises(build.GateFailed):
            build.run(into)


def test_what_people_let_pass_the_gate_passes_in_a_rebuilt_home(refused: Home, tmp_path: Path) -> None:
    with Ledger.open(refused) as ledger:
        verdict = ledger.verdict()
        assert verdict is not None and not verdict.passed
    override_gate(refused, verdict.build_id, [CHECK], because="补测后更正", by="王局长")
    assert shown(refused)["performance"] > 0
    with pytest.MonkeyPatch.context() as patch:  # a check that needs nothing to compare with fails again
        patch.setattr(gate, "judge", lambda *given: GateResult((GateCheck(CHECK, False, "grew by 60 %"),)))
        report = rebuild(refused, Home(tmp_path / "into"))
    assert (report["equal"], report["gate"]) == (True, None)
    assert shown(Home(tmp_path / "into")) == shown(refused)


def test_a_damaged_backup_is_restored_as_far_as_it_is_whole_only_when_asked(home: Home, tmp_path: Path) -> None:
    send(home, LATER)
    kept, into = tmp_path / "backup", Home(tmp_path / "into")
    backup(home, kept)
    with Ledger.open(home) as ledger:
        first, second = ledger.submissions()
    gone = next((kept / second.archived_as).iterdir())
    content = gone.read_bytes()
    gone.chmod(0o644)
    gone.write_bytes(content[:-1] + b"\x01")
    name = gone.relative_to(kept).as_posix()
    with pytest.raises(DamagedBackup, match=name):
        restore(kept, into)
    assert not into.root.exists()
    report = restore(kept, into, despite_damage=True)
    assert set(report["left_out"]) == {name} and set(report["lost"]) == {second.submission_id}
    assert second.submission_id in report["not_built"] and not is_clean(report)
    assert shown(into) == shown(home), "what was published is what readers have"
    for one in (first, second):
        assert (receipt_of(into, one.submission_id) / "receipt.json").is_file()
    gone.write_bytes(content)
    assert restore_files(kept, into, [name]) == [name]
    build.run(into)
    assert shown(into)["performance"] > 0 and verify(into).findings == ()


def test_what_was_read_otherwise_is_named_also_after_an_interruption(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(home, tmp_path / "backup")
    into = Home(tmp_path / "into")
    read = restaging.read_limited

    def other(job: ReadJob) -> tuple[Reading, object]:
        reading, ran = read(job)
        first, *rest = reading.reporting_units
        staged = job.home.absolute(str(reading.staged_as))
        renamed = staged.rename(staged.with_name(f"{job.submission_id}-{'0' * 12}.parquet"))
        changed = [replace(first, content_hash="0" * 64), *rest]
        return replace(reading, staged_as=job.home.relative(renamed), reporting_units=changed), ran

    def crashes(*given: Any) -> NoReturn:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(restaging, "read_limited", other)
        patched.setattr(restoring, "_publish", crashes)
        with pytest.raises(KeyboardInterrupt):
            restore(tmp_path / "backup", into)
    monkeypatch.setattr(restoring, "_publish", lambda *given: {"build": None, "gate": None, "different": []})
    report = restore(tmp_path / "backup", into)
    with Ledger.open(home) as ledger:
        (name,) = [one.submission_id for one in ledger.submissions()]
    assert "other content" in report["different_readings"][name] and not is_clean(report)


def test_a_backup_holds_the_current_build_and_no_other(home: Home, tmp_path: Path) -> None:
    kept = tmp_path / "backup"
    backup(home, kept)
    first = builds.current(home)
    send(home, LATER)
    build.run(home)
    second = builds.current(home)
    assert first is not None and second is not None and first != second
    backup(home, kept)
    assert [path.name for path in (kept / "published" / "builds").iterdir()] == [second.name]
    assert (kept / "published" / "builds" / second.name / DATABASE).is_file()


def test_what_the_backup_never_had_is_named_by_the_dry_run_and_the_restore(home: Home, tmp_path: Path) -> None:
    with Ledger.open(home) as ledger:
        (name,) = [one.archived_as for one in ledger.submissions()]
    shutil.rmtree(home.absolute(name))
    kept = tmp_path / "backup"
    lacking = backup(home, kept)["lacking"]
    assert list(lacking) == [name]
    planned = restore(kept, Home(tmp_path / "into"), is_dry_run=True)
    assert (planned["left_out"], planned["lacking"], is_clean(planned)) == ({}, lacking, False)
    report = restore(kept, Home(tmp_path / "into"))
    assert (report["left_out"], report["lacking"], is_clean(report)) == ({}, lacking, False)


def test_a_restore_counts_the_files_of_the_backup_and_refuses_to_lie_in_it(home: Home, tmp_path: Path) -> None:
    kept = tmp_path / "backup"
    files = backup(home, kept)["files"]
    assert restore(kept, Home(tmp_path / "into"), is_dry_run=True)["files"] == files
    for inside in (kept / "archive" / "new", kept / "new", kept):
        with pytest.raises(NoBackup, match="outside the backup"):
            restore(kept, Home(inside), is_dry_run=True)
    assert not (kept / "new").exists()


def test_an_interrupted_restore_leaves_no_temporary_folder_and_counts_what_both_runs_read(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(home, LATER)
    build.run(home)
    kept, into, read = tmp_path / "backup", Home(tmp_path / "into"), restaging.read_limited
    backup(home, kept)
    left: list[Path] = []

    def dies_at_the_second(job: ReadJob) -> tuple[Reading, object]:
        if left:
            raise KeyboardInterrupt
        left.append(into.staged / "rural_waste" / f"{TEMPORARY}of-a-killed-run" / "x.parquet")
        left[0].parent.mkdir(parents=True)
        left[0].touch()
        return read(job)

    with monkeypatch.context() as patched:
        patched.setattr(restaging, "read_limited", dies_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            restore(kept, into)
    assert left[0].is_file()
    report = restore(kept, into)
    assert (report["submissions"], report["read_again"], is_clean(report)) == (2, 2, True)
    assert list(into.root.rglob(f"{TEMPORARY}*")) == [] and verify(into).findings == ()
