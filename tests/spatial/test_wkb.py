"""Polygons read straight from WKB: the same coordinates as shapely's, and nothing taken for simple that is not."""

import numpy as np
import pyarrow as pa
import pytest
import shapely

from spatial.wkb import simple_polygons
from tests.support.spatial_layers import cell, partition, wkb

UNCLOSED = bytearray(shapely.to_wkb(cell(0, 0)))
UNCLOSED[-16:] = np.array([113.5, 36.5]).tobytes()
OTHERS = [
    None,
    b"",
    b"\x01",
    bytes(UNCLOSED),
    shapely.to_wkb(cell(0, 0), byte_order=0),
    shapely.to_wkb(shapely.force_3d(cell(0, 0), 900.0)),
    shapely.to_wkb(shapely.set_srid(cell(0, 0), 4490), include_srid=True),
    shapely.to_wkb(cell(0, 0, 3, 3).difference(cell(1, 1))),
    shapely.to_wkb(shapely.MultiPolygon([cell(0, 0)])),
    shapely.to_wkb(shapely.Polygon()),
    shapely.to_wkb(shapely.Point(113, 36)),
    shapely.to_wkb(cell(0, 0)) + b"\x00",
    shapely.to_wkb(cell(0, 0))[:-16],
]


@pytest.mark.parametrize("offsets", [pa.binary(), pa.large_binary()])
def test_simple_polygons_have_the_coordinates_that_shapely_reads(offsets):
    shapes = partition(3, 50, cell(0, 0, 20, 20))
    column = pa.concat_arrays([wkb(shapes[:20]), pa.array(OTHERS, pa.binary()), wkb(shapes[20:])]).cast(offsets)
    simple = simple_polygons(column)
    assert simple.rows.tolist() == [*range(20), *range(20 + len(OTHERS), len(shapes) + len(OTHERS))]
    assert (simple.coordinates == shapely.get_coordinates(shapes)).all()
    assert (simple.counts == shapely.get_num_coordinates(shapes)).all()


def test_a_slice_is_read_from_where_it_begins():
    shapes = partition(4, 30, cell(0, 0, 20, 20))
    simple = simple_polygons(wkb(shapes).slice(7, 11))
    assert simple.rows.tolist() == list(range(11))
    assert (simple.coordinates == shapely.get_coordinates(shapes[7:18])).all()


@pytest.mark.parametrize(
    "column",
    [
        pa.array(OTHERS, pa.binary()),
        pa.array([], pa.binary()),
        pa.nulls(3, pa.binary()),
        pa.array(["POLYGON"]),
    ],
)
def test_nothing_else_is_simple(column):
    simple = simple_polygons(column)
    assert (len(simple.rows), len(simple.counts), simple.coordinates.shape) == (0, 0, (0, 2))
