"""The area_cells of township part × consolidation zone × restoration zone."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import shapely

from spatial.area import areas
from spatial.base_partition import ZoningMismatch, base_partition
from spatial.cutting import OverlappingPartition
from spatial.overlay import overlay
from tests.support.spatial_layers import cell, partition, wkb

NORTH, SOUTH = cell(0, 5, 10, 5), cell(0, 0, 10, 5)
CODES = ("part_code", "township_code", "consolidation_zone", "restoration_zone")
MEMBERSHIP = [("N", "t1", "cA", "rA"), ("S1", "t2", "cA", "rB"), ("S2", "t2", "cB", "rB")]


def partition_of(townships=None, zones=None, membership=MEMBERSHIP):
    townships = {"t1": NORTH, "t2": SOUTH} if townships is None else townships
    zones = (
        [
            ("consolidation", "cA", shapely.union(NORTH, cell(0, 0, 4, 5))),
            ("consolidation", "cB", cell(4, 0, 6, 5)),
            ("restoration", "rA", NORTH),
            ("restoration", "rB", SOUTH),
        ]
        if zones is None
        else zones
    )
    return base_partition(
        pa.table({"township_code": list(townships), "geometry": wkb(townships.values())}),
        pa.table(
            {
                "zoning": [kind for kind, _, _ in zones],
                "zone_code": [code for _, code, _ in zones],
                "geometry": wkb(shape for *_, shape in zones),
            }
        ),
        pa.table(dict(zip(CODES, map(list, zip(*membership, strict=True)), strict=True))),
    )


def shapes_of(table):
    return dict(zip(table["part_code"].to_pylist(), shapely.from_wkb(table["geometry"].to_numpy()), strict=True))


def township_areas(area_cells, code):
    return area_cells.filter(pc.equal(area_cells["township_code"], code))["area_m2"].to_pylist()


def test_a_township_is_split_along_its_zones():
    area_cells = partition_of()
    assert area_cells.column_names == [
        "part_code",
        "township_code",
        "consolidation_zone",
        "restoration_zone",
        "geometry",
        "area_m2",
    ]
    assert list(zip(*(area_cells[name].to_pylist() for name in area_cells.column_names[:4]), strict=True)) == MEMBERSHIP
    shapes = shapes_of(area_cells)
    assert shapes["N"].equals(NORTH)
    assert shapes["S1"].equals(cell(0, 0, 4, 5))
    assert shapes["S2"].equals(cell(4, 0, 6, 5))
    north, south = areas(np.array([NORTH, SOUTH]))
    west, east = areas(np.array([shapes["S1"], shapes["S2"]]))
    expected = [north, south * west / (west + east), south * east / (west + east)]
    assert area_cells["area_m2"].to_pylist() == pytest.approx(expected, rel=1e-12)


def test_slivers_of_a_zone_drawn_slightly_otherwise_go_to_the_neighbour():
    by_hand = 3e-6  # about 0.3 m
    zones = [
        ("consolidation", "cA", shapely.union(NORTH, cell(0, 0, 4, 5)).buffer(-by_hand, join_style="mitre")),
        ("consolidation", "cB", cell(4, 0, 6, 5).buffer(by_hand, join_style="mitre")),
        ("restoration", "rA", NORTH.buffer(by_hand, join_style="mitre")),
        ("restoration", "rB", SOUTH.buffer(-by_hand, join_style="mitre")),
    ]
    area_cells = partition_of(zones=zones)
    shapes = shapes_of(area_cells)
    for code, outline in {"t1": NORTH, "t2": SOUTH}.items():
        mine = [shapes[part] for part, township, *_ in MEMBERSHIP if township == code]
        assert areas(np.array(mine), "straight").sum() == pytest.approx(
            areas(np.array([outline]), "straight")[0], rel=1e-9
        )
        assert sum(township_areas(area_cells, code)) == pytest.approx(areas(np.array([outline]))[0], rel=1e-9)
        assert shapely.area(shapely.symmetric_difference(shapely.union_all(mine), outline)) < 1e-9
    assert shapely.area(shapely.intersection(shapes["S1"], shapes["S2"])) == 0


def test_a_border_drawn_with_more_vertices_is_nobodys_land():
    outline = shapely.Polygon([(113, 36), (113.1, 36.03), (113.1, 36.1), (113, 36.1)])
    zones = [
        (zoning, f"{zoning[0]}A", shapely.segmentize(outline, 0.007)) for zoning in ("consolidation", "restoration")
    ]
    area_cells = partition_of({"t1": outline}, zones, [("N", "t1", "cA", "rA")])
    assert area_cells["area_m2"].to_pylist() == pytest.approx(areas(np.array([outline])), rel=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_area_cells_of_random_townships_and_zones_add_up(seed):
    whole = cell(0, 0, 20, 20)
    townships = dict(zip("abcdef", partition(seed, 6, whole), strict=True))
    zones = {
        kind: dict(zip((f"{kind[0]}{i}" for i in range(3)), partition(seed + place, 3, whole), strict=True))
        for place, kind in enumerate(("consolidation", "restoration"), start=100)
    }
    met = [
        (f"{code}-{c}-{r}", code, c, r)
        for code, outline in townships.items()
        for c, one in zones["consolidation"].items()
        for r, other in zones["restoration"].items()
        if outline.intersection(one).intersection(other).area > 1e-12
    ]
    area_cells = partition_of(
        townships, [(kind, code, shape) for kind, shapes in zones.items() for code, shape in shapes.items()], met
    )
    for code, outline in townships.items():
        assert sum(township_areas(area_cells, code)) == pytest.approx(areas(np.array([outline]))[0], rel=1e-9)


def test_a_wide_piece_that_nothing_declares_is_listed():
    with pytest.raises(ZoningMismatch) as caught:
        partition_of(membership=[row for row in MEMBERSHIP if row[0] != "S2"])
    (problem,) = caught.value.problems
    assert {name: problem[name] for name in ("township_code", "consolidation_zone", "restoration_zone")} == {
        "township_code": "t2",
        "consolidation_zone": "cB",
        "restoration_zone": "rB",
    }
    assert problem["area_m2"] == pytest.approx(areas(np.array([cell(4, 0, 6, 5)]), "straight")[0], rel=1e-9)
    assert cell(4, 0, 6, 5).contains(shapely.Point(problem["lon"], problem["lat"]))
    assert "t2 in cB × rB" in str(caught.value)


def test_ground_in_no_zone_and_a_part_without_ground_are_listed():
    zones = [("consolidation", "cA", NORTH.union(SOUTH)), ("restoration", "rA", NORTH)]
    with pytest.raises(ZoningMismatch) as caught:
        partition_of(
            zones=zones, membership=[("N", "t1", "cA", "rA"), ("N2", "t1", "cB", "rA"), ("S1", "t2", "cA", "rB")]
        )
    found = [(p["township_code"], p["consolidation_zone"], p["restoration_zone"]) for p in caught.value.problems]
    assert found == [("t1", "cB", "rA"), ("t2", "cA", "rB"), ("t2", "cA", None)]


def test_townships_that_overlap_by_a_sliver_do_not_count_ground_twice():
    """Half a square metre of two townships: the checks let it pass, and a feature on it is cut once."""
    width = 5e-10  # degrees: 0.06 mm, along 9 km
    reaching = shapely.union(NORTH, shapely.box(*shapely.bounds(SOUTH)[[0, 3, 2, 3]] - [0, width, 0, 0]))
    area_cells = partition_of(townships={"t1": reaching, "t2": SOUTH})
    shapes = shapes_of(area_cells)
    assert shapely.area(shapely.intersection(shapes["N"], shapes["S1"])) < 1e-18
    border = shapely.bounds(SOUTH)[3]
    west = shapely.bounds(SOUTH)[0]
    small = shapely.box(west + 1e-4, border - 2e-6, west + 1.02e-4, border + 2e-6)
    cut = overlay(pa.table({"row_id": pa.array([0], pa.int64()), "geometry": wkb([small])}), area_cells)
    assert sum(cut["area_m2"].to_pylist()) == pytest.approx(areas(np.array([small]))[0], rel=1e-9)


def test_townships_that_share_wide_ground_are_refused():
    with pytest.raises(OverlappingPartition, match="t1 and t2"):
        partition_of(townships={"t1": shapely.union(NORTH, cell(0, 4, 10, 1)), "t2": SOUTH})
