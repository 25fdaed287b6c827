"""Every clean layer, handed in as other surveyors would, says the same: attributes, units, periods, the same ground."""

from pathlib import Path

import numpy as np
import pytest
import shapely

from contracts import contracts
from ingestion.conform.layer import conform_layer
from tests.ingestion.relaid.layers import SURVEYORS, clean_layers, conformed, rewrite

FILES = clean_layers()
DEGREES = {"gdb": 2e-9}  # a File Geodatabase keeps tenths of a millimetre
SYSTEM = ["row_no", "unit", "period", "feature"]


@pytest.mark.parametrize("surveyor", SURVEYORS)
@pytest.mark.parametrize("file", FILES)
def test_a_surveyors_way_changes_nothing(file: str, surveyor: str, tmp_path: Path) -> None:
    original, contract = conformed(file), contracts()[file.split("/")[0]]
    path = rewrite(file, SURVEYORS[surveyor], tmp_path)
    got = conform_layer(path, f"{Path(file).stem}{path.suffix}", contract)
    heights = [("layer.more_dimensions", "图形带有高程（Z），只取平面位置")] if SURVEYORS[surveyor].has_z else []
    assert [(item.rule_id, item.message) for item in got.findings] == heights
    columns = [*SYSTEM, *contract.columns]
    assert got.table.select(columns).to_pylist() == original.table.select(columns).to_pylist()
    ours, theirs = (
        shapely.normalize(shapely.force_2d(shapely.from_wkb(one.table["geometry"].to_numpy(zero_copy_only=False))))
        for one in (got, original)
    )
    parts = [shape.geoms[0] if shape.geom_type == "MultiPolygon" and len(shape.geoms) == 1 else shape for shape in ours]
    whole = [shape.geoms[0] if shape.geom_type == "MultiPolygon" and len(shape.geoms) == 1 else shape for shape in theirs]
    assert all(
        shapely.equals_exact(one, other, tolerance=DEGREES.get(SURVEYORS[surveyor].kind, 2e-10))
        for one, other in zip(parts, whole, strict=True)
    )
    assert np.allclose(got.table["area_m2"].to_numpy(), original.table["area_m2"].to_numpy(), rtol=1e-7)
