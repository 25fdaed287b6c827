"""What areas on the ellipsoid cost beside pyproj.Geod, and how far they lie apart.

python -m bench.overlay_areas
"""

import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from bench.overlay_layers import COUNTY, Lattice, write_parcels

PARCELS, LEAST_TIMES, MOST_APART_M2 = 20_000, 20, 2e-4  # Geod's own noise at a parcel, tests/spatial/test_area.py
REPEATS = 5


def main() -> None:
    """Measures, compares and prints. Raises AssertionError when the areas differ by more than Geod's noise."""
    import pyproj

    from spatial.area import ellipsoidal_area

    with tempfile.TemporaryDirectory() as folder:
        write_parcels(Path(folder) / "parcels", Lattice.of(PARCELS, COUNTY))
        wkb = pq.read_table(Path(folder) / "parcels")["geometry"].combine_chunks()
    wkb = wkb.filter(pa.array(shapely.is_valid(shapely.from_wkb(wkb.to_numpy(zero_copy_only=False)))))
    geod = pyproj.Geod(ellps="GRS80")
    began = time.process_time()
    values = shapely.orient_polygons(shapely.from_wkb(wkb.to_numpy(zero_copy_only=False)))
    theirs = np.array([geod.geometry_area_perimeter(value)[0] for value in values])
    slow = time.process_time() - began
    took = {}
    for edges in ("geodesic", "straight", "survey"):
        best = np.inf
        for _ in range(REPEATS):
            began = time.process_time()
            ours = ellipsoidal_area(wkb, edges)
            best = min(best, time.process_time() - began)
        took[edges] = (
            best,
            float(np.abs(np.asarray(ours) - theirs).max()),
            float(np.abs(np.asarray(ours) / theirs - 1).max()),
        )
    print(
        f"{len(wkb)} parcels of {shapely.get_num_coordinates(values).mean():.1f} vertices, from WKB: pyproj.Geod {slow:.2f} s"
    )
    for edges, (seconds, apart_m2, apart) in took.items():
        print(
            f"{edges}: {seconds * 1e6 / len(wkb):.2f} µs a parcel, {slow / seconds:.0f} times cheaper (at least {LEAST_TIMES}); "
            f"at most {apart_m2:.1e} m² and {apart:.1e} of the area from Geod's geodesics"
        )
    assert took["geodesic"][1] <= MOST_APART_M2


if __name__ == "__main__":
    main()
