"""The ledger in a portable form: a SQLite file with the ledger's own schema, whichever database it came from.
`pipeline.release.backup` writes it, `pipeline.release.restore` makes a ledger of it.
"""

import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, create_engine, func, inspect, select, text
from sqlalchemy.pool import NullPool

from warehouse.durable import READ_ONLY, TEMPORARY, sync_path, temporary_beside
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.ledger.home_identity import write_home_id
from warehouse.ledger.schema import event, identity, lease, metadata, submission

ROWS_AT_ONCE = 1000  # held in memory while they are copied; a row takes about a kilobyte
READ_WRITE = 0o640


class LedgerNotEmpty(RuntimeError):
    """The ledger that is to be filled holds something already."""


def dump_ledger(ledger: Ledger, file: Path) -> dict[str, int]:
    """Write every table of a ledger, as it stands at one moment, to a new SQLite file; gives rows by table.

    Nobody is blocked meanwhile. The file appears whole or not at all. Raises OSError, sqlalchemy.exc.DBAPIError.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=TEMPORARY) as folder:
        draft = Home(Path(folder))
        write_home_id(draft, ledger.home_id())
        with Ledger.open(draft, beside_archive=True) as target, ledger.reading() as source:
            rows = _copy_tables(source, target)
        draft.ledger_file.chmod(READ_ONLY)
        sync_path(draft.ledger_file)
        os.replace(draft.ledger_file, file)
        sync_path(file.parent)
    return rows


def load_ledger(home: Home, file: Path) -> dict[str, int]:
    """Make a home's ledger, embedded or on a server, of a dump; gives rows by table. The home gets its id.

    It is a ledger of its own from then on, made now: that of the home which the dump is of is refused in this home, and
    this one there. A dump of earlier code is migrated. Leases of the home that it was taken from are left out. The ledger is filled in
    one step. Raises LedgerNotEmpty, warehouse.ledger.WrongLedger, LedgerTooNew, OSError.
    """
    if is_filled(home):
        raise LedgerNotEmpty(f"已有台账 (there is a ledger already): {home.ledger_server or home.ledger_file}")
    with tempfile.TemporaryDirectory(dir=home.root, prefix=TEMPORARY) as folder:
        draft = Home(Path(folder))
        copy_database(file, draft.ledger_file)
        with Ledger.open(draft, beside_archive=True) as source:
            write_home_id(home, source.home_id())  # the moment is told when the ledger is first opened
            with source.writing() as connection:
                connection.execute(identity.update().values(created_at=datetime.now(UTC)))
            if home.ledger_server is None:
                with source.writing() as connection:
                    connection.execute(lease.delete())
                    rows = _counted(connection)
            else:
                rows = _fill_server(home, source)
        if home.ledger_server is None:
            home.ledger_file.parent.mkdir(parents=True, exist_ok=True)
            sync_path(draft.ledger_file)
            os.replace(draft.ledger_file, home.ledger_file)
            sync_path(home.ledger_file.parent)
    return rows


def is_filled(home: Home) -> bool:
    """Whether there is a ledger with anything in it; nothing is made or migrated. Raises
    sqlalchemy.exc.OperationalError when the server cannot be reached.
    """
    if home.ledger_server is None:
        return home.ledger_file.is_file() and home.ledger_file.stat().st_size > 0
    engine = create_engine(home.ledger_server, poolclass=NullPool)
    with engine.connect() as connection:
        return any(
            inspect(connection).has_table(one.name)
            and connection.execute(select(func.count()).select_from(one)).scalar_one()
            for one in (submission, event)
        )


def copy_database(file: Path, target: Path) -> None:
    """Copy a SQLite file that nobody writes, with the write-ahead log that may lie beside it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for suffix in ("", "-wal"):
        source = file.with_name(file.name + suffix)
        if source.is_file():
            draft = temporary_beside(target)
            shutil.copyfile(source, draft)
            draft.chmod(READ_WRITE)
            os.replace(draft, target.with_name(target.name + suffix))


def _fill_server(home: Home, source: Ledger) -> dict[str, int]:
    with Ledger.open(home, beside_archive=True) as target:
        with source.reading() as connection:
            rows = _copy_tables(connection, target)
        with target.writing() as connection:
            connection.execute(lease.delete())
        return rows


def _copy_tables(source: Connection, target: Ledger) -> dict[str, int]:
    """Copy every row into a ledger that holds nothing but its own identity, which it keeps, in one transaction."""
    with target.writing() as into:
        for table in metadata.sorted_tables:
            if table is identity:
                continue
            chosen = select(table).order_by(*table.primary_key.columns)
            rows = source.execute(chosen, execution_options={"yield_per": ROWS_AT_ONCE})
            for some in rows.mappings().partitions():
                into.execute(table.insert(), [dict(row) for row in some])
        if into.dialect.name == "postgresql":
            _count_on(into)
        return _counted(into)


def _count_on(connection: Connection) -> None:
    """Let PostgreSQL's counters go on after the numbers that were copied."""
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None:
            continue
        highest = connection.execute(select(func.max(column))).scalar_one()
        if highest is not None:
            connection.execute(
                text("select setval(pg_get_serial_sequence(:name, :counter), :highest)"),
                {"name": table.name, "counter": column.name, "highest": highest},
            )


def _counted(connection: Connection) -> dict[str, int]:
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in metadata.sorted_tables
    }
