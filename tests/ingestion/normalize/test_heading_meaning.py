"""Headings and groups that say something else than the field whose figures seem to stand below them: asked about or not read."""

from pathlib import Path
from typing import Any

import pytest

from contracts import contract, contracts
from contracts.text import heading_key
from ingestion.normalize import NormalizedFile, normalize
from ingestion.normalize.heading_meaning import says_more, says_other
from tests.support.layer_files import cell
from tests.support.layer_files import write as write_layer
from tests.support.workbooks import ECOLOGY_HEADER, TOWNSHIPS, ecology_rows, write

WASTE = ["乡镇代码", "行政村数", "收运处置体系覆盖村数", "农户数", "产生量（吨）", "无害化处理量（吨）", "处理率（%）"]
WASTE_TITLE = ["上党区2025年三季度农村生活垃圾处理季报"]
ACCEPTANCE = ["验收文号", "项目编号", "乡镇", "验收日期", "验收规模（公顷）", "验收结论"]
ACCEPTED = [
    ["上自然资验〔2025〕3号", "A1", "北呈乡", "2025-03-15", 56.8, "合格"],
    ["上自然资验〔2025〕4号", "A2", "韩店街道", "2025-03-18", 5.8, "合格"],
]
FUNDS = ["项目编号", "资金级次", "资金方式", "累计下达资金（万元）", "累计到位资金（万元）", "累计支付资金（万元）"]
LEDGER = ["项目编号", "项目名称", "工程类别", "责任单位", "涉及乡镇", "开工时间", "完工时间", "总投资（万元）"]
LEDGER_ROW = [
    "A1",
    "北呈乡、东和乡、苏店镇高标准农田建设近期工程",
    "高标准农田",
    "区农业农村局",
    "北呈乡",
    "2025-03",
    "2025-11",
    9.0,
]
GROUP, ODD = "normalize.group_contradicts", "normalize.column_by_content_odd"


def waste_rows() -> list[list[Any]]:
    return [[code, 30, 28, 5000 + at, 1000.0, 900.0, 90.0] for at, code in enumerate(TOWNSHIPS)]


def read(folder: Path, dataset: str, rows: list[list[Any]], merged: tuple[str, ...] = ()) -> NormalizedFile:
    path = write(folder / "表.xlsx", rows, lambda sheet: [sheet.merge_cells(one) for one in merged])
    return normalize(path, path.name, contract(dataset), "s1")


def asked(got: NormalizedFile) -> dict[str, list[str | None]]:
    found: dict[str, list[str | None]] = {}
    for item in got.findings:
        if item.severity == "error":
            found.setdefault(item.rule_id, []).append(item.cell)
    return found


def under(group: str, header: list[str], first: int, last: int) -> tuple[list[list[Any]], tuple[str, ...]]:
    """Two rows of headings, a group above the columns from `first` to `last` (from 0)."""
    top = [group if at == first else None if first < at <= last else one for at, one in enumerate(header)]
    low = [one if first <= at <= last else None for at, one in enumerate(header)]
    return [top, low], (f"{chr(65 + first)}2:{chr(65 + last)}2",)


@pytest.mark.parametrize(
    ("group", "cells"),
    [
        ("上年同期", ["E3", "F3", "G3"]),
        ("去年", ["E3", "F3", "G3"]),
        ("计划", ["E3", "F3", "G3"]),
        ("2025年二季度", ["E3", "F3", "G3"]),
        ("二季度", ["E3", "F3", "G3"]),
        ("1-9月累计", ["E3", "F3"]),
        ("本月", ["E3", "F3"]),
        ("本期", []),
        ("2025年三季度", []),
        ("三季度", []),
        ("垃圾处理情况", []),
        ("截至本季末", []),
    ],
)
def test_a_group_that_says_another_time_or_a_plan_is_asked_about(tmp_path: Path, group: str, cells: list[str]) -> None:
    header, merged = under(group, WASTE, 4, 6)
    got = read(tmp_path, "rural_waste", [WASTE_TITLE, *header, *waste_rows()], merged)
    assert asked(got) == ({GROUP: cells} if cells else {})
    assert all(group in item.message for item in got.findings if item.rule_id == GROUP)


def test_this_period_is_read_and_the_last_one_beside_it_is_told(tmp_path: Path) -> None:
    header = [[*WASTE[:4], "上年同期", None, "本期", None], [None] * 4 + WASTE[4:6] * 2]
    rows = [[*row[:4], 1.0, 2.0, *row[4:6]] for row in waste_rows()]
    got = read(tmp_path, "rural_waste", [WASTE_TITLE, *header, *rows], ("E2:F2", "G2:H2"))
    assert set(got.table["waste_generated_t"].to_pylist()) == {1000.0}
    (told,) = got.findings
    assert (told.rule_id, told.severity) == ("reading.columns_not_read", "info")
    assert "上年同期：产生量" in told.message


