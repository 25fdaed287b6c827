"""Transition: from which class to which the ground went between two layers that both cover it. The pipeline calls it
for a township's parcels of two years.
"""

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from spatial.area import areas, mean_width_m
from spatial.base_partition import AREA_CELL
from spatial.cutting import CLOSURE, HAIR_WIDTH_M
from spatial.overlay import overlay
from spatial.wkb import Geometries, column, geometries, is_polygonal

FROM, TO = "from_class", "to_class"
SCHEMA = pa.schema([*((name, pa.string()) for name in (*AREA_CELL, FROM, TO)), ("area_m2", pa.float64())])
LIKE = 1e-7  # of a part: two layers that differ by less, as a whole, are taken for equal
STILL = (
    1e-14  # of a cell: a round that changes none by more has come to what floating point can tell (2e-16) over its sums
)
ROUNDS = 100  # of the fit; it ends long before, when the columns are as near as rounding lets them be

Place: TypeAlias = tuple[str | None, ...]
Class: TypeAlias = str | None
Cells: TypeAlias = dict[tuple[Place, Class, Class], float]
Margins: TypeAlias = dict[tuple[Place, Class], float]


def transition(
    earlier: pa.Table, later: pa.Table, partition: pa.Table, earlier_cut: pa.Table, later_cut: pa.Table
) -> pa.Table:
    """Takes two layers and their overlays, gives the area that went from class to class, by township part and zone.

    Returns (part_code, consolidation_zone, restoration_zone, from_class, to_class, area_m2), sorted by these. earlier,
    later: (row_id, class_code, geometry) of two layers of one ground, valid polygons as WKB, longitude/latitude;
    partition: as of `base_partition`; earlier_cut, later_cut: what `overlay` gives of them by this partition.
    from_class or to_class is null for ground that only the other layer covers. In each part and zone the rows of a
    class add up to what it had in the earlier layer (1e-9), the columns to what it has in the later one (LIKE).

    A feature that both layers draw alike counts as it was cut. Only the others are intersected, and only what is wider
    than HAIR_WIDTH_M counts as changed ground. Pieces have edges that their features had not, so that their areas, with
    geodesic edges, are off by up to 3e-5
    of what changed: they are fitted to the areas of both layers in proportion (iterative proportional fitting).
    """
    same_earlier, same_later = _drawn_alike(earlier["geometry"], later["geometry"])
    cells = _unchanged(earlier, later, earlier_cut, same_earlier, same_later)
    pieces, class_from, class_to = _changed(_without(earlier, same_earlier), _without(later, same_later))
    cut = overlay(pa.table({"row_id": pa.array(range(len(pieces)), pa.int64()), "geometry": column(pieces)}), partition)
    for row in cut.to_pylist():
        key = (tuple(row[name] for name in AREA_CELL), class_from[row["row_id"]], class_to[row["row_id"]])
        cells[key] = cells.get(key, 0.0) + row["area_m2"]
    fitted = _fitted(cells, _margins(earlier, earlier_cut), _margins(later, later_cut))
    rows = sorted(
        ((*place, one, other, size) for (place, one, other), size in fitted.items() if size > 0), key=_in_order
    )
    return (
        pa.table(
            [pa.array(values, kind.type) for values, kind in zip(zip(*rows, strict=True), SCHEMA, strict=True)],
            schema=SCHEMA,
        )
        if rows
        else SCHEMA.empty_table()
    )


def _in_order(row: tuple[str | float | None, ...]) -> tuple[tuple[bool, str], ...]:
    return tuple((value is None, str(value)) for value in row[:-1])


