"""Area inside rings on the ellipsoid GRS80: the arithmetic of `spatial.area`, on coordinates alone; `overlay` calls it,
too.
"""

from functools import cache
from itertools import pairwise
from math import factorial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

SEMI_MAJOR_M = 6378137.0  # GRS80, the ellipsoid of CGCS2000
FLATTENING = 1 / 298.257222101
SEMI_MINOR_M = SEMI_MAJOR_M * (1 - FLATTENING)
E2 = FLATTENING * (2 - FLATTENING)
RADIAN = np.pi / 180

Edges = Literal["geodesic", "straight", "survey"]

HARMONICS = np.array([1, 3, 5, 7, 9])
SERIES = SEMI_MINOR_M**2 * np.array(
    [
        1 + 3 / 6 * E2 + 30 / 80 * E2**2 + 35 / 112 * E2**3 + 630 / 2304 * E2**4,
        -(1 / 6 * E2 + 15 / 80 * E2**2 + 21 / 112 * E2**3 + 420 / 2304 * E2**4),
        3 / 80 * E2**2 + 7 / 112 * E2**3 + 180 / 2304 * E2**4,
        -(1 / 112 * E2**3 + 45 / 2304 * E2**4),
        5 / 2304 * E2**4,
    ]
)
RELATIVE_REMAINDER = 1e-13  # of the expansion: a thousandth of the 1e-10 that `ellipsoidal_area` promises
WIDEST = np.radians(30)  # of latitude: the expansion is made for parcels and districts, not for continents
REACHES = (5e-4, 1e-2, WIDEST)  # of latitude from a ring's first vertex: a parcel, a township, the rest
RINGS_A_BLOCK = 2048  # keeps the working arrays in the processor's cache


