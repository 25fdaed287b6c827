"""A real Superset, installed as `make superset` installs it: its charts give the figures of the marts through both doors, and
its pages show them.
"""

import math
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest

from bi.superset import install
from bi.superset.assets import dashboards
from bi.superset.charts import Chart
from tests.support.bi_server import made_on
from tests.support.external_tools import lacking
from tests.support.native_services import free_ports
from tests.support.postgres import server
from warehouse import bi_server, builds
from warehouse.home import Home

pytestmark = [
    pytest.mark.slow,
    pytest.mark.external("postgresql", "chromium"),
    pytest.mark.xdist_group("superset"),  # one environment, installed once
]

READY_SECONDS = 120
CHARTS = [chart for one in dashboards() for chart in one.charts]


@contextmanager
def serving(home: Home, folder: Path, read: install.Marts) -> Iterator[httpx.Client]:
    """A client that has logged in to a Superset over these marts."""
    install.set_up(home, folder, read)
    (port,) = free_ports(1)
    with install.started(home, folder, port) as process:
        client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=READY_SECONDS)
        end = time.monotonic() + READY_SECONDS
        while True:
            assert process.poll() is None and time.monotonic() < end
            try:
                if client.get("/health").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.5)
        password = (folder / "admin_password").read_text(encoding="utf-8").strip()
        login = {"username": install.ADMIN, "password": password, "provider": "db", "refresh": False}
        token = client.post("/api/v1/security/login", json=login).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


Serving = Callable[[Home, Path, install.Marts], AbstractContextManager[httpx.Client]]


@pytest.fixture(scope="module")
def superset() -> Serving:
    try:
        install.install()
    except subprocess.CalledProcessError as error:
        lacking(f"Superset cannot be installed: {error}")
    return serving


def shown(client: httpx.Client) -> dict[str, list[tuple[Any, ...]]]:
    """By title, the rows that the API gives for each chart's own query."""
    charts = client.get("/api/v1/chart/", params={"q": "(page_size:100)"}).json()["result"]
    found = {}
    for one in charts:
        answer = client.get(f"/api/v1/chart/{one['id']}/data/")
        assert answer.status_code == 200, (one["slice_name"], answer.text)
        (result,) = answer.json()["result"]
        found[one["slice_name"]] = [tuple(map(_plain, row.values())) for row in result["data"]]
    return found


def expected(con: duckdb.DuckDBPyConnection, chart: Chart) -> list[tuple[Any, ...]]:
    """The same of the mart, by SQL of our own."""
    where = " and ".join(
        f"{name} is {str(value).lower()}" if isinstance(value, bool) else f"{name} = '{value}'"
        for name, value in chart.where.items()
    )
    asked = [*(chart.columns or chart.groups), *(f"{how}({name})" for how, name in chart.figures)]
    grouped = "" if chart.columns else "group by all"
    rows = con.execute(f"select {', '.join(asked)} from {chart.mart} where {where or 'true'} {grouped}").fetchall()
    return [tuple(map(_plain, row)) for row in rows]


def _plain(value: Any) -> Any:
    """Moments as the API gives them, in milliseconds; figures to nine digits."""
    if isinstance(value, datetime):
        return _plain(value.astimezone(UTC).timestamp() * 1000)
    if isinstance(value, date):
        return _plain(datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp() * 1000)
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    return 0.0 if abs(value) < 1e-9 else round(float(value), 8 - math.floor(math.log10(abs(value))))


def assert_equal(found: dict[str, list[tuple[Any, ...]]], home: Home) -> None:
    with duckdb.connect(str(home.current / builds.DATABASE), read_only=True) as con:
        for chart in CHARTS:
            rows = expected(con, chart)
            assert sorted(found[chart.title], key=repr) == sorted(rows, key=repr), chart.name
            assert rows, chart.name


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("superset")


@pytest.fixture(scope="module")
def on_file(superset: Serving, clean_home: Home, folder: Path) -> Iterator[httpx.Client]:
    with superset(clean_home, folder, install.marts(clean_home, None)) as client:
        yield client


@pytest.fixture(scope="module")
def password(on_file: httpx.Client, folder: Path) -> str:
    return (folder / "admin_password").read_text(encoding="utf-8").strip()


def test_every_chart_shows_the_marts_through_the_file(on_file: httpx.Client, clean_home: Home) -> None:
    assert_equal(shown(on_file), clean_home)


def test_every_chart_shows_the_marts_through_postgresql(superset: Serving, clean_home: Home, tmp_path: Path) -> None:
    folder = builds.current(clean_home)
    assert folder is not None
    with server() as url:
        database = made_on(url)
        assert bi_server.show(database.url(), "home", folder, READY_SECONDS)
        with superset(clean_home, tmp_path, install.marts(clean_home, database.url("marts_reader"))) as client:
            assert_equal(shown(client), clean_home)


def test_the_pages_show_every_chart_and_ask_nothing_of_anybody_else(on_file: httpx.Client, password: str) -> None:
    """Superset's pages would tell its makers that they were opened: the browser is told not to."""
    from playwright.sync_api import Request, sync_playwright

    base = str(on_file.base_url)
    left: list[str] = []

    def notice(request: Request) -> None:
        if not request.url.startswith((base, "data:", "blob:")):
            left.append(request.url)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1500, "height": 1800})
        page.set_default_timeout(READY_SECONDS * 1000)
        page.on("requestfinished", notice)
        page.goto(f"{base}/login/")
        page.locator("input[name=username], #username").first.fill(install.ADMIN)
        page.locator("input[type=password]").fill(password)
        page.keyboard.press("Enter")
        page.wait_for_url("**/superset/welcome/")
        for one in dashboards():
            page.goto(f"{base}/superset/dashboard/{one.slug}/")
            for chart in one.charts:
                page.get_by_text(chart.title, exact=True).first.wait_for()
            page.wait_for_function(
                "count => document.querySelectorAll('.dashboard-chart canvas, .dashboard-chart table, .header-line').length"
                " >= count && !document.querySelector('.dashboard .loading')",
                arg=len(one.charts),
            )
            assert page.get_by_role("alert").all_inner_texts() == []
        browser.close()
    assert left == []
