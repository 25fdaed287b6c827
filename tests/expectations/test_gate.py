"""The gate passes marts that agree, fails when one row of one mart is changed, and never passes what it could not
check.
"""

import shutil

import duckdb
import pytest

from expectations import gate
from expectations.gate import GateCheck, GateResult, judge
from expectations.gate_declarations import declared
from tests.support.gate_builds import make_build
from tests.support.thorough import one_of_each

pytestmark = pytest.mark.slow  # judges some forty builds

DISTRICT, ZONE, TOWNSHIP = "mart_indicator_district", "mart_indicator_zone", "mart_indicator_township"
CHANGES = [
    *(
        (mart, f"update marts.{mart} set {column} = {column} * 1.0001 where rowid = 7", check)
        for mart in (DISTRICT, ZONE, TOWNSHIP)
        for column, check in (("numerator", "parts_make_the_whole"), ("value", "indicator_value_follows"))
    ),
    *(
        (mart, f"delete from marts.{mart} where rowid = 5", "parts_make_the_whole")
        for mart in (DISTRICT, ZONE, TOWNSHIP)
    ),
    (DISTRICT, f"insert into marts.{DISTRICT} from marts.{DISTRICT} where rowid = 3", "indicator_keys_unique"),
    (
        ZONE,
        f"update marts.{ZONE} set area_code = 'cz_south' where area_code = 'cz_basin' and rowid < 10",
        "indicator_keys_unique",
    ),
    (ZONE, f"update marts.{ZONE} set source = 'elsewhere' where rowid = 1", "indicator_as_registered"),
    (ZONE, f"delete from marts.{ZONE} where zoning = 'restoration'", "parts_make_the_whole"),
    (TOWNSHIP, f"update marts.{TOWNSHIP} set unit = '亩' where rowid = 1", "indicator_as_registered"),
    (TOWNSHIP, f"update marts.{TOWNSHIP} set numerator = null where rowid = 4", "parts_make_the_whole"),
    (DISTRICT, f"update marts.{DISTRICT} set period = null where rowid = 0", "indicator_keys_present"),
    (
        "targets",
        "update marts.mart_target_progress set value = value + 0.01 where rowid = 0",
        "targets_agree_with_indicators",
    ),
    ("targets", "update marts.mart_target_progress set target_value = 1 where rowid = 0", "target_values_as_planned"),
    ("targets", "delete from marts.mart_target_progress where rowid = 9", "targets_as_planned"),
    ("projects", "update marts.mart_project_progress set cum_cropland_ha = 0 where rowid = 1", "projects_as_received"),
    ("projects", "delete from marts.mart_project_progress", "marts_have_rows"),
]


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return make_build(tmp_path_factory.mktemp("gate") / "build.duckdb")


@pytest.fixture
def changed(good, tmp_path):
    """A copy of the good build with one statement run on it."""

    def change(statement: str):
        path = tmp_path / "changed.duckdb"
        shutil.copy(good, path)
        with duckdb.connect(str(path)) as con:
            con.execute(statement)
        return path

    return change


def _failed(result):
    return {check.name for check in result.failures}


def test_marts_that_agree_pass_every_check(good, tmp_path):
    result = judge(good, previous_db=good, docs=tmp_path / "docs")
    assert result.failures == ()
    assert result.passed
    assert {check.name for check in result.checks} == {
        item["check"] for items in declared()["frames"].values() for item in items
    }
    assert len(list((tmp_path / "docs").glob("validations/**/*.html"))) == len(declared()["frames"])


def _check(change):
    return change[2]


@pytest.mark.parametrize("change", one_of_each(CHANGES, _check), ids=lambda change: "-".join(map(str, change))[:80])
def test_one_changed_row_of_one_mart_fails(changed, change):
    """Of each check with one mart here, with every mart in `make test-all`."""
    _, statement, check = change
    result = judge(changed(statement))
    assert not result.passed
    assert check in _failed(result)


BEHIND = """
    update marts.mart_target_progress as progress
    set period = '2023', value = earlier.value, gap = progress.target_value - earlier.value
    from marts.mart_indicator_district as earlier
    where earlier.period = '2023' and (progress.indicator_code, progress.area_code) = (earlier.indicator_code, earlier.area_code)
"""


def test_a_zone_that_is_whole_before_the_district_is_has_no_share_of_it(changed):
    """One township's report is missing or withdrawn: its zones and the district stay a year behind the others."""
    alone = "update marts.mart_target_progress set contribution_pct = null where target_value is null"
    assert judge(changed(f"{BEHIND}; {alone}")).failures == ()
    assert _failed(judge(changed(BEHIND))) == {"target_contributions_follow"}


def test_a_ratio_beyond_100_fails(changed):
    result = judge(
        changed(
            f"update marts.{TOWNSHIP} set numerator = 2 * denominator, value = 200 where unit = '%' and rowid % 12 = 0"
        )
    )
    assert "indicator_ratio_within_0_100" in _failed(result)


