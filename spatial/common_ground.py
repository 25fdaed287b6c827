"""Common ground: where the features of one layer lie on those of another. The pipeline calls it for project sites and the ecological
red line.
"""

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from spatial.area import areas, mean_width_m
from spatial.cutting import HAIR_WIDTH_M
from spatial.wkb import Geometries, WkbColumn, column, geometries, is_polygonal

SCHEMA = pa.schema([("feature", pa.int64()), ("other", pa.int64()), ("geometry", pa.binary())])


def common_ground(wkb: WkbColumn, others: WkbColumn, min_area_m2: float = 0.0) -> pa.Table:
    """Pieces of ground that a feature shares with one of another layer: (feature, other, geometry), both by number from 0.

    wkb, others: polygons, longitude/latitude. Parts narrower than HAIR_WIDTH_M, and pairs that share at most `min_area_m2`
    (straight edges), are drawing noise and left out, as are invalid polygons.
    """
    one, other = geometries(wkb), geometries(others)
    sound_one, sound_other = _sound(one), _sound(other)
    first, second = shapely.STRtree(other[sound_other]).query(one[sound_one], predicate="intersects")
    first, second = sound_one[first], sound_other[second]
    order = np.lexsort((second, first))
    first, second = first[order], second[order]
    parts, owner = shapely.get_parts(shapely.intersection(one[first], other[second]), return_index=True)
    real = is_polygonal(parts) & (mean_width_m(parts) > HAIR_WIDTH_M)
    parts, owner = parts[real], owner[real]
    pairs = np.unique(owner)
    shapes = np.array([shapely.multipolygons(parts[owner == pair]) for pair in pairs], dtype=object)
    large = np.nan_to_num(areas(shapes, "straight")) > min_area_m2
    pairs, shapes = pairs[large], shapes[large]
    return pa.table(
        [pa.array(first[pairs], pa.int64()), pa.array(second[pairs], pa.int64()), column(shapes)], schema=SCHEMA
    )


def _sound(values: Geometries) -> NDArray[np.int64]:
    return np.flatnonzero(is_polygonal(values) & ~shapely.is_empty(values) & shapely.is_valid(values))
