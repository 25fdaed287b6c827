"""The offset of Chinese web maps (GCJ-02) from WGS 84 and CGCS2000. Layer checks recognise it by this; nothing takes it
off.

The formula is the one that has long been public (as `eviltransform`, MIT); it was derived for the Krasovsky 1940
ellipsoid.
"""

from math import cos, pi, sin, sqrt

SEMI_MAJOR_M = 6378245.0  # Krasovsky 1940
E2 = 0.00669342162296594323  # its squared eccentricity


def gcj02_offset(lon: float, lat: float) -> tuple[float, float]:
    """By how many degrees of longitude and latitude GCJ-02 puts a point of China off its place."""
    x, y = lon - 105.0, lat - 35.0
    waves = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves
    east += (20 * sin(x * pi) + 40 * sin(x / 3 * pi) + 150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves
    north += (20 * sin(y * pi) + 40 * sin(y / 3 * pi) + 160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    radians = lat / 180 * pi
    root = sqrt(1 - E2 * sin(radians) ** 2)
    return (
        east * 180 / (SEMI_MAJOR_M / root * cos(radians) * pi),
        north * 180 / (SEMI_MAJOR_M * (1 - E2) / root**3 * pi),
    )
