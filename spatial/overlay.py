"""Features cut by the frame: how much of each lies in which township part and zone."""

from typing import TypeAlias

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from spatial.area import areas, mean_width_m
from spatial.frame import ATOM
from spatial.wkb import Geometries, geometries, numbers

SCHEMA = pa.schema([("row_id", pa.int64()), *((name, pa.string()) for name in ATOM), ("area_m2", pa.float64())])
NOWHERE = -1
CLOSURE = 1e-9  # of a feature's area: a difference below it is rounding, not ground
NOISE = CLOSURE / 10  # a single piece below it, likewise
HAIR_WIDTH_M = 0.01  # a piece no wider is how two programs rounded one border (File Geodatabases keep 0.1 mm), not ground of the other side

Pieces: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


class OverlappingFrame(ValueError):
    """Atoms of the frame share ground."""


def overlay(features: pa.Table, frame: pa.Table) -> pa.Table:
    """Area of each feature by township part and zone.

    Returns (row_id, part_code, consolidation_zone, restoration_zone, area_m2), sorted by these: one row for each atom that a
    feature shares ground with, and one with nulls for what lies outside of every atom.
    features: (row_id, geometry), polygons as WKB, longitude/latitude; frame: as of `part_frame`. A feature's rows add up to
    its own geodesic area (1e-9): its shares are measured with straight edges, which cutting does not bend. A
    feature without area (null, empty, a line) has one row with nulls and area 0: nothing is dropped. A piece narrower than
    HAIR_WIDTH_M counts with the feature's largest. Only features that no atom covers whole are cut.
    Raises shapely.GEOSException for invalid polygons (`faults` finds them), OverlappingFrame when the frame is no partition.
    """
    values = geometries(features["geometry"])
    atoms = geometries(frame["geometry"])
    whole = np.nan_to_num(areas(values))
    home = _covered_by(values, atoms)
    uncovered = np.flatnonzero((home == NOWHERE) & (whole > 0))
    straight = areas(values[uncovered], "straight")
    boundary, straight = uncovered[straight > 0], straight[straight > 0]
    owner, atom, area = _cut(values[boundary], straight, atoms)
    area *= (whole[boundary] / straight)[owner]

    settled = np.setdiff1d(np.arange(len(values)), boundary)
    row = np.concatenate([settled, boundary[owner]])
    atom = np.concatenate([home[settled], atom])
    area = np.concatenate([whole[settled], area])
    order = np.lexsort((_rank(frame)[atom], np.asarray(features["row_id"])[row]))
    row, atom, area = row[order], atom[order], area[order]
    chosen = pa.array(atom, mask=atom == NOWHERE)
    return pa.table(
        [features["row_id"].take(pa.array(row)), *(frame[name].take(chosen) for name in ATOM), numbers(area)], schema=SCHEMA,
    )


def _covered_by(values: Geometries, atoms: Geometries) -> NDArray[np.int64]:
    """The atom in which a feature lies whole, or NOWHERE."""
    home = np.full(len(values), NOWHERE, dtype=np.int64)
    atom, feature = shapely.STRtree(values).query(atoms, predicate="covers")
    home[feature[::-1]] = atom[::-1]
    return home


def _cut(values: Geometries, whole: NDArray[np.float64], atoms: Geometries) -> Pieces:
    """Pieces of the features that no atom covers: whose, in which atom (NOWHERE: in none), m²."""
    atom, feature = shapely.STRtree(values).query(atoms, predicate="intersects")
    shapes = shapely.intersection(values[feature], atoms[atom])
    size = np.nan_to_num(areas(shapes, "straight"))
    real = size > NOISE * whole[feature]
    atom, feature, shapes, size = atom[real], feature[real], shapes[real], size[real]
    outside = whole - np.bincount(feature, weights=size, minlength=len(values))
    if (outside < -CLOSURE * whole).any():
        raise OverlappingFrame("the atoms of the frame overlap each other: features would be counted twice")
    beyond = np.flatnonzero(outside > CLOSURE * whole)
    if len(beyond):
        left = shapely.difference(values[beyond], shapely.union_all(atoms))
        shapes, atom = np.concatenate([shapes, left]), np.concatenate([atom, np.full(len(beyond), NOWHERE)])
        feature, size = np.concatenate([feature, beyond]), np.concatenate([size, outside[beyond]])
    return _without_hairs(feature, atom, size, ~(mean_width_m(shapes) > HAIR_WIDTH_M))


def _without_hairs(feature: NDArray[np.int64], atom: NDArray[np.int64], size: NDArray[np.float64], hair: NDArray[np.bool_]) -> Pieces:
    """Each feature's hairs joined to its largest piece."""
    order = np.lexsort((atom, -size, feature))
    feature, atom, size, hair = feature[order], atom[order], size[order], hair[order]
    is_largest = np.r_[True, feature[1:] != feature[:-1]][:len(feature)]
    largest = np.flatnonzero(is_largest)[np.cumsum(is_largest) - 1]
    kept = is_largest | ~hair
    joined = size + np.bincount(largest[~kept], weights=size[~kept], minlength=len(size))
    return feature[kept], atom[kept], joined[kept]


def _rank(frame: pa.Table) -> NDArray[np.int64]:
    """Place of each atom in the order of the codes; NOWHERE, the last entry, comes last."""
    order = np.lexsort(tuple(np.asarray(frame[name].to_pylist(), dtype=str) for name in reversed(ATOM)))
    rank = np.empty(len(order) + 1, dtype=np.int64)
    rank[order] = np.arange(len(order))
    rank[NOWHERE] = len(order)
    return rank
