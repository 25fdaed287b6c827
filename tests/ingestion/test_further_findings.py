"""Very many findings of one kind are reported together, and every reporting unit is still held by what is reported."""

from collections import Counter
from pathlib import Path

import pytest

from contracts import Finding, finding
from contracts.aggregation import FURTHER, FindingAggregator, most_single
from pipeline.intake.receive import read_batch, receive
from tests.support.hostile import WRONG_EVERYWHERE, recorded_runs
from tests.support.hostile_workbooks import wrong_everywhere
from warehouse.home import Home
from warehouse.ledger import Ledger

FIGURES = 6
RULE = "normalize.text_in_numeric"


def wrong(row: int, reporting_unit: str, column: str = "C", severity: str | None = None) -> Finding:
    return finding(
        RULE,
        sheet="表",
        cell=f"{column}{row}",
        reporting_unit=reporting_unit,
        period="2024",
        field=column,
        title="面积",
        found=f"约{row}",
        severity=severity,
    )


def aggregated(found: list[Finding]) -> list[Finding]:
    aggregator = FindingAggregator()
    for one in found:
        aggregator.add(one)
    return aggregator.findings()


def test_a_few_findings_are_reported_cell_by_cell():
    found = [wrong(row, f"第{row}行") for row in range(1, most_single() + 1)]
    assert aggregated(found) == found


def test_neighbouring_rows_of_one_unit_are_reported_together_and_no_finding_is_lost():
    found = [
        wrong(row, "苏店镇", column)
        for row in range(1, most_single() + 31)
        for column in "CDE"
        if row != most_single() + 11
    ]
    reported = aggregated(found)
    further = [one for one in reported if one.rule_id == FURTHER]
    assert [(one.cell, one.reporting_unit, one.period, one.severity) for one in further] == [
        (f"C{most_single() + 1}:E{most_single() + 10}", "苏店镇", "2024", "error"),
        (f"C{most_single() + 12}:E{most_single() + 30}", "苏店镇", "2024", "error"),
    ]
    assert [f"{count} 处" in one.message for one, count in zip(further, (30, 57), strict=True)] == [True, True]
    assert f"约{most_single() + 1}" in further[0].message and f"约{most_single() + 1}" in further[0].message_en
    assert len(reported) - len(further) + 30 + 57 == len(found)


def test_each_unit_and_each_severity_keeps_a_finding_of_its_own():
    found = [
        wrong(row, f"单位{row % 7}", severity="warning" if row % 2 else "error") for row in range(1, 2 * most_single())
    ]
    reported = aggregated(found)
    assert {(one.reporting_unit, one.severity) for one in reported} == {
        (one.reporting_unit, one.severity) for one in found
    }
    assert {(one.reporting_unit, one.severity) for one in reported if one.rule_id == FURTHER} == {
        (one.reporting_unit, one.severity) for one in found
    }


def test_what_is_of_the_whole_file_or_of_a_range_is_always_reported():
    whole = [finding("reading.hidden_sheet", sheet="表", found=str(number)) for number in range(most_single() + 5)]
    ranges = [
        finding("reading.merged_value_cells", reporting_unit="苏店镇", cell="C4:C5", field="c", title="面积")
        for _ in range(most_single() + 5)
    ]
    assert aggregated([*whole, *ranges]) == [*whole, *ranges]


@pytest.mark.slow
@pytest.mark.parametrize("rows", [3_000, pytest.param(20_000, marks=pytest.mark.thorough)])
def test_a_file_of_wrong_values_everywhere_is_answered_in_time_and_holds_every_unit(tmp_path: Path, rows: int):
    home = Home(tmp_path / "home").ensure()
    folder = home.inbox / WRONG_EVERYWHERE.dataset
    folder.mkdir(parents=True)
    (folder / WRONG_EVERYWHERE.name).write_bytes(wrong_everywhere(rows))
    with recorded_runs() as runs:
        receive(home, settle_seconds=0)
        with Ledger.open(home) as ledger:
            (submission,) = ledger.submissions()
        read_batch(home, [submission.submission_id])
    assert [run.failure for run in runs] == [None] * len(runs)
    with Ledger.open(home) as ledger:
        found = ledger.findings(submission.submission_id)
        reporting_units = {
            (reporting_unit.reporting_unit, reporting_unit.period)
            for reporting_unit in ledger.reporting_units(submission.submission_id)
        }
    errors = [one for one in found if one.severity == "error"]
    assert len(reporting_units) == rows
    assert {(one.reporting_unit, one.period) for one in errors} >= reporting_units
    counts = Counter(one.rule_id for one in errors)
    assert counts[RULE] == FIGURES * most_single()
    assert counts[FURTHER] == rows - most_single()
