"""Attributes under names that no list has are known by what stands in them, or are asked for."""

from pathlib import Path
from typing import Any

import pytest

from contracts import contract
from ingestion.normalize import NormalizedFile, normalize
from tests.support.layer_files import cell, write

SHAPES = [cell(0, 0), cell(1, 0), cell(2, 0)]
AREAS = [99.9, 100.1, 100.0]
"""About those of the shapes, ha."""


def read(folder: Path, attributes: dict[str, list[Any]]) -> NormalizedFile:
    path = write(folder / "a.gpkg", SHAPES, attributes, layer="LD")
    return normalize(path, "林地2024.gpkg", contract("forest_land"), "s1")


def rules(got: NormalizedFile) -> list[tuple[str, str | None]]:
    return [(item.rule_id, item.cell) for item in got.findings]


def test_declared_areas_are_known_by_the_features_own(tmp_path: Path) -> None:
    got = read(
        tmp_path, {"XBBH": ["X1", "X2", "X3"], "SFSL": ["是", "否", "是"], "丈量": AREAS, "产值": [1.5, 2.0, 9.0]}
    )
    assert got.table["declared_area_ha"].to_pylist() == AREAS
    assert rules(got) == [("normalize.column_by_content", "丈量"), ("reading.columns_not_read", "产值")]
    (column,) = [one for one in got.record.sheets[0].columns if one.heading == "丈量"]
    assert (column.field, column.by) == ("declared_area_ha", "content")


@pytest.mark.parametrize("values", [[one * 10_000 for one in AREAS], [one / 2 for one in AREAS], [99.9, 100.1, 5.0]])
def test_numbers_that_are_not_the_areas_in_the_fields_unit_are_asked_for(tmp_path: Path, values: list[float]) -> None:
    got = read(tmp_path, {"XBBH": ["X1", "X2", "X3"], "SFSL": ["是", "否", "是"], "丈量": values})
    assert rules(got) == [("reading.columns_not_read", "丈量"), ("normalize.missing_required_column", "MJ")]


def test_two_attributes_that_could_both_be_it_are_asked_for(tmp_path: Path) -> None:
    got = read(tmp_path, {"XBBH": ["X1", "X2", "X3"], "SFSL": ["是", "否", "是"], "甲": AREAS, "乙": AREAS})
    assert rules(got) == [("reading.columns_not_read", "甲"), ("normalize.missing_required_column", "MJ")]


def test_the_only_attribute_that_tells_the_features_apart_is_their_number(tmp_path: Path) -> None:
    plain = {"SFSL": ["是", "否", "是"], "MJ": AREAS, "DL": ["乔木林地", "其他林地", "乔木林地"]}
    got = read(tmp_path, {"码": ["X1", "X2", "X3"], **plain})
    assert got.table["feature"].to_pylist() == ["X1", "X2", "X3"]
    assert rules(got) == [("normalize.column_by_content", "码")]


def test_a_name_in_other_words_is_warned_of(tmp_path: Path) -> None:
    got = read(tmp_path, {"XBBH": ["X1", "X2", "X3"], "是否计入森林": ["是", "否", "是"], "MJ": AREAS})
    assert got.table["is_forest"].to_pylist() == [True, False, True]
    assert [(item.rule_id, item.severity) for item in got.findings] == [("normalize.header_matched", "warning")]


@pytest.mark.parametrize(
    ("name", "factor", "rule"),
    [
        ("丈量（平方米）", 10_000, "normalize.column_by_content"),
        ("丈量_亩", 15, "normalize.column_by_content"),
        ("丈量（km²）", 0.01, "normalize.column_by_content"),
        ("丈量_亩", 1, "normalize.column_by_content_odd"),
    ],
)
def test_areas_are_known_in_the_unit_of_their_name(tmp_path: Path, name: str, factor: float, rule: str) -> None:
    values = [one * factor for one in AREAS]
    got = read(tmp_path, {"XBBH": ["X1", "X2", "X3"], "SFSL": ["是", "否", "是"], name: values})
    assert got.table["declared_area_ha"].to_pylist() == pytest.approx(AREAS)
    assert rules(got) == [(rule, name)]


@pytest.mark.parametrize("values", [["T", "F", "T"], ["TRUE", "FALSE", "TRUE"], ["Y", "N", "Y"], ["√", "×", "√"]])
def test_yes_and_no_in_other_letters(tmp_path: Path, values: list[str]) -> None:
    got = read(tmp_path, {"XBBH": ["X1", "X2", "X3"], "SFSL": values, "MJ": AREAS})
    assert got.table["is_forest"].to_pylist() == [True, False, True]
    assert rules(got) == []


def read_wetland(folder: Path, protected: str) -> NormalizedFile:
    attributes = {"SDBH": ["S1", "S2", "S3"], protected: ["是", "否", "是"], "SDMJ": AREAS}
    path = write(folder / "a.gpkg", SHAPES, attributes, layer="SD")
    return normalize(path, "湿地2024.gpkg", contract("wetland"), "s1")


@pytest.mark.parametrize("name", ["PROTECTED", "protected", "保护与否", "是否保护", "受保护情况"])
def test_a_question_of_yes_and_no_in_other_words_is_warned_of(tmp_path: Path, name: str) -> None:
    got = read_wetland(tmp_path, name)
    assert got.table["is_protected"].to_pylist() == [True, False, True]
    assert [(item.rule_id, item.severity, item.expected) for item in got.findings] == [
        ("normalize.header_matched", "warning", "是否受保护")
    ]


@pytest.mark.parametrize("name", ["未受保护", "是否未保护", "是否拟保护", "应保护", "UNPROTECTED", "SFBH_2020"])
def test_another_question_is_not_answered_by_it(tmp_path: Path, name: str) -> None:
    got = read_wetland(tmp_path, name)
    assert got.table["is_protected"].to_pylist() == [None, None, None]
    assert rules(got) == [("reading.columns_not_read", name), ("normalize.missing_required_column", "SFBH")]


def test_units_in_cells_are_told_once(tmp_path: Path) -> None:
    attributes = {"SDBH": ["S1", "S2", "S3"], "SFBH": ["是", "否", "是"], "SDMJ": [f"{one * 15}亩" for one in AREAS]}
    path = write(tmp_path / "a.gpkg", SHAPES, attributes, layer="SD")
    got = normalize(path, "湿地2024.gpkg", contract("wetland"), "s1")
    assert got.table["declared_area_ha"].to_pylist() == pytest.approx(AREAS)
    assert [(item.rule_id, item.feature) for item in got.findings] == [("normalize.unit_in_cell", "S1")]
    assert "有 3 格" in got.findings[0].message and "读作 99.9 公顷" in got.findings[0].message
