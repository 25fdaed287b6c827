"""Land transition between two layers, by hand-computed boxes and on random partitions."""

from collections import defaultdict

import numpy as np
import pyarrow as pa
import pytest
import shapely

from spatial.area import areas
from spatial.overlay import overlay
from spatial.transition import SCHEMA, transition
from tests.support.spatial_layers import cell, partition, wkb

WEST, EAST = ("1W", "cz_a", "rz_a"), ("1E", "cz_b", "rz_b")
HALVES = {WEST: cell(0, 0, 2, 4), EAST: cell(2, 0, 2, 4)}


def partition_of(area_cells=HALVES):
    columns = zip(*area_cells, strict=True)
    names = ("part_code", "consolidation_zone", "restoration_zone")
    return pa.table({**dict(zip(names, map(list, columns), strict=True)), "geometry": wkb(area_cells.values())})


def parcels(*drawn):
    """A layer of (class, shape)."""
    return pa.table(
        {
            "row_id": pa.array(range(len(drawn)), pa.int64()),
            "class_code": pa.array([name for name, _ in drawn], pa.string()),
            "geometry": wkb([shape for _, shape in drawn]),
        }
    )


def moved(earlier, later, area_cells=None):
    area_cells = area_cells or partition_of()
    table = transition(earlier, later, area_cells, overlay(earlier, area_cells), overlay(later, area_cells))
    assert table.schema == SCHEMA
    return {(row["part_code"], row["from_class"], row["to_class"]): row["area_m2"] for row in table.to_pylist()}


def m2(*shapes):
    return float(areas(np.array(shapes, dtype=object)).sum())


def test_only_what_changed_moves_and_the_rest_stays_in_its_part():
    before = parcels(("0103", cell(0, 0, 1, 4)), ("0404", cell(1, 0, 2, 4)), ("0702", cell(3, 0, 1, 4)))
    after = parcels(
        ("0103", cell(0, 0, 1, 4)),
        ("0103", cell(1, 0, 2, 1)),
        ("0404", cell(1, 1, 2, 3)),
        ("0702", cell(3, 0, 1, 3)),
        ("1202", cell(3, 3)),
    )
    found = moved(before, after)
    expected = {
        ("1W", "0103", "0103"): m2(cell(0, 0, 1, 4)),
        ("1W", "0404", "0103"): m2(cell(1, 0)),
        ("1E", "0404", "0103"): m2(cell(2, 0)),
        ("1W", "0404", "0404"): m2(cell(1, 1, 1, 3)),
        ("1E", "0404", "0404"): m2(cell(2, 1, 1, 3)),
        ("1E", "0702", "0702"): m2(cell(3, 0, 1, 3)),
        ("1E", "0702", "1202"): m2(cell(3, 3)),
    }
    # cutting an edge of a kilometre moves some square metres between geodesic neighbours
    assert found == pytest.approx(expected, rel=3e-5)


def test_a_class_that_was_given_another_name_is_all_of_it_changed():
    same = [cell(x, y) for x in range(4) for y in range(4)]
    before = parcels(*(("0404" if n == 5 else "0103", shape) for n, shape in enumerate(same)))
    after = parcels(*(("0103", shape) for shape in same))
    found = moved(before, after)
    assert set(found) == {("1W", "0404", "0103"), ("1W", "0103", "0103"), ("1E", "0103", "0103")}
    assert found["1W", "0404", "0103"] == pytest.approx(m2(same[5]), rel=1e-12)


def test_ground_of_one_year_only_has_no_class_in_the_other():
    before = parcels(("0103", cell(0, 0, 2, 4)), ("0404", cell(2, 0, 2, 4)))
    after = parcels(("0103", cell(0, 0, 2, 4)), ("0404", cell(2, 1, 2, 3)))
    found = moved(before, after)
    assert found["1E", "0404", None] == pytest.approx(m2(cell(2, 0, 2, 1)), rel=3e-5)
    assert moved(after, before)["1E", None, "0404"] == pytest.approx(m2(cell(2, 0, 2, 1)), rel=3e-5)
    assert moved(before, parcels())["1W", "0103", None] == pytest.approx(m2(cell(0, 0, 2, 4)), rel=1e-12)
    assert moved(parcels(), parcels()) == {}


def test_hairs_between_two_drawings_of_one_border_are_no_change():
    before = parcels(("0103", cell(0, 0, 1, 4)), ("0404", cell(1, 0, 3, 4)))
    hair = 5e-8 / 0.01  # half a centimetre, in cells
    after = parcels(("0103", cell(0, 0, 1 + hair, 4)), ("0404", cell(1 + hair, 0, 3 - hair, 4)))
    assert {(one, other) for _, one, other in moved(before, after)} == {("0103", "0103"), ("0404", "0404")}


@pytest.mark.parametrize("seed", range(6))
def test_both_margins_close_on_random_partitions(seed):
    rng = np.random.default_rng(seed)
    whole, classes = cell(0, 0, 4, 4), np.array(["0103", "0404", "0301", "0702"])
    before = [(str(rng.choice(classes)), shape) for shape in partition(seed, 40, whole)]
    kept, changed = before[:25], shapely.union_all([shape for _, shape in before[25:]])
    drawn_anew = shapely.get_parts(shapely.intersection(partition(seed + 99, 30, whole), changed))
    after = kept + [
        (str(rng.choice(classes)), part) for part in drawn_anew if part.geom_type == "Polygon" and part.area > 1e-9
    ]
    order = rng.permutation(len(after))
    one, other, area_cells = parcels(*before), parcels(*(after[i] for i in order)), partition_of()
    found = moved(one, other, area_cells)
    for layer, side in ((one, 1), (other, 2)):
        wanted, summed = defaultdict(float), defaultdict(float)
        for row in overlay(layer, area_cells).to_pylist():
            wanted[row["part_code"], layer["class_code"][row["row_id"]].as_py()] += row["area_m2"]
        for key, size in found.items():
            if key[side] is not None:
                summed[key[0], key[side]] += size
        assert summed == pytest.approx(wanted, rel=1e-9 if side == 1 else 2e-7)
    shuffled = moved(one, parcels(*after), area_cells)
    assert shuffled == pytest.approx(found, rel=1e-9)
