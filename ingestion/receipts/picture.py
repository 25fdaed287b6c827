"""A small map of a layer's faults, as an SVG that any browser shows: the layer in grey, what is faulty in colour, a
number at each fault. Left the whole layer, right the ground about the gravest fault. Called by `layer`.
"""

import html
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from contracts import Finding
from contracts.findings import SEVERITIES
from ingestion.receipts.lines import kind_of

WIDTH, PANEL, MARGIN, TITLE_HEIGHT, LINE_HEIGHT = 960, 450, 20, 40, 22  # pixels; a panel is square
DETAIL = 0.5  # pixels: shapes are drawn no finer, and what of the ground is smaller is left out
LEAST_EXTENT, LEAST_WINDOW = 1e-4, 5e-4  # degrees, about 10 m and 50 m: a layer of one point has a map too
LISTED, LONGEST_LINE = 12, 60  # findings below the map, and characters of each, that fit its page
CROWD = 1000  # so many marks and faulty shapes are drawn; of more, one for each square of so many pixels
MARK_SQUARE, SHAPE_SQUARE = 10, 3  # pixels: the half of a mark, and what can still be seen of a shape
COLOURS = {"error": "#d62728", "warning": "#e6a100", "info": "#1f77b4"}
GROUND, BORDER = "#eceff1", "#b0bec5"
NOT_XML = re.compile("[^\\t\\n\\r\\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


T = TypeVar("T")


@dataclass(frozen=True)
class Spot:
    """A finding and where it is: longitude and latitude, degrees."""

    finding: Finding
    at: tuple[float, float]


@dataclass(frozen=True)
class _Page:
    """From degrees to the pixels of a panel: plate carrée, true to shape at the middle latitude.

    middle: degrees; scale: pixels a degree of longitude and of latitude; left: of the panel.
    """

    middle: tuple[float, float]
    scale: tuple[float, float]
    left: float

    @classmethod
    def over(cls, bounds: Sequence[float], left: float) -> "_Page":
        west, south, east, north = bounds
        squeeze = math.cos(math.radians((south + north) / 2))
        pixels = (PANEL - 2 * MARGIN) / max((east - west) * squeeze, north - south, LEAST_EXTENT)
        return cls(((west + east) / 2, (south + north) / 2), (pixels * squeeze, pixels), left)

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        return (
            self.left + PANEL / 2 + (longitude - self.middle[0]) * self.scale[0],
            TITLE_HEIGHT + PANEL / 2 - (latitude - self.middle[1]) * self.scale[1],
        )


def write_picture(
    target: Path, title: str, shapes: Sequence[Any], faulty: Mapping[int, str], spots: Sequence[Spot]
) -> None:
    """Writes the map.

    shapes: the layer's polygons (shapely, EPSG:4490; None for none); faulty: index of a shape -> its gravest severity;
    spots: at least one.
    """
    import shapely

    there = {index: shape for index, shape in enumerate(shapes) if shape is not None and not shape.is_empty}
    ordered = sorted(spots, key=lambda spot: SEVERITIES.index(spot.finding.severity))
    window = _about(shapely.Point(ordered[0].at), [there[index] for index in faulty.keys() & there.keys()])
    whole = shapely.total_bounds([*there.values(), *shapely.points([spot.at for spot in spots])])
    about = shapely.intersects(shapely.envelope(np.array([*there.values()], dtype=object)), window)
    near = {index: there[index] for index in compress(there, about)}
    body = [
        *_panel(there, faulty, ordered, whole, MARGIN),
        *_panel(
            near,
            faulty,
            [*compress(ordered, shapely.intersects_xy(window, [spot.at for spot in ordered]))],
            window.bounds,
            WIDTH - PANEL - MARGIN,
            numbers={id(spot): number for number, spot in enumerate(ordered, start=1)},
        ),
    ]
    listed = _list(ordered)
    height = TITLE_HEIGHT + PANEL + 2 * MARGIN + LINE_HEIGHT * len(listed)
    target.write_text(
        "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" font-size="14" '
                "font-family=\"'Noto Sans CJK SC','Microsoft YaHei',sans-serif\">",
                f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
                f'<text x="{MARGIN}" y="{TITLE_HEIGHT - 14}" font-size="18" font-weight="bold">{_text(title)}</text>',
                *filter(None, body),
                *listed,
                "</svg>\n",
            ]
        ),
        encoding="utf-8",
    )


