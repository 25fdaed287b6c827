"""The public set shows what is known, and hides what somebody wrote."""

from pathlib import Path

import duckdb
import pytest

from pipeline.build.public_set import shown_expressions, unless_known
from reporting.known_texts import HIDDEN
from reporting.mart_models import models, public_columns
from warehouse.marts import copy_columns

PROJECTS = [("A3", "农用地整治工程", "区农业农村局"), ("A1-01", "韩非子家宅基地复垦", "秦叔宝")]
TASKS = [("140404102", "荫城镇"), ("赵悟饭主任", "赵悟饭主任"), ("钱多多", "钱多多")]


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A published database with two of the public marts, as far as they matter here."""
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create table dim_project (project_id varchar, project_name varchar, lead_unit varchar)")
        con.executemany("insert into dim_project values (?, ?, ?)", PROJECTS)
        con.execute("create table mart_annual_task (area varchar, area_name varchar)")
        con.executemany("insert into mart_annual_task values (?, ?)", TASKS)
        con.execute("create table mart_build (build_id varchar)")
        con.execute("insert into mart_build values ('20261129T132859Z-233475d6-11edb7d4')")
    return path


def test_what_no_list_has_is_shown_as_a_code_or_hidden(published: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(published), read_only=True) as con:
        columns = {
            name: [row[0] for row in con.execute(f"describe {name}").fetchall()]
            for name in ("dim_project", "mart_annual_task")
        }
        copy_columns(published, tmp_path / "public", columns, shown_expressions(con))
    with duckdb.connect(str(tmp_path / "public" / "warehouse.duckdb"), read_only=True) as con:
        assert set(con.execute("from dim_project").fetchall()) == {
            ("A3", "农用地整治工程", "区农业农村局"),
            ("A1-01", "A1-01", HIDDEN),
        }
        assert set(con.execute("from mart_annual_task").fetchall()) == {
            ("140404102", "荫城镇"),
            (HIDDEN, HIDDEN),
            (f"{HIDDEN}〔2〕", f"{HIDDEN}〔2〕"),
        }
    raw = (tmp_path / "public" / "warehouse.duckdb").read_bytes().decode("utf-8", "ignore")
    assert [name for name in ("韩非子", "秦叔宝", "赵悟饭", "钱多多") if name in raw] == []


def test_every_public_text_is_looked_at_but_the_programs_own(published: Path) -> None:
    """A new mart or column needs nothing done for it."""
    own = {key for key, code in unless_known().items() if code is None}
    assert own == {
        ("mart_build", name) for name in ("build_id", "previous_build_id", "last_edition", "last_edition_build_id")
    }
    with duckdb.connect(str(published)) as con:
        kinds = {
            (model["name"], column["name"]): column["data_type"] for model in models() for column in model["columns"]
        }
        public = {(mart, column) for mart, columns in public_columns().items() for column in columns}
        texts = {key for key in public if kinds[key] == "string"} - own
        for mart in {mart for mart, _ in texts}:
            columns = ", ".join(
                f"'张三丰' as \"{column}\"" for column in public_columns()[mart] if (mart, column) in texts | own
            )
            con.execute(f'create or replace table "{mart}" as select {columns}')
        assert shown_expressions(con).keys() == texts
    assert {kind for key, kind in kinds.items() if key in public and "string" in kind} == {"string"}
    for (mart, column), code in unless_known().items():
        assert code is None or (code in public_columns()[mart] and column in public_columns()[mart])
