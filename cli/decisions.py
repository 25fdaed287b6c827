"""Commands of the `warehouse` program for what people decide: accept, waive, waivers, decisions."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from cli.errors import invalid_values_as_usage_errors
from cli.options import day
from cli.options import period as period_option
from warehouse.home import Home

if TYPE_CHECKING:
    from pipeline.intake.override import OverriddenUnit

UNIT = "reporting unit: a key (140404101, A1, A1|140404101, layer) or a township's name"
PERIOD = "only this one, 2025-07, 2025Q3 or 2025"


def accept(
    submission: Annotated[str, typer.Argument(help="S20261123-000001")],
    reporting_unit: Annotated[list[str], typer.Option("--unit", help=f"{UNIT}; may be repeated")],
    because: Annotated[str, typer.Option("--because", help="the reason; kept for ever")],
    by: Annotated[str | None, typer.Option("--by", help="who decided; default: WAREHOUSE_ACTOR, else the user")] = None,
    period: Annotated[
        str | None,
        typer.Option("--period", parser=period_option, help=f"{PERIOD}, where the unit stands in several"),
    ] = None,
) -> None:
    """Accept held units that a person confirms: dropped rows, old figures restored, an older ledger, a closed period.
    Other errors must be corrected and reported again.

    Example: `warehouse accept S20261123-000007 --unit A1 --because 子项目已撤销 --by 王科长`
    """
    from pipeline.intake import override

    with invalid_values_as_usage_errors():
        done = override.accept(
            Home.from_env(), submission, reporting_unit, because=because, decided_by=by, period=period
        )
    for one in done:
        _print_decided(one)


def waive(
    rule: Annotated[str, typer.Argument(help="rule id, as findings name it")],
    reporting_unit: Annotated[str, typer.Option("--unit", help=UNIT)],
    approver: Annotated[str, typer.Option("--approver", help="who approves it")],
    because: Annotated[str, typer.Option("--because", help="the reason; kept for ever")],
    until: Annotated[
        date,
        typer.Option(
            "--until", parser=day, metavar="2026-12-31", help="submissions received up to this day are covered"
        ),
    ],
    period: Annotated[
        str | None, typer.Option("--period", parser=period_option, help=f"{PERIOD}; default: any")
    ] = None,
    dataset: Annotated[
        str | None, typer.Option("--dataset", help="only this one; default: the rule's own, or any")
    ] = None,
) -> None:
    """Grant a waiver: until a day, a rule does not hold a unit. Its findings are still shown, as waived, and the waiver
    is published.

    Example: `warehouse waive land_use.land_total_vs_boundary --unit 荫城镇 --approver 李局长 --because 界线调整中
    --until 2026-12-31`
    """
    from pipeline.calendar.expected_reports import today
    from pipeline.intake import override

    with invalid_values_as_usage_errors():
        granted, let_in = override.waive(
            Home.from_env(),
            rule,
            reporting_unit,
            approver=approver,
            because=because,
            until_on=until,
            today=today(),
            dataset=dataset,
            period=period,
        )
    print(f"{granted.waiver_id} 已登记 (recorded)")
    for done in let_in:
        _print_decided(done)


def _print_decided(done: "OverriddenUnit") -> None:
    words = "已接收" if done.state == "accepted" else "与现行版本相同"
    woken = f"；唤醒 {len(done.woken)} 份等待的报送，用 warehouse load 继续 (woken)" if done.woken else ""
    print(
        f"{done.by} {done.submission_id} {done.reporting_unit} {done.period or ''} {words} ({done.state})；用 warehouse publish 发布{woken}"
    )


def waivers() -> None:
    """List the waivers, and whether each is still in force.

    Example: `warehouse waivers`
    """
    from pipeline.calendar.expected_reports import today
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
        "登记 (UTC)",
        "截止",
        "状态",
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
            f"{one.granted_at:%Y-%m-%d %H:%M}",
            one.until_on.isoformat(),
            _state(one.until_on, today()),
        )
    _print(table)


def _state(until: date, at: date) -> str:
    return "有效" if at <= until else "已过期"


def decisions() -> None:
    """List the held units that a person accepted: who, when, why.

    Example: `warehouse decisions`
    """
    from pipeline.intake import overview

    made = overview.confirmations(Home.from_env())
    table = Table(
        "编号",
        "报送",
        "报表",
        "单元",
        "期次",
        "原退回规则",
        "理由",
        "决定人",
        "登录名",
        "时间 (UTC)",
        title="确认 decisions",
    )
    for one in made:
        table.add_row(
            one.decision_id,
            one.submission_id,
            one.dataset,
            one.reporting_unit,
            one.period or "",
            "、".join(one.rules),
            one.because,
            one.decided_by,
            one.recorded_by,
            f"{one.decided_at:%Y-%m-%d %H:%M}",
        )
    _print(table)


def _print(table: Table) -> None:
    from cli.printing import console

    console().print(table)


COMMANDS = (accept, waive, waivers, decisions)
