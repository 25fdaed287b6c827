"""Units that lines, names and notes around a table declare, in whatever form: converted, asked about, or told."""

from pathlib import Path
from typing import Any

import pytest

from contracts import contract
from ingestion.normalize import NormalizedFile, normalize
from ingestion.normalize.declared_units import declared_units
from tests.support.workbooks import TOWNSHIPS, write

TITLE = "上党区2025年三季度农村生活垃圾处理季报"
WITHOUT = ["乡镇代码", "行政村数", "收运处置体系覆盖村数", "产生量", "无害化处理量"]
WITH = [*WITHOUT[:3], "产生量（吨）", "无害化处理量（吨）"]
UNKNOWN, CONTRADICT, NOTE = "normalize.unit_unknown", "normalize.units_contradict", "normalize.unit_in_note"
KNOWN_FORMS = [
    "单位 : 千 克",
    "【单位：千克】",
    "单位－千克",
    "单位 千克",
    "（单位：千克）",
    "以千克为单位",
    "按千克填报",
    "计量单位：个、户、kg",
    "计量：公斤",
    "数据单位均为公斤",
    "Unit: kg",
    "(in kg)",
    "重量单位：千克   金额单位：万元",
    "金额单位：万元   重量单位：千克",
]
FOREIGN_FORMS = [
    "单位：百吨",
    "单位:千吨",
    "（单位：斤）",
    "单位：十吨",
    "(in thousand tonnes)",
    "以斤为单位",
    "Unit: lb",
]


def read(
    folder: Path,
    header: list[str],
    line: str | None = None,
    note: str | None = None,
    title: str = TITLE,
    sheet: str = "",
) -> NormalizedFile:
    rows: list[list[Any]] = [[title], *([[line]] if line else []), header]
    rows += [[code, 30, 28, 1000.0, 900.0] for code in TOWNSHIPS] + ([[note]] if note else [])
    path = write(folder / "表.xlsx", rows, lambda one: setattr(one, "title", sheet or one.title))
    return normalize(path, path.name, contract("rural_waste"), "s1")


def errors(got: NormalizedFile) -> set[str]:
    return {item.rule_id for item in got.findings if item.severity == "error"}


def generated(got: NormalizedFile) -> set[float]:
    return set(got.table["waste_generated_t"].to_pylist())


@pytest.mark.parametrize("line", KNOWN_FORMS)
def test_a_known_unit_is_converted_whatever_the_form(tmp_path: Path, line: str) -> None:
    got = read(tmp_path, WITHOUT, line)
    assert (errors(got), generated(got)) == (set(), {1.0})
    assert "normalize.unit_missing" not in {item.rule_id for item in got.findings}


@pytest.mark.parametrize("line", [*KNOWN_FORMS, *FOREIGN_FORMS])
def test_a_unit_that_contradicts_the_headings_is_asked_about(tmp_path: Path, line: str) -> None:
    got = read(tmp_path, WITH, line)
    assert (errors(got), generated(got)) == ({CONTRADICT}, {1000.0})


@pytest.mark.parametrize("line", FOREIGN_FORMS)
def test_a_unit_that_is_not_converted_holds_the_figures(tmp_path: Path, line: str) -> None:
    got = read(tmp_path, WITHOUT, line)
    assert errors(got) == {UNKNOWN}
    assert "normalize.unit_missing" not in {item.rule_id for item in got.findings}


def test_units_in_the_title_and_in_the_name_of_the_sheet(tmp_path: Path) -> None:
    assert errors(read(tmp_path, WITHOUT, title=f"{TITLE}（单位：百吨）")) == {UNKNOWN}
    assert generated(read(tmp_path, WITHOUT, title=f"{TITLE}（单位：千克）")) == {1.0}
    assert generated(read(tmp_path, WITHOUT, sheet="三季度（千克）")) == {1.0}
    assert errors(read(tmp_path, WITH, sheet="三季度（千克）")) == {CONTRADICT}


@pytest.mark.parametrize(
    "line",
    [
        "单位：吨",
        "填报单位：荫城镇",
        "单位负责人：张某",
        "计量单位：个、户、吨",
        "单位：个、户",
        "填报单位：上党区住建局",
    ],
)
def test_lines_of_the_own_unit_or_of_none_ask_nothing(tmp_path: Path, line: str) -> None:
    got = read(tmp_path, WITH, line)
    assert {UNKNOWN, CONTRADICT, NOTE}.isdisjoint(errors(got))
    assert generated(got) == {1000.0}


@pytest.mark.parametrize(
    "note",
    ["注：以上按千克填报", "填报口径：千克", "Unit: kg", "（产生量以斤为单位）", "产生量、处理量按千克计。", "说明：本表单位为千克",
     "注：以上数据单位均为公斤", "注：单位为百吨"],
)  # fmt: skip
def test_a_note_of_another_unit_is_asked_about(tmp_path: Path, note: str) -> None:
    got = read(tmp_path, WITH, note=note)
    assert (errors(got), generated(got)) == ({NOTE}, {1000.0})


@pytest.mark.parametrize(
    "note", ["原始单位：千克，已折算为吨", "拨款凭证单位：元；本表按吨填报", "注：按吨填报", "以上按季填报"]
)
def test_a_note_that_names_the_own_unit_asks_nothing(tmp_path: Path, note: str) -> None:
    got = read(tmp_path, WITH, note=note)
    assert (errors(got), generated(got)) == (set(), {1000.0})


@pytest.mark.parametrize(
    "text", ["报送单位：千秋镇", "按计划完成", "以上为全区数据", "单位：上党区农业农村局", "in total"]
)
def test_texts_that_declare_no_unit(text: str) -> None:
    assert declared_units(text, is_note=True) == []
