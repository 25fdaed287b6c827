"""The build database as a file: whether an error says that it is damaged, and how it is set aside. It is derived, so the
next sync makes it anew; `pipeline.build.run` calls this.
"""

import os
from pathlib import Path

import duckdb

from warehouse.failures.causes import text_of

SET_ASIDE = ".damaged"
"""Ending of a damaged build database that was set aside; the next one takes its place."""
WRITE_AHEAD = ".wal"

# What DuckDB 1.5 writes of a file that it cannot use (each seen on a file damaged so); those of the first group name the
# file, those of the second do not.
UNUSABLE_FILE = (
    "not a valid DuckDB database file",
    "Could not read enough bytes from file",
    "Could not read from file",
    "Trying to read a database file with version number",
    "Failure while replaying WAL file",
)
UNUSABLE_BLOCK = ("Corrupt database file", "Failed to deserialize")


def is_damaged(error: BaseException, database: Path) -> bool:
    """Whether an error, or one that it came from, says that this DuckDB file cannot be used as it is. Where it names no
    file, the whole file is read to know.
    """
    text = text_of(error)
    # with its folder: a published database has the same name, and dbt may know the folder by another path
    if f"/{database.parent.name}/{database.name}" in text and any(words in text for words in UNUSABLE_FILE):
        return True
    return any(words in text for words in UNUSABLE_BLOCK) and database.exists() and not _is_readable(database)


def _is_readable(database: Path) -> bool:
    try:
        with duckdb.connect(str(database), read_only=True) as con:
            tables = con.execute(
                "select schema_name, table_name from duckdb_tables() where database_name = current_database()"
            ).fetchall()
            for schema, table in tables:
                con.execute(f'select sum(hash(one)) from "{schema}"."{table}" as one').fetchone()
    except duckdb.Error:
        return False
    return True


def set_aside(database: Path) -> Path:
    """Move a damaged database and its write-ahead log away, so that a new one is made in its place; gives where it now
    is. One that was set aside earlier is overwritten. Raises OSError.
    """
    aside = database.with_name(f"{database.name}{SET_ASIDE}")
    log = database.with_name(f"{database.name}{WRITE_AHEAD}")
    os.replace(database, aside)
    if log.exists():
        os.replace(log, aside.with_name(f"{aside.name}{WRITE_AHEAD}"))
    return aside
