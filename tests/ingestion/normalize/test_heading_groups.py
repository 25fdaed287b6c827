"""Groups above columns, and words beside a unit, that say which figures these are: asked about where the report knows nothing of
them, read where they say nothing of it.
"""

from pathlib import Path

import pytest

from tests.ingestion.normalize.test_heading_meaning import GROUP, WASTE, WASTE_TITLE, asked, read, under, waste_rows
from tests.support.workbooks import ECOLOGY_HEADER, ecology_rows


@pytest.mark.parametrize("layout", ["merged over the columns", "over complete headings"])
@pytest.mark.parametrize(
    ("group", "is_asked"),
    [
        ("城镇生活垃圾", True),
        ("建筑垃圾", True),
        ("其中：厨余垃圾", True),
        ("每日", True),
        ("试点村", True),
        ("估算", True),
        ("长子县", True),
        ("预测", True),
        ("调整后", True),
        ("省考核口径", True),
        ("年平均", True),
        ("农村生活垃圾", False),
        ("垃圾量", False),
        ("生活垃圾收运处置基本情况", False),
        ("主要指标", False),
        ("本季度", False),
        ("2025年三季度", False),
    ],
)
def test_a_group_of_words_that_the_report_does_not_know_is_asked_about(
    tmp_path: Path, group: str, is_asked: bool, layout: str
) -> None:
    header, merged = under(group, WASTE, 4, 5)
    if layout == "over complete headings":
        header = [[None] * 4 + [group, None], WASTE]
    got = read(tmp_path, "rural_waste", [WASTE_TITLE, *header, *waste_rows()], merged)
    assert asked(got) == ({GROUP: ["E3", "F3"]} if is_asked else {})
    assert set(got.table["waste_generated_t"].to_pylist()) == {1000.0}


@pytest.mark.parametrize(
    ("dataset", "heading", "said"),
    [
        ("rural_waste", "产生量（日均，吨）", "日均"),
        ("rural_waste", "产生量（计划，吨）", "计划"),
        ("rural_waste", "产生量（上季度，吨）", "上季度"),
        ("rural_waste", "产生量（吨，上年同期）", "上年同期"),
        ("rural_waste", "产生量（累计，吨）", "累计"),
        ("rural_waste", "产生量（吨，预计）", "预计"),
        ("rural_waste", "产生量（其中厨余，吨）", "其中厨余"),
        ("rural_waste", "产生量（吨、核减前）", "核减前"),
        ("rural_waste", "产生量（吨，2024年三季度）", "2024年三季度"),
        ("rural_waste", "产生量（吨，城镇）", "城镇"),
        ("rural_waste", "产生量（吨，保留两位小数）", None),
        ("rural_waste", "产生量（吨，按季）", None),
        ("rural_waste", "产生量（吨；季末）", None),
        ("rural_waste", "产生量（吨，2025年三季度）", None),
        ("rural_waste", "产生量（t, waste generated）", None),
        ("rural_waste", "产生量（waste_generated_t，吨）", None),
        ("rural_waste", "产生量（单位：吨）", None),
    ],
)
def test_what_stands_beside_a_unit_is_judged_as_a_heading_is(
    tmp_path: Path, dataset: str, heading: str, said: str | None
) -> None:
    header = [heading if one == "产生量（吨）" else one for one in WASTE]
    got = read(tmp_path, dataset, [WASTE_TITLE, header, *waste_rows()])
    assert asked(got) == ({GROUP: ["E2"]} if said else {})
    assert all(f"“{said}”" in item.message for item in got.findings if item.rule_id == GROUP)
    assert set(got.table["waste_generated_t"].to_pylist()) == {1000.0}


@pytest.mark.parametrize(
    ("heading", "is_asked"),
    [
        ("森林面积（上年，公顷）", True),
        ("森林面积（新增，公顷）", True),
        ("森林面积（增减，公顷）", True),
        ("森林面积（含灌木林，公顷）", True),
        ("森林面积（公顷，保留两位小数）", False),
        ("森林面积（公顷/年末）", False),
    ],
)
def test_what_stands_beside_a_unit_of_area(tmp_path: Path, heading: str, is_asked: bool) -> None:
    header = [heading if one.startswith("森林面积") else one for one in ECOLOGY_HEADER]
    got = read(tmp_path, "ecology", [["上党区2025年生态状况年报"], header, *ecology_rows()])
    assert (GROUP in asked(got)) is is_asked
