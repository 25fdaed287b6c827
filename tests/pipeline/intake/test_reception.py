"""Reception: whatever lies in the inbox, and whatever happens to it meanwhile, nothing is lost, nothing is followed, and
nothing holds up the next file.
"""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingestion import inbox, inbox_claims, inbox_limits
from ingestion.inbox_claims import CLAIMED, UNDERWAY
from pipeline.intake import reception
from pipeline.intake.failures import LOG_NAME, ReceiveFailed
from pipeline.intake.inbox import not_taken
from pipeline.intake.receive import receive
from tests.support.mounts import read_only, small_disk
from warehouse import archive
from warehouse.home import Home
from warehouse.ledger import Ledger, Submission

SECRET = b"SECRET-of-another-place"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").ensure()


def drop(home: Home, path: str, content: bytes = "乡镇,数\n荫城镇,1\n".encode()) -> Path:
    file = home.inbox / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def received(home: Home) -> list[Submission]:
    with Ledger.open(home) as ledger:
        return list(ledger.submissions())


def archived(home: Home) -> set[bytes]:
    return {path.read_bytes() for path in home.archive.rglob("*") if path.is_file()}


def lying(home: Home) -> list[str]:
    """What lies in the inbox, folders apart."""
    return sorted(
        path.relative_to(home.inbox).as_posix()
        for path in home.inbox.rglob("*")
        if path.is_symlink() or not path.is_dir()
    )


def just_before(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, act: Callable[[], object]) -> None:
    """Let something happen once, just before a function is called."""
    real, done = getattr(owner, name), []

    def called(*args: Any, **options: Any) -> Any:
        if not done:
            done.append(act())
        return real(*args, **options)

    monkeypatch.setattr(owner, name, called)


def swap(place: Path, make: Callable[[Path], object]) -> Callable[[], None]:
    def act() -> None:
        place.unlink()
        make(place)

    return act


def test_what_is_received_leaves_nothing_behind(home: Home) -> None:
    drop(home, "ecology/林业局/a.csv", b"a,b\n1,2\n")
    assert receive(home, 0) == {"statistics": 1}
    (one,) = received(home)
    assert (one.file_name, one.dataset, one.sender) == ("a.csv", "ecology", "林业局")
    assert lying(home) == [] and list((home.inbox / CLAIMED).iterdir()) == []


@pytest.mark.parametrize(
    "make",
    [
        lambda place: place.symlink_to(place.parents[3] / "secret.csv"),
        lambda place: os.mkfifo(place),
        lambda place: place.mkdir(),
        lambda place: place.write_bytes(b"another file of this name\n"),
    ],
    ids=["link", "fifo", "folder", "file"],
)
def test_what_is_put_in_a_files_place_before_it_is_claimed_is_not_taken(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], object]
) -> None:
    (tmp_path / "secret.csv").write_bytes(SECRET)
    (tmp_path / "secret.csv").chmod(0o600)
    place = drop(home, "ecology/a.csv")
    drop(home, "rural_waste/b.csv")
    just_before(monkeypatch, reception, "claim", swap(place, make))
    began = time.monotonic()
    assert receive(home, 0) == {"statistics": 1}, "the next one is taken"
    assert time.monotonic() - began < 10
    assert [one.file_name for one in received(home)] == ["b.csv"]
    assert SECRET not in archived(home)
    assert (tmp_path / "secret.csv").read_bytes() == SECRET
    assert place.is_dir() or lying(home) == ["ecology/a.csv"], "it is where it was put"


