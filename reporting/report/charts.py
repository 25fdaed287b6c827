"""The report's charts as SVG: Vega-Lite specifications drawn by vl-convert, without a browser and without a script in the
page. Takes rows that are words and figures already; every mark carries them as its `aria-label`.
"""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from markupsafe import Markup, escape

Spec = dict[str, Any]
Values = Sequence[Mapping[str, Any]]

VEGA_LITE = "6.1"
FONT = "Microsoft YaHei, PingFang SC, Noto Sans CJK SC, sans-serif"
INK, MUTED, GRID = "#1f2328", "#57606a", "#d0d7de"
BLUE, LIGHT_BLUE, ORANGE = "#0b5cad", "#a9cdf0", "#b35900"
ROW, WIDTH = 20, 260  # pixels: of a bar with its gap, of a chart's plot
LEAST_SPAN = 0.1  # of the highest value, that a trend's axis covers at least: a flat line looks flat
CONFIG: Spec = {
    "font": FONT,
    "background": None,
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": MUTED,
        "gridColor": GRID,
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "labelLimit": 230,
    },
    "text": {"fontSize": 11, "color": INK},
}


def drawn(spec: Spec, title: str) -> Markup:
    """A specification as inline SVG that scales with the page. title: what the chart shows, for who does not see it."""
    return framed(_svg(json.dumps({**spec, "config": CONFIG}, ensure_ascii=False)), title)


@cache
def _svg(spec: str) -> str:
    """Drawn once where the pages of both languages have the same chart."""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE))


def framed(svg: str, title: str, zoom: float = 1.0) -> Markup:
    """An SVG text with a title and the role of a picture group, as wide as the page lets it be up to its own width, or
    so many times that.
    """
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    width = float(size[1]) * zoom if size else WIDTH
    head = f'<svg role="group" aria-label="{escape(title)}" style="max-width:{width:.0f}px" '
    svg = re.sub(r'<svg (xmlns:xlink="[^"]*" )?', head, svg, count=1)
    svg = re.sub(r' (width|height)="[\d.]+"(?=[^>]*viewBox)', "", svg, count=2)
    return Markup(svg)


def _field(name: str, kind: str, **more: Any) -> Spec:
    return {"field": name, "type": kind, "title": None, **more}


def ranking(values: Values) -> Spec:
    """Bars from best to worst. values: name, value, label (beside the bar), aria; in the order to draw."""
    order = [one["name"] for one in values]
    widest = max((abs(one["value"] or 0) for one in values), default=0)
    y = _field("name", "nominal", sort=order, axis={"ticks": False, "domain": False})
    scale = {"domain": [0, widest * 1.55 or 1]}  # room for the label beside the longest bar
    return {
        "data": {"values": list(values)},
        "width": WIDTH,
        "height": {"step": ROW},
        "encoding": {"y": y, "x": _field("value", "quantitative", scale=scale, axis=None)},
        "layer": [
            {"mark": {"type": "bar", "color": BLUE, "height": 12}, "encoding": {"description": {"field": "aria"}}},
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "aria": False},
                "encoding": {"text": {"field": "label"}},
            },
        ],
    }


def trend(values: Values, targets: Values) -> Spec:
    """A line over the years, and the targets as diamonds. values and targets: year, value, label, aria."""
    x = _field("year", "ordinal", axis={"labelAngle": 0, "ticks": False})
    every = [one["value"] for one in (*values, *targets)]
    low, high = min(every, default=0.0), max(every, default=1.0)
    room = max(high - low, abs(high) * LEAST_SPAN) * 0.25
    scale = {"domain": [low - room, high + room], "nice": False, "zero": False}
    y = _field("value", "quantitative", scale=scale, axis={"tickCount": 4, "format": ",.2f", "domain": False})
    label = {"type": "text", "dy": -9, "aria": False}
    last = values[-1]["value"] if values else low
    described = {"description": {"field": "aria"}}
    return {
        "width": WIDTH,
        "height": 150,
        "encoding": {"x": x, "y": y},
        "layer": [
            {"data": {"values": list(values)}, "mark": {"type": "line", "color": BLUE, "aria": False}},
            {
                "data": {"values": list(values)},
                "mark": {"type": "point", "filled": True, "size": 40, "color": BLUE, "opacity": 1},
                "encoding": described,
            },
            {"data": {"values": list(values)[-1:]}, "mark": label, "encoding": {"text": {"field": "label"}}},
            {
                "data": {"values": list(targets)},
                "mark": {
                    "type": "point",
                    "shape": "diamond",
                    "size": 90,
                    "color": ORANGE,
                    "strokeWidth": 2,
                    "opacity": 1,
                },
                "encoding": described,
            },
            {
                "data": {"values": [{**one, "above": one["value"] > last} for one in targets]},
                "mark": {**label, "color": ORANGE, "dy": {"expr": "datum.above ? -10 : 14"}},
                "encoding": {"text": {"field": "label"}},
            },
        ],
    }


def achievement(values: Values, colours: Mapping[str, str]) -> Spec:
    """How much of each target is reached. values: name, year, percent, tone, label, aria; in order. colours: by tone."""
    order = list(dict.fromkeys(one["name"] for one in values))
    tones = list(colours)
    return {
        "data": {"values": list(values)},
        "width": 420,
        "height": {"step": 15},
        "encoding": {
            "y": _field("name", "nominal", sort=order, axis={"ticks": False, "domain": False}),
            "yOffset": _field("year", "nominal"),
            "x": _field(
                "percent",
                "quantitative",
                scale={"domain": [0, 130]},
                axis={"values": [0, 50, 100], "labelExpr": "datum.label + '%'"},
            ),
        },
        "layer": [
            {
                "mark": {"type": "bar", "height": 11},
                "encoding": {
                    "color": _field(
                        "tone", "nominal", scale={"domain": tones, "range": list(colours.values())}, legend=None
                    ),
                    "description": {"field": "aria"},
                },
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "fontSize": 10, "aria": False},
                "encoding": {"text": {"field": "label"}},
            },
            {
                "data": {"values": [{}]},
                "mark": {"type": "rule", "color": MUTED, "strokeDash": [3, 3], "aria": False},
                "encoding": {"x": {"datum": 100}, "y": None, "yOffset": None},
            },
        ],
    }


