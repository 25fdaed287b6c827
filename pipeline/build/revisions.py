"""What one published build changed beside another: every figure with before, after, and the submissions that did it. For
publishing (pipeline.build.run writes the mart) and `warehouse diff` of any two builds.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import yaml

from contracts.reference import code_names
from pipeline.build.dbt import PROJECT
from pipeline.build.diff_columns import AREA_LAYERS, DIFFED_MARTS, EVENT_WITNESSES
from pipeline.build.former_names import attach
from pipeline.build.row_diff import SAME_WITHIN, SIDES, Builds, columns_of, row_diff
from warehouse.marts import Mart, checksum, quoted

MART = "mart_revision"


class UnsoundRevision(Exception):
    """A revision mart with two rows of one key, or a kind of change that its dbt model does not declare: a fault of the
    program. dbt's own tests see the mart before it has rows.
    """


class RevisionColumn(NamedTuple):
    """A column of the revision mart: its type, its Chinese title, what it means."""

    data_type: str
    title_zh: str
    description: str


def _declared() -> dict[str, Any]:
    """The revision mart as its dbt model declares it: dbt makes the table, publishing fills it."""
    path = PROJECT / "models" / "marts" / f"{MART}.yml"
    (model,) = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    return dict(model)


MODEL = _declared()
COLUMNS = {
    column["name"]: RevisionColumn(column["data_type"], column["config"]["meta"]["title_zh"], column["description"])
    for column in MODEL["columns"]
}
KEY: tuple[str, ...] = tuple(MODEL["config"]["meta"]["grain"])
CHANGE_KINDS = tuple(code_names("change_kind"))
FACT = (
    "measure_code, source, dataset, submission_id, row_id, project_id, period, starts_on, ends_on, township_code, part_code, "
    "consolidation_zone, restoration_zone, share, value"
)
COUNTED = "select indicator_code, source, period, data_through from {side}.bridge_indicator_period"
MEASURED_BY = {"measure": "township_code", "project_measure": "project_id"}
"""What one source has by township and by project, whether or not an indicator is made of it: a declared figure is evidence too."""


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


DECLARED = """
create temp table declared as
select coalesce(now.dataset, was.dataset) as dataset, submission_id, now.submission_id is not null as is_after
from ({after}) as now
full join ({before}) as was using (submission_id)
where now.declared_through is distinct from was.declared_through
"""
"""The submissions of which one build says, and the other does not, up to which day they speak."""

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
        f"select indicator_code, measure_code, source, dataset, time_basis from {side}.bridge_indicator_measure"
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
by_its_facts as (
    select distinct 'indicator' as figure, part.indicator_code as code, area.area_code, counted.period, fact.submission_id, fact.is_after
    from changed_fact as fact
    inner join part on fact.measure_code = part.measure_code and fact.source = part.source
    inner join counted on part.indicator_code = counted.indicator_code
        and (
            part.time_basis = 'standing'
            or (
                part.time_basis in ('stock', 'flow') and fact.starts_on >= counted.starts_on and fact.ends_on <= counted.ends_on
            )
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
new_submission as (
    select dataset, submission_id from after.mart_submission
    where state in ('accepted', 'partly_held') and submission_id not in (
        select submission_id from before.mart_submission where state in ('accepted', 'partly_held')
    )
),
moved_part as ( -- parts of indicators whose periods came or went or now reach up to another day
    select distinct counted.indicator_code as code, counted.period, part.source, part.dataset, part.time_basis
    from (
        ({COUNTED.format(side="after")} except {COUNTED.format(side="before")})
        union
        ({COUNTED.format(side="before")} except {COUNTED.format(side="after")})
    ) as counted
    inner join part on counted.indicator_code = part.indicator_code and counted.source = part.source
),
moved as ( -- by the facts of the dataset that says so, and by a day that one declares; where none changed, by what says how far they reach
    select distinct moved_part.code, moved_part.period, fact.submission_id, fact.is_after
    from moved_part
    inner join changed_fact as fact on moved_part.source = fact.source and moved_part.dataset = fact.dataset
    union all
    select distinct moved_part.code, moved_part.period, witness.submission_id, true
    from moved_part
    inner join new_submission as witness on witness.dataset in {EVENT_WITNESSES}
    where moved_part.time_basis = 'event' and not exists (
        select 1 from changed_fact as fact
        where fact.source = moved_part.source and fact.dataset = moved_part.dataset
    )
    union all
    select distinct moved_part.code, moved_part.period, declared.submission_id, declared.is_after
    from moved_part
    inner join declared on moved_part.dataset = declared.dataset
    where moved_part.time_basis = 'event'
),
touched as (
    from by_its_facts
    union all
    from (
        select 'indicator' as figure, moved.code, area.area_code, moved.period, moved.submission_id, moved.is_after
        from moved
        cross join (
            {" union ".join(f"select area_code from ({_figures(side)}) where figure = 'indicator'" for side in SIDES)}
        ) as area
    )
    anti join by_its_facts using (figure, code, area_code, period)
),
gathered as ( -- of each period, and of all together (no period)
    select
        figure, code, area_code, period,
        coalesce(list(distinct submission_id) filter (where is_after), []) as now_in,
        coalesce(list(distinct submission_id) filter (where not is_after), []) as was_in
    from touched group by grouping sets ((figure, code, area_code, period), (figure, code, area_code))
),
new_area_layers as (
    select coalesce(list(submission_id), []) as submissions from new_submission where dataset in {AREA_LAYERS}
)
select
    figure, code, area_code, period,
    joined_names(
        list_filter(now_in, name -> not list_contains(was_in, name))
        || case when list_has_any(now_in, was_in) then new_area_layers.submissions else [] end
    ) as caused_by,
    joined_names(list_filter(was_in, name -> not list_contains(now_in, name))) as replaced
from gathered
cross join new_area_layers
"""
OF_FACTS = f"""
select
    figure, code, area_code, period, null as item,
    case when was.code is null then 'new' when now.code is null then 'gone' else 'changed' end as change_kind,
    was.value as value_before, now.value as value_after, now.value - was.value as change, null as text_before, null as text_after,
    coalesce(now.measure_unit, was.measure_unit) as measure_unit, cause.caused_by, cause.replaced
from ({_figures("before")}) as was
full join ({_figures("after")}) as now using (figure, code, area_code, period)
left join cause using (figure, code, area_code, period)
where abs(now.value - was.value) > {SAME_WITHIN} * abs(was.value) or (now.value is null) <> (was.value is null)
"""


