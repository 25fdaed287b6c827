"""What one build changed beside another: each figure once, with the submissions that did it."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.restating import COLUMNS, MART, restate, restated

TOWN, PART = "140404101", "140404101W"
FACT = {
    "measure_code": "forest", "source": "ecology", "dataset": "ecology", "field": "forest_area_ha", "submission_id": "S1", "row_id": 0,
    "project_id": None, "period": "2024", "starts_on": "2024-01-01", "ends_on": "2024-12-31", "township_code": TOWN, "part_code": PART,
    "consolidation_zone": "cz", "restoration_zone": "rz", "share": 1.0, "value": 5.0, "unit": "ha",
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
            con.execute(f"""create table mart_indicator_{level} as select 'cover' as indicator_code, '{area}' as area_code,
                '2024' as period, ?::double as value, '%' as unit where ? is not null""", [figure, figure])
        con.execute("create table mart_submission (submission_id varchar, dataset varchar, state varchar)")
        for name, dataset in submissions.items():
            con.execute("insert into mart_submission values (?, ?, 'accepted')", [name, dataset])
    return path


def told(before: Path, after: Path) -> dict[tuple[str, str], tuple[Any, ...]]:
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in restate(before, after)]
    return {(row["figure"], row["area_code"]): (row["value_before"], row["value_after"], row["caused_by"], row["replaced"]) for row in rows}


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return published(tmp_path / "first.duckdb", [{}], {"S1": "ecology"}, 10.0)


def test_a_correction_is_told_at_every_level_with_who_sent_it(first: Path, tmp_path: Path) -> None:
    later = published(tmp_path / "b.duckdb", [{"submission_id": "S2", "value": 6.0}], {"S1": "ecology", "S2": "ecology"}, 12.0)
    assert told(first, later) == {
        **{("indicator", area): (10.0, 12.0, "S2", "S1") for area in ("140404", "cz", TOWN)},
        ("measure", TOWN): (5.0, 6.0, "S2", "S1"),
    }
    assert told(first, first) == {}


def test_a_new_boundary_is_the_cause_where_only_the_share_moved(first: Path, tmp_path: Path) -> None:
    later = published(tmp_path / "b.duckdb", [{"share": 0.5, "value": 2.5}], {"S1": "ecology", "S3": "admin_boundary"}, 8.0)
    assert told(first, later)["indicator", "cz"] == (10.0, 8.0, "S3", None)


def test_a_figure_that_code_alone_changed_has_no_cause_and_one_that_is_gone_no_value(first: Path, tmp_path: Path) -> None:
    other_code = published(tmp_path / "b.duckdb", [{}], {"S1": "ecology"}, 11.0)
    assert told(first, other_code)["indicator", TOWN] == (10.0, 11.0, None, None)
    gone = published(tmp_path / "c.duckdb", [], {}, None)
    assert told(first, gone)["indicator", TOWN] == (10.0, None, None, "S1")
    assert told(gone, first) == {}, "what is new is no restatement"


def test_a_build_says_what_it_changed_and_the_first_nothing(first: Path, tmp_path: Path) -> None:
    later = published(tmp_path / "b.duckdb", [{"submission_id": "S2", "value": 6.0}], {"S1": "ecology"}, 12.0)
    assert restated(first, None, tmp_path)[MART].rows == 0
    assert restated(later, first, tmp_path)[MART].rows == 4
    with duckdb.connect(str(later), read_only=True) as con:
        assert con.execute(f"select count(*) from {MART} where caused_by = 'S2'").fetchall() == [(4,)]
        assert con.execute(f"select count(*) from read_parquet('{tmp_path / MART}.parquet')").fetchall() == [(4,)]
        comments = con.execute("select comment from duckdb_columns() where table_name = ?", [MART]).fetchall()
    assert all(comment for (comment,) in comments)
