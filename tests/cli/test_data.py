"""`warehouse report`: where the page of a build lies, and opening it."""

import webbrowser

import pytest

from tests.cli.test_main import Run, empty_home, warehouse
from tests.support.published import pretend_published
from warehouse.home import Home
from warehouse.ledger import Ledger

__all__ = ["empty_home", "warehouse"]  # fixtures


@pytest.fixture
def home(empty_home: Home) -> Home:
    """Two builds with reports, b2 the current one, and b1 as edition 2025-07.1."""
    empty_home.ensure()
    with Ledger.open(empty_home) as ledger:
        folders = [pretend_published(empty_home, ledger, name) for name in ("b1", "b2")]
    for folder in folders:
        (folder / "report").mkdir()
        for page in ("index.html", "index.en.html"):
            (folder / "report" / page).write_text(folder.name)
    empty_home.editions.mkdir(parents=True, exist_ok=True)
    (empty_home.editions / "2025-07.1").symlink_to(folders[0])
    return empty_home


def test_it_prints_where_the_page_of_the_current_build_lies(warehouse: Run, home: Home) -> None:
    assert warehouse(home, "report") == (0, f"{home.builds}/b2/report/index.html\n", "")
    assert warehouse(home, "report", "--lang", "en")[1] == f"{home.builds}/b2/report/index.en.html\n"


def test_another_build_or_edition_is_chosen(warehouse: Run, home: Home) -> None:
    assert warehouse(home, "report", "--build", "b1")[1] == f"{home.builds}/b1/report/index.html\n"
    assert warehouse(home, "report", "--edition", "2025-07.1")[1] == f"{home.editions}/2025-07.1/report/index.html\n"
    status, out, err = warehouse(home, "report", "--edition", "2025-07.1", "--build", "b1")
    assert (status, out) == (2, "") and "--edition" in err
    status, out, err = warehouse(home, "report", "--build", "b3")
    assert (status, out) == (2, "") and "没有这次构建或版次 b3" in err and "b1" in err and err.count("\n") == 1


def test_a_build_without_a_report_is_said_to_have_none(warehouse: Run, home: Home) -> None:
    (home.builds / "b2" / "report" / "index.html").unlink()
    status, out, err = warehouse(home, "report")
    assert (status, out) == (2, "") and "warehouse publish --force" in err and err.count("\n") == 1


@pytest.mark.parametrize("has_browser", [True, False])
def test_it_is_opened_where_there_is_a_browser(
    warehouse: Run, home: Home, monkeypatch: pytest.MonkeyPatch, has_browser: bool
) -> None:
    opened: list[str] = []

    def browse(address: str) -> bool:
        opened.append(address)
        return has_browser

    monkeypatch.setattr(webbrowser, "open", browse)
    status, out, err = warehouse(home, "report", "--open")
    page = home.builds / "b2" / "report" / "index.html"
    assert (opened, out) == ([page.as_uri()], f"{page}\n")
    assert (status, "浏览器" in err) == ((0, False) if has_browser else (2, True))
