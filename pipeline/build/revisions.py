"""What one published build changed beside another: every figure with before, after, and the submissions that did it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipeline.build.diff_columns import COMPARED, FRAMES
from pipeline.build.row_diff import SAME_WITHIN, SIDES, Builds, row_changes
from warehouse.marts import Mart, checksum, quoted

MART = "mart_revision"
MART_ZH, MART_EN = (
    "更正明细",
    "Every figure that differs from the build published before, with the submissions that changed it",
)
GRAIN = ("figure", "code", "area_code", "period", "item")
COLUMNS = {
    "figure": (
        "VARCHAR",
        "数字种类",
        "indicator; measure of a township; project_measure; else the mart that the figure stands in",
    ),
    "code": ("VARCHAR", "代码", "Indicator; or source and measure (ecology.forest_area); or the mart's column"),
    "area_code": (
        "VARCHAR",
        "区域或项目",
        "140404, a zone, a township, a part; or a project; empty where it is neither",
    ),
    "period": ("VARCHAR", "期间", "2025, 2025Q1 or 2025-03; empty where the mart has one row for all"),
    "item": (
        "VARCHAR",
        "其他主键",
        "What else tells the mart's row apart, by ';': township, indicator, number of an inspection",
    ),
    "change_kind": (
        "VARCHAR",
        "变化种类",
        "changed; new, where the build before had no such row; gone, where this one has none",
    ),
    "value_before": ("DOUBLE", "原值", "As published before; null where there was none, or it is no number"),
    "value_after": ("DOUBLE", "现值", "As published now; null where there is none, or it is no number"),
    "change": ("DOUBLE", "变化", "Now minus before"),
    "text_before": ("VARCHAR", "原文字", "What is no number as published before: stage, status, day, true or false"),
    "text_after": ("VARCHAR", "现文字", "What is no number as published now"),
    "measure_unit": ("VARCHAR", "单位", "Unit of the value"),
    "caused_by": (
        "VARCHAR",
        "更正报送",
        "Submissions whose rows are in it now and were not, by ';'; where the row does not tell, those "
        "that changed in the datasets it is made of; null where only the code changed",
    ),
    "replaced": ("VARCHAR", "被更正报送", "Submissions whose rows were in it and are not now, by ';'"),
}
FACT = (
    "measure_code, source, dataset, submission_id, row_id, project_id, period, starts_on, ends_on, township_code, part_code, "
    "consolidation_zone, restoration_zone, share, value"
)
MEASURED_BY = {"measure": "township_code", "project_measure": "project_id"}
"""What one source says by township and by project, whether or not an indicator is made of it: a declared figure is evidence too."""


def _figures(side: str) -> str:
    """Every figure of a build: (figure, code, area_code, period, value, measure_unit)."""
    indicators = " union all ".join(
        f"select 'indicator' as figure, indicator_code as code, area_code, period, value, unit as measure_unit "
        f"from {side}.mart_indicator_{level}"
        for level in ("district", "zone", "township")
    )
    measures = " union all ".join(
        f"select '{kind}', source || '.' || measure_code, {area}, period, sum(value order by value), any_value(measure_unit) "
        f"from {side}.fct_measure where {area} is not null group by source, measure_code, {area}, period"
        for kind, area in MEASURED_BY.items()
    )
    return f"{indicators} union all {measures}"


CAUSE = f"""
create temp table cause as
with changed_fact as (
    select *, true as is_after from (select {FACT} from after.fct_measure except select {FACT} from before.fct_measure)
    union all
    select *, false from (select {FACT} from before.fct_measure except select {FACT} from after.fct_measure)
),
part as (
    {
    " union ".join(
        f"select indicator_code, measure_code, source, time_basis from {side}.bridge_indicator_measure"
        for side in SIDES
    )
}
),
counted as (
    {
    " union ".join(
        f"select indicator_code, period, starts_on, ends_on from {side}.bridge_indicator_period" for side in SIDES
    )
}
),
touched as (
    select distinct 'indicator' as figure, part.indicator_code as code, area.area_code, counted.period, fact.submission_id, fact.is_after
    from changed_fact as fact
    inner join part on fact.measure_code = part.measure_code and fact.source = part.source
    inner join counted on part.indicator_code = counted.indicator_code
        and (
            part.time_basis = 'standing' or (part.time_basis = 'stock' and fact.period = counted.period)
            or (part.time_basis = 'flow' and fact.starts_on >= counted.starts_on and fact.ends_on <= counted.ends_on)
            or (part.time_basis = 'event' and fact.ends_on <= counted.ends_on)
        )
    cross join lateral (
        select unnest([
            left(fact.township_code, 6), fact.township_code, fact.part_code, fact.consolidation_zone, fact.restoration_zone
        ]) as area_code
    ) as area
    {
    "".join(
        f"union all select distinct '{kind}', source || '.' || measure_code, {area}, period, submission_id, is_after from changed_fact "
        f"where {area} is not null "
        for kind, area in MEASURED_BY.items()
    )
}
),
gathered as ( -- of each period, and of all together ('')
    select
        figure, code, area_code, coalesce(period, '') as period,
        coalesce(list(distinct submission_id) filter (where is_after), []) as now_in,
        coalesce(list(distinct submission_id) filter (where not is_after), []) as was_in
    from touched group by grouping sets ((figure, code, area_code, period), (figure, code, area_code))
),
frame as (
    select coalesce(list(submission_id), []) as new_layers from after.mart_submission
    where dataset in {FRAMES} and state in ('accepted', 'partly_held') and submission_id not in (
        select submission_id from before.mart_submission where state in ('accepted', 'partly_held')
    )
)
select
    figure, code, area_code, period,
    told_by(
        list_filter(now_in, name -> not list_contains(was_in, name)) || case when list_has_any(now_in, was_in) then new_layers else [] end
    ) as caused_by,
    told_by(list_filter(was_in, name -> not list_contains(now_in, name))) as replaced
