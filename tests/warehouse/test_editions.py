"""Numbers of editions: given once, whatever became of the folders."""

import json
import shutil
from pathlib import Path

import pytest

from warehouse import editions
from warehouse.builds import MANIFEST
from warehouse.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").ensure()


def publish(home: Home, name: str) -> None:
    """A published build, as far as an approval looks at it."""
    folder = home.builds / name
    folder.mkdir()
    (folder / MANIFEST).write_text(json.dumps({"build_id": name, "files": {}}), encoding="utf-8")
    home.current.unlink(missing_ok=True)
    home.current.symlink_to(Path("builds") / name)


def approve(home: Home, build: str, period: str = "2025-07", used: tuple[str, ...] = ()) -> str:
    publish(home, build)
    return editions.approve(home, period, home.builds / build, approved_by="L", used=used)[0].edition


def test_a_number_is_never_given_again(home: Home) -> None:
    assert [approve(home, build) for build in ("a", "b", "c")] == ["2025-07.1", "2025-07.2", "2025-07.3"]
    shutil.rmtree(home.editions / "2025-07.1")
    assert approve(home, "d") == "2025-07.4"
    assert approve(home, "e", "2025") == "2025.1"


def test_numbers_that_only_the_ledger_knows_are_not_given_either(home: Home) -> None:
    assert approve(home, "a", used=("2025-07.2", "2025-07.x", "2024.9")) == "2025-07.3"
    assert approve(home, "b", used=("2025-07.2",)) == "2025-07.4"


def test_only_the_second_edition_is_kept_and_the_next_is_the_third(home: Home) -> None:
    approve(home, "a")
    approve(home, "b")
    shutil.rmtree(home.editions / "2025-07.1")
    publish(home, "c")
    edition, is_new = editions.approve(home, "2025-07", home.builds / "c", approved_by="L")
    assert (edition.edition, is_new) == ("2025-07.3", True)
    assert [one.edition for one in editions.approved(home)] == ["2025-07.2", "2025-07.3"]
