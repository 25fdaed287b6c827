"""Counts of a staged table."""

import pyarrow.parquet as pq

from contracts import contract
from pipeline.intake.parse import unit_counts
from tests.support.workbooks import normalize_rows

HEADER = ["项目编号", "评价年度", "评价维度", "得分"]


def test_rows_side_by_side_count_each(tmp_path):
    rows = [["A1", 2024, "组织实施", 20.0, None, "A1", 2024, "资金管理", 21.0]]
    got = normalize_rows(tmp_path, [[*HEADER, None, *HEADER], *rows], "performance")
    pq.write_table(got.table, tmp_path / "staged.parquet")
    (reporting_unit,) = unit_counts(tmp_path / "staged.parquet", contract("performance"))
    assert (got.rows_read, reporting_unit.reporting_unit, reporting_unit.rows, reporting_unit.facts) == (2, "A1", 2, 2)
