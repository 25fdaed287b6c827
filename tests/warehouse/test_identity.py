"""Whose ledger it is: a home and its ledger know each other, and a lost ledger is not replaced by an empty one."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.arrivals import receive
from warehouse.home import Home
from warehouse.ledger import Ledger, LedgerMissing, WrongLedger


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.external("postgresql"))])
def backend(request: pytest.FixtureRequest) -> str:
    return request.param


def archived(home: Home) -> None:
    (home.archive / "ab").mkdir()
    (home.archive / "ab" / "file.xlsx").write_bytes(b"x")


def test_home_and_ledger_carry_the_same_id(home: Home) -> None:
    with Ledger.open(home) as ledger:
        name, made_at = ledger.identity()
    assert made_at is not None
    told = {"home_id": name, "ledger_made_at": made_at.isoformat()}
    assert json.loads(home.identity_file.read_text(encoding="utf-8")) == told
    with Ledger.open(home) as ledger:
        assert ledger.home_id() == name


def test_another_home_is_refused_and_nothing_is_written(home: Home, tmp_path: Path) -> None:
    with Ledger.open(home) as ledger:
        receive(ledger)
    server = home.ledger_server or f"sqlite:///{home.ledger_file}"
    for other in (Home(tmp_path / "new", server), Home(tmp_path / "known", server)):
        other.ensure()
        if other.root.name == "known":
            Ledger.open(replace(other, ledger_server=None)).close()
        with pytest.raises(WrongLedger, match="restore"):
            Ledger.open(other)
    with Ledger.open(home) as ledger:
        assert len(ledger.submissions()) == 1


def test_a_ledger_that_is_missing_or_empty_beside_an_archive_is_refused(home: Home) -> None:
    archived(home)
    if home.ledger_server is None:
        home.ledger_file.touch()
    with pytest.raises(LedgerMissing, match="restore"):
        Ledger.open(home)
    if home.ledger_server is None:
        assert home.ledger_file.stat().st_size == 0
    with Ledger.open(home, beside_archive=True) as ledger:
        assert ledger.submissions() == []


def test_a_copy_by_hand_of_a_home_with_its_ledger_inside_keeps_its_id(tmp_path: Path) -> None:
    home = Home(tmp_path / "one").ensure()
    with Ledger.open(home) as ledger:
        name = ledger.home_id()
    copy = Home(tmp_path / "two").ensure()
    shutil.copytree(home.ledger_file.parent, copy.ledger_file.parent, dirs_exist_ok=True)
    with Ledger.open(copy) as ledger:
        assert ledger.home_id() == name
    assert json.loads(copy.identity_file.read_text(encoding="utf-8"))["home_id"] == name
    assert os.stat(copy.identity_file).st_mode & 0o222 == 0
