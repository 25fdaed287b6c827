"""Draws docs/rooms.svg, a picture of the rooms and of who imports whom, from the imports in the code itself.

dev.generate writes it and checks that it is not stale. Every room is a box with the first sentence of its docstring;
a room stands above the rooms that it imports. An arrow is left out where a longer way of arrows says the same.
"""

import ast
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from textwrap import wrap

from warehouse.home import CHECKOUT, packages

LEFT_OUT = frozenset({"tests", "bench"})  # they may import any room
WITHOUT_DOCSTRING = {"dags": "When each task runs; no logic of its own."}  # Airflow wants its folder to be no package
LIBRARIES = {
    "airflow": "Airflow",
    "dbt": "dbt",
    "duckdb": "DuckDB",
    "great_expectations": "Great Expectations",
    "sqlalchemy": "SQLAlchemy",
    "pyogrio": "GDAL",
    "shapely": "GEOS",
    "typer": "Typer",
}
BOX, GAP, MARGIN = (250, 118), (40, 64), 30  # pixels: width and height of a box, space between boxes, border
CHARACTERS = 40  # of a line in a box, at 12 pixels
STYLE = (
    ".b{fill:#f7faf7;stroke:#4f7a5b;stroke-width:1.4}.t{fill:#1d2b22;font-weight:600;font-size:16px}.s{fill:#55625a}"
    ".l{fill:#3d6aa2;font-style:italic}.a{stroke:#6b776f;stroke-width:1.4;fill:none;marker-end:url(#m)}"
)
ARROWHEAD = (
    '<marker id="m" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    '<path d="M0 0 8 4 0 8z" fill="#6b776f"/></marker>'
)

Graph = dict[str, set[str]]


def rooms() -> list[str]:
    """The packages of the project and the folder of DAGs, by name."""
    return sorted((packages() | set(WITHOUT_DOCSTRING)) - LEFT_OUT)


def imported_modules(path: Path) -> Iterator[str]:
    """Full names of the modules that a file imports, wherever the import stands in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def imports_of(room: str) -> set[str]:
    """Top-level packages that a room imports, its own left out."""
    found = {name.partition(".")[0] for path in (CHECKOUT / room).rglob("*.py") for name in imported_modules(path)}
    return found - {room}


def levels(graph: Mapping[str, set[str]]) -> dict[str, int]:
    """Height of each room: 0 for one that imports no other, else one more than the highest that it imports.

    Raises RecursionError for a circle.
    """

    def height(room: str) -> int:
        return 1 + max((height(other) for other in graph[room]), default=-1)

    return {room: height(room) for room in graph}


def without_shortcuts(graph: Mapping[str, set[str]]) -> Graph:
    """The graph without the edges that a longer way of edges replaces (its transitive reduction)."""

    def reached(room: str) -> set[str]:
        return {room}.union(*(reached(other) for other in graph[room]))

    return {
        room: {one for one in others if not any(one in reached(other) for other in others - {one})}
        for room, others in graph.items()
    }


def _purpose(room: str) -> str:
    """The first sentence of the room's docstring."""
    if room in WITHOUT_DOCSTRING:
        return WITHOUT_DOCSTRING[room]
    text = ast.get_docstring(ast.parse((CHECKOUT / room / "__init__.py").read_text(encoding="utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split()).partition(". ")[0].rstrip(".") + "."


def _places(heights: Mapping[str, int], roots: set[str]) -> dict[str, tuple[int, int]]:
    """Upper left corner of each box: rows by height, the highest on top; each row centred, in order of name.

    roots: rooms that no other imports. One below the top would stand in the way of arrows: it stands on the left of all
    others, and its place in the row stays empty.
    """
    top = max(heights.values())
    rows = [sorted(room for room, height in heights.items() if height == level) for level in range(top + 1)]
    aside = {room for room in roots if heights[room] < top}
    widest = max(len(row) for row in rows)
    step_x, step_y = BOX[0] + GAP[0], BOX[1] + GAP[1]
    left = MARGIN + (step_x if aside else 0)
    return {
        room: (
            MARGIN if room in aside else left + (widest - len(row)) * step_x // 2 + index * step_x,
            MARGIN + (top - level) * step_y,
        )
        for level, row in enumerate(rows)
        for index, room in enumerate(row)
    }


def _box(room: str, x: int, y: int, libraries: list[str]) -> str:
    lines = [f'<rect class="b" x="{x}" y="{y}" width="{BOX[0]}" height="{BOX[1]}" rx="8"/>']
    lines.append(f'<text class="t" x="{x + 12}" y="{y + 24}">{room}/</text>')
    purpose = wrap(_purpose(room), CHARACTERS, max_lines=4, placeholder=" …")
    lines += [
        f'<text class="s" x="{x + 12}" y="{y + 44 + 16 * n}">{escape(line)}</text>' for n, line in enumerate(purpose)
    ]
    if libraries:
        lines.append(f'<text class="l" x="{x + 12}" y="{y + BOX[1] - 8}">{escape(" · ".join(libraries))}</text>')
    return "\n".join(lines)


def rooms_picture() -> str:
    """The SVG text of docs/rooms.svg."""
    names = rooms()
    imports = {room: imports_of(room) for room in names}
    graph = {room: imports[room] & set(names) for room in names}
    places = _places(levels(graph), set(names).difference(*graph.values()))
    parts = []
    for room, others in sorted(without_shortcuts(graph).items()):
        for other in sorted(others):
            (x1, y1), (x2, y2) = places[room], places[other]
            parts.append(f'<path class="a" d="M{x1 + BOX[0] // 2} {y1 + BOX[1]}L{x2 + BOX[0] // 2} {y2 - 3}"/>')
    for room, (x, y) in sorted(places.items()):
        parts.append(_box(room, x, y, [title for name, title in LIBRARIES.items() if name in imports[room]]))
    width = max(x for x, _ in places.values()) + BOX[0] + MARGIN
    height = max(y for _, y in places.values()) + BOX[1] + MARGIN
    body = "\n".join(parts)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">
<!-- Generated by dev/rooms_picture.py from the imports; do not edit. -->
<style>{STYLE}</style>
<defs>{ARROWHEAD}</defs>
<rect width="{width}" height="{height}" fill="#ffffff"/>
{body}
</svg>
"""
