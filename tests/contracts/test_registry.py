"""The registry of indicators: what is wrong with it is said by name, whatever it is."""

from typing import Any

import pytest

from contracts import contracts, measure_units
from contracts.reference import table
from contracts.registry import complete_sources, faults, registered, registry_faults

SEEDS = ("indicator", "measure", "measure_source")


def said(seed: str, key: str, changes: dict[str, str] | None) -> list[str]:
    """The faults when the row of a seed whose first column has this key is changed, or left out."""
    seeds = {name: [dict(row) for row in table(name)] for name in SEEDS}
    (first,) = {next(iter(row)) for row in seeds[seed]}
    rows: list[dict[str, Any]] = []
    for row in seeds[seed]:
        if row[first] != key:
            rows.append(row)
        elif changes is not None:
            rows.append(row | changes)
    seeds[seed] = rows
    return list(faults(*(tuple(seeds[name]) for name in SEEDS), measure_units(), contracts()))


def test_the_registry_as_it_is_can_be_computed() -> None:
    assert registry_faults() == []
    assert complete_sources() == {"spatial", "acceptance"}
    assert {
        (part.measure, part.source, part.dataset) for part in registered() if part.indicator == "forest_coverage_rate"
    } == {("forest_area", "spatial", "forest_land"), ("forest_area", "ecology", "ecology")}


@pytest.mark.parametrize(
    ("seed", "key", "changes", "fault"),
    [
        ("indicator", "eco_redline_area", {"measure_unit": "平方里"}, "不认识的计量单位“平方里”（measure_unit）"),
        ("indicator", "forest_coverage_rate", {"denominator_unit": "顷"}, "不认识的计量单位“顷”（denominator_unit）"),
        ("indicator", "eco_redline_area", {"numerator_measures": "redline"}, "计量“redline”没有来源"),
        ("indicator", "eco_redline_area", {"sources": "acceptance"}, "计量“redline_area”没有来源"),
        ("indicator", "eco_redline_area", {"measure_unit": "吨"}, "值的单位“吨”不是“km2”的一类"),
        ("indicator", "rural_waste_treatment_rate", {"measure_unit": "元/公顷"}, "值的单位“元/公顷”不是“t÷t”的一类"),
        ("indicator", "eco_redline_area", {"numerator_unit": "t", "measure_unit": "t"}, "与单位“t”不是同一类"),
        (
            "indicator",
            "eco_redline_area",
            {"numerator_measures": "forest_coverage_rate"},
            "“forest_coverage_rate”是比率",
        ),
        ("measure", "redline_area", None, "计量来源 redline_area（spatial）：measure.csv 里没有这个计量"),
        ("measure_source", "waste_treated", {"field": "waste_treated"}, "数据集 rural_waste 没有字段“waste_treated”"),
        ("measure_source", "waste_treated", {"dataset": "waste"}, "没有数据集“waste”"),
    ],
)
def test_a_fault_is_said_by_name(seed: str, key: str, changes: dict[str, str] | None, fault: str) -> None:
    found = said(seed, key, changes)
    assert any(fault in one for one in found), found
    assert all(one.startswith(("指标 ", "计量来源 ")) for one in found)


def test_a_compound_unit_and_a_sum_of_indicators_are_no_fault() -> None:
    assert (
        said(
            "indicator",
            "rural_waste_treatment_rate",
            {
                "measure_unit": "元/公顷",
                "numerator_measures": "investment_to_date",
                "numerator_unit": "万元",
                "denominator_measures": "consolidated_area_to_date",
                "denominator_unit": "ha",
                "sources": "progress",
            },
        )
        == []
    )
    parts = "cropland_from_reserve_and_consolidation;linked_reclaimed_cropland"
    assert said("indicator", "supplemented_cropland_area", {"numerator_measures": parts}) == []
