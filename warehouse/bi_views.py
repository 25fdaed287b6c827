"""The views that readers of a PostgreSQL server have, and how they pass from one build to the next: nobody waits, and no
statement sees two builds. `warehouse.bi_server.show` calls it.

A view holds two builds, that which is shown and that which is to be, and gives the rows of the one that the table
`warehouse.shown` names. So to switch is to change one row: every statement, and every transaction that is REPEATABLE READ,
finds one build in all views. Beforehand the views that hold both builds take the place of those before by renaming their
schema, which waits for no reader, as replacing a view would; until the row changes, both sets give the same rows.
"""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from warehouse.bi_tables import ANYBODY, AUDIENCES, Audience, comments_of, name
from warehouse.marts import DATABASE, PUBLIC, quoted

BEGIN_SECONDS, LOOK_SECONDS = 2.0, 0.05
"""How long, and how often looked, a statement that found the views before may take until it begins to read: it takes
milliseconds. One that holds them for longer reads already, or its transaction stays open after it has read."""
LOCK_WAIT = "100ms"  # for the locks of what is to be dropped: whoever reads keeps it until next time
UNTIL = "_until_"
"""In the name of a schema of views that others took the place of; the moment follows."""
COLUMNS = """
    select relation.relname, attribute.attname, format_type(attribute.atttypid, attribute.atttypmod)
    from pg_attribute as attribute
    join pg_class as relation on relation.oid = attribute.attrelid
    join pg_namespace as schema on schema.oid = relation.relnamespace
    where schema.nspname = $1 and attribute.attnum > 0 and not attribute.attisdropped
    order by relation.relname, attribute.attnum
"""
HELD = """
    select exists (
        select from pg_locks as lock
        join pg_class as relation on relation.oid = lock.relation
        join pg_namespace as schema on schema.oid = relation.relnamespace
        where schema.nspname = any($1) and lock.pid <> pg_backend_pid()
            and lock.database = (select oid from pg_database where datname = current_database())
    )
"""
LEFT_BUILDS = """
    select build.build_id, build.schema_name from warehouse.build, warehouse.shown where build.build_id <> all(shown.held)
"""
"""The builds that no view holds. The build shown before is held until the next publication, for a transaction that began
while it was shown."""
Columns = dict[str, dict[str, str]]


async def switch(con: asyncpg.Connection, folder: Path, shown: str | None) -> None:
    """Let the views show the loaded build of a folder instead of `shown`. Raises asyncpg.PostgresError."""
    former = await _put_in_place(con, folder, shown)
    until = asyncio.get_running_loop().time() + BEGIN_SECONDS
    while former and await con.fetchval(HELD, former) and asyncio.get_running_loop().time() < until:
        await asyncio.sleep(LOOK_SECONDS)
    await con.execute("update warehouse.shown set build_id = $1", folder.name)


async def _put_in_place(con: asyncpg.Connection, folder: Path, shown: str | None) -> list[str]:
    """Make views that hold both builds, and name their schemas as readers know them; gives what those before are called now."""
    wanted = [folder.name, *([shown] if shown else [])]
    rows = await con.fetch("select build_id, schema_name from warehouse.build where build_id = any($1)", wanted)
    schemas = dict(rows)
    builds = {one: schemas[one] for one in wanted if one in schemas}
    moment, former = f"{datetime.now(UTC):%Y%m%d%H%M%S%f}", []
    async with con.transaction():
        for audience in AUDIENCES:
            coming = f"{audience.schema}_coming"
            held = {one: await _columns(con, schema + audience.ending) for one, schema in builds.items()}
            await con.execute(_new_views(audience, coming, builds, held) + _comments(folder, audience, coming))
            if await con.fetchval("select 1 from pg_namespace where nspname = $1", audience.schema):
                former.append(f"{audience.schema}{UNTIL}{moment}")
                await con.execute(f"alter schema {name(audience.schema)} rename to {name(former[-1])}")
            await con.execute(f"alter schema {name(coming)} rename to {name(audience.schema)}")
        still = shown if shown in builds else folder.name  # at first, and where somebody dropped the one that was shown
        await con.execute("update warehouse.shown set held = $1, build_id = $2", list(builds), still)
    return former


async def _columns(con: asyncpg.Connection, schema: str) -> Columns:
    found: Columns = {}
    for relation, column, kind in await con.fetch(COLUMNS, schema):
        found.setdefault(relation, {})[column] = kind
    return found


def _new_views(audience: Audience, schema: str, builds: dict[str, str], held: dict[str, Columns]) -> str:
    """SQL that makes the views for an audience: of the first build's relations, with their columns; another build gives them
    what it has of the same type. Where neither is shown to a transaction, which is older than both, they raise an error.
    """
    made, known = [f"create schema {name(schema)};\n"], ", ".join(map(quoted, builds))
    for relation, columns in next(iter(held.values())).items():
        parts = [
            f"select {', '.join(_of(column, kind, held[one][relation]) for column, kind in columns.items())} "
            f"from {name(builds[one] + audience.ending)}.{name(relation)} "
            f"where (select build_id from warehouse.shown) = {quoted(one)}"
            for one in builds
            if relation in held[one]
        ]
        nothing = ", ".join(f"null::{kind}" for kind in columns.values())
        parts.append(
            f"select {nothing} from warehouse.shown where case when build_id in ({known}) then false else warehouse.gone() end"
        )
        made.append(f"create view {name(schema)}.{name(relation)} as {' union all '.join(parts)};\n")
    made.append(f"grant usage on schema {name(schema)} to {audience.role};\n")
    made.append(f"grant select on all tables in schema {name(schema)} to {audience.role};\n")
    return "".join(made)


def _of(column: str, kind: str, there: dict[str, str]) -> str:
    return name(column) if there.get(column) == kind else f"null::{kind} as {name(column)}"


def _comments(folder: Path, audience: Audience, schema: str) -> str:
    database = folder / PUBLIC / DATABASE if audience == ANYBODY else folder / DATABASE
    return comments_of(database, schema) if database.is_file() else ""


async def drop_left(con: asyncpg.Connection) -> None:
    """Drop views and builds that nobody reads any more. What a transaction holds stays for next time."""
    views = await con.fetch(
        "select nspname from pg_namespace where nspname like any($1) order by 1",
        [f"{one.schema}{UNTIL}%".replace("_", r"\_") for one in AUDIENCES],
    )
    for (schema,) in views:
        await _drop(con, [schema])
    for build_id, schema in await con.fetch(LEFT_BUILDS):
        await _drop(con, [schema + one.ending for one in AUDIENCES], build_id)


async def _drop(con: asyncpg.Connection, schemas: list[str], build_id: str | None = None) -> None:
    """Drop schemas, and forget the build that they were of, unless somebody reads them."""
    with suppress(asyncpg.LockNotAvailableError):
        async with con.transaction():
            await con.execute(f"set local lock_timeout = '{LOCK_WAIT}'")
            await con.execute(f"drop schema {', '.join(map(name, schemas))} cascade")
            await con.execute("delete from warehouse.build where build_id = $1", build_id)
