"""Commands of the `warehouse` program about builds: publish, override-gate, rollback, release, diff, as-of."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cli.errors import invalid_values_as_usage_errors
from cli.options import moment_or_name, text
from cli.progress import tell
from warehouse.home import Home

SHOWN_ROWS = 200
NAME = "an edition (2025-07.1), a build's id, current or previous"


BECAUSE = "the reason; kept for ever"
BY = "who decided; default: WAREHOUSE_ACTOR, else the user"
NO_WAIT = "where another build is under way, exit at once (status 2) instead of waiting for it"


def publish(
    force: Annotated[
        bool, typer.Option("--force", help="make and publish a new build even if nothing changed")
    ] = False,
    no_wait: Annotated[bool, typer.Option("--no-wait", help=NO_WAIT)] = False,
) -> None:
    """Build the marts from what is accepted, and publish them if they pass the gate; without changes, do nothing.

    Examples: `warehouse publish` · `warehouse publish --force` · `warehouse publish --no-wait`
    """
    from pipeline.build import run as build
    from pipeline.release.approval_record import finish_approvals
    from pipeline.release.published import pin

    home = Home.from_env()
    results: Mapping[str, object] = {}
    if force:
        print("按要求重新构建并发布，不论有无变化 (building and publishing anew, whether or not anything changed)")
    build.finish_interrupted(home, wait=not no_wait, progress=tell)
    finish_approvals(home)
    if force or build.is_due(home):
        scope = build.Scope(is_forced=force)
        results = build.run(home, scope, wait=not no_wait, progress=tell, only_if_due=not force)
    if not results:
        print("没有变化，未发布新版本 (nothing changed, nothing published)")
        if held := pin(home):
            print(held)
        return
    for step, result in results.items():
        print(f"{step}: {json.dumps(result, ensure_ascii=False)}")


def override_gate(
    build: Annotated[str, typer.Argument(help="id of the refused build, as the refusal and its notice name it")],
    checks: Annotated[
        list[str] | None, typer.Option("--check", help="a failed check that does not stop it; may be repeated")
    ] = None,
    because: Annotated[str | None, typer.Option("--because", parser=text, help=BECAUSE)] = None,
    by: Annotated[str | None, typer.Option("--by", parser=text, help=BY)] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only show what failed; change nothing")] = False,
    no_wait: Annotated[bool, typer.Option("--no-wait", help=NO_WAIT)] = False,
) -> None:
    """Let one refused build pass although some checks of the gate failed, and publish it as it is. The decision counts
    for this content alone, and stands in the build's manifest.

    Exit status: 0 published (or --dry-run), 1 other failed checks still stop it.

    Example: `warehouse override-gate 20261123T080000Z-1a2b3c4d-5e6f7a8b --check stock_change_implausible --because
    补测后面积更正 --by 王局长`
    """
    from pipeline.release.override_gate import override_gate as run

    with invalid_values_as_usage_errors():
        done = run(
            Home.from_env(),
            build,
            checks or [],
            because=because or "",
            by=by,
            is_dry_run=dry_run,
            wait=not no_wait,
            progress=tell,
        )
    for one in done["failures"]:
        word = "已放行 (overridden)" if one["name"] in done["overridden"] else "未通过 (failed)"
        print(f"{one['name']} {word}: {one['detail']}")
    if done["published"]:
        print(f"{done['published']} 已发布 (published)")
    elif not dry_run:
        print(f"仍有检查未通过，没有发布 (other failed checks still stop it): {'、'.join(done['left'])}")
        raise typer.Exit(1)


def rollback(
    build: Annotated[str, typer.Argument(help="an edition (2025-07.1), a published build's id, or previous")],
    because: Annotated[str, typer.Option("--because", parser=text, help=BECAUSE)],
    by: Annotated[str | None, typer.Option("--by", parser=text, help=BY)] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only show what would become current")] = False,
) -> None:
    """Make an older build current again. It stays, whatever is accepted or built, until `warehouse release`.

    Example: `warehouse rollback previous --because 耕地数据有误 --by 王局长`
    """
    from cli.printing import moment
    from pipeline.release.rollback import roll_back

    with invalid_values_as_usage_errors():
        done = roll_back(Home.from_env(), build, because=because, by=by, is_dry_run=dry_run)
    word = "将回到 (would roll back to)" if dry_run else "已回到 (rolled back to)"
    print(
        f"{word} {done['to']}，统计日期 (as of) {done['as_of_date'] or '—'}，"
        f"首次发布 (first published) {moment(done['published_at']) if done['published_at'] else '—'}（北京时间）"
    )
    print(
        f"原当前版本 (was current): {done['from'] or '—'}；较新的构建 (newer builds): {'、'.join(done['newer']) or '无'}"
    )
    print(f"数字差别 (figures that differ): warehouse diff {done['from']} {done['to']}")
    if not dry_run:
        print("此后不再发布，直到 (nothing is published from now on, until): warehouse release --because … --by …")


def release(
    because: Annotated[str, typer.Option("--because", parser=text, help=BECAUSE)],
    by: Annotated[str | None, typer.Option("--by", parser=text, help=BY)] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only show what is pinned")] = False,
) -> None:
    """End a rollback: the next build is published again.

    Example: `warehouse release --because 已更正 --by 王局长`
    """
    from pipeline.release.rollback import release as run

    with invalid_values_as_usage_errors():
        done = run(Home.from_env(), because=because, by=by, is_dry_run=dry_run)
    print(f"{done['build']} 由 {done['pinned_by']} 固定 (was pinned by): {done['pinned_because']}")
    if not dry_run:
        print("已解除；下一次构建将发布 (released; the next build is published): warehouse publish")


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
    from cli.printing import console, table_cell
    from pipeline.build.revisions import COLUMNS

    shown = [name for name in COLUMNS if name not in ("text_before", "text_after")]
    table = Table(*(COLUMNS[name][1] for name in shown), title=title)
    for row in rows[:SHOWN_ROWS]:
        beside = {name: row[f"text_{name.partition('_')[2]}"] for name in ("value_before", "value_after")}
        values = (row[name] if row[name] is not None else beside.get(name) for name in shown)
        table.add_row(*map(table_cell, values))
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


COMMANDS = (publish, override_gate, rollback, release, diff, as_of)
