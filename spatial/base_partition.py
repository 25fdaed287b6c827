"""The base partition, by which every layer is cut: township part × consolidation zone × restoration zone. The pipeline
makes one for each accepted boundary and zoning.
"""

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from spatial.area import areas, mean_width_m
from spatial.cutting import ROUNDING_M2, OverlappingPartition
from spatial.overlaps import candidates
from spatial.wkb import Geometries, column, geometries, points

SCHEMA = pa.schema(
    [
        ("part_code", pa.string()),
        ("township_code", pa.string()),
        ("consolidation_zone", pa.string()),
        ("restoration_zone", pa.string()),
        ("geometry", pa.binary()),
        ("area_m2", pa.float64()),
    ]
)
AREA_CELL = ("part_code", "consolidation_zone", "restoration_zone")
CONSOLIDATION, RESTORATION = "consolidation", "restoration"
# two drawings of one border may differ by so much; what is wider is somebody's land and must be declared
SLIVER_WIDTH_M = 1.0

AreaCell: TypeAlias = tuple[str, str, str]
Problem: TypeAlias = Mapping[str, str | float | None]


class ZoningMismatch(ValueError):
    """Townships and zones meet in a way that the membership does not declare.

    problems: dicts of township_code, consolidation_zone, restoration_zone (None: no zone at all), area_m2, lon, lat (a
    point inside).
    """

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        where = "; ".join(
            f"{one['township_code']} in {one['consolidation_zone']} × {one['restoration_zone']}: {one['area_m2']:.1f} m²"
            f" at {one['lon']:.6f}, {one['lat']:.6f}"
            for one in problems
        )
        super().__init__(f"ground that no part is declared for: {where}")


def base_partition(townships: pa.Table, zones: pa.Table, membership: pa.Table) -> pa.Table:
    """Takes townships, zones and the declared area cells, gives the area cells with their ground, ordered by township
    and part.

    Returns (part_code, township_code, consolidation_zone, restoration_zone, geometry, area_m2). townships:
    (township_code, geometry); zones: (zoning, zone_code, geometry), zoning `consolidation` or `restoration`;
    membership: (part_code, township_code, consolidation_zone, restoration_zone), the declared area cells. Geometries
    are WKB polygons, longitude/latitude. The area cells of a township are disjoint and add up to it (1e-9): slivers
    along its borders, up to SLIVER_WIDTH_M wide on average, that lie in an undeclared zone or in none, go to the
    declared area cell of that township with which they share the longest border. Ground of two townships that is no
    wider belongs to the one whose code comes first. Raises ZoningMismatch when a wider piece lies where nothing is
    declared, or when a declared area cell has no ground, OverlappingPartition when townships share a wider piece.
    """
    areal = {zoning: _by_code(zones, zoning) for zoning in (CONSOLIDATION, RESTORATION)}
    outlines = _without_overlaps(
        dict(zip(townships["township_code"].to_pylist(), geometries(townships["geometry"]), strict=True))
    )
    declared: dict[str, list[AreaCell]] = {}
    for township, *area_cell in sorted(
        zip(*(membership[name].to_pylist() for name in ("township_code", *AREA_CELL)), strict=True)
    ):
        declared.setdefault(township, []).append((area_cell[0], area_cell[1], area_cell[2]))

    problems: list[Problem] = []
    rows = []
    for code, outline in sorted(outlines.items()):
        area_cells, undeclared = _area_cells(outline, declared.get(code, []), areal)
        problems += [{"township_code": code, **problem} for problem in undeclared]
        rows += [
            (part, code, cz, rz, shape)
            for (part, cz, rz), shape in zip(declared.get(code, []), area_cells, strict=True)
        ]
    if problems:
        raise ZoningMismatch(problems)
    shapes = np.array([row[4] for row in rows], dtype=object)
    codes = list(zip(*(row[:4] for row in rows), strict=True)) or [()] * 4
    sizes = _closing([row[1] for row in rows], shapes, outlines)
    return pa.table(
        [*(pa.array(values, type=pa.string()) for values in codes), column(shapes), pa.array(sizes)], schema=SCHEMA
    )


