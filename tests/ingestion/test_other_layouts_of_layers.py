"""Every clean layer, handed in as other surveyors would, says the same: attributes, units, periods, the same ground.

OTHER_LAYOUTS=all runs every layer in every way.
"""

import os
from pathlib import Path

import numpy as np
import pytest
import shapely

from contracts import contracts
from ingestion.normalize.layer import normalize_layer
from tests.support.other_layouts.layers import SURVEYORS, clean_layers, normalized, rewrite

pytestmark = pytest.mark.slow  # writes and reads some eighty layers

FILES = clean_layers()
GRID_METRES = {
    "gdb": 1e-4
}  # a File Geodatabase keeps tenths of a millimetre: corners move, and areas by as much along the boundary
METRES_PER_DEGREE = 111_320.0  # at most
ALL = os.environ.get("OTHER_LAYOUTS") == "all"
EVERY = 3  # in the usual run each file in every third of the ways, each way with every third file
CASES = [
    (file, way)
    for number, file in enumerate(FILES)
    for place, way in enumerate(SURVEYORS)
    if ALL or (number + place) % EVERY == 0
]
SYSTEM = ["row_no", "reporting_unit", "period", "feature"]


@pytest.mark.parametrize(("file", "surveyor"), CASES)
def test_a_surveyors_way_changes_nothing(file: str, surveyor: str, tmp_path: Path) -> None:
    original, contract = normalized(file), contracts()[file.split("/")[0]]
    path = rewrite(file, SURVEYORS[surveyor], tmp_path)
    got = normalize_layer(path, f"{Path(file).stem}{path.suffix}", contract)
    heights = [("layer.more_dimensions", "图形带有高程（Z），只取平面位置")] if SURVEYORS[surveyor].has_z else []
    assert [(item.rule_id, item.message) for item in got.findings] == heights
    columns = [*SYSTEM, *contract.columns]
    assert got.table.select(columns).to_pylist() == original.table.select(columns).to_pylist()
    ours, theirs = (
        shapely.normalize(shapely.force_2d(shapely.from_wkb(one.table["geometry"].to_numpy(zero_copy_only=False))))
        for one in (got, original)
    )
    parts = [shape.geoms[0] if shape.geom_type == "MultiPolygon" and len(shape.geoms) == 1 else shape for shape in ours]
    whole = [
        shape.geoms[0] if shape.geom_type == "MultiPolygon" and len(shape.geoms) == 1 else shape for shape in theirs
    ]
    grid = GRID_METRES.get(SURVEYORS[surveyor].kind, 0.0)
    moved = 2e-10 + 2 * grid / METRES_PER_DEGREE
    assert all(shapely.equals_exact(one, other, tolerance=moved) for one, other in zip(parts, whole, strict=True))
    areas, expected = (one.table["area_m2"].to_numpy() for one in (got, original))
    assert np.all(np.abs(areas - expected) <= 1e-7 * expected + grid * METRES_PER_DEGREE * shapely.length(theirs))
