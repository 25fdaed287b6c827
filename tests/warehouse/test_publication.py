"""Publishing as a state machine: whatever is interrupted or damaged is finished, undone or set aside by the next run; what
is kept, and rolled back to.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from tests.warehouse.test_builds import TABLES, build, publish
from warehouse import builds, pins, publication
from warehouse.build_lease import BUILD, EXPIRES_AFTER, LeaseLost, build_lease
from warehouse.builds import ContentMismatch
from warehouse.home import CHECKOUT, Home
from warehouse.ledger import Ledger
from warehouse.marts import content_hash_of
from warehouse.pins import Pinned
from warehouse.publication import UNFINISHED_FOR, Published, prune, recover, roll_back
from warehouse.serving import NothingPublished, connect, query
from warehouse.settings import Retention

IN_A_YEAR = datetime.now(UTC) + timedelta(days=365)


class Crash(BaseException):
    """As if the process had ended there: no handler of Exception sees it."""


def published(home: Home, *states: int) -> list[Published]:
    made = []
    for state in states:
        build(home, state)
        made.append(publish(home, state))
    return made


def states_of(ledger: Ledger) -> dict[str, str]:
    every = [*ledger.publications(), *ledger.publications("prepared")]
    return {one.build_id: one.state for one in every}


def shown(home: Home) -> int:
    """The state that readers see."""
    (row,) = query(home, "select distinct state from mart_one").to_pylist()
    return int(row["state"])


def folders(home: Home) -> set[str]:
    return {path.name for path in home.builds.iterdir()}


@contextmanager
def crashing(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, *, after: bool) -> Iterator[None]:
    """Within it, calling a function ends everything: before it did anything, or after."""
    whole = getattr(owner, name)

    def crash(*words: object, **more: object) -> None:
        if after:
            whole(*words, **more)
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, crash)
        with pytest.raises(Crash):
            yield


# Where publishing may be interrupted, and whether the new build is then current once the next run has looked.
POINTS = [
    (publication, "write_build", False, False),
    (publication, "write_build", True, False),
    (Ledger, "prepare_publication", False, False),
    (Ledger, "prepare_publication", True, False),
    (publication, "point", False, False),
    (publication, "point", True, True),
    (Ledger, "make_current", False, True),
    (Ledger, "make_current", True, True),
    (publication, "prune", False, True),
]


@pytest.mark.parametrize(("owner", "name", "after", "is_finished"), POINTS)
def test_an_interrupted_publication_is_finished_or_undone(
    home: Home, monkeypatch: pytest.MonkeyPatch, owner: object, name: str, after: bool, is_finished: bool
) -> None:
    (first,) = published(home, 1)
    build(home, 2)
    with crashing(monkeypatch, owner, name, after=after):
        publish(home, 2)
    with Ledger.open(home) as ledger:
        recover(home, ledger)
        assert recover(home, ledger) == [], "the second time there is nothing left to do"
        current = ledger.current_publication()
        assert current is not None and builds.current(home) == home.builds / current.build_id
        assert (current.build_id != first.build_id) is is_finished
        assert shown(home) == (2 if is_finished else 1)
        assert folders(home) == set(states_of(ledger))
        assert set(states_of(ledger).values()) == ({"superseded", "current"} if is_finished else {"current"})
    assert published(home, 3)[0].is_new and shown(home) == 3


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.warehouse.test_builds import build, publish
from warehouse import publication
from warehouse.home import Home
from warehouse.ledger import Ledger
home, (place, name) = Home(Path(sys.argv[1])), sys.argv[2].split(".")
owner = {"publication": publication, "Ledger": Ledger}[place]
whole = getattr(owner, name)
def kill(*words, **more):
    if sys.argv[3] == "after":
        whole(*words, **more)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(owner, name, kill)
build(home, 2)
publish(home, 2)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "when", "state"),
    [
        ("publication.write_build", "after", 1),
        ("Ledger.prepare_publication", "after", 1),
        ("publication.point", "before", 1),
        ("publication.point", "after", 2),
        ("Ledger.make_current", "after", 2),
    ],
)
def test_a_killed_publication_is_finished_or_undone(home: Home, place: str, when: str, state: int) -> None:
    published(home, 1)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(home.root), place, when], cwd=CHECKOUT, check=False)
    assert killed.returncode == -signal.SIGKILL
    with Ledger.open(home) as ledger:
        recover(home, ledger)
        current = ledger.current_publication()
        assert current is not None and builds.current(home) == home.builds / current.build_id
        assert folders(home) == set(states_of(ledger)) and not ledger.publications("prepared")
    assert shown(home) == state
    published(home, 3)
    assert shown(home) == 3


def test_what_the_gate_did_not_judge_is_not_published(home: Home) -> None:
    """A second connection changes one value after the hash was taken."""
    (first,) = published(home, 1)
    build(home, 2)
    new = builds.NewBuild("b2", "inputs 2", "code", content_hash_of(home.build_db, TABLES), {})
    with duckdb.connect(str(home.build_db)) as con:
        con.execute("update marts.mart_one set n = n + 1 where n = 7")
    with Ledger.open(home) as ledger:
        with pytest.raises(ContentMismatch, match="b2"):
            publication.publish(home, ledger, new, build_db=home.build_db, tables=TABLES)
        assert states_of(ledger) == {first.build_id: "current"}
    assert (shown(home), folders(home)) == (1, {first.build_id})


def test_a_build_that_was_published_without_a_record_is_recorded(home: Home) -> None:
    """As the code before left it: the pointer moved, the ledger knows nothing."""
    one, two = published(home, 1, 2)
    with Ledger.open(home) as ledger, ledger.writing() as connection:
        connection.exec_driver_sql("delete from publication")
    with Ledger.open(home) as ledger:
        recover(home, ledger)
        assert states_of(ledger) == {two.build_id: "current"}
    assert folders(home) == {two.build_id}, f"{one.build_id} was never published, as far as anybody knows"


@pytest.mark.parametrize("minutes", [-1, 1])
def test_a_whole_build_that_the_ledger_does_not_know_is_set_aside_unless_it_was_just_written(
    home: Home, minutes: int
) -> None:
    """As where an older ledger file was put back by hand: what was published since is not lost."""
    one, two = published(home, 1, 2)
    with Ledger.open(home) as ledger, ledger.writing() as connection:
        connection.exec_driver_sql(f"delete from publication where build_id = '{one.build_id}'")
    written = (datetime.now(UTC) - UNFINISHED_FOR - timedelta(minutes=minutes)).timestamp()
    os.utime(one.path / builds.MANIFEST, (written, written))
    with Ledger.open(home) as ledger:
        recover(home, ledger)
        subjects = [notice.subject for notice in ledger.notices()]
        bodies = "".join(notice.body for notice in ledger.notices())
        assert recover(home, ledger) == []
    assert folders(home) == {two.build_id} and shown(home) == 2
    if minutes < 0:
        assert (subjects, home.damaged_builds.exists()) == ([], False)
        return
    (aside,) = home.damaged_builds.iterdir()
    assert aside.name.startswith(one.build_id) and one.build_id in subjects[0] and str(aside) in bodies
    os.rename(aside, one.path)
    with Ledger.open(home) as ledger:
        ledger.prepare_publication(one.build_id, inputs_fingerprint="f", path=home.relative(one.path))
        ledger.make_current(one.build_id)
        recover(home, ledger)
    assert builds.current(home) == one.path and builds.is_intact(one.path), "moved back, it is the build that it was"


@pytest.mark.parametrize("what", ["dangling", "elsewhere", "nothing", "loop"])
def test_a_wrong_link_is_repaired_from_the_ledger(home: Home, what: str) -> None:
    one, two = published(home, 1, 2)
    home.current.unlink()
    if what != "nothing":
        to = {"dangling": "builds/gone", "elsewhere": f"builds/{one.build_id}", "loop": "current"}[what]
        home.current.symlink_to(to)
    if what != "elsewhere":
        assert (builds.current(home), builds.manifest(home), builds.database(home)) == (None, None, None)
    with Ledger.open(home) as ledger:
        assert two.build_id in " ".join(recover(home, ledger))
    assert builds.current(home) == two.path and shown(home) == 2


def test_a_real_folder_in_the_place_of_current_is_set_aside_under_a_name(home: Home) -> None:
    (one,) = published(home, 1)
    home.current.unlink()
    home.current.mkdir()
    (home.current / "notes.txt").write_text("mine")
    published(home, 2)
    (aside,) = home.damaged_builds.iterdir()
    assert aside.name.startswith("current.") and (aside / "notes.txt").read_text() == "mine"
    assert shown(home) == 2
    with Ledger.open(home) as ledger:
        (notice,) = ledger.notices()
        assert notice.kind == "build_damaged" and str(aside) in notice.body
        assert states_of(ledger)[one.build_id] == "superseded"


def test_the_cut_manifest_of_an_old_build_stops_nothing_and_is_named(home: Home) -> None:
    one, _ = published(home, 1, 2)
    manifest = one.path / builds.MANIFEST
    manifest.chmod(0o644)
    manifest.write_text(manifest.read_text()[:100])
    published(home, 3)
    assert shown(home) == 3
    (aside,) = home.damaged_builds.iterdir()
    assert aside.name.startswith(one.build_id)
    with Ledger.open(home) as ledger:
        assert [notice.subject for notice in ledger.notices() if one.build_id in notice.subject]


def test_a_damaged_current_build_is_read_until_the_next_one_and_then_set_aside(home: Home) -> None:
    (one,) = published(home, 1)
    manifest = one.path / builds.MANIFEST
    manifest.chmod(0o644)
    manifest.write_text("{")
    assert builds.manifest(home) is None and shown(home) == 1
    published(home, 2, 3)
    assert shown(home) == 3
    assert [path.name.partition(".")[0] for path in home.damaged_builds.iterdir()] == [one.build_id]


def test_when_all_builds_are_gone_nothing_is_published_and_the_next_build_is_made(home: Home) -> None:
    published(home, 1, 2)
    for path in sorted(home.builds.rglob("*"), reverse=True):
        path.chmod(0o755)
        path.rmdir() if path.is_dir() else path.unlink()
    home.builds.rmdir()
    assert (builds.current(home), builds.manifest(home)) == (None, None)
    with pytest.raises((NothingPublished, LookupError)):
        connect(home)
    published(home, 3)
    assert shown(home) == 3


# keeping --------------------------------------------------------------------------------------------------------------


def test_a_build_is_kept_since_it_was_superseded_not_since_it_was_made(home: Home) -> None:
    """The one just replaced may be months old."""
    one, two, three = published(home, 1, 2, 3)
    last = Retention(days=30, builds=1)
    with Ledger.open(home) as ledger:
        with ledger.writing() as connection:
            connection.exec_driver_sql(
                f"update publication set prepared_at = '2020-01-01', published_at = '2020-01-0' || "
                f"case build_id when '{one.build_id}' then 1 when '{two.build_id}' then 2 else 3 end"
            )
        assert prune(home, ledger, last) == []
        in_29_days, in_31_days = (datetime.now(UTC) + timedelta(days=days) for days in (29, 31))
        assert prune(home, ledger, last, now=in_29_days) == []
        with connect(home) as con:
            assert prune(home, ledger, last, now=in_31_days) == [one.build_id, two.build_id]
            assert con.execute("select count(*) from mart_one").fetchall() == [(50,)]
    assert folders(home) == {three.build_id}


def test_the_last_ones_the_pinned_and_the_approved_are_kept_however_old(home: Home) -> None:
    made = published(home, *range(9))
    names = [one.build_id for one in made]
    with Ledger.open(home) as ledger:
        ledger.note("approved", detail={"edition": "2025.1", "build_id": names[0]})
        ledger.pin(names[8], because="x", decided_by="y")
        assert prune(home, ledger, Retention(), now=IN_A_YEAR) == names[1:4]
    assert folders(home) == {names[0], *names[4:]}


def test_publishing_keeps_as_the_settings_say(home: Home) -> None:
    home.settings_file.write_text("[retention]\ndays = 0\nbuilds = 2\n", encoding="utf-8")
    made = published(home, *range(4))
    assert folders(home) == {one.build_id for one in made[2:]}


# rolling back ---------------------------------------------------------------------------------------------------------


def test_a_rollback_stays_until_it_is_released(home: Home) -> None:
    one, two = published(home, 1, 2)
    with Ledger.open(home) as ledger:
        made = roll_back(home, ledger, one.build_id, because="耕地有误", decided_by="王局长")
        assert (made.state, made.pinned_by, made.pinned_because) == ("current", "王局长", "耕地有误")
        assert states_of(ledger) == {one.build_id: "current", two.build_id: "rolled_back"}
        assert shown(home) == 1
        with pytest.raises(Pinned, match=r"王局长.*release"):
            published(home, 3)
        assert (shown(home), folders(home)) == (1, {one.build_id, two.build_id})
        ledger.release_pin(one.build_id, because="已更正", decided_by="王局长")
        (three,) = published(home, 3)
        assert states_of(ledger) == {
            one.build_id: "superseded",
            two.build_id: "rolled_back",
            three.build_id: "current",
        }
    assert shown(home) == 3


@pytest.mark.parametrize(
    ("owner", "name", "after"),
    [(Ledger, "pin", True), (publication, "point", True), (Ledger, "make_current", False)],
)
def test_an_interrupted_rollback_is_finished(
    home: Home, monkeypatch: pytest.MonkeyPatch, owner: object, name: str, after: bool
) -> None:
    one, two = published(home, 1, 2)
    with Ledger.open(home) as ledger:
        with crashing(monkeypatch, owner, name, after=after):
            roll_back(home, ledger, one.build_id, because="x", decided_by="y")
        recover(home, ledger)
        assert states_of(ledger) == {one.build_id: "current", two.build_id: "rolled_back"}
        held = pins.pinned(ledger)
        assert held is not None and held.build_id == one.build_id and shown(home) == 1


def test_a_rollback_can_be_followed_by_another(home: Home) -> None:
    one, two, three = published(home, 1, 2, 3)
    with Ledger.open(home) as ledger:
        roll_back(home, ledger, two.build_id, because="x", decided_by="y")
        roll_back(home, ledger, one.build_id, because="x", decided_by="y")
        assert recover(home, ledger) == []
        assert states_of(ledger) == {
            one.build_id: "current",
            two.build_id: "rolled_back",
            three.build_id: "rolled_back",
        }
    assert shown(home) == 1


def test_there_is_no_rollback_to_what_is_gone_or_damaged(home: Home) -> None:
    one, two, three = published(home, 1, 2, 3)
    database = one.path / "warehouse.duckdb"
    database.chmod(0o644)
    with database.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 16)
    os.rename(two.path, home.root / "elsewhere")
    with Ledger.open(home) as ledger:
        for name, reason in ((one.build_id, "manifest"), (two.build_id, "there are"), ("b0", three.build_id)):
            with pytest.raises(ValueError, match=reason):
                roll_back(home, ledger, name, because="x", decided_by="y")
        assert pins.pinned(ledger) is None
    assert shown(home) == 3


def test_a_build_whose_lease_was_taken_while_it_wrote_its_folder_publishes_nothing(home: Home) -> None:
    (first,) = published(home, 1)
    build(home, 2)
    with Ledger.open(home) as ledger, build_lease(ledger, "run 1", "li") as held:

        def taken_over(folder: object) -> None:
            ledger.acquire_lease(BUILD, "run 9", EXPIRES_AFTER, "wang", ended="run 1")

        with pytest.raises(LeaseLost, match="run 1"):
            publish(home, 2, also=taken_over, check_lease=held.check)
        assert states_of(ledger) == {first.build_id: "current"} and shown(home) == 1
        recover(home, ledger)
    assert folders(home) == {first.build_id}
    assert publish(home, 2).is_new and shown(home) == 2
