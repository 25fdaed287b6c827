"""Commands of the `warehouse` program for what people decide: accept, waive, waivers, decisions."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Column, Table

from cli.errors import invalid_values_as_usage_errors
from cli.options import day, text
from cli.options import period as period_option
from warehouse.home import Home

if TYPE_CHECKING:
    from pipeline.intake.record_override import OverriddenUnit

UNIT = "reporting unit: a key (140404101, A1, A1|140404101, layer) or a township's name"
PERIOD = "only this one, 2025-07, 2025Q3 or 2025"
DRY_RUN = "show what would change, and change nothing"


def accept(
    submission: Annotated[str, typer.Argument(help="S20261123-000001")],
    reporting_unit: Annotated[list[str], typer.Option("--unit", help=f"{UNIT}; may be repeated")],
    because: Annotated[str, typer.Option("--because", parser=text, help="the reason; kept for ever")],
    by: Annotated[
        str | None, typer.Option("--by", parser=text, help="who decided; default: WAREHOUSE_ACTOR, else the user")
    ] = None,
    period: Annotated[
        str | None,
        typer.Option("--period", parser=period_option, help=f"{PERIOD}, where the unit stands in several"),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=DRY_RUN)] = False,
) -> None:
    """Accept held units that a person confirms: dropped rows, old figures restored, an older ledger, a closed period.
    Other errors must be corrected and reported again.

    Example: `warehouse accept S20261123-000007 --unit A1 --because 子项目已撤销 --by 王科长`
    """
    from pipeline.intake import accept as confirmed

    with invalid_values_as_usage_errors():
        done = confirmed.accept(
            Home.from_env(), submission, reporting_unit, because=because, decided_by=by, period=period, dry_run=dry_run
        )
    for one in done:
        _print_decided(one, dry_run)


def waive(
    rule: Annotated[str | None, typer.Argument(help="rule id, as findings name it")] = None,
    reporting_unit: Annotated[str | None, typer.Option("--unit", help=UNIT)] = None,
    approver: Annotated[str | None, typer.Option("--approver", parser=text, help="who approves it")] = None,
    because: Annotated[str | None, typer.Option("--because", parser=text, help="the reason; kept for ever")] = None,
    until: Annotated[
        date | None,
        typer.Option(
            "--until", parser=day, metavar="2026-12-31", help="submissions received up to this day are covered"
        ),
    ] = None,
    period: Annotated[
        str | None, typer.Option("--period", parser=period_option, help=f"{PERIOD}; default: any")
    ] = None,
    dataset: Annotated[
        str | None, typer.Option("--dataset", help="only this one; default: the rule's own, or any")
    ] = None,
    end: Annotated[str | None, typer.Option("--end", help="a waiver (W000001) to be ended now, instead")] = None,
    by: Annotated[
        str | None, typer.Option("--by", parser=text, help="who ends it; default: WAREHOUSE_ACTOR, else the user")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=DRY_RUN)] = False,
) -> None:
    """Grant a waiver: until a day, a rule does not hold a unit. Its findings are still shown, as waived, and the waiver
    is published. Or end one before its day.

    Examples: `warehouse waive land_use.land_total_vs_boundary --unit 荫城镇 --approver 李局长 --because 界线调整中
    --until 2026-12-31` · `warehouse waive --end W000001 --because 界线已调整 --by 李局长`
    """
    from contracts.calendar import today
    from pipeline.intake import waive as waive_rule

    if end is not None:
        with invalid_values_as_usage_errors():
            ended, let_in, is_new = waive_rule.end_waiver(
                Home.from_env(), end, because=because or "", ended_by=by, dry_run=dry_run
            )
        if not is_new:
            print(f"{ended.waiver_id} 早已终止 (ended before)：{ended.ended_by}，{ended.ended_because}")
        elif dry_run:
            print(f"{ended.waiver_id} 将终止 (would end)：{ended.rule_id} {ended.reporting_unit}")
        else:
            print(f"{ended.waiver_id} 已终止 (ended)：{ended.ended_by}，{ended.ended_because}")
        if let_in:
            names = " ".join(one.submission_id for one in let_in)
            print(
                f"凭它接收、现仍有效的 {len(let_in)} 份，请重审 (it had let these in; judge them again): "
                f"warehouse rejudge {names} --because …"
            )
        return
    if rule is None or reporting_unit is None or approver is None or until is None:
        raise typer.BadParameter(
            "请给出规则、--unit、--approver、--because、--until；或用 --end W… 终止一项豁免 (a rule with these options, or --end)"
        )
    with invalid_values_as_usage_errors():
        granted, done = waive_rule.waive(
            Home.from_env(),
            rule,
            reporting_unit,
            approver=approver,
            because=because or "",
            until_on=until,
            today=today(),
            dataset=dataset,
            period=period,
            dry_run=dry_run,
        )
    if dry_run:
        print(f"将登记豁免 (would be recorded)，放行 {len(done)} 个单元 (units let in)")
    else:
        print(f"{granted.waiver_id} 已登记 (recorded)")
    for one in done:
        _print_decided(one, dry_run)


def _print_decided(done: "OverriddenUnit", dry_run: bool) -> None:
    words = "已接收" if done.state == "accepted" else "与现行版本相同"
    if dry_run:
        would = "将接收" if done.state == "accepted" else words
        print(f"{done.submission_id} {done.reporting_unit} {done.period or ''} {would} (would be {done.state})")
        return
    woken = f"；唤醒 {len(done.woken)} 份等待的报送，用 warehouse load 继续 (woken)" if done.woken else ""
    print(
        f"{done.by} {done.submission_id} {done.reporting_unit} {done.period or ''} {words} ({done.state})；用 warehouse publish 发布{woken}"
    )


def waivers() -> None:
    """List the waivers, and whether each is still in force, or who ended it and why.

    Example: `warehouse waivers`
    """
    from cli.printing import moment
    from contracts.calendar import today
    from pipeline.intake import overview

    granted = overview.waivers(Home.from_env())
    table = Table(
        "编号",
        "规则",
        "报表",
        "单元",
        "期次",
        "批准人",
        "登录名",
        "理由",
        "登记 (北京时间)",
        "截止",
        Column("状态", overflow="fold"),
        title="豁免 waivers",
    )
    for one in granted:
        table.add_row(
            one.waiver_id,
            one.rule_id,
            one.dataset or "全部",
            one.reporting_unit,
            one.period or "全部",
            one.approver,
            one.recorded_by,
            one.because,
            moment(one.granted_at),
            one.until_on.isoformat(),
            f"已终止：{one.ended_by}，{one.ended_because}（{moment(one.ended_at)}）"
            if one.ended_at
            else _state(one.until_on, today()),
        )
    _print(table)


def _state(until: date, at: date) -> str:
    return "有效" if at <= until else "已过期"


KINDS = {"confirmed": "确认接收", "withdrawn": "撤回"}


def decisions() -> None:
    """List what people decided of units: held ones accepted, accepted ones withdrawn; who, when, why.

    Example: `warehouse decisions`
    """
    from cli.printing import moment
    from pipeline.intake import overview

    made = overview.decisions(Home.from_env())
    headings = (
        "编号",
        "决定",
        "报送",
        "报表",
        "单元",
        "期次",
        "所涉规则",
        "理由",
        "决定人",
        "登录名",
        "时间 (北京时间)",
    )
    table = Table(*headings, title="决定 decisions")
    for one in made:
        table.add_row(
            one.decision_id,
            KINDS[one.kind],
            one.submission_id,
            one.dataset,
            one.reporting_unit,
            one.period or "",
            "、".join(one.rules),
            one.because,
            one.decided_by,
            one.recorded_by,
            moment(one.decided_at),
        )
    _print(table)


def _print(table: Table) -> None:
    from cli.printing import console

    console().print(table)


COMMANDS = (accept, waive, waivers, decisions)
