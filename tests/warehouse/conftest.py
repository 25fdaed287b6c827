"""A home and a ledger of one's own for every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from warehouse.home import Home
from warehouse.ledger import Ledger


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.delenv("WAREHOUSE_LEDGER_URL", raising=False)
    return Home(tmp_path / "a [home]").ensure()


@pytest.fixture
def ledger(home: Home) -> Iterator[Ledger]:
    with Ledger.open(home, actor="tester") as opened:
        yield opened
