"""The reporting unit to which each feature of a layer belongs. Called by `layer`; where features lie also by
`layer_under_check`.
"""

from collections import Counter

import numpy as np
import pyarrow as pa
import shapely

from contracts import Contract
from contracts.places import township
from ingestion.normalize.townships import TOWNSHIP_DIGITS, township_in
from spatial.wkb import Geometries, geometries

LAYER = "layer"
UNNAMED = "未填"  # a row that names no unit still belongs to one: every row is accepted or held
MAJORITY = 0.9  # from this share on, other townships' codes in a layer are taken for mistakes, not for other units


def reporting_units_of(
    contract: Contract,
    columns: dict[str, pa.Array],
    values: Geometries | None,
    names: tuple[str, ...],
    townships: pa.Table | None,
) -> list[str]:
    """The reporting unit of each feature, n values, never null.

    columns: normalized fields; values: geometries in longitude/latitude, None where the layer's CRS is not known; names:
    file name and title; townships: (township_code, geometry), None where no boundary is accepted yet.
    """
    kind = contract.reporting_unit.kind
    if kind == "layer":
        return [LAYER] * len(columns[contract.key[0]])
    if kind == "township_located":
        return _townships(values, columns[str(contract.layout.location)].to_pylist(), names, townships)
    parts = [columns[name].to_pylist() for name in contract.reporting_unit.fields]
    return ["|".join(value or UNNAMED for value in row) for row in zip(*parts, strict=True)]


def _townships(
    values: Geometries | None, codes: list[str | None], names: tuple[str, ...], townships: pa.Table | None
) -> list[str]:
    """By location; where that is not known by the township that the file names; else by the location codes."""
    placed = located(values, townships) if townships is not None and values is not None else [None] * len(codes)
    named = next((place.township_code for place in map(township_in, names) if place), None)
    written = [None if code is None else prefix_township(code) for code in codes]
    counts = Counter(filter(None, placed)) or Counter(filter(None, written))
    commonest, count = counts.most_common(1)[0] if counts else (UNNAMED, 0)
    whole = named or (commonest if count >= MAJORITY * sum(counts.values()) else None)
    return [place or whole or code or commonest for place, code in zip(placed, written, strict=True)]


def located(values: Geometries, townships: pa.Table) -> list[str | None]:
    """The township in which a point inside each feature lies, None where it lies in none."""
    codes = townships["township_code"].to_pylist()
    shapes = geometries(townships["geometry"])
    usable = np.flatnonzero(
        ~shapely.is_missing(values) & ~shapely.is_empty(values) & np.isfinite(shapely.bounds(values)).all(axis=1)
    )
    inside = shapely.STRtree(shapely.point_on_surface(values[usable]))
    found: list[str | None] = [None] * len(values)
    for shape, at in zip(*(pairs.tolist() for pairs in inside.query(shapes, predicate="intersects")), strict=True):
        found[int(usable[at])] = codes[shape]
    return found


def prefix_township(location_code: str) -> str:
    """The township that a location code (坐落单位代码) names by its first nine digits; as written where it is none of
    the district's.
    """
    code = location_code[:TOWNSHIP_DIGITS]
    place = township(code)
    return place.township_code if place else code
