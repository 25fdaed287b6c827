"""A reading that was made for another test is the one that this test would have made."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.intake import receive
from pipeline.intake.parse import ReadJob
from pipeline.intake.sandbox_policy import read_limited
from tests.support.answers import SAMPLES
from tests.support.shared_readings import RESULT, shared_reading
from warehouse.home import Home

pytestmark = pytest.mark.slow

WITH_LOG = (
    "clean/ecology/上党区2023年生态状况年报.xlsx"  # values are read otherwise than written: it has a normalization log
)
WITHOUT_LOG = "clean/ecology/生态状况2022（林业局报，单位亩）.csv"
LAYER = "traps/wetland/湿地2025（重叠）.zip"
DOCS = "data_docs/.json"


def job(file: str, folder: Path, submission_id: str) -> ReadJob:
    path = SAMPLES / file
    home = Home(folder / submission_id)
    return ReadJob(submission_id, path, path.name, path.parent.name, home, home.data_docs / f"{submission_id}.json")


def left_behind(home: Home) -> dict[str, bytes]:
    """What a reading left in its home, by path with the submission's id left out."""
    return {
        path.relative_to(home.root).as_posix().replace(home.root.name, ""): path.read_bytes()
        for path in sorted(home.root.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize(("file", "files_left"), [(WITH_LOG, 3), (WITHOUT_LOG, 2), (LAYER, 3)])
def test_a_shared_reading_equals_a_fresh_one_byte_by_byte(file: str, files_left: int, tmp_path: Path) -> None:
    first, again, fresh = (job(file, tmp_path, name) for name in ("S-first", "S-again", "S-fresh"))
    shared_reading(tmp_path / "shared", first)
    restored, ran = shared_reading(tmp_path / "shared", again, read=not_called)
    made, _ = read_limited(fresh)
    assert ran.value == restored
    assert restored == replace(made, submission_id="S-again", staged_as=str(made.staged_as).replace("fresh", "again"))
    given, expected = left_behind(again.home), left_behind(fresh.home)
    assert len(expected) == files_left, sorted(expected)
    assert given.keys() == expected.keys()
    assert {name for name in given if given[name] != expected[name]} <= {DOCS}, "Great Expectations dates its results"


def test_another_name_is_another_reading_and_what_is_no_sample_is_not_kept(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    taken = job(WITHOUT_LOG, tmp_path, "S1")
    shared_reading(shared, taken)
    shared_reading(shared, replace(taken, file_name="2022年生态状况.csv"))
    assert len(list(shared.glob(f"*/{RESULT}"))) == 2
    other = tmp_path / "ecology" / "生态2024.csv"
    other.parent.mkdir()
    other.write_bytes(taken.path.read_bytes() + b"\n")
    reading, _ = shared_reading(shared, replace(taken, path=other, file_name=other.name))
    assert reading.readable
    assert len(list(shared.glob(f"*/{RESULT}"))) == 2


@pytest.mark.usefixtures("unshared_readings")
def test_a_test_may_have_every_file_read_for_real() -> None:
    assert receive.read_limited is read_limited


def not_called(_: ReadJob) -> None:
    raise AssertionError("the file is read again")
