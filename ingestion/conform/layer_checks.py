"""What is wrong with a layer's geometry: faults, overlaps, gaps, declared areas, places. Thresholds and words are the catalogue's."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from contracts import Contract, Finding, catalogue, finding, units
from contracts.hints import difference_hint
from contracts.model import Severity
from contracts.places import township_name
from contracts.reference import COUNTY_EXTENT, table
from ingestion.conform.layer_findings import by_unit
from ingestion.conform.layer_position import MOST, Extent, in_extent
from ingestion.conform.layer_units import located, prefix_township
from ingestion.conform.layer_zones import undeclared_ground
from spatial.area import ellipsoidal_area
from spatial.faults import faults
from spatial.gaps import gaps
from spatial.overlaps import overlaps
from spatial.wkb import Geometries, geometries


@dataclass(frozen=True)
class Layer:
    """The features that can be judged: those without geometry, and those that lie in the district (`conform_layer` reports the others).

    sent: ids of all features, the others' too.
    """

    contract: Contract
    frame: pa.Table
    values: Geometries
    townships: pa.Table | None
    sent: frozenset[str | None]

    @cached_property
    def ids(self) -> list[str]:
        """Feature ids; the feature's number where it has none."""
        return pc.coalesce(self.frame["feature"], pc.cast(self.frame["row_no"], pa.string())).to_pylist()

    @cached_property
    def units(self) -> list[str]:
        return self.frame["unit"].to_pylist()

    @cached_property
    def sheets(self) -> list[str | None]:
        return self.frame["sheet"].to_pylist()

    @cached_property
    def sound(self) -> NDArray[np.bool_]:
        """Which have a valid shape: the others' area and cover are not known before they are mended."""
        return shapely.is_valid(self.values) & ~shapely.is_empty(self.values) & np.asarray(self.frame["area_m2"].is_valid())

    @cached_property
    def area_m2(self) -> NDArray[np.float64]:
        return self.frame["area_m2"].to_numpy()

    @cached_property
    def located(self) -> list[str | None]:
        return located(self.values, self.townships) if self.townships is not None else []

    def rows(self, mask: NDArray[np.bool_]) -> list[int]:
        return np.flatnonzero(mask).tolist()

    def point(self, row: int) -> tuple[float, float] | None:
        inside = shapely.point_on_surface(self.values[row])
        return None if inside is None or inside.is_empty else (inside.x, inside.y)


def layer_checks(frame: pa.Table, contract: Contract, townships: pa.Table | None = None, extent: Extent = COUNTY_EXTENT) -> list[Finding]:
    """Findings about a layer's geometry, in the order of the checks and of the features.

    frame: the submission frame; townships: (township_code, geometry) of the accepted boundary, without it nothing is held
    against townships; extent: of the district, west, south, east, north. How zones divide the townships is judged only where
    nothing else is found.
    """
    values = geometries(frame["geometry"])
    judged = in_extent(values, extent) | shapely.is_missing(values) | shapely.is_empty(values)
    sent = frozenset(frame[str(contract.layout.feature_id)].to_pylist())
    layer = Layer(contract, frame.filter(pa.array(judged)), values[judged], townships, sent)
    checks: Iterable[Callable[[Layer], list[Finding]]] = (
        _faults, _overlaps, _missing_townships, _outside, _location_codes, _gaps, _declared_areas,
    )
    found = [one for check in checks for one in check(layer)] if len(layer.values) else []
    return found or _undeclared_ground(layer, frame)


def _faults(layer: Layer) -> list[Finding]:
    found = faults(pa.array(range(len(layer.values))), layer.frame["geometry"]).to_pylist()
    return [
        finding(
            f"layer.{fault['kind']}", unit=layer.units[row], sheet=layer.sheets[row], feature=layer.ids[row], found=fault["detail"],
            detail=fault["detail"], point=None if fault["lon"] is None else (fault["lon"], fault["lat"]),
        )
        for fault in found for row in (int(fault["feature"]),)
    ]


def _overlaps(layer: Layer) -> list[Finding]:
    layout = layer.contract.layout
    found = []
    if layout.overlaps:
        found += _overlapping(layer, "layer.overlap", layout.overlaps, "within" if layout.overlaps_within else "all")
    if layout.overlaps_between:
        found += _overlapping(layer, "layer.project_site_overlap", layout.overlaps_between, "between")
    return found


def _overlapping(layer: Layer, rule_id: str, severity: Severity, among: str) -> list[Finding]:
    """An error is told to the unit of either feature, a warning once."""
    within = layer.contract.layout.overlaps_within
    group = layer.frame[within] if within else None
    pairs = overlaps(pa.array(range(len(layer.values))), layer.frame["geometry"], _threshold(rule_id), group, among)  # type: ignore[arg-type]
    found = []
    for pair in pairs.to_pylist():
        one, other = int(pair["feature_a"]), int(pair["feature_b"])
        concerned = sorted({layer.units[one], layer.units[other]})
        for unit in concerned if severity == "error" else concerned[:1]:
            found.append(finding(
                rule_id, severity=severity, unit=unit, sheet=layer.sheets[one], feature=f"{layer.ids[one]}|{layer.ids[other]}",
                found=round(pair["area_m2"], 1), hectares=round(pair["area_m2"] / _factor("ha"), 4), point=(pair["lon"], pair["lat"]),
            ))
    return found


def _missing_townships(layer: Layer) -> list[Finding]:
    if layer.contract.layout.covers != "district":
        return []
    return [
        finding("layer.missing_unit", unit=layer.units[0], sheet=layer.sheets[0], feature=row["township_code"], found=row["township_name"])
        for row in table("township") if row["township_code"] not in layer.sent
    ]


