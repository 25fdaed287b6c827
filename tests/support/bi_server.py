"""A PostgreSQL database for BI tools, made by the very script that the deployment runs, and small builds to show on it."""

import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import psycopg2
from psycopg2.extensions import connection
from sqlalchemy import make_url

from tests.support.external_tools import postgresql_programs
from warehouse import builds, publication
from warehouse.builds import NewBuild
from warehouse.home import CHECKOUT, Home
from warehouse.ledger import Ledger
from warehouse.marts import DATABASE, PUBLIC, content_hash_of, copy_columns
from warehouse.publication import Published

SCRIPT = CHECKOUT / "deploy" / "postgres" / "create-bi-database.sh"
DATABASE_NAME = OWNER = "marts"
READER, PUBLIC_READER = "marts_reader", "marts_public_reader"
ROWS = 50
TABLES = ["marts.mart_one", "marts.mart_two"]
MART_ONE = """
    select {state} as state, i as n, '甲''乙\n' || i as note, nullif(i, 3) / 7.0 as value, null::varchar as nothing, '' as blank,
        i % 2 = 0 as is_even, date '2025-01-31' + i::integer as on_day, (i::decimal(18, 3) / 8)::decimal(18, 3) as exact,
        timestamptz '2025-01-31 08:00:00.123456+08' as at, 'a' || chr(0) as nul
    from range({rows}) as r(i)
"""


@dataclass(frozen=True)
class BiDatabase:
    """A database for BI tools. server: URL of a superuser's maintenance database."""

    server: str

    def url(self, user: str = OWNER) -> str:
        return make_url(self.server).set(username=user, database=DATABASE_NAME).render_as_string(hide_password=False)

    def connect(self, user: str = READER, *, autocommit: bool = True) -> connection:
        made = make_url(self.server)
        con = psycopg2.connect(host=made.query["host"], user=user, dbname=DATABASE_NAME)
        con.autocommit = autocommit
        return con

    def rows(self, sql: str, user: str = READER) -> list[tuple[Any, ...]]:
        """What a fresh connection finds."""
        con = self.connect(user)
        try:
            return rows(con, sql)
        finally:
            con.close()

    def schemas(self) -> set[str]:
        """Those of builds and of views, of now and of before."""
        found = self.rows("select nspname from pg_namespace where nspname ~ '^(marts|build)_?'", OWNER)
        return {one for (one,) in found}

    def clear(self) -> None:
        """As the script left it."""
        con = self.connect(OWNER)
        with con.cursor() as cursor:
            for schema in {*self.schemas(), "warehouse"}:
                cursor.execute(f'drop schema if exists "{schema}" cascade')
        con.close()


def rows(con: connection, sql: str) -> list[tuple[Any, ...]]:
    with con.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def made_on(server: str) -> BiDatabase:
    """Run the script on a server that has no such database yet."""
    programs, url = postgresql_programs(), make_url(server)
    with tempfile.TemporaryDirectory() as secrets:
        for name in ("marts_db_password", "marts_reader_password", "marts_public_reader_password"):
            (Path(secrets) / name).write_text("it's", encoding="utf-8")
        environment = {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PGHOST": str(url.query["host"]),
            "POSTGRES_USER": str(url.username),
            "SECRETS_DIR": secrets,
        }
        subprocess.run(["sh", SCRIPT], env=environment, check=True)
    return BiDatabase(server)


def publish_state(home: Home, state: int, *, rows: int = ROWS, more: str = "") -> Published:
    """Publish a build whose two marts agree on the state, and of which anybody may see three columns of the first.

    more: further columns of the first mart, as SQL.
    """
    with duckdb.connect(str(home.build_db)) as con:
        con.execute("create schema if not exists marts")
        con.execute("drop view if exists marts.mart_two; drop table if exists marts.mart_one")
        con.execute(f"create table marts.mart_one as select *{more} from ({MART_ONE.format(state=state, rows=rows)})")
        con.execute("create view marts.mart_two as select state, n from marts.mart_one")
        con.execute(
            "comment on table marts.mart_one is '目标''进展'; comment on column marts.mart_one.n is '序号；No.'"
        )
    inputs = f"{state:08d}"
    with Ledger.open(home) as ledger:
        name = builds.new_build_id(home, ledger, inputs, "code")
        new = NewBuild(name, inputs, "code", content_hash_of(home.build_db, TABLES), {})
        return publication.publish(home, ledger, new, build_db=home.build_db, tables=TABLES, also=_write_public)


def _write_public(folder: Path) -> None:
    shown = {("mart_one", "note"): "'公开 ' || note"}
    copy_columns(folder / DATABASE, folder / PUBLIC, {"mart_one": ("state", "n", "note")}, shown)
