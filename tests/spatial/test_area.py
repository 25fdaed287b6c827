"""Area on the ellipsoid, against the definition itself and against pyproj.Geod."""

import math
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyogrio
import pyproj
import pytest
import shapely
import shapely.ops
from hypothesis import given
from hypothesis import strategies as st

from spatial.area import E2, SEMI_MINOR_M, areas, ellipsoidal_area

LAYER = "samples/clean/land_parcel/北呈乡2024年地类图斑.gpkg"
GEOD = pyproj.Geod(ellps="GRS80")
NOT_A_NUMBER = shapely.set_coordinates(shapely.box(113, 36, 114, 37), [[113, 36], [113, np.nan], [114, 37], [114, 36], [113, 36]])
NODES, WEIGHTS = np.polynomial.legendre.leggauss(12)


@pytest.fixture(scope="module")
def parcels(request):
    _, table = pyogrio.read_arrow(request.config.rootpath / LAYER)
    return shapely.from_wkb(table["geom"].to_numpy())


def to_equator(latitude):
    """Area of the zone from the equator to a latitude (radians), per radian of longitude: the closed form of the authalic latitude."""
    e, s = math.sqrt(E2), math.sin(latitude)
    return SEMI_MINOR_M**2 / 2 * (s / (1 - E2 * s * s) + math.atanh(e * s) / e)


def by_definition(ring):
    """∮ R(φ) dλ by quadrature along each edge, straight in longitude/latitude."""
    at = np.radians(shapely.get_coordinates(ring))
    base = to_equator(at[0, 1])
    terms = []
    for (lon1, lat1), (lon2, lat2) in pairwise(at):
        middle, half = (lat1 + lat2) / 2, (lat2 - lat1) / 2
        mean = sum(weight * (to_equator(middle + half * node) - base) for node, weight in zip(NODES, WEIGHTS, strict=True)) / 2
        terms.append((lon2 - lon1) * mean)
    return abs(math.fsum(terms))


def wkb(*shapes):
    return pa.array([None if shape is None else shapely.to_wkb(shape) for shape in shapes], type=pa.binary())


def test_parcels_equal_the_definition(parcels):
    expected = [by_definition(parcel.exterior) - sum(map(by_definition, parcel.interiors)) for parcel in parcels[:80]]
    assert areas(parcels[:80]) == pytest.approx(expected, rel=1e-9)


def test_parcels_equal_geod_with_dense_edges(parcels):
    dense = [abs(GEOD.geometry_area_perimeter(parcel)[0]) for parcel in shapely.segmentize(parcels, 1e-5)]
    assert areas(parcels) == pytest.approx(dense, rel=5e-7)


def test_straight_and_geodesic_edges_differ_by_two_parts_in_a_hundred_million(parcels):
    geodesic = sum(abs(GEOD.geometry_area_perimeter(parcel)[0]) for parcel in parcels)
    assert areas(parcels).sum() / geodesic - 1 == pytest.approx(2.0e-8, abs=0.5e-8)


@pytest.mark.parametrize("box", [(113, 36, 113.001, 36.001), (112, 35, 114, 38), (100, 20, 125, 49), (-1, -10, 1, 10)])
def test_a_box_has_the_closed_form_area_of_its_zone(box):
    west, south, east, north = map(math.radians, box)
    expected = (east - west) * (to_equator(north) - to_equator(south))
    assert areas(np.array([shapely.box(*box)])) == pytest.approx([expected], rel=1e-10)


def test_winding_does_not_matter_and_holes_count_negative():
    outer, hole = shapely.box(113, 36, 113.01, 36.01), shapely.box(113.002, 36.002, 113.004, 36.004)
    solid, cut_out = areas(np.array([outer, hole]))
    rings = [list(outer.exterior.coords), list(hole.exterior.coords)]
    turned = [
        shapely.Polygon(rings[0][::a], [rings[1][::b]]) for a in (1, -1) for b in (1, -1)
    ]
    assert areas(np.array(turned)) == pytest.approx([solid - cut_out] * 4, rel=1e-13)


def test_parts_of_multipolygons_and_collections_add_up():
    one, other = shapely.box(113, 36, 113.01, 36.01), shapely.box(113.02, 36, 113.03, 36.02)
    single = areas(np.array([one, other]))
    mixed = shapely.GeometryCollection([shapely.MultiPolygon([one, other]), shapely.Point(113, 36)])
    found = areas(np.array([shapely.MultiPolygon([one, other]), mixed, one]))
    assert found == pytest.approx([single.sum(), single.sum(), single[0]], rel=1e-13)


def test_what_has_no_area_is_null():
    unclosed = bytearray(shapely.to_wkb(shapely.box(113, 36, 114, 37)))
    unclosed[-16:] = np.array([113.5, 36.5]).tobytes()
    curve = bytes.fromhex("010a000000" "01000000" "0108000000" "00000000")  # a curve polygon of one empty arc
    column = pa.concat_arrays([
        wkb(None, shapely.Point(113, 36), shapely.LineString([(113, 36), (114, 37)])),
        pa.array([bytes(unclosed), curve, b"\x01"], type=pa.binary()),
        wkb(NOT_A_NUMBER, shapely.box(36, 113, 36.1, 113.1), shapely.box(0, -40, 1, 40)),
        wkb(shapely.Polygon(), shapely.box(113, 36, 113.01, 36.01)),
    ])
    area = ellipsoidal_area(pa.chunked_array([column])).to_pylist()
    assert area[:9] == [None] * 9
    assert area[9] == 0
    assert area[10] == pytest.approx(1000139.9, rel=1e-2)


def test_third_dimension_is_left_out():
    flat = shapely.box(113, 36, 113.01, 36.01)
    assert ellipsoidal_area(wkb(shapely.force_3d(flat, 900.0))).to_pylist() == ellipsoidal_area(wkb(flat)).to_pylist()


@given(st.floats(0.1, 0.9), st.floats(0.1, 0.9), st.floats(-60, 60))
def test_cutting_a_parcel_does_not_change_its_area(along, across, latitude):
    whole = shapely.Polygon([(113, latitude), (113.013, latitude + 0.002), (113.011, latitude + 0.009), (113.001, latitude + 0.01)])
    cut = shapely.LineString([(113 + 0.011 * along, latitude - 1), (113 + 0.011 * across, latitude + 1)])
    pieces = areas(np.array(shapely.ops.split(whole, cut).geoms))
    assert pieces.sum() == pytest.approx(areas(np.array([whole]))[0], rel=1e-11)


def test_blocks_do_not_change_the_result(parcels):
    many = np.tile(parcels, 90)
    assert len(many) > 2 * 8192
    assert (areas(many).reshape(90, -1) == areas(parcels)).all()
