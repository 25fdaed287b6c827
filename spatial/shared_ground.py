"""Shared ground: where several features lie on each other, each piece once, however many they are. The pipeline calls
it for project sites.
"""

import numpy as np
import pyarrow as pa
import shapely

from spatial.area import areas, mean_width_m
from spatial.cutting import HAIR_WIDTH_M
from spatial.overlaps import candidates
from spatial.wkb import WkbColumn, column, geometries, is_polygonal

SCHEMA = pa.schema([("ground", pa.int64()), ("feature", pa.int64()), ("geometry", pa.binary())])


def shared_ground(wkb: WkbColumn, min_area_m2: float = 0.0) -> pa.Table:
    """Pieces of ground that the same two or more features cover: (ground, feature, geometry), a row for each feature on
    each ground.

    wkb: polygons, longitude/latitude; feature: its number from 0. Grounds are disjoint and numbered in the order of
    their features; those of at most `min_area_m2` (straight edges) or narrower than HAIR_WIDTH_M are drawing noise and
    left out, as are invalid polygons.
    """
    values = geometries(wkb)
    sound = np.flatnonzero(is_polygonal(values) & ~shapely.is_empty(values) & shapely.is_valid(values))
    first, second = candidates(values[sound])
    shared = areas(shapely.intersection(values[sound[first]], values[sound[second]]), "straight")
    overlapping = np.nan_to_num(shared) > min_area_m2
    concerned = sound[np.unique(np.concatenate([first[overlapping], second[overlapping]]))]
    faces = shapely.get_parts(
        shapely.polygonize(shapely.get_parts(shapely.union_all(shapely.boundary(values[concerned]))))
    )
    face, feature = shapely.STRtree(values[concerned]).query(shapely.point_on_surface(faces), predicate="intersects")
    over: dict[int, list[int]] = {}
    for one, at in zip(face.tolist(), concerned[feature].tolist(), strict=True):
        over.setdefault(one, []).append(at)
    alike: dict[tuple[int, ...], list[int]] = {}
    for one, covering in over.items():
        if len(covering) > 1:
            alike.setdefault(tuple(sorted(covering)), []).append(one)
    rows = []
    for features, members in sorted(alike.items()):
        ground = shapely.union_all(faces[members])
        parts = shapely.get_parts(ground)
        ground = shapely.multipolygons(parts[mean_width_m(parts) > HAIR_WIDTH_M])
        if not ground.is_empty and areas(np.array([ground], dtype=object), "straight")[0] > min_area_m2:
            rows.append((features, ground))
    numbers = [(number, feature, ground) for number, (features, ground) in enumerate(rows) for feature in features]
    return pa.table(
        [
            pa.array([number for number, _, _ in numbers], pa.int64()),
            pa.array([feature for _, feature, _ in numbers], pa.int64()),
            column(np.array([ground for *_, ground in numbers], dtype=object)),
        ],
        schema=SCHEMA,
    )
