"""Staged files that are gone come back from the archive; what a new reading has otherwise is reported."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.intake import restage as restaging
from pipeline.intake.parse import Reading, ReadJob
from pipeline.intake.restage import StagedLost, restage
from pipeline.intake.sandbox_policy import read_limited
from pipeline.run import load
from tests.support.answers import SAMPLES
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
