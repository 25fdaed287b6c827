"""Boundaries of the district that differ from the clean sample: moved outwards, or with townships that overlap."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyogrio
import shapely

from tests.support.answers import SAMPLES

BOUNDARY = SAMPLES / "clean" / "admin_boundary" / "上党区行政区XZQ_2021.gpkg"
Change = Callable[[dict[str, shapely.Geometry]], dict[str, shapely.Geometry]]


def beyond_the_zones(townships: dict[str, shapely.Geometry], degrees: float = 0.0003) -> dict[str, shapely.Geometry]:
    """The district's outer line 30 m further out, along one township; its neighbours stay as they are."""
    rim = shapely.boundary(shapely.union_all(list(townships.values())))
    code = max(townships, key=lambda name: shapely.length(shapely.intersection(rim, townships[name])))
    others = shapely.union_all([shape for name, shape in townships.items() if name != code])
    return townships | {code: shapely.difference(shapely.buffer(townships[code], degrees), others)}


def overlapping(width_degrees: float) -> Change:
    """One township reaches into its neighbours by so much; together they cover what they did."""

    def change(townships: dict[str, shapely.Geometry]) -> dict[str, shapely.Geometry]:
        code = next(iter(sorted(townships)))
        district = shapely.union_all(list(townships.values()))
        reaching = shapely.intersection(shapely.buffer(townships[code], width_degrees), district)
        return townships | {code: reaching}

    return change


def write_boundary(path: Path, change: Change) -> Path:
    """Write the clean boundary, changed, as a GeoPackage."""
    meta, table = pyogrio.read_arrow(BOUNDARY)
    name = meta["geometry_name"]
    codes = table["XZQDM"].to_pylist()
    shapes = shapely.from_wkb(np.asarray(table[name]))
    changed = change(dict(zip(codes, shapes, strict=True)))
    column = pa.array([shapely.to_wkb(changed[code]) for code in codes], pa.binary())
    path.parent.mkdir(parents=True, exist_ok=True)
    pyogrio.write_arrow(
        table.set_column(table.column_names.index(name), name, column),
        path,
        driver="GPKG",
        geometry_name=name,
        geometry_type="MultiPolygon" if any(one.geom_type != "Polygon" for one in changed.values()) else "Polygon",
        crs=meta["crs"],
    )
    return path
