"""Rows that number the columns are no data, in whatever signs; figures that only look like it are."""

import pytest

from ingestion.normalize.column_numbers import numbers_columns
from tests.support.workbooks import ECOLOGY_HEADER, column, ecology_rows, ecology_sheet, found_places, normalize_rows


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("甲", "乙", "1", "2", "3"), True),
        (("甲", "乙", "1", "2"), True),
        (("1", "2", "3"), True),
        (("1.0", "2.0", "3.0"), True),
        (("(1)", "(2)", "(3)", "(4)=(3)/(2)"), True),
        (("1", "2", "3=2/1"), True),
        (("甲", "2", "3", "4"), True),
        (("A", "B", "C", "D"), True),
        (("第1栏", "第2栏", "第3栏"), True),
        (("栏次", "1", "2", "3"), True),
        (("一", "二", "三", "四"), True),
        (("1", "2"), False),
        (("1", "3", "5"), False),
        (("5", "6", "7"), False),  # larger than their columns' places: figures
        (("B", "C", "D"), False),
        (("三", "四", "五"), False),
        (("甲", "乙", "丙"), False),
        (("韩店街道", "1", "2", "3"), False),
        (("1", "2", "在建"), False),
        ((), False),
    ],
)
def test_what_numbers_the_columns(texts, expected):
    assert numbers_columns(dict(enumerate(texts, start=1))) is expected


@pytest.mark.parametrize(
    "numbers",
    [
        list(range(1, 10)),
        ["甲", "乙", *range(1, 8)],
        [*(f"({number})" for number in range(1, 9)), "(9)=(8)/(7)"],
        list("ABCDEFGHI"),
        [f"第{number}栏" for number in range(1, 10)],
    ],
)
@pytest.mark.parametrize("rows", [1, 2, 10])
def test_a_row_of_column_numbers_above_one_row_or_many(tmp_path, numbers, rows):
    got = normalize_rows(tmp_path, ecology_sheet([numbers, *ecology_rows()[:rows]]))
    assert [item for item in got.findings if item.severity == "error"] == []
    assert got.rows_read == rows
    assert column(got, "land_area_ha") == [4000.0 + index for index in range(rows)]


def test_figures_like_column_numbers_of_the_one_unit_above_are_asked_about(tmp_path):
    sheet = [["2024年生态状况年报"], ["填报单位：韩店街道"], ECOLOGY_HEADER[2:]]
    alone = normalize_rows(tmp_path, [*sheet, list(range(1, 8))])
    assert found_places(alone) == [("sheet.figures_like_column_numbers", "A4", None)]
    assert (column(alone, "reporting_unit"), column(alone, "wetland_area_ha")) == (["140404001"], [4.0])
    above = normalize_rows(tmp_path, [*sheet, list(range(1, 8)), ecology_rows()[0][2:]])
    assert (above.findings, column(above, "land_area_ha")) == ([], [4000.0])
    stems = normalize_rows(tmp_path, [["2024年生态状况年报"], ECOLOGY_HEADER, ["甲", "乙", *range(1, 8)]])
    assert [item.rule_id for item in stems.findings] == ["reading.empty"]
