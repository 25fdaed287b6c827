"""A period that cannot be reported yet holds the file, by the day on which it arrived."""

from pathlib import Path

import pytest

from pipeline.intake.dry_run import check_files
from tests.support.workbooks import ecology_sheet, write
from warehouse.home import Home


@pytest.mark.parametrize(("year", "found"), [("2099", ["normalize.period_out_of_bounds"]), ("2024", [])])
def test_a_file_of_a_year_to_come_is_held(tmp_path: Path, year: str, found: list[str]) -> None:
    (tmp_path / "ecology").mkdir()
    path = write(tmp_path / "ecology" / "生态.xlsx", ecology_sheet(title=f"上党区{year}年生态状况年报"))
    (result,) = check_files(Home(tmp_path / "home"), [path])
    assert [item.rule_id for item in result.findings if item.severity == "error"] == found
    assert {one.state for one in result.outcomes} == {"held" if found else "waiting"}
