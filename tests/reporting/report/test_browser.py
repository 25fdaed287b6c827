"""The report in a real browser, and its PDF: readable by everybody, on a phone, on paper."""

import re
import subprocess
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from reporting.report.files import PAGES, PDF
from reporting.report.words import shown
from tests.reporting.report.conftest import Made

pytestmark = pytest.mark.xdist_group("report")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDTHS = (360, 1000)  # pixels: a phone, a page
GRAVE = {"serious", "critical"}
MOST_PAGES = 20


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield running
        running.close()


@pytest.mark.external("chromium")
@pytest.mark.parametrize("name", PAGES.values())
def test_the_page_opens_without_errors_requests_or_overflow(browser: Any, made: Made, name: str) -> None:
    for width in WIDTHS:
        page = browser.new_page(viewport={"width": width, "height": 900})
        said: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message, said=said: said.append(message.text))
        page.on("pageerror", lambda error, said=said: said.append(str(error)))
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        address = (made.folder / name).as_uri()
        page.goto(address)
        assert said == [] and [url for url in asked if not url.startswith("data:")] == [address]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.close()


@pytest.mark.external("chromium")
@pytest.mark.parametrize("name", PAGES.values())
def test_axe_finds_nothing_serious(browser: Any, made: Made, name: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": 1000, "height": 900})
    page.goto((made.folder / name).as_uri())
    found = Axe().run(page).response
    assert len(found["passes"]) > 20
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found["violations"] if one["impact"] in GRAVE] == []
    page.close()


@pytest.mark.external("chromium")
def test_a_target_opens_its_explanation_by_the_keyboard(browser: Any, made: Made) -> None:
    page = browser.new_page(viewport={"width": 1000, "height": 900})
    page.goto((made.folder / PAGES["zh"]).as_uri())
    page.locator("a[href='#explain-forest_coverage_rate']").first.focus()
    page.keyboard.press("Enter")
    assert page.url.endswith("#explain-forest_coverage_rate")
    top = page.locator("#explain-forest_coverage_rate").bounding_box()["y"]
    assert -1 <= top < 900  # browsers scroll by whole pixels
    page.close()


@pytest.mark.external("pango", "poppler")
def test_the_pdf_has_its_fonts_and_the_figures_of_the_targets(made: Made, marts: duckdb.DuckDBPyConnection) -> None:
    assert made.files == [*PAGES.values(), PDF]
    path = made.folder / PDF
    pages = re.search(r"Pages:\s+(\d+)", _output("pdfinfo", path))
    assert pages and 0 < int(pages[1]) <= MOST_PAGES
    fonts = _output("pdffonts", path).splitlines()[2:]
    assert fonts and any("CJK" in line for line in fonts)
    assert all(line.split()[-5] == "yes" for line in fonts), fonts  # the column emb
    text = _output("pdftotext", "-layout", path, "-")
    for name, value, target in marts.execute(
        "select indicator_name, value, target_value from mart_target_progress where area_level = 'district'"
    ).fetchall():
        assert name in text.replace("\n", "") or name[:6] in text
        assert shown(value, "value") in text and shown(target, "target_value") in text


def _output(*command: Any) -> str:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True).stdout
