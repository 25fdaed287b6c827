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
