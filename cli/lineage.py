"""The command `warehouse explain`: where a figure comes from."""

import json
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.tree import Tree

from cli.options import period as period_option
from contracts.text import value_text
from warehouse.home import Home

SHOWN_ENDS = 12  # cells or features of a submission: more fill the screen, and --json has all
ROLES_ZH = {"numerator": "分子", "denominator": "分母"}


def explain(
    indicator: Annotated[str, typer.Argument(help="indicator, by its code or Chinese name")],
    township: Annotated[
        str | None, typer.Option("--township", help="a township or part: code or name (140404101W)")
    ] = None,
    zone: Annotated[
        str | None, typer.Option("--zone", help="a zone: code or name; default, without --township: the district")
    ] = None,
    period: Annotated[
        str | None,
        typer.Option("--period", parser=period_option, help="2025 or 2025Q1; default: the period on the target board"),
    ] = None,
    written: Annotated[
        bool, typer.Option("--written", help="read the archived files and show each cell as it was written")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="the whole tree, as JSON")] = False,
) -> None:
    """Show where a figure comes from: submissions, files, sheets, and the cells or features that add up to it.

    Exit status: 0 when they add up to the figure, else 1.

    Examples: `warehouse explain 补充耕地` · `warehouse explain forest_coverage_rate --township 荫城镇 --period 2024
    --json`
    """
    from cli.printing import console
    from pipeline.release.lineage import explain as trace

    if township and zone:
        raise typer.BadParameter("只能选一个区域 (a township or a zone, not both)")
    tree = trace(Home.from_env(), indicator, township or zone, period, written=written)
    if as_json:
        print(json.dumps(tree, ensure_ascii=False, default=str))
    else:
        console().print(_tree(tree))
    raise typer.Exit(0 if tree["closes"] else 1)


def _number(value: Any, measure_unit: str | None = None) -> str:
    return "—" if value is None else f"{value_text(value, 'message')} {measure_unit or ''}".rstrip()


def _tree(figure: dict[str, Any]) -> Tree:
    sign = "＝" if figure["closes"] else "[red]≠[/]"
    value = _number(figure["value"], figure["unit"])
    root = Tree(
        f"[bold]{escape(figure['indicator_name'])}[/] {escape(figure['area_name'])} {figure['period']}：[bold]{value}[/]"
    )
    for role, made in figure["made_of"].items():
        branch = root.add(
            f"{ROLES_ZH[role]} {_number(figure[role], made['measure_unit'])} {sign} {_number(made['amount'])}"
        )
        for measure in made["measures"]:
            factor = "" if measure["factor"] == 1 else f"（换算 ×{value_text(measure['factor'], 'message')}）"
            named = branch.add(
                f"{escape(measure['measure_name'])}{factor} {_number(measure['amount'], made['measure_unit'])}"
            )
            for submission in measure["submissions"]:
                _add_submission(named, submission, made["measure_unit"])
    return root


def _add_submission(branch: Tree, submission: dict[str, Any], measure_unit: str) -> None:
    title = f"{submission['submission_id']} {escape(submission['file_name'] or '')} {_number(submission['amount'], measure_unit)}"
    file = branch.add(title)
    counting = sorted((end for end in submission["made_of"] if end["amount"]), key=lambda end: -abs(end["amount"]))
    for end in counting[:SHOWN_ENDS]:
        place = f"{end['sheet']}!" if end.get("sheet") else ""
        place += end.get("cell") or end.get("feature") or ""
        share = "" if end["share"] == 1 else f" × {end['share']:.6f} 分摊"
        written = f" ← {end['written']!s}" if "written" in end else ""
        file.add(escape(f"{place}　{_number(end['reported_value'], end['measure_unit'])}{share}{written}"))
    if rest := counting[SHOWN_ENDS:]:
        file.add(
            f"[dim]另 {len(rest)} 处，合计 {_number(sum(end['amount'] for end in rest), measure_unit)}（全部用 --json）[/]"
        )
    if zeros := len(submission["made_of"]) - len(counting):
        file.add(f"[dim]{zeros} 处为 0[/]")