from gathered
cross join frame
"""
OF_FACTS = f"""
select
    figure, code, area_code, period, '' as item,
    case when was.code is null then 'new' when now.code is null then 'gone' else 'changed' end as change_kind,
    was.value as value_before, now.value as value_after, now.value - was.value as change, null as text_before, null as text_after,
    coalesce(now.measure_unit, was.measure_unit) as measure_unit, cause.caused_by, cause.replaced
from ({_figures("before")}) as was
full join ({_figures("after")}) as now using (figure, code, area_code, period)
left join cause using (figure, code, area_code, period)
where abs(now.value - was.value) > {SAME_WITHIN} * abs(was.value) or (now.value is null) <> (was.value is null)
"""


@contextmanager
def _compared(before: Path | None, after: Path, *, writes: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the build `after` and a table `told`: what it changed beside `before`, nothing where there is
    no such build.
    """
    columns = ", ".join(f"{name} {kind}" for name, (kind, _, _) in COLUMNS.items())
    with duckdb.connect() as con:
        con.execute(f"attach {quoted(str(after))} as after{'' if writes else ' (read_only)'}")
        con.execute(f"create temp table told ({columns})")
        if before:
            con.execute(f"attach {quoted(str(before))} as before (read_only)")
            con.execute(
                "create temp macro told_by(names) as nullif(array_to_string(list_sort(list_distinct(names)), ';'), '')"
            )
            con.execute(CAUSE)
            con.execute(f"insert into told {OF_FACTS}")
            builds = Builds.of(con, COMPARED)
            for one in COMPARED:
                if rows := row_changes(one, builds):
                    con.execute(f"insert into told {rows}")
        yield con


def revision_rows(before: Path, after: Path) -> list[tuple[object, ...]]:
    """Every figure in which two published databases differ: changed, new or gone; rows in the order of COLUMNS.

    Figures are the indicators at every level, what each source says by township and by project, and the columns of
    COMPARED.
    Raises duckdb.Error for one that has not the indicators and facts.
    """
    with _compared(before, after) as con:
        return con.execute("from told order by all").fetchall()


def write_revision(database: Path, before: Path | None, parquet: Path) -> dict[str, Mart]:
    """Write MART into a build that is being published, beside what is current: without rows where that is nothing, or
    cannot be compared.

    A build without figures gets no such mart.
    """
    if not _has_figures(database):
        return {}
    table = f"after.main.{MART}"
    with _compared(before if before and _has_figures(before) else None, database, writes=True) as con:
        con.execute(f"create table {table} as from told order by all")
        con.execute(f"comment on table {table} is {quoted(f'{MART_ZH}：{MART_EN}')}")
        for name, (_, zh, en) in COLUMNS.items():
            con.execute(f"comment on column {table}.{name} is {quoted(f'{zh}：{en}')}")
        con.execute(f"copy {table} to {quoted(str(parquet / f'{MART}.parquet'))} (format parquet, compression zstd)")
        counted = con.execute(f"select count(*) from {table}").fetchone()
        mart = Mart(MART, counted[0] if counted else 0, tuple(COLUMNS), checksum(con, table))
        con.execute("checkpoint after")
    return {MART: mart}


def _has_figures(database: Path) -> bool:
    wanted = {"fct_measure", "bridge_indicator_measure", "bridge_indicator_period", "mart_indicator_district"}
    with duckdb.connect(str(database), read_only=True) as con:
        return wanted <= {name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()}
