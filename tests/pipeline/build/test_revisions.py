"""What one build changed beside another: each figure once, with the submissions that did it."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.build.revisions import COLUMNS, MART, revision_rows, write_revision

TOWN, PART = "140404101", "140404101W"
FACT = {
    "measure_code": "forest",
    "source": "ecology",
    "dataset": "ecology",
    "field": "forest_area_ha",
    "submission_id": "S1",
    "row_id": 0,
    "project_id": None,
    "period": "2024",
    "starts_on": "2024-01-01",
    "ends_on": "2024-12-31",
    "township_code": TOWN,
    "part_code": PART,
    "consolidation_zone": "cz",
    "restoration_zone": "rz",
    "share": 1.0,
    "value": 5.0,
    "measure_unit": "ha",
}
KINDS = {"row_id": "bigint", "share": "double", "value": "double", "starts_on": "date", "ends_on": "date"}


def published(path: Path, facts: list[dict[str, Any]], submissions: dict[str, str], figure: float | None) -> Path:
    """A published database of one ratio by area, made of facts; submissions: id to dataset."""
    with duckdb.connect(str(path)) as con:
        columns = ", ".join(f"{name} {KINDS.get(name, 'varchar')}" for name in FACT)
        con.execute(f"create table fct_measure ({columns})")
        for fact in facts:
            row = FACT | fact
            con.execute(f"insert into fct_measure values ({', '.join('?' * len(row))})", list(row.values()))
        con.execute("""create table bridge_indicator_measure as select 'cover' as indicator_code, 'forest' as measure_code,
            'ecology' as source, 'stock' as time_basis, null::date as counted_from""")
        con.execute("""create table bridge_indicator_period as
            select 'cover' as indicator_code, '2024' as period, date '2024-01-01' as starts_on, date '2024-12-31' as ends_on""")
        for level, area in (("district", "140404"), ("zone", "cz"), ("township", TOWN)):
            con.execute(
                f"""create table mart_indicator_{level} as select 'cover' as indicator_code, '{area}' as area_code,
                '2024' as period, ?::double as value, '%' as unit where ? is not null""",
                [figure, figure],
            )
        con.execute(
            "create table mart_submission (submission_id varchar, dataset varchar, state varchar, rows_accepted bigint)"
        )
        for name, dataset in submissions.items():
            con.execute("insert into mart_submission values (?, ?, 'accepted', 1)", [name, dataset])
    return path


def changes(before: Path, after: Path) -> list[dict[str, Any]]:
    return [dict(zip(COLUMNS, row, strict=True)) for row in revision_rows(before, after)]


def told(before: Path, after: Path) -> dict[tuple[str, str], tuple[Any, ...]]:
    return {
        (row["figure"], row["area_code"]): (row["value_before"], row["value_after"], row["caused_by"], row["replaced"])
        for row in changes(before, after)
    }


def reported(path: Path, rows: list[tuple[Any, ...]], more: str = "") -> Path:
    """A build whose marts say of A1: township, month, stage, physical and planned progress, submission. more: SQL on
    this mart.
    """
    with duckdb.connect(str(path)) as con:
        con.execute("""create table mart_project_progress (project_id varchar, township_code varchar, period varchar, stage varchar,
            physical_progress_pct double, planned_progress_pct double, submission_id varchar)""")
        con.execute("comment on column mart_project_progress.physical_progress_pct is '形象进度（%）：As reported'")
        con.executemany("insert into mart_project_progress values ('A1', ?, ?, ?, ?, ?, ?)", rows)
        con.execute(more)
    return path


def rows_told(before: Path, after: Path) -> dict[tuple[str, str, str], tuple[Any, ...]]:
    """(column, month, township) to kind, before, after, caused_by, replaced; of the project A1."""

    def said(row: dict[str, Any], side: str) -> Any:
        return row[f"value_{side}"] if row[f"text_{side}"] is None else row[f"text_{side}"]

    return {
        (row["code"], row["period"], row["item"]): (
            row["change_kind"],
            said(row, "before"),
            said(row, "after"),
            row["caused_by"],
            row["replaced"],
        )
        for row in changes(before, after)
        if (row["figure"], row["area_code"]) == ("mart_project_progress", "A1")
    }


JUNE = (TOWN, "2025-06", "在建", 60.0, 55.0, "P1")


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return published(tmp_path / "first.duckdb", [{}], {"S1": "ecology"}, 10.0)


def test_a_correction_is_told_at_every_level_with_who_sent_it(first: Path, tmp_path: Path) -> None:
    later = published(
        tmp_path / "b.duckdb", [{"submission_id": "S2", "value": 6.0}], {"S1": "ecology", "S2": "ecology"}, 12.0
    )
    assert told(first, later) == {
        **{("indicator", area): (10.0, 12.0, "S2", "S1") for area in ("140404", "cz", TOWN)},
        ("measure", TOWN): (5.0, 6.0, "S2", "S1"),
    }
    assert told(first, first) == {}


def test_a_new_boundary_is_the_cause_where_only_the_share_moved(first: Path, tmp_path: Path) -> None:
    later = published(
        tmp_path / "b.duckdb", [{"share": 0.5, "value": 2.5}], {"S1": "ecology", "S3": "admin_boundary"}, 8.0
    )
    assert told(first, later)["indicator", "cz"] == (10.0, 8.0, "S3", None)


def test_a_figure_that_code_alone_changed_has_no_cause_and_one_that_is_gone_no_value(
    first: Path, tmp_path: Path
) -> None:
    other_code = published(tmp_path / "b.duckdb", [{}], {"S1": "ecology"}, 11.0)
    assert told(first, other_code)["indicator", TOWN] == (10.0, 11.0, None, None)
    gone = published(tmp_path / "c.duckdb", [], {}, None)
    assert told(first, gone)["indicator", TOWN] == (10.0, None, None, "S1")
    kinds = {row["figure"]: row["change_kind"] for row in changes(first, gone)}
    assert kinds == {"indicator": "gone", "measure": "gone"}


def test_a_new_figure_is_told_with_who_sent_it(first: Path, tmp_path: Path) -> None:
    nothing = published(tmp_path / "b.duckdb", [], {}, None)
    assert told(nothing, first)["indicator", TOWN] == (None, 10.0, "S1", None)
    assert {row["change_kind"] for row in changes(nothing, first)} == {"new"}


def test_a_changed_status_and_percentage_name_the_submission_of_their_row(tmp_path: Path) -> None:
    known = {"P1": "project_progress", "L1": "project_ledger"}
    before = reported(published(tmp_path / "a.duckdb", [], known, None), [JUNE])
    corrected = [(TOWN, "2025-06", "完工", 100.0, 55.0, "P2"), (TOWN, "2025-07", "完工", 100.0, None, "P3")]
    after = reported(
        published(tmp_path / "b.duckdb", [], {**known, "P2": "project_progress", "P3": "project_progress"}, None),
        corrected,
    )
    assert rows_told(before, after) == {
        ("stage", "2025-06", TOWN): ("changed", "在建", "完工", "P2", "P1"),
        ("physical_progress_pct", "2025-06", TOWN): ("changed", 60.0, 100.0, "P2", "P1"),
        ("stage", "2025-07", TOWN): ("new", None, "完工", "P3", None),
        ("physical_progress_pct", "2025-07", TOWN): ("new", None, 100.0, "P3", None),
    }
    measure_units = {
        row["code"]: (row["measure_unit"], row["change"])
        for row in changes(before, after)
        if row["period"] == "2025-06"
    }
    assert measure_units == {"stage": (None, None), "physical_progress_pct": ("%", 40.0)}
    assert {row[0] for row in rows_told(after, before).values()} == {"changed", "gone"}
    assert changes(before, before) == [] and changes(after, after) == []


def test_what_the_row_does_not_say_itself_is_caused_by_the_dataset_that_it_is_made_of(tmp_path: Path) -> None:
    known = {"P1": "project_progress", "L1": "project_ledger"}
    before = reported(published(tmp_path / "a.duckdb", [], known, None), [JUNE])
    planned = (*JUNE[:4], 58.0, "P1")
    after = reported(
        published(
            tmp_path / "b.duckdb",
            [],
            {**known, "L2": "project_ledger", "P2": "project_progress", "S9": "supervision"},
            None,
        ),
        [planned],
    )
    assert rows_told(before, after) == {("planned_progress_pct", "2025-06", TOWN): ("changed", 55.0, 58.0, "L2", None)}
    other_code = reported(published(tmp_path / "c.duckdb", [], known, None), [planned])
    assert rows_told(before, other_code)["planned_progress_pct", "2025-06", TOWN] == ("changed", 55.0, 58.0, None, None)


def test_a_column_and_a_mart_that_one_build_has_not_are_new_or_gone(tmp_path: Path) -> None:
    known = {"P1": "project_progress"}
    without = published(tmp_path / "a.duckdb", [], known, None)
    less = reported(
        published(tmp_path / "b.duckdb", [], known, None), [JUNE], "alter table mart_project_progress drop column stage"
    )
    full = reported(published(tmp_path / "c.duckdb", [], known, None), [JUNE])
    assert rows_told(less, full) == {("stage", "2025-06", TOWN): ("new", None, "在建", None, None)}
    assert rows_told(full, less) == {("stage", "2025-06", TOWN): ("gone", "在建", None, None, None)}
    assert {(name, said[0], said[3]) for (name, _, _), said in rows_told(without, full).items()} == {
        (name, "new", "P1") for name in ("stage", "physical_progress_pct", "planned_progress_pct")
    }


def test_a_build_says_what_it_changed_and_the_first_nothing(first: Path, tmp_path: Path) -> None:
    later = published(tmp_path / "b.duckdb", [{"submission_id": "S2", "value": 6.0}], {"S1": "ecology"}, 12.0)
    assert write_revision(first, None, tmp_path)[MART].rows == 0
    assert write_revision(later, first, tmp_path)[MART].rows == 4
    with duckdb.connect(str(later), read_only=True) as con:
        assert con.execute(f"select count(*) from {MART} where caused_by = 'S2'").fetchall() == [(4,)]
        assert con.execute(f"select count(*) from read_parquet('{tmp_path / MART}.parquet')").fetchall() == [(4,)]
        comments = con.execute("select comment from duckdb_columns() where table_name = ?", [MART]).fetchall()
    assert all(comment for (comment,) in comments)
