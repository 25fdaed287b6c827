"""The connection to the ledger: transactions, migrations, the audit trail. Every other part of the ledger stands on it."""

import getpass
import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, Table, create_engine, event, func, inspect, make_url, select, text
from sqlalchemy.pool import NullPool

from warehouse.home import Home
from warehouse.ledger import schema
from warehouse.ledger.home_identity import (
    WITHOUT_IDENTITY,
    Identity,
    check_identity,
    read_home_id,
    refuse_foreign,
    write_home_id,
)
from warehouse.ledger.read_only import NotMigrated, ReadOnlyFile, is_writable
from warehouse.locks import migrator

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
BUSY_MS = 60_000  # a writer waits so long for another; a decision takes well under a second
# any constant will do that no other user of the same PostgreSQL server takes; writers and migrations queue behind it
ADVISORY_LOCK = 140_404_2035


class LedgerTooNew(RuntimeError):
    """The ledger was migrated by a newer version of this program."""


class LedgerMissing(RuntimeError):
    """There is no ledger, or an empty one, beside an archive or published builds: it was lost."""


def next_id(connection: Connection, table: Table, letter: str, ahead: int = 0) -> str:
    """The id that the next row of a table will have: a letter and its number."""
    return f"{letter}{connection.execute(select(func.count()).select_from(table)).scalar_one() + 1 + ahead:06d}"


def _configure_sqlite(engine: Engine) -> None:
    """WAL, real durability, and transactions that begin when we say so: a writer takes its lock first, so it never has
    to be undone.
    """

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (f"busy_timeout={BUSY_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("ledger_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _engine(url: str) -> Engine:
    """An engine for the ledger. An embedded one that this user may not write to is only read, and nothing is written
    beside it.
    """
    # no pool: a connection must never be shared between a process and its forked children
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, poolclass=NullPool)
    file = Path(make_url(url).database or "")
    if is_writable(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, poolclass=NullPool)
    else:
        source = ReadOnlyFile(file, BUSY_MS)
        engine = create_engine("sqlite://", creator=source.connect, poolclass=NullPool)
        event.listen(engine, "engine_disposed", lambda _: source.close())
    _configure_sqlite(engine)
    return engine


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("select version_num from alembic_version")).scalar_one_or_none()


def migrate(engine: Engine, home_id: str) -> None:
    """Bring the ledger to the newest schema. home_id: of its home, for a ledger that does not say yet whose it is.

    Raises LedgerTooNew when it is ahead of this code.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.connect().execution_options(ledger_writes=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        found = _revision(connection)
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if found is not None and found not in known:
            raise LedgerTooNew(
                f"台账版本 {found} 比本程序新，请升级程序 (the ledger is at {found}, this program knows {schema.REVISION})"
            )
        if found != schema.REVISION:
            config.attributes |= {"connection": connection, "home_id": home_id}
            command.upgrade(config, "head")


def _has_content(file: Path) -> bool:
    return file.is_file() and file.stat().st_size > 0


def _refuse_lost(home: Home) -> None:
    """Raises LedgerMissing where something lies in the home that only a ledger can explain."""
    for folder, what in ((home.archive, "存档 (an archive)"), (home.builds, "已发布的构建 (published builds)")):
        if folder.is_dir() and any(not one.name.startswith(".") for one in folder.iterdir()):
            raise LedgerMissing(
                f"{home.root} 有{what}，却没有台账或台账为空；请用 warehouse restore 从备份恢复，不要新建 "
                f"(the home has {what.partition('(')[2].rstrip(')')} but its ledger is missing or empty: restore it from a "
                "backup with `warehouse restore`; a new one would start from nothing)"
            )


_again: ContextVar[tuple[Callable[[], datetime], str] | None] = ContextVar("entering_again", default=None)


@contextmanager
def entering_again(clock: Callable[[], datetime], actor: str) -> Iterator[None]:
    """Give this clock and this actor to every ledger that is opened inside: history is entered again (a rebuild)."""
    token = _again.set((clock, actor))
    try:
        yield
    finally:
        _again.reset(token)


def _user() -> str:
    """Name of the system's user, or its number where a container gives it no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


