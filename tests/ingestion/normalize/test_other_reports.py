"""Titles, names and notes that say that the figures are not the report's: asked about, and read as they stand."""

from pathlib import Path
from typing import Any

import pytest

from contracts import contract
from ingestion.normalize import NormalizedFile, normalize
from ingestion.normalize.other_reports import OTHER_REPORT
from tests.support.workbooks import TOWNSHIPS, write

HEADER = ["乡镇代码", "行政村数（个）", "收运处置体系覆盖村数（个）", "产生量（吨）", "无害化处理量（吨）"]
TITLE = "上党区2025年三季度农村生活垃圾处理季报"
CONFLICT = "normalize.period_conflict"


def read(
    folder: Path, title: str = TITLE, name: str = "表.xlsx", note: str | None = None, line: str | None = None
) -> NormalizedFile:
    rows: list[list[Any]] = [[title], *([[line]] if line else []), HEADER]
    rows += [[code, 30, 28, 1000.0, 900.0] for code in TOWNSHIPS] + ([[note]] if note else [])
    path = write(folder / name, rows)
    return normalize(path, name, contract("rural_waste"), "s1")


def asked(got: NormalizedFile) -> list[tuple[str, str | None]]:
    assert set(got.table["waste_generated_t"].to_pylist()) == {1000.0}
    assert set(got.table["period"].to_pylist()) == {"2025Q3"}
    return [(item.rule_id, item.cell) for item in got.findings if item.severity == "error"]


@pytest.mark.parametrize(
    "title",
    [
        "上党区2025年三季度农村生活垃圾处理计划表",
        "上党区2025年三季度农村生活垃圾处理预测表",
        f"{TITLE}（草稿）",
        f"{TITLE}（作废）",
        f"{TITLE}（上年同期数）",
        "上党区2025年三季度农村生活垃圾处理月均情况",
        "上党区2025年三季度农村生活垃圾处理比上年同期增减情况",
        "上党区2025年三季度农村生活垃圾处理目标任务分解表",
        "长子县2025年三季度农村生活垃圾处理季报",
        "山西省长治市壶关县2025年三季度农村生活垃圾处理季报",
    ],
)
def test_a_title_of_another_report_is_asked_about(tmp_path: Path, title: str) -> None:
    got = read(tmp_path, title)
    assert asked(got) == [(OTHER_REPORT, "A1")]
    assert title in next(item.message for item in got.findings if item.rule_id == OTHER_REPORT)


@pytest.mark.parametrize("name", ["垃圾季报（作废）.xlsx", "长子县垃圾季报.xlsx"])
def test_a_file_name_of_another_report_is_asked_about(tmp_path: Path, name: str) -> None:
    assert asked(read(tmp_path, name=name)) == [(OTHER_REPORT, "A2")]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        (TITLE, "垃圾季报（计划外）.xlsx"),
        ("长治县2025年三季度农村生活垃圾处理季报", "表.xlsx"),
        ("山西省长治市上党区2025年三季度农村生活垃圾处理情况表", "表.xlsx"),
        (f"{TITLE}（终稿）", "废弃物季报.xlsx"),
        ("各县区2025年三季度农村生活垃圾处理季报", "县级报表.xlsx"),
    ],
)
def test_titles_and_names_of_the_report_ask_nothing(tmp_path: Path, title: str, name: str) -> None:
    assert asked(read(tmp_path, title, name)) == []


@pytest.mark.parametrize(
    "note",
    [
        "注：以上数据为2024年第四季度数据。",
        "注：本表为2025年第二季度数",
        "本表为上年同期数",
        "数据来源：2025年二季度报表",
    ],
)
def test_a_note_that_names_another_period_is_asked_about(tmp_path: Path, note: str) -> None:
    got = read(tmp_path, note=note)
    assert asked(got) == [(CONFLICT, f"A{3 + len(TOWNSHIPS)}")]
    assert note in next(item.message for item in got.findings if item.rule_id == CONFLICT)


def test_a_line_above_that_names_a_past_time_is_asked_about(tmp_path: Path) -> None:
    assert asked(read(tmp_path, line="（本表为上年同期数）")) == [(OTHER_REPORT, "A2")]


@pytest.mark.parametrize(
    "note",
    [
        "注：以上数据为2025年三季度数据",
        "本表数据为各乡镇上报数",
        "注：本表为季报，于2025年10月8日前报送",
        "比上年同期增长2%",
        "数据来源：2024年度国土变更调查",
    ],
)
def test_notes_of_the_own_period_ask_nothing(tmp_path: Path, note: str) -> None:
    assert asked(read(tmp_path, note=note)) == []
