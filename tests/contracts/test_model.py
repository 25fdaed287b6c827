"""A contract is read from its YAML, or refused with the file and the key that is wrong."""

import pytest

from contracts import (
    Contract,
    ContractError,
    FieldSpec,
    code_lists,
    contract,
    contracts,
    in_order_of_needs,
    measure_units,
)
from contracts.loader import parse

SMALL = """
dataset: small
title: {zh: 小表, en: Small table}
family: statistics
submitter: 自然资源局
cadence: {every: year, due: {month: 6, day: 30}}
reporting_unit: {kind: township, fields: [township_code]}
key: [township_code, period]
layout: {kind: table}
fields:
  township_code: {use: township_code}
  period: {use: period, grain: year}
  area_ha: {zh: 面积, type: area, unit: ha, min: 0}
"""


def test_a_field_takes_from_the_shared_one_and_overrides_it() -> None:
    small = parse(SMALL)
    assert isinstance(small, Contract)
    assert (small.fields["township_code"].zh, small.fields["township_code"].required) == ("乡镇代码", True)
    assert (small.period.grain, small.fields["period"].headers[:2]) == ("year", ("填报期", "年度"))
    assert small.fields["area_ha"].en == "面积"


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("type: area", "type: surface", "contracts/small.yml: fields.area_ha.type: Input should be 'area'"),
        ("min: 0", "least: 0", "contracts/small.yml: fields.area_ha.least: Extra inputs are not permitted"),
        ("zh: 面积, ", "", "contracts/small.yml: fields.area_ha.zh: Field required"),
        ("every: year", "every: week", "contracts/small.yml: cadence.every: Input should be 'year'"),
        ("submitter: 自然资源局\n", "", "contracts/small.yml: submitter: Field required"),
        (", grain: year", ", grain: decade", "contracts/small.yml: fields.period.grain: Input should be 'day'"),
        ("  period: {use: period, grain: year}\n", "", "contracts/small.yml: period: missing"),
        ("fields:\n", "columns:\n", "contracts/small.yml: fields: missing"),
        ("{kind: table}", "{kind: table", "contracts/small.yml: no YAML"),
    ],
)
def test_what_is_no_contract_is_refused_with_file_and_key(before: str, after: str, message: str) -> None:
    assert SMALL.count(before) == 1
    with pytest.raises(ContractError) as caught:
        parse(SMALL.replace(before, after), "contracts/small.yml")
    assert str(caught.value).startswith(message)


def test_what_a_dataset_needs_comes_before_it() -> None:
    order = in_order_of_needs()
    assert sorted(order) == sorted(contracts())
    assert all(order.index(need) < order.index(name) for name, item in contracts().items() for need in item.needs)


def test_measure_units_are_exact() -> None:
    assert [str(measure_units()[name].factor) for name in ("ha", "mu", "yuan")] == ["10000", "2000/3", "1/10000"]
    assert "公顷" in measure_units()["ha"].spellings


def test_a_code_is_recognised_in_every_way_of_writing_it() -> None:
    townships = code_lists()["township"]
    assert townships.canonical("荫城镇") == townships.canonical("140404102") == "140404102"
    assert townships.canonical("不知道") is None
    assert code_lists()["yes_no"].canonical("√") == "是"


def test_a_field_knows_its_headings_and_its_column() -> None:
    declared = contract("project_site").fields["declared_area_ha"]
    assert declared.headers == ("SBMJ", "申报面积")
    types = {
        kind: FieldSpec(name="x", zh="x", en="x", type=kind).sql_type  # type: ignore[arg-type]
        for kind in ("area", "count", "date", "boolean", "township_list", "text")
    }
    assert types == {
        "area": "DOUBLE",
        "count": "BIGINT",
        "date": "DATE",
        "boolean": "BOOLEAN",
        "township_list": "VARCHAR[]",
        "text": "VARCHAR",
    }
