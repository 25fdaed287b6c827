"""The report's maps as SVG: townships filled by a figure, zones and township parts outlined, project sites by stage.

Takes the simplified boundaries and the site layer of a build's `maps/` folder; gives SVG with a name and a figure written
on each township. Coordinates are projected (CGCS2000, 3-degree belt), so that shapes look as on any map.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from contracts.submission_table import CRS
from reporting.maps import SIMPLIFIED
from reporting.report.charts import FONT, INK, MUTED, framed

PROJECTED = "EPSG:4547"  # CGCS2000 / 3-degree Gauss-Kruger, central meridian 114 degrees
SIDE = 340  # units of the drawing, of its longer side
SITES_ZOOM = 1.8  # of the map of sites, which are many and small
MARGIN = 6
SITE_TOLERANCE = 0.4  # units of the drawing within which a site's outline may be straightened
FILLS = ("#eef5fc", "#cfe3f6", "#a9cdf0", "#7fb3e6", "#5597d6")  # light to dark; black text is legible on all
NOT_KNOWN = "#f6f8fa"
ZONING_LINES = {"consolidation_zone": ("#a88be0", 3.2, "none"), "restoration_zone": ("#116329", 1.3, "6 4")}
"""By kind the colour, width and dashes of its outline: the second is drawn on the first, and both are seen."""
STAGE_SHAPES = ("circle", "square", "triangle", "diamond")
CORNERS: dict[str, tuple[tuple[float, float], ...]] = {
    "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    "triangle": ((0, -1.2), (1.2, 1), (-1.2, 1)),
    "diamond": ((0, -1.4), (1.4, 0), (0, 1.4), (-1.4, 0)),
}
STAGE_FILLS = ("#0b5cad", "#b35900", "#1a7f37", "#6639ba")
SITES = ("project_site.parquet", "project_site_line.parquet")
"""Map layers of sites, those that are lines apart; of either there may be none."""


@dataclass(frozen=True)
class Ground:
    """Drawn outlines: by kind (township, part, zones of a zoning) and code the SVG path; where labels of townships go; and
    the size of the drawing. `to_drawing` carries projected coordinates into it.
    """

    paths: Mapping[str, Mapping[str, str]]
    labels: Mapping[str, tuple[str, float, float]]
    width: float
    height: float
    to_drawing: Any


def read_ground(maps: Path) -> Ground | None:
    """The outlines of a build's folder `maps`; None where it has no boundaries."""
    import numpy as np
    import shapely

    path = maps / SIMPLIFIED
    if not path.is_file():
        return None
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    shapes = _projected([shapely.geometry.shape(one["geometry"]) for one in features])
    west, south, east, north = shapely.total_bounds(shapes)
    scale = (SIDE - 2 * MARGIN) / max(east - west, north - south)

    def to_drawing(geometry: Any) -> Any:
        moved = [MARGIN - west * scale, MARGIN + north * scale]
        return shapely.transform(geometry, lambda at: at * np.array([scale, -scale]) + moved)

    paths: dict[str, dict[str, str]] = {}
    labels = {}
    for feature, shape in zip(features, to_drawing(shapes), strict=True):
        kind, code, name = (feature["properties"][key] for key in ("kind", "code", "name"))
        paths.setdefault(kind, {})[code] = _path(shape)
        if kind == "township":
            inside = shapely.maximum_inscribed_circle(shape).coords[0]
            labels[code] = (name, inside[0], inside[1])
    width, height = (east - west) * scale + 2 * MARGIN, (north - south) * scale + 2 * MARGIN
    return Ground(paths, labels, width, height, to_drawing)


def _projected(shapes: Any) -> Any:
    import numpy as np
    import shapely
    from pyproj import Transformer

    change = Transformer.from_crs(CRS, PROJECTED, always_xy=True)
    return shapely.transform(np.array(shapes, dtype=object), lambda at: np.column_stack(change.transform(*at.T)))


