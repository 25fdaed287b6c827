"""Area on the ellipsoid GRS80, for three definitions of an edge; every measured area of the warehouse comes from here.

- geodesic: the shortest line between two vertices. What the warehouse keeps and reports.
- straight: straight in longitude/latitude. The area between an edge and the equator is then the integral of R(φ) dλ
  along it, where R(φ),
  the area from the equator to φ per radian of longitude, is the survey's series b²(A sin φ - B sin 3φ + C sin 5φ - D
  sin 7φ + E sin 9φ).
  It is what can be cut: the pieces of a polygon add up to it, and a piece left by rounding has next to none. What is
  cut (overlaps, gaps,
  shares of a feature) is therefore measured so.
- survey: the formula of the land survey as it is printed (国土调查办发〔2008〕32号): trapezoids of the same series
  between an edge and
  a meridian, at the edge's mean longitude. The reference of the other two: it is straight to the second order of the
  edge's length.

Over a district they differ by 2e-8, over a single parcel by up to 3e-5 (docs/decisions). The geodesic area is the
straight one and, for every edge, the sliver between its two forms, to the leading order of the edge's length. At 36° N
that leaves less than 1e-11 of the area where edges have up to 10 km, and grows with the third power of their length
(1e-8 at 100 km).
"""

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from spatial.rings import Edges, ring_areas
from spatial.wkb import Geometries, WkbColumn, geometries, numbers, simple_polygons

METRES_A_DEGREE = 111_320.0  # at the equator
AT_ONCE = 16_384  # geometries: the vertices of all would take as much memory again


def ellipsoidal_area(polygons: WkbColumn, edges: Edges = "geodesic") -> pa.Array:
    """Area of each polygon on the GRS80 ellipsoid, in m².

    polygons: WKB, n values, longitude/latitude in degrees (EPSG:4490), not across the 180th meridian. Outer rings count
    positive and holes negative, whichever way they wind; of a collection its polygons count. edges: see the module;
    error below 1e-10 of the definition (geodesic: for edges of up to 10 km). Null in, null out; null also for what has
    no area by it (a point, a line, a curve, an unclosed ring, a coordinate that is no number or not on the globe, a
    ring that spans more than 30° of latitude): `faults` says why and where. An empty polygon has 0.
    """
    chunks = polygons.chunks if isinstance(polygons, pa.ChunkedArray) else [polygons]
    return numbers(np.concatenate([np.empty(0), *(_column_areas(chunk, edges) for chunk in chunks)]))


def _column_areas(wkb: pa.Array, edges: Edges) -> NDArray[np.float64]:
    simple = simple_polygons(wkb)
    area = np.empty(len(wkb))
    area[simple.rows] = np.abs(ring_areas(simple.coordinates, simple.counts, edges))
    others = np.setdiff1d(np.arange(len(wkb)), simple.rows, assume_unique=True)
    area[others] = areas(geometries(wkb.take(pa.array(others))), edges)
    return area


def areas(values: Geometries, edges: Edges = "geodesic") -> NDArray[np.float64]:
    """As `ellipsoidal_area`, of an array of geometries; NaN where there is no area."""
    if len(values) > AT_ONCE:
        return np.concatenate(
            [areas(values[first : first + AT_ONCE], edges) for first in range(0, len(values), AT_ONCE)]
        )
    kinds = shapely.get_type_id(values)
    total = np.where(shapely.get_dimensions(values) == 2, 0.0, np.nan)
    total[shapely.is_empty(values) & (kinds >= shapely.GeometryType.POLYGON)] = 0.0
    if (kinds == shapely.GeometryType.POLYGON).all():
        polygons, owner = values, np.arange(len(values))
    else:
        polygons, owner = _polygons(values)
    if (shapely.get_num_interior_rings(polygons) > 0).any():
        rings, of_polygon = shapely.get_rings(polygons, return_index=True)
        is_hole = np.r_[False, of_polygon[1:] == of_polygon[:-1]]
        owner = owner[of_polygon]
    else:
        rings, is_hole = polygons, np.zeros(len(polygons), dtype=bool)
    signed = np.abs(ring_areas(shapely.get_coordinates(rings), shapely.get_num_coordinates(rings), edges))
    np.negative(signed, out=signed, where=is_hole)
    return total + np.bincount(owner, weights=signed, minlength=len(values))


def mean_width_m(values: Geometries, straight: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """Mean width of polygons in metres, within a third: twice the area by the perimeter, which for a long thin one is
    its width.

    straight: their areas with straight edges, where they are known. With these, for what is left between two drawings
    of one border, of which one has more vertices, is a thin piece and not the ground between their geodesics.
    """
    size = areas(values, "straight") if straight is None else straight
    return 2 * size / np.maximum(shapely.length(values) * METRES_A_DEGREE, np.finfo(float).tiny)


def _polygons(values: Geometries) -> tuple[Geometries, NDArray[np.int64]]:
    """Every polygon in an array of geometries, and whose it is."""
    parts, owner = shapely.get_parts(values, return_index=True)
    while (shapely.get_type_id(parts) > shapely.GeometryType.POLYGON).any():
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
    keep = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    return parts[keep], owner[keep]
