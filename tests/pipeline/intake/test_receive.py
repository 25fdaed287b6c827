"""Faulty files among good ones, through the whole job: they are answered and leave no trace in any mart, the others
load.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest
from filelock import FileLock

from contracts import contract
from pipeline.run import load
from tests.support.answers import findings_of, is_named, rows_of
from tests.support.copies import copy_of
from tests.support.few_samples import put
from tests.support.polling_reader import reading
from warehouse import builds
from warehouse.home import Home
from warehouse.ledger import Ledger, Submission

pytestmark = pytest.mark.slow

# of each dataset a file with an error, and the endings of the files that come back: none where there is no cell or
# shape to mark and nothing was taken otherwise than it stands; a map where a fault has a place
TRAPS = {
    "ecology/生态年报（保护湿地大于湿地）.xlsx": (".xlsx",),
    "rural_waste/2025Q4垃圾（混入外区乡镇）.xlsx": (".xlsx",),
    "project_ledger/台账2025年7月（A1重复）.xlsx": (".xlsx",),
    "project_progress/重点工程月报2025-13.xlsx": (".xlsx",),
    "project_acceptance/2025年7月验收（文号重复）.xlsx": (".xlsx",),
    "admin_boundary/行政区2025（缺东和乡）.gpkg": (".gpkg",),
    "planning_zone/规划分区（五龙山含苏店全部）.geojson": (".gpkg", ".svg"),
    "forest_land/林地2025缺字段.zip": (".gpkg",),
    "wetland/湿地2025（重叠）.zip": (".gpkg", ".svg"),
    "ecological_redline/红线2025（公顷）.zip": (".gpkg", ".svg"),
    "project_site/202507项目红线编号错.zip": (".gpkg", ".svg"),
}
GOOD = "project_progress/2025年7月月报（核减有说明）.xlsx"
# the good row of the faulty acceptance workbook: 102号, 八义镇, 28.51 ha, of which 4.48 ha cropland
ADDED = {"land_consolidation_area": 28.51, "cropland_from_reserve_and_consolidation": 4.48}
MARTS = ("mart_indicator_district", "mart_indicator_zone", "mart_indicator_township")


class Sent(NamedTuple):
    """A home to which the traps and a good file were sent. before: the edition that was current then."""

    home: Home
    before: Path
    report: dict[str, Any]

    def submission(self, trap: str) -> Submission:
        with Ledger.open(self.home) as ledger:
            return next(
                one
                for one in reversed(ledger.submissions(dataset=Path(trap).parts[0]))
                if one.file_name == Path(trap).name
            )


def rows(edition: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(edition / "warehouse.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


@pytest.fixture(scope="module")
def sent(clean_home: Home) -> Sent:
    """The clean home's copy after the traps and the good file were dropped together, with a reader watching all the
    while.

    Made once for all workers, beside the clean home.
    """
    home = Home(clean_home.root.with_name("sent-home"))
    done = home.root.with_name("sent-home.json")
    with FileLock(home.root.with_name("sent-home.lock")):
        if not done.exists():
            copy_of(clean_home, home.root)
            before = builds.current(home)
            put(home, "traps", *TRAPS, GOOD)
            with reading(home, home.root.with_name("sent-home.stop"), pause_seconds=0.2) as report:
                load(home)
            done.write_text(json.dumps({"before": str(before), "report": report}))
    made = json.loads(done.read_text())
    return Sent(home, Path(made["before"]), made["report"])


@pytest.mark.parametrize("trap", TRAPS)
def test_a_faulty_file_is_held_with_findings_that_name_the_place(sent: Sent, trap: str) -> None:
    one = sent.submission(trap)
    with Ledger.open(sent.home) as ledger:
        errors = [item for item in ledger.findings(one.submission_id) if item.severity == "error"]
        held = [
            reporting_unit.reporting_unit
            for reporting_unit in ledger.reporting_units(one.submission_id)
            if reporting_unit.state == "held"
        ]
    assert one.state in ("held", "partly_held")
    assert held and errors
    expected = [row for row in findings_of(f"traps/{trap}") if row["severity"] == "error"]
    assert expected and all(is_named(row, errors) for row in expected)
    for item in errors:
        assert item.feature or item.field if contract(str(one.dataset)).is_layer else item.sheet and item.cell, item
    counted = {
        "rows_read": one.rows_read,
        "rows_accepted": one.rows_accepted,
        "rows_held": one.rows_held,
        "control_rows": one.rows_control,
    }
    assert counted == {name: int(rows_of(f"traps/{trap}")[name]) for name in counted}


@pytest.mark.parametrize("trap", TRAPS)
def test_its_receipt_says_what_is_wrong_and_how_to_mend_it(sent: Sent, trap: str) -> None:
    one = sent.submission(trap)
    folder = sent.home.absolute(str(one.receipt_as))
    reported = json.loads((folder / "receipt.json").read_text(encoding="utf-8"))
    text = (folder / "receipt.txt").read_text(encoding="utf-8")
    errors = [item for item in reported["findings"] if item["severity"] == "error"]
    assert (reported["submission"], reported["rows_held"]) == (one.submission_id, one.rows_held)
    assert errors
    for item in errors:
        assert item["message"] in text
        assert item["remedy"] in text
        assert (item.get("cell") or item.get("feature") or item["message"]) in text
    marked = sorted(path.suffix for path in folder.iterdir() if path.stem.endswith("-审核结果"))
    assert marked == list(TRAPS[trap])


def test_no_mart_shows_a_held_figure(sent: Sent) -> None:
    after = builds.current(sent.home)
    assert after and after != sent.before
    with Ledger.open(sent.home) as ledger:
        reporting_units = [
            reporting_unit
            for trap in TRAPS
            for reporting_unit in ledger.reporting_units(sent.submission(trap).submission_id)
        ]
    held = {
        (reporting_unit.submission_id, reporting_unit.reporting_unit)
        for reporting_unit in reporting_units
        if reporting_unit.state == "held"
    }
    shown = set(rows(after, "select distinct submission_id, reporting_unit from fct_measure"))
    shown |= set(
        rows(
            after, "select distinct submission_id, concat_ws('|', project_id, township_code) from mart_project_progress"
        )
    )
    shown |= set(rows(after, "select distinct submission_id, project_id from dim_project"))
    assert len(held) > len(TRAPS) and len(shown) > 1000
    assert held & shown == set()


def test_only_what_was_accepted_changes_an_indicator(sent: Sent) -> None:
    after = builds.current(sent.home)
    assert after
    for mart in MARTS:
        figures = f"select * exclude (is_provisional, data_through) from {mart} where datasets <> 'project_acceptance' order by all"
        assert rows(after, figures) == rows(sent.before, figures)
        accepted = f"select * exclude (is_provisional) from {mart} where datasets = 'project_acceptance' and period < '2025' order by all"
        assert rows(after, accepted) == rows(sent.before, accepted)
    for indicator, added in ADDED.items():
        for mart, area in (("mart_indicator_district", "140404"), ("mart_indicator_township", "140404104")):
            value = (
                f"select value from {mart} where indicator_code = '{indicator}' and area_code = '{area}' and period = "
            )
            [(was,)] = rows(sent.before, f"{value} '2025Q2'")
            assert rows(after, f"{value} '2025Q2'") == [(was,)]
            assert rows(after, f"{value} '2025Q3'") == [(pytest.approx(was + added, rel=1e-12),)]


def test_the_good_file_beside_them_is_there(sent: Sent) -> None:
    one = sent.submission(GOOD)
    after = builds.current(sent.home)
    assert after and (one.state, one.rows_accepted) == ("accepted", 63)
    july = "select submission_id, count(*) from mart_project_progress where period = '2025-07' group by all"
    assert rows(after, july) == [(one.submission_id, 63)]
    cropland = "select cum_cropland_ha from mart_project_progress where project_id = 'A3' and township_code = '140404101' and period = "
    assert rows(after, f"{cropland} '2025-06'") == [(7.41,)]
    assert rows(after, f"{cropland} '2025-07'") == [(7.06,)]


def test_every_row_is_accounted_for_and_readers_saw_nothing_of_it(sent: Sent) -> None:
    with Ledger.open(sent.home) as ledger:
        balances = ledger.balance()
        states = {one.state for one in ledger.submissions()}
    assert len(balances) == 82 + len(TRAPS) + 1 and all(balance.is_balanced for balance in balances)
    assert states == {"accepted", "held", "partly_held"}
    assert (sent.report["errors"], sent.report["mixed"], sent.report["builds"]) == ([], [], 2)


def test_what_was_sent_before_changes_nothing(copied_home: Home) -> None:
    again = ["ecology/2025生态年报-上党.xls", "project_progress/进度月报_2025-04.csv", "wetland/湿地_2025.geojson"]
    before = builds.current(copied_home)
    with Ledger.open(copied_home) as ledger:
        fingerprint, known = ledger.accepted_fingerprint(), len(ledger.submissions())
    put(copied_home, "clean", *again)
    outcome = load(copied_home)
    assert outcome["received"] == {"statistics": 1, "project_reports": 1, "spatial": 1}
    assert sum(result["accepted"] + result["held"] for result in outcome["decided"].values()) == 0
    assert outcome["built"] == {} and builds.current(copied_home) == before
    with Ledger.open(copied_home) as ledger:
        assert ledger.accepted_fingerprint() == fingerprint
        new = ledger.submissions()[known:]
        assert len(new) == len(again)
        for one in new:
            assert [item.rule_id for item in ledger.findings(one.submission_id)] == ["version.identical_file"], (
                one.file_name
            )
            assert one.file_name in (copied_home.absolute(str(one.receipt_as)) / "receipt.txt").read_text(
                encoding="utf-8"
            )
    assert load(copied_home)["received"] == {}
