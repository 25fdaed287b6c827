"""Whatever stands in a sheet, normalizing it is an outcome: a table of the right shape, every row in a unit, never an
exception.
"""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import contract
from ingestion.normalize.result import table_schema
from ingestion.normalize.table import normalize_table
from ingestion.readers.cells import Merged, RawRow, RawSheet
from ingestion.readers.tabular import read_workbook
from tests.support.answers import SAMPLES

FILES = {
    "land_use": "clean/land_use/2023年土地利用现状面积汇总表（亩）定稿.xlsx",
    "ecology": "clean/ecology/上党区2024年生态状况年报（终稿）.xlsx",
    "rural_waste": "clean/rural_waste/2022年农村生活垃圾四个季度汇总.csv",
    "project_ledger": "clean/project_ledger/重点工程台账（2025年6月更新）.xlsx",
    "project_progress": "clean/project_progress/2024年5月重点工程进度月报（报送版）.xlsx",
    "project_acceptance": "clean/project_acceptance/上党区验收台账2024（含农业农村局）.xlsx",
    "supervision": "clean/supervision/上党区2025年重点工程监督检查记录.xlsx",
    "performance": "clean/performance/绩效评价表2024.xls",
}
SHEETS = {
    dataset: next(sheet for sheet in read_workbook(SAMPLES / file) if not sheet.hidden)
    for dataset, file in FILES.items()
}
CELLS = st.one_of(
    st.none(), st.booleans(), st.floats(), st.integers(-(2**70), 2**70), st.text(max_size=20), st.dates(), st.datetimes(),
    st.sampled_from([
        "合计", "小计", "注：", "—", "2025-13", "第五季度", "A1", "A1-01", "贾掌镇", "140404105", "渔泽镇", "0.5%", "５亩", "乡镇代码",
        "面积（万元）", "单位：亩", "填报期：2025年第九季度",
        "年度", 0.5, 45000, time(1, 2), timedelta(days=1), date(2099, 1, 1), datetime(1900, 1, 1),
    ]),
)  # fmt: skip


@settings(max_examples=25)
@pytest.mark.parametrize("dataset", FILES)
@given(data=st.data())
def test_changed_cells_never_raise(dataset, data):
    sheet, rules = SHEETS[dataset], contract(dataset)
    rows = [list(row.values) for row in sheet.rows[:14]]
    for _ in range(data.draw(st.integers(1, 4))):
        row = data.draw(st.integers(0, len(rows) - 1))
        rows[row][data.draw(st.integers(0, len(rows[row]) - 1))] = data.draw(CELLS)
    corner = (data.draw(st.integers(1, 14)), data.draw(st.integers(1, 9)))
    merged = Merged(*corner, corner[0] + data.draw(st.integers(0, 3)), corner[1] + data.draw(st.integers(0, 3)))
    changed = RawSheet(
        name=sheet.name,
        rows=tuple(
            RawRow(number, tuple(row))
            for number, row in enumerate(rows, start=1)
            if any(value is not None for value in row)
        ),
        merged=(*sheet.merged, merged),
        formula_without_value=frozenset({corner}),
    )
    with patch("ingestion.normalize.table.read_workbook", return_value=[changed]):
        got = normalize_table(Path("x.xlsx"), Path(FILES[dataset]).name, rules, "s1")
    source_rows = {(row["sheet"], row["row_no"]) for row in got.table.select(["sheet", "row_no"]).to_pylist()}
    assert got.table.schema.equals(table_schema(rules))
    assert got.rows_read == len(source_rows) + got.rows_control
    assert got.table.column("reporting_unit").null_count == 0
    assert {item.reporting_unit for item in got.findings} - {None} <= set(
        got.table.column("reporting_unit").to_pylist()
    ) | {item.reporting_unit for item in got.findings if item.rule_id == "sheet.missing_unit"}
    assert got.readable or got.findings
