"""Builds made for the purpose, of a few small marts each."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.release.comparison import Tables, differing
from warehouse.marts import checksum

Build = tuple[Tables, Path]


def build(path: Path, **marts: str) -> Build:
    """A database file with a mart for each query, and what a manifest says of them."""
    tables: dict[str, Any] = {}
    with duckdb.connect(str(path)) as con:
        for name, query in marts.items():
            con.execute(f"create table {name} as {query}")
            tables[name] = {"checksum": checksum(con, name)}
    return tables, path


@pytest.fixture
def first(tmp_path: Path) -> Build:
    return build(tmp_path / "first.duckdb", a="select 1 as x", b="select 2 as x", c="select 3 as x")


def test_a_mart_of_other_rows_or_that_is_gone_differs_and_a_new_one_does_not(first: Build, tmp_path: Path) -> None:
    other = build(tmp_path / "other.duckdb", a="select 1 as x", b="select 4 as x", d="select 3 as x")
    assert (differing(first, other), differing(other, first)) == (["b", "c"], ["b", "d"])
    assert differing(first, first) == []


def test_a_renamed_mart_column_or_sentinel_is_no_difference_and_its_value_is(tmp_path: Path) -> None:
    old = build(
        tmp_path / "old.duckdb",
        fct_measure="select 5.0 as value, '公顷' as unit",
        mart_project_funds_line="select '' as instrument, 7.0 as arrived_wan",
        mart_finding="select timestamp '2025-07-01 08:00' as received_at, 'S1' as submission_id",
        mart_restatement="select 1 as x",
        mart_build="select 'B1' as build_id",
    )
    new = build(
        tmp_path / "new.duckdb",
        fct_measure="select 5.0 as value, '公顷' as measure_unit",
        mart_project_funds_line="select null::varchar as instrument, 7.0 as arrived_wan",
        mart_finding="select timestamptz '2025-07-01 16:00:00+08' as received_at, 'S1' as submission_id, 1 as finding_no",
        mart_revision="select 2 as x",
        mart_build="select 'B2' as build_id",
    )
    assert differing(old, new) == []
    other = build(
        tmp_path / "other.duckdb",
        fct_measure="select 6.0 as value, '公顷' as measure_unit",
        mart_project_funds_line="select '债券' as instrument, 7.0 as arrived_wan",
        mart_finding="select timestamptz '2025-07-01 08:00:00+08' as received_at, 'S1' as submission_id, 1 as finding_no",
    )
    assert differing(old, other) == ["fct_measure", "mart_finding", "mart_project_funds_line"]
