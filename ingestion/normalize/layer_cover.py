"""Whether a layer covers the ground that it has to cover, and no other."""

import numpy as np
import pyarrow as pa
import shapely

from contracts import Finding, finding
from contracts.places import township_name
from contracts.reference import table
from ingestion.normalize.layer_judged import Layer, percent, threshold
from ingestion.normalize.layer_zones import zoning_mismatch
from spatial.area import areas
from spatial.gaps import gaps


def missing_townships(layer: Layer) -> list[Finding]:
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


def coverage_gap(layer: Layer) -> list[Finding]:
    """Ground of a township that its parcels leave uncovered; not judged where a faulty shape may be the reason."""
    if layer.contract.layout.covers != "township":
        return []
    found = []
    faulty = {layer.reporting_units[row] for row in layer.rows(~layer.sound)}
    covering = layer.frame["geometry"].filter(pa.array(layer.sound))
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


def boundary_overshoot(layer: Layer) -> list[Finding]:
    """Ground that a township's parcels cover beyond its border: as much as a gap may not leave within it."""
    if layer.contract.layout.covers != "township" or not layer.outlines:
        return []
    rule_id, found = "layer.beyond_township", []
    reporting_units = np.array(layer.reporting_units, dtype=object)
    at_home = (
        np.array(layer.located, dtype=object) == reporting_units
    )  # a parcel of the neighbour's is told as such (`location_codes`)
    for reporting_unit in sorted(set(layer.reporting_units) & set(layer.outlines)):
        outline = layer.outlines[reporting_unit]
        shapely.prepare(outline)
        mine = np.flatnonzero((reporting_units == reporting_unit) & at_home & layer.sound)
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


def undeclared_zones(layer: Layer, frame: pa.Table) -> list[Finding]:
    """Zones that do not divide the townships as planned; only of a layer that is whole and sound, for any other fault
    shows here again.
    """
    whole = 0 < frame.num_rows == len(layer.values) == layer.sound.sum()
    if layer.contract.layout.covers != "parts" or layer.townships is None or not whole:
        return []
    return zoning_mismatch(frame, layer.townships)


def _area(outline: shapely.Geometry) -> float:
    return float(areas(np.array([outline], dtype=object))[0])
