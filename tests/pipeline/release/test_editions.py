"""Approved editions: kept for ever, closing what they speak of; what came after is told figure by figure, and any of
them made again.
"""

import json
import os
from pathlib import Path

import duckdb
import pytest

from pipeline.build.revisions import COLUMNS, revision_rows
from pipeline.release.approve import approve
from pipeline.release.as_of import as_of
from pipeline.release.comparison import differing
from pipeline.run import load
from tests.cli.test_main import Run, warehouse
from tests.pipeline.intake.test_receive import Sent, sent
from tests.support.corrected_home import Corrected
from tests.support.dbt_builds import without_data_tests
from tests.support.few_samples import put
from warehouse import builds
from warehouse.editions import UnknownBuild, approved, folder_of
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.marts import DATABASE
from warehouse.serving import connect

__all__ = ["sent", "warehouse"]  # the fixtures
SUDIAN = "140404101"


def test_nothing_is_approved_before_anything_is_published(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").ensure()
    with pytest.raises(UnknownBuild):
        approve(home, "L")
    assert approved(home) == []


@pytest.mark.slow
def test_an_edition_is_kept_and_closes_its_periods(copied_home: Home) -> None:
    made = approve(copied_home, "王局长", because="上报")
    assert (made["edition"], made["is_new"]) == ("2025-12.1", True)
    assert {"ecology 2024", "rural_waste 2025Q4", "project_progress 2025-06"} <= set(made["closed"])
    with Ledger.open(copied_home) as ledger:
        assert {f"{item.dataset} {item.period}" for item in ledger.periods(is_open=False)} == set(made["closed"])
    again = approve(copied_home, "别人")
    assert (again["edition"], again["by"], again["is_new"]) == ("2025-12.1", "王局长", False)
    earlier = approve(copied_home, "王局长", period="2024")
    assert earlier["edition"] == "2024.1" and earlier["closed"] == []
    with Ledger.open(copied_home) as ledger:
        assert [event.detail["edition"] for event in ledger.events(actions=["approved"])] == ["2025-12.1", "2024.1"]
    assert [one.edition for one in approved(copied_home)] == ["2024.1", "2025-12.1"]
    folder = folder_of(copied_home, "2025-12.1")
    assert builds.is_intact(folder)
    current = builds.current(copied_home)
    assert current is not None
    os.rename(current, copied_home.root / "gone")
    assert builds.is_intact(folder), "the build is gone, the edition is there"


@pytest.mark.slow
def test_what_a_confirmation_changed_is_a_revision_and_what_was_published_is_made_again(
    corrected: Corrected, tmp_path: Path
) -> None:
    with without_data_tests():
        _is_a_revision(corrected, tmp_path)


@pytest.mark.slow
@pytest.mark.thorough
def test_what_a_confirmation_changed_among_all_samples_is_a_revision_and_what_was_published_is_made_again(
    corrected_clean_home: Corrected, tmp_path: Path
) -> None:
    _is_a_revision(corrected_clean_home, tmp_path)


def _is_a_revision(corrected: Corrected, tmp_path: Path) -> None:
    """A corrected year for a closed period: held, confirmed, published; the edition before it is still what it was."""
    home, sent = corrected.home, corrected.submission_id
    assert corrected.was_due, "what was held is to be shown by the marts, too"
    assert corrected.first_errors == ["version.period_closed"]
    rows = [
        dict(zip(COLUMNS, row, strict=True))
        for row in revision_rows(folder_of(home, "2025.1") / DATABASE, folder_of(home, "current") / DATABASE)
    ]
    (measured,) = [row for row in rows if row["figure"] == "measure"]
    assert (measured["code"], measured["area_code"], measured["period"]) == ("ecology.forest_area", SUDIAN, "2024")
    assert measured["change"] == pytest.approx(22.4)
    assert {row["figure"] for row in rows} == {"measure", "mart_area_reconciliation"}, "elsewhere the layers speak"
    assert {(row["change_kind"], row["caused_by"]) for row in rows} == {("changed", sent)}
    with connect(home) as con:
        shown = con.execute(
            "select rule_id from mart_finding where submission_id = ? and severity = 'confirmed'", [sent]
        )
        assert shown.fetchall() == [("version.period_closed",)]
        assert con.execute("select count(*), max(caused_by) from mart_revision").fetchall() == [(len(rows), sent)]
    report = as_of(home, "2025.1", tmp_path / "then")
    assert (report["different"], report["same_code"]) == ([], True)
    made = json.loads((tmp_path / "then" / "as_of.json").read_text(encoding="utf-8"))
    now = builds.manifest(home)
    assert now is not None and {"fct_measure", "mart_submission", "mart_finding", "mart_decision"} <= set(
        differing((made["tables"], tmp_path / "then" / DATABASE), (now["tables"], home.current / DATABASE))
    )


@pytest.mark.slow
def test_a_new_month_changes_progress_and_statuses_and_every_change_names_its_cause(warehouse: Run, sent: Sent) -> None:
    """July came with faulty files of other datasets beside it. Of those, only an acceptance put anything in force: what is
    made of acceptances too may have changed by it.
    """
    with Ledger.open(sent.home) as ledger:
        july = next(
            one.submission_id
            for one in reversed(ledger.submissions(dataset="project_progress"))
            if one.state == "accepted"
        )
        acceptance = ledger.submissions(dataset="project_acceptance")[-1].submission_id
    with connect(sent.home) as con:
        expected = [
            ("mart_project_register", "physical_progress_pct", "C1", None, None, ("changed", 88.7, 94.4, None, None)),
            ("mart_project_register", "stages", "F1", None, None, ("changed", None, None, "在建", "完工")),
            ("mart_supervision", "status", "B1", None, "JC2025-042", ("changed", None, None, "open", "overdue")),
            ("mart_project_progress", "stage", "A1", "2025-07", SUDIAN, ("new", None, None, None, "在建")),
        ]
        for *figure, change in expected:
            causes = f"{acceptance};{july}" if figure[0] == "mart_supervision" else july
            assert revision(con, *figure) == (*change, causes), figure
        assert revision(con, "mart_project_progress", "stage", "A1", "2025-06", SUDIAN) is None
    _every_change_is_listed_and_has_a_cause(warehouse, sent.home)


def revision(con: duckdb.DuckDBPyConnection, *figure: str | None) -> tuple[object, ...] | None:
    """How a figure (mart, code, area, period, item) changed: the kind, values and texts before and after, the cause."""
    return con.execute(
        "select change_kind, value_before, value_after, text_before, text_after, caused_by from mart_revision "
        "where (figure, code, area_code) = (?, ?, ?) and period is not distinct from ? and item is not distinct from ?",
        list(figure),
    ).fetchone()


def _every_change_is_listed_and_has_a_cause(warehouse: Run, home: Home) -> None:
    with connect(home) as con:
        kinds = dict(con.execute("select change_kind, count(*) from mart_revision group by all").fetchall())
        assert con.execute("select count(*) from mart_revision where caused_by is null").fetchall() == [(0,)]
        keys = con.execute(
            "select count(distinct (figure, code, area_code, period, item)) from mart_revision"
        ).fetchone()
    assert set(kinds) == {"changed", "new"} and keys == (sum(kinds.values()),)
    status, out, _ = warehouse(home, "diff", "previous", "--json")
    assert status == 0 and {json.loads(line)["change_kind"] for line in out.splitlines()} == {"changed"}
    assert len(warehouse(home, "diff", "previous", "--json", "--new")[1].splitlines()) == sum(kinds.values())
    out = warehouse(home, "diff", "previous")[1]
    assert f"{kinds['changed']} 个数字不同" in out and f"另有 {kinds['new']} 个新数字" in out


@pytest.mark.slow
@pytest.mark.thorough
def test_a_new_month_has_new_figures_changed_progress_and_changed_statuses_as_revisions(
    warehouse: Run, copied_home: Home
) -> None:
    put(
        copied_home,
        "traps",
        "project_progress/2025年7月月报（核减有说明）.xlsx",
        "performance/绩效评价2025（初稿）.xlsx",
    )
    assert load(copied_home)["built"]
    with Ledger.open(copied_home) as ledger:
        sent = {one.dataset: one.submission_id for one in ledger.submissions()[-2:]}
    july, evaluation = sent["project_progress"], sent["performance"]
    with connect(copied_home) as con:
        expected = [
            (
                "mart_project_register",
                "physical_progress_pct",
                "C1",
                None,
                None,
                ("changed", 88.7, 94.4, None, None, july),
            ),
            ("mart_project_register", "stages", "F1", None, None, ("changed", None, None, "在建", "完工", july)),
            (
                "mart_project_register",
                "evaluation_grade",
                "B1",
                None,
                None,
                ("changed", None, None, "良", "优", evaluation),
            ),
            ("mart_supervision", "status", "B1", None, "JC2025-042", ("changed", None, None, "open", "overdue", july)),
            ("mart_performance_evaluation", "grade", "B1", "2025", None, ("new", None, None, None, "优", evaluation)),
            ("mart_project_progress", "stage", "A1", "2025-07", SUDIAN, ("new", None, None, None, "在建", july)),
        ]
        for *figure, change in expected:
            assert revision(con, *figure) == change, figure
        assert revision(con, "mart_project_progress", "stage", "A1", "2025-06", SUDIAN) is None
    _every_change_is_listed_and_has_a_cause(warehouse, copied_home)


@pytest.mark.slow
def test_the_commands_say_what_is_not_there(warehouse: Run, clean_home: Home, tmp_path: Path) -> None:
    status, _, err = warehouse(clean_home, "diff", "1999-01.1")
    assert status == 2 and "1999-01.1" in err
    assert warehouse(clean_home, "as-of", "1999-01.1", "--into", tmp_path / "new")[0] == 2
    assert warehouse(clean_home, "approve", "current", "--as", "July")[0] == 2
    status, out, _ = warehouse(clean_home, "editions")
    assert status == 0 and "editions" in out
