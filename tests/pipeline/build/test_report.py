"""The report as a part of a build: with the marts that only publishing knows, and compared with the last edition."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from pipeline.build import build_facts, report, revisions
from pipeline.build.report import write as real_write
from reporting.report import page
from warehouse import builds, editions
from warehouse.builds import NewBuild
from warehouse.home import Home
from warehouse.marts import DATABASE, PARQUET

NEW = NewBuild("20250801T000000Z-a-b", "inputs", "code", "content", {"as_of_date": "2025-08-01"})


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / DATABASE
    (tmp_path / PARQUET).mkdir()
    with duckdb.connect(str(path)) as con:
        con.execute(
            "create table mart_indicator_district as select unnest([date '2024-12-31', date '2025-06-30']) as data_through"
        )
        con.execute("""create table mart_build (build_id varchar, made_at timestamptz, as_of_date date, code_version varchar,
            previous_build_id varchar, data_through date, last_edition varchar, last_edition_build_id varchar,
            last_edition_approved_by varchar, last_edition_approved_at timestamptz)""")
    return path


def test_a_build_says_which_it_is(tmp_path: Path, database: Path) -> None:
    home = Home(tmp_path / "home").ensure()
    filled = build_facts.fill(home, NEW, database, None, tmp_path / PARQUET)
    assert set(filled) == {"mart_build"} and filled["mart_build"].rows == 1
    with duckdb.connect(str(database)) as con:
        ((moment, *row),) = con.execute("select made_at, * exclude (made_at) from mart_build").fetchall()
        assert abs((datetime.now(UTC) - moment).total_seconds()) < 60
        assert [str(one) if one else one for one in row] == [
            "20250801T000000Z-a-b",
            "2025-08-01",
            "code",
            None,
            "2025-06-30",
            None,
            None,
            None,
            None,
        ]
        copied = con.execute(f"select build_id from '{tmp_path / PARQUET}/mart_build.parquet'").fetchall()
        assert copied == [("20250801T000000Z-a-b",)]


def test_a_build_without_figures_is_published_without_that_mart(tmp_path: Path, database: Path) -> None:
    with duckdb.connect(str(database)) as con:
        con.execute("drop table mart_indicator_district")
    assert build_facts.fill(Home(tmp_path / "home").ensure(), NEW, database, None, tmp_path / PARQUET) == {}


def test_the_published_build_names_itself_and_its_datasets(clean_home: Home) -> None:
    made, database = builds.manifest(clean_home), builds.database(clean_home)
    assert made is not None and database is not None
    with duckdb.connect(str(database), read_only=True) as con:
        named = con.execute("select build_id, previous_build_id, last_edition from mart_build").fetchall()
        assert named == [(made["build_id"], made["previous"], None)]
        fresh = con.execute(
            "select dataset_name, last_period, data_through::varchar from mart_dataset_freshness "
            "where dataset in ('rural_waste', 'annual_task') order by dataset"
        ).fetchall()
        assert fresh == [("年度任务分解表", None, None), ("农村生活垃圾处理季报", "2025Q4", "2025-12-31")]


def test_what_changed_is_compared_with_the_edition_that_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path / "home").ensure()
    given: dict[str, object] = {}
    monkeypatch.setattr(page, "write", lambda build, database, **more: given.update(more) or [])
    row = tuple(range(len(revisions.COLUMNS)))
    compared: list[tuple[Path, Path]] = []
    monkeypatch.setattr(revisions, "revision_rows", lambda before, after: compared.append((before, after)) or [row])
    real_write(home, tmp_path, [])
    assert given == {"since": None, "revision": None, "let_through": []} and compared == []
    approved = editions.Edition("2025-06.1", "2025-06", "B0", "王局长", datetime(2025, 7, 1, tzinfo=UTC), "")
    monkeypatch.setattr(editions, "last_standing", lambda home: approved)
    (home.editions / "2025-06.1").mkdir(parents=True)
    (home.editions / "2025-06.1" / DATABASE).touch()
    real_write(home, tmp_path, [])
    assert compared == [(home.editions / "2025-06.1" / DATABASE, tmp_path / DATABASE)]
    assert (given["since"], given["revision"]) == ("2025-06.1", [dict(zip(revisions.COLUMNS, row, strict=True))])


def test_publishing_writes_maps_then_report_then_documents_then_what_is_public(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from pipeline.build import documents, maps, public_set, publishing

    done: list[str] = []
    monkeypatch.setattr(maps, "write", lambda home, ledger, folder: done.append("maps"))
    monkeypatch.setattr(report, "write", lambda home, folder, let_through: done.append(f"report {let_through}"))
    monkeypatch.setattr(documents, "write", lambda folder, about: done.append(f"documents of {about.build_id}"))
    monkeypatch.setattr(
        public_set,
        "write",
        lambda folder, about, let_through: done.append(f"public set of {about.build_id} {let_through}"),
    )
    publishing._write_for_people(Home(tmp_path), None, documents.about("B1", "2025-08-01"), [], tmp_path)  # type: ignore[arg-type]
    assert done == ["maps", "report []", "documents of B1", "public set of B1 []"]
