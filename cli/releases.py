"""Commands of the `warehouse` program about builds and editions: publish, approve, editions, diff, as-of."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cli.errors import invalid_values_as_usage_errors
from cli.options import moment_or_name
from cli.options import period as period_option
from warehouse.home import Home

SHOWN_ROWS = 200
PERIOD = "2025-07, 2025Q3 or 2025"
NAME = "an edition (2025-07.1), a build's id, current or previous"


def publish(
    force: Annotated[
        bool, typer.Option("--force", help="make and publish a new build even if nothing changed")
    ] = False,
) -> None:
    """Build the marts from what is accepted, and publish them if they pass the gate; without changes, do nothing.

    Examples: `warehouse publish` · `warehouse publish --force`
    """
    from pipeline.build import run as build

    home = Home.from_env()
    if not force and not build.is_due(home):
        print("没有变化，未发布新版本 (nothing changed, nothing published)")
        return
    if force:
        print("按要求重新构建并发布，不论有无变化 (building and publishing anew, whether or not anything changed)")
    for step, result in build.run(home, build.Scope(is_forced=force)).items():
        print(f"{step}: {json.dumps(result, ensure_ascii=False)}")


def approve(
    by: Annotated[
        str | None, typer.Option("--by", help="who approves; default: WAREHOUSE_ACTOR, else the user")
    ] = None,
    period: Annotated[
        str | None,
        typer.Option("--as", parser=period_option, help=f"{PERIOD}; default: the last month with data"),
    ] = None,
    because: Annotated[str, typer.Option("--because", help="note; kept for ever")] = "",
) -> None:
    """Make the current build an edition: it is kept for ever, and the reporting periods up to its own close.

    Example: `warehouse approve --as 2025-07 --by 王局长`
    """
    from pipeline.release.approve import approve as run

    with invalid_values_as_usage_errors():
        made = run(Home.from_env(), by, period=period, because=because)
    word = "已批准" if made["is_new"] else "早已批准"
    print(
        f"{made['edition']} {word} (approved)：{made['build']}，{made['by']}；关闭 {len(made['closed'])} 个期次 (periods closed)"
    )


def editions() -> None:
    """List the approved editions, oldest period first.

    Example: `warehouse editions`
    """
    from cli.printing import console
    from pipeline.release.published import approved_editions

    table = Table("版次", "构建", "批准人", "登录名", "批准 (UTC)", "说明", "关闭期次", title="版次 editions")
    for one in approved_editions(Home.from_env()):
        table.add_row(
            one.edition,
            one.build_id,
            escape(one.approved_by),
            escape(one.login),
            f"{one.approved_at:%Y-%m-%d %H:%M}",
            escape(one.because),
            str(len(one.closes)),
        )
    console().print(table)


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
    moment: Annotated[
        str,
        typer.Argument(
            parser=moment_or_name,
            metavar="MOMENT",
            help=f"2026-03-01 or 2026-03-01T12:00 (district time); or {NAME}",
        ),
    ],
    into: Annotated[Path, typer.Option("--into", help="folder to be made; must not exist")],
) -> None:
    """Make the marts as they were known at a moment, and compare them with what was published then.

    Exit status: 0 equal (or nothing was published then), 1 not equal.

    Example: `warehouse as-of 2025-07.1 --into /data/proof`
    """
    from pipeline.release.as_of import as_of as run

    with invalid_values_as_usage_errors():
        report = run(Home.from_env(), moment, into.resolve())
    print(json.dumps(report, ensure_ascii=False, indent=1))
    raise typer.Exit(1 if report["different"] else 0)


COMMANDS = (publish, approve, editions, diff, as_of)
