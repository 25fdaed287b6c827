"""The migrations give exactly the schema that the code declares, on both databases."""

import multiprocessing
import os
import shutil
import signal
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine, select, text

from contracts import catalogue, finding
from tests.support.arrivals import decide, ecology, receive, stage
from warehouse.home import Home
from warehouse.ledger import Ledger, LedgerTooNew, Snapshot, WrongLedger
from warehouse.ledger.schema import REVISION, metadata
from warehouse.ledger.store import MIGRATIONS

OLD_HOME = Path(__file__).resolve().parents[1] / "fixtures" / "old_home" / "home.tar.gz"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.external("postgresql"))])
def backend(request: pytest.FixtureRequest) -> str:
    return request.param


def test_a_migrated_ledger_is_what_the_code_declares(ledger: Ledger) -> None:
    with ledger.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_the_newest_migration_is_the_one_that_the_code_asks_for() -> None:
    """Otherwise each opening would take the lock of the migrations."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


def test_opening_again_keeps_everything_and_a_newer_ledger_is_refused(home: Home, ledger: Ledger) -> None:
    name = receive(ledger)
    with Ledger.open(home) as again:
        assert again.get(name).state == "received"
    with ledger.engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(LedgerTooNew, match="9999"):
        Ledger.open(home)


def test_a_ledger_of_the_first_version_keeps_what_it_holds(home: Home, ledger: Ledger) -> None:
    name = stage(
        home, ledger, "ecology", ecology({"140404001": 1.0}), findings=(finding("reading.hidden_sheet", found="草稿"),)
    )
    before = (ledger.get(name), ledger.reporting_units(name), ledger.findings(name))
    (home.archive / "somewhere").mkdir()  # on a server, the ledger is its own by the archive that it names
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with ledger.engine.connect().execution_options(ledger_writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
    with Ledger.open(home) as again:
        assert (again.get(name), again.reporting_units(name), again.findings(name)) == before
        assert (again.waivers(), again.confirmations()) == ([], [])


def test_the_first_receipt_is_due_of_what_an_earlier_version_left_without_any(home: Home, ledger: Ledger) -> None:
    crashed, told = (stage(home, ledger, "ecology", ecology({"140404001": area})) for area in (1.0, 2.0))
    stage(home, ledger, "ecology", ecology({"140404001": 3.0}))
    for name in (crashed, told):
        decide(ledger, name)
    ledger.attach_receipt(told, "receipts/x")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with ledger.engine.connect().execution_options(ledger_writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.downgrade(config, "0004")
    with Ledger.open(home) as again:
        assert again.receipts_due() == {crashed: again.get(crashed).settled_at}


def _decide_and_die(home: Home, name: str, survive: int) -> None:
    """Die inside the transaction, after so many recorded events, as a power cut would have it."""
    with Ledger.open(home) as ledger:
        recorded = ledger._record
        left = [survive]

        def record(*arguments: object, **more: object) -> None:
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left[0] -= 1
            recorded(*arguments, **more)  # type: ignore[arg-type]

        ledger._record = record  # type: ignore[method-assign]
        decide(ledger, name)


def test_a_decision_killed_half_way_never_happened(home: Home, ledger: Ledger) -> None:
    decide(ledger, stage(home, ledger, "ecology", ecology({"140404001": 1.0, "140404101": 2.0})))
    name = stage(home, ledger, "ecology", ecology({"140404001": 3.0, "140404101": 4.0}))
    before = (ledger.snapshot(), ledger.events())
    for survive in range(3):
        process = multiprocessing.get_context("fork").Process(target=_decide_and_die, args=(home, name, survive))
        process.start()
        process.join(timeout=30)
        assert process.exitcode == -signal.SIGKILL
        assert (ledger.snapshot(), ledger.events()) == before
    assert [version.submission_id for version in decide(ledger, name).superseded] == [
        before[0].in_force[0].submission_id
    ] * 2
    assert [event.action for event in ledger.events(name)] == ["received", "staged", "accepted"]


def test_what_was_known_before_a_confirmation_is_laid_out_from_the_events_of_an_old_ledger(tmp_path: Path) -> None:
    with tarfile.open(OLD_HOME) as archive:
        archive.extractall(tmp_path, filter="data")
    with Ledger.open(Home(tmp_path / "home")) as ledger:
        made = ledger.confirmations()
        before = [ledger.snapshot(one.decided_at - timedelta(microseconds=1)) for one in made]
        now = ledger.snapshot()
    assert [one.rules for one in made] == [("version.superseded_version",), ("version.period_closed",)]
    for one, then in zip(made, before, strict=True):
        key = (one.submission_id, one.reporting_unit)
        assert (_states(then, key), _states(now, key)) == ({"held"}, {"accepted"})
        lifted = [
            item.lifted_by for name, _, item in then.findings if name == one.submission_id and item.rule_id in one.rules
        ]
        assert lifted and set(lifted) == {None}
        assert {item.rule_id for _, _, item in then.findings} <= set(catalogue())


def _move_to_server(source: Path, home: Home) -> None:
    """Bring the rows of an embedded ledger of earlier code, as they are, into a PostgreSQL database of its revision."""
    with create_engine(f"sqlite:///{source}").connect() as connection:
        tables = MetaData()
        tables.reflect(connection)
        rows = {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in tables.sorted_tables
        }
    revision = rows.pop("alembic_version")[0]["version_num"]
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with create_engine(home.ledger_url).connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        there = MetaData()
        there.reflect(connection)
        for name, found in rows.items():
            if found:
                connection.execute(there.tables[name].insert(), [_in_utc(row) for row in found])
        for name, column in (("event", "event_id"), ("finding", "finding_id"), ("submission_unit", "unit_id")):
            counted = f"select setval(pg_get_serial_sequence('{name}', '{column}'), max({column})) from {name}"
            connection.execute(text(counted))


def _in_utc(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value.replace(tzinfo=UTC) if isinstance(value, datetime) else value for key, value in row.items()}


def test_an_old_ledger_is_the_same_on_both_databases(home: Home, tmp_path: Path) -> None:
    with tarfile.open(OLD_HOME) as archive:
        archive.extractall(tmp_path, filter="data")
    old = Home(tmp_path / "home")
    if home.ledger_server:
        _move_to_server(old.ledger_file, home)
        shutil.copytree(old.archive, home.archive, dirs_exist_ok=True)  # by which it is known as its own
    else:
        shutil.copyfile(old.ledger_file, home.ledger_file)
    with Ledger.open(old) as embedded, Ledger.open(home) as ledger:
        approved = ledger.events(actions=["approved"])[0].at
        for moment in (None, approved):
            one, other = embedded.snapshot(moment), ledger.snapshot(moment)
            assert one == other and one.outcomes_fingerprint == other.outcomes_fingerprint
        assert (len(ledger.submissions()), len(ledger.publications())) == (42, 2)
        assert len(ledger.snapshot(approved).in_force) < len(ledger.snapshot().in_force)
        accepted = ledger.snapshot().in_force
        ledger.withdraw(accepted[0].submission_id, because="误报", decided_by="王")
        assert len(ledger.events()) > len(embedded.events())
        assert ledger.snapshot(approved) == embedded.snapshot(approved)


@pytest.mark.external("postgresql")
@pytest.mark.parametrize("backend", ["postgresql"])
def test_an_old_ledger_on_a_server_is_not_taken_by_a_home_without_its_archive(home: Home, tmp_path: Path) -> None:
    with tarfile.open(OLD_HOME) as archive:
        archive.extractall(tmp_path, filter="data")
    old = Home(tmp_path / "home")
    _move_to_server(old.ledger_file, home)
    one = next(old.archive.glob("??/*"))
    shutil.copytree(one, home.archive / one.relative_to(old.archive))  # a file that both were sent
    for _ in range(2):
        with pytest.raises(WrongLedger, match="warehouse status"):
            Ledger.open(home)
        assert not home.identity_file.exists()
        with create_engine(home.ledger_url).connect() as connection:
            assert connection.execute(text("select version_num from alembic_version")).scalar_one() < "0004"
    its_own = Home(old.root, home.ledger_server)
    with Ledger.open(its_own) as ledger:
        assert len(ledger.submissions()) == 42
    with pytest.raises(WrongLedger):
        Ledger.open(home)


def _states(snapshot: Snapshot, key: tuple[str, str]) -> set[str]:
    return {one.state for one in snapshot.reporting_units if (one.submission_id, one.reporting_unit) == key}
