"""Commands of the `warehouse` program about builds: publish, diff, as-of."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from warehouse.home import Home

SHOWN_ROWS = 200
NAME = "an edition (2025-07.1), a build's id, current or previous"


def publish(force: Annotated[bool, typer.Option("--force", help="build even if nothing changed")] = False) -> None:
    """Build the marts from what is accepted, and publish them if they pass the gate; without changes, do nothing.

    Example: `warehouse publish`
    """
    from pipeline.build import run as build

    home = Home.from_env()
    if not force and not build.is_due(home):
        print("没有变化，未发布新版本 (nothing changed, nothing published)")
        return
    for step, result in build.run(home).items():
        print(f"{step}: {json.dumps(result, ensure_ascii=False)}")


def diff(
    before: Annotated[str, typer.Argument(help=NAME)],
    after: Annotated[str, typer.Argument(help=NAME)] = "current",
    with_new: Annotated[
        bool, typer.Option("--new", help="list each new figure too; default: they are counted")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="one JSON object per figure, one per line; new ones only with --new")
    ] = False,
) -> None:
    """List the figures that differ between two builds or editions: before, after, and the submissions that changed
    them; new figures are counted.

    Example: `warehouse diff 2025-07.1 current`
    """
    from pipeline.build.revisions import COLUMNS, revision_rows
    from pipeline.release.published import database_of

    home = Home.from_env()
    found = revision_rows(database_of(home, before), database_of(home, after))
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in found]
    listed = [row for row in rows if with_new or row["change_kind"] != "new"]
    if as_json:
        for row in listed:
            print(json.dumps(row, ensure_ascii=False))
        return
    _print_differing(listed, f"{before} → {after}：{len(listed)} 个数字不同 (figures differ)")
    if not with_new:
        _print_new([row for row in rows if row["change_kind"] == "new"])


def _print_differing(rows: Sequence[Mapping[str, object]], title: str) -> None:
    """The first SHOWN_ROWS; numbers and texts share a column."""
    from cli.printing import console
    from pipeline.build.revisions import COLUMNS

    shown = [name for name in COLUMNS if name not in ("text_before", "text_after")]
    table = Table(*(COLUMNS[name][1] for name in shown), title=title)
    for row in rows[:SHOWN_ROWS]:
        beside = {name: row[f"text_{name.partition('_')[2]}"] for name in ("value_before", "value_after")}
        values = (row[name] if row[name] is not None else beside.get(name) for name in shown)
        table.add_row(
            *(
                "" if value is None else f"{value:.10g}" if isinstance(value, float) else escape(str(value))
                for value in values
            )
        )
    console().print(table)


def _print_new(rows: Sequence[Mapping[str, object]]) -> None:
    """New figures, counted by kind and period."""
    from cli.printing import console
    from pipeline.build.revisions import COLUMNS

    if not rows:
        return
    counted = Counter((str(row["figure"]), str(row["period"] or "")) for row in rows)
    table = Table(
        COLUMNS["figure"][1],
        COLUMNS["period"][1],
        "个数",
        title=f"另有 {len(rows)} 个新数字 (new figures; each with --new)",
    )
    for (figure, period), count in sorted(counted.items()):
        table.add_row(figure, escape(period), str(count))
    console().print(table)


def as_of(
    moment: Annotated[str, typer.Argument(help=f"2026-03-01 or 2026-03-01T12:00 (district time); or {NAME}")],
    into: Annotated[Path, typer.Option("--into", help="folder to be made; must not exist")],
) -> None:
    """Make the marts as they were known at a moment, and compare them with what was published then.

    Exit status: 0 equal (or nothing was published then), 1 not equal.

    Example: `warehouse as-of 2025-07.1 --into /data/proof`
    """
    from pipeline.release.as_of import as_of as run

    report = run(Home.from_env(), moment, into.resolve())
    print(json.dumps(report, ensure_ascii=False, indent=1))
    raise typer.Exit(1 if report["different"] else 0)


COMMANDS = (publish, diff, as_of)
