"""What is wrong with a layer's geometry, check by check. Thresholds and words are the catalogue's. Called by the rule runner
once the accepted boundary is known.
"""

from collections.abc import Callable

import pyarrow as pa
import shapely

from contracts import Contract, Finding
from contracts.reference import COUNTY_EXTENT
from ingestion.normalize.layer_cover import boundary_overshoot, coverage_gap, missing_townships, partition_mismatch
from ingestion.normalize.layer_place import location_codes, outside_features, partly_outside, shifted
from ingestion.normalize.layer_position import Extent, in_extent
from ingestion.normalize.layer_shapes import declared_areas, geometry_warning_findings, shape_faults, shared_ground
from ingestion.normalize.layer_under_check import LayerUnderCheck
from spatial.wkb import geometries

Check = Callable[[LayerUnderCheck], list[Finding]]
OF_SHAPES: tuple[Check, ...] = (shape_faults, geometry_warning_findings, shared_ground, missing_townships)
OF_PLACES: tuple[Check, ...] = (outside_features, partly_outside, location_codes, coverage_gap, boundary_overshoot)


OUTSIDE = "layer.outside_district"
OF_READING = frozenset({"layer.crs_missing", "layer.crs_unsupported", "layer.axis_swapped", "layer.more_dimensions"})
"""Rules of layers that reading finds; OUTSIDE is found by both: by reading beyond the extent, by the checks within it."""


def is_of_layer_checks(item: Finding, extent: Extent = COUNTY_EXTENT) -> bool:
    """Whether a finding of a layer rule was found by `layer_checks`, and not by reading."""
    if item.rule_id == OUTSIDE:
        west, south, east, north = extent
        return item.point is not None and west <= item.point[0] <= east and south <= item.point[1] <= north
    return item.rule_id not in OF_READING


def layer_checks(
    table: pa.Table,
    contract: Contract,
    townships: pa.Table | None = None,
    others: pa.Table | None = None,
    zones: pa.Table | None = None,
    extent: Extent = COUNTY_EXTENT,
) -> list[Finding]:
    """Findings about a layer's geometry, in the order of the checks and of the features.

    table: the submission table; townships: (township_code, geometry) of the accepted boundary, without it nothing is
    compared with townships; others: accepted features that this layer does not replace, for datasets whose features must
    not lie on another layer's; zones: accepted zones, for a boundary by which a build would divide them (see
    `LayerUnderCheck`); extent: of the district, west, south, east, north. In a layer that is shifted as a whole no place
    is checked; how zones divide the townships is checked only where no other error is found.
    """
    values = geometries(table["geometry"])
    checked = in_extent(values, extent) | shapely.is_missing(values) | shapely.is_empty(values)
    sent = frozenset(table[str(contract.layout.feature_id)].to_pylist())
    layer = LayerUnderCheck(contract, table.filter(pa.array(checked)), values[checked], sent, townships, others, zones)
    if not len(layer.values):
        return []
    found = [one for check in OF_SHAPES for one in check(layer)]
    moved = shifted(layer)
    found += moved or [one for check in OF_PLACES for one in check(layer)]
    found += declared_areas(layer)
    if any(one.severity == "error" for one in found):
        return found
    return found + partition_mismatch(layer, table)
