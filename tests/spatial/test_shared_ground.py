"""Ground under several features, each piece once."""

import numpy as np
import pytest
import shapely

from spatial.area import areas
from spatial.shared_ground import SCHEMA, shared_ground
from tests.support.spatial_layers import cell, partition, wkb


def found(*shapes, least=0.0):
    """(features, ground) of each piece."""
    table = shared_ground(wkb(shapes), least)
    assert table.schema == SCHEMA
    pieces = {}
    for row in table.to_pylist():
        pieces.setdefault(row["ground"], ([], shapely.from_wkb(row["geometry"])))[0].append(row["feature"])
    return [(tuple(features), ground) for _, (features, ground) in sorted(pieces.items())]


def test_neighbours_share_no_ground():
    assert found(*partition(4, 30, cell(0, 0, 5, 5))) == []
    assert found() == []
    assert found(cell(0, 0)) == []


def test_three_on_one_piece_and_two_on_another():
    pieces = found(cell(0, 0, 4, 1), cell(2, 0, 4, 1), cell(3, 0, 1, 1), cell(8, 0))
    assert [features for features, _ in pieces] == [(0, 1), (0, 1, 2)]
    assert pieces[0][1].equals(cell(2, 0)) and pieces[1][1].equals(cell(3, 0))


def test_a_site_within_another_and_the_same_site_twice():
    assert [(features, ground.equals(cell(1, 1))) for features, ground in found(cell(0, 0, 3, 3), cell(1, 1))] == [
        ((0, 1), True)
    ]
    assert [(features, ground.equals(cell(1, 1))) for features, ground in found(cell(1, 1), cell(1, 1))] == [
        ((0, 1), True)
    ]


def test_ground_in_two_places_is_one_piece_of_its_pair():
    comb = shapely.union_all([cell(0, 0), cell(2, 0), cell(0, 1, 3, 1)])
    ((features, ground),) = found(comb, cell(0, -1, 3, 2))
    assert features == (0, 1)
    assert areas(np.array([ground]))[0] == pytest.approx(areas(np.array([cell(0, 0), cell(2, 0)])).sum(), rel=1e-9)


def test_noise_and_faulty_shapes_are_left_out():
    assert found(cell(0, 0), cell(1 - 1e-7, 0), least=1.0) == []
    bow_tie = shapely.Polygon([(113, 36), (113.02, 36.02), (113.02, 36), (113, 36.02)])
    assert found(bow_tie, cell(0, 0), None) == []


@pytest.mark.parametrize("seed", range(4))
def test_what_is_counted_twice_is_the_sum_less_the_union(seed):
    rng = np.random.default_rng(seed)
    shapes = [cell(*rng.uniform(0, 4, 2), *rng.uniform(1, 3, 2)) for _ in range(6)]
    twice = sum((len(features) - 1) * ground.area for features, ground in found(*shapes))
    assert twice == pytest.approx(sum(shape.area for shape in shapes) - shapely.union_all(shapes).area, rel=1e-9)
