"""Staged files that are gone come back from the archive; what a new reading has otherwise is reported."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.build import run as build
from pipeline.intake import restage as restaging
from pipeline.intake.parse import Reading, ReadJob
from pipeline.intake.restage import StagedLost, restage
from pipeline.intake.sandbox_policy import read_limited
from pipeline.intake.withdraw import withdraw
from pipeline.release.verify import verify
from pipeline.run import load
from pipeline.watch.report import state_of
from tests.support.answers import SAMPLES
from tests.support.receipt_of import receipt_of
from warehouse.home import Home
from warehouse.ledger import Ledger, Submission
from warehouse.staged import read_staged

SAMPLE = SAMPLES / "clean" / "ecology" / "上党区2023年生态状况年报.xlsx"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with one submission, whose staged file is lost."""
    home = Home(tmp_path / "home").ensure()
    folder = home.inbox / "ecology"
    folder.mkdir()
    shutil.copyfile(SAMPLE, folder / SAMPLE.name)
    load(home, build_marts=False)
    shutil.rmtree(home.staged)
    return home


def only(ledger: Ledger) -> Submission:
    [submission] = ledger.submissions()
    return submission


def test_the_same_reading_is_the_same_file_and_nothing_was_decided_anew(home: Home) -> None:
    with Ledger.open(home) as ledger:
        before = (only(ledger), ledger.reporting_units(only(ledger).submission_id), ledger.events())
        said: list[str] = []
        again = restage(home, ledger, progress=said.append)
        assert (again.read_again, again.different, again.lost) == ((before[0].submission_id,), {}, {})
        assert (only(ledger), ledger.reporting_units(before[0].submission_id), ledger.events()) == before
        assert read_staged(home, str(before[0].staged_as), "ecology").num_rows == 10
        assert len(said) == 1 and SAMPLE.name in said[0]
        assert restage(home, ledger).read_again == ()


def test_loading_heals_what_rules_read(home: Home) -> None:
    shutil.copyfile(
        SAMPLES / "clean" / "ecology" / "上党区2024年生态状况年报（终稿）.xlsx", home.inbox / "ecology" / "x.xlsx"
    )
    load(home, build_marts=False)
    with Ledger.open(home) as ledger:
        assert [home.absolute(str(one.staged_as)).is_file() for one in ledger.submissions()] == [True, True]