class Store:
    """An open ledger. Safe to use from threads and from forked processes: every transaction has a connection of its
    own.
    """

    def __init__(self, engine: Engine, actor: str) -> None:
        self.engine = engine
        self.actor = actor
        again = _again.get()
        self.clock: Callable[[], datetime] = again[0] if again else partial(datetime.now, UTC)
        """Tells the time; another one where history is entered again."""

    @classmethod
    def open(cls, home: Home, actor: str | None = None, *, beside_archive: bool = False) -> Self:
        """Open the home's ledger, creating or migrating it first; any number of processes may do so at once. A user who
        may not write to it can read it.

        actor: who is named in the audit trail; by default WAREHOUSE_ACTOR, else the user of the system.
        beside_archive: make a ledger also where an archive lies already (a rebuild does), which else means that the
        ledger was lost. Raises LedgerMissing, WrongLedger, LedgerTooNew, read_only.NotMigrated, locks.Busy,
        PermissionError, or
        sqlalchemy.exc.OperationalError when the server cannot be reached.
        """
        is_embedded = home.ledger_server is None
        if is_embedded and not beside_archive and not _has_content(home.ledger_file):
            _refuse_lost(home)
        engine = _engine(home.ledger_url)
        with engine.connect() as connection, connection.begin():
            found = _revision(connection)
        if found is None and not beside_archive:
            _refuse_lost(home)
        if found != schema.REVISION and is_embedded and not is_writable(home.ledger_file):
            raise NotMigrated(
                f"台账须先由其属主升级：请属主运行一次 warehouse status (its owner is to run it once): {home.ledger_file}"
            )
        if found in WITHOUT_IDENTITY and not is_embedded:
            refuse_foreign(engine, home)
        if found != schema.REVISION:
            home_id = read_home_id(home) or str(uuid.uuid4())
            if found is None or found in WITHOUT_IDENTITY:  # made now; the home is told when, once it is
                write_home_id(home, home_id)
            with migrator(home):
                migrate(engine, home_id)
        again = _again.get()
        store = cls(engine, actor or (again and again[1]) or os.environ.get("WAREHOUSE_ACTOR") or _user())
        check_identity(home, store.identity(), is_embedded=is_embedded)
        return store

    def identity(self) -> Identity:
        """The home that this ledger belongs to, and when it was made."""
        with self.reading() as connection:
            found = connection.execute(select(schema.identity)).one()
            return Identity(found.home_id, found.created_at)

    def home_id(self) -> str:
        """The id of the home that this ledger belongs to."""
        return self.identity().home_id

    def close(self) -> None:
        """Close its connections; it may not be used afterwards."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the ledger from its first to its last query, and blocks nobody."""
        options = {"isolation_level": "REPEATABLE READ"} if self.engine.dialect.name == "postgresql" else {}
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The one writing transaction: all or nothing. Writers wait for each other, so what is read inside stays true
        to the end.
        """
        with self.engine.connect().execution_options(ledger_writes=True) as connection, connection.begin():
            if self.engine.dialect.name == "postgresql":
                connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
            yield connection

    def _now(self, connection: Connection) -> datetime:
        """The present moment, but always after the last recorded one: a clock set back must not reorder history."""
        last = connection.execute(
            select(schema.event.c.at).order_by(schema.event.c.event_id.desc()).limit(1)
        ).scalar_one_or_none()
        now = self.clock()
        return now if last is None or now > last else last + timedelta(microseconds=1)

    def _record(
        self,
        connection: Connection,
        at: datetime,
        action: str,
        submission_id: str | None = None,
        *,
        dataset: str | None = None,
        reporting_unit: str | None = None,
        period: str | None = None,
        before: str | None = None,
        after: str | None = None,
        detail: Mapping[str, Any] | None = None,
        actor: str | None = None,
    ) -> None:
        connection.execute(
            schema.event.insert().values(
                at=at,
                actor=actor or self.actor,
                action=action,
                submission_id=submission_id,
                dataset=dataset,
                reporting_unit=reporting_unit,
                period=period,
                from_state=before,
                to_state=after,
                detail=dict(detail or {}),
            )
        )
