"""What the circular says, read from the published marts: each table with its columns, rows and the sentence above it. Called by
`document`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contracts.rounding import decimals_of, rounded, unit_title
from reporting.mart_models import balances
from reporting.workbooks.balance import printed_values

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NOTHING = "—"
TARGETS = """
    select indicator_name, target_year, value, target_value, unit, gap, so_far_per_year, required_per_year, status_zh,
        latest_is_provisional, data_through
    from mart_target_progress where area_level = 'district' order by target_year, indicator_name
"""
LATEST_ADDITIVE = """
    select distinct indicator_code, indicator_name, unit, max(period) over (partition by indicator_code) as period
    from mart_indicator_district where denominator is null order by indicator_name
"""
PROJECTS = """
    select project_id, project_name, lead_unit, period, physical_progress_pct, planned_progress_pct, delay_months,
        cum_investment_wan, planned_investment_wan, funds_arrived_wan
    from mart_project_s_curve where is_latest order by delay_months desc, physical_progress_pct - planned_progress_pct, project_id
"""
INVESTMENT = """
    select period, sum(cum_investment_wan) as invested, sum(planned_investment_to_date_wan) as planned
    from mart_project_s_curve group by period order by period
"""
INSPECTIONS = "select status_zh, count(*) from mart_supervision group by status_zh order by count(*) desc, status_zh"
REPORTS = """
    select dataset_name, count(*) as expected, count(*) filter (where is_met) as met, count(*) filter (where is_overdue) as overdue
    from mart_submission_status where state <> 'not_due' group by dataset_name order by overdue desc, dataset_name
"""
REVISIONS = "select change_kind, count(*) from mart_revision group by change_kind"


@dataclass(frozen=True)
class Figures:
    """A table as it is printed. headings, rows: text; numbers: the columns that are set to the right."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[int]


def records(con: "DuckDBPyConnection", sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """The rows of a query, by column."""
    found = con.execute(sql, list(parameters))
    names = [one[0] for one in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def shown(value: Any, measure_unit: str | None = None) -> str:
    """A figure as it is printed: rounded to the decimals of its unit, thousands set apart; — for none."""
    if value is None:
        return NOTHING
    return f"{rounded(value, decimals_of(measure_unit)):,}" if isinstance(value, float) else str(value)


def targets(con: "DuckDBPyConnection") -> list[dict[str, Any]]:
    """The district's standing against each target."""
    return records(con, TARGETS)


def target_table(rows: Sequence[dict[str, Any]]) -> Figures:
    """The target board."""
    return Figures(
        ("指标", "目标年", "单位", "现值", "目标值", "还差", "至今年均", "每年须完成", "进展"),
        [
            (
                row["indicator_name"],
                str(row["target_year"]),
                unit_title(row["unit"]),
                *(
                    shown(row[name], row["unit"])
                    for name in ("value", "target_value", "gap", "so_far_per_year", "required_per_year")
                ),
                f"{row['status_zh']}{'（暂定）' if row['latest_is_provisional'] else ''}",
            )
            for row in rows
        ],
        frozenset(range(3, 8)),
    )


def area_table(con: "DuckDBPyConnection", level: str) -> Figures:
    """The amounts that add up, by zone or township ('zone', 'township'), printed so that they add up to the district's."""
    mart = f"mart_indicator_{level}"
    indicators = records(con, LATEST_ADDITIVE)
    rule = balances()[mart]
    cells: dict[str, dict[str, str]] = {}
    district: dict[str, str] = {}
    for one in indicators:
        of = [one["indicator_code"], one["period"]]
        wholes = records(con, "from mart_indicator_district where indicator_code = ? and period = ?", of)
        rows = records(con, f"from {mart} where indicator_code = ? and period = ? order by area_code", of)
        name = f"{one['indicator_name']}（{unit_title(one['unit'])}）"
        for row, value in zip(rows, printed_values(rule, rows, wholes), strict=True):
            if value is not None and not row.get("is_part"):
                cells.setdefault(row["area_name"], {})[name] = f"{value:,}"
        district[name] = shown(wholes[0]["value"], one["unit"])
    names = list(district)
    whole = [("全区", *(district[name] for name in names))] if names else []
    rows_of = [(area, *(of.get(name, NOTHING) for name in names)) for area, of in cells.items()]
    return Figures(("区域", *names), [*whole, *rows_of], frozenset(range(1, len(names) + 1)))


def projects(con: "DuckDBPyConnection") -> list[dict[str, Any]]:
    """Each project of the plan in its latest month, the latest ones first."""
    return records(con, PROJECTS)


def project_table(rows: Sequence[dict[str, Any]]) -> Figures:
    """Progress and money of each project."""
    figures = (
        ("physical_progress_pct", "%"),
        ("planned_progress_pct", "%"),
        ("delay_months", None),
        ("cum_investment_wan", "万元"),
        ("planned_investment_wan", "万元"),
        ("funds_arrived_wan", "万元"),
    )
    return Figures(
        (
            "编号",
            "工程",
            "牵头单位",
            "形象进度（%）",
            "计划进度（%）",
            "滞后（月）",
            "累计投资（万元）",
            "计划投资（万元）",
            "到位资金（万元）",
        ),
        [
            (
                row["project_id"],
                row["project_name"],
                row["lead_unit"] or NOTHING,
                *(shown(row[name], measure_unit) for name, measure_unit in figures),
            )
            for row in rows
        ],
        frozenset(range(3, 9)),
    )


def report_table(con: "DuckDBPyConnection") -> Figures:
    """What was expected by dataset, and what is overdue."""
    return Figures(
        ("报表", "应报（份）", "已报（份）", "逾期未报（份）"),
        [tuple(map(str, row.values())) for row in records(con, REPORTS)],
        frozenset((1, 2, 3)),
    )