def _drawn_alike(earlier: pa.ChunkedArray, later: pa.ChunkedArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of features with the same bytes."""
    at = pc.index_in(later, value_set=earlier).to_pylist()
    there = np.array([-1 if found is None else found for found in at], dtype=np.int64)
    found, where = np.unique(there, return_index=True)
    return found[found >= 0], where[found >= 0]


def _without(layer: pa.Table, rows: NDArray[np.int64]) -> pa.Table:
    keep = np.ones(layer.num_rows, dtype=bool)
    keep[rows] = False
    return layer.filter(pa.array(keep))


def _unchanged(
    earlier: pa.Table,
    later: pa.Table,
    earlier_cut: pa.Table,
    same_earlier: NDArray[np.int64],
    same_later: NDArray[np.int64],
) -> Cells:
    """Features drawn alike, as the earlier overlay cut them; their class may be another."""
    classes = pa.table(
        {
            "row_id": earlier["row_id"].take(pa.array(same_earlier)),
            FROM: earlier["class_code"].take(pa.array(same_earlier)),
            TO: later["class_code"].take(pa.array(same_later)),
        }
    )
    return dict(_summed(earlier_cut, classes, (FROM, TO)))  # type: ignore[arg-type]


def _margins(layer: pa.Table, cut: pa.Table) -> Margins:
    """What each class has of each part and zone."""
    return dict(_summed(cut, layer.select(["row_id", "class_code"]), ("class_code",)))  # type: ignore[arg-type]


def _summed(cut: pa.Table, classes: pa.Table, names: tuple[str, ...]) -> Mapping[tuple[Place | Class, ...], float]:
    joined = cut.join(
        classes, "row_id", join_type="inner", use_threads=False
    )  # one order of summing, so that sums are the same every time
    summed = joined.group_by([*AREA_CELL, *names], use_threads=False).aggregate([("area_m2", "sum")])
    return {
        (tuple(row[name] for name in AREA_CELL), *(row[name] for name in names)): row["area_m2_sum"]
        for row in summed.to_pylist()
    }


def _changed(earlier: pa.Table, later: pa.Table) -> tuple[Geometries, list[Class], list[Class]]:
    """Ground of features that are drawn otherwise: what two of them share, and what only one of the layers covers."""
    one, other = geometries(earlier["geometry"]), geometries(later["geometry"])
    classes_one, classes_other = earlier["class_code"].to_pylist(), later["class_code"].to_pylist()
    first, second = shapely.STRtree(other).query(one, predicate="intersects")
    shared = shapely.intersection(one[first], other[second])
    size = np.nan_to_num(areas(shared, "straight"))
    only_one, of_one = _remainder(one, other, first, second, size)
    only_other, of_other = _remainder(other, one, second, first, size)
    shapes = np.concatenate([shared, only_one, only_other])
    class_from = [*(classes_one[i] for i in first), *(classes_one[i] for i in of_one), *(None for _ in of_other)]
    class_to = [*(classes_other[i] for i in second), *(None for _ in of_one), *(classes_other[i] for i in of_other)]
    parts, owner = shapely.get_parts(shapes, return_index=True)
    real = is_polygonal(parts) & (mean_width_m(parts) > HAIR_WIDTH_M)
    parts, owner = parts[real], owner[real].tolist()
    return parts, [class_from[i] for i in owner], [class_to[i] for i in owner]


def _remainder(
    values: Geometries,
    others: Geometries,
    which: NDArray[np.int64],
    other: NDArray[np.int64],
    shared: NDArray[np.float64],
) -> tuple[Geometries, NDArray[np.int64]]:
    """What no feature of the other layer covers, and of which feature it is."""
    whole = np.nan_to_num(areas(values, "straight"))
    left = whole - np.bincount(which, weights=shared, minlength=len(values))
    beyond = np.flatnonzero(left > CLOSURE * whole)
    covers = (shapely.union_all(others[other[which == i]]) for i in beyond)
    return shapely.difference(values[beyond], np.array(list(covers), dtype=object)), beyond


def _fitted(cells: Cells, rows: Margins, columns: Margins) -> Cells:
    """Cells scaled so that each part's rows and columns add up to the margins; ground of one layer alone stays as
    measured.

    Where one layer has more ground than the other all the same (its features overlap each other a little), the surplus
    is its alone, too.
    """
    fitted: Cells = {}
    for place in {place for place, *_ in cells} | {place for place, _ in (*rows, *columns)}:
        names = sorted(
            {name for at, one, other in cells if at == place for name in (one, other) if name is not None}
            | {name for at, name in (*rows, *columns) if at == place and name is not None}
        )
        inner = np.array([[cells.get((place, one, other), 0.0) for other in names] for one in names]).reshape(
            len(names), len(names)
        )
        only_earlier = np.array([cells.get((place, one, None), 0.0) for one in names])
        only_later = np.array([cells.get((place, None, other), 0.0) for other in names])
        wanted = [np.array([margin.get((place, name), 0.0) for name in names]) for margin in (rows, columns)]
        only_earlier, only_later = (
            np.where(across > 0, np.minimum(alone, whole), whole)
            for alone, whole, across in (
                (only_earlier, wanted[0], inner.sum(axis=1)),
                (only_later, wanted[1], inner.sum(axis=0)),
            )
        )
        surplus = (wanted[0] - only_earlier).sum() - (wanted[1] - only_later).sum()
        if surplus > LIKE * wanted[0].sum():
            only_earlier = only_earlier + surplus * _shares(wanted[0] - only_earlier)
        elif -surplus > LIKE * wanted[1].sum():
            only_later = only_later - surplus * _shares(wanted[1] - only_later)
        inner = _proportional(inner, wanted[0] - only_earlier, wanted[1] - only_later)
        fitted |= {(place, one, other): inner[i, j] for i, one in enumerate(names) for j, other in enumerate(names)}
        fitted |= {(place, one, None): only_earlier[i] for i, one in enumerate(names)}
        fitted |= {(place, None, other): only_later[i] for i, other in enumerate(names)}
    return fitted


def _shares(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return values / values.sum()


def _proportional(
    cells: NDArray[np.float64], rows: NDArray[np.float64], columns: NDArray[np.float64]
) -> NDArray[np.float64]:
    for _ in range(ROUNDS):
        before = cells
        for axis, wanted in ((0, columns), (1, rows)):
            sums = cells.sum(axis=axis)
            scale = np.divide(wanted, sums, out=np.zeros_like(sums), where=sums > 0)
            cells = cells * (scale[np.newaxis, :] if axis == 0 else scale[:, np.newaxis])
        if np.allclose(cells, before, rtol=STILL, atol=0):
            break
    return cells
