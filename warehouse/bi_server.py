"""A PostgreSQL server on which BI tools read the current build. `pipeline.build.bi_server` calls it.

What stands there: the schema `warehouse`, which says which builds there are and which is shown; for each build its tables
(warehouse.bi_tables); and the views that readers have (warehouse.bi_views). All but these last is the warehouse's own.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from warehouse import bi_tables, bi_views

CONNECT_SECONDS = 10
OWN_TABLES = """
create schema if not exists warehouse;
create table if not exists warehouse.build (build_id text primary key, schema_name text not null);
create table if not exists warehouse.shown (
    is_only_row boolean primary key default true check (is_only_row),
    home_id text not null, -- whose builds these are
    build_id text, -- that the views show
    held text[] not null default '{}' -- builds that the views are made of
);
create or replace function warehouse.gone() returns boolean language plpgsql parallel safe as $$
begin
    raise exception 'this transaction began under a build that is no longer here: begin it again'
        using errcode = 'serialization_failure';
end $$;
"""


class BiServerOfAnother(RuntimeError):
    """The database shows the builds of another warehouse home."""


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to the server. url: as SQLAlchemy writes it. Raises ValueError for what is no such URL, OSError,
    asyncpg.PostgresError.
    """
    try:
        dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    except ArgumentError:  # its message may show the password
        raise ValueError(
            "WAREHOUSE_BI_URL 应写作 (is to be written) postgresql://USER:PASSWORD@HOST:5432/DATABASE"
        ) from None
    con = await asyncpg.connect(dsn, timeout=CONNECT_SECONDS, server_settings={"application_name": "warehouse"})
    try:
        yield con
    finally:
        con.terminate()


def show(url: str, home_id: str, folder: Path, seconds: float) -> bool:
    """Make a published build the one that readers of the server see, and drop what they have left; False where they saw it
    already. Whatever interrupts it, they see one build or the other, and calling it again finishes.

    folder: of the build. seconds: how long it may take. Raises BiServerOfAnother, TimeoutError, ValueError, OSError,
    duckdb.Error, asyncpg.PostgresError, asyncpg.InterfaceError.
    """
    try:
        return asyncio.run(_show(url, home_id, folder, seconds))
    except TimeoutError as error:
        raise TimeoutError(
            f"没有在 {seconds:g} 秒内完成 (not done in time: [bi_server] seconds, settings.toml)"
        ) from error


async def _show(url: str, home_id: str, folder: Path, seconds: float) -> bool:
    async with asyncio.timeout(seconds), connected(url) as con:
        await con.execute(OWN_TABLES)
        await con.execute("insert into warehouse.shown (home_id) values ($1) on conflict do nothing", home_id)
        owner, shown = await con.fetchrow("select home_id, build_id from warehouse.shown")
        if owner != home_id:
            raise BiServerOfAnother(
                f"WAREHOUSE_BI_URL 的数据库显示的是另一个仓库的数据 (the database shows the builds of another home): {owner}"
            )
        is_new = shown != folder.name
        if is_new:
            if not await con.fetchval("select 1 from warehouse.build where build_id = $1", folder.name):
                await bi_tables.load(con, folder)
            await bi_views.switch(con, folder, shown)
        await bi_views.drop_left(con)
    return is_new
