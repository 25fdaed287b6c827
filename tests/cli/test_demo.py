"""The copy of a home that the demo sends faulty files to: made beside it, and never in place of what is not the demo's."""

import os
from pathlib import Path

import pytest

from cli.demo import (
    DEMO_INBOXES,
    KEY_FOLDER,
    MARKER,
    MOST_COPIES,
    _copy,
    _is_copy_of,
    _mark,
    _place_for_copy,
    submissions_below,
)
from cli.errors import UserError
from pipeline.release.published import CurrentBuild
from warehouse.home import Home

BUILD = CurrentBuild("b1", Path("b1"))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    for name in ("archive/a.csv", "logs/a.log", "airflow/airflow.db"):
        (made.root / name).parent.mkdir(parents=True)
        (made.root / name).write_text(name)
    return made


def test_a_copy_is_made_once_and_taken_again_while_the_home_published_nothing_else(home: Home) -> None:
    copy = _place_for_copy(home)
    assert copy.root == home.root.with_name("home-traps") and not _is_copy_of(copy, BUILD)
    _copy(home, copy)
    assert not _is_copy_of(copy, BUILD), "the demo in it is not done yet"
    _mark(copy, BUILD)
    assert _is_copy_of(copy, BUILD) and not _is_copy_of(copy, CurrentBuild("b2", Path("b2")))
    assert (copy.archive / "a.csv").is_file() and not copy.logs.exists() and not copy.airflow.exists()
    (copy.root / "staged").mkdir()
    (home.root / "later").write_text("later")
    assert _place_for_copy(home).root == copy.root
    _copy(home, copy)
    assert sorted(os.listdir(copy.root)) == ["archive", "later", MARKER]


@pytest.mark.parametrize("kind", ["folder", "file", "link", "broken link"])
def test_what_the_demo_did_not_make_stays_and_another_name_is_taken(
    home: Home, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign = home.root.with_name("home-traps")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "thesis.docx").write_text("years of work")
    if kind == "folder":
        elsewhere.rename(foreign)
    elif kind == "file":
        foreign.write_text("notes")
    else:
        foreign.symlink_to(elsewhere if kind == "link" else tmp_path / "none")
    copy = _place_for_copy(home)
    _copy(home, copy)
    assert copy.root == home.root.with_name("home-traps-2")
    assert str(foreign) in capsys.readouterr().out
    assert os.path.lexists(foreign)
    kept = {"folder": foreign, "link": foreign}.get(kind)
    assert kept is None or (kept / "thesis.docx").read_text() == "years of work"


def test_where_every_name_is_taken_it_says_what_to_do(home: Home) -> None:
    for number in range(1, MOST_COPIES + 1):
        home.root.with_name("home-traps" if number == 1 else f"home-traps-{number}").mkdir()
    with pytest.raises(UserError, match="WAREHOUSE_HOME"):
        _place_for_copy(home)


def test_the_samples_are_taken_in_without_their_key_and_a_correction_after_what_it_corrects() -> None:
    names = [path.as_posix() for path in submissions_below(DEMO_INBOXES[1])]
    assert (DEMO_INBOXES[1] / KEY_FOLDER).is_dir() and not any(name.startswith(KEY_FOLDER) for name in names)
    (ledger, correction) = (name for name in names if name.startswith("project_funds/"))
    assert "更正" in correction and "更正" not in ledger
