"""What is wrong with features by themselves and between each other: faults, geometry warnings, overlaps, declared areas.
Called by `layer_checks`.
"""

from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from contracts import Finding, finding
from contracts.hints import difference_hint
from contracts.model import Severity
from ingestion.normalize.layer_under_check import LayerUnderCheck, percent, square_metres, threshold
from spatial.faults import faults
from spatial.geometry_warnings import KINDS, geometry_warnings
from spatial.overlaps import overlaps


def shape_faults(layer: LayerUnderCheck) -> list[Finding]:
    """Shapes that have no ground, or whose ground is not known; a line has none, and need not where it may be one."""
    found = faults(pa.array(range(len(layer.values))), layer.table["geometry"]).to_pylist()
    return [
        finding(
            f"layer.{fault['kind']}",
            reporting_unit=layer.reporting_units[row],
            sheet=layer.sheets[row],
            feature=layer.ids[row],
            found=fault["detail"],
            detail=fault["detail"],
            point=None if fault["lon"] is None else (fault["lon"], fault["lat"]),
        )
        for fault in found
        for row in (int(fault["feature"]),)
        if not layer.is_line[row]
    ]


def geometry_warning_findings(layer: LayerUnderCheck) -> list[Finding]:
    """Spikes, duplicate points and the like in shapes whose ground is known all the same."""
    limits = (threshold("layer.spike"), threshold("layer.duplicate_point"), threshold("layer.tiny_ring"))
    warnings = geometry_warnings(pa.array(range(len(layer.values))), layer.table["geometry"], *limits).to_pylist()
    found = []
    for kind in KINDS:
        at = {int(one["feature"]): one for one in warnings if one["kind"] == kind}
        found += layer.findings(sorted(at), partial(_warning, f"layer.{kind}", at))
    return found


def _warning(rule_id: str, at: dict[int, dict[str, Any]], rows: list[int]) -> dict[str, Any]:
    worst = min((at[row] for row in rows), key=lambda one: one["measure"] or 0.0)
    found = None if worst["measure"] is None else float(f"{worst['measure']:.3g}")
    return {
        "rule_id": rule_id,
        "found": found,
        "count": sum(at[row]["count"] for row in rows),
        "point": (worst["lon"], worst["lat"]),
    }


def shared_ground(layer: LayerUnderCheck) -> list[Finding]:
    """Features that lie on each other, and on those of other projects that were accepted before."""
    layout = layer.contract.layout
    found = []
    if layout.overlaps:
        found += _overlapping(layer, "layer.overlap", layout.overlaps, "within" if layout.overlaps_within else "all")
    if layout.overlaps_between:
        found += _overlapping(layer, "layer.project_site_overlap", layout.overlaps_between, "between")
        found += _on_others(layer, layout.overlaps_between)
    return found


def _overlapping(layer: LayerUnderCheck, rule_id: str, severity: Severity, among: str) -> list[Finding]:
    """An error is reported to the reporting unit of either feature, a warning once."""
    within = layer.contract.layout.overlaps_within
    group = layer.table[within] if within else None
    pairs = overlaps(pa.array(range(len(layer.values))), layer.table["geometry"], threshold(rule_id), group, among)  # type: ignore[arg-type]
    found = []
    for pair in pairs.to_pylist():
        one, other = int(pair["feature_a"]), int(pair["feature_b"])
        concerned = sorted({layer.reporting_units[one], layer.reporting_units[other]})
        for reporting_unit in concerned if severity == "error" else concerned[:1]:
            found.append(
                finding(
                    rule_id,
                    severity=severity,
                    reporting_unit=reporting_unit,
                    sheet=layer.sheets[one],
                    feature=f"{layer.ids[one]}|{layer.ids[other]}",
                    found=round(pair["area_m2"], 1),
                    hectares=round(pair["area_m2"] / square_metres("ha"), 4),
                    point=(pair["lon"], pair["lat"]),
                )
            )
    return found


def _on_others(layer: LayerUnderCheck, severity: Severity) -> list[Finding]:
    """Sites on the accepted site of another project, which came in another layer."""
    rule_id = "layer.site_of_other_project"
    if layer.others is None or not layer.others.num_rows:
        return []
    group, count = str(layer.contract.layout.overlaps_within), len(layer.values)
    both = pa.concat_tables(
        [
            pa.table({"geometry": layer.table["geometry"], "group": layer.table[group]}),
            pa.table({"geometry": layer.others["geometry"], "group": layer.others[group]}),
        ]
    )
    pairs = overlaps(
        pa.array(range(both.num_rows)), both["geometry"], threshold(rule_id), both["group"], "between"
    ).to_pylist()
    others = layer.others.drop_columns(["geometry"]).to_pylist()
    found = []
    for pair in pairs:
        one, other = int(pair["feature_a"]), int(pair["feature_b"]) - count
        if one < count and other >= 0:
            both_ids = f"{layer.ids[one]}|{others[other]['feature']}"
            found.append(
                finding(
                    rule_id,
                    severity=severity,
                    reporting_unit=layer.reporting_units[one],
                    sheet=layer.sheets[one],
                    feature=both_ids,
                    found=round(pair["area_m2"], 1),
                    hectares=round(pair["area_m2"] / square_metres("ha"), 4),
                    project=others[other][group],
                    of_period=others[other]["period"],
                    point=(pair["lon"], pair["lat"]),
                )
            )
    return found


def declared_areas(layer: LayerUnderCheck) -> list[Finding]:
    """Declared areas against the measured ones."""
    name = layer.contract.layout.declared_area
    if name is None:
        return []
    field = layer.contract.fields[name]
    measure_unit = str(field.measure_unit)
    declared = layer.table[name].to_numpy()
    measured = layer.area_m2 / square_metres(measure_unit)
    with np.errstate(divide="ignore", invalid="ignore"):
        off = percent(np.abs(declared - measured), measured)
    wrong = layer.is_sound & ~np.isnan(declared) & (off > threshold("layer.declared_area_mismatch"))

    def operands(rows: list[int]) -> dict[str, Any]:
        total_declared, total_measured = float(declared[rows].sum()), float(measured[rows].sum())
        hint = difference_hint(total_declared, total_measured, measure_unit)
        return {
            "rule_id": "layer.declared_area_mismatch",
            "field": name,
            "title": field.zh,
            "found": total_declared,
            "expected": float(f"{total_measured:.6g}"),
            "hint": hint.zh,
            "hint_en": hint.en,
            "point": layer.point(rows[0]) if len(rows) == 1 else None,
        }

    return layer.findings(layer.rows(wrong), operands)