def test_a_reading_that_differs_is_reported_and_used_under_its_own_path(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the code had changed: one unit is no longer there, another has other content."""

    def other(job: ReadJob) -> tuple[Reading, object]:
        reading, ran = read_limited(job)
        staged = job.home.absolute(str(reading.staged_as))
        renamed = staged.rename(staged.with_name(f"{job.submission_id}-000000000000.parquet"))
        _, second, *rest = reading.reporting_units
        changed = replace(second, content_hash="0" * 64)
        return replace(reading, staged_as=job.home.relative(renamed), reporting_units=[changed, *rest]), ran

    monkeypatch.setattr(restaging, "read_limited", other)
    with Ledger.open(home) as ledger:
        before = only(ledger)
        reporting_units = ledger.reporting_units(before.submission_id)
        again = restage(home, ledger)
        differs = again.different[before.submission_id]
        assert (
            reporting_units[0].reporting_unit in differs.partition(";")[0]
            and "no longer there" in differs.partition(";")[0]
        )
        assert (
            reporting_units[1].reporting_unit in differs.partition(";")[2]
            and "other content" in differs.partition(";")[2]
        )
        assert str(only(ledger).staged_as).endswith("-000000000000.parquet")
        assert only(ledger) == replace(before, staged_as=only(ledger).staged_as)
        assert ledger.reporting_units(before.submission_id) == reporting_units
        event = ledger.events(before.submission_id)[-1]
        assert (event.action, event.detail["before"], event.detail["differs"]) == (
            "read_again",
            before.staged_as,
            differs,
        )
        [notice] = ledger.notices()
        assert notice.kind == "read_otherwise" and f"warehouse rejudge {before.submission_id}" in notice.body
        assert differs in notice.body and notice.at == event.at, "entered with what it is of"


def test_an_original_that_is_gone_or_damaged_is_named_with_the_remedy(home: Home) -> None:
    with Ledger.open(home) as ledger:
        submission = only(ledger)
        member = next(home.absolute(submission.archived_as).iterdir())
        content = member.read_bytes()
        member.chmod(0o644)
        member.write_bytes(content[:-1])
        again = restage(home, ledger)
        assert "损坏" in again.lost[submission.submission_id] and again.read_again == ()
        again.check(["another"])
        with pytest.raises(StagedLost, match="--file archive"):
            again.check([submission.submission_id])
        shutil.rmtree(member.parent)
        assert "缺失" in restage(home, ledger).lost[submission.submission_id]


WASTE = SAMPLES / "clean" / "rural_waste" / "农村垃圾季报2024-1.xlsx"  # needs nothing else to be accepted
OTHER = SAMPLES / "clean" / "performance" / "2023年度重点工程绩效评价.xlsx"


def send(home: Home, file: Path, name: str | None = None) -> dict[str, Any]:
    folder = home.inbox / file.parent.name
    folder.mkdir(exist_ok=True)
    shutil.copyfile(file, folder / (name or file.name))
    return load(home, build_marts=False)["decided"]


@pytest.fixture
def emptied(tmp_path: Path) -> Home:
    """A home with one submission in force, of which both files are gone."""
    home = Home(tmp_path / "emptied").ensure()
    send(home, WASTE)
    shutil.rmtree(home.staged)
    for folder in home.archive.iterdir():
        shutil.rmtree(folder)
    return home


@pytest.fixture
def lost(emptied: Home) -> str:
    """Its id."""
    with Ledger.open(emptied) as ledger:
        assert only(ledger).state == "accepted"
        return only(ledger).submission_id


def test_a_build_stops_by_name_and_remedies_where_both_files_are_gone(emptied: Home, lost: str) -> None:
    with pytest.raises(StagedLost, match=lost) as raised:
        build.overlay(emptied)
    said = str(raised.value)
    assert WASTE.name in said and "--file archive/" in said and f"warehouse withdraw {lost}" in said
    with Ledger.open(emptied) as ledger:
        assert [one.kind for one in ledger.notices()] == ["original_damaged"]
        assert WASTE.name in ledger.notices()[0].subject
    named = [one for one in state_of(emptied).reasons if one.code == "originals_gone"]
    assert [(one.level, lost in one.message, "warehouse restore" in one.message) for one in named] == [
        ("failing", True, True)
    ]
    assert {(one.kind, one.room) for one in verify(emptied).findings} == {("missing", "archive"), ("missing", "staged")}


def test_other_files_are_taken_while_both_files_of_one_are_gone(emptied: Home, lost: str) -> None:
    assert send(emptied, OTHER)["project_reports"]["accepted"] > 0
    with Ledger.open(emptied) as ledger:
        assert [one.state for one in ledger.submissions()] == ["accepted", "accepted"]


def test_what_is_lost_can_be_withdrawn_and_the_build_goes_on(emptied: Home, lost: str) -> None:
    withdraw(emptied, lost, because="原件不可得", decided_by="王")
    assert "已撤回" in (receipt_of(emptied, lost) / "receipt.txt").read_text(encoding="utf-8")
    with Ledger.open(emptied) as ledger:
        assert ledger.receipts_due() == {}
    assert build.overlay(emptied)["cut"] == 0
    assert [one for one in state_of(emptied).reasons if one.code == "originals_gone"] == []


def test_the_same_file_sent_again_brings_back_what_is_lost(emptied: Home, lost: str) -> None:
    send(emptied, WASTE, "再报.xlsx")
    with Ledger.open(emptied) as ledger:
        assert [one.state for one in ledger.submissions()] == ["accepted", "accepted"]
        assert not any(restaging.is_missing(emptied, one) for one in ledger.submissions())
    assert build.overlay(emptied)["cut"] == 0