def _path(shape: Any) -> str:
    """The outline of a polygon or several, or a line or several, as an SVG path in tenths."""
    import shapely

    parts = shapely.get_parts(shape)
    if shapely.get_dimensions(shape) == 1:
        return "".join("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in line.coords) for line in parts)
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    return "".join("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in ring.coords[:-1]) + "Z" for ring in rings)


def choropleth(ground: Ground, values: Mapping[str, float | None], texts: Mapping[str, str], title: str) -> Markup:
    """Townships filled by their values in five equal steps, with both zonings, the parts of split townships, and each
    township's name and text.
    """
    known = [value for value in values.values() if value is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    body = []
    for code, path in ground.paths.get("township", {}).items():
        value, name = values.get(code), ground.labels[code][0]
        step = int((value - low) / (high - low) * (len(FILLS) - 1e-9)) if value is not None and high > low else 0
        fill = NOT_KNOWN if value is None else FILLS[min(step, len(FILLS) - 1)]
        aria = escape(f"{name}: {texts.get(code, '')}")
        body.append(
            f'<path role="img" aria-label="{aria}" d="{path}" fill="{fill}" stroke="{MUTED}" stroke-width="0.7"/>'
        )
    body += _outlines(ground)
    for code, (name, x, y) in ground.labels.items():
        body += [_label(x, y - 1, name, 10), _label(x, y + 11, texts.get(code, ""), 10)]
    return _svg(ground, body, title)


def _outlines(ground: Ground) -> list[str]:
    lines = [
        f'<path aria-hidden="true" d="{path}" fill="none" stroke="{MUTED}" stroke-width="0.8" stroke-dasharray="1.5 2.5"/>'
        for path in ground.paths.get("part", {}).values()
    ]
    for kind, (colour, width, dash) in ZONING_LINES.items():
        lines += [
            f'<path aria-hidden="true" d="{path}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-dasharray="{dash}"/>'
            for path in ground.paths.get(kind, {}).values()
        ]
    return lines


def _label(x: float, y: float, text: str, size: float) -> str:
    """Text with a halo: drawn twice, as a stroke over the fill would blur it."""
    at = f'x="{x:.1f}" y="{y:.1f}" text-anchor="middle" font-size="{size}"'
    shown = escape(text)
    return (
        f'<text {at} aria-hidden="true" stroke="#ffffff" stroke-width="3" stroke-linejoin="round" fill="#ffffff">{shown}</text>'
        f'<text {at} fill="{INK}">{shown}</text>'
    )


def sites(ground: Ground, layer: Sequence[Mapping[str, Any]], stages: Sequence[str], title: str) -> Markup:
    """Townships in outline and each site filled by its stage (a line drawn in its colour), with a mark of the stage's shape on it.

    layer: subproject_id, site_status, geometry (WKB, longitude/latitude). stages: in the order of their marks.
    """
    import shapely

    shapes = ground.to_drawing(_projected(shapely.from_wkb([one["geometry"] for one in layer])))
    body = [
        f'<path aria-hidden="true" d="{path}" fill="#ffffff" stroke="{MUTED}" stroke-width="0.7"/>'
        for path in ground.paths.get("township", {}).values()
    ]
    body += _outlines(ground)
    for one, shape in zip(layer, shapely.simplify(shapes, SITE_TOLERANCE), strict=True):
        number = stages.index(one["site_status"] or "") % len(STAGE_FILLS)
        centre = shapely.point_on_surface(shape)
        aria = escape(f"{one['subproject_id']}: {one['site_status'] or ''}")
        is_line = shapely.get_dimensions(shape) == 1
        look = (
            f'fill="none" stroke="{STAGE_FILLS[number]}"'
            if is_line
            else f'fill="{STAGE_FILLS[number]}" fill-opacity="0.35"'
        )
        body.append(
            f'<g role="img" aria-label="{aria}"><path d="{_path(shape)}" {look}/>{mark(number, centre.x, centre.y)}</g>'
        )
    body += [_label(x, y, name, 8) for name, x, y in ground.labels.values()]
    return _svg(ground, body, title, SITES_ZOOM)


def mark(number: int, x: float, y: float, half: float = 2.2) -> str:
    """The mark of a stage by its number: a shape and a colour of its own."""
    shape, fill = STAGE_SHAPES[number % len(STAGE_SHAPES)], STAGE_FILLS[number % len(STAGE_FILLS)]
    look = f'fill="{fill}" stroke="#ffffff" stroke-width="0.8"'
    if shape not in CORNERS:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{half}" {look}/>'
    points = " ".join(f"{x + dx * half:.1f},{y + dy * half:.1f}" for dx, dy in CORNERS[shape])
    return f'<polygon points="{points}" {look}/>'


def legend_mark(number: int) -> Markup:
    """The mark of a stage, for a line of text."""
    return Markup(f'<svg class="key" viewBox="0 0 12 12" aria-hidden="true">{mark(number, 6, 6, 4)}</svg>')


def _svg(ground: Ground, body: Sequence[str], title: str, zoom: float = 1.0) -> Markup:
    size = f'viewBox="0 0 {ground.width:.0f} {ground.height:.0f}"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONT}">{"".join(body)}</svg>'
    return framed(svg, title, zoom)
