"""What finding overlaps costs beside comparing every parcel with every one it touches; the pairs found must be the
same.

    python -m bench.overlaps [--parcels 1000000] [--folder FOLDER]

The made-up parcels of bench.overlay_layers, with some lying on others: stacked, contained, and drawn a little too
large.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from bench.overlay import made
from bench.overlay_ways import Layers, run

MIN_AREA_M2 = 1.0
STACKED, CONTAINED, SWOLLEN = 500, 1000, 300  # one of so many parcels
SWELLING = 1.02


def main(argv: Sequence[str] | None = None) -> None:
    """Measures, compares and prints. Raises AssertionError when the pairs differ."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--parcels", type=int, default=1_000_000)
    asked.add_argument("--folder", type=Path)
    given = asked.parse_args(argv)
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        overlapping = folder / f"overlapping-{given.parcels}.parquet"
        if not overlapping.exists():
            _overlap(made(folder, given.parcels).parcels, overlapping)
        layers = Layers(overlapping, overlapping, overlapping)
        ours, other = (
            run(_ours, layers, folder / "pairs-ours.parquet"),
            run(_strtree, layers, folder / "pairs-strtree.parquet"),
        )
        one, two = (
            pq.read_table(result.result).to_pandas().set_index(["a", "b"])["area"].sort_index()
            for result in (ours, other)
        )
        assert one.index.equals(two.index), one.index.symmetric_difference(two.index)
        apart = float(np.abs(one / two - 1).max())
        print(
            f"{pq.ParquetFile(overlapping).metadata.num_rows} parcels, {len(one)} overlaps of more than {MIN_AREA_M2} m², "
            f"areas within {apart:.0e}: ours {ours.seconds:.1f} s, {ours.megabytes:.0f} MB; STRtree {other.seconds:.1f} s, "
            f"{other.megabytes:.0f} MB: {other.seconds / ours.seconds:.1f} times ours"
        )


def _overlap(parcels: Path, overlapping: Path) -> None:
    wkb = pq.read_table(parcels, columns=["geometry"])["geometry"]
    values = shapely.from_wkb(wkb.to_numpy())
    values = values[shapely.is_valid(values)]
    rng = np.random.default_rng(5)
    count = len(values)
    stacked, contained, swollen = (
        rng.choice(count, count // one_of, replace=False) for one_of in (STACKED, CONTAINED, SWOLLEN)
    )
    inside = shapely.buffer(shapely.point_on_surface(values[contained]), 5e-5, quad_segs=2)
    for one in swollen:
        middle = shapely.get_coordinates(shapely.centroid(values[one]))
        values[one] = shapely.transform(values[one], lambda at, middle=middle: middle + (at - middle) * SWELLING)
    values = np.concatenate([values, values[stacked], inside])
    rng.shuffle(values)
    pq.write_table(
        pa.table({"row_id": np.arange(len(values)), "geometry": shapely.to_wkb(values)}),
        overlapping,
        compression="zstd",
    )


def _ours(layers: Layers, result: Path) -> None:
    from spatial.overlaps import overlaps

    table = pq.read_table(layers.parcels)
    found = overlaps(table["row_id"], table["geometry"], MIN_AREA_M2)
    pq.write_table(
        pa.table(
            {
                "a": found["feature_a"].cast(pa.int64()),
                "b": found["feature_b"].cast(pa.int64()),
                "area": found["area_m2"],
            }
        ),
        result,
    )


def _strtree(layers: Layers, result: Path) -> None:
    """Every pair that intersects, cut."""
    from spatial.area import areas

    values = shapely.from_wkb(pq.read_table(layers.parcels)["geometry"].to_numpy())
    one, two = shapely.STRtree(values).query(values, predicate="intersects")
    one, two = one[one < two], two[one < two]
    size = areas(shapely.intersection(values[one], values[two]), "straight")
    large = size > MIN_AREA_M2
    pq.write_table(pa.table({"a": one[large], "b": two[large], "area": size[large]}), result)


if __name__ == "__main__":
    main()
