"""Files of offices that were read wrongly, as they were sent (`SHARED_CASES`; skipped where they are not at hand): each gives the
figures of the sample of which it was made, or is held and says why.

That the same is so for others of their kind, made by code, the tests beside this one show.
"""

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from contracts import contract
from contracts.submission_table import content_columns
from ingestion.normalize import normalize
from tests.support.answers import SAMPLES
from tests.support.recording import CASES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CASES.is_dir(), reason=f"the shared cases are not at {CASES}: set SHARED_CASES"),
]
WASTE, PROGRESS, SUBSIDENCE, ACCEPTED = "rural_waste", "project_progress", "mining_subsidence", "project_acceptance"
THIRD_QUARTER = f"{WASTE}/上党区2025年三季度农村生活垃圾处理季报.xlsx"


class Read(NamedTuple):
    """What is right for a file. sample: the clean file whose figures it has; rules: of its findings; held: whether any is an
    error.
    """

    file: str
    dataset: str
    sample: str | None
    rules: frozenset[str] = frozenset()
    held: bool = False


READ = (
    Read("01-*/*.zip", SUBSIDENCE, f"{SUBSIDENCE}/上党区采空塌陷区（2024）.gpkg"),
    Read("02-*/*.zip", SUBSIDENCE, f"{SUBSIDENCE}/采空塌陷区2023.zip"),
    Read(
        "03-*/*.xlsx",
        PROGRESS,
        f"{PROGRESS}/上党区2025年6月份重点项目进展.xlsx",
        frozenset({"normalize.period_of_span"}),
    ),
    Read(
        "05-*/*.xlsx",
        PROGRESS,
        f"{PROGRESS}/上党区重点工程月报2025年1月.xlsx",
        frozenset({"normalize.month_unclear"}),
        True,
    ),
    Read("10-*/*.xlsx", WASTE, THIRD_QUARTER),
    Read("12-*/*.xlsx", WASTE, THIRD_QUARTER),
    Read("13-*/*.zip", SUBSIDENCE, f"{SUBSIDENCE}/采空塌陷区2023.zip"),
    Read("14-*/*.xlsx", WASTE, THIRD_QUARTER),
    Read("15-*/*.xlsx", WASTE, THIRD_QUARTER),
    Read("16-*/小数*.csv", WASTE, f"{WASTE}/2022年农村生活垃圾四个季度汇总.csv"),
    Read("16-*/撇号*.csv", WASTE, f"{WASTE}/2022年农村生活垃圾四个季度汇总.csv"),
    Read(
        "17-*/*.xlsx",
        WASTE,
        f"{WASTE}/荫城镇2025年一季度垃圾处理报表.xlsx",
        frozenset({"reading.shown_otherwise"}),
        True,
    ),
    Read("22-*/*.xlsx", WASTE, THIRD_QUARTER),
    Read("24-*/*.gpkg", SUBSIDENCE, f"{SUBSIDENCE}/上党区采空塌陷区（2024）.gpkg"),
)


def _file(pattern: str) -> Path:
    (path,) = CASES.glob(pattern)
    return path


def _figures(path: Path, dataset: str) -> list[str]:
    """What a file's rows say, whatever their order and their cells."""
    item = contract(dataset)
    names = ("reporting_unit", "period", *content_columns(item))
    table = normalize(path, path.name, item, "s1").table
    return sorted(repr([row[name] for name in names]) for row in table.to_pylist())


@pytest.mark.filterwarnings("ignore:GPKG. bad application_id")
@pytest.mark.parametrize("case", READ, ids=lambda case: case.file)
def test_a_file_has_the_figures_of_the_sample_of_which_it_was_made(case: Read) -> None:
    path = _file(case.file)
    found = normalize(path, path.name, contract(case.dataset), "s1").findings
    assert {item.rule_id for item in found} == case.rules
    assert any(item.severity == "error" for item in found) == case.held
    assert _figures(path, case.dataset) == _figures(SAMPLES / "clean" / str(case.sample), case.dataset)


@pytest.mark.parametrize(
    ("file", "dataset", "rule", "cell", "words"),
    [
        ("09-*/*.xlsx", PROGRESS, "reading.formula_without_value", "K4", "社会累计到位资金"),
        ("18-*/*.xlsx", WASTE, "reading.stray_cell", None, "H1048576"),
        ("29-*/*.zip", SUBSIDENCE, "layer.datum_name", None, "D_New_CGCS2000"),
    ],
)
def test_what_cannot_be_known_is_held_with_its_cause(
    file: str, dataset: str, rule: str, cell: str | None, words: str
) -> None:
    path = _file(file)
    found = normalize(path, path.name, contract(dataset), "s1").findings
    assert {(item.rule_id, item.severity) for item in found} == {(rule, "error")}
    assert found[0].cell == cell and words in found[0].message


def _column(path: Path, dataset: str, name: str) -> list[Any]:
    return normalize(path, path.name, contract(dataset), "s1").table.column(name).to_pylist()


def test_dates_just_before_midnight_are_those_of_the_sample() -> None:
    """The first was not in the sample's own form of a date, and is the one that the file gives it."""
    days = _column(_file("04-*/*.xlsx"), ACCEPTED, "acceptance_date")
    sample = _column(SAMPLES / "clean" / ACCEPTED / "2023年验收台账.xlsx", ACCEPTED, "acceptance_date")
    assert [str(day) for day in days[:3]] == ["2023-07-01", "2023-07-19", "2023-08-14"]
    assert days[1:] == sample[1:]


def test_dates_with_something_behind_them_are_read_and_told() -> None:
    path = _file("28-*/*.xlsx")
    got = normalize(path, path.name, contract(ACCEPTED), "s1")
    assert [str(day) for day in got.table.column("acceptance_date").to_pylist()[:1]] == ["2023-05-16"]
    assert got.table.column("acceptance_date").null_count == 0
    assert {item.rule_id for item in got.findings} == {"normalize.time_of_day"}
    assert got.record.conversions["weekday"] == 2


def test_a_text_with_many_full_width_commas_is_cut_by_the_plain_ones() -> None:
    path = _file("11-*/*.csv")
    got = normalize(path, path.name, contract("supervision"), "s1")
    assert (got.rows_read, got.findings) == (14, [])
    assert any("，" in text for text in got.table.column("finding").to_pylist())


@pytest.mark.parametrize(
    ("file", "dataset", "rows", "control", "told"),
    [
        ("30-*/2024年9月*.xlsx", PROGRESS, 69, 0, {"normalize.column_by_content", "reading.columns_not_read"}),
        ("30-*/*.xls", PROGRESS, 69, 0, {"normalize.column_by_content"}),
        ("30-*/农村*.xlsx", WASTE, 40, 0, {"normalize.column_by_content"}),
        ("31-*/上党区*.xlsx", "ecology", 14, 4, set()),
        ("31-*/土地*.xlsx", "land_use", 14, 4, set()),
    ],
)
def test_headings_outside_the_lists_and_subtotals_are_read(
    file: str, dataset: str, rows: int, control: int, told: set[str]
) -> None:
    path = _file(file)
    got = normalize(path, path.name, contract(dataset), "s1")
    assert (got.rows_read, got.rows_control) == (rows, control)
    assert {item.rule_id for item in got.findings} == told
    assert {item.severity for item in got.findings} <= {"info"}
    assert None not in got.table.column("township_code").to_pylist()