def test_a_link_in_the_place_of_a_folder_is_not_followed(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = drop(home, "ecology/a.csv")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.csv").write_bytes(SECRET)

    def act() -> None:
        place.parent.rename(tmp_path / "moved")
        place.parent.symlink_to(tmp_path / "elsewhere")

    just_before(monkeypatch, reception, "claim", act)
    assert receive(home, 0) == {}
    assert archived(home) == set()
    assert (tmp_path / "elsewhere" / "a.csv").read_bytes() == SECRET


def test_a_link_in_the_place_of_what_was_claimed_is_not_followed(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret.csv").write_bytes(SECRET)
    drop(home, "ecology/a.csv")

    def act() -> None:
        (claimed,) = (home.inbox / CLAIMED).glob("*/ecology/a.csv")
        claimed.unlink()
        claimed.symlink_to(tmp_path / "secret.csv")

    just_before(monkeypatch, archive, "put_members", act)
    assert receive(home, 0) == {}
    assert SECRET not in archived(home)


def test_a_file_saved_again_before_it_is_removed_is_taken_too(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    place = drop(home, "ecology/a.csv", b"first")

    def save_again() -> None:
        beside = home.inbox / "beside"
        beside.write_bytes(b"second")
        beside.rename(place)

    just_before(monkeypatch, reception, "remove", save_again)
    receive(home, 0)
    assert place.read_bytes() == b"second"
    receive(home, 0)
    assert [one.size for one in received(home)] == [5, 6]
    assert archived(home) == {b"first", b"second"} and lying(home) == []


def test_what_its_writer_still_writes_after_it_was_archived_is_taken_too(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "STALLED_WRITER_SECONDS", 0.0)  # as if it had been still for half a minute
    place = drop(home, "ecology/a.csv")
    with place.open("r+b") as writer:
        receive(home, 0)
        assert len(received(home)) == 1
        assert [one.reason for one in not_taken(home)] == ["claimed"], "it stays while somebody may write to it"
        writer.write(b"X")
    first = archived(home)
    receive(home, 0)
    assert len(received(home)) == 2 and len(archived(home) - first) == 1
    assert any(content.startswith(b"X") for content in archived(home)) and lying(home) == []
    assert receive(home, 0) == {} and len(received(home)) == 2


def test_one_of_which_the_system_cannot_say_who_writes_it_is_removed_when_it_was_still(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_claims, "has_writer", lambda descriptor: None)
    drop(home, "ecology/a.csv")
    receive(home, 0)
    assert len(lying(home)) == 1
    monkeypatch.setattr(inbox_claims, "UNKNOWN_WRITER_SECONDS", 0.0)
    time.sleep(0.05)
    receive(home, 0)
    assert lying(home) == [] and len(received(home)) == 1


def test_a_file_that_is_written_in_bursts_is_taken_whole(home: Home) -> None:
    place = drop(home, "ecology/a.csv", b"0\n")

    def write() -> None:
        for number in range(1, 6):
            time.sleep(0.3)
            with place.open("ab") as file:
                file.write(b"%d\n" % number)

    writer = threading.Thread(target=write)
    writer.start()
    receive(home, settle_seconds=1.0, wait_seconds=20.0)
    writer.join()
    assert archived(home) == {b"0\n1\n2\n3\n4\n5\n"}


def test_the_command_waits_for_a_file_that_has_just_been_copied(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from cli.main import app

    monkeypatch.setenv("WAREHOUSE_HOME", str(home.root))
    drop(home, "unknown/a.csv")
    began = time.monotonic()
    result = CliRunner().invoke(app, ["load", "--no-build"])
    assert result.exit_code == 0, result.output
    assert time.monotonic() - began > inbox_limits.SETTLE_SECONDS - 0.5
    assert len(received(home)) == 1


def test_old_files_are_not_kept_waiting_by_one_that_never_settles(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = inbox._File.changed.fget
    monkeypatch.setattr(
        inbox._File, "changed", property(lambda file: 0.0 if file.path.name == "old.csv" else changed(file))
    )
    drop(home, "ecology/old.csv")
    drop(home, "ecology/new.csv", b"new")
    assert receive(home, settle_seconds=600, wait_seconds=0.1) == {"statistics": 1}
    assert lying(home) == ["ecology/new.csv"]


def test_where_nothing_can_be_moved_a_file_is_copied_once_and_again_when_it_changes(home: Home) -> None:
    place = drop(home, "ecology/a.csv", b"first")
    drop(home, "ecology/b.csv", b"other")
    with read_only(home.inbox):
        assert receive(home, 0) == {"statistics": 2}
        assert receive(home, 0) == {}
        assert [(one.path, one.reason) for one in not_taken(home)] == [
            ("ecology/a.csv", "stays"),
            ("ecology/b.csv", "stays"),
        ]
    place.write_bytes(b"changed")
    with read_only(home.inbox):
        assert receive(home, 0) == {"statistics": 1}
        assert receive(home, 0) == {}
    assert archived(home) == {b"first", b"other", b"changed"}
    assert lying(home) == ["ecology/a.csv", "ecology/b.csv"]
    receive(home, 0)
    assert lying(home) == [] and len(received(home)) == 3, "it can be moved now: removed, and not received again"


def test_two_files_of_one_name_in_a_geodatabase_are_set_aside_with_the_reason(home: Home) -> None:
    drop(home, "wetland/湿地.gdb/a00000001.gdbtable")
    drop(home, "wetland/湿地.gdb/copy/a00000001.gdbtable")
    drop(home, "ecology/a.csv")
    assert receive(home, 0) == {"statistics": 1}
    (aside,) = (home.inbox / inbox.SET_ASIDE).iterdir()
    assert (aside / "wetland/湿地.gdb/copy/a00000001.gdbtable").is_file()
    assert "a00000001.gdbtable" in (aside / inbox_claims.REASON).read_text(encoding="utf-8")
    assert [one.reason for one in not_taken(home)] == ["set_aside"]
    with Ledger.open(home) as ledger:
        (noted,) = ledger.events(actions=[reception.SET_ASIDE])
    assert noted.detail["file_name"] == "湿地.gdb" and "同名" in noted.detail["reason"]
    assert receive(home, 0) == {}


def test_one_too_large_is_set_aside_or_left_where_it_is_and_noted_once(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_limits, "LARGEST_BYTES", 100)
    drop(home, "ecology/large.csv", b"x" * 101)
    drop(home, "ecology/a.csv")
    with read_only(home.inbox):
        assert receive(home, 0) == {"statistics": 1}
        assert receive(home, 0) == {}
    with Ledger.open(home) as ledger:
        assert len(ledger.events(actions=[reception.SET_ASIDE])) == 1
    receive(home, 0)
    assert lying(home) != [] and [one.file_name for one in received(home)] == ["a.csv"], "moved now, but known"
    assert [path.name for path in (home.inbox / inbox.SET_ASIDE).glob("*/ecology/*")] == ["large.csv"]


def test_one_larger_than_the_free_space_is_ours_and_taken_when_there_is_space(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_limits, "LEAST_FREE_BYTES", 0)
    drop(home, "ecology/large.csv", b"x" * (2 << 20))
    drop(home, "ecology/z.csv")
    with small_disk(home.archive, 1024):
        with pytest.raises(ReceiveFailed, match=r"ecology/large\.csv.*磁盘空间不足") as raised:
            receive(home, 0)
        assert raised.value.taken == {"statistics": 1}
        assert [one.file_name for one in received(home)] == ["z.csv"]
        assert lying(home) == ["ecology/large.csv"]
    assert "NoSpace" in (home.logs / LOG_NAME).read_text(encoding="utf-8")
    assert receive(home, 0) == {"statistics": 1}
    assert received(home)[1].size == 2 << 20


def test_a_disk_that_fills_while_a_file_is_archived_keeps_it_for_the_next_run(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reception.Reception, "_check_space", lambda self, incoming: None)
    drop(home, "ecology/large.csv", b"x" * (2 << 20))
    drop(home, "ecology/z.csv")
    with small_disk(home.archive, 1024), pytest.raises(ReceiveFailed, match="No space left"):
        receive(home, 0)
    assert [(one.path.rpartition("/")[2], one.reason) for one in not_taken(home)] == [("large.csv", "claimed")]
    assert receive(home, 0) == {"statistics": 1}
    assert [one.file_name for one in received(home)] == ["z.csv", "large.csv"] and lying(home) == []


def test_one_whose_first_look_fails_by_our_fault_is_not_refused(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from ingestion import sandbox

    drop(home, "ecology/a.csv")
    with monkeypatch.context() as patched:
        patched.setattr(sandbox, "run", lambda *_, **__: sandbox.Outcome(failure="system", detail="ImportError: x"))
        with pytest.raises(ReceiveFailed, match="ImportError"):
            receive(home, 0)
    assert received(home) == []
    assert receive(home, 0) == {"statistics": 1}


def test_what_a_crash_left_half_moved_is_put_back_beside_what_came_meanwhile(home: Home) -> None:
    left = home.inbox / CLAIMED / f"{'0' * 32}{UNDERWAY}" / "ecology"
    left.mkdir(parents=True)
    (left / "a.csv").write_bytes(b"first")
    drop(home, "ecology/a.csv", b"second")
    assert inbox_claims.claims(home.inbox) == []
    assert lying(home) == ["ecology/a.csv", "ecology/a（2）.csv"]
    assert receive(home, 0) == {"statistics": 2}
    assert archived(home) == {b"first", b"second"}


def test_a_shapefile_is_taken_with_all_its_files_or_not_at_all(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for ending in ("shp", "shx", "dbf", "prj"):
        drop(home, f"wetland/湿地.{ending}")
    access = os.access
    with monkeypatch.context() as patched:  # root may read everything
        patched.setattr(os, "access", lambda path, mode: not str(path).endswith(".dbf") and access(path, mode))
        assert receive(home, 0) == {}
        assert [(one.path, one.reason) for one in not_taken(home)] == [("wetland/湿地.dbf", "unreadable")]
    assert receive(home, 0) == {"spatial": 1} and lying(home) == []


def test_what_is_not_taken_is_listed_with_the_reason(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from cli.main import app

    deep = "/".join(f"level{number}" for number in range(10))
    drop(home, f"{deep}/a.xlsx")
    (home.inbox / "link.xlsx").symlink_to(tmp_path)
    (home.inbox / "folder").symlink_to(tmp_path)
    os.mkfifo(home.inbox / "pipe.xlsx")
    drop(home, ".hidden.xlsx")
    drop(home, "ecology/a.xlsx.part")
    found = not_taken(home)
    assert {one.path: one.reason for one in found} == {
        "/".join(deep.split("/")[:9]): "too_deep",
        "link.xlsx": "link",
        "folder": "link",
        "pipe.xlsx": "special",
        ".hidden.xlsx": "hidden",
        "ecology/a.xlsx.part": "unfinished",
    }
    assert found[0].as_dict() == {
        "path": ".hidden.xlsx",
        "reason": "hidden",
        "message": found[0].words.zh,
        "message_en": found[0].words.en,
    }
    assert receive(home, 0) == {}
    monkeypatch.setenv("WAREHOUSE_HOME", str(home.root))
    shown = CliRunner().invoke(app, ["status"]).output
    assert all(one.path in shown and one.words.zh in shown for one in found)
