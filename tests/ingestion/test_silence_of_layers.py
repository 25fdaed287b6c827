"""Nothing silently wrong in layers either: of a clean layer with one thing changed that changes its meaning, none is read with
other figures and no word about it. `pytest -s` shows what became of each kind.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely

from contracts import contract
from ingestion.normalize.layer import normalize_layer
from ingestion.normalize.layer_checks import layer_checks
from ingestion.normalize.result import NormalizedFile
from tests.ingestion.test_silence import ending, table
from tests.support.layer_files import cell, write

FOREST = contract("forest_land")
SHAPES = [cell(0, 0), cell(1, 0), cell(2, 0)]
STANDS: dict[str, list[Any]] = {
    "XBBH": ["X1", "X2", "X3"],
    "DL": ["乔木林地", "其他林地", "灌木林地"],
    "SFSL": ["是", "否", "是"],
    "MJ": [99.9, 100.1, 100.0],
}
FILE, LAYER = "林地2024.gpkg", "LD"


@dataclass(frozen=True)
class LayerMutation:
    """A layer of one change: None as an attribute's values leaves it out."""

    kind: str
    name: str
    attributes: dict[str, list[Any] | None] = field(default_factory=dict)
    shapes: list[Any] = field(default_factory=lambda: SHAPES)
    file: str = FILE
    layer: str = LAYER
    crs: str | None = "EPSG:4490"


def mutations() -> Iterator[LayerMutation]:
    areas = STANDS["MJ"]
    for measure_unit in ("亩", "平方米", "万亩", "人", "千公顷"):
        yield LayerMutation("unit", f"attribute in {measure_unit}", {"MJ": None, f"面积（{measure_unit}）": areas})
    for measure_unit in ("亩", "平方米", "人"):
        yield LayerMutation("unit", f"value in {measure_unit}", {"MJ": [f"99.9{measure_unit}", "100.1", "100.0"]})
    for name in ("上年面积", "计划面积", "退化面积", "周长"):
        yield LayerMutation("column", f"attribute {name}", {"MJ": None, name: areas})
    yield LayerMutation("column", "a second area", {"面积": [1.0, 2.0, 3.0]})
    yield LayerMutation("column", "no area", {"MJ": None})
    yield LayerMutation("column", "no ids", {"XBBH": None})
    yield LayerMutation("code", "an id twice", {"XBBH": ["X1", "X2", "X1"]})
    yield LayerMutation("code", "an id twice, once in full width", {"XBBH": ["X1", "X2", "Ｘ１"]})
    yield LayerMutation("code", "an id twice, once with a blank", {"XBBH": ["X1", "X2", "X1 "]})
    yield LayerMutation("code", "an id missing", {"XBBH": ["X1", None, "X3"]})
    yield LayerMutation("code", "neither yes nor no", {"SFSL": ["是", "大概", "是"]})
    for year in ([2023] * 3, ["2023年"] * 3):
        for attribute in ("年度", "年份", "YEAR"):
            yield LayerMutation("period", f"{attribute} {year[0]}", {attribute: year})
    yield LayerMutation("period", "layer of another year", layer="林地2023")
    yield LayerMutation("period", "file of two years", file="林地2023、2024.gpkg")
    yield LayerMutation("period", "no year", file="林地.gpkg")
    yield LayerMutation("period", "a year to come", file="林地2049.gpkg")
    for name in ("林地规划2024", "林地2024（征求意见稿）", "城镇林地2024", "长子县林地2024", "林地2024作废"):
        yield LayerMutation("name", f"file {name}", file=f"{name}.gpkg")
        yield LayerMutation("name", f"layer {name}", layer=name)
    for remark in ("作废", "已删除", "上年数", "估算", "计划数", "面积应为120.5"):
        yield LayerMutation("remark", f"remark {remark}", {"备注": [None, remark, None]})
    yield LayerMutation("scale", "areas ten times as large", {"MJ": [10 * area for area in areas]})
    yield LayerMutation("scale", "an area with a blank", {"MJ": ["9 9.9", "100.1", "100.0"]})
    yield LayerMutation("scale", "an area in words", {"MJ": ["约100", "100.1", "100.0"]})
    yield LayerMutation("place", "no coordinate system", crs=None)
    yield LayerMutation("place", "another datum", crs="EPSG:4326")
    turned = [shapely.transform(shape, lambda at: at[:, ::-1]) for shape in SHAPES]
    yield LayerMutation("place", "latitude first", shapes=turned)
    away = [shapely.transform(shape, lambda at: at + 3.0) for shape in SHAPES]
    yield LayerMutation("place", "elsewhere", shapes=away)


def read(folder: Path, mutation: LayerMutation) -> NormalizedFile:
    given = {name: values for name, values in (STANDS | mutation.attributes).items() if values is not None}
    path = write(folder / "layer.gpkg", mutation.shapes, given, layer=mutation.layer, crs=mutation.crs)
    return normalize_layer(path, mutation.file, FOREST)


def test_no_change_of_a_layers_meaning_is_read_without_a_word(tmp_path: Path) -> None:
    original = read(tmp_path, LayerMutation("", ""))
    assert original.findings == []
    counted: dict[str, Counter[Any]] = {}
    silent = []
    for number, mutation in enumerate(mutations()):
        (folder := tmp_path / str(number)).mkdir()
        got = read(folder, mutation)
        became = ending(mutation.name, original, got, FOREST)
        if became == "SILENT" and any(item.severity == "error" for item in layer_checks(got.table, FOREST)):
            became = "held"  # by the shapes themselves
        counted.setdefault(mutation.kind, Counter())[became] += 1
        if became == "SILENT":
            silent.append(f"{mutation.kind}: {mutation.name}")
    print(f"\n{table(counted)}")
    assert sum(counts.total() for counts in counted.values()) >= 35
    assert silent == []
