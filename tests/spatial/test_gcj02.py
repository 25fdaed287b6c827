"""The offset of web maps, against published pairs of points."""

import pytest

from spatial.gcj02 import gcj02_offset


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        # eviltransform's own tests: Shanghai, Shenzhen, Beijing (latitude, longitude)
        ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
        ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
        ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
    ],
)
def test_published_points(wgs84, gcj02):
    (lat, lon), (there, away) = wgs84, gcj02
    east, north = gcj02_offset(lon, lat)
    assert (lat + north, lon + east) == pytest.approx((there, away), abs=1e-9)
