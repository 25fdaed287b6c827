"""Headings: their units, the fields they stand for, and the table they head."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import contract, contracts, measure_units
from contracts.text import heading_key
from ingestion.normalize.columns import columns_of, missing_columns
from ingestion.normalize.headers import class_target, exact_targets, known_headings, read_heading, similar_target
from ingestion.normalize.sheet_metadata import SheetMetadata
from ingestion.normalize.sheet_tables import find_tables
from ingestion.readers.cells import Merged, RawRow, RawSheet
from tests.support.workbooks import ECOLOGY_HEADER

TABULAR = [item for item in contracts().values() if not item.is_layer]
HEADINGS = [
    (item, heading, name)
    for item in TABULAR
    for name, field in item.fields.items()
    for heading in (*field.headers, *field.name_headers)
]
SPELLINGS = [
    (spelling, measure_unit.name) for measure_unit in measure_units().values() for spelling in measure_unit.spellings
]


def sheet_of(*rows, merged=()):
    kept = tuple(
        RawRow(number, tuple(row))
        for number, row in enumerate(rows, start=1)
        if any(value is not None for value in row)
    )
    return RawSheet("Sheet1", kept, merged=tuple(merged))


def fields_by_column(table, dataset="ecology"):
    columns, _ = columns_of(table, contract(dataset), table.below, SheetMetadata())
    return {column.number: column.field.name for column in columns}


@given(
    st.sampled_from(HEADINGS),
    st.sampled_from(SPELLINGS),
    st.sampled_from(["{}（{}）", "{}({})", "{}\n（{}）", "{} [{}]", "{}（单位：{}）", "{}\n{}", "{}_{}", "{}-{}"]),
    st.sampled_from(["", " ", "　"]),
)
def test_a_declared_heading_is_known_with_any_unit_in_any_bracket(declared, spelling, form, blank):
    item, heading, name = declared
    words, measure_unit = spelling
    read = read_heading(form.format(blank.join(heading), words))
    assert read.measure_unit is not None and read.measure_unit.name == measure_unit
    assert name in {target.field for target in exact_targets([read.text], item, known_headings(item))}


@given(st.sampled_from(HEADINGS))
def test_a_declared_heading_without_a_unit_is_known(declared):
    item, heading, name = declared
    assert name in {
        target.field for target in exact_targets([read_heading(f"*{heading}：").text], item, known_headings(item))
    }


@given(st.text(max_size=20))
def test_any_heading_can_be_read(text):
    heading = read_heading(text)
    assert heading_key(heading.text) == heading.text or heading.text in heading_key(text)


def test_brackets_that_hold_no_unit_stay():
    assert read_heading("新增耕地(挂钩复垦)（公顷）").text == "新增耕地(挂钩复垦)"
    assert read_heading("高标准农田（亩）").text == "高标准农田"
    assert read_heading("近期/远期").text == "近期/远期"
    assert read_heading("水浇地（0102）").odd_unit is None
    assert read_heading("土地总面积（千公顷）").odd_unit == "千公顷"
    assert read_heading("生态保护红线面积（千平方千米）").odd_unit == "千平方千米"


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("森林总面积", "forest_area_ha"),
        ("湿地保护比率", None),
        ("未受保护湿地面积", None),
        ("上年森林面积", None),
        ("新增森林面积", None),
        ("土地面积", "land_area_ha"),
        ("备注", None),
        ("生态红线面积", "redline_area_km2"),
        ("森林蓄积量", None),
    ],
)
def test_similar_headings(heading, field):
    target = similar_target(heading, contract("ecology"), frozenset())
    assert (target.field if target else None) == field
    assert target is None or (85 <= target.score < 100 and target.matched)


def test_a_taken_field_is_not_matched_again():
    assert similar_target("森林总面积", contract("ecology"), frozenset({"forest_area_ha"})) is None


@pytest.mark.parametrize(
    ("heading", "code", "known"),
    [
        ("旱地(0103)", "0103", True),
        ("0103旱地", "0103", True),
        ("旱地0103", "0103", True),
        ("0103", "0103", True),
        ("旱地", "0103", True),
        ("其他绿地(1499)", "1499", False),
        ("水田(0102)", "0102", False),
        ("商业服务业设施用地(05H1)", "05H1", True),
        ("08H2科教文卫用地", "08H2", True),
        ("特殊用地(09)", "09", True),
        ("裸岩石砾地(1207)", "1207", True),
        ("可调整果园(0201K)", "0201", True),
        ("城镇村道路用地(1207)", "1207", False),
        ("灌木林地(0303)", "0303", False),
        ("机关团体用地(0801)", "0801", False),
        ("水浇地(0102)", "0102", True),
    ],
)
def test_classes_of_a_wide_sheet(heading, code, known):
    target = class_target(heading, contract("land_use"))
    assert (target.class_code, target.known, target.role) == (code, known, "class")


@pytest.mark.parametrize("heading", ["备注", "2024年土地利用现状", "土地利用现状汇总表2025", "耕地(01)"])
def test_headings_that_are_no_classes(heading):
    assert class_target(heading, contract("land_use")) is None


def test_a_group_heading_counts_with_its_leaf():
    (table,) = find_tables(
        sheet_of(
            ["2024年生态状况年报"],
            ["乡镇代码", "土地总面积", "森林", None, "湿地", None, None, "红线面积"],
            [None, None, "面积（亩）", "覆盖率（%）", "面积", "受保护湿地面积", "湿地保护率", None],
            ["140404101", 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0],
            merged=[Merged(2, 3, 2, 4), Merged(2, 5, 2, 7), Merged(2, 1, 3, 1), Merged(2, 2, 3, 2), Merged(2, 8, 3, 8)],
        ),
        contract("ecology"),
    )
    assert (table.first_row, table.below[0].no) == (2, 4)
    assert fields_by_column(table) == {
        1: "township_code",
        2: "land_area_ha",
        3: "forest_area_ha",
        4: "forest_coverage_pct",
        5: "wetland_area_ha",
        6: "protected_wetland_area_ha",
        7: "wetland_protection_pct",
        8: "redline_area_km2",
    }


def test_a_csv_has_lost_the_merging_of_its_group_headings():
    rows = [
        ["项目编号", "乡镇", "阶段", "累计到位资金（万元）", None, None, None],
        [None, None, None, "中央", "省级", "市县", "社会"],
        ["A1", "苏店镇", "在建", "1", "2", "3", "4"],
    ]
    (table,) = find_tables(sheet_of(*rows), contract("project_progress"))
    columns, found = columns_of(table, contract("project_progress"), table.below, SheetMetadata())
    assert {
        column.number: (column.field.name, column.measure_unit.name) for column in columns if column.measure_unit
    } == {
        4: ("funds_central_wan", "wan"),
        5: ("funds_province_wan", "wan"),
        6: ("funds_local_wan", "wan"),
        7: ("funds_social_wan", "wan"),
    }
    assert found == []


def test_a_unit_row_and_a_row_of_column_numbers_are_no_data():
    bare = [read_heading(heading).text for heading in ECOLOGY_HEADER]
    (table,) = find_tables(
        sheet_of(
            bare,
            [None, None, "亩", "亩", "%", "亩", "亩", "%", "平方公里"],
            ["甲", "乙", 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0],
            ["140404101", "苏店镇", 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
        ),
        contract("ecology"),
    )
    assert table.below[0].no == 4
    columns, _ = columns_of(table, contract("ecology"), table.below, SheetMetadata())
    assert [column.measure_unit.name for column in columns if column.measure_unit] == [
        "mu",
        "mu",
        "pct",
        "mu",
        "mu",
        "pct",
        "km2",
    ]


def test_a_heading_with_a_choice_takes_the_field_that_is_left():
    (table,) = find_tables(
        sheet_of(["编号", "项目编号", "乡镇", "检查日期"], ["J1", "A1", "苏店镇", "2025-1-1"]), contract("supervision")
    )
    assert fields_by_column(table, "supervision") == {
        1: "inspection_no",
        2: "project_id",
        3: "township_code",
        4: "inspected_on",
    }


def test_two_columns_of_one_field_are_ambiguous_only_when_they_differ():
    header = [*ECOLOGY_HEADER, "已保护湿地（公顷）"]
    row = ["140404101", "苏店镇", 1.0, 1.0, 1.0, 1.0, 5.0, 1.0, 1.0]
    for second, expected in ((5.0, []), ("5.00", []), (6.0, [("normalize.ambiguous_header", "J1", None)])):
        (table,) = find_tables(sheet_of(header, [*row, second]), contract("ecology"))
        columns, found = columns_of(table, contract("ecology"), table.below, SheetMetadata())
        assert [(item.rule_id, item.cell, item.reporting_unit) for item in found] == expected
        assert 10 not in {column.number for column in columns}


def test_what_is_missing_is_named():
    header = [heading for heading in ECOLOGY_HEADER if "森林面积" not in heading]
    (table,) = find_tables(sheet_of(header, ["140404101"]), contract("ecology"))
    columns, _ = columns_of(table, contract("ecology"), table.below, SheetMetadata())
    (found,) = missing_columns(columns, contract("ecology"), "Sheet1", set())
    assert (found.message, found.reporting_unit, found.cell, found.field) == (
        "缺少“森林面积”列",
        None,
        None,
        "forest_area_ha",
    )


def test_units_that_cannot_be_converted_hold_the_file():
    header = ["乡镇代码", "土地总面积（千公顷）", "森林面积（万元）", "湿地面积"]
    (table,) = find_tables(sheet_of(header, ["140404101", 1.0, 1.0, 1.0]), contract("ecology"))
    _, found = columns_of(table, contract("ecology"), table.below, SheetMetadata())
    assert [(item.rule_id, item.cell, item.found) for item in found] == [
        ("normalize.unit_unknown", "B1", "千公顷"),
        ("normalize.unit_unknown", "C1", "万元"),
        ("normalize.unit_missing", "D1", None),
    ]


def test_no_table_without_two_known_headings():
    assert find_tables(sheet_of(["说明", "乡镇"], ["x", "y"]), contract("ecology")) == []
