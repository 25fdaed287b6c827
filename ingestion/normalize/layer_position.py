"""Where a layer lies: its coordinates into longitude/latitude on CGCS2000 (EPSG:4490), and what is wrong with its place.
Nothing is corrected silently. Called by `layer`.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from contracts import Finding, finding
from contracts.hints import Hint, reference_hint
from contracts.reference import COUNTY_EXTENT
from contracts.submission_table import CRS as STORED_IN
from spatial.geometry_warnings import dimensions
from spatial.wkb import Geometries, flattened, rewritten

if TYPE_CHECKING:
    from pyproj import CRS

Extent = tuple[float, float, float, float]
"""West, south, east, north; degrees, EPSG:4490."""

LONGEST_CRS = 80  # characters of a reference system that a message shows: WKT goes on for a page

DATUM_NAMES = frozenset({"china2000", "dchina2000", "cgcs2000", "dcgcs2000", "chinageodeticcoordinatesystem2000"})
# of a degree: a micrometre, so that a point that two layers share is the same again after it was projected and back
DECIMALS = 11
# What people write coordinates in, the district's own first: geographic; 3-degree zones 38, 37, 39, each without and with
# its number before the easting
WRITTEN_IN = (STORED_IN, "EPSG:4547", "EPSG:4526", "EPSG:4546", "EPSG:4525", "EPSG:4548", "EPSG:4527")
DIMENSION_WORDS = {"Z": ("高程（Z）", "heights (Z)"), "M": ("测量值（M）", "measures (M)")}
MOST = 0.5  # a fault of more features than this share, the majority, is the layer's own


@dataclass(frozen=True)
class PlacedLayer:
    """A layer's geometries. known: whether they are longitude/latitude on CGCS2000, else they are as written; findings:
    about the CRS.

    written: the corners (west, south, east, north) of each as written; converted: names of the reference systems from
    which and to which the coordinates were converted, None where they were not.
    """

    geometries: Geometries
    wkb: pa.Array
    known: bool
    findings: list[Finding]
    written: NDArray[np.float64]
    converted: tuple[str, str] | None = None

    @property
    def count(self) -> int:
        """How many features have a geometry."""
        return int((~shapely.is_missing(self.geometries)).sum())


def place(wkb: pa.ChunkedArray, crs: str | None, extent: Extent = COUNTY_EXTENT) -> PlacedLayer:
    """Coordinates of a layer as longitude/latitude. crs: as declared, EPSG:n or WKT; None where nothing is declared.

    extent: of the district; what is not known to be CGCS2000 stays as written, with a word on what it looks like there.
    """
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    values, as_written = flattened(wkb)
    written = shapely.bounds(values)
    beyond = [DIMENSION_WORDS[name] for name in dimensions(wkb)]
    found = (
        [
            finding(
                "layer.more_dimensions",
                found="、".join(zh for zh, _ in beyond),
                found_en=" and ".join(en for _, en in beyond),
            )
        ]
        if beyond
        else []
    )

    def unknown(rule_id: str, name: str | None = None) -> PlacedLayer:
        hint = looks_like(written, extent)
        return PlacedLayer(
            values, as_written, False, [*found, finding(rule_id, found=name, hint=hint.zh, hint_en=hint.en)], written
        )

    if crs is None:
        return unknown("layer.crs_missing")
    try:
        declared = CRS.from_user_input(crs)
    except CRSError:
        return unknown("layer.crs_unsupported", crs[:LONGEST_CRS])
    written_in, converted = _named(crs, declared), None
    if declared.is_compound:
        declared = declared.sub_crs_list[0]
    if not _is_cgcs2000(declared):
        if datum := _like_cgcs2000(declared):
            return unknown("layer.datum_name", datum)
        return unknown("layer.crs_unsupported", declared.name)
    if declared.is_projected:
        values = _to_degrees(values, declared)
        as_written = rewritten(values, as_written)
        converted = written_in, _named(STORED_IN, CRS(STORED_IN))
    return PlacedLayer(values, as_written, True, found, written, converted)


def looks_like(written: NDArray[np.float64], extent: Extent) -> Hint:
    """The reference system in which most features would lie in the district, as the submitter's words for a finding;
    never taken for it.

    written: corners of the features as written.
    """
    from pyproj import CRS, Transformer

    corners = written[np.isfinite(written).all(axis=1)]
    if not len(corners):
        return Hint()
    centres = (corners[:, :2] + corners[:, 2:]) / 2
    for is_swapped in (False, True):
        x, y = centres[:, ::-1].T if is_swapped else centres.T
        for name in WRITTEN_IN:
            lon, lat = Transformer.from_crs(name, STORED_IN, always_xy=True).transform(x, y)
            inside = _touches(np.column_stack([lon, lat, lon, lat]), extent)
            if inside.sum() > MOST * len(corners):
                return reference_hint(_named(name, CRS(name)), is_swapped)
    return Hint()


def _named(written: str, crs: "CRS") -> str:
    """A reference system by its name, behind its code where it is written by it."""
    return f"{written}（{crs.name}）" if written.startswith("EPSG:") else str(crs.name)


def _is_cgcs2000(crs: "CRS") -> bool:
    geodetic = crs.geodetic_crs
    name = geodetic.datum.name if geodetic is not None and geodetic.datum is not None else ""
    return re.sub(r"[^a-z0-9]", "", name.lower()) in DATUM_NAMES


def _like_cgcs2000(crs: "CRS") -> str | None:
    """The name of a datum that means CGCS2000 and is written otherwise than it is (D_New_CGCS2000); None for any other."""
    geodetic = crs.geodetic_crs
    name = str(geodetic.datum.name) if geodetic is not None and geodetic.datum is not None else ""
    letters = re.sub(r"[^a-z0-9]", "", name.lower())
    return name if any(meant in letters for meant in ("cgcs2000", "china2000", "chinageodetic2000")) else None


def _to_degrees(values: Geometries, crs: "CRS") -> Geometries:
    from pyproj import Transformer

    to_degrees = Transformer.from_crs(crs, STORED_IN, always_xy=True)

    def unproject(metres: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.round(np.column_stack(to_degrees.transform(metres[:, 0], metres[:, 1])), DECIMALS)

    return shapely.transform(values, unproject)


def position_findings(
    placed: PlacedLayer, extent: Extent, reporting_units: list[str], features: list[str | None]
) -> list[Finding]:
    """What lies outside of the district, and whether latitude stands before longitude, or northing before easting.

    extent: of the district (west, south, east, north); units, features: of each. One finding for the layer when most
    features are concerned, else one each.
    """
    values = placed.geometries
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
        hint = looks_like(placed.written, extent)
        return [
            finding(
                "layer.outside_district",
                count=int(outside.sum()),
                point=_centre(bounds[np.flatnonzero(outside)[0]]),
                hint=hint.zh,
                hint_en=hint.en,
            )
        ]
    return [
        finding(
            "layer.outside_district",
            reporting_unit=reporting_units[row],
            feature=features[row],
            count=1,
            point=_centre(bounds[row]),
            hint="",
            hint_en="",
        )
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