def _without_overlaps(outlines: dict[str, shapely.Geometry]) -> dict[str, shapely.Geometry]:
    """Townships of which no two share ground, in the order of their codes. Raises OverlappingPartition."""
    codes = sorted(outlines)
    shapes = np.array([outlines[code] for code in codes], dtype=object)
    for first, second in zip(*candidates(shapes), strict=True):
        shared = shapely.get_parts(_polygonal(shapely.intersection(shapes[first], shapes[second])))
        if areas(shared, "straight").sum() <= ROUNDING_M2:
            continue
        if (mean_width_m(shared) > SLIVER_WIDTH_M).any():
            raise OverlappingPartition(f"townships {codes[first]} and {codes[second]} share ground")
        shapes[second] = _polygonal(shapely.difference(shapes[second], shapes[first]))
    return dict(zip(codes, shapes, strict=True))


def _closing(townships: list[str], shapes: Geometries, outlines: dict[str, shapely.Geometry]) -> NDArray[np.float64]:
    """Areas of the area cells, scaled to add up to their township: where a cut runs through an edge, its halves are no
    longer one geodesic.
    """
    names = list(outlines)
    owner = np.array([names.index(code) for code in townships], dtype=np.int64)
    sizes = areas(shapes)
    whole = areas(np.array([outlines[name] for name in names], dtype=object))
    return sizes * (whole / np.bincount(owner, weights=sizes, minlength=len(names)))[owner]


def _by_code(zones: pa.Table, zoning: str) -> dict[str, shapely.Geometry]:
    of_zoning = [row for row, kind in enumerate(zones["zoning"].to_pylist()) if kind == zoning]
    taken = zones.take(pa.array(of_zoning, type=pa.int64()))
    return dict(zip(taken["zone_code"].to_pylist(), geometries(taken["geometry"]), strict=True))


def _area_cells(
    outline: shapely.Geometry,
    declared: list[AreaCell],
    zones: dict[str, dict[str, shapely.Geometry]],
) -> tuple[list[shapely.Geometry], list[Problem]]:
    """Cuts one township into its declared area cells; also what lies outside of them."""
    left = outline
    cores = []
    for _, cz, rz in declared:
        ground = shapely.intersection(zones[CONSOLIDATION].get(cz), zones[RESTORATION].get(rz))
        cores.append(_polygonal(shapely.intersection(left, ground)))
        left = _polygonal(shapely.difference(left, cores[-1]))
    problems: list[Problem] = [
        {"consolidation_zone": cz, "restoration_zone": rz, **_where(outline), "area_m2": 0.0}
        for (_, cz, rz), core in zip(declared, cores, strict=True)
        if core.is_empty
    ]
    rest = shapely.get_parts(left)
    wide = mean_width_m(rest) > SLIVER_WIDTH_M
    problems += [{**_zones_at(piece, zones), **_where(piece)} for piece in rest[wide]]
    if not problems and declared:
        slivers: list[list[shapely.Geometry]] = [[] for _ in cores]
        for sliver in rest:
            slivers[_neighbour(sliver, cores)].append(sliver)
        cores = [
            shapely.union_all([core, *extra]) if extra else core for core, extra in zip(cores, slivers, strict=True)
        ]
    return cores, problems


def _neighbour(sliver: shapely.Geometry, cores: list[shapely.Geometry]) -> int:
    """The area cell that a sliver joins: the longest shared border, else the nearest."""
    if len(cores) == 1:
        return 0
    shared = shapely.length(shapely.intersection(sliver, np.array(cores, dtype=object)))
    return (
        int(np.argmax(shared))
        if shared.max() > 0
        else int(np.argmin(shapely.distance(sliver, np.array(cores, dtype=object))))
    )


def _polygonal(value: shapely.Geometry | None) -> shapely.Geometry:
    """The polygons of a geometry; an empty multipolygon where there are none."""
    parts = shapely.get_parts(value) if value is not None else np.empty(0, dtype=object)
    return shapely.multipolygons(parts[shapely.get_dimensions(parts) == 2])


def _zones_at(piece: shapely.Geometry, zones: dict[str, dict[str, shapely.Geometry]]) -> dict[str, str | None]:
    inside = shapely.point_on_surface(piece)
    return {
        f"{zoning}_zone": next(
            (code for code, shape in zones[zoning].items() if shapely.intersects(shape, inside)), None
        )
        for zoning in (CONSOLIDATION, RESTORATION)
    }


def _where(piece: shapely.Geometry) -> dict[str, float]:
    pieces = np.array([piece], dtype=object)
    lon, lat = points(pieces)
    return {"area_m2": float(areas(pieces, "straight")[0]), "lon": float(lon[0]), "lat": float(lat[0])}
