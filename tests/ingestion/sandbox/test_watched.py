"""A child of the sandbox fills no disk, and what it says reaches the caller's terminal as text."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestion import sandbox
from ingestion.sandbox import client
from ingestion.sandbox.watched import SAID_BYTES
from tests.support import sandbox_excess as excess
from tests.support.sandbox_attacks import GOT


@pytest.fixture(scope="module", name="little_space")
def _little_space() -> Iterator[None]:
    """A host whose children have little space on the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "_preloaded", (f"{excess.__name__}:{excess.little_space.__name__}",))
        sandbox.stop()
        yield
        sandbox.stop()


@pytest.mark.usefixtures("little_space")
@pytest.mark.parametrize(("files", "megabytes"), [(20_000, 0), (2_000, 5)])
def test_a_disk_is_not_filled_with_many_files(tmp_path: Path, files: int, megabytes: int) -> None:
    outcome = sandbox.run(
        excess.fill_the_disk, str(tmp_path), files, megabytes, seconds=60, megabytes=400, writes=tmp_path
    )
    assert (outcome.failure, outcome.value) == ("space", None)
    assert (
        outcome.detail == "over 6144 MB or 10000 files on the disk"
    )  # of this process: the host's own are smaller here
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) < files / 2


@pytest.mark.usefixtures("little_space")
def test_what_lay_in_a_folder_before_does_not_count(tmp_path: Path) -> None:
    for number in range(600):
        (tmp_path / f"old{number}").touch()
    outcome = sandbox.run(excess.fill_the_disk, str(tmp_path), 400, 0, seconds=60, megabytes=400, writes=tmp_path)
    assert outcome.value == GOT, outcome


def test_what_a_child_says_moves_no_cursor(capfd: pytest.CaptureFixture[str]) -> None:
    sandbox.stop()
    sandbox.run(excess.shout_at_the_terminal, 2, seconds=10, megabytes=400)
    sandbox.stop()
    out, errors = capfd.readouterr()
    assert (out, errors) == ("", "\ufffd]0;mine\ufffd\ufffd[31mred\ufffd \ufffd甲\n" * 2)


def test_a_child_does_not_speak_without_end(capfd: pytest.CaptureFixture[str]) -> None:
    sandbox.stop()
    assert sandbox.run(excess.shout_at_the_terminal, 100_000, seconds=20, megabytes=400).ok
    sandbox.stop()
    assert len(capfd.readouterr().err) < SAID_BYTES
