"""The ledger's portable form: the same rows, whichever database they come from or go to."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, select, text

from contracts import finding
from tests.support.arrivals import accept, decide, ecology, stage
from warehouse.home import Home
from warehouse.ledger import Ledger, WrongLedger
from warehouse.ledger.schema import identity, metadata
from warehouse.ledger_dump import LedgerNotEmpty, dump_ledger, is_filled, load_ledger

_databases = count()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.external("postgresql"))])
def backend(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.external("postgresql"))])
def other_home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    """An empty home, whose ledger will be in either database."""
    root = tmp_path / "other"
    if request.param == "sqlite":
        yield Home(root).ensure()
        return
    url = make_url(request.getfixturevalue("postgres"))
    name = f"other_{next(_databases)}"
    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f"create database {name}"))
    yield Home(root, url.set(database=name).render_as_string(hide_password=False)).ensure()


def fill(home: Home, ledger: Ledger) -> None:
    """A history with something in most tables."""
    accept(home, ledger, "ecology", ecology({"140404001": 1.5, "140404101": 2.0}))
    name = stage(home, ledger, "ecology", ecology({"140404001": 3.0}))
    decide(ledger, name, {"140404001": "held"}, findings=(finding("reading.hidden_sheet", found="草稿"),))
    ledger.withdraw(name, because="误报", decided_by="王")
    ledger.open_period("ecology", "2024")
    ledger.notify("late", "key", "subject", "body", {"a": [1, None]})
    ledger.record_verdict("build", "f" * 64, failures=[{"name": "x"}], passed=False)
    ledger.prepare_publication("build", inputs_fingerprint="f" * 64, path="published/builds/build")


def rows(ledger: Ledger) -> dict[str, list[tuple[object, ...]]]:
    with ledger.reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in metadata.sorted_tables
            if table is not identity  # a restored ledger is one of its own
        }


def test_every_row_comes_back_and_the_ledger_goes_on(home: Home, ledger: Ledger, other_home: Home) -> None:
    fill(home, ledger)
    before = rows(ledger)
    assert sum(map(bool, before.values())) > 10
    file = home.root / "dump.sqlite"
    assert dump_ledger(ledger, file) == {name: len(found) for name, found in before.items()} | {"identity": 1}
    assert [path.name for path in file.parent.glob("dump.sqlite*")] == ["dump.sqlite"]
    assert not is_filled(other_home)
    load_ledger(other_home, file)
    assert is_filled(other_home)
    with Ledger.open(other_home) as second:
        assert rows(second) == before
        assert second.home_id() == ledger.home_id()
        accept(other_home, second, "ecology", ecology({"140404001": 9.0}))
        assert len(second.events()) > len(before["event"])
    with pytest.raises(LedgerNotEmpty):
        load_ledger(other_home, file)


def test_a_restored_home_and_its_original_refuse_each_others_ledger(
    home: Home, ledger: Ledger, other_home: Home, tmp_path: Path
) -> None:
    fill(home, ledger)
    dump_ledger(ledger, tmp_path / "dump.sqlite")
    load_ledger(other_home, tmp_path / "dump.sqlite")
    mine, theirs = (one.ledger_server or f"sqlite:///{one.ledger_file}" for one in (home, other_home))
    with Ledger.open(other_home) as restored:
        before = rows(ledger), rows(restored)
        for one, foreign in ((other_home, mine), (home, theirs)):
            with pytest.raises(WrongLedger, match="another copy of this warehouse home"):
                Ledger.open(replace(one, ledger_server=foreign))
        assert (rows(ledger), rows(restored)) == before
    for one in (home, other_home):
        Ledger.open(one).close()


def test_leases_are_left_behind(home: Home, ledger: Ledger, other_home: Home) -> None:
    from datetime import timedelta

    ledger.note("x")
    ledger.acquire_lease("build", "run 1", timedelta(minutes=1))
    dump_ledger(ledger, home.root / "dump.sqlite")
    load_ledger(other_home, home.root / "dump.sqlite")
    with Ledger.open(other_home) as second:
        assert second.lease("build") is None and ledger.lease("build") is not None


@pytest.mark.external("postgresql")
def test_a_database_of_another_home_is_not_filled(home: Home, ledger: Ledger, tmp_path: Path, postgres: str) -> None:
    ledger.note("x")
    dump_ledger(ledger, home.root / "dump.sqlite")
    url = make_url(postgres)
    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f"create database {(name := f'other_{next(_databases)}')}"))
    server = url.set(database=name).render_as_string(hide_password=False)
    Ledger.open(Home(tmp_path / "owner", server).ensure()).close()
    with pytest.raises(WrongLedger):
        load_ledger(Home(tmp_path / "new", server).ensure(), home.root / "dump.sqlite")
