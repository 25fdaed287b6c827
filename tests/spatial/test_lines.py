"""Geodesic lengths, and lines cut by area cells."""

import numpy as np
import pyarrow as pa
import pytest
import shapely
from pyproj import Geod

from spatial.lines import is_linear, lengths, lines_in_cells
from tests.support.spatial_layers import cell, wkb

RIVER = shapely.LineString([(113.005, 36.005), (113.015, 36.005), (113.035, 36.005)])
CELLS = pa.table(
    {
        "part_code": ["b", "a"],
        "consolidation_zone": ["cz_b", "cz_a"],
        "restoration_zone": ["rz_b", "rz_a"],
        "geometry": wkb([cell(1, 0), cell(0, 0)]),
    }
)


def cut(*shapes):
    return [tuple(row.values()) for row in lines_in_cells(wkb(shapes), CELLS).to_pylist()]


def test_a_degree_of_the_meridian_and_of_the_equator_have_the_lengths_of_the_ellipsoid():
    lines = [shapely.LineString([(0, 0), (1, 0)]), shapely.LineString([(113, 0), (113, 1)])]
    both = shapely.MultiLineString(lines)
    measured = lengths(np.array([*lines, both, cell(0, 0), None], dtype=object))
    assert measured[:2] == pytest.approx([111_319.4908, 110_574.3886], abs=1e-3)  # a·π/180, and the arc of GRS80
    assert measured[2] == pytest.approx(measured[0] + measured[1])
    assert np.isnan(measured[3:]).all()


def test_what_is_a_line():
    point_like = shapely.LineString([(113, 36), (113, 36)])
    shapes = [RIVER, shapely.MultiLineString([RIVER]), point_like, shapely.LineString(), cell(0, 0), None]
    assert is_linear(np.array(shapes, dtype=object)).tolist() == [True, True, False, False, False, False]


def test_a_line_is_cut_by_cells_and_what_lies_beyond_them_has_no_codes():
    rows = cut(cell(0, 0), RIVER)
    assert [(row[0], row[1], row[2], row[3]) for row in rows] == [
        (1, "a", "cz_a", "rz_a"),
        (1, "b", "cz_b", "rz_b"),
        (1, None, None, None),
    ]
    whole = Geod(ellps="GRS80").line_length(*zip(*RIVER.coords, strict=True))
    assert sum(row[-1] for row in rows) == pytest.approx(whole, rel=1e-12)
    assert [row[-1] / whole for row in rows] == pytest.approx([1 / 6, 1 / 3, 1 / 2], rel=1e-6)


def test_a_line_along_a_border_counts_once_in_the_cell_whose_code_comes_first():
    border = shapely.LineString([(113.01, 36.0), (113.01, 36.01)])
    ((_, part, _, _, length),) = cut(border)
    assert (part, length) == ("a", pytest.approx(lengths(np.array([border]))[0], rel=1e-12))


def test_no_lines_give_no_rows():
    assert cut(cell(0, 0), None) == cut() == []
