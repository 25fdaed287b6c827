"""Every sample file ends as its answer key says. `pytest -s` shows the table, as does `python -m tests.support.samples_table`."""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import pytest

from pipeline.intake.dry_run import check_files
from tests.support.answers import SAMPLES, key
from tests.support.resubmission.submission import correct
from tests.support.samples_table import (
    Outcome,
    clean_again,
    clean_outcomes,
    line,
    our_readings,
    outcomes_alone,
    sequence_steps,
)
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.staged import read_staged

pytestmark = pytest.mark.slow

FILES = key("expected_rows")
TRAPS = sorted({row["dataset"] for row in FILES if row["group"] == "traps"})
# Of the faulty files of each dataset, how many `make test` checks, and corrects and checks again; `make test-all` all.
CHECKED, CORRECTED = 3, 1
FIELDS = ("land_area_ha", "forest_area_ha", "wetland_area_ha", "protected_wetland_area_ha", "redline_area_km2")


def _end_as_expected(outcomes: Iterable[Outcome], expected: Collection[str]) -> None:
    lines = [line(one) for one in outcomes]
    print(*lines, sep="\n")
    assert [str(one) for one in lines if one.wrong] == []
    assert {one.file for one in lines} == set(expected)
    assert len(lines) == len(expected)


def _files(group: str, dataset: str | None = None) -> list[str]:
    """Files of a group of the key, or of one dataset of it."""
    return [row["file"] for row in FILES if row["group"].startswith(group) and dataset in (None, row["dataset"])]


def _first_of_each_dataset(files: Iterable[str]) -> list[str]:
    return list({file.split("/")[1]: file for file in reversed(list(files))}.values())


def test_the_key_has_156_files_and_our_readings_are_of_some_of_them() -> None:
    assert len(FILES) == 156
    assert {row["file"] for row in our_readings()} <= {row["file"] for row in FILES}
    assert all(row["reason"] for row in our_readings())


def test_clean_files_are_accepted_with_the_listed_findings_and_no_other(clean_home: Home) -> None:
    _end_as_expected(clean_outcomes(clean_home), _files("clean"))


def test_a_clean_file_of_each_dataset_checked_again_against_the_others_has_the_same_findings(clean_home: Home) -> None:
    some = _first_of_each_dataset(_files("clean"))
    assert len(some) > 12
    _end_as_expected(clean_again(clean_home, some), some)


@pytest.mark.thorough
def test_a_clean_file_checked_again_against_the_others_has_the_same_findings(clean_home: Home) -> None:
    _end_as_expected(clean_again(clean_home, _files("clean")), _files("clean"))


@pytest.mark.parametrize("dataset", TRAPS)
def test_some_faulty_files_have_the_findings_of_the_key_and_one_is_accepted_once_corrected(
    clean_home: Home, dataset: str, tmp_path: Path
) -> None:
    some = _files("traps", dataset)[:CHECKED]
    outcomes = list(outcomes_alone(clean_home, some))
    _end_as_expected(outcomes, some)
    _accepted_once_corrected(clean_home, outcomes, CORRECTED, tmp_path)


@pytest.mark.thorough
@pytest.mark.parametrize("dataset", TRAPS)
def test_faulty_files_have_the_findings_of_the_key_and_are_accepted_once_corrected(
    clean_home: Home, dataset: str, tmp_path: Path
) -> None:
    outcomes = list(outcomes_alone(clean_home, _files("traps", dataset)))
    _end_as_expected(outcomes, _files("traps", dataset))
    _accepted_once_corrected(clean_home, outcomes, None, tmp_path)


def _accepted_once_corrected(home: Home, outcomes: list[Outcome], most: int | None, folder: Path) -> None:
    """The resubmission test: what is changed is only what the receipt says, and the second try is accepted whole."""
    held = [one for one in outcomes if one.verdict and one.held][:most]
    corrected = [correct(SAMPLES / one.file, one.verdict, folder) for one in held if one.verdict]
    refused = [
        f"{Path(verdict.file).name}: {[item.message for item in verdict.findings if item.severity == 'error']}"
        for verdict in check_files(home, corrected)
        if verdict.exit_code
    ]
    assert refused == []


def test_each_step_of_the_sequence_leaves_in_force_what_the_key_says(tmp_path: Path) -> None:
    outcomes = []
    totals = {row["step"]: row for row in key("expected_sequence_totals")}
    for number, outcome, ledger in sequence_steps(Home(tmp_path / "home")):
        outcomes.append(outcome)
        assert all(balance.is_balanced for balance in ledger.balance())
        state = _in_force(Home(tmp_path / "home"), ledger)
        expected = [row for row in key("expected_sequence") if row["step"] == number]
        assert len(state) == len(expected) == 10
        for row in expected:
            from_step, figures = state[row["township_code"]]
            assert from_step == row["from_step"], (number, row["township_name"])
            assert {name: figures[name] for name in FIELDS} == {
                name: pytest.approx(float(row[name])) for name in FIELDS
            }
        for name in ("forest_area_ha", "land_area_ha"):
            assert sum(figures[name] for _, figures in state.values()) == pytest.approx(float(totals[number][name]))
    _end_as_expected(outcomes, _files("sequence"))


def _in_force(home: Home, ledger: Ledger) -> dict[str, tuple[str, dict[str, Any]]]:
    """Per township: the step that its figures came from, and the figures."""
    found = {}
    for version in ledger.current_units("ecology"):
        table = read_staged(home, str(version.staged_as), "ecology").to_pylist()
        row = next(row for row in table if row["reporting_unit"] == version.reporting_unit)
        found[version.reporting_unit] = (str(ledger.get(version.submission_id).sender), row)
    return found