@contextmanager
def _with_revision(before: Path | None, after: Path, *, writes: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the build `after` and a table `revision`: what it changed beside `before`, nothing where there is
    no such build.
    """
    with duckdb.connect() as con:
        attach(con, "after", after, writes=writes)
        con.execute(
            f"create temp table revision ({', '.join(f'{name} {one.data_type}' for name, one in COLUMNS.items())})"
        )
        if before:
            attach(con, "before", before)
            con.execute(
                "create temp macro joined_names(names) as nullif(array_to_string(list_sort(list_distinct(names)), ';'), '')"
            )
            con.execute(DECLARED.format(**{side: _declared_days(con, side) for side in SIDES}))
            con.execute(CAUSE)
            con.execute(f"insert into revision {OF_FACTS}")
            builds = Builds.of(con, DIFFED_MARTS)
            for one in DIFFED_MARTS:
                if rows := row_diff(one, builds):
                    con.execute(f"insert into revision {rows}")
        yield con


def _declared_days(con: duckdb.DuckDBPyConnection, side: str) -> str:
    """SQL of the days that the submissions of a build declare: none in builds of earlier code."""
    if "declared_through" in columns_of(con, side)["mart_submission"]:
        return f"select dataset, submission_id, declared_through from {side}.mart_submission where declared_through is not null"
    return "select null::varchar as dataset, null::varchar as submission_id, null::date as declared_through where false"


def revision_rows(before: Path, after: Path) -> list[tuple[object, ...]]:
    """Every figure in which two published databases differ: changed, new or gone; rows in the order of COLUMNS.

    Figures are the indicators at every level, what each source has by township and by project, and the columns of
    DIFFED_MARTS. A build published before a column was renamed is compared under its present name.
    Raises duckdb.Error for one that has not the indicators and facts.
    """
    with _with_revision(before, after) as con:
        return con.execute("from revision order by all").fetchall()


def write_revision(database: Path, before: Path | None, parquet: Path) -> dict[str, Mart]:
    """Fill MART of a build that is being published, beside what is current: without rows where that is nothing, or
    cannot be compared.

    dbt made the table, empty and with its comments. A build without figures has no such mart, and gets none.
    Raises UnsoundRevision before anything is written.
    """
    if not _has_figures(database, MART):
        return {}
    table = f"after_file.main.{MART}"
    with _with_revision(before if before and _has_figures(before) else None, database, writes=True) as con:
        _check_revision(con)
        con.execute(f"insert into {table} by name from revision order by all")
        con.execute(f"copy {table} to {quoted(str(parquet / f'{MART}.parquet'))} (format parquet, compression zstd)")
        counted = con.execute(f"select count(*) from {table}").fetchone()
        mart = Mart(MART, counted[0] if counted else 0, tuple(COLUMNS), checksum(con, table))
        con.execute("checkpoint after_file")
    return {MART: mart}


def _check_revision(con: duckdb.DuckDBPyConnection) -> None:
    """Takes a connection with the table `revision`; raises UnsoundRevision, naming a row, where two have one key or a kind
    of change is none of CHANGE_KINDS.
    """
    key = ", ".join(KEY)
    if twice := con.execute(f"select {key} from revision group by {key} having count(*) > 1 order by all").fetchone():
        raise UnsoundRevision(f"{MART}: two rows of one key ({key}): {twice}")
    named = f"select {key}, change_kind from revision where change_kind is null or change_kind not in {CHANGE_KINDS}"
    if unknown := con.execute(f"{named} order by all").fetchone():
        raise UnsoundRevision(f"{MART}: {unknown[-1]!r} is no kind of change ({', '.join(CHANGE_KINDS)}): {unknown}")


def _has_figures(database: Path, *more: str) -> bool:
    """Whether a published database has the marts that a comparison begins with, and some more."""
    wanted = {"fct_measure", "bridge_indicator_measure", "bridge_indicator_period", "mart_indicator_district", *more}
    with duckdb.connect(str(database), read_only=True) as con:
        return wanted <= {name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()}