def test_a_cumulative_figure_that_falls_fails(changed):
    halved = "set numerator = numerator / 2, value = value / 2 where period = '2024'"
    statement = "; ".join(f"update marts.{mart} {halved}" for mart in (DISTRICT, ZONE, TOWNSHIP))
    assert "cumulative_never_falls" in _failed(judge(changed(statement)))


def test_a_moderate_change_is_a_warning_and_an_implausible_one_fails(good, tmp_path):
    moderate = judge(make_build(tmp_path / "moderate.duckdb", growth=30), previous_db=good)
    assert {check.name: check.severity for check in moderate.failures} == {"stock_change_worth_a_look": "warning"}
    assert moderate.passed
    implausible = judge(make_build(tmp_path / "implausible.duckdb", growth=60), previous_db=good)
    assert "stock_change_implausible" in _failed(implausible)
    assert not implausible.passed


def test_what_failed_is_told_with_names_periods_and_figures_in_both_languages(good, tmp_path):
    result = judge(make_build(tmp_path / "implausible.duckdb", growth=60), previous_db=good)
    (detail,) = (check.detail for check in result.failures if check.name == "stock_change_implausible")
    assert detail.startswith("要求“存量指标与上次发布的相差不超过 50%”，20 行中 8 行不符：")
    assert "森林覆盖率 2023：上次发布 10%，本次 16%，变化 60.0%；" in detail
    assert (
        "(asked for: Stocks changed by no more than 50% since the last publication; 8 of 20 rows are not so: " in detail
    )
    assert "Forest coverage 2023: published before 10%, now 16%, change 60.0%; " in detail
    assert "；另 5 行 (" in detail and not any(sign in detail for sign in ("{", "nan", "forest_coverage_rate", "False"))


@pytest.mark.parametrize(
    ("statement", "check", "said"),
    [
        (
            f"update marts.{DISTRICT} set numerator = null where period = '2024' and indicator_code = 'forest_coverage_rate'",
            "parts_make_the_whole",
            "森林覆盖率 2024 分子：部分 乡镇，部分之和 121，整体 无",
        ),
        (
            f"delete from marts.{TOWNSHIP} where indicator_code = 'wetland_protection_rate' "
            f"and area_code = (select max(area_code) from marts.{TOWNSHIP} where not is_part)",
            "areas_complete",
            "乡镇 湿地保护率 2023：区域数 9，应有 10",
        ),
        (
            "update marts.mart_target_progress set target_value = 1 where rowid = 0",
            "target_values_as_planned",
            "目标年 20",
        ),
        (
            "delete from marts.mart_project_progress",
            "marts_have_rows",
            "数据表 mart_project_progress，行数 0，收到的行数 ",
        ),
    ],
)
def test_every_frame_is_told_in_words(changed, statement, check, said):
    details = {one.name: one.detail for one in judge(changed(statement)).failures}
    assert said in details[check]
    assert not any(sign in detail for detail in details.values() for sign in ("{", "nan", "None"))


def test_every_check_says_what_it_asks_for_and_every_shown_column_has_words():
    items = [item for items in declared()["frames"].values() for item in items]
    assert all(len(item["says"]) == 2 and all(item["says"]) for item in items)
    assert {name for item in items for name in item["shows"]} == set(declared()["columns"])


def test_a_published_figure_that_is_gone_is_shown(changed, good):
    gone = "; ".join(f"delete from marts.{mart} where period = '2023'" for mart in (DISTRICT, ZONE, TOWNSHIP))
    result = judge(changed(gone), previous_db=good)
    assert [(check.name, check.severity) for check in result.failures] == [("nothing_published_is_gone", "warning")]


@pytest.mark.parametrize("mart", declared()["marts"])
def test_a_missing_mart_fails(changed, mart):
    assert not judge(changed(f"drop table marts.{mart}")).passed


def test_an_absent_or_broken_build_fails(tmp_path, good):
    assert not judge(tmp_path / "none.duckdb").passed
    (tmp_path / "broken.duckdb").write_bytes(b"not a database")
    assert not judge(tmp_path / "broken.duckdb").passed
    assert not judge(good, previous_db=tmp_path / "broken.duckdb").passed


def test_an_expectation_without_a_result_fails(good, monkeypatch):
    monkeypatch.setattr(gate, "expectation_results", lambda result, suite: [])
    result = judge(good)
    assert not result.passed
    assert all("，没能检查：no result (asked for: " in check.detail for check in result.checks)


def test_an_exception_in_great_expectations_fails(good, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("no verdict")

    monkeypatch.setattr(gate, "run", broken)
    result = judge(good)
    assert not any(check.passed for check in result.checks)
    assert not result.passed


def test_a_gate_without_checks_fails():
    assert not GateResult(()).passed
    assert GateResult((GateCheck("a", False, severity="warning"),)).passed


def test_the_judgement_stands_when_its_pages_cannot_be_written(good, tmp_path, monkeypatch):
    def broken(self):
        raise OSError("disk full")

    monkeypatch.setattr(gate.DataDocs, "write", broken)
    result = judge(good, docs=tmp_path / "docs")
    assert [(check.name, check.severity) for check in result.failures] == [("data_docs_written", "warning")]
    assert result.passed
