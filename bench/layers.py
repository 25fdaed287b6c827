"""What reading a layer into the staged form's attributes and WKB costs beside geopandas.read_file without Arrow.

    python -m bench.layers [--features 100000] [--folder FOLDER]

One made-up layer of parcels in every format that is taken: GeoPackage, Shapefile in GBK, File Geodatabase, GeoJSON,
GeoParquet.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import shapely

from bench.overlay_layers import COUNTY, Lattice, write_parcels
from contracts.submission_table import CRS

FORMATS = {
    "GPKG": "dltb.gpkg",
    "ESRI Shapefile": "dltb.shp",
    "OpenFileGDB": "dltb.gdb",
    "GeoJSON": "dltb.geojson",
    "Parquet": "dltb.parquet",
}
LEAST_TIMES = 1.5
REPEATS = 3


def main(argv: Sequence[str] | None = None) -> None:
    """Measures, compares and prints. Raises AssertionError when the features differ."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--features", type=int, default=100_000)
    asked.add_argument("--folder", type=Path)
    given = asked.parse_args(argv)
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        _make(folder, given.features)
        for driver, name in FORMATS.items():
            (ours, raw), (theirs, frame) = (_seconds(read, folder / name) for read in (_ours, _geopandas))
            count = _alike(raw, frame)
            print(
                f"{driver}, {count} features: {ours:.2f} s; geopandas {theirs:.2f} s, {theirs / ours:.1f} times ours "
                f"(at least {LEAST_TIMES})",
                flush=True,
            )


def _make(folder: Path, features: int) -> None:
    import geopandas as gpd

    if (folder / FORMATS["Parquet"]).exists():
        return
    made = folder / "layer-parcels.parquet"
    write_parcels(made, Lattice.of(features, COUNTY))
    shapes = shapely.from_wkb(pq.read_table(made)["geometry"].to_numpy())
    of_one_type = shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON  # as a geodatabase wants
    shapes = shapes[shapely.is_valid(shapes) & of_one_type]
    number = np.arange(len(shapes))
    frame = gpd.GeoDataFrame(
        {
            "BSM": [f"140404{value:012d}" for value in number],
            "TBBH": [f"{value % 5000:04d}" for value in number],
            "DLBM": np.array(["0101", "0103", "0301", "0702"])[number % 4],
            "DLMC": np.array(["水田", "旱地", "乔木林地", "农村宅基地"])[number % 4],
            "ZLDWDM": [f"140404{value % 12:03d}0000000000" for value in number],
            "ZLDWMC": [f"第{value % 300}村民委员会" for value in number],
            "TBMJ": np.round(shapely.area(shapes) * 1e10, 2),
        },
        geometry=shapes,
        crs=CRS,
    )
    for driver, name in FORMATS.items():
        if driver == "Parquet":
            frame.to_parquet(folder / name)
        else:
            frame.to_file(
                folder / name,
                driver=driver,
                engine="pyogrio",
                encoding="GBK" if driver == "ESRI Shapefile" else None,
                **({"layer": "DLTB"} if driver in ("GPKG", "OpenFileGDB") else {}),
            )


def _seconds(read: Callable[[Path], Any], path: Path) -> tuple[float, Any]:
    """The least processor seconds of several readings, after one that is not counted, and what was read."""
    read(path)
    took = []
    for _ in range(REPEATS):
        began = time.process_time()
        result = read(path)
        took.append(time.process_time() - began)
    return min(took), result


def _ours(path: Path) -> Any:
    from ingestion.readers.layer import read_layer

    return read_layer(path, path.name)


def _geopandas(path: Path) -> Any:
    import geopandas as gpd

    if path.suffix == ".parquet":
        return gpd.read_parquet(path)
    return gpd.read_file(path, engine="pyogrio", use_arrow=False)


def _alike(raw: Any, frame: Any) -> int:
    """How many features both have, all with the same text and shape. Raises AssertionError."""
    for name in ("BSM", "DLMC", "ZLDWMC"):
        assert raw.attributes[name].to_pylist() == frame[name].tolist(), name
    assert shapely.equals_exact(shapely.from_wkb(raw.geometry.to_numpy()), frame.geometry.to_numpy()).all()
    return len(frame)


if __name__ == "__main__":
    main()
