"""A locked-down connection whose statements end: at a limit of memory, threads, time or rows, and on Ctrl-C.

warehouse.serving opens it. DuckDB itself keeps to memory and threads; time, rows and Ctrl-C are kept here.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from types import TracebackType
from typing import Any, Self, TypeVar

import duckdb
import pyarrow as pa

from contracts.calendar import DISTRICT_TIME
from warehouse.served_statements import ServedError, checked
from warehouse.settings import Queries

# DuckDB looks whether it was interrupted after every chunk of 2,048 rows: this is plenty, unless one call of a
# function runs on (bitstring('1', 2000000000)), which nothing but the end of the process stops.
SECONDS_TO_END, SECONDS_BETWEEN = 5.0, 0.05
ROWS_OF_A_BATCH = 10_000  # a fetch looks at the row limit after so many
Given = TypeVar("Given")


class QueryTooLong(ServedError):
    """The statement took longer than it may."""


class QueryTooLarge(ServedError):
    """The statement needs more memory than it may have."""


class TooManyRows(ServedError):
    """The statement gives more rows than are given out."""


class QueryStuck(ServedError):
    """The statement does not end although it was told to; only the end of the process ends it. interrupted: by Ctrl-C."""

    def __init__(self, message: str, interrupted: bool = False) -> None:
        super().__init__(message)
        self.interrupted = interrupted


def lock_down(limits: Queries) -> tuple[str, ...]:
    """The statements after which a connection reads its tables, and no file, other database, setting or Python variable."""
    return (
        f"SET GLOBAL TimeZone = '{DISTRICT_TIME.key}'",  # moments are shown in the district's time
        f"SET GLOBAL memory_limit = '{limits.memory_megabytes}MiB'",
        f"SET GLOBAL threads = {limits.threads}",
        "SET GLOBAL temp_directory = ''",  # nothing is written beside the database when memory is short
        "SET GLOBAL secret_directory = ''",
        "SET GLOBAL allow_persistent_secrets = false",
        "SET GLOBAL autoinstall_known_extensions = false",
        "SET GLOBAL autoload_known_extensions = false",
        "SET GLOBAL allow_community_extensions = false",
        "SET GLOBAL python_enable_replacements = false",
        "SET enable_external_access = false",
        "SET disabled_filesystems = 'LocalFileSystem'",
        # makes those before it final: with read_only alone a query can read any file and overwrite the database
        # (measured on DuckDB 1.5.5)
        "SET lock_configuration = true",
    )


class Connection:
    """A connection to one published database: one statement at a time, each within the limits.

    Made of an open DuckDB connection, which it locks down unless another one of this process did. Not for use by several
    threads at once.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, limits: Queries) -> None:
        self._con, self.limits = con, limits
        self._is_stuck = False
        # connections of one process to one file share an instance, which is locked down once
        locked = con.execute("select current_setting('lock_configuration')").fetchone()
        if not (locked and locked[0]):
            for statement in lock_down(limits):
                con.execute(statement)

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> "Rows":
        """Run one statement that reads; gives its rows, to be fetched before the next one. Raises ServedError,
        duckdb.Error.
        """
        return Rows(self, self.within_limits(lambda: self._con.execute(checked(self._con, sql), list(parameters))))

    sql = execute

    def get_table_names(self, sql: str) -> set[str]:
        """The tables that a statement reads. Raises duckdb.Error where DuckDB cannot say."""
        return self.within_limits(lambda: self._con.get_table_names(checked(self._con, sql)))

    def within_limits(self, work: Callable[[], Given]) -> Given:
        """What `work` gives; it is interrupted when its time is over, and on Ctrl-C. Raises ServedError,
        KeyboardInterrupt.
        """
        if self._is_stuck:
            raise QueryStuck(self._stuck())
        # in a thread of its own: while DuckDB works, Python hears of Ctrl-C only in a thread that waits
        found: Future[Given] = Future()
        threading.Thread(target=_fulfil, args=(found, work), daemon=True).start()
        try:
            return found.result(self.limits.seconds)
        except TimeoutError as error:
            self._end(found, error)
            raise QueryTooLong(
                f"查询超过 {self.limits.seconds} 秒，已中止；请缩小范围 "
                f"(ended after {self.limits.seconds} seconds; ask for less, or set [queries] seconds)"
            ) from error
        except KeyboardInterrupt as error:
            self._end(found, error)
            raise
        except (duckdb.OutOfMemoryException, MemoryError):
            pass  # DuckDB's own advice is to change settings that readers cannot
        raise QueryTooLarge(
            f"查询需要的内存超过 {self.limits.memory_megabytes} MB；请缩小范围 "
            f"(needs more memory than {self.limits.memory_megabytes} MB; ask for less, or set [queries] memory_megabytes)"
        )

    def _end(self, found: Future[Any], cause: BaseException) -> None:
        until = time.monotonic() + SECONDS_TO_END
        while not found.done() and time.monotonic() < until:
            self._con.interrupt()  # again and again: a statement that is just beginning forgets it
            wait([found], SECONDS_BETWEEN)
        if not found.done():
            self._is_stuck = True
            raise QueryStuck(self._stuck(), isinstance(cause, KeyboardInterrupt)) from cause

    def _stuck(self) -> str:
        return "查询中止不了，只能结束程序 (the statement cannot be ended; only the end of this program ends it)"

    def close(self) -> None:
        """Close it, unless a statement is stuck in it."""
        if not self._is_stuck:
            self._con.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Rows:
    """The rows of a statement, fetched within the limits of its connection."""

    def __init__(self, connection: Connection, con: duckdb.DuckDBPyConnection) -> None:
        self._connection, self._con = connection, con
        self.description = con.description or []
        self.columns = [str(column[0]) for column in self.description]

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row; None after the last one."""
        return self._connection.within_limits(self._con.fetchone)

    def fetchmany(self, size: int) -> list[tuple[Any, ...]]:
        """The next `size` rows at most."""
        return self._connection.within_limits(lambda: self._con.fetchmany(size))

    def batches(self, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """All rows that are left, `size` at a time. Raises TooManyRows after the last one that is given out."""
        given, limit = 0, self._connection.limits.rows
        while batch := self.fetchmany(size):
            if kept := batch[: limit - given]:
                yield kept
            given += len(batch)
            self._check(given)

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows that are left. Raises TooManyRows."""

        def fetch() -> list[tuple[Any, ...]]:
            rows: list[tuple[Any, ...]] = []
            while batch := self._con.fetchmany(ROWS_OF_A_BATCH):
                rows += batch
                self._check(len(rows))
            return rows

        return self._connection.within_limits(fetch)

    def to_arrow_table(self) -> pa.Table:
        """All rows that are left. Raises TooManyRows."""

        def fetch() -> pa.Table:
            batches, rows = [], 0
            reader = self._con.to_arrow_reader(ROWS_OF_A_BATCH)
            for batch in reader:
                batches.append(batch)
                rows += batch.num_rows
                self._check(rows)
            return pa.Table.from_batches(batches, reader.schema)

        return self._connection.within_limits(fetch)

    def df(self) -> Any:
        """All rows that are left, as pandas' DataFrame. Raises TooManyRows."""
        table = self.to_arrow_table()
        with duckdb.connect() as plain:
            return plain.from_arrow(table).df()

    def _check(self, rows: int) -> None:
        limit = self._connection.limits.rows
        if rows > limit:
            raise TooManyRows(
                f"结果超过 {limit} 行；请缩小范围或汇总 (more than {limit} rows; ask for less, or set [queries] rows)"
            )


def _fulfil(found: "Future[Given]", work: Callable[[], Given]) -> None:
    try:
        found.set_result(work())
    except BaseException as error:  # of any kind: it is raised again where the result is waited for
        found.set_exception(error)
