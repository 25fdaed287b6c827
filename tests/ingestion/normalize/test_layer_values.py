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


def test_each_value_once_and_where_it_stands():
    found = DistinctValues.of(pa.array(["b", None, "a", "b", None]))
    assert (found.values, found.at.to_pylist()) == (["b", None, "a"], [0, 1, 2, 0, 1])