def ring_areas(
    coordinates: NDArray[np.float64],
    counts: NDArray[np.int64],
    edges: Edges = "geodesic",
    bounds: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Signed area inside each closed ring (counterclockwise positive), m²; 0 for one without vertices, NaN where a
    coordinate is not on the globe or the ring spans more than 30° of latitude.

    coordinates: longitude/latitude in degrees of the rings one after another, (n, 2); counts: vertices of each, the
    closing one included;
    bounds: their `ring_bounds`, where they are known.
    """
    area = np.zeros(len(counts))
    filled = np.flatnonzero(counts)
    if bounds is None:
        bounds = np.empty((len(counts), 4))
        bounds[filled] = ring_bounds(coordinates, counts[filled])
    starts = np.cumsum(counts) - counts
    for begin in range(0, len(filled), RINGS_A_BLOCK):
        block = filled[begin : begin + RINGS_A_BLOCK]
        first = starts[block[0]]
        area[block] = _block_areas(
            coordinates[first : starts[block[-1]] + counts[block[-1]]], counts[block], bounds[block], edges
        )
    return area


def ring_bounds(coordinates: NDArray[np.float64], counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """West, south, east, north of rings that have vertices, (n, 4); NaN where a coordinate is no number. Arguments as
    of `ring_areas`.
    """
    if not len(counts):
        return np.empty((0, 4))
    starts = np.cumsum(counts) - counts
    return np.column_stack(
        [extreme.reduceat(coordinates[:, axis], starts) for extreme in (np.minimum, np.maximum) for axis in (0, 1)]
    )


def _block_areas(
    coordinates: NDArray[np.float64],
    counts: NDArray[np.int64],
    bounds: NDArray[np.float64],
    edges: Edges,
) -> NDArray[np.float64]:
    """`ring_areas` of some rings, each expanded as far as it reaches."""
    reach = _reaches(coordinates[np.cumsum(counts) - counts, 1], bounds)
    if reach.max() <= REACHES[0]:
        return _expanded_areas(coordinates, counts, _orders(REACHES[0]), edges)
    area = np.full(len(counts), np.nan)
    for nearest, farthest in pairwise((-1.0, *REACHES)):
        these = (reach > nearest) & (reach <= farthest)
        if these.any():
            area[these] = _expanded_areas(
                coordinates[np.repeat(these, counts)], counts[these], _orders(farthest), edges
            )
    return area


def _reaches(first: NDArray[np.float64], bounds: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far (radians of latitude) each ring goes from the latitude of its first vertex; NaN for one that is not on
    the globe.
    """
    west, south, east, north = bounds.T
    on_the_globe = (west >= -360) & (east <= 360) & (south >= -90) & (north <= 90)
    with np.errstate(invalid="ignore"):  # infinity less infinity
        return np.where(on_the_globe, np.radians(np.maximum(north - first, first - south)), np.nan)


def _expanded_areas(
    coordinates: NDArray[np.float64],
    counts: NDArray[np.int64],
    orders: int,
    edges: Edges,
) -> NDArray[np.float64]:
    """`ring_areas`, R expanded to so many orders around the ring's first latitude φ0.

    Along a straight edge from φ0 + d1 to φ0 + d2 the mean of d^n is h(n)/(n+1), where h(n) = Σ d1^i d2^(n-i); the
    survey takes that of the ends, (d1^n + d2^n)/2: summed by parts around the ring, this is its trapezoid at the edge's
    mean longitude. The constant term of R cancels around a closed ring and is left out, so that a parcel's area is not
    the small difference of large ones.
    """
    starts = np.cumsum(counts) - counts
    latitude = coordinates[:, 1] * RADIAN
    latitude0 = latitude[starts]
    from_first = latitude - np.repeat(latitude0, counts)
    to_next, east = np.zeros_like(from_first), np.zeros_like(from_first)
    to_next[:-1] = from_first[1:]
    np.subtract(coordinates[1:, 0], coordinates[:-1, 0], out=east[:-1])
    east *= RADIAN
    east[starts + counts - 1] = 0.0  # no edge leads from one ring to the next
    of_first, of_next, mixed = from_first.copy(), to_next.copy(), from_first + to_next
    total = np.zeros(len(counts))
    for order, derivative in enumerate(_derivatives(latitude0, orders), start=1):
        mean = (of_first + of_next) / 2 if edges == "survey" else mixed / (order + 1)
        total -= derivative / factorial(order) * np.add.reduceat(east * mean, starts)
        of_first *= from_first
        of_next *= to_next
        mixed *= from_first
        mixed += of_next
    if edges == "geodesic":
        total -= np.add.reduceat(_slivers(latitude, from_first, to_next, east), starts)
    return total


def _slivers(
    latitude: NDArray[np.float64],
    from_first: NDArray[np.float64],
    to_next: NDArray[np.float64],
    east: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Area between each edge's geodesic and its straight line (m², positive where the geodesic runs further north).

    latitude: of the edge's start, radians; the others as in `_expanded_areas`. By the geodesic's equation d²φ/dλ² = -(r
    sin φ)/M - (M'/M + 2 M sin φ/r)(dφ/dλ)², with the curvature's radius M of the meridian and r of the parallel, the
    two lie a parabola apart, whose area is -d²φ/dλ² · M r Δλ³/12. Taken at the edge's middle; with q = 1 - e² sin² φ,
    r² = a² cos² φ/q and
    M = a(1 - e²)/q^(3/2) the roots cancel.
    """
    north = to_next - from_first
    sine = np.sin(latitude + north / 2)
    square = sine * sine
    squeeze = 1 - E2 * square
    across = (1 - square) * (east * east)
    along = (1 - E2) * (3 * squeeze - (1 - E2)) / (squeeze * squeeze) * (north * north)
    return SEMI_MAJOR_M**2 / 12 * east * sine / squeeze * (across + along)


def _derivatives(latitudes: NDArray[np.float64], orders: int) -> NDArray[np.float64]:
    """R's derivatives at latitudes in radians, m²/rad^order, a row for each order from 1.

    The order-th derivative of sin kφ is k^order sin(kφ + order π/2). In real numbers and term by term: complex and
    matrix products round a latitude by where it stands among others.
    """
    result = np.zeros((orders, len(latitudes)))
    sine, cosine = np.sin(latitudes), np.cos(latitudes)
    doubled = 2 - 4 * sine * sine  # 2 cos 2φ, which leads from (k - 2)φ and kφ to (k + 2)φ
    sine_before, cosine_before = -sine, cosine
    for harmonic, weight in zip(HARMONICS.tolist(), SERIES.tolist(), strict=True):
        for order in range(1, orders + 1):
            sign = 1 if order % 4 in (0, 1) else -1
            result[order - 1] += sign * weight * harmonic**order * (cosine if order % 2 else sine)
        sine, sine_before = doubled * sine - sine_before, sine
        cosine, cosine_before = doubled * cosine - cosine_before, cosine
    return result


@cache
def _orders(reach: float) -> int:
    """How many terms leave a relative remainder below RELATIVE_REMAINDER, for a ring that reaches so far (radians) from
    φ0.
    """
    order = 1
    while np.abs(SERIES) @ HARMONICS ** float(
        order + 1
    ) / SEMI_MINOR_M**2 * reach**order > RELATIVE_REMAINDER * factorial(order + 1):
        order += 1
    return order
