-- What the ledger's plan expects at each month's end, by project and township, and by whole project: a straight line from
-- planned start to planned finish for each sub-project, weighted by its planned investment, else area; together they make the S-curve.
-- Where the ledger has no sub-projects, the one line of the whole project.
with project as (
    select
        *,
        {{ period_starts_on('plan_start') }} as starts_on,
        {{ period_ends_on('plan_finish') }} as ends_on,
        coalesce(nullif(planned_investment_wan, 0), nullif(planned_area_ha, 0), 1) as weight
    from {{ ref('int_project') }}
    where plan_start is not null and plan_finish is not null
),

reported as (
    select
        project_id,
        township_code,
        false as is_whole_project
    from {{ ref('stg_project_progress') }}
    union
    select
        project_id,
        cast(null as string),
        true
    from {{ ref('stg_project_progress') }}
),

own as (
    select
        reported.project_id,
        reported.township_code,
        reported.is_whole_project,
        piece.starts_on,
        piece.ends_on,
        piece.weight,
        piece.planned_investment_wan,
        piece.planned_area_ha
    from reported
    inner join project as piece
        on
            reported.project_id = piece.plan_project_id
            and piece.is_subproject
            and (reported.is_whole_project or reported.township_code = piece.township_codes)
),

piece as (
    select * from own
    union all
    select
        reported.project_id,
        reported.township_code,
        reported.is_whole_project,
        project.starts_on,
        project.ends_on,
        project.weight,
        case when reported.is_whole_project then project.planned_investment_wan end,
        case when reported.is_whole_project then project.planned_area_ha end
    from reported
    inner join project on reported.project_id = project.project_id
    left join own on reported.project_id = own.project_id and reported.township_code is not distinct from own.township_code
    where own.project_id is null
),

month as (
    select distinct
        period,
        ends_on
    from {{ ref('stg_project_progress') }}
),

span as (
    select
        min(piece.starts_on) as first_on,
        (select max(month.ends_on) from month) as last_on
    from piece
),

month_end as (
    select last_day({{ plus_months('span.first_on', 'number.months_on') }}) as ends_on
    from span
    cross join {{ series('0', months_between('span.first_on', 'span.last_on')) }} as number (months_on)
),

due as (
    select
        piece.*,
        month_end.ends_on as month_ends_on,
        {{ elapsed_share('piece.starts_on', 'piece.ends_on', 'month_end.ends_on') }} as elapsed
    from piece
    cross join month_end
)

select
    project_id,
    township_code,
    is_whole_project,
    month_ends_on as ends_on,
    100 * {{ total('weight * elapsed') }} / {{ total('weight') }} as planned_progress_pct,
    {{ total('planned_investment_wan * elapsed') }} as planned_investment_to_date_wan,
    {{ total('planned_area_ha * elapsed') }} as planned_area_to_date_ha,
    {{ total('planned_investment_wan') }} as planned_investment_wan,
    {{ total('planned_area_ha') }} as planned_area_ha
from due
group by project_id, township_code, is_whole_project, month_ends_on
