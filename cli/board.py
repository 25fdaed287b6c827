"""Prints the target board: each target of the plan, its present value, the pace that it needs; for the district and by
zone.
"""

from datetime import date
from typing import Any

from rich.table import Table

from cli.printing import console, say
from contracts.reference import lookup, table
from warehouse.home import Home

TONE_COLOURS = {"good": "green", "watch": "yellow", "bad": "red", "unknown": "dim"}
OVERDUE = "已到期未达"
ZONINGS = {"consolidation": "整治区", "restoration": "修复区"}

DISTRICT = """
select indicator_code, indicator_name, unit, value, data_through, latest_is_provisional, target_year, target_value, status, status_zh,
    required_per_year, is_overdue, made_up_in
from mart_target_progress
where area_level = 'district'
"""
AS_OF = "select max(as_of_date) from mart_submission_status"
ZONES = """
select distinct indicator_code, indicator_name, unit, zoning, area_code, area_name, value, is_allocated
from mart_target_progress
where area_level = 'zone'
"""


def print_board(home: Home) -> None:
    """Print the board of the current build, indicators and zones in the plan's order. Raises
    warehouse.serving.NothingPublished.
    """
    from warehouse.serving import connect

    with connect(home) as con:
        district = con.sql(DISTRICT).to_arrow_table().to_pylist()
        zones = con.sql(ZONES).to_arrow_table().to_pylist()
        (as_of,) = con.sql(AS_OF).fetchall()[0]
    indicators = [row["indicator_code"] for row in table("indicator")]
    district.sort(key=lambda row: indicators.index(row["indicator_code"]))
    zones.sort(key=lambda row: indicators.index(row["indicator_code"]))
    _print_district(district, as_of)
    for zoning, title in ZONINGS.items():
        _print_zones([row for row in zones if row["zoning"] == zoning], title)
    say("[dim]* 期间未结束或数据未报齐；≈ 按实测面积分摊。各区之和等于全区。[/]")


def _print_district(rows: list[dict[str, Any]], as_of: date | None) -> None:
    years = sorted({row["target_year"] for row in rows})
    board = _board(f"上党区规划目标进展，统计日期 {as_of or '—'}（样例数据为模拟数据 SYNTHETIC）")
    board.add_column("现值", justify="right")
    board.add_column("截至")
    for year in years:
        board.add_column(f"{year} 目标", justify="right")
        board.add_column(f"{year} 状态")
        board.add_column("尚须/年", justify="right")
    for code in dict.fromkeys(row["indicator_code"] for row in rows):
        targets = {row["target_year"]: row for row in rows if row["indicator_code"] == code}
        one = next(iter(targets.values()))
        through = f"{one['data_through'] or '—'}{'*' if one['latest_is_provisional'] else ''}"
        cells = [cell for year in years for cell in _target(targets.get(year))]
        board.add_row(one["indicator_name"], one["unit"], _number(one["value"]), through, *cells)
    console().print(board)


def _board(title: str) -> Table:
    board = Table(title=title)
    board.add_column("指标", overflow="fold")
    board.add_column("单位")
    return board


def _target(row: dict[str, Any] | None) -> tuple[str, str, str]:
    """A target, its status, and the pace that it needs; one that is missed needs no pace any more."""
    if row is None:
        return "—", "—", "—"
    colour = TONE_COLOURS[lookup("target_status", "status", "tone")[row["status"]]]
    status = f"[{colour}]{row['status_zh']}[/]"
    is_behind = row["is_overdue"] and not row["made_up_in"]
    required = f"[red]{OVERDUE}[/]" if is_behind else _number(row["required_per_year"])
    return _number(row["target_value"]), status, required


def _print_zones(rows: list[dict[str, Any]], title: str) -> None:
    there = {row["area_code"]: row["area_name"] for row in rows}
    codes = [row["zone_code"] for row in table("zone") if row["zone_code"] in there]
    values = {
        (row["indicator_code"], row["area_code"]): f"{_number(row['value'])}{'≈' if row['is_allocated'] else ''}"
        for row in rows
    }
    board = _board(f"分{title}现值")
    for code in codes:
        board.add_column(there[code], justify="right", overflow="fold")
    for row in {row["indicator_code"]: row for row in rows}.values():
        board.add_row(row["indicator_name"], row["unit"], *(values[row["indicator_code"], code] for code in codes))
    console().print(board)


def _number(value: Any) -> str:
    return "—" if value is None else f"{value:,.4g}" if abs(value) < 10 else f"{value:,.2f}"
