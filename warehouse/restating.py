"""What one published build changed beside another: every figure with before, after, and the submissions that did it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from warehouse.marts import Mart, checksum, quoted

MART = "mart_restatement"
MART_ZH, MART_EN = "更正明细", "Every figure that differs from the build published before, with the submissions that changed it"
COLUMNS = {
    "figure": ("VARCHAR", "数字种类", "indicator; measure of a township; project_measure"),
    "code": ("VARCHAR", "代码", "Indicator; or source and measure (ecology.forest_area)"),
    "area_code": ("VARCHAR", "区域或项目", "140404, a zone, a township, a part; or a project"),
    "period": ("VARCHAR", "期间", "2025, 2025Q1 or 2025-03"),
    "value_before": ("DOUBLE", "原值", "As published before; null where there was none"),
    "value_after": ("DOUBLE", "现值", "As published now; null where it is gone"),
    "change": ("DOUBLE", "变化", "Now minus before"),
    "unit": ("VARCHAR", "单位", "Unit of the value"),
    "caused_by": ("VARCHAR", "更正报送", "Submissions whose rows are in it now and were not, by ';'; null where only the code changed"),
    "replaced": ("VARCHAR", "被更正报送", "Submissions whose rows were in it and are not now, by ';'"),
}
# a figure that is summed in another order is not another figure
SAME_WITHIN = 1e-12
FACT = "measure_code, source, dataset, submission_id, row_id, project_id, period, starts_on, ends_on, township_code, part_code, " \
    "consolidation_zone, restoration_zone, share, value"
MEASURED_BY = {"measure": "township_code", "project_measure": "project_id"}
"""What one source says by township and by project, whether or not an indicator is made of it: a declared figure is a witness too."""
FRAMES = ("admin_boundary", "planning_zone", "project_site")
"""Layers that move what others report from one area to another."""


def _figures(side: str) -> str:
    """Every figure of a build: (figure, code, area_code, period, value, unit)."""
    indicators = " union all ".join(
        f"select 'indicator' as figure, indicator_code as code, area_code, period, value, unit from {side}.mart_indicator_{level}"
        for level in ("district", "zone", "township")
    )
    measures = " union all ".join(
        f"select '{kind}', source || '.' || measure_code, {area}, period, sum(value order by value), any_value(unit) "
        f"from {side}.fct_measure where {area} is not null group by source, measure_code, {area}, period"
        for kind, area in MEASURED_BY.items()
    )
    return f"{indicators} union all {measures}"


RESTATEMENT = f"""
with changed_fact as (
    select *, true as is_after from (select {FACT} from after.fct_measure except select {FACT} from before.fct_measure)
    union all
    select *, false from (select {FACT} from before.fct_measure except select {FACT} from after.fct_measure)
),
touched as (
    select distinct 'indicator' as figure, part.indicator_code as code, area.area_code, period.period, fact.submission_id, fact.is_after
    from changed_fact as fact
    inner join after.bridge_indicator_measure as part on fact.measure_code = part.measure_code and fact.source = part.source
    inner join after.bridge_indicator_period as period on part.indicator_code = period.indicator_code
        and (
            part.time_basis = 'standing' or (part.time_basis = 'stock' and fact.period = period.period)
            or (part.time_basis = 'flow' and fact.starts_on >= period.starts_on and fact.ends_on <= period.ends_on)
            or (part.time_basis = 'event' and fact.ends_on <= period.ends_on)
        )
    cross join lateral (
        select unnest([
            left(fact.township_code, 6), fact.township_code, fact.part_code, fact.consolidation_zone, fact.restoration_zone
        ]) as area_code
    ) as area
    {"".join(
        f"union all select distinct '{kind}', source || '.' || measure_code, {area}, period, submission_id, is_after from changed_fact "
        f"where {area} is not null " for kind, area in MEASURED_BY.items()
    )}
),
cause as (
    select
        figure, code, area_code, period,
        list(distinct submission_id) filter (where is_after) as now_in,
        list(distinct submission_id) filter (where not is_after) as was_in
    from touched group by all
),
frame as (
    select list(submission_id order by submission_id) as new_layers from after.mart_submission
    where dataset in {FRAMES} and state in ('accepted', 'partly_held') and submission_id not in (
        select submission_id from before.mart_submission where state in ('accepted', 'partly_held')
    )
),
compared as (
    select
        coalesce(now.figure, was.figure) as figure, coalesce(now.code, was.code) as code,
        coalesce(now.area_code, was.area_code) as area_code, coalesce(now.period, was.period) as period,
        was.value as value_before, now.value as value_after, now.value - was.value as change, coalesce(now.unit, was.unit) as unit,
        now.code is null as is_gone,
        abs(now.value - was.value) > {SAME_WITHIN} * abs(was.value) or (now.value is null) <> (was.value is null) as is_changed
    from ({_figures('before')}) as was
    left join ({_figures('after')}) as now using (figure, code, area_code, period)
)
select
    compared.figure, compared.code, compared.area_code, compared.period, compared.value_before, compared.value_after, compared.change,
    compared.unit,
    nullif(array_to_string(list_sort(list_distinct(
        list_filter(coalesce(cause.now_in, []), name -> not list_contains(coalesce(cause.was_in, []), name))
        || case when list_has_any(coalesce(cause.now_in, []), coalesce(cause.was_in, [])) then coalesce(frame.new_layers, []) else [] end
    )), ';'), '') as caused_by,
    nullif(array_to_string(list_sort(
        list_filter(coalesce(cause.was_in, []), name -> not list_contains(coalesce(cause.now_in, []), name))
    ), ';'), '') as replaced