def _outside(layer: Layer) -> list[Finding]:
    """Features within the district's extent and yet in none of its townships."""
    if layer.townships is None or layer.contract.layout.covers == "district":
        return []
    beyond = np.array([place is None for place in layer.located], dtype=bool) & layer.sound
    if beyond.sum() > MOST * layer.sound.sum():
        return [finding("layer.outside_district", count=int(beyond.sum()), point=layer.point(layer.rows(beyond)[0]))]
    return [
        finding("layer.outside_district", unit=layer.units[row], sheet=layer.sheets[row], feature=layer.ids[row], count=1,
                point=layer.point(row))
        for row in layer.rows(beyond)
    ]


def _location_codes(layer: Layer) -> list[Finding]:
    """Parcels against the township in which they lie: by their location code, and by the unit with which they were submitted.

    A wrong code is told to every unit that the parcel might belong to: neither is whole before it is mended.
    """
    field = layer.contract.layout.location
    if field is None or layer.townships is None:
        return []
    said = [None if code is None else prefix_township(code) for code in layer.frame[field].to_pylist()]
    placed = [place or unit for place, unit in zip(layer.located, layer.units, strict=True)]
    wrong = [row for row, (code, place) in enumerate(zip(said, layer.located, strict=True)) if code and place and code != place]
    astray = [row for row, place in enumerate(placed) if place != layer.units[row]]

    def told(rule_id: str, found: list[str | None], rows: list[int]) -> dict[str, Any]:
        return {"rule_id": rule_id, "field": field, "found": found[rows[0]], "expected": township_name(placed[rows[0]]),
                "point": layer.point(rows[0])}

    miscoded = partial(told, "layer.zldwdm_township_mismatch", said)
    outside = partial(told, "layer.outside_unit", [township_name(unit) for unit in layer.units])
    also = sorted(set(wrong).intersection(astray))
    return [
        *by_unit(wrong, layer.units, layer.ids, layer.sheets, miscoded),
        *by_unit(also, placed, layer.ids, layer.sheets, miscoded),
        *by_unit(sorted(set(astray).difference(wrong)), layer.units, layer.ids, layer.sheets, outside),
    ]


def _gaps(layer: Layer) -> list[Finding]:
    """Ground of a township that its parcels leave uncovered; not judged where a faulty shape may be the reason."""
    if layer.contract.layout.covers != "township" or layer.townships is None:
        return []
    found = []
    faulty = {layer.units[row] for row in layer.rows(~layer.sound)}
    outlines = dict(zip(layer.townships["township_code"].to_pylist(), layer.townships["geometry"].to_pylist(), strict=True))
    covering = layer.frame["geometry"].filter(pa.array(layer.sound))
    for unit in sorted(set(layer.units) - faulty):
        if unit not in outlines:
            continue
        holes = gaps(covering, outlines[unit]).to_pylist()
        whole = ellipsoidal_area(pa.array([outlines[unit]], type=pa.binary()))[0].as_py()
        sheet = layer.sheets[layer.units.index(unit)]
        uncovered = sum(hole["area_m2"] for hole in holes)
        large = [hole for hole in holes if _percent(hole["area_m2"], whole) > _threshold("layer.gap")]
        if not large and _percent(uncovered, whole) > _threshold("layer.gap"):
            large = [{**holes[0], "area_m2": uncovered}]
        found += [
            finding("layer.gap", unit=unit, sheet=sheet, found=round(hole["area_m2"], 1), expected=township_name(unit),
                    share=f"{_percent(hole['area_m2'], whole):.3g}", point=(hole["lon"], hole["lat"]))
            for hole in large
        ]
    return found


def _undeclared_ground(layer: Layer, frame: pa.Table) -> list[Finding]:
    """Zones that do not divide the townships as planned; only of a layer that is whole and sound, for any other fault shows here again."""
    whole = 0 < frame.num_rows == len(layer.values) == layer.sound.sum()
    if layer.contract.layout.covers != "parts" or layer.townships is None or not whole:
        return []
    return undeclared_ground(frame, layer.townships)


def _declared_areas(layer: Layer) -> list[Finding]:
    name = layer.contract.layout.declared_area
    if name is None:
        return []
    field = layer.contract.fields[name]
    unit = str(field.unit)
    declared = layer.frame[name].to_numpy()
    measured = layer.area_m2 / _factor(unit)
    with np.errstate(divide="ignore", invalid="ignore"):
        off = _percent(np.abs(declared - measured), measured)
    wrong = layer.sound & ~np.isnan(declared) & (off > _threshold("layer.declared_area_mismatch"))

    def told(rows: list[int]) -> dict[str, Any]:
        says, is_ = float(declared[rows].sum()), float(measured[rows].sum())
        hint = difference_hint(says, is_, unit)
        return {"rule_id": "layer.declared_area_mismatch", "field": name, "title": field.zh, "found": says, "expected": float(f"{is_:.6g}"),
                "hint": hint.zh, "hint_en": hint.en, "point": layer.point(rows[0]) if len(rows) == 1 else None}

    return by_unit(layer.rows(wrong), layer.units, layer.ids, layer.sheets, told)


def _threshold(rule_id: str) -> float:
    threshold = catalogue()[rule_id].threshold
    if threshold is None:
        raise LookupError(f"the catalogue gives no threshold for {rule_id}")
    return threshold


def _factor(unit: str) -> float:
    """Square metres in a unit of area."""
    return float(units()[unit].factor)


def _percent(part: Any, whole: Any) -> Any:
    return part / whole * 100
