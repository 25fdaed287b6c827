"""A child of the sandbox that somebody has taken over reads no secret, changes nothing, reaches nobody and starts nothing, on
every kind of system; and what it answers is data.
"""

import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ingestion import sandbox
from ingestion.sandbox import client
from pipeline.intake import sandbox_policy
from pipeline.intake.parse import ReadJob, read
from tests.support import sandbox_attacks as attacks
from tests.support import sandbox_jobs as jobs
from tests.support.answers import SAMPLES
from tests.support.sandbox_attacks import GOT
from warehouse.home import Home

SYSTEMS: dict[str, tuple[Callable[[], None], ...]] = {
    "landlock": (),
    "mounts": (attacks.without_landlock,),
    "user": (attacks.program_for_everybody, attacks.without_mounts),
}
DENIED = {"PermissionError", "FileNotFoundError", "NotADirectoryError"}
READ_ONLY = DENIED | {"OSError"}  # EROFS
REFUSED = {"PermissionError", "FileNotFoundError"}
SECRET = "口令 s3cret"


def run(function, *given, seconds=10.0, megabytes=400, **limits):
    ran = sandbox.run(function, *given, seconds=seconds, megabytes=megabytes, **limits)
    assert ran.ok, ran
    return ran.value


def host_with(patch: pytest.MonkeyPatch, *lacking: Callable[[], None]) -> sandbox.Held:
    """A host, quickly started, on a system that lacks something."""
    sandbox.stop()
    patch.setattr(client, "_preloaded", tuple(f"{attacks.__name__}:{one.__name__}" for one in lacking))
    return sandbox.held()


@pytest.fixture(scope="module", params=SYSTEMS)
def system(request: pytest.FixtureRequest) -> Iterator[sandbox.Held]:
    """Each kind of system; skips one that cannot be had here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRET_OF_THE_CALLER", SECRET)
        held = host_with(patch, *SYSTEMS[request.param])
        if held.files != request.param:
            pytest.skip(f"this system has {held.files} instead of {request.param}")
        yield held
        sandbox.stop()


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder with a secret that only its owner may read, and a file to be changed; in a place that others may enter."""
    with tempfile.TemporaryDirectory(prefix="warehouse-rights-") as place:
        Path(place).chmod(0o755)
        (folder := Path(place) / "home").mkdir(mode=0o755)
        (folder / "secret").write_text(SECRET)
        (folder / "secret").chmod(0o600)
        (folder / "kept").write_text("kept")
        yield folder


def test_a_secret_is_not_read(system: sandbox.Held, home: Path) -> None:
    assert run(attacks.read_file, str(home / "secret")) in DENIED


def test_what_it_is_given_is_read_and_nothing_beside_it(system: sandbox.Held, home: Path) -> None:
    assert run(attacks.read_file, str(home / "kept"), reads=[home / "kept"]) == "kept"
    assert run(attacks.read_file, str(home / "secret"), reads=[home / "kept"]) in DENIED


def test_the_callers_environment_is_not_there(system: sandbox.Held) -> None:
    found = run(attacks.own_environment)
    assert "SECRET_OF_THE_CALLER" not in found and SECRET not in found
    assert run(attacks.read_file, f"/proc/{os.getpid()}/environ") in DENIED


def test_nothing_is_changed_outside_its_own_folder(system: sandbox.Held, home: Path) -> None:
    before = (home / "kept").stat()
    assert set(run(attacks.write_to, str(home), reads=[home / "kept"])) <= READ_ONLY
    assert sorted(path.name for path in home.iterdir()) == ["kept", "secret"]
    after = (home / "kept").stat()
    assert (after.st_mode, after.st_mtime_ns, after.st_size) == (before.st_mode, before.st_mtime_ns, before.st_size)


def test_it_writes_to_its_own_folder_and_to_temporary_files(system: sandbox.Held, home: Path) -> None:
    own = home / "own"
    own.mkdir()
    assert run(attacks.write_own, str(own), writes=own) == GOT
    assert (own / "file").read_text() == "x" and (own / "file").stat().st_uid == os.geteuid()
    assert run(attacks.write_temporary)


def test_a_link_in_its_own_folder_is_found(system: sandbox.Held, home: Path) -> None:
    own = home / "own"
    own.mkdir()
    ran = sandbox.run(attacks.leave_a_link, str(own), seconds=10, megabytes=400, writes=own)
    assert ran.failure == "crash" and "no plain file: link" in ran.detail


def test_there_is_no_socket(system: sandbox.Held, tmp_path: Path) -> None:
    assert [run(attacks.open_socket, kind) for kind in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX)] == [
        "PermissionError"
    ] * 3
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        listener.listen()
        assert attacks.connect_to(str(tmp_path / "s")) == GOT
        assert run(attacks.connect_to, str(tmp_path / "s")) == "PermissionError"


