"""Fills the marts that are known only while a build is published: what it changed, and which build it is. `publishing` calls
it; dbt made the tables, empty and with their comments.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from pipeline.build import revisions
from warehouse import builds, editions
from warehouse.builds import NewBuild
from warehouse.home import Home
from warehouse.marts import Mart, checksum, quoted

MART = "mart_build"
MARTS_OF_PUBLISHING = frozenset({MART, revisions.MART})
"""They differ between two builds of equal content."""


def fill(home: Home, new: NewBuild, database: Path, before: Path | None, parquet: Path) -> dict[str, Mart]:
    """Fill the marts of a build that is being published, beside what is current; gives those that it has.

    Raises revisions.UnsoundRevision, duckdb.Error.
    """
    filled = revisions.write_revision(database, before, parquet)
    return filled | _write_build(database, parquet, _facts(home, new))


def _facts(home: Home, new: NewBuild) -> dict[str, Any]:
    made, edition = builds.manifest(home), editions.last_standing(home)
    return {
        "build_id": new.build_id,
        "made_at": datetime.now(UTC),
        "as_of_date": new.extra.get("as_of_date"),
        "code_version": new.code_version,
        "previous_build_id": made["build_id"] if made else None,
        "last_edition": edition and edition.edition,
        "last_edition_build_id": edition and edition.build_id,
        "last_edition_approved_by": edition and edition.approved_by,
        "last_edition_approved_at": edition and edition.approved_at,
    }


def _write_build(database: Path, parquet: Path, facts: Mapping[str, Any]) -> dict[str, Mart]:
    """Write the one row of MART; nothing where the build has no such mart or no indicators."""
    with duckdb.connect(str(database)) as con:
        con.execute("set TimeZone = 'UTC'")
        there = {name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()}
        if not {MART, "mart_indicator_district"} <= there:
            return {}
        given = ", ".join(f"${name} as {name}" for name in facts)
        through = "(select max(data_through) from mart_indicator_district) as data_through"
        con.execute(f"insert into {MART} by name select {given}, {through}", dict(facts))
        con.execute(f"copy {MART} to {quoted(str(parquet / f'{MART}.parquet'))} (format parquet, compression zstd)")
        columns = tuple(name for name, *_ in con.execute(f"describe {MART}").fetchall())
        mart = Mart(MART, 1, columns, checksum(con, MART))
        con.execute("checkpoint")
    return {MART: mart}
