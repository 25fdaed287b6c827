"""samples/2026 are what their generator writes, and the warehouse makes of them what their key says."""

import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dev.samples_2026.__main__ import TARGET, write
from pipeline.intake.overview import submissions_of_file
from tests.support.answers import table_of
from warehouse.home import Home
from warehouse.serving import connect

MOST_FILES = 25
# Where the marts show a figure of the key: a query of what it is of, and its value.
SHOWN = {
    "output_planned": "select project_id, planned_amount from mart_restoration_output where area_level = 'district'",
    "output_reported": "select project_id, reported_amount from mart_restoration_output where area_level = 'district'",
    "output_accepted": """
        select project_id, accepted_amount from mart_restoration_output where area_level = 'district' and accepted_amount > 0""",
    "accepted_2026": """
        select case measure_code when 'accepted_area' then 'area' when 'cropland_reserve' then 'reserve'
            when 'cropland_linked' then 'linked' when 'renewed_inefficient' then 'renewed' else measure_code end, sum(value)
        from fct_measure where source = 'acceptance' and year(ends_on) = 2026 group by measure_code""",
    "late_project": """
        select concat_ws(' ', project_id, township_name, issues), date_diff('month', (plan_finish || '-01')::date, (period || '-01')::date)
        from mart_project_progress where is_latest and is_overdue""",
    "stalled_project": """
        select project_id || ' ' || township_name, months_without_progress from mart_project_progress where is_latest and is_stalled""",
    "instrument_arrived": """
        select instrument, sum(arrived_wan) from mart_project_funds_line where reported_in = 'project_funds' and is_latest group by all""",
    "instrument_paid": """
        select instrument, sum(paid_wan) from mart_project_funds_line where reported_in = 'project_funds' and is_latest group by all""",
    "idle": "select project_id, idle_wan from mart_project_funds where is_latest and used_by = 'paid'",
    "paid_after_correction": "select project_id, paid_wan from mart_project_funds where project_id = 'F2' and period = '2026-03'",
    "subsidence": """
        unpivot (select treated_ha as 已治理, under_treatment_ha as 治理中, untreated_ha as 未治理 from mart_subsidence
            where is_latest and area_level = 'district') on 已治理, 治理中, 未治理""",
    "subsidence_treated_pct": "select area_name, treated_pct from mart_subsidence where is_latest and area_level = 'mine'",
    "key_area_extent": "select key_area_name, sum(area_ha) from mart_key_area_extent where period = '2026' group by all",
    "reclaimed_from": """
        select stated, sum(accepted_ha) from mart_accepted_land where dimension = 'reclaimed_from' and is_stated group by all""",
    "renewed_land": "select stated, sum(accepted_ha) from mart_accepted_land where dimension = 'renewed_land' and is_stated group by all",
    "upgraded_quality": """
        select stated, sum(accepted_ha) from mart_accepted_land where dimension = 'upgraded_quality' and is_stated group by all""",
    "ecology_detail": "select item_name, sum(item_value) from mart_ecology_detail where topic = 'mine' group by all",
    "safeguards": "select status_zh, sum(documents) from mart_safeguard where documents > 0 group by all",
    "opinions": """
        select case when is_answered then '答复' else '未答复' end, count(*) from mart_public_feedback
        where status <> 'no_answer_due' group by all""",
    "inspections": """
        select case status when 'overdue' then '逾期' else '未到期' end, count(*) from mart_supervision
        where status in ('overdue', 'open') and year(inspected_on) = 2026 group by all""",
    "evaluation": "select project_id, total_score from mart_performance_evaluation where period = '2026'",
    "waste_treated_t": """
        select period, sum(value) from fct_measure where measure_code = 'waste_treated' and period like '2026%' group by all""",
}


def _key(name: str) -> tuple[dict[str, str], ...]:
    return table_of(TARGET / "answers" / f"{name}.csv")


def _contents(file: Path) -> dict[str, bytes]:
    """A workbook's members, of another file its bytes: how they are packed may differ between versions of zlib."""
    if file.suffix != ".xlsx":
        return {file.name: file.read_bytes()}
    with zipfile.ZipFile(file) as book:
        return {name: book.read(name) for name in book.namelist()}


def _files(folder: Path) -> Iterator[str]:
    return (path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file())


def test_the_generator_gives_the_committed_files(tmp_path: Path) -> None:
    write(tmp_path)
    made = list(_files(tmp_path))
    assert made == list(_files(TARGET))
    assert len(made) <= MOST_FILES
    assert [file for file in made if _contents(tmp_path / file) != _contents(TARGET / file)] == []


def test_the_key_names_every_file_and_each_says_that_it_is_synthetic() -> None:
    submissions = [file for file in _files(TARGET) if not file.startswith("answers/")]
    assert sorted(row["file"] for row in _key("expected_files")) == submissions
    for file in submissions:
        assert any(b"SYNTHETIC" in member for member in _contents(TARGET / file).values()), file


@pytest.mark.slow
def test_every_file_is_accepted_with_the_findings_of_the_key_and_no_other(demo_home: Home) -> None:
    expected: dict[str, Counter[tuple[str, str]]] = {row["file"]: Counter() for row in _key("expected_files")}
    for row in _key("expected_findings"):
        expected[row["file"]][row["rule"], row["severity"]] += int(row["findings"])
    for row in _key("expected_files"):
        ((one, findings),) = submissions_of_file(demo_home, TARGET / row["file"])
        rows = {name: str(getattr(one, name)) for name in ("rows_read", "rows_accepted", "rows_held", "rows_control")}
        assert {"file": row["file"], **rows} == row
        assert Counter((found.rule_id, found.severity) for found in findings) == expected[row["file"]], row["file"]


@pytest.mark.slow
@pytest.mark.parametrize("figure", SHOWN)
def test_the_marts_show_the_figures_of_the_key(demo_home: Home, figure: str) -> None:
    expected = {row["of"]: float(row["value"]) for row in _key("expected_figures") if row["figure"] == figure}
    with connect(demo_home) as con:
        shown = dict(con.execute(SHOWN[figure]).fetchall())
    assert expected and {of: float(value) for of, value in shown.items()} == pytest.approx(expected, rel=1e-6)


def test_every_figure_of_the_key_is_looked_up() -> None:
    assert {row["figure"] for row in _key("expected_figures")} == set(SHOWN)


@pytest.mark.slow
def test_the_reports_that_never_came_are_overdue_and_those_beside_them_are_met(demo_home: Home) -> None:
    with connect(demo_home) as con:
        late = _overdue(con, "rural_waste", "2026Q1")
        assert _overdue(con, "rural_waste", "2026Q2") == set()
    assert late == {row["township"] for row in _key("expected_overdue")}


def _overdue(con: duckdb.DuckDBPyConnection, dataset: str, period: str) -> set[str]:
    found = con.execute(
        "select township_name from mart_submission_status where dataset = ? and period = ? and is_overdue",
        [dataset, period],
    )
    return {name for (name,) in found.fetchall()}
