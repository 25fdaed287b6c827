"""Layers written to disk for tests."""

import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely

WEST, SOUTH, CELL = 113.0, 36.0, 0.01


def cell(column: float, row: float, width: float = 1, height: float = 1) -> shapely.Geometry:
    """A box on a grid of about 900 × 1100 m within the district's extent."""
    west, south, east, north = (round(value * CELL, 9) for value in (column, row, column + width, row + height))
    return shapely.box(WEST + west, SOUTH + south, WEST + east, SOUTH + north)


def write(
    path: Path, shapes: list[Any], attributes: dict[str, list[Any]], crs: str | None = "EPSG:4490", **options: Any
) -> Path:
    """A layer in the format that the path's ending names, by the driver that GDAL takes for it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a layer without CRS, of names that a Shapefile cuts: meant so
        _write(path, shapes, attributes, crs, **options)
    return path


def _write(path: Path, shapes: list[Any], attributes: dict[str, list[Any]], crs: str | None, **options: Any) -> None:
    pyogrio.raw.write(
        path,
        geometry=np.array([None if shape is None else shapely.to_wkb(shape) for shape in shapes], dtype=object),
        field_data=[
            np.array(values, dtype=object if isinstance(values[0], str | None) else None)
            for values in attributes.values()
        ],
        fields=list(attributes),
        geometry_type="Polygon",
        crs=crs,
        **options,
    )


def zipped(target: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target


def shapefile(
    folder: Path,
    shapes: list[Any],
    attributes: dict[str, list[Any]],
    crs: str | None = "EPSG:4490",
    encoding: str = "GBK",
) -> dict[str, bytes]:
    """The files of a Shapefile by ending, .cpg included."""
    folder.mkdir(exist_ok=True)
    write(folder / "layer.shp", shapes, attributes, crs, encoding=encoding)
    return {file.suffix: file.read_bytes() for file in sorted(folder.iterdir())}
