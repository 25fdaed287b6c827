"""Commands of the `warehouse` program for approval and reporting periods: approve, revoke, editions, periods."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cli.errors import UserError, invalid_values_as_usage_errors
from cli.options import period as period_option
from cli.options import text
from warehouse.home import Home

if TYPE_CHECKING:
    from pipeline.release.approve import Preview
    from pipeline.release.closing import DatasetPeriod

PERIOD = "2025-07, 2025Q3 or 2025"
BY = "who decides; default: WAREHOUSE_ACTOR, else the user"
DRY_RUN = "show what would change, and change nothing"
OPEN = {True: "开放 (open)", False: "已关闭 (closed)"}
SHOWN = 20
"""Lines of a list on the screen: enough to see what it is about; the rest is counted."""


def approve(
    build: Annotated[
        str | None,
        typer.Argument(help="id of a published build, as --dry-run shows it; current: the one that readers see now"),
    ] = None,
    by: Annotated[str | None, typer.Option("--by", parser=text, help=BY)] = None,
    period: Annotated[
        str | None,
        typer.Option("--as", "--period", parser=period_option, help=f"{PERIOD}; default: the last month with data"),
    ] = None,
    because: Annotated[
        str | None, typer.Option("--because", parser=text, help="the reason; kept for ever; needed but with --dry-run")
    ] = None,
    close_incomplete: Annotated[
        bool, typer.Option("--close-incomplete", help="close also periods that still lack reports; recorded")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="show what would be signed and closed, and do nothing")
    ] = False,
) -> None:
    """Make a published build an edition: it is kept for ever, and the reporting periods that it has whole close.

    Example: `warehouse approve --dry-run`, then `warehouse approve 20260801T010203Z-1a2b3c4d-5e6f7a8b --because 上报 --by
    王局长`
    """
    from pipeline.release import approve as approving

    home = Home.from_env()
    with invalid_values_as_usage_errors():
        if dry_run:
            _print_preview(approving.preview(home, build or "current", period=period), close_incomplete)
            return
        if build is None:
            raise ValueError(
                "请写明批准哪个构建：warehouse approve --dry-run 列出要签的构建和命令；或写 current，即此刻读者所读的 (name the "
                "build to be signed: --dry-run shows it with the command; or write current, the one that readers see now)"
            )
        approving.check_reason(because)
        made = approving.approve(
            home, by, build=build, period=period, because=because or "", close_incomplete=close_incomplete
        )
    word = "已批准" if made["is_new"] else "早已批准"
    print(
        f"{made['edition']} {word} (approved)：{made['build']}，{made['by']}；关闭 {len(made['closed'])} 个期次 (periods closed)"
    )
    if made["left_open"]:
        print(f"仍缺报、未关闭的期次 {len(made['left_open'])} 个 (left open): {_some(made['left_open'])}")


def _print_preview(found: "Preview", close_incomplete: bool) -> None:
    from pipeline.release.approve import shown_value

    word = "将成为版次 (would become edition)" if found.is_new else "早已是版次 (is already edition)"
    print(f"{found.build_id} {word} {found.edition}")
    if found.against is None:
        print("此前没有版次可比 (no edition before it)")
    else:
        print(f"与 {found.against} 相比，{len(found.differing)} 个主要数字不同 (headline figures differ)：")
        for row in found.differing[:SHOWN]:
            before, after = (shown_value(row, name) for name in ("before", "after"))
            print(
                f"  {row['figure']} {row['code'] or ''} {row['area_code'] or ''} {row['period'] or ''}: {before} → {after}"
            )
        if len(found.differing) > SHOWN:
            print(f"  …… 其余见 warehouse diff {found.against} {found.build_id}")
        if found.others:
            print(
                f"其他数字不同 (others): {'、'.join(f'{name} {count}' for name, count in sorted(found.others.items()))}"
            )
    whole = [" ".join(one) for one in found.closing.whole]
    print(f"将关闭 {len(whole)} 个期次 (periods to be closed): {_some(whole)}")
    what = (
        "将照样关闭 (closed all the same)" if close_incomplete else "不关闭 (left open; --close-incomplete closes them)"
    )
    _print_lacking(
        f"仍缺报的 {len(found.closing.incomplete)} 个 (still lacking reports)，{what}：", found.closing.incomplete
    )
    closed = f"早已关闭而仍缺报的 {len(found.closing.closed)} 个 (closed before, and still lacking reports)："
    _print_lacking(closed, found.closing.closed)
    if found.is_new:
        print(
            f"批准 (to sign this very build): warehouse approve {found.build_id} --as {found.edition.rpartition('.')[0]} "
            "--because 理由 --by 姓名"
        )


def _print_lacking(heading: str, lacking: Mapping["DatasetPeriod", list[str]]) -> None:
    """Print who has not reported for which period; nothing where nothing lacks."""
    if lacking:
        print(heading)
    for (dataset, period), missing in lacking.items():
        print(f"  {dataset} {period}：缺 {len(missing)} 份 (missing): {_some(missing)}")


def _some(names: list[str], most: int = SHOWN) -> str:
    return "、".join(names[:most]) + (f" 等 {len(names)}" if len(names) > most else "") or "无 (none)"


def revoke(
    edition: Annotated[str, typer.Argument(help="2025-07.1")],
    because: Annotated[str, typer.Option("--because", parser=text, help="the reason; kept for ever")],
    by: Annotated[str | None, typer.Option("--by", parser=text, help=BY)] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=DRY_RUN)] = False,
) -> None:
    """Revoke an edition: it stays, shown as revoked, and the periods that it closed open again.

    Example: `warehouse revoke 2025-07.1 --because 误批 --by 王局长`
    """
    from pipeline.release import approve as approving

    with invalid_values_as_usage_errors():
        done = approving.revoke(Home.from_env(), edition, because=because, by=by, is_dry_run=dry_run)
    word = "将撤销 (would be revoked)" if dry_run else "已撤销 (revoked)"
    if not done["is_new"]:
        word = "早已撤销 (revoked before)"
    print(
        f"{done['edition']} {word}：{done['by']}，{done['because']}；"
        f"重新开放 {len(done['reopened'])} 个期次 (periods opened again): {_some(done['reopened'])}"
    )


def editions() -> None:
    """List the approved editions, oldest period first, revoked ones included.

    Example: `warehouse editions`
    """
    from cli.printing import console, moment
    from pipeline.release.published import approved_editions

    table = Table(
        "版次", "构建", "批准人", "登录名", "批准 (北京时间)", "说明", "关闭期次", "状态", title="版次 editions"
    )
    for one in approved_editions(Home.from_env()):
        table.add_row(
            one.edition,
            one.build_id,
            escape(one.approved_by),
            escape(one.login),
            moment(one.approved_at),
            escape(one.because),
            str(len(one.closes)),
            escape(f"已撤销 revoked：{one.revoked_by}，{one.revoked_because}") if one.is_revoked else "有效",
        )
    console().print(table)


def periods(
    opened: Annotated[
        tuple[str, str] | None,
        typer.Option("--open", metavar="DATASET PERIOD", help="open it, also where it is closed"),
    ] = None,
    closed: Annotated[
        tuple[str, str] | None, typer.Option("--close", metavar="DATASET PERIOD", help="close it, whatever it lacks")
    ] = None,
    because: Annotated[str | None, typer.Option("--because", parser=text, help="the reason; kept for ever")] = None,
    by: Annotated[str | None, typer.Option("--by", parser=text, help=BY)] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=DRY_RUN)] = False,
) -> None:
    """List the reporting periods: open or closed, by whom, and what is missing. Or open or close one.

    Examples: `warehouse periods` · `warehouse periods --open rural_waste 2025Q4 --because 补报 --by 王科长`
    """
    from pipeline.calendar import periods as calendar

    home = Home.from_env()
    if opened and closed:
        raise UserError("--open 与 --close 只能用一个 (only one of --open and --close)")
    with invalid_values_as_usage_errors():
        if opened:
            done = calendar.open_again(home, *opened, because=because or "", decided_by=by, dry_run=dry_run)
        elif closed:
            done = calendar.close(home, *closed, because=because or "", decided_by=by, dry_run=dry_run)
        else:
            _print_periods(home)
            return
    if dry_run:
        is_change = done is None or done.is_open != bool(opened)
        now = "未开放过 (never opened)" if done is None else OPEN[done.is_open]
        after = f"将变为 (would become) {OPEN[bool(opened)]}" if is_change else "没有变化 (no change)"
        print(f"{' '.join(opened or closed or ())} {now}；{after}")
    elif done is not None:
        print(f"{done.dataset} {done.period} {OPEN[done.is_open]}")


def _print_periods(home: Home) -> None:
    from cli.printing import console, moment
    from contracts.calendar import today
    from pipeline.calendar.periods import statuses

    headings = ("报表", "期次", "应报日期", "状态", "何人", "何时 (北京时间)", "缘由", "缺报")
    table = Table(*headings, title="期次 periods")
    for one in statuses(home, today()):
        table.add_row(
            one.period.dataset,
            one.period.period,
            one.period.due_on.isoformat() if one.period.due_on else "",
            "开放 open" if one.period.is_open else "已关闭 closed",
            escape(one.decided_by),
            moment(one.last.at) if one.last else "",
            escape(one.because),
            str(len(one.missing) or ""),
        )
    console().print(table)


COMMANDS = (approve, revoke, editions, periods)
