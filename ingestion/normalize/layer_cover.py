"""Whether a layer covers the ground that it has to cover, and no other; and whether planning zones divide the townships as
the plan declares, for every later layer is cut by them. Called by `layer_checks`.
"""

import numpy as np
import pyarrow as pa
import shapely

from contracts import Finding, code_lists, finding
from contracts.places import township_name
from contracts.reference import lookup, membership, table
from ingestion.normalize.layer_under_check import LayerUnderCheck, percent, threshold
from spatial.area import areas
from spatial.base_partition import CONSOLIDATION, RESTORATION, ZoningMismatch, base_partition
from spatial.base_partition import Problem as ZoningProblem
from spatial.gaps import gaps


def missing_townships(layer: LayerUnderCheck) -> list[Finding]:
    """Townships that a boundary layer lacks."""
    if layer.contract.layout.covers != "district":
        return []
    return [
        finding(
            "layer.missing_unit",
            reporting_unit=layer.reporting_units[0],
            sheet=layer.sheets[0],
            feature=row["township_code"],
            found=row["township_name"],
        )
        for row in table("township")
        if row["township_code"] not in layer.sent
    ]


def coverage_gap(layer: LayerUnderCheck) -> list[Finding]:
    """Ground of a township that its parcels leave uncovered; not checked where a faulty shape may be the reason."""
    if layer.contract.layout.covers != "township":
        return []
    found = []
    faulty = {layer.reporting_units[row] for row in layer.rows(~layer.is_sound)}
    covering = layer.table["geometry"].filter(pa.array(layer.is_sound))
    for reporting_unit in sorted(set(layer.reporting_units) - faulty):
        if reporting_unit not in layer.outlines:
            continue
        holes = gaps(covering, shapely.to_wkb(layer.outlines[reporting_unit])).to_pylist()
        whole = _area(layer.outlines[reporting_unit])
        sheet = layer.sheets[layer.reporting_units.index(reporting_unit)]
        uncovered = sum(hole["area_m2"] for hole in holes)
        large = [hole for hole in holes if percent(hole["area_m2"], whole) > threshold("layer.gap")]
        if not large and percent(uncovered, whole) > threshold("layer.gap"):
            large = [{**holes[0], "area_m2": uncovered}]
        found += [
            finding(
                "layer.gap",
                reporting_unit=reporting_unit,
                sheet=sheet,
                found=round(hole["area_m2"], 1),
                expected=township_name(reporting_unit),
                share=f"{percent(hole['area_m2'], whole):.3g}",
                point=(hole["lon"], hole["lat"]),
            )
            for hole in large
        ]
    return found


def boundary_overshoot(layer: LayerUnderCheck) -> list[Finding]:
    """Ground that a township's parcels cover beyond its border: as much as a gap may not leave within it."""
    if layer.contract.layout.covers != "township" or not layer.outlines:
        return []
    rule_id, found = "layer.beyond_township", []
    reporting_units = np.array(layer.reporting_units, dtype=object)
    # a parcel of the neighbour's is reported as such (`location_codes`)
    at_home = np.array(layer.located, dtype=object) == reporting_units
    for reporting_unit in sorted(set(layer.reporting_units) & set(layer.outlines)):
        outline = layer.outlines[reporting_unit]
        shapely.prepare(outline)
        mine = np.flatnonzero((reporting_units == reporting_unit) & at_home & layer.is_sound)
        mine = mine[shapely.intersects(outline, layer.values[mine]) & ~shapely.covers(outline, layer.values[mine])]
        beyond = shapely.difference(layer.values[mine], outline)
        size = np.nan_to_num(areas(beyond, "straight"))
        share = percent(size, _area(outline))
        large = np.flatnonzero(share > threshold(rule_id)).tolist()
        together = [] if large or share.sum() <= threshold(rule_id) else [int(np.argmax(size))]
        for at in large or together:
            inside = shapely.point_on_surface(beyond[at])
            total = size.sum() if together else size[at]
            found.append(
                finding(
                    rule_id,
                    reporting_unit=reporting_unit,
                    sheet=layer.sheets[mine[at]],
                    feature=layer.ids[mine[at]],
                    found=round(float(total), 1),
                    expected=township_name(reporting_unit),
                    township=reporting_unit,
                    share=f"{percent(total, _area(outline)):.3g}",
                    point=(inside.x, inside.y),
                )
            )
    return found


