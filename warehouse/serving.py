"""Connections to the current build: read-only, locked down; a Reader moves on when a new build is published.

Used by the command line, the web pages and whoever reads the marts from Python. In the caller's process DuckDB keeps to its own
limits (memory, threads, no file beside the database); what single functions make beyond its count, only the limit of a whole
process holds, as `warehouse query` sets it (cli.query_process).
"""

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa

from warehouse import builds
from warehouse.home import Home
from warehouse.served_connection import Connection, QueryStuck, Rows
from warehouse.served_statements import ServedError
from warehouse.settings import Queries, read_settings

__all__ = [
    "Connection",
    "CurrentMissing",
    "NothingPublished",
    "QueryStuck",
    "Reader",
    "Rows",
    "ServedError",
    "connect",
    "open_locked",
    "query",
]

_opening = threading.Lock()


class NothingPublished(LookupError):
    """No build is published yet."""


class CurrentMissing(LookupError):
    """`current` points to a build that is not there, or has no database."""


def open_locked(path: Path, limits: Queries | None = None) -> Connection:
    """Open a published database so that SQL can read its tables and nothing else: no file, no other database, no
    setting. limits: of memory, threads, time and rows; the defaults unless given.
    """
    with _opening:
        return Connection(duckdb.connect(str(path), read_only=True), limits or Queries())


def connect(home: Home, *, is_public: bool = False) -> Connection:
    """A locked-down connection to the current build. It stays with that build; a Reader moves on. Its limits are those of
    settings.toml. is_public: to what of it anybody may see. Raises NothingPublished, CurrentMissing, InvalidSettings,
    PermissionError, duckdb.Error.
    """
    path = builds.public_database(home) if is_public else builds.database(home)
    if is_public and path is None and builds.database(home) is not None:
        raise NothingPublished(
            "当前版本没有公开部分，重新发布后才有：warehouse publish --force "
            "(the current build has no public set: publish anew with `warehouse publish --force`)"
        )
    if home.current.is_symlink() and (path is None or not path.exists()):
        raise CurrentMissing(f"当前版本不在了 (the current build is gone): {home.current} → {home.current.readlink()}")
    if path is None:
        raise NothingPublished(
            f"还没有发布的数据，用 warehouse load 收取并发布 (nothing is published yet; run warehouse load): {home.current}"
        )
    return open_locked(path, read_settings(home).queries)


def query(home: Home, sql: str, parameters: Sequence[Any] = ()) -> pa.Table:
    """The rows of one statement on the current build, as an Arrow table. Raises NothingPublished, ServedError,
    duckdb.Error.
    """
    with connect(home) as con:
        return con.execute(sql, parameters).to_arrow_table()


class Reader:
    """A long-lived reader: each `query` runs on the build that is current then; queries on one `connection` see one
    build.

    Not for use by several threads at once.
    """

    def __init__(self, home: Home) -> None:
        self.home = home
        self._link: str | None = None
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection:
        """The connection to the build that is current now; take it once for queries that belong together. Raises
        NothingPublished.
        """
        link = os.readlink(self.home.current) if self.home.current.is_symlink() else None
        if self._connection is None or link != self._link:
            fresh = connect(self.home)
            self.close()
            self._connection, self._link = fresh, link
        return self._connection

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> pa.Table:
        """The rows of one statement on the build that is current now. Raises NothingPublished, ServedError,
        duckdb.Error.
        """
        return self.connection.execute(sql, parameters).to_arrow_table()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
