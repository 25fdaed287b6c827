"""Commands of the `warehouse` program for editions: approve, editions, restate, as-of."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from warehouse.home import Home

SHOWN_ROWS = 200
NAME = "an edition (2025-07.1), a build's id, current or previous"


def approve(
    by: Annotated[str | None, typer.Option("--by", help="who approves; default: WAREHOUSE_ACTOR, else the user")] = None,
    period: Annotated[str | None, typer.Option("--as", help="2025-07, 2025Q3 or 2025; default: the month that the data reach")] = None,
    because: Annotated[str, typer.Option("--because", help="note; kept for ever")] = "",
) -> None:
    """Make the current build an edition: kept for ever, and the reporting periods that it speaks of close.

    Example: `warehouse approve --as 2025-07 --by 王局长`
    """
    from pipeline.approving import approve as run

    try:
        made = run(Home.from_env(), by, period=period, because=because)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    word = "已批准" if made["is_new"] else "早已批准"
    print(f"{made['edition']} {word} (approved)：{made['build']}，{made['by']}；关闭 {len(made['closed'])} 个期次 (periods closed)")


def editions() -> None:
    """Every approved edition, oldest period first."""
    from pipeline.printing import console
    from warehouse.approved import approved

    table = Table("版次", "构建", "批准人", "批准 (UTC)", "说明", "关闭期次", title="版次 editions")
    for one in approved(Home.from_env()):
        table.add_row(one.edition, one.build_id, escape(one.approved_by), f"{one.approved_at:%Y-%m-%d %H:%M}", escape(one.because),
                      str(len(one.closes)))
    console().print(table)


def restate(
    before: Annotated[str, typer.Argument(help=NAME)],
    after: Annotated[str, typer.Argument(help=NAME)] = "current",
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a figure, one a line")] = False,
) -> None:
    """Every figure that differs between two editions: before, after, and the submissions that changed it.

    Example: `warehouse restate 2025-07.1 current`
    """
    from pipeline.printing import console
    from warehouse.approved import folder_of
    from warehouse.marts import DATABASE
    from warehouse.restating import COLUMNS
    from warehouse.restating import restate as compare

    home = Home.from_env()
    rows = compare(folder_of(home, before) / DATABASE, folder_of(home, after) / DATABASE)
    if as_json:
        for row in rows:
            print(json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False))
        return
    table = Table(*(zh for _, zh, _ in COLUMNS.values()), title=f"{before} → {after}：{len(rows)} 个数字不同 (figures differ)")
    for row in rows[:SHOWN_ROWS]:
        table.add_row(*("" if value is None else f"{value:.10g}" if isinstance(value, float) else escape(str(value)) for value in row))
    console().print(table)


def as_of(
    moment: Annotated[str, typer.Argument(help=f"2026-03-01 or 2026-03-01T12:00 (district time); or {NAME}")],
    into: Annotated[Path, typer.Option("--into", help="folder to be made; must not exist")],
) -> None:
    """Make the marts as they were known at a moment. Of an edition, says whether they equal it; exit status 1 where they do not.

    Example: `warehouse as-of 2025-07.1 --into /data/proof`
    """
    from pipeline.as_of import as_of as run

    report = run(Home.from_env(), moment, into.resolve())
    print(json.dumps(report, ensure_ascii=False, indent=1))
    raise typer.Exit(1 if report["different"] else 0)


COMMANDS = (approve, editions, restate, as_of)