def s_curve(values: Values, title: str) -> Markup:
    """The planned (dashed) and the real (solid) progress of one project, drawn by hand: there is one for each project.

    values: period, planned, real, in percent or none, in the order of the periods; and aria, of the last one.
    """
    left, top, width, height = 26, 8, 190, 90
    step = width / max(len(values) - 1, 1)

    def at(number: int, percent: float) -> str:
        return f"{left + number * step:.1f},{top + height - min(percent, 100) / 100 * height:.1f}"

    def line(name: str) -> str:
        return " ".join(at(number, one[name]) for number, one in enumerate(values) if one[name] is not None)

    grid = "".join(
        f'<text x="{left - 4}" y="{top + height * (1 - percent / 100) + 4:.0f}" text-anchor="end" fill="{MUTED}">{percent}</text>'
        f'<path d="M{at(0, percent)}H{left + width}" stroke="{GRID}"/>'
        for percent in (0, 50, 100)
    )
    ends = ((left, "start", values[0]), (left + width, "end", values[-1]))
    periods = "".join(
        f'<text x="{x}" y="{top + height + 14}" text-anchor="{anchor}" fill="{INK}">{escape(one["period"])}</text>'
        for x, anchor, one in ends
    )
    last = values[-1]
    x, _, y = at(len(values) - 1, last["real"] or 0).partition(",")
    return framed(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + width + 8} {top + height + 20}" font-family="{FONT}" font-size="10">'
        f'{grid}{periods}<g fill="none" aria-hidden="true"><polyline points="{line("real")}" stroke="{BLUE}" stroke-width="2.5"/>'
        f'<polyline points="{line("planned")}" stroke="{ORANGE}" stroke-width="1.5" stroke-dasharray="5 3"/></g>'
        f'<circle role="img" aria-label="{escape(last["aria"])}" cx="{x}" cy="{y}" r="4" fill="{BLUE}"/></svg>',
        title,
    )


def money(values: Values) -> Spec:
    """Planned investment (outline), funds arrived (light) and used (dark). values: name, planned, arrived, used, label, aria."""
    order = [one["name"] for one in values]
    widest = max((one["planned"] or 0 for one in values), default=0)
    x = {
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [0, widest * 1.3 or 1]},
        "axis": {"tickCount": 4, "format": ",.0f"},
    }
    return {
        "data": {"values": list(values)},
        "width": 480,
        "height": {"step": ROW},
        "encoding": {"y": _field("name", "nominal", sort=order, axis={"ticks": False, "domain": False})},
        "layer": [
            {
                "mark": {"type": "bar", "height": 14, "color": LIGHT_BLUE},
                "encoding": {"x": {"field": "arrived", **x}, "description": {"field": "aria"}},
            },
            {
                "mark": {"type": "bar", "height": 7, "color": BLUE, "aria": False},
                "encoding": {"x": {"field": "used", **x}},
            },
            {
                "mark": {"type": "tick", "thickness": 2, "height": 16, "color": ORANGE, "aria": False},
                "encoding": {"x": {"field": "planned", **x}},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 6, "fontSize": 10, "aria": False},
                "encoding": {"x": {"field": "end", **x}, "text": {"field": "label"}},
            },
        ],
    }


def accumulation(values: Values, targets: Values) -> Spec:
    """Cumulated amounts by day, a stepped line a series, and targets as dashed lines.

    values: day, series, value, is_last, label, aria; targets: value, label.
    """
    series = list(dict.fromkeys(one["series"] for one in values))
    x = _field("day", "temporal", axis={"format": "%Y-%m", "tickCount": 6, "labelOverlap": "greedy"})
    y = _field("value", "quantitative", axis={"tickCount": 5, "domain": False})
    colour = _field(
        "series", "nominal", scale={"domain": series, "range": [BLUE, ORANGE, "#6639ba"][: len(series)]}, legend=None
    )
    dash = _field(
        "series", "nominal", scale={"domain": series, "range": [[1, 0], [6, 3], [2, 2]][: len(series)]}, legend=None
    )
    last = [{"filter": "datum.is_last"}]
    return {
        "data": {"values": list(values)},
        "width": 480,
        "height": 240,
        "layer": [
            {
                "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2, "aria": False},
                "encoding": {"x": x, "y": y, "color": colour, "strokeDash": dash},
            },
            {
                "transform": last,
                "mark": {"type": "point", "filled": True, "size": 40, "opacity": 1},
                "encoding": {"x": x, "y": y, "color": colour, "description": {"field": "aria"}},
            },
            {
                "transform": last,
                "mark": {"type": "text", "align": "left", "dx": 8, "aria": False},
                "encoding": {"x": x, "y": y, "color": colour, "text": {"field": "label"}},
            },
            {
                "data": {"values": list(targets)},
                "mark": {"type": "rule", "color": MUTED, "strokeDash": [4, 4], "aria": False},
                "encoding": {"y": y},
            },
            {
                "data": {"values": list(targets)},
                "mark": {"type": "text", "align": "left", "dx": 4, "dy": -7, "color": MUTED, "aria": False},
                "encoding": {"y": y, "x": {"value": 0}, "text": {"field": "label"}},
            },
        ],
    }
