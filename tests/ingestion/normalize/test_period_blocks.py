"""Columns of several times side by side: quarters are read each, last year's and planned figures are not; one figure in two units
is one figure.
"""

from typing import Any

import pytest

from tests.support.workbooks import WASTE_HEADER, column, normalize_rows

FIELDS = WASTE_HEADER[1:]
VALUES = {"韩店街道": [10, 9, 1000, 100, 90, 90], "荫城镇": [12, 12, 1100, 110, 99, 90]}
TITLE = "上党区{}农村生活垃圾处理季报"


def groups_above(groups: list[str], title: str) -> tuple[list[list[Any]], Any]:
    """Groups above the fields: those of each stand together; the figures of the second group are larger by one in each unit."""
    heads = [group if place == 0 else None for group in groups for place in range(len(FIELDS))]
    rows = [[title], ["乡镇", *heads], [None, *FIELDS * len(groups)]]
    for name, values in VALUES.items():
        rows.append([name, *(value + number for number in range(len(groups)) for value in values)])

    def merge(sheet: Any) -> None:
        for number in range(len(groups)):
            first = 2 + number * len(FIELDS)
            sheet.merge_cells(start_row=2, end_row=2, start_column=first, end_column=first + len(FIELDS) - 1)

    return rows, merge


def groups_below(groups: list[str], title: str) -> tuple[list[list[Any]], Any]:
    """The same, the groups below each field."""
    heads = [name if place == 0 else None for name in FIELDS for place in range(len(groups))]
    rows = [[title], ["乡镇", *heads], [None, *groups * len(FIELDS)]]
    for name, values in VALUES.items():
        rows.append([name, *(value + number for value in values for number in range(len(groups)))])

    def merge(sheet: Any) -> None:
        for number in range(len(FIELDS)):
            first = 2 + number * len(groups)
            sheet.merge_cells(start_row=2, end_row=2, start_column=first, end_column=first + len(groups) - 1)

    return rows, merge


@pytest.mark.parametrize("laid", [groups_above, groups_below])
@pytest.mark.parametrize(
    ("groups", "year", "name", "periods"),
    [
        (["第一季度", "第二季度"], "2025年", "垃圾.xlsx", ["2025Q1", "2025Q2"]),
        (["三季度", "四季度"], "2025年三、四季度", "垃圾.xlsx", ["2025Q3", "2025Q4"]),
        (["2024年四季度", "2025年一季度"], "", "垃圾.xlsx", ["2024Q4", "2025Q1"]),
        (["第一季度", "第二季度", "全年"], "2025年", "垃圾.xlsx", ["2025Q1", "2025Q2"]),
        (["第一季度", "第二季度"], "", "2025年垃圾.xlsx", ["2025Q1", "2025Q2"]),
    ],
)
def test_quarters_side_by_side_are_read_each(tmp_path, laid, groups, year, name, periods):
    rows, merge = laid(groups, TITLE.format(year))
    got = normalize_rows(tmp_path, rows, "rural_waste", name, merge)
    assert [item for item in got.findings if item.severity == "error"] == []
    expected = [(period, 100.0 + number, 110.0 + number) for number, period in enumerate(periods)]
    generated = column(got, "waste_generated_t")
    assert list(zip(column(got, "period")[::2], generated[::2], generated[1::2], strict=True)) == expected
    assert (got.rows_read, got.rows_control) == (2 * len(periods), 0)


@pytest.mark.parametrize("laid", [groups_above, groups_below])
@pytest.mark.parametrize(
    ("groups", "taken"),
    [
        (["上年同期", "本期"], 1),
        (["本期", "上年同期"], 0),
        (["上期", "本期", "增减"], 1),
        (["计划", "实际"], 1),
        (["第一季度", "第二季度"], 1),
    ],
)
def test_of_figures_of_other_times_those_of_the_report_are_read(tmp_path, laid, groups, taken):
    rows, merge = laid(groups, TITLE.format("2025年第二季度"))
    got = normalize_rows(tmp_path, rows, "rural_waste", "垃圾.xlsx", merge)
    assert [item for item in got.findings if item.severity == "error"] == []
    assert column(got, "waste_generated_t") == [100.0 + taken, 110.0 + taken]
    assert set(column(got, "period")) == {"2025Q2"}
    assert [item.rule_id for item in got.findings if item.severity == "info"] == ["reading.columns_not_read"]


@pytest.mark.parametrize(
    ("measure_unit", "values", "faults"),
    [
        ("千克", [100_000, 110_000], []),
        ("万吨", [0.01, 0.011], []),
        ("千克", [100_000, 120_000], [("normalize.ambiguous_header", "F2")]),
        ("吨", [100, 110.1], [("normalize.ambiguous_header", "F2")]),
        ("吨", [100, None], [("normalize.ambiguous_header", "F2")]),
    ],
)
def test_one_figure_in_two_units_is_one_figure(tmp_path, measure_unit, values, faults):
    header = [*WASTE_HEADER[:5], f"产生量（{measure_unit}）", *WASTE_HEADER[5:]]
    rows = [[name, *own[:4], value, *own[4:]] for (name, own), value in zip(VALUES.items(), values, strict=True)]
    got = normalize_rows(tmp_path, [[TITLE.format("2025年第二季度")], header, *rows], "rural_waste")
    assert [(item.rule_id, item.cell) for item in got.findings if item.severity == "error"] == faults
    assert column(got, "waste_generated_t") == [100.0, 110.0]
