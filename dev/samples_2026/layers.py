"""The layers of samples/2026: subsided ground after a year of treatment, and the extent of key areas. Invented."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from pyproj import Geod

from dev.samples_2026.projects import CLEAN

GEOD = Geod(ellps="GRS80")
SQUARE_METRES_A_HECTARE = 10_000
CGCS2000 = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
NOTE = "模拟数据 SYNTHETIC，非官方"
EARLIER = CLEAN / "mining_subsidence" / "上党区采空塌陷区（2024）.gpkg"
# what became of ground whose treatment was not complete in 2024; the rest stays as it was
TREATED_SINCE = {"TX0002": "治理中", "TX0003": "已治理", "TX0004": "已治理", "TX0010": "已治理"}
ZONE_OFFICE_HA = 40.14  # 上党经济技术开发区, as the plan prints of land to be renewed
# key area, place, south-west corner (longitude, latitude), width and height in degrees; the last one's width follows from its area
EXTENTS = (
    ("南部整沟治理重点区", "首阳山", 113.02, 35.93, 0.02, 0.016),
    ("南部整沟治理重点区", "老雄山", 113.085, 35.915, 0.018, 0.016),
    ("城镇低效建设用地重点整治区", "上党经济技术开发区", 113.045, 36.045, 0.0, 0.005),
)


class Subsidence(NamedTuple):
    """A piece of subsided ground: its number, mine, treatment, area in ha."""

    number: str
    mine: str
    status: str
    area: float
    geometry: dict[str, Any]


class Extent(NamedTuple):
    """A piece of a key area."""

    number: str
    key_area: str
    place: str
    area: float
    geometry: dict[str, Any]


def _hectares(geometry: dict[str, Any]) -> float:
    from shapely.geometry import shape

    return abs(GEOD.geometry_area_perimeter(shape(geometry))[0]) / SQUARE_METRES_A_HECTARE


def subsidences() -> list[Subsidence]:
    """The ground of 2024 with the treatment of 2026."""
    import pyogrio
    from shapely.geometry import mapping

    earlier = pyogrio.read_dataframe(EARLIER)
    found = []
    for row in earlier.itertuples():
        geometry = json.loads(json.dumps(mapping(row.geometry)))
        found.append(
            Subsidence(row.TXBH, row.KQMC, TREATED_SINCE.get(row.TXBH, row.ZLZT), _hectares(geometry), geometry)
        )
    return found


def _rectangle(west: float, south: float, width: float, height: float) -> dict[str, Any]:
    east, north = round(west + width, 9), round(south + height, 9)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def extents() -> list[Extent]:
    """The key areas' pieces; that of the development zone has the area that the plan prints."""
    found = []
    for number, (key_area, place, west, south, width, height) in enumerate(EXTENTS, start=1):
        if not width:
            width = 0.01 * ZONE_OFFICE_HA / _hectares(_rectangle(west, south, 0.01, height))
        geometry = _rectangle(west, south, width, height)
        found.append(Extent(f"ZD{number:02}", key_area, place, _hectares(geometry), geometry))
    return found


def _write(target: Path, name: str, features: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    collection = {
        "type": "FeatureCollection",
        "name": name,
        "description": NOTE,
        "crs": CGCS2000,
        "features": [
            {"type": "Feature", "properties": properties, "geometry": geometry} for properties, geometry in features
        ],
    }
    target.write_text(json.dumps(collection, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_subsidences(target: Path) -> None:
    """Write the layer of subsided ground as GeoJSON."""
    features = [
        ({"TXBH": one.number, "KQMC": one.mine, "TXMJ": round(one.area, 4), "ZLZT": one.status}, one.geometry)
        for one in subsidences()
    ]
    _write(target, target.stem, features)


def write_extents(target: Path) -> None:
    """Write the layer of key areas as GeoJSON."""
    features = [
        ({"QKBH": one.number, "ZDQ": one.key_area, "ZDDD": one.place, "QKMJ": round(one.area, 4)}, one.geometry)
        for one in extents()
    ]
    _write(target, target.stem, features)
