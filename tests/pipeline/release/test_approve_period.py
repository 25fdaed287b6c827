"""Which period an edition may be of, and who is recorded as having approved it."""

import json
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipeline.release.approve import approve
from tests.cli.test_main import Run, warehouse
from warehouse import builds, editions
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.marts import DATABASE

__all__ = ["warehouse"]  # the fixture
BUILD = "20260101T000000Z-a-b"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose published figures reach to the end of May 2025."""
    home = Home(tmp_path / "home").ensure()
    with Ledger.open(home) as ledger:  # a home has its ledger before anything is published
        ledger.prepare_publication(BUILD, inputs_fingerprint="a", path=f"published/builds/{BUILD}")
        ledger.make_current(BUILD)
    folder = home.builds / BUILD
    folder.mkdir()
    with duckdb.connect(str(folder / DATABASE)) as con:
        con.execute("create table mart_indicator_district (data_through date)")
        con.execute("insert into mart_indicator_district values (?), (null)", [date(2025, 5, 31)])
        con.execute(
            "create table mart_submission_status "
            "(dataset text, period text, unit_name text, is_met boolean, submission_id text, due_on date)"
        )
    (folder / builds.MANIFEST).write_text(json.dumps({"build_id": BUILD, "files": {}}), encoding="utf-8")
    home.current.symlink_to(Path("builds") / BUILD)
    return home


@pytest.mark.parametrize("period", ["2022", "2022-01", "2024Q4", "2025-05", "2025Q2", "2025"])
def test_a_period_from_the_base_year_to_what_is_reported_is_taken(home: Home, period: str) -> None:
    assert approve(home, "王局长", period=period)["edition"] == f"{period}.1"


@pytest.mark.parametrize("period", ["2021", "2021-12", "2021Q4", "1999", "2025-06", "2025Q3", "2026", "9999"])
def test_a_period_outside_of_the_plan_or_not_reported_yet_is_refused(home: Home, period: str) -> None:
    with pytest.raises(ValueError, match=r"2022 年与数据所及的 2025-05 之间 .*base year 2022.*2025-05"):
        approve(home, "王局长", period=period)
    assert editions.approved(home) == []


@pytest.mark.parametrize("period", ["２０２５", "2025-13", "2025Q5", "2025-5", "2025-05-31", " 2025", "2025\n", "x"])
def test_what_is_no_period_is_refused_with_how_it_is_written(home: Home, period: str) -> None:
    with pytest.raises(ValueError, match=r"2025-07（月）、2025Q3（季）或 2025（年）"):
        approve(home, "王局长", period=period)
    assert editions.approved(home) == []


def test_the_login_stands_beside_the_name_that_was_given(
    warehouse: Run, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_ACTOR", "clerk7")
    assert warehouse(home, "approve", "current", "--as", "2024", "--because", "上报", "--by", "王局长")[0] == 0
    assert warehouse(home, "approve", "current", "--as", "2025-05", "--because", "上报")[0] == 0
    assert [(one.approved_by, one.login) for one in editions.approved(home)] == [
        ("王局长", "clerk7"),
        ("clerk7", "clerk7"),
    ]
    with Ledger.open(home) as ledger:
        events = ledger.events(actions=["approved"])
    assert [(one.actor, one.detail["approved_by"], one.detail["login"]) for one in events] == [
        ("clerk7", "王局长", "clerk7"),
        ("clerk7", "clerk7", "clerk7"),
    ]
    _, out, _ = warehouse(home, "editions")
    assert "登录名" in out and out.count("clerk7") == 3


def test_an_edition_from_before_logins_were_recorded_is_still_read(home: Home) -> None:
    approve(home, "王局长", period="2024")
    file = home.editions / "2024.1" / editions.EDITION
    stored = json.loads(file.read_text(encoding="utf-8"))
    del stored["login"]
    file.chmod(0o644)
    file.write_text(json.dumps(stored), encoding="utf-8")
    [edition] = editions.approved(home)
    assert (edition.approved_by, edition.login) == ("王局长", "")