@pytest.mark.parametrize(
    ("group", "first", "last", "is_asked"),
    [("实际", 5, 6, True), ("计划", 5, 6, False), ("工期", 5, 6, False), ("调整前", 7, 7, True)],
)
def test_what_was_done_is_no_plan(tmp_path: Path, group: str, first: int, last: int, is_asked: bool) -> None:
    header, merged = under(group, LEDGER, first, last)
    got = read(
        tmp_path, "project_ledger", [["2025年重点工程台账"], *header, LEDGER_ROW], merged if first < last else ()
    )
    assert (GROUP in asked(got)) is is_asked


@pytest.mark.parametrize(
    ("group", "is_asked"), [("本月", True), ("2024年度", True), ("资金", False), ("2025年7月", False)]
)
def test_figures_from_the_beginning_are_not_a_months(tmp_path: Path, group: str, is_asked: bool) -> None:
    header, merged = under(group, FUNDS, 3, 5)
    row = ["A1", "中央", "专项资金", 1200, 900, 650.5]
    got = read(tmp_path, "project_funds", [["上党区2025年7月资金台账"], *header, row], merged)
    assert (GROUP in asked(got)) is is_asked


@pytest.mark.parametrize(
    ("group", "is_asked"), [("上年末", True), ("本年增减", True), ("面积", False), ("本年末", False)]
)
def test_a_group_above_land_classes(tmp_path: Path, group: str, is_asked: bool) -> None:
    header = [["乡镇代码", "土地总面积（公顷）", group, None], [None, None, "旱地(0103)", "水浇地(0102)"]]
    rows = [[code, 100.0, 30.0, 70.0] for code in TOWNSHIPS]
    got = read(tmp_path, "land_use", [["2024年土地利用现状"], *header, *rows], ("C2:D2",))
    assert (GROUP in asked(got)) is is_asked


@pytest.mark.parametrize(
    ("place", "heading", "rule"),
    [
        (0, "施工许可编号", ODD),
        (0, "文件号", None),
        (1, "上级项目", ODD),
        (1, "关联工程", ODD),
        (1, "工程代号", None),
        (2, "转运去向", ODD),
        (2, "户籍地", ODD),
        (2, "属地", None),
        (2, "哪个镇的", None),
        (3, "申请日期", ODD),
        (3, "开工日期", ODD),
        (3, "整改期限", ODD),
        (3, "录入时间", ODD),
        (3, "上次验收日期", ODD),
        (3, "日期", None),
        (3, "验收年月日", None),
        (5, "初验结论", ODD),
        (5, "自查", ODD),
        (5, "结果", None),
    ],
)
def test_content_under_a_heading_that_says_something_else_is_asked_about(
    tmp_path: Path, place: int, heading: str, rule: str | None
) -> None:
    header = [heading if at == place else one for at, one in enumerate(ACCEPTANCE)]
    got = read(tmp_path, "project_acceptance", [["2025年验收台账"], header, *ACCEPTED])
    assert got.table["conclusion"].to_pylist() == ["合格", "合格"]
    assert asked(got) == ({rule: [f"{chr(65 + place)}2"]} if rule else {})
    if rule is None:
        assert [item.rule_id for item in got.findings] == ["normalize.column_by_content"]


def test_two_columns_of_townships_under_unknown_headings_are_asked_about(tmp_path: Path) -> None:
    header = [*ACCEPTANCE[:2], "属地", "所在地", *ACCEPTANCE[3:]]
    rows = [[*row[:3], "荫城镇", *row[3:]] for row in ACCEPTED]
    assert asked(read(tmp_path, "project_acceptance", [["2025年验收台账"], header, *rows])) == {ODD: ["C2"]}
    rows = [[*row[:3], row[2], *row[3:]] for row in ACCEPTED]
    assert asked(read(tmp_path, "project_acceptance", [["2025年验收台账"], header, *rows])) == {}


@pytest.mark.parametrize(
    "heading",
    [
        "日均产生量（吨）",
        "人均产生量（千克）",
        "考核产生量（吨）",
        "产生量排名",
        "产生量（吨）修正前",
        "二季度产生量（吨）",
        "生活垃圾产生量排名",
    ],
)
def test_a_heading_that_says_more_is_not_the_field(tmp_path: Path, heading: str) -> None:
    header = [*WASTE[:4], heading, *WASTE[5:]]
    got = read(tmp_path, "rural_waste", [WASTE_TITLE, header, *waste_rows()])
    assert asked(got) == {"normalize.missing_required_column": [None]}
    assert set(got.table["waste_generated_t"].to_pylist()) == {None}


