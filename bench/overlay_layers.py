"""Made-up layers for measuring: parcels that partition an extent with shared borders, and the townships that they are
cut by.

Parcels are cells of a bent lattice; two neighbours have every vertex of their border in common. Townships are blocks of
the same
lattice: their borders from south to north run along the parcels, those from west to east run anyhow, through the
parcels, and end where they meet the others. Some parcels have holes (another parcel or nothing lies in them), some have
two parts, some are bow ties.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

WEST, SOUTH, WIDTH, HEIGHT = 112.8, 35.8, 0.9, 0.72  # about 80 km either way
COUNTY, CITY = (5, 4), (20, 10)  # townships from west to east, from south to north
MOST_BENDS = 5  # vertices within one side of a parcel, 2.5 on average
NODE_JITTER, BEND_JITTER = 0.2, 0.05  # of a cell's side
BORDER_BENDS, BORDER_SWING = (
    30,
    2.0,
)  # vertices of a township's border from west to east, and how many parcels it swings
HOLE_SHARE, FILLED_SHARE, TWO_PART_SHARE, BOW_TIE_SHARE = 0.01, 0.5, 0.01, 0.0005
PARTS_APART = 3  # cells
CLASSES = ("0101", "0102", "0103", "0201", "0301", "0401", "0601", "0702", "1003", "1101")
DECIMALS = 11  # of a degree, as layers are kept

Coordinates = NDArray[np.float64]
Geometries = NDArray[np.object_]


@dataclass(frozen=True)
class Lattice:
    """columns × rows cells; both are multiples of the townships' (columns, rows)."""

    columns: int
    rows: int
    townships: tuple[int, int] = CITY
    seed: int = 1

    @classmethod
    def of(cls, parcels: int, townships: tuple[int, int] = CITY) -> "Lattice":
        """About so many cells."""
        across, up = townships
        columns = max(1, round((parcels * WIDTH / HEIGHT) ** 0.5 / across)) * across
        return cls(columns, max(1, round(parcels / columns / up)) * up, townships)

    @property
    def side(self) -> Coordinates:
        return np.array([WIDTH / self.columns, HEIGHT / self.rows])

    def nodes(self, row: int) -> Coordinates:
        """The lattice's corners of a row, (columns + 1, 2); the extent's own border is straight."""
        moved = self._rng("node", row).uniform(-NODE_JITTER, NODE_JITTER, (self.columns + 1, 2))
        moved[[0, -1], 0] = 0.0
        if row in (0, self.rows):
            moved[:, 1] = 0.0
        at = np.column_stack([np.arange(self.columns + 1), np.full(self.columns + 1, row)]) + moved
        return np.round((WEST, SOUTH) + at * self.side, DECIMALS)

    def bends(self, kind: str, row: int, start: Coordinates, end: Coordinates) -> tuple[Coordinates, NDArray[np.bool_]]:
        """Vertices within sides that lead from start to end: (n, MOST_BENDS, 2), and which of them there are."""
        rng = self._rng(kind, row)
        count = rng.integers(0, MOST_BENDS + 1, len(start))
        number = np.arange(MOST_BENDS)
        share = (number + 1) / (count[:, np.newaxis] + 1)
        swing = rng.uniform(-BEND_JITTER, BEND_JITTER, (len(start), MOST_BENDS)) * 4 * share * (1 - share)
        along = (end - start)[:, np.newaxis]
        points = (
            start[:, np.newaxis] + share[..., np.newaxis] * along + swing[..., np.newaxis] * along[..., ::-1] * (-1, 1)
        )
        return np.round(points, DECIMALS), number < count[:, np.newaxis]

    def _rng(self, kind: str, row: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, ("node", "across", "up", "kind", "border").index(kind), row])

    def horizontal(self, row: int) -> tuple[Coordinates, NDArray[np.bool_]]:
        """Bends of the sides from west to east along a row of corners."""
        nodes = self.nodes(row)
        return self.bends("across", row, nodes[:-1], nodes[1:])

    def vertical(self, row: int) -> tuple[Coordinates, NDArray[np.bool_]]:
        """Bends of the sides from south to north between a row of corners and the next."""
        points, there = self.bends("up", row, self.nodes(row), self.nodes(row + 1))
        there[[0, -1]] = False
        return points, there


def cells(lattice: Lattice, row: int) -> Geometries:
    """Each cell of a row as a polygon."""
    low, high = lattice.nodes(row), lattice.nodes(row + 1)
    south, has_south = lattice.horizontal(row)
    north, has_north = lattice.horizontal(row + 1)
    sides, has_side = lattice.vertical(row)
    corner = np.ones((lattice.columns, 1), dtype=bool)
    points = np.concatenate(
        [
            low[:-1, None],
            south,
            low[1:, None],
            sides[1:],
            high[1:, None],
            north[:, ::-1],
            high[:-1, None],
            sides[:-1, ::-1],
            low[:-1, None],
        ],
        axis=1,
    )
    there = np.concatenate(
        [
            corner,
            has_south,
            corner,
            has_side[1:],
            corner,
            has_north[:, ::-1],
            corner,
            has_side[:-1, ::-1],
            corner,
        ],
        axis=1,
    )
    owner = np.broadcast_to(np.arange(lattice.columns)[:, None], there.shape)
    return shapely.polygons(shapely.linearrings(points[there], indices=owner[there]))