from compared
left join cause using (figure, code, area_code, period)
cross join frame
where compared.is_gone or compared.is_changed
order by all
"""


@contextmanager
def _two(before: Path, after: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute(f"attach {quoted(str(before))} as before (read_only)")
        con.execute(f"attach {quoted(str(after))} as after (read_only)")
        yield con


def restate(before: Path, after: Path) -> list[tuple[object, ...]]:
    """Every figure of `before` that `after` does not have, or has another value of; rows in the order of COLUMNS.

    Figures are the indicators at every level, and what each source says by township and by project. One that is new is no restatement.
    before, after: published databases. Raises duckdb.Error for one that has not the marts compared.
    """
    with _two(before, after) as con:
        return con.execute(RESTATEMENT).fetchall()


def restated(database: Path, before: Path | None, parquet: Path) -> dict[str, Mart]:
    """Write MART into a build that is being published, beside what is current: without rows where that is nothing, or cannot be compared.

    A build without figures gets no such mart.
    """
    if not _has_figures(database):
        return {}
    columns = ", ".join(f"{name} {kind}" for name, (kind, _, _) in COLUMNS.items())
    rows = restate(before, database) if before and _has_figures(before) else []
    with duckdb.connect(str(database)) as con:
        con.execute(f"create table {MART} ({columns})")
        if rows:
            con.executemany(f"insert into {MART} values ({', '.join('?' * len(COLUMNS))})", rows)
        con.execute(f"comment on table {MART} is {quoted(f'{MART_ZH}：{MART_EN}')}")
        for name, (_, zh, en) in COLUMNS.items():
            con.execute(f"comment on column {MART}.{name} is {quoted(f'{zh}：{en}')}")
        con.execute(f"copy {MART} to {quoted(str(parquet / f'{MART}.parquet'))} (format parquet, compression zstd)")
        mart = Mart(MART, len(rows), tuple(COLUMNS), checksum(con, MART))
        con.execute("checkpoint")
    return {MART: mart}


def _has_figures(database: Path) -> bool:
    wanted = {"fct_measure", "bridge_indicator_measure", "bridge_indicator_period", "mart_indicator_district"}
    with duckdb.connect(str(database), read_only=True) as con:
        return wanted <= {name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()}
