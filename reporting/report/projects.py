"""The report's sections of projects: late and stalled, the S-curve of each, money arrived and idle, sites by stage, and the
ledger of supplemented cropland.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from contracts import code_lists
from reporting.report import charts, drawn_maps
from reporting.report.blocks import Block, Table
from reporting.report.drawn_maps import SITES, Ground
from reporting.report.source import Row, Source
from reporting.report.targets import Indicator
from reporting.report.words import Words, shown

REGISTER, CURVE, FUNDS, LEDGER = (
    "mart_project_register",
    "mart_project_s_curve",
    "mart_project_funds",
    "mart_supplemented_cropland_ledger",
)
WHOLE = "not is_subproject"
LATE = "delay_months > 0 and finished_period is null"
SERIES = ("cropland_to_date_ha", "reserve_to_date_ha", "linked_to_date_ha")
"""Columns of the ledger that are drawn: the whole and its parts."""
LEDGER_SHOWN = 10


def late(source: Source, words: Words) -> Block:
    """All projects, the latest first, with why and by how much."""
    rows = source.rows(
        REGISTER, WHOLE, f"({LATE}) desc nulls last, delay_months desc, flags is not null desc, project_id"
    )
    count = source.total(f"select count(*) from {REGISTER} where {WHOLE}")
    behind = source.total(f"select count(*) from {REGISTER} where {WHOLE} and {LATE}")
    flagged = source.total(f"select count(*) from {REGISTER} where {WHOLE} and flags is not null")
    issues = source.total(f"select count(*) from {REGISTER} where {WHOLE} and issues is not null")
    columns = (
        "project_id",
        "project_name",
        "lead_unit",
        "stages",
        "physical_progress_pct",
        "planned_progress_pct",
        "delay_months",
        "flags",
        "issues",
    )
    return Block(
        name="projects",
        title=words("projects"),
        sentence=words(
            "projects_say",
            count=words.total(count),
            late=words.total(behind),
            flagged=words.total(flagged),
            issues=words.total(issues),
            period=max((row["progress_period"] or "" for row in rows), default=""),
        ),
        mart=REGISTER,
        command=f'warehouse query "from {REGISTER} where {WHOLE}"',
        table=Table(rows, columns) if rows else None,
        all_rows=source.rows(REGISTER),
    )


def s_curves(source: Source, words: Words) -> Block:
    """Planned and real progress of each project, a small chart each."""
    rows = source.rows(CURVE, order="project_id, period")
    drawn = []
    for project in dict.fromkeys(row["project_id"] for row in rows):
        own = [row for row in rows if row["project_id"] == project]
        last = own[-1]
        title = f"{project} {last['project_name']}"
        values = [
            {
                "period": row["period"],
                "planned": row["planned_progress_pct"],
                "real": row["physical_progress_pct"],
                "aria": f"{row['period']}: {shown(row['physical_progress_pct'], 'pct')}%",
            }
            for row in own
        ]
        caption = words(
            "curve_key",
            project=title,
            real=words.figure(last, "physical_progress_pct"),
            planned=words.figure(last, "planned_progress_pct"),
        )
        drawn.append((charts.s_curve(values, title), caption))
    ahead = source.total(f"select count(*) from {CURVE} where is_latest and progress_gap_points >= 0")
    of = source.total(f"select count(*) from {CURVE} where is_latest")
    return Block(
        name="s_curves",
        title=words("s_curves"),
        sentence=words("s_curves_say", ahead=words.total(ahead), count=words.total(of)),
        mart=CURVE,
        command=f'warehouse query "from {CURVE} order by project_id, period"',
        charts=drawn,
        all_rows=rows,
        grid="four",
    )


def money(source: Source, words: Words) -> Block:
    """Money planned, arrived, used and idle, by project."""
    rows = source.rows(FUNDS, "is_latest", "stuck_wan desc nulls last, project_id")
    values: list[dict[str, Any]] = []
    for row in rows:
        arrived = row["arrived_wan"] if row["arrived_wan"] is not None else row["arrived_reported_wan"]
        used = row["paid_wan"] if row["used_by"] == "paid" else row["invested_wan"]
        text = words("stuck_label", stuck=shown(row["stuck_wan"], "wan"))
        values.append(
            {
                "name": row["project_id"],
                "planned": row["planned_investment_wan"],
                "arrived": arrived,
                "used": used,
                "end": max(one or 0 for one in (row["planned_investment_wan"], arrived, used)),
                "label": str(text) if row["stuck_wan"] else "",
                "aria": f"{row['project_id']}: {shown(arrived, 'wan')}",
            }
        )
    stuck = source.total(f"select sum(stuck_wan) from {FUNDS} where is_latest")
    idle = source.total(f"select sum(idle_wan) from {FUNDS} where is_latest")
    columns = (
        "project_id",
        "project_name",
        "planned_investment_wan",
        "arrived_reported_wan",
        "arrived_wan",
        "invested_wan",
        "paid_wan",
        "stuck_wan",
        "idle_wan",
    )
    chart = [(charts.drawn(charts.money(values), words("money")), words("money_key"))] if values else []
    return Block(
        name="money",
        title=words("money"),
        sentence=words("money_say", stuck=words.total(stuck, "stuck_wan"), idle=words.total(idle, "idle_wan")),
        mart=FUNDS,
        command=f'warehouse query "from {FUNDS} where is_latest"',
        charts=chart,
        table=Table(rows, columns) if rows else None,
        all_rows=source.rows(FUNDS),
    )


def sites(source: Source, words: Words, maps: Path, ground: Ground | None) -> Block | None:
    """Project sites on the map by their stage; None where there is no site layer or no boundary."""
    there = [maps / name for name in SITES if (maps / name).is_file()]
    if ground is None or not there:
        return None
    import pyarrow.parquet as pq

    read = ["subproject_id", "project_id", "site_status", "geometry"]
    layer = [one for path in there for one in pq.read_table(path, columns=read).to_pylist()]
    named = {one["site_status"] or "" for one in layer}
    order = [*code_lists()["stage"].values, *sorted(named)]
    stages = [stage for stage in dict.fromkeys(order) if stage in named]
    counts = {stage: sum((one["site_status"] or "") == stage for one in layer) for stage in stages}
    key = words("comma").join(
        Markup("{} {}").format(drawn_maps.legend_mark(number), words("stage_count", stage=stage, count=counts[stage]))
        for number, stage in enumerate(stages)
    )
    columns = ("subproject_id", "project_id", "site_status")
    return Block(
        name="sites",
        title=words("sites"),
        sentence=words("sites_say", count=len(layer)),
        mart=REGISTER,
        command=f'warehouse query "select project_id, sites, site_measured_ha from {REGISTER} where sites > 0"',
        charts=[
            (drawn_maps.sites(ground, layer, stages, words("sites")), Markup("{} {}").format(key, words("zone_lines")))
        ],
        all_rows=[Row({name: one[name] for name in columns}, None) for one in layer],
    )


def cropland(source: Source, words: Words, found: Sequence[Indicator]) -> Block | None:
    """The ledger of supplemented cropland against the targets of the whole and of its parts; None where nothing is counted."""
    rows = source.rows(LEDGER, "is_counted", "entry_no")
    parts = [one for one in found if one.registered["part_of"]]
    whole = next((one for one in found if parts and one.code == parts[0].registered["part_of"]), None)
    if not rows or whole is None:
        return None
    days: dict[Any, Row] = {row["acceptance_date"]: row for row in rows}  # of a day, its last entry
    last = rows[-1]
    values = [
        {
            "day": f"{day:%Y-%m-%d}",
            "series": str(words(column)),
            "value": row[column],
            "is_last": row is last,
            "label": f"{words(column)} {shown(row[column], column)}",
            "aria": f"{words(column)} {day:%Y-%m-%d}: {shown(row[column], column)}",
        }
        for column in SERIES
        for day, row in days.items()
    ]
    targets = [
        {
            "value": row["target_value"],
            "label": str(
                words("target_label", year=year, indicator=one.name, value=shown(row["target_value"], "value"))
            ),
        }
        for one in (whole, *parts)
        for year, row in one.targets.items()
    ]
    title = words("cropland")
    return Block(
        name="cropland",
        title=title,
        sentence=words(
            "cropland_say",
            value=words.figure(last, "cropland_to_date_ha"),
            reserve=words.figure(last, "reserve_to_date_ha"),
            linked=words.figure(last, "linked_to_date_ha"),
            targets=words("comma").join(
                words("of_target", year=year, target=words.figure(row, "target_value"))
                for year, row in whole.targets.items()
            ),
            through=f"{last['acceptance_date']:%Y-%m-%d}",
        ),
        mart=LEDGER,
        command="warehouse explain " + whole.code,
        charts=[(charts.drawn(charts.accumulation(values, targets), title), Markup(""))],
        table=Table(
            rows[::-1],
            (
                "acceptance_no",
                "acceptance_date",
                "project_name",
                "township_name",
                "cropland_reserve_ha",
                "cropland_linked_ha",
                "cropland_to_date_ha",
            ),
            LEDGER_SHOWN,
        ),
        all_rows=source.rows(LEDGER, order="entry_no"),
    )
