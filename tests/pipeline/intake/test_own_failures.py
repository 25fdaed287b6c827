"""A failure of ours is never told to a submitter: the file stays received, is tried again, and operators get its name."""

import errno
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from ingestion import sandbox
from ingestion.system_faults import SystemFault, is_system_fault, own_work
from pipeline.build import run as build
from pipeline.intake import attempts, buildable, restage
from pipeline.intake import receive as intake
from pipeline.intake.failures import LOG_NAME, ReadFailed, SystemFailure
from pipeline.intake.parse import ReadJob
from pipeline.intake.sandbox_policy import recognised
from pipeline.run import LoadFailed, load, read_and_decide
from tests.support.answers import SAMPLES
from tests.support.mounts import small_disk
from warehouse.home import Home
from warehouse.ledger import Ledger

pytestmark = pytest.mark.slow  # files are read in the sandbox

GOOD = (
    "rural_waste/农村垃圾季报2024-1.xlsx",
    "supervision/上党区2024年重点工程监督检查记录.xlsx",
    "performance/2023年度重点工程绩效评价.xlsx",
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").ensure()


def drop(home: Home, *files: str) -> list[str]:
    """Copy clean samples into the inbox and receive them; gives the ids of the submissions."""
    for file in files:
        target = home.inbox / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((SAMPLES / "clean" / file).read_bytes())
    intake.receive(home, 0)
    with Ledger.open(home) as ledger:
        return [one.submission_id for one in ledger.submissions()]


def states(home: Home) -> list[str]:
    with Ledger.open(home) as ledger:
        return [one.state for one in ledger.submissions()]


def failing(**options: Any) -> Any:
    return lambda *_, **__: sandbox.Outcome(failure="system", **options)


def test_a_full_disk_under_staged_is_not_the_submitters_fault(home: Home) -> None:
    drop(home, *GOOD)
    with small_disk(home.staged, 4):
        with pytest.raises(LoadFailed, match=r"No space left on device") as raised:
            load(home, build_marts=False)
        assert all(Path(file).name in str(raised.value) for file in GOOD)
        assert "与报送单位无关" in str(raised.value)
        assert states(home) == ["received"] * 3 and list(home.receipts.iterdir()) == []
        with Ledger.open(home) as ledger:
            assert [ledger.findings(one.submission_id) for one in ledger.submissions()] == [[], [], []]
            assert len(ledger.events(actions=["read_failed"])) == 3
    assert "No space left" in (home.logs / LOG_NAME).read_text(encoding="utf-8")
    decided = load(home, build_marts=False)["decided"]
    assert states(home) == ["accepted"] * 3 and decided["project_reports"]["accepted"] > 0


def test_one_that_fails_by_our_fault_keeps_no_other_of_its_batch_from_being_read(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = drop(home, *GOOD)
    stage, first = Ledger.stage, ids[0]

    def locked(self: Ledger, submission_id: str, **options: Any) -> Any:
        if submission_id == first:
            raise OperationalError("update", {}, Exception("database is locked"))
        return stage(self, submission_id, **options)

    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "stage", locked)
        with pytest.raises(ReadFailed, match=first) as raised:
            intake.read_batch(home, ids)
    assert len(raised.value.outcomes) == 2
    assert states(home) == ["received", "staged", "staged"]
    assert len(intake.read_batch(home, ids)) == 1
    assert states(home) == ["staged"] * 3


@pytest.mark.parametrize(
    "error", [MemoryError(), OSError(errno.EIO, "Input/output error"), ImportError("no such symbol")]
)
def test_whatever_fails_outside_of_the_sandbox_is_ours(
    home: Home, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    ids = drop(home, GOOD[0])

    def fails(*_: Any) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(intake, "read_limited", fails)
        with pytest.raises(ReadFailed, match=type(error).__name__):
            intake.read_batch(home, ids)
    assert states(home) == ["received"]


@pytest.mark.usefixtures("unshared_readings")  # the file is one that other tests have read
def test_what_has_failed_often_rests_and_stays_ours(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = drop(home, GOOD[0])
    with monkeypatch.context() as patched:
        patched.setattr(sandbox, "run", failing(detail="OSError: [Errno 5] Input/output error"))
        for attempt in range(attempts.ATTEMPTS_BEFORE_REST):
            assert intake.batches(home, "statistics", rested=True) == [ids], attempt
            with pytest.raises(ReadFailed, match="Input/output error"):
                intake.read_batch(home, ids)
    assert intake.batches(home, "statistics", rested=True) == []
    assert intake.batches(home, "statistics") == [ids], "a person's command tries at once"
    assert states(home) == ["received"] and list(home.receipts.iterdir()) == []
    monkeypatch.setattr(attempts, "REST", timedelta(0))
    assert intake.batches(home, "statistics", rested=True) == [ids]
    read_and_decide(home)
    assert states(home) == ["accepted"]


def full() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def too_many_files() -> None:
    raise OSError(errno.EMFILE, "Too many open files")


def too_many_files_of_ours() -> None:
    with own_work():
        too_many_files()


def library() -> None:
    import no_such_library  # noqa: F401


@pytest.mark.parametrize(
    ("function", "failure"),
    [(full, "system"), (library, "system"), (too_many_files_of_ours, "system"), (too_many_files, "error")],
)
def test_the_sandbox_tells_its_own_failures_from_those_of_a_file(function: Any, failure: str) -> None:
    assert sandbox.run(function, seconds=10, megabytes=400).failure == failure


def test_memory_that_our_own_work_takes_is_the_files_limit_all_the_same() -> None:
    with pytest.raises(MemoryError), own_work():
        raise MemoryError
    with pytest.raises(SystemFault, match="KeyError"), own_work():
        raise KeyError("x")
    assert not is_system_fault(OSError(errno.EMFILE, "")) and not is_system_fault(ValueError())


@pytest.mark.usefixtures("unshared_readings")
def test_no_room_to_unpack_a_layer_is_ours(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    small = home.root / "small"
    ids = drop(home, "forest_land/" + next((SAMPLES / "clean" / "forest_land").glob("*.zip")).name)
    with small_disk(small, 4):
        monkeypatch.setattr(tempfile, "tempdir", str(small))
        with pytest.raises(ReadFailed, match="No space left"):
            intake.read_batch(home, ids)
    assert states(home) == ["received"]


def test_a_first_look_that_fails_by_our_fault_names_no_dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.gpkg").write_bytes(b"x")
    monkeypatch.setattr(sandbox, "run", failing(detail="ImportError: no such symbol\nTraceback …"))
    with pytest.raises(SystemFailure) as raised:
        recognised(tmp_path / "a.gpkg", "a.gpkg", "wetland")
    assert str(raised.value) == "ImportError: no such symbol", "the traceback is for the log"


def test_a_partition_that_fails_by_our_own_fault_holds_no_boundary(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(home, "admin_boundary/上党区行政区XZQ_2021.gpkg", "planning_zone/规划分区（整治区、修复区）.geojson")
    real = sandbox.run

    def run(function: Any, *given: Any, **limits: Any) -> sandbox.Outcome:
        is_partition = function is buildable.try_partition
        return failing(detail="OSError: no memory")() if is_partition else real(function, *given, **limits)

    with monkeypatch.context() as patch:
        patch.setattr(sandbox, "run", run)
        with pytest.raises(LoadFailed, match="no memory"):
            load(home, build_marts=False)
        assert sorted(states(home)) == ["accepted", "staged"]
        with Ledger.open(home) as ledger:
            assert not any(ledger.findings(one.submission_id) for one in ledger.submissions(states=("staged",)))
    load(home, build_marts=False)
    assert states(home) == ["accepted", "accepted"]


def test_one_staged_file_that_cannot_be_made_again_now_stops_no_other_decision(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    [lost, _] = drop(home, *GOOD[:2])
    load(home, build_marts=False)
    with Ledger.open(home) as ledger:
        home.absolute(str(ledger.get(lost).staged_as)).unlink()
    drop(home, GOOD[2])
    real = restage.read_limited

    def read(job: ReadJob) -> Any:
        if job.submission_id == lost:
            raise SystemFailure("no memory")
        return real(job)

    with monkeypatch.context() as patch:
        patch.setattr(restage, "read_limited", read)
        patch.setattr(intake, "read_limited", real)
        load(home, build_marts=False)
        assert states(home) == ["accepted"] * 3
        with pytest.raises(SystemFailure, match="no memory"):
            build.sync(home)
    build.sync(home)
