"""QGIS styles (QML, version 3) of map layers: symbols, labels, and Chinese names of the fields. `maps` stores them in
the GeoPackage.
"""

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Any

QGIS = "3.28"  # the long-term release whose style format this is; later ones read it
NO_FILL = (255, 255, 255, 0)
LABEL_FONT, LABEL_POINTS = "Noto Sans CJK SC", "8"


def qml(style: Mapping[str, Any], titles: Mapping[str, str], *, is_line: bool = False) -> str:
    """The style of one layer as QML. style: an entry of maps.yml; titles: Chinese name of each of the layer's fields,
    in their order; is_line: its features are lines and have no fill.
    """
    root = ET.Element(
        "qgis", version=QGIS, styleCategories="Symbology|Labeling|Fields", labelsEnabled=str(int("label" in style))
    )
    _renderer(root, style, is_line)
    if "label" in style:
        _label(root, str(style["label"]))
    configuration, aliases = ET.SubElement(root, "fieldConfiguration"), ET.SubElement(root, "aliases")
    for index, (field, title) in enumerate(titles.items()):
        ET.SubElement(configuration, "field", name=field)
        ET.SubElement(aliases, "alias", field=field, index=str(index), name=title)
    ET.SubElement(root, "layerGeometryType").text = "1" if is_line else "2"  # lines, polygons
    ET.indent(root)
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ET.tostring(root, encoding="unicode") + "\n"


def _renderer(root: ET.Element, style: Mapping[str, Any], is_line: bool) -> None:
    values: Mapping[str, Mapping[str, Any]] = style.get("values", {})
    kind = {"type": "categorizedSymbol", "attr": str(style["by"])} if values else {"type": "singleSymbol"}
    renderer = ET.SubElement(
        root, "renderer-v2", kind | {"symbollevels": "0", "enableorderby": "0", "forceraster": "0"}
    )
    if values:
        categories = ET.SubElement(renderer, "categories")
        for number, (value, symbol) in enumerate(values.items()):
            kind_of = "bool" if value in ("true", "false") else "string"
            ET.SubElement(
                categories,
                "category",
                value=value,
                type=kind_of,
                symbol=str(number),
                label=str(symbol["zh"]),
                render="true",
            )
    symbols = ET.SubElement(renderer, "symbols")
    for number, fill in enumerate([symbol["fill"] for symbol in values.values()] or [style.get("fill", NO_FILL)]):
        if is_line:
            _line_symbol(symbols, str(number), style)
        else:
            _symbol(symbols, str(number), fill, style)


def _line_symbol(symbols: ET.Element, name: str, style: Mapping[str, Any]) -> None:
    symbol = ET.SubElement(symbols, "symbol", name=name, type="line", alpha="1", clip_to_extent="1", force_rhr="0")
    layer = ET.SubElement(symbol, "layer", {"class": "SimpleLine", "enabled": "1", "locked": "0", "pass": "0"})
    line = {"line_color": _colour(style["line"]), "line_style": "solid", "line_width": str(style["width"])}
    _options(layer, line | {"line_width_unit": "MM", "joinstyle": "round", "capstyle": "round"})


def _symbol(symbols: ET.Element, name: str, fill: tuple[int, ...], style: Mapping[str, Any]) -> None:
    symbol = ET.SubElement(symbols, "symbol", name=name, type="fill", alpha="1", clip_to_extent="1", force_rhr="0")
    layer = ET.SubElement(symbol, "layer", {"class": "SimpleFill", "enabled": "1", "locked": "0", "pass": "0"})
    _options(
        layer,
        {
            "color": _colour(fill),
            "style": "solid" if fill[3] else "no",
            "outline_color": _colour(style["line"]),
            "outline_style": "solid",
            "outline_width": str(style["width"]),
            "outline_width_unit": "MM",
            "joinstyle": "round",
        },
    )


def _label(root: ET.Element, field: str) -> None:
    labeling = ET.SubElement(root, "labeling", type="simple")
    settings = ET.SubElement(labeling, "settings", calloutType="simple")
    text = ET.SubElement(
        settings,
        "text-style",
        fieldName=field,
        isExpression="0",
        fontFamily=LABEL_FONT,
        fontSize=LABEL_POINTS,
        fontSizeUnit="Point",
        textColor="40,40,40,255",
    )
    ET.SubElement(
        text, "text-buffer", bufferDraw="1", bufferSize="0.8", bufferSizeUnits="MM", bufferColor="255,255,255,200"
    )
    ET.SubElement(settings, "placement", placement="1", polygonPlacementFlags="2")


def _options(parent: ET.Element, values: Mapping[str, str]) -> None:
    options = ET.SubElement(parent, "Option", type="Map")
    for name, value in values.items():
        ET.SubElement(options, "Option", name=name, value=value, type="QString")


def _colour(parts: tuple[int, ...]) -> str:
    return ",".join(str(part) for part in parts)
