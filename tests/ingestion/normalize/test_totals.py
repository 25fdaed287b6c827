"""Totals of every kind: subtotals of subtotals, totals together at an end of the table, totals that only their figures or an
unknown code tell.
"""

from collections.abc import Iterable
from typing import Any

import pytest

from tests.support.workbooks import ECOLOGY_HEADER, ecology_rows, ecology_sheet, found_places, normalize_rows

ROWS = ecology_rows()
SOUTH, NORTH, HILLS = ROWS[:3], ROWS[3:5], ROWS[5:]
BASIN = [*SOUTH, *NORTH]
SUMMED = (2, 3, 5, 6, 8)
UNKNOWN_ROWS, MISMATCH, CODE = "sheet.subtotal_of_unknown_rows", "sheet.total_row_mismatch", "sheet.total_with_code"


def total(label: str | None, rows: Iterable[list[Any]], code: str | None = None, wrong: float = 0.0) -> list[Any]:
    """A row with the sums of some rows; wrong: by how much the forest is."""
    row: list[Any] = [code, label, *[None] * 7]
    for column in SUMMED:
        row[column] = round(sum(one[column] for one in rows), 6)
    row[3] += wrong
    return row


@pytest.mark.parametrize(
    ("rows", "totals", "expected"),
    [
        (  # subtotals of subtotals, below their rows
            [
                *SOUTH,
                total("盆地南部小计", SOUTH),
                *NORTH,
                total("盆地北部小计", NORTH),
                total("盆地区小计", BASIN),
                *HILLS,
                total("五龙山区小计", HILLS),
                total("全区合计", ROWS),
            ],
            5,
            [],
        ),
        (  # and above them
            [
                total("全区合计", ROWS),
                total("盆地区小计", BASIN),
                total("南部小计", SOUTH),
                *SOUTH,
                total("北部小计", NORTH),
                *NORTH,
                total("五龙山区小计", HILLS),
                *HILLS,
            ],
            5,
            [],
        ),
        ([*ROWS, total("盆地小计", BASIN), total("山区小计", HILLS), total("合计", ROWS)], 3, []),
        ([*ROWS, total("甲组小计", ROWS[::2]), total("乙组小计", ROWS[1::2]), total("合计", ROWS)], 3, []),
        ([*ROWS, total("盆地小计", BASIN, wrong=7), total("山区小计", HILLS)], 2, [(UNKNOWN_ROWS, "C13", None)]),
        (
            [*SOUTH, total("南部小计", SOUTH, wrong=7), *NORTH, total("北部小计", NORTH), *HILLS, total("小计", HILLS)],
            3,
            [(MISMATCH, "D6", None)],
        ),
        (  # the lower one of two levels is wrong, and only that
            [*SOUTH, *NORTH, total("盆地小计", BASIN, wrong=7), *HILLS, total("山区小计", HILLS), total("合计", ROWS)],
            3,
            [(MISMATCH, "D8", None)],
        ),
        ([total("盆地区小计", BASIN, wrong=7), total("南部小计", SOUTH), *ROWS], 2, [(UNKNOWN_ROWS, "C3", None)]),
        ([*BASIN, total("盆地区小计", BASIN, "140404900"), *HILLS, total("合计", ROWS)], 2, []),
        ([*BASIN, total("盆地区小计", BASIN, "140404900", wrong=7), *HILLS], 1, [(MISMATCH, "D8", None)]),
        ([*ROWS, total(None, ROWS, "140404000")], 1, []),
        ([*ROWS, total(None, BASIN, "Z01"), total(None, ROWS, "Z99")], 2, [(CODE, "A13", None), (CODE, "A14", None)]),
        ([*ROWS, total("盆地区", BASIN), total("五龙山区", HILLS), total("合计", ROWS)], 3, []),
    ],
)
def test_totals_are_checked_against_the_rows_that_they_are_of(tmp_path, rows, totals, expected):
    got = normalize_rows(tmp_path, ecology_sheet(rows))
    assert (got.rows_read, got.rows_control) == (len(rows), totals)
    assert [one for one in found_places(got) if one[0] != "sheet.subtotal_by_sum"] == expected


def test_totals_without_a_label_of_theirs_are_told(tmp_path):
    got = normalize_rows(tmp_path, ecology_sheet([*ROWS, total("盆地区", BASIN), total(None, ROWS, "HJ")]))
    assert [(item.rule_id, item.severity, item.cell, item.found) for item in got.findings] == [
        ("sheet.subtotal_by_sum", "info", "A13", "盆地区"),
        ("sheet.subtotal_by_sum", "info", "A14", "HJ"),
    ]


def test_a_row_of_one_figure_is_no_total_by_it(tmp_path):
    """One figure is soon the sum of some others: a row whose township is misspelled stays a row."""
    odd = [None, "某某镇", 3 * 4000.0 + 8, None, None, None, None, None, None]
    got = normalize_rows(tmp_path, ecology_sheet([*ROWS, odd]))
    assert (got.rows_control, ("normalize.unknown_township", "B13", "某某镇") in found_places(got)) == (0, True)


def test_a_total_is_not_wrong_because_of_a_row_of_which_nobody_is(tmp_path):
    stray = [None, "其他", *[9.0] * 7]
    got = normalize_rows(tmp_path, ecology_sheet([*ROWS, stray, total("合计", ROWS)]))
    assert [one[0] for one in found_places(got)] == ["normalize.unknown_township"]


@pytest.mark.parametrize("count", [1, 2, 10])
def test_rows_that_name_their_township_by_code_and_name_in_one_cell_are_rows(tmp_path, count):
    rows = [[f"{row[1]}（{row[0]}）", *row[2:]] for row in ROWS[:count]]
    got = normalize_rows(tmp_path, ecology_sheet(rows, header=["乡镇", *ECOLOGY_HEADER[2:]]))
    assert (got.rows_read, got.rows_control) == (count, 0)
    assert [item for item in got.findings if item.severity == "error"] == []


def test_a_single_row_without_a_unit_is_no_total(tmp_path):
    got = normalize_rows(tmp_path, ecology_sheet([["Z01", "某某镇", *ROWS[0][2:]]]))
    assert (got.rows_read, got.rows_control) == (1, 0)
