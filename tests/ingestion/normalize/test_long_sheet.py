"""Tables that name what they report in each row are read as those with a column for each, at the addresses in the file."""

import pytest

from tests.support.workbooks import column, normalize_rows

TITLE = ["上党区2026年第一季度农村生活垃圾处理季报"]
FIELDS = {"行政村数": "个", "收运处置体系覆盖村数": "个", "农户数": "户", "产生量": "吨", "无害化处理量": "吨"}
FIGURES = {"韩店街道": [16, 15, 3932, 797.7, 793.8], "苏店镇": [30, 29, 9718, 2043.2, 2001.6]}
HEADER = ["乡镇", "指标", "单位", "数值"]


def long_rows(measure_units=FIELDS, figures=FIGURES):
    return [
        [name, label, measure_units[label], value]
        for name, values in figures.items()
        for label, value in zip(FIELDS, values, strict=True)
    ]


def read(folder, rows, header=HEADER, **more):
    return normalize_rows(folder, [TITLE, header, *rows], "rural_waste", **more)


def found(got):
    return [(item.rule_id, item.severity, item.cell) for item in got.findings if item.rule_id != "sheet.missing_unit"]


def cells(got, number):
    return dict(got.table.to_pylist()[number]["cells"])


def test_each_row_gives_one_figure_of_its_township(tmp_path):
    got = read(tmp_path, long_rows())
    assert column(got, "reporting_unit") == ["140404001", "140404101"]
    assert column(got, "period") == ["2026Q1"] * 2
    assert column(got, "waste_generated_t") == [797.7, 2043.2]
    assert column(got, "village_count") == [16, 30]
    assert found(got) == [("sheet.long", "info", "A2")]
    assert (got.rows_read, got.rows_control) == (2, 0)


def test_cells_are_named_as_they_stand_in_the_file(tmp_path):
    got = read(tmp_path, long_rows())
    assert cells(got, 0)["waste_generated_t"] == "D6"
    assert cells(got, 1)["village_count"] == "D8"
    assert (cells(got, 1)["waste_treated_t"], cells(got, 1)["township_code"]) == ("D12", "A8")
    (sheet,) = got.record.sheets
    assert [(row.kind, row.first, row.last) for row in sheet.rows] == [("heading", 2, 2), ("data", 3, 12)]
    assert {one.field: one.cell for one in sheet.columns}["waste_treated_t"] == "B7"


def test_a_fault_stands_at_its_cell(tmp_path):
    rows = long_rows()
    rows[3][3] = "约八百"
    got = read(tmp_path, rows)
    assert ("normalize.text_in_numeric", "error", "D6") in found(got)
    assert column(got, "waste_generated_t") == [None, 2043.2]


def test_another_unit_is_converted(tmp_path):
    got = read(tmp_path, long_rows({**FIELDS, "产生量": "千克"}))
    assert column(got, "waste_generated_t") == [0.7977, 2.0432]
    rows = long_rows()
    rows[8][2:] = ["公斤", 2043200]
    got = read(tmp_path, rows)
    assert column(got, "waste_generated_t") == [797.7, 2043.2]


def test_a_unit_that_is_none_of_the_field_is_refused(tmp_path):
    got = read(tmp_path, long_rows({**FIELDS, "产生量": "立方米"}))
    assert ("normalize.unit_unknown", "error", "B6") in found(got)


@pytest.mark.parametrize("merge", [True, False])
def test_a_township_may_stand_in_the_first_of_its_rows(tmp_path, merge):
    rows = [[row[0] if number % 5 == 0 else None, *row[1:]] for number, row in enumerate(long_rows())]

    def merged(sheet):
        sheet.merge_cells("A3:A7")
        sheet.merge_cells("A8:A12")

    got = read(tmp_path, rows, change=merged if merge else None)
    assert column(got, "reporting_unit") == ["140404001", "140404101"]
    assert column(got, "waste_treated_t") == [793.8, 2001.6]


def test_units_in_the_labels_numbers_before_them_and_a_note(tmp_path):
    rows = [
        [number, f"{label}（{measure_unit}）", name, value]
        for number, (name, label, measure_unit, value) in enumerate(long_rows(), start=1)
    ]
    got = read(tmp_path, [*rows, [], ["填报人：张三"]], header=["序号", "指标名称", "单位名称", "本季数"])
    assert column(got, "waste_generated_t") == [797.7, 2043.2]
    assert column(got, "reporting_unit") == ["140404001", "140404101"]
    assert not [item for item in got.findings if item.severity == "error"]


def test_rows_in_the_order_of_the_figures_are_the_same(tmp_path):
    by_label = sorted(long_rows(), key=lambda row: row[1])
    got = read(tmp_path, by_label)
    assert sorted(zip(column(got, "reporting_unit"), column(got, "waste_generated_t"), strict=True)) == [
        ("140404001", 797.7),
        ("140404101", 2043.2),
    ]
    assert not [item for item in got.findings if item.severity == "error"]


def test_a_figure_that_is_given_twice_is_a_row_twice(tmp_path):
    rows = long_rows()
    got = read(tmp_path, [*rows, ["苏店镇", "产生量", "吨", 1]])
    assert column(got, "reporting_unit") == ["140404001", "140404101", "140404101"]
    assert column(got, "waste_generated_t") == [797.7, 2043.2, 1.0]
    assert column(got, "village_count") == [16, 30, None]


def test_a_total_of_each_figure_is_checked(tmp_path):
    total = {"合计": [46, 44, 13650, 2840.9, 2795.4]}
    got = read(tmp_path, long_rows(figures={**FIGURES, **total}))
    assert (got.rows_read, got.rows_control) == (3, 1)
    assert [one for one in found(got) if one[1] == "error"] == []
    wrong = {"合计": [46, 44, 13650, 2840.9, 2700.0]}
    got = read(tmp_path, long_rows(figures={**FIGURES, **wrong}))
    assert ("sheet.total_row_mismatch", "error", "D17") in found(got)


def test_two_columns_of_figures_are_not_chosen_from(tmp_path):
    rows = [[*row, 1] for row in long_rows()]
    got = read(tmp_path, rows, header=[*HEADER, "上年同期"])
    assert [item.rule_id for item in got.findings if item.severity == "error"] == ["reading.no_table"]
