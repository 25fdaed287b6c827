"""`warehouse doctor` says what protects a home; a home that the command makes is closed to others."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ingestion.sandbox import Held
from pipeline.watch import protection
from tests.support.answers import SAMPLES
from tests.support.other_user import other_user, place_for_both
from warehouse.home import CHECKOUT, Home, own_file

MODES = {
    "folder": {0o750},
    "file": {0o640, 0o440},
    "own folder": {0o700},
    "log": {0o600},
}


def kind_of(home: Home, path: Path) -> str:
    if path in (home.logs, home.inbox / ".claimed"):
        return "own folder"
    if path.is_relative_to(home.logs):
        return "log" if path.is_file() else "folder"
    return "file" if path.is_file() else "folder"


def command(home: Home, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli.main", "--home", str(home.root), *words],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
    )


@pytest.mark.slow  # files are received and read in processes of their own
def test_everything_that_the_command_makes_has_the_modes_of_a_home(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    for file in ("rural_waste/农村垃圾季报2024-1.xlsx", "ecology/2025生态年报-上党.xls"):
        target = home.inbox / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((SAMPLES / "clean" / file).read_bytes())
    for folder in (home.root, home.inbox, home.inbox / "rural_waste", home.inbox / "ecology"):
        folder.chmod(0o750)
    ran = command(home, "load", "--no-build")
    assert ran.returncode == 0, ran.stderr
    (home.archive / "a link").symlink_to(home.root)
    own_file(home.logs / "some.log")
    made = [home.root, *(path for path in home.root.rglob("*") if not path.is_symlink())]
    found = {path: stat.S_IMODE(path.stat().st_mode) for path in made}
    wrong = {home.relative(path): oct(mode) for path, mode in found.items() if mode not in MODES[kind_of(home, path)]}
    assert wrong == {}
    kinds = [home.staged, home.receipts, home.archive, home.data_docs]
    assert all(any(path.is_file() for path in folder.rglob("*")) for folder in kinds)
    ran = command(home, "doctor", "--json")
    assert {one["code"]: one["holds"] for one in json.loads(ran.stdout)}["home_modes"]


@pytest.mark.slow
def test_an_ordinary_user_is_told_what_holds_for_it() -> None:
    with place_for_both() as place:
        home = Home(place / "home").ensure()
        with other_user(home) as user:
            ran = user.run("doctor", "--json")
    found = {one["code"]: one["holds"] for one in json.loads(ran.stdout)}
    assert set(found) == {"reading_files", "reading_network", "reading_calls", "home_modes"}
    held = protection.sandbox.held()
    if held.files == "landlock":
        assert found["reading_files"] and found["reading_calls"] == held.calls


def test_what_is_too_open_is_named_with_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path / "home").ensure()
    for folder in home.root.rglob("*"):
        folder.chmod(0o700 if folder == home.logs else 0o750)
    (home.airflow / "secrets.json").write_text("{}")
    (home.airflow / "secrets.json").chmod(0o640)
    (home.archive / "a").write_text("a")
    (home.archive / "a").chmod(0o644)
    assert sorted(map(home.relative, home.too_open())) == ["airflow/secrets.json", "archive/a"]
    monkeypatch.setattr(protection.sandbox, "held", lambda: Held("landlock", 7, True, True))
    *reading, files = protection.protections(home)
    assert all(one.holds for one in reading)
    assert not files.holds and "airflow/secrets.json" in files.zh
    for words in files.zh.partition("请运行 ")[2].split("; "):
        subprocess.run(["bash", "-c", words], check=False)
    assert list(home.too_open()) == []


@pytest.mark.parametrize(
    ("held", "lacking"),
    [
        (Held("none", 0, True, True), {"reading_files"}),
        (Held("landlock", 2, True, True), set()),
        (Held("landlock", 2, True, False), {"reading_files", "reading_calls"}),
        (Held("mounts", 0, False, True), {"reading_network"}),
    ],
)
def test_what_does_not_hold_is_said(
    held: Held, lacking: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protection.sandbox, "held", lambda: held)
    found = protection.protections(Home(tmp_path))
    assert {one.code for one in found if not one.holds} - {"home_modes"} == lacking


def test_a_home_that_was_open_is_closed_when_it_is_used(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").ensure()
    home.root.chmod(0o2775)
    home.logs.chmod(0o755)
    home.ensure()
    assert stat.S_IMODE(home.root.stat().st_mode) == 0o2770
    assert stat.S_IMODE(home.logs.stat().st_mode) == 0o700