def test_nothing_is_started(system: sandbox.Held) -> None:
    assert run(attacks.start_process) == ["PermissionError"] * 2
    assert run(attacks.execute) == "PermissionError"


def test_other_processes_are_left_alone(system: sandbox.Held) -> None:
    assert run(attacks.end_process, os.getpid()) in {"PermissionError", "ProcessLookupError"}
    assert client._host is not None
    assert run(attacks.end_process, client._host.process.pid) in {"PermissionError", "ProcessLookupError"}


def test_other_processes_keep_their_limits_and_their_turn(system: sandbox.Held) -> None:
    assert client._host is not None
    for process in (os.getpid(), client._host.process.pid):
        assert run(attacks.limit_another, process) in REFUSED
        assert set(run(attacks.slow_another, process)) <= REFUSED
        assert run(attacks.signal_by_file, process) in REFUSED
        assert set(run(attacks.look_into, process)) <= REFUSED


def test_memory_outside_of_processes_is_not_there(system: sandbox.Held) -> None:
    """Else it would count for nobody: 1.5 GB were held beside a limit of 400 MB."""
    assert run(attacks.hold_memory_in_a_file, 1) in REFUSED
    assert set(run(attacks.leave_memory_behind)) <= REFUSED
    assert run(attacks.run_from_memory) in DENIED


def test_a_secret_is_not_reached_by_its_own_folder(system: sandbox.Held, home: Path) -> None:
    own = home / "own"
    own.mkdir()
    ran = sandbox.run(
        attacks.reach_by_own_folder, str(own), str(home / "secret"), seconds=10, megabytes=400, writes=own
    )
    assert (home / "secret").read_text() == SECRET
    assert ran.ok and GOT not in ran.value, ran


def test_what_was_given_up_does_not_come_back(system: sandbox.Held) -> None:
    assert GOT not in run(attacks.become_more)


def test_its_limits_stay(system: sandbox.Held) -> None:
    ran = sandbox.run(attacks.raise_limits, seconds=10, megabytes=400)
    assert ran.failure == "error" and "not allowed to raise maximum limit" in ran.detail


def test_a_pickle_is_no_answer(system: sandbox.Held, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    ran = sandbox.run(attacks.answer_with_a_pickle, str(canary), seconds=10, megabytes=400)
    assert (ran.failure, ran.value) == ("crash", None) and "did not answer" in ran.detail
    assert not canary.exists()


def test_a_value_of_another_type_is_no_answer(system: sandbox.Held) -> None:
    ran = sandbox.run(attacks.answer_with_another_type, seconds=10, megabytes=400)
    assert (ran.failure, ran.value) == ("crash", None) and "Expected `int`" in ran.detail


@pytest.mark.parametrize("sample", ["ecology/上党区2023年生态状况年报.xlsx", "wetland/2023年湿地图斑.gpkg"])
def test_a_file_is_read_as_without_a_sandbox(system: sandbox.Held, home: Path, sample: str) -> None:
    """By whatever keeps the files, in a home that is closed to others."""
    source, dataset = SAMPLES / "clean" / sample, Path(sample).parent.name
    closed = Home(home / "warehouse").ensure()
    archived = closed.archive / source.name
    shutil.copyfile(source, archived)
    archived.chmod(0o640)
    job = ReadJob("S20250101-000001", archived, source.name, dataset, closed)
    got, ran = sandbox_policy.read_limited(job)
    assert ran.ok, ran
    plain = read(replace(job, home=Home(home / "plain").ensure()))
    assert got.rows_read == plain.rows_read > 0 and got.findings == plain.findings and got.notes == plain.notes
    tables = [
        pq.read_table(one.root / str(which.staged_as)) for one, which in ((closed, got), (Home(home / "plain"), plain))
    ]
    assert tables[0].equals(tables[1])


def test_without_seccomp_landlock_starts_no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    held = host_with(monkeypatch, attacks.without_seccomp)
    assert not held.calls
    if held.files != "landlock" or held.landlock_abi < 6:
        pytest.skip("this system has no Landlock that guards signals")
    assert run(attacks.execute) == "PermissionError"
    assert run(attacks.end_process, os.getpid()) == "PermissionError"
    assert jobs.connect() != "connected" and run(jobs.connect) in {"Network is unreachable", "Permission denied"}
    sandbox.stop()


def test_without_seccomp_processes_count_and_end_with_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    host_with(monkeypatch, attacks.without_seccomp)
    outcome = sandbox.run(jobs.eat_in_a_child, 3000, seconds=20, megabytes=300)
    assert outcome.failure == "memory" and 300 < outcome.peak_megabytes < 600
    note = tmp_path / "own" / "pid"
    note.parent.mkdir()
    run(jobs.leave_a_sleeper, str(note), writes=note.parent)
    sleeper = Path(f"/proc/{note.read_text()}/stat")
    deadline = time.monotonic() + 5
    while sleeper.exists() and sleeper.read_text().split()[2] != "Z":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    sandbox.stop()
