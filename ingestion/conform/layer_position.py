"""Where a layer lies: into longitude/latitude on CGCS2000 (EPSG:4490), and what is wrong with its place. Nothing is mended silently."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from contracts import Finding, finding
from spatial.wkb import Geometries, flattened, rewritten

if TYPE_CHECKING:
    from pyproj import CRS

Extent = tuple[float, float, float, float]

DATUM_NAMES = frozenset({"china2000", "dchina2000", "cgcs2000", "dcgcs2000", "chinageodeticcoordinatesystem2000"})
TARGET = "EPSG:4490"
DECIMALS = 11  # of a degree: a micrometre, so that a point that two layers share is the same again after it was projected and back
MOST = 0.5  # a fault of more features than this share is the layer's own


@dataclass(frozen=True)
class Placed:
    """A layer's geometries. known: whether they are longitude/latitude on CGCS2000, else they are as written; findings: about the CRS."""

    geometries: Geometries
    wkb: pa.Array
    known: bool
    findings: list[Finding]


def place(wkb: pa.ChunkedArray, crs: str | None) -> Placed:
    """Coordinates of a layer as longitude/latitude. crs: as declared, EPSG:n or WKT; None where nothing is declared."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    values, as_written = flattened(wkb)
    if crs is None:
        return Placed(values, as_written, False, [finding("layer.crs_missing")])
    try:
        declared = CRS.from_user_input(crs)
    except CRSError:
        return Placed(values, as_written, False, [finding("layer.crs_unsupported", found=crs[:80])])
    if declared.is_compound:
        declared = declared.sub_crs_list[0]
    if not _is_cgcs2000(declared):
        return Placed(values, as_written, False, [finding("layer.crs_unsupported", found=declared.name)])
    if declared.is_projected:
        values = _to_degrees(values, declared)
        as_written = rewritten(values, as_written)
    return Placed(values, as_written, True, [])


def _is_cgcs2000(crs: "CRS") -> bool:
    geodetic = crs.geodetic_crs
    name = geodetic.datum.name if geodetic is not None and geodetic.datum is not None else ""
    return re.sub(r"[^a-z0-9]", "", name.lower()) in DATUM_NAMES


def _to_degrees(values: Geometries, crs: "CRS") -> Geometries:
    from pyproj import Transformer

    to_degrees = Transformer.from_crs(crs, TARGET, always_xy=True)

    def unproject(metres: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.round(np.column_stack(to_degrees.transform(metres[:, 0], metres[:, 1])), DECIMALS)

    return shapely.transform(values, unproject)


def position_findings(values: Geometries, extent: Extent, units: list[str], features: list[str | None]) -> list[Finding]:
    """What lies outside of the district, and whether latitude stands before longitude.

    values: longitude/latitude; extent: of the district (west, south, east, north); units, features: of each. One finding for
    the layer when most features are concerned, else one each.
    """
    bounds = shapely.bounds(values)
    there = np.isfinite(bounds).all(axis=1) | ((shapely.get_num_coordinates(values) > 0) & ~shapely.is_missing(values))
    count = int(there.sum())
    if not count:
        return []
    outside = there & ~_touches(bounds, extent)
    swapped = outside & _touches(bounds[:, [1, 0, 3, 2]], extent)
    if swapped.sum() > MOST * count:
        return [finding("layer.axis_swapped")]
    if outside.sum() > MOST * count:
        return [finding("layer.outside_district", count=int(outside.sum()), point=_centre(bounds[np.flatnonzero(outside)[0]]))]
    return [
        finding("layer.outside_district", unit=units[row], feature=features[row], count=1, point=_centre(bounds[row]))
        for row in np.flatnonzero(outside).tolist()
    ]


def in_extent(values: Geometries, extent: Extent) -> NDArray[np.bool_]:
    """Which geometries touch the extent (west, south, east, north)."""
    return _touches(shapely.bounds(values), extent)


def _touches(bounds: NDArray[np.float64], extent: Extent) -> NDArray[np.bool_]:
    west, south, east, north = extent
    return (bounds[:, 0] <= east) & (bounds[:, 2] >= west) & (bounds[:, 1] <= north) & (bounds[:, 3] >= south)


def _centre(bounds: NDArray[np.float64]) -> tuple[float, float] | None:
    lon, lat = float(bounds[[0, 2]].mean()), float(bounds[[1, 3]].mean())
    return (lon, lat) if np.isfinite([lon, lat]).all() and abs(lon) <= 180 and abs(lat) <= 90 else None