def parcels(lattice: Lattice, row: int) -> Geometries:
    """Parcels of a row of cells: most are one cell; see HOLE_SHARE, FILLED_SHARE, TWO_PART_SHARE, BOW_TIE_SHARE."""
    shapes = cells(lattice, row)
    kind = lattice._rng("kind", row).random(lattice.columns)
    tie = kind > 1 - BOW_TIE_SHARE
    ends = np.stack(
        [lattice.nodes(row)[:-1], lattice.nodes(row + 1)[1:], lattice.nodes(row)[1:], lattice.nodes(row + 1)[:-1]],
        axis=1,
    )
    shapes[tie] = shapely.polygons(ends[tie])
    holed = kind < HOLE_SHARE
    middle = (ends[holed].min(axis=1) + ends[holed].max(axis=1)) / 2
    islands = np.array([shapely.box(*(at - lattice.side / 8), *(at + lattice.side / 8)) for at in middle], dtype=object)
    shapes[holed] = shapely.difference(shapes[holed], islands)
    second = np.flatnonzero((kind > HOLE_SHARE) & (kind < HOLE_SHARE + TWO_PART_SHARE))
    second = second[second >= PARTS_APART]
    second = second[~np.isin(second - PARTS_APART, second) & ~tie[second - PARTS_APART] & ~holed[second - PARTS_APART]]
    shapes[second - PARTS_APART] = [shapely.multipolygons([shapes[one - PARTS_APART], shapes[one]]) for one in second]
    kept = np.delete(shapes, second)
    return np.concatenate([kept, islands[kind[holed] < HOLE_SHARE * FILLED_SHARE]])


def write_parcels(path: Path, lattice: Lattice, rows_a_group: int = 50_000) -> int:
    """Parquet of (row_id, class, geometry), as layers are staged, by rows from south to north; gives how many."""
    schema = pa.schema([("row_id", pa.int64()), ("class", pa.string()), ("geometry", pa.binary())])
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as file:
        for table in _batches(lattice, rows_a_group):
            file.write_table(
                table.set_column(0, "row_id", pa.array(np.arange(count, count + table.num_rows))).cast(schema)
            )
            count += table.num_rows
    return count


def _batches(lattice: Lattice, size: int) -> Iterator[pa.Table]:
    held: list[Geometries] = []
    for row in range(lattice.rows):
        held.append(parcels(lattice, row))
        if sum(map(len, held)) >= size or row == lattice.rows - 1:
            shapes = np.concatenate(held)
            classes = np.array(CLASSES)[lattice._rng("kind", lattice.rows + row).integers(0, len(CLASSES), len(shapes))]
            yield pa.table(
                {"row_id": pa.nulls(len(shapes), pa.int64()), "class": classes, "geometry": shapely.to_wkb(shapes)}
            )
            held = []


def townships(lattice: Lattice) -> pa.Table:
    """The base partition, as of `spatial.base_partition.base_partition` without areas: its townships as parts, each with its zones."""
    columns, rows = lattice.townships
    wide, high = lattice.columns // columns, lattice.rows // rows
    up = _upward(lattice, wide)
    shapes, codes = [], []
    across = [_across(lattice, row * high, wide) for row in range(rows + 1)]
    for row in range(rows):
        for column in range(columns):
            left, right = (up[column + side][row] for side in (0, 1))
            south, north = across[row][column], across[row + 1][column]
            shapes.append(shapely.Polygon(np.concatenate([south, right, north[::-1], left[::-1]])))
            codes.append(f"{140404000 + 100 * row + column}")
    zone = [f"{number // 50}" for number in range(len(shapes))]
    return pa.table(
        {
            "part_code": codes,
            "consolidation_zone": [f"CZ{at}" for at in zone],
            "restoration_zone": [f"RZ{at}" for at in zone],
            "geometry": shapely.to_wkb(np.array(shapes, dtype=object)),
        }
    )


def _upward(lattice: Lattice, wide: int) -> list[list[Coordinates]]:
    """Borders from south to north, one list a township's column, one line a township's row: every vertex of the
    parcels.
    """
    columns = np.arange(lattice.townships[0] + 1) * wide
    high = lattice.rows // lattice.townships[1]
    lines: list[list[list[Coordinates]]] = [[[] for _ in range(lattice.townships[1])] for _ in columns]
    for row in range(lattice.rows):
        low, top = lattice.nodes(row)[columns], lattice.nodes(row + 1)[columns]
        points, there = lattice.vertical(row)
        for number, column in enumerate(columns):
            bends = points[column][there[column]]
            lines[number][row // high].append(
                np.concatenate([low[number : number + 1], bends, top[number : number + 1]])
            )
    return [[np.concatenate(line) for line in column] for column in lines]


def _across(lattice: Lattice, row: int, wide: int) -> list[Coordinates]:
    """Borders from west to east along a row of corners, one line a township; straight along the extent's own border."""
    towns = lattice.townships[0]
    ends = lattice.nodes(row)[np.arange(towns + 1) * wide]
    if row in (0, lattice.rows):
        nodes = lattice.nodes(row)
        points, there = lattice.horizontal(row)
        sides = [
            np.concatenate([nodes[at : at + 1], points[at][there[at]], nodes[at + 1 : at + 2]])
            for at in range(lattice.columns)
        ]
        return [np.concatenate(sides[at * wide : (at + 1) * wide]) for at in range(towns)]
    rng = lattice._rng("border", row)
    share = np.linspace(0, 1, BORDER_BENDS + 2)[1:-1, np.newaxis]
    most = np.minimum(BORDER_SWING, np.minimum(share, 1 - share) * wide / 2)[
        :, 0
    ]  # less near the ends: it meets the others there only
    swing = rng.uniform(-most, most, (towns, BORDER_BENDS)) * lattice.side[1]
    return [
        np.concatenate(
            [
                [west],
                np.round(west + share * (east - west) + np.column_stack([np.zeros(BORDER_BENDS), at]), DECIMALS),
                [east],
            ]
        )
        for west, east, at in zip(ends[:-1], ends[1:], swing, strict=True)
    ]
