"""Area on the ellipsoid: geodesic edges against pyproj.Geod, straight ones against the definition itself."""

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

from spatial.area import METRES_A_DEGREE, areas, ellipsoidal_area
from spatial.rings import E2, SEMI_MINOR_M

LAYER = "samples/clean/land_parcel/北呈乡2024年地类图斑.gpkg"
GEOD = pyproj.Geod(ellps="GRS80")
# Geod subtracts areas down to the equator: its answers scatter so, by 1.5e-4 m² at most, from 100 m up to 10 km alike
GEOD_NOISE_M2 = 2e-4
NOT_A_NUMBER = shapely.set_coordinates(
    shapely.box(113, 36, 114, 37), [[113, 36], [113, np.nan], [114, 37], [114, 36], [113, 36]]
)
NODES, WEIGHTS = np.polynomial.legendre.leggauss(12)


@pytest.fixture(scope="module")
def parcels(request):
    _, table = pyogrio.read_arrow(request.config.rootpath / LAYER)
    return shapely.from_wkb(table["geom"].to_numpy())


def to_equator(latitude):
    """Area of the zone from the equator to a latitude (radians), per radian of longitude: the closed form of the
    authalic latitude.
    """
    e, s = math.sqrt(E2), math.sin(latitude)
    return SEMI_MINOR_M**2 / 2 * (s / (1 - E2 * s * s) + math.atanh(e * s) / e)


def by_definition(ring):
    """∮ R(φ) dλ by quadrature along each edge, straight in longitude/latitude."""
    at = np.radians(shapely.get_coordinates(ring))
    base = to_equator(at[0, 1])
    terms = []
    for (lon1, lat1), (lon2, lat2) in pairwise(at):
        middle, half = (lat1 + lat2) / 2, (lat2 - lat1) / 2
        mean = (
            sum(weight * (to_equator(middle + half * node) - base) for node, weight in zip(NODES, WEIGHTS, strict=True))
            / 2
        )
        terms.append((lon2 - lon1) * mean)
    return abs(math.fsum(terms))


def wkb(*shapes):
    return pa.array([None if shape is None else shapely.to_wkb(shape) for shape in shapes], type=pa.binary())


def by_geod(shapes):
    return np.array([abs(GEOD.geometry_area_perimeter(shape)[0]) for shape in shapely.orient_polygons(shapes)])


def heptagons(latitude, size_m, aspect, seed=7, count=40):
    """Random seven-cornered polygons, `aspect` times as long as wide, turned anyhow; every other one with a hole."""
    rng = np.random.default_rng(seed)
    angles = np.linspace(0, 2 * np.pi, 7, endpoint=False) + rng.uniform(-0.2, 0.2, (count, 7))
    turned = rng.uniform(0, np.pi, (count, 1))
    x, y = size_m * aspect * np.cos(angles), size_m * np.sin(angles)
    east, north = x * np.cos(turned) - y * np.sin(turned), x * np.sin(turned) + y * np.cos(turned)
    lon, lat = 113 + east / METRES_A_DEGREE / math.cos(math.radians(latitude)), latitude + north / METRES_A_DEGREE
    rings = [list(zip(*ring, strict=True)) for ring in zip(lon.tolist(), lat.tolist(), strict=True)]
    holes = [[(113 + 0.3 * (a - 113), latitude + 0.3 * (b - latitude)) for a, b in ring] for ring in rings]
    return np.array(
        [
            shapely.Polygon(ring, [hole] if i % 2 else [])
            for i, (ring, hole) in enumerate(zip(rings, holes, strict=True))
        ]
    )


def test_parcels_have_the_area_of_their_geodesics(parcels):
    assert areas(parcels) == pytest.approx(by_geod(parcels), rel=1e-11, abs=GEOD_NOISE_M2)


@pytest.mark.parametrize("latitude", [-60, -36, 0, 20, 36, 50])
@pytest.mark.parametrize(("size_m", "aspect"), [(50, 1), (350, 1), (3, 100), (20, 100)])
def test_parcels_of_any_place_and_direction_equal_geod(latitude, size_m, aspect):
    shapes = heptagons(latitude, size_m, aspect)
    assert areas(shapes) == pytest.approx(by_geod(shapes), rel=2e-11, abs=GEOD_NOISE_M2)


