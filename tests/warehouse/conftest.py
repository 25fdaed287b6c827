"""A home and a ledger of one's own for every test; the ledger's own tests run on both databases."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.support.postgres import server
from warehouse.home import Home
from warehouse.ledger import Ledger

_databases = count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with server() as url:
        yield url


@pytest.fixture
def backend() -> str:
    """Which database keeps the ledger; a module that tests the ledger overrides it with both."""
    return "sqlite"


@pytest.fixture
def home(tmp_path: Path, backend: str, request: pytest.FixtureRequest) -> Home:
    root = tmp_path / "a [home]"
    if backend == "sqlite":
        return Home(root).ensure()
    url = make_url(request.getfixturevalue("postgres"))
    name = f"ledger_{next(_databases)}"
    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f"create database {name}"))
    return Home(root, url.set(database=name).render_as_string(hide_password=False)).ensure()


@pytest.fixture
def ledger(home: Home) -> Iterator[Ledger]:
    with Ledger.open(home, actor="tester") as opened:
        yield opened
