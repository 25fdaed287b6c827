"""Attributes of every type that a format may have can be normalized."""

from decimal import Decimal

import pyarrow as pa
import pytest

from contracts import contract
from ingestion.normalize.layer_values import DistinctValues, normalize_attributes
from ingestion.readers.layer import RawLayer

STANDS = {"XBBH": ["X1", "X2", "X3"], "SFSL": ["是", "否", "是"], "MJ": [99.9, 100.1, 5000.0]}


def normalized(**changed):
    raw = RawLayer(pa.table(STANDS | changed), pa.chunked_array([pa.nulls(3, pa.binary())]), None, None, "林地")
    return normalize_attributes(raw, contract("forest_land"))


@pytest.mark.parametrize(
    "values",
    [
        pa.array(["是", "否", "Y"]).dictionary_encode(),
        pa.array(["是", "否", "Y"], pa.string_view()),
        pa.array(["是", "否", "Y"], pa.large_string()),
        pa.array(["是", "否", "Y"], pa.json_()),
    ],
)
def test_texts_of_every_type(values):
    attributes = normalized(SFSL=values)
    assert attributes.columns["is_forest"].to_pylist() == [True, False, True]
    assert attributes.problems == []


def test_decimal_numbers_are_numbers():
    attributes = normalized(MJ=pa.array([Decimal("99.90"), None, Decimal("5000.00")]))
    assert attributes.columns["declared_area_ha"].to_pylist() == [99.9, None, 5000.0]


@pytest.mark.parametrize("values", [pa.array([["是"], ["否"], None]), pa.array([{"是": 1}, {"是": 2}, None])])
def test_lists_and_structures_are_no_values(values):
    attributes = normalized(SFSL=values)
    assert attributes.columns["is_forest"].to_pylist() == [None] * 3
    assert [(row, one.rule_id) for row, one in attributes.problems] == [
        (0, "normalize.unknown_value"),
        (1, "normalize.unknown_value"),
    ]


WETLAND_TYPES = ["河流湿地", "库塘", "沼泽地", "内陆滩涂", "湖泊水面", "海岸湿地", None]


def test_wetland_types_are_those_of_the_classification_in_all_their_spellings():
    count = len(WETLAND_TYPES)
    stands = pa.table({"SDBH": [f"W{number}" for number in range(count)], "SDLX": WETLAND_TYPES})
    raw = RawLayer(stands, pa.chunked_array([pa.nulls(count, pa.binary())]), None, None, "湿地")
    attributes = normalize_attributes(raw, contract("wetland"))
    read = ["河流湿地", "人工湿地", "沼泽湿地", "内陆滩涂", "湖泊湿地", None, None]
    assert attributes.columns["wetland_type"].to_pylist() == read
    unknown = [(row, one.field) for row, one in attributes.problems if one.rule_id == "normalize.unknown_value"]
    assert unknown == [(5, "wetland_type")]


def test_each_value_once_and_where_it_stands():
    found = DistinctValues.of(pa.array(["b", None, "a", "b", None]))
    assert (found.values, found.at.to_pylist()) == (["b", None, "a"], [0, 1, 2, 0, 1])