@pytest.mark.parametrize("latitude", [-36, 0, 36])
@pytest.mark.parametrize(("size_m", "aspect", "error"), [(10_000, 1, 2e-11), (60, 100, 2e-10), (100_000, 1, 3e-8)])
def test_what_the_leading_order_leaves_at_twenty_times_the_size_of_a_parcel(latitude, size_m, aspect, error):
    """Here Geod's noise is no cover. The rest grows with the cube of the edge's length: at a parcel's size it is
    nothing.
    """
    shapes = heptagons(latitude, size_m, aspect)
    assert areas(shapes) == pytest.approx(by_geod(shapes), rel=error)


def test_a_township_with_edges_of_kilometres_equals_geod():
    boxes = np.array([shapely.box(113, 36, 113.1, 36.1), shapely.box(113, -36.1, 113.1, -36)])
    assert areas(boxes) == pytest.approx(by_geod(boxes), rel=1e-12)
    assert areas(boxes, "straight") / by_geod(boxes) - 1 == pytest.approx(
        [9.16e-9] * 2, rel=0.01
    )  # the slivers of two sides nearly cancel


def test_straight_parcels_equal_the_definition(parcels):
    expected = [by_definition(parcel.exterior) - sum(map(by_definition, parcel.interiors)) for parcel in parcels[:80]]
    assert areas(parcels[:80], "straight") == pytest.approx(expected, rel=1e-9)


def test_straight_parcels_equal_geod_with_dense_edges(parcels):
    dense = by_geod(shapely.segmentize(parcels, 1e-5))
    assert areas(parcels, "straight") == pytest.approx(dense, rel=5e-7)


def test_straight_and_geodesic_edges_differ_by_two_parts_in_a_hundred_million(parcels):
    assert areas(parcels, "straight").sum() / areas(parcels).sum() - 1 == pytest.approx(2.0e-8, abs=0.5e-8)


@pytest.mark.parametrize("box", [(113, 36, 113.001, 36.001), (112, 35, 114, 38), (100, 20, 125, 49), (-1, -10, 1, 10)])
def test_a_straight_box_has_the_closed_form_area_of_its_zone(box):
    west, south, east, north = map(math.radians, box)
    expected = (east - west) * (to_equator(north) - to_equator(south))
    assert areas(np.array([shapely.box(*box)]), "straight") == pytest.approx([expected], rel=1e-10)


def test_winding_does_not_matter_and_holes_count_negative():
    outer, hole = shapely.box(113, 36, 113.01, 36.01), shapely.box(113.002, 36.002, 113.004, 36.004)
    solid, cut_out = areas(np.array([outer, hole]))
    rings = [list(outer.exterior.coords), list(hole.exterior.coords)]
    turned = [shapely.Polygon(rings[0][::a], [rings[1][::b]]) for a in (1, -1) for b in (1, -1)]
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
    curve = bytes.fromhex("010a00000001000000010800000000000000")  # a curve polygon of one empty arc
    column = pa.concat_arrays(
        [
            wkb(None, shapely.Point(113, 36), shapely.LineString([(113, 36), (114, 37)])),
            pa.array([bytes(unclosed), curve, b"\x01"], type=pa.binary()),
            wkb(NOT_A_NUMBER, shapely.box(36, 113, 36.1, 113.1), shapely.box(0, -40, 1, 40)),
            wkb(shapely.Polygon(), shapely.box(113, 36, 113.01, 36.01)),
        ]
    )
    area = ellipsoidal_area(pa.chunked_array([column])).to_pylist()
    assert ellipsoidal_area(column, "straight").is_valid().to_pylist() == [value is not None for value in area]
    assert area[:9] == [None] * 9
    assert area[9] == 0
    assert area[10] == pytest.approx(1000139.9, rel=1e-2)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e300, 91.0])
def test_a_ring_off_the_globe_leaves_its_neighbours_alone(value):
    sound, broken = (
        shapely.to_wkb(shapely.box(113, 36, 113.01, 36.01)),
        bytearray(shapely.to_wkb(shapely.box(113, 36, 113.01, 36.01))),
    )
    first_and_last_latitude = (13 + 8, 13 + 8 * 9)
    for at in first_and_last_latitude:
        broken[at : at + 8] = np.array([value]).tobytes()
    one, none, other = ellipsoidal_area(pa.array([sound, bytes(broken), sound])).to_pylist()
    assert none is None
    assert [one, other] == pytest.approx(ellipsoidal_area(pa.array([sound])).to_pylist() * 2, rel=1e-14)


