"""Which periods an approval closes, and of which reports are missing: open ones, and those that are closed already."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from cli.approvals import _print_preview
from pipeline.release.approve import Preview
from pipeline.release.closing import Closing, closing_of
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.marts import DATABASE


def test_a_period_that_is_closed_and_lacks_reports_is_named(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / DATABASE)) as con:
        con.execute("""create table mart_submission_status as select * from (values
            ('rural_waste', '2024Q1', '苏店镇', true, 'S1', date '2024-04-10'),
            ('rural_waste', '2024Q2', '苏店镇', true, 'S2', date '2024-07-10'),
            ('rural_waste', '2024Q2', '荫城镇', false, null, date '2024-07-10'),
            ('rural_waste', '2024Q3', '苏店镇', true, 'S3', date '2024-10-10'),
            ('rural_waste', '2024Q3', '荫城镇', false, null, date '2024-10-10'),
            ('rural_waste', '2025Q1', '荫城镇', false, null, date '2025-04-10')
            ) as given(dataset, period, unit_name, is_met, submission_id, due_on)""")
    with Ledger.open(Home(tmp_path / "home").ensure()) as ledger:
        for period in ("2024Q2", "2025Q1"):
            ledger.open_period("rural_waste", period)
            ledger.close_period("rural_waste", period)
        found = closing_of(ledger, tmp_path, "2024", date(2025, 6, 1))
    assert found == Closing(
        [("rural_waste", "2024Q1")],
        {("rural_waste", "2024Q3"): ["荫城镇"]},
        {("rural_waste", "2024Q2"): ["荫城镇"]},
    )


def test_the_preview_lists_them_and_says_nothing_where_there_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    lacking = {("rural_waste", "2024Q2"): ["荫城镇"]}
    _print_preview(Preview("b1", "2024.1", False, Closing([], {}, lacking), None), False)
    out = capsys.readouterr().out
    assert "早已关闭而仍缺报的 1 个 (closed before, and still lacking reports)：\n  rural_waste 2024Q2：缺 1 份" in out
    assert "仍缺报的 0 个" not in out and "still lacking reports)，" not in out
    _print_preview(Preview("b1", "2024.1", False, Closing([], lacking, {}), None), False)
    out = capsys.readouterr().out
    assert "仍缺报的 1 个 (still lacking reports)，不关闭" in out and "closed before" not in out
