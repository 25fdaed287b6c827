"""Commands of the `warehouse` program that take back or judge again what was decided: withdraw, rejudge."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.decisions import DRY_RUN, UNIT
from cli.errors import UserError, invalid_values_as_usage_errors
from cli.options import text
from warehouse.home import Home

if TYPE_CHECKING:
    from pipeline.intake.rejudge import JudgedAgain
    from pipeline.intake.taken_back import UnitChange

STATES = {
    "accepted": "已接收",
    "unchanged": "与现行版本相同",
    "held": "退回",
    "waiting": "等待",
    "withdrawn": "已撤回",
}


def withdraw(
    submission: Annotated[str, typer.Argument(help="S20261123-000001")],
    because: Annotated[
        str, typer.Option("--because", parser=text, help="the reason; kept for ever, and shown in the receipt")
    ],
    reporting_unit: Annotated[
        list[str] | None, typer.Option("--unit", help=f"{UNIT}; may be repeated; default: all")
    ] = None,
    period: Annotated[str | None, typer.Option("--period", help="only this one")] = None,
    by: Annotated[
        str | None, typer.Option("--by", parser=text, help="who decided; default: WAREHOUSE_ACTOR, else the user")
    ] = None,
    even_closed: Annotated[
        bool, typer.Option("--even-closed", help="also from closed periods: approved figures will change")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=DRY_RUN)] = False,
) -> None:
    """Withdraw a submission, or units of it: they no longer count, and what they had replaced is in force again.

    Example: `warehouse withdraw S20261123-000007 --because 报错了表 --by 王科长 --dry-run`
    """
    from pipeline.intake import withdraw as withdrawing

    with invalid_values_as_usage_errors():
        done = withdrawing.withdraw(
            Home.from_env(),
            submission,
            reporting_unit or (),
            because=because,
            decided_by=by,
            period=period,
            even_closed=even_closed,
            dry_run=dry_run,
        )
    name = f"{done.submission.submission_id}（{done.submission.file_name}）"
    if not done.reporting_units:
        print(f"{name} 早已撤回，没有变化 (withdrawn before; nothing changed)")
        return
    word = "将撤回 (would be withdrawn)" if dry_run else "已撤回 (withdrawn)"
    print(f"{name} {word}：{len(done.reporting_units)} 个单元 (units)")
    for one in done.reporting_units:
        print(f"  {_named_unit(one)}：{_instead(one, submission)}")
    if done.relying:
        names = " ".join(one.submission_id for one in done.relying)
        print(
            f"以它为据审核过的 {len(done.relying)} 份，请重审 (checked against it; judge them again): "
            f"warehouse rejudge {names} --because …"
        )
    if done.woken:
        print(f"唤醒 {len(done.woken)} 份等待的报送，用 warehouse load 继续 (woken)")
    if not dry_run:
        print("用 warehouse publish 发布 (publish to have it in the marts)")


def _named_unit(one: "UnitChange") -> str:
    return f"{one.reporting_unit} {one.period or ''}".strip() + ("（已关闭 closed）" if one.is_closed else "")


def _instead(one: "UnitChange", submission: str) -> str:
    if one.in_force_before != submission:
        return f"{STATES[one.before]}，本不在现行版本中 (was not in force)"
    if one.in_force_after is None:
        return "不再有现行版本 (nothing is in force any more)"
    return f"恢复 {one.in_force_after} 的版本 (in force again)"


def rejudge(
    submission: Annotated[list[str] | None, typer.Argument(help="S20261123-000001; several at once")] = None,
    because: Annotated[str | None, typer.Option("--because", parser=text, help="the reason; kept for ever")] = None,
    by: Annotated[
        str | None, typer.Option("--by", parser=text, help="who decided; default: WAREHOUSE_ACTOR, else the user")
    ] = None,
    dataset: Annotated[str | None, typer.Option("--dataset", help="every submission of it")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=DRY_RUN)] = False,
) -> None:
    """Judge decided submissions again, by the rules and waivers of now, beside what is accepted apart from themselves.

    Exit status: 0 nothing changed, or all that changed is let in; 1 something is held now that was not.

    Example: `warehouse rejudge --dataset land_use --because 规则已调整 --dry-run`
    """
    from pipeline.intake import rejudge as judging

    if not submission and dataset is None:
        raise UserError("请给出报送编号或 --dataset (name submissions, or a dataset)")
    with invalid_values_as_usage_errors():
        judged = judging.rejudge(
            Home.from_env(), submission or (), dataset=dataset, because=because or "", decided_by=by, dry_run=dry_run
        )
    changed = [one for one in judged if one.is_changed]
    for one in changed:
        _print_judged(one)
    word = "将有变化 (would change)" if dry_run else "有变化 (changed)"
    print(f"重审 {len(judged)} 份 (judged again)，{len(changed)} 份{word}")
    if changed and not dry_run:
        print("用 warehouse publish 发布 (publish to have it in the marts)")
    raise typer.Exit(int(any(change.after == "held" for one in changed for change in one.reporting_units)))


def _print_judged(one: "JudgedAgain") -> None:
    print(f"{one.submission.submission_id} {one.submission.file_name}")
    for change in one.reporting_units:
        print(
            f"  {_named_unit(change)}：{STATES[change.before]} → {STATES[change.after]} ({change.before} → {change.after})"
        )
    for words, rules in (("新发现 (now found)", one.new_rules), ("不再有 (no longer found)", one.gone_rules)):
        if rules:
            print(f"  {words}: {'、'.join(rules)}")


COMMANDS = (withdraw, rejudge)