def test_third_dimension_is_left_out():
    flat = shapely.box(113, 36, 113.01, 36.01)
    assert ellipsoidal_area(wkb(shapely.force_3d(flat, 900.0))).to_pylist() == ellipsoidal_area(wkb(flat)).to_pylist()


@given(st.floats(0.1, 0.9), st.floats(0.1, 0.9), st.floats(-60, 60))
def test_cutting_a_parcel_does_not_change_its_straight_area(along, across, latitude):
    whole = shapely.Polygon(
        [(113, latitude), (113.013, latitude + 0.002), (113.011, latitude + 0.009), (113.001, latitude + 0.01)]
    )
    cut = shapely.LineString([(113 + 0.011 * along, latitude - 1), (113 + 0.011 * across, latitude + 1)])
    pieces = np.array(shapely.ops.split(whole, cut).geoms)
    assert areas(pieces, "straight").sum() == pytest.approx(areas(np.array([whole]), "straight")[0], rel=1e-11)


def by_the_survey(ring):
    """国土调查办发〔2008〕32号: trapezoids between each edge and a meridian, at the edge's mean longitude; GRS80, e²
    and b of CGCS2000.
    """
    e2, b = 0.00669438002290, 6356752.3141404
    series = [
        1 + 3 / 6 * e2 + 30 / 80 * e2**2 + 35 / 112 * e2**3 + 630 / 2304 * e2**4,
        1 / 6 * e2 + 15 / 80 * e2**2 + 21 / 112 * e2**3 + 420 / 2304 * e2**4,
        3 / 80 * e2**2 + 7 / 112 * e2**3 + 180 / 2304 * e2**4,
        1 / 112 * e2**3 + 45 / 2304 * e2**4,
        5 / 2304 * e2**4,
    ]
    at = np.radians(shapely.get_coordinates(ring))
    total = 0.0
    for (lon1, lat1), (lon2, lat2) in pairwise(at):
        width, height, middle = (lon1 + lon2) / 2 - at[0, 0], lat2 - lat1, (lat1 + lat2) / 2
        waves = [
            (-1) ** n * term * math.sin((2 * n + 1) * height / 2) * math.cos((2 * n + 1) * middle)
            for n, term in enumerate(series)
        ]
        total += 2 * b * b * width * math.fsum(waves)
    return abs(total)


def test_survey_parcels_have_the_area_of_its_printed_formula(parcels):
    expected = [by_the_survey(parcel.exterior) - sum(map(by_the_survey, parcel.interiors)) for parcel in parcels]
    assert areas(parcels, "survey") == pytest.approx(expected, rel=1e-8)
    assert areas(parcels, "straight") == pytest.approx(expected, rel=1e-5), (
        "the mean longitude of an edge stands for a straight one"
    )
    assert areas(parcels, "straight").sum() == pytest.approx(sum(expected), rel=5e-8)


def test_survey_parcels_come_near_straight_ones_with_the_square_of_the_edge(parcels):
    dense = shapely.segmentize(parcels, 1e-4)
    assert areas(dense, "survey") == pytest.approx(areas(parcels, "straight"), rel=5e-7)


def test_the_whole_ellipsoid_has_its_published_area():
    """Moritz (2000), Geodetic Reference System 1980: a sphere of the same surface has the radius 6371007.1810 m."""
    zones = np.array([shapely.box(0, south, 90, south + 15) for south in range(0, 90, 15)])
    assert 8 * areas(zones, "straight").sum() == pytest.approx(4 * math.pi * 6371007.1810**2, rel=1e-10)


def test_areas_from_bytes_equal_those_of_geometries(parcels):
    holed = shapely.box(113, 36, 113.02, 36.02).difference(shapely.box(113.005, 36.005, 113.01, 36.01))
    shapes = np.concatenate([parcels, [holed, shapely.MultiPolygon([holed, parcels[0]])]])
    for edges in ("geodesic", "straight", "survey"):
        assert (np.asarray(ellipsoidal_area(wkb(*shapes), edges)) == areas(shapes, edges)).all()


def test_blocks_do_not_change_the_result(parcels):
    many = np.tile(parcels, 90)
    assert len(many) > 2 * 8192
    assert (areas(many).reshape(90, -1) == areas(parcels)).all()
