"""Where features lie: in the district and in their township, and whether the whole layer is shifted. Called by
`layer_checks`.
"""

from collections import Counter
from functools import partial
from typing import Any

import numpy as np
import shapely

from contracts import Finding, finding
from contracts.hints import gcj02_hint
from contracts.places import township_name
from ingestion.normalize.layer_position import MOST
from ingestion.normalize.layer_under_check import LayerUnderCheck, feature_findings, percent, threshold
from ingestion.normalize.layer_units import prefix_township
from spatial.area import METRES_A_DEGREE, areas
from spatial.gcj02 import gcj02_offset
from spatial.wkb import Geometries

SAME_GROUND = 0.98  # of two areas: so alike, a layer and the ground that it covers are one drawn twice
BETTER = 10  # times: so much less lies apart when a shifted layer is moved back, at least
FAR_FROM_GCJ02_M = (
    60.0  # from the offset of web maps at the centre of a layer: over the district it varies by up to 69 m
)


def outside_features(layer: LayerUnderCheck) -> list[Finding]:
    """Features within the district's extent and yet in none of its townships."""
    if not layer.outlines or layer.contract.layout.covers == "district":
        return []
    beyond = np.array([place is None for place in layer.located], dtype=bool) & layer.is_sound
    if beyond.sum() > MOST * layer.is_sound.sum():
        return [
            finding(
                "layer.outside_district",
                count=int(beyond.sum()),
                point=layer.point(layer.rows(beyond)[0]),
                hint="",
                hint_en="",
            )
        ]
    return [
        finding(
            "layer.outside_district",
            reporting_unit=layer.reporting_units[row],
            sheet=layer.sheets[row],
            feature=layer.ids[row],
            count=1,
            point=layer.point(row),
            hint="",
            hint_en="",
        )
        for row in layer.rows(beyond)
    ]


def partly_outside(layer: LayerUnderCheck) -> list[Finding]:
    """Features that reach over the border of the district; what lies outside counts nowhere."""
    if not layer.outlines or layer.contract.layout.covers:
        return []
    rule_id = "layer.partly_outside"
    district = shapely.union_all(list(layer.outlines.values()))
    shapely.prepare(district)
    near = np.flatnonzero(
        layer.is_sound & shapely.intersects(district, layer.values) & ~shapely.covers(district, layer.values)
    )
    beyond = shapely.difference(layer.values[near], district)
    size = np.nan_to_num(areas(beyond, "straight"))
    share = percent(size, layer.area_m2[near])
    found = []
    for at in np.flatnonzero(share > threshold(rule_id)).tolist():
        row, inside = int(near[at]), shapely.point_on_surface(beyond[at])
        found.append(
            finding(
                rule_id,
                reporting_unit=layer.reporting_units[row],
                sheet=layer.sheets[row],
                feature=layer.ids[row],
                found=round(float(size[at]), 1),
                share=f"{share[at]:.3g}",
                point=(inside.x, inside.y),
            )
        )
    return found


def location_codes(layer: LayerUnderCheck) -> list[Finding]:
    """Parcels against the township in which they lie: by their location code, and by the unit with which they were
    submitted.

    A wrong code is reported to every unit that the parcel might belong to: neither is whole before it is corrected.
    """
    field = layer.contract.layout.location
    if field is None or not layer.outlines:
        return []
    coded = [None if code is None else prefix_township(code) for code in layer.table[field].to_pylist()]
    placed = [
        place or reporting_unit for place, reporting_unit in zip(layer.located, layer.reporting_units, strict=True)
    ]
    wrong = [
        row
        for row, (code, place) in enumerate(zip(coded, layer.located, strict=True))
        if code and place and code != place
    ]
    astray = [row for row, place in enumerate(placed) if place != layer.reporting_units[row]]

    def operands(rule_id: str, found: list[str | None], rows: list[int]) -> dict[str, Any]:
        return {
            "rule_id": rule_id,
            "field": field,
            "found": found[rows[0]],
            "expected": township_name(placed[rows[0]]),
            "point": layer.point(rows[0]),
        }

    miscoded = partial(operands, "layer.zldwdm_township_mismatch", coded)
    outside = partial(
        operands, "layer.outside_unit", [township_name(reporting_unit) for reporting_unit in layer.reporting_units]
    )
    also = sorted(set(wrong).intersection(astray))
    return [
        *layer.findings(wrong, miscoded),
        *feature_findings(also, placed, layer.ids, layer.sheets, miscoded),
        *layer.findings(sorted(set(astray).difference(wrong)), outside),
    ]


def shifted(layer: LayerUnderCheck) -> list[Finding]:
    """A layer that covers a township or the district, and lies beside it: by how much, and whether web maps are shifted
    so.

    What it covers is known by its area. It is shifted when it falls together with that after it is moved by the
    difference of the centres. It is never moved back here: which offset its coordinates have is for whoever made them to
    say.
    """
    covered = _covered(layer)
    if covered is None:
        return []
    values, ground = covered
    sides = np.abs(shapely.total_bounds(values) - shapely.bounds(ground)) * METRES_A_DEGREE
    if sides.max() <= threshold("layer.shifted") / 2:  # most layers: their ground need not be put together
        return []
    mine = shapely.union_all(values)
    offset = shapely.get_coordinates(mine.centroid)[0] - shapely.get_coordinates(ground.centroid)[0]
    centre = ground.centroid
    scale = METRES_A_DEGREE * np.array([np.cos(np.radians(centre.y)), 1.0])
    east, north = (offset * scale).tolist()
    distance = float(np.hypot(east, north))
    back = shapely.transform(mine, lambda at: at - offset)
    if distance <= threshold("layer.shifted") or _apart(back, ground) * BETTER > _apart(mine, ground):
        return []
    web = np.array(gcj02_offset(centre.x, centre.y)) * scale
    hint = gcj02_hint(bool(np.hypot(*(web - (east, north))) < FAR_FROM_GCJ02_M))
    inside = shapely.point_on_surface(mine)
    return [
        finding(
            "layer.shifted",
            sheet=layer.sheets[0],
            found=round(distance),
            east=round(east),
            north=round(north),
            hint=hint.zh,
            hint_en=hint.en,
            point=(inside.x, inside.y),
        )
    ]


def _covered(layer: LayerUnderCheck) -> tuple[Geometries, shapely.Geometry] | None:
    """The features that cover one ground, and the township or district that this has to be; None where there is none of
    that area.
    """
    covers = layer.contract.layout.covers
    if covers is None or not layer.outlines or not layer.is_sound.any():
        return None
    values = layer.values[layer.is_sound]
    if covers == "parts":  # each zoning covers the district
        zoning = layer.table["zoning"].to_numpy(zero_copy_only=False)[layer.is_sound]
        values = values[zoning == zoning[0]]
    size = shapely.area(values).sum()
    commonest = Counter(layer.reporting_units).most_common(1)[0][0]
    wholes = [layer.outlines[commonest]] if commonest in layer.outlines else []
    for ground in [*wholes, shapely.union_all(list(layer.outlines.values()))]:
        if SAME_GROUND < size / ground.area < 1 / SAME_GROUND:
            return values, ground
    return None


def _apart(one: shapely.Geometry, other: shapely.Geometry) -> float:
    return float(shapely.symmetric_difference(one, other).area)
