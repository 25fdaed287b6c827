"""Ground that features of two layers share."""

import pytest
import shapely

from spatial.area import ellipsoidal_area
from spatial.common_ground import common_ground
from tests.support.spatial_layers import cell, wkb


def found(sites, others, least=0.0):
    table = common_ground(wkb(sites), wkb(others), least)
    return {(row["feature"], row["other"]): shapely.from_wkb(row["geometry"]) for row in table.to_pylist()}


def test_each_pair_that_shares_ground_has_it_once():
    sites = [cell(0, 0, 4, 1), cell(10, 10), shapely.MultiPolygon([cell(0, 5), cell(3, 5)])]
    others = [cell(3, 0, 2, 2), cell(0, 0, 1, 8)]
    shared = found(sites, others)
    assert list(shared) == [(0, 0), (0, 1), (2, 1)]
    assert shared[0, 0].normalize() == shapely.MultiPolygon([cell(3, 0)]).normalize()
    assert shared[2, 1].equals(cell(0, 5))
    total = sum(ellipsoidal_area(wkb([shape]))[0].as_py() for shape in shared.values())
    alone = sum(ellipsoidal_area(wkb([cell(*at)]))[0].as_py() for at in ((3, 0), (0, 0), (0, 5)))
    assert total == pytest.approx(alone, rel=1e-9)


def test_what_only_touches_is_thinner_than_drawing_or_small_or_faulty_shares_nothing():
    bow_tie = shapely.Polygon([(113, 36), (113.02, 36.02), (113.02, 36), (113, 36.02)])
    line = shapely.LineString([(113, 36), (113.05, 36.005)])
    assert found([cell(0, 0), bow_tie, line, None], [cell(1, 0)]) == {}
    assert found([cell(0, 0)], [shapely.box(113.009999999, 36, 113.02, 36.01)]) == {}
    assert list(found([cell(0, 0)], [cell(0.5, 0)], 1e5)) == [(0, 0)]
    assert found([cell(0, 0)], [cell(0.5, 0)], 1e7) == {}