def _about(point: Any, faulty: Sequence[Any]) -> Any:
    """The square about a fault: as large as the faulty shapes that lie there."""
    import shapely

    touched = [shape for shape in faulty if shape.distance(point) < LEAST_EXTENT]
    west, south, east, north = shapely.total_bounds([point, *touched])
    half = max(east - point.x, point.x - west, north - point.y, point.y - south, LEAST_WINDOW) * 1.1
    return shapely.box(point.x - half, point.y - half, point.x + half, point.y + half)


def _panel(
    shapes: dict[int, Any],
    faulty: Mapping[int, str],
    spots: Sequence[Spot],
    bounds: Sequence[float],
    left: float,
    numbers: dict[int, int] | None = None,
) -> list[str]:
    """One map. numbers: what each spot is called (by id), where it is not its place among them."""
    page, clip = _Page.over(bounds, left), f"panel{left:g}"
    frame = f'x="{left:g}" y="{TITLE_HEIGHT}" width="{PANEL}" height="{PANEL}"'
    drawn = [_polygon(shape, page, GROUND, BORDER, 1.0) for index, shape in shapes.items() if index not in faulty]
    gravest = sorted(faulty.keys() & shapes.keys(), key=lambda index: SEVERITIES.index(faulty[index]))
    for index in reversed(_thinned(gravest, [page.at(*shapes[index].bounds[:2]) for index in gravest], SHAPE_SQUARE)):
        drawn.append(_polygon(shapes[index], page, COLOURS[faulty[index]], COLOURS[faulty[index]], 0.45))
    marked = _thinned([*enumerate(spots, start=1)], [page.at(*spot.at) for spot in spots], MARK_SQUARE)
    for number, spot in reversed(marked):  # the gravest on top
        drawn.append(
            _mark(*page.at(*spot.at), numbers[id(spot)] if numbers else number, COLOURS[spot.finding.severity])
        )
    return [
        f'<clipPath id="{clip}"><rect {frame}/></clipPath>',
        f'<g clip-path="url(#{clip})">',
        *drawn,
        "</g>",
        f'<rect {frame} fill="none" stroke="{BORDER}"/>',
    ]


def _thinned(gravest: Sequence[T], places: Sequence[tuple[float, float]], square: float) -> list[T]:
    """The first CROWD, and of the others the first in each square of pixels. places: of each, pixels."""
    kept, taken = list(gravest[:CROWD]), set()
    for one, (x, y) in zip(gravest[CROWD:], places[CROWD:], strict=True):
        cell = (x // square, y // square)
        if cell not in taken:
            taken.add(cell)
            kept.append(one)
    return kept


def _polygon(shape: Any, page: _Page, fill: str, stroke: str, opacity: float) -> str:
    """A shape as a path, a line without fill; nothing for one too small to be seen, unless it is a fault."""
    import shapely

    parts = shapely.get_parts(shapely.simplify(shape, DETAIL / page.scale[1]))
    lines = [part for part in parts if part.geom_type == "LineString"]
    rings = [
        ring for polygon in parts if polygon.geom_type == "Polygon" for ring in (polygon.exterior, *polygon.interiors)
    ]
    west, south, east, north = shape.bounds
    if not (rings or lines) or (
        fill == GROUND and max((east - west) * page.scale[0], (north - south) * page.scale[1]) < DETAIL
    ):
        return ""
    steps = " ".join(
        "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in (page.at(*point[:2]) for point in one.coords)) + end
        for some, end in ((rings, "Z"), (lines, ""))
        for one in some
    )
    fill = fill if rings else "none"
    return f'<path d="{steps}" fill="{fill}" fill-opacity="{opacity}" fill-rule="evenodd" stroke="{stroke}" stroke-width="0.6"/>'


def _mark(x: float, y: float, number: int, colour: str) -> str:
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="10" fill="{colour}" stroke="white"/>'
        f'<text x="{x:.1f}" y="{y + 4:.1f}" font-size="11" fill="white" text-anchor="middle">{number}</text>'
    )


def _list(ordered: Sequence[Spot]) -> list[str]:
    lines = [
        f"{number}. 【{kind_of(spot.finding)}】{spot.finding.message}"
        for number, spot in enumerate(ordered[:LISTED], 1)
    ]
    if len(ordered) > LISTED:
        lines.append(f"……共 {len(ordered)} 处，其余见“问题点”图层")
    cut = [line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + "…" for line in lines]
    first = TITLE_HEIGHT + PANEL + 1.5 * MARGIN
    return [
        f'<text x="{MARGIN}" y="{first + LINE_HEIGHT * number}">{_text(line)}</text>' for number, line in enumerate(cut)
    ]


def _text(words: str) -> str:
    """Words as XML takes them: what a submission says stays text."""
    return html.escape(NOT_XML.sub(" ", words))