@pytest.mark.parametrize("heading", ["本季产生量（吨）", "生活垃圾产生总量（吨）", "产生（吨）", "产生量统计（吨）"])
def test_a_heading_in_other_words_is_read_with_its_true_likeness(tmp_path: Path, heading: str) -> None:
    header = [*WASTE[:4], heading, *WASTE[5:]]
    got = read(tmp_path, "rural_waste", [WASTE_TITLE, header, *waste_rows()])
    assert asked(got) == {}
    assert set(got.table["waste_generated_t"].to_pylist()) == {1000.0}
    (column,) = [one for one in got.record.sheets[0].columns if one.field == "waste_generated_t"]
    assert column.score is not None and column.score < 100 and column.score != 90


@pytest.mark.parametrize(
    ("heading", "is_read"),
    [
        ("年初森林面积（公顷）", False),
        ("期初森林面积（公顷）", False),
        ("宜林地面积（公顷）", False),
        ("灌木林面积（公顷）", False),
        ("森林采伐面积（公顷）", False),
        ("森林蓄积", False),
        ("森林面积（公顷×10）", False),
        ("森林面积（公顷）（亩）", False),
        ("森林总面积（公顷）", True),
        ("全口径森林面积（公顷）", True),
        ("年末森林面积（公顷）", True),
    ],
)
def test_areas_of_forests(tmp_path: Path, heading: str, is_read: bool) -> None:
    header = [*ECOLOGY_HEADER[:3], heading, *ECOLOGY_HEADER[4:]]
    got = read(tmp_path, "ecology", [["上党区2024年生态状况年报"], header, *ecology_rows()])
    assert set(got.table["forest_area_ha"].to_pylist()) == {400.0 if is_read else None}
    assert (asked(got) == {}) is is_read


@pytest.mark.parametrize("dataset", sorted(contracts()))
def test_a_fields_own_headings_say_neither_more_nor_other(dataset: str) -> None:
    for field in contracts()[dataset].columns.values():
        for heading in field.headers:
            assert not says_more(heading, field), heading
            assert not says_other(heading_key(heading), field), heading


SHAPES = [cell(0, 0), cell(1, 0), cell(2, 0)]
AREAS = [99.9, 100.1, 100.0]


def read_wetlands(folder: Path, attributes: dict[str, list[Any]]) -> NormalizedFile:
    path = write_layer(folder / "a.gpkg", SHAPES, attributes, layer="SD")
    return normalize(path, "湿地2025.gpkg", contract("wetland"), "s1")


def test_a_kind_is_no_feature_number_and_id_is_one(tmp_path: Path) -> None:
    kinds = {"kind": ["河流湿地", "湖泊湿地", "沼泽湿地"], "SFBH": ["是", "否", "是"], "SDMJ": AREAS}
    got = read_wetlands(tmp_path, {"id": ["S1", "S2", "S3"], **kinds})
    assert got.table["wetland_id"].to_pylist() == ["S1", "S2", "S3"]
    assert asked(got) == {}


@pytest.mark.parametrize(("name", "is_asked"), [("退化面积", True), ("周长", True), ("丈量", False)])
def test_an_attribute_like_the_areas_under_a_name_that_says_other(tmp_path: Path, name: str, is_asked: bool) -> None:
    got = read_wetlands(tmp_path, {"SDBH": ["S1", "S2", "S3"], "SFBH": ["是", "否", "是"], name: AREAS})
    assert asked(got) == ({ODD: [name]} if is_asked else {})


@pytest.mark.parametrize("name", ["湿地面积（亩）", "SDMJ（亩）", "湿地总面积（亩）"])
def test_the_unit_in_an_attributes_name_counts(tmp_path: Path, name: str) -> None:
    attributes = {"SDBH": ["S1", "S2", "S3"], "SFBH": ["是", "否", "是"], name: [1500.0, 1500.0, 1501.5]}
    got = read_wetlands(tmp_path, attributes)
    assert got.table["declared_area_ha"].to_pylist() == pytest.approx([100.0, 100.0, 100.1])
    (column,) = [one for one in got.record.sheets[0].columns if one.field == "declared_area_ha"]
    assert (column.measure_unit, asked(got)) == ("亩", {})


@pytest.mark.parametrize("name", ["湿地面积（千公顷）", "湿地面积（万元）"])
def test_a_unit_that_cannot_be_converted_holds_the_layer(tmp_path: Path, name: str) -> None:
    got = read_wetlands(tmp_path, {"SDBH": ["S1", "S2", "S3"], "SFBH": ["是", "否", "是"], name: AREAS})
    assert asked(got) == {"normalize.unit_unknown": [name]}
