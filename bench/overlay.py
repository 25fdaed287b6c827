"""What an overlay costs beside reading its layer once, and beside other ways to do it; all outputs are held against
ours.

    python -m bench.overlay [--beside 100000 1000000] [--ours 1000000 5000000 10000000] [--folder FOLDER]

Processor seconds and peak memory of each way in a process of its own. Made-up layers (bench.overlay_layers) are kept in
the folder.
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from bench import overlay_ways as ways
from bench.overlay_layers import CITY, COUNTY, Lattice, townships, write_parcels
from bench.overlay_ways import Layers, Run

SQUARE_METRES, SQUARE_DEGREES = (
    1e-9,
    1e-5,
)  # how far shares of a parcel may differ when both are measured so, or the other's in degrees
HAIR_SHARE = 2e-4  # of a parcel: what ours may count with its neighbour, as it is no wider than a centimetre
RIVALS: dict[str, Callable[[Layers, Path], None]] = {
    "shapely STRtree, intersection": ways.strtree,
    "geopandas.overlay": ways.geopandas_overlay,
    "DuckDB, plain SQL": ways.duckdb_plain,
    "DuckDB, CASE covers": ways.duckdb_case,
}
MOST_OF_A_COUNTY = 200_000  # parcels; more are those of a city, with its townships, and too many for geopandas
REPEATS_OF_SECONDS = 3  # of what takes seconds: anything else that runs would make much of it
LARGE = ("DuckDB, plain SQL", "DuckDB, CASE covers", "shapely STRtree, intersection")


def main(argv: Sequence[str] | None = None) -> None:
    """Measures, compares and prints. Raises AssertionError when an output differs from ours."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument(
        "--beside", type=int, nargs="*", default=[100_000], help="parcels of layers that the other ways are given too"
    )
    asked.add_argument("--ours", type=int, nargs="*", default=[1_000_000, 5_000_000])
    asked.add_argument("--folder", type=Path)
    given = asked.parse_args(argv)
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        for count in given.beside:
            large = count > MOST_OF_A_COUNTY
            _beside(made(folder, count, CITY if large else COUNTY), folder, LARGE if large else list(RIVALS))
        for count in given.ours:
            layers = made(folder, count)
            _said(f"{count} parcels", _ours(layers, folder), _parse(layers, folder))


def made(folder: Path, count: int, cut_by: tuple[int, int] = CITY) -> Layers:
    """Layers of about so many parcels, made once. cut_by: townships."""
    name = f"{count}-{cut_by[0] * cut_by[1]}.parquet"
    layers = Layers(folder / f"parcels-{name}", folder / f"valid-{name}", folder / f"townships-{name}")
    if not layers.townships.exists():
        lattice = Lattice.of(count, cut_by)
        write_parcels(layers.parcels, lattice)
        pq.write_table(townships(lattice), layers.townships)
    return layers


def _made_valid(layers: Layers) -> None:
    """The parcels without bow ties, made once."""
    if layers.valid.exists():
        return
    file = pq.ParquetFile(layers.parcels)
    with pq.ParquetWriter(layers.valid, file.schema_arrow, compression="zstd") as valid:
        for batch in file.iter_batches(batch_size=ways.BATCH_ROWS):
            sound = shapely.is_valid(shapely.from_wkb(batch["geometry"].to_numpy(zero_copy_only=False)))
            valid.write_batch(batch.filter(pa.array(sound)))


def _ours(layers: Layers, folder: Path, repeats: int = 1) -> Run:
    return ways.run(ways.ours, layers, folder / "ours.parquet", repeats)


def _parse(layers: Layers, folder: Path, repeats: int = 1) -> Run:
    return ways.run(ways.parse, layers, folder / "none", repeats)


def _beside(layers: Layers, folder: Path, rivals: Sequence[str]) -> None:
    """Ours, reading, and the rivals on one layer."""
    _made_valid(layers)
    rows = pq.ParquetFile(layers.parcels).metadata.num_rows
    print(f"\n{rows} parcels × {pq.ParquetFile(layers.townships).metadata.num_rows} townships")
    repeats = REPEATS_OF_SECONDS if rows <= MOST_OF_A_COUNTY else 1
    ours = _ours(layers, folder, repeats)
    _said("ours", ours, _parse(layers, folder, repeats))
    for name in rivals:
        if name.startswith("DuckDB") and not ways.has_duckdb_spatial():
            print(f"{name}: left out, {ways.DUCKDB} is not installed")
            continue
        other = ways.run(RIVALS[name], layers, folder / "other.parquet", repeats)
        differing = _difference(layers, ours, other, SQUARE_DEGREES if name.startswith("DuckDB") else SQUARE_METRES)
        times = other.seconds / ours.seconds
        print(
            f"{name}: {other.seconds:.1f} s, {other.megabytes:.0f} MB: {times:.1f} times ours; {differing}", flush=True
        )


def _said(name: str, ours: Run, parse: Run) -> None:
    print(
        f"{name}: {ours.seconds:.2f} s, {ours.megabytes:.0f} MB; reading and parsing {parse.seconds:.2f} s, {parse.megabytes:.0f} MB: "
        f"{ours.seconds / parse.seconds:.2f} times",
        flush=True,
    )


def _difference(layers: Layers, ours: Run, other: Run, tolerance: float) -> str:
    """How the pieces differ, as shares of their parcels. Raises AssertionError when they do by more than tolerance,
    hairs apart.
    """
    valid = pq.read_table(layers.valid, columns=["row_id"])["row_id"].to_pandas()
    mine = pq.read_table(ours.result).to_pandas().rename(columns={"area_m2": "size"})
    mine = mine[mine["part_code"].notna() & mine["row_id"].isin(valid)]
    joined = pd.merge(
        _shares(mine), _shares(pq.read_table(other.result).to_pandas()), how="outer", left_index=True, right_index=True
    )
    joined = joined.fillna(0.0)
    hairs = (joined["share_x"] == 0) & (joined["share_y"] > 1e-9)
    of_hairs = joined.index.get_level_values("row_id")[hairs]
    apart = (joined["share_x"] - joined["share_y"]).abs()
    assert apart.max() <= HAIR_SHARE, joined[apart > HAIR_SHARE]
    same = apart[~joined.index.get_level_values("row_id").isin(of_hairs)]
    assert same.max() <= tolerance, joined[apart > tolerance]
    return f"{int((joined['share_x'] > 0).sum())} pieces, largest difference {np.max(same):.1e} of a parcel, {int(hairs.sum())} hairs"


def _shares(pieces: pd.DataFrame) -> pd.DataFrame:
    total = pieces.groupby("row_id")["size"].transform("sum")
    return pieces.assign(share=pieces["size"] / total).groupby(["row_id", "part_code"])[["share"]].sum()


if __name__ == "__main__":
    main()