def partition_mismatch(layer: LayerUnderCheck, table: pa.Table) -> list[Finding]:
    """Zones and townships that do not divide each other as planned: of a zoning beside the accepted boundary, and of a
    boundary beside the accepted zones. By the very partition that a build cuts all layers by, so that what passes can be
    built; only of a layer that is whole and sound, for any other fault shows here again. table: the submission table.
    """
    if not 0 < table.num_rows == len(layer.values) == layer.is_sound.sum():
        return []
    covers = layer.contract.layout.covers
    if covers == "parts" and layer.townships is not None:
        return _mismatch("layer.zoning_mismatch", table, layer.townships, table)
    if covers == "district" and layer.zones is not None:
        return _mismatch("layer.boundary_mismatch", table, table, layer.zones)
    return []


def _area(outline: shapely.Geometry) -> float:
    return float(areas(np.array([outline], dtype=object))[0])


def _mismatch(rule_id: str, layer: pa.Table, townships: pa.Table, zones: pa.Table) -> list[Finding]:
    """Ground of a township in zones that the plan does not put it in, or in none; and parts of the plan that have no
    ground.

    layer: the submission table, which is one of the two; townships: (township_code, geometry); zones: (zoning,
    zone_code, geometry), valid polygons. What a township has in the same zones is reported once: the whole area, at a
    point in the largest piece. A part without ground is reported only where its township has none astray.
    """
    try:
        base_partition(townships, zones, pa.Table.from_pylist(list(membership())))
    except ZoningMismatch as undeclared:
        alike: dict[tuple[str, str | None, str | None], list[ZoningProblem]] = {}
        astray = {problem["township_code"] for problem in undeclared.problems if problem["area_m2"]}
        for problem in undeclared.problems:
            if not problem["area_m2"] and problem["township_code"] in astray:
                continue
            at = (str(problem["township_code"]), _zone_code(problem, CONSOLIDATION), _zone_code(problem, RESTORATION))
            alike.setdefault(at, []).append(problem)
        return [_mismatch_finding(rule_id, layer, *at, pieces) for at, pieces in alike.items()]
    return []


def _zone_code(problem: ZoningProblem, zoning: str) -> str | None:
    code = problem[f"{zoning}_zone"]
    return None if code is None else str(code)


def _mismatch_finding(
    rule_id: str,
    layer: pa.Table,
    township: str,
    consolidation: str | None,
    restoration: str | None,
    pieces: list[ZoningProblem],
) -> Finding:
    names = lookup("zone", "zone_code", "zone_name")
    zones = {CONSOLIDATION: consolidation, RESTORATION: restoration}
    largest = max(pieces, key=lambda piece: float(piece["area_m2"] or 0))
    is_boundary = rule_id == "layer.boundary_mismatch"
    return finding(
        rule_id,
        reporting_unit=layer["reporting_unit"][0].as_py(),
        sheet=layer["sheet"][0].as_py(),
        feature=township if is_boundary else "|".join(code for code in zones.values() if code) or None,
        found=round(sum(float(piece["area_m2"] or 0) for piece in pieces), 1),
        expected=township_name(township),
        point=(float(largest["lon"] or 0), float(largest["lat"] or 0)),
        township=township,
        zones="、".join(
            names.get(code, code) if code else f"（未划入{code_lists()['zoning'].values[zoning][1]}）"
            for zoning, code in zones.items()
        ),
        zones_en=" and ".join(code or f"no {zoning} zone" for zoning, code in zones.items()),
    )
