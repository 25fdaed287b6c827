-- What the ledger's plan expects at each month's end, by project and township and (township_code '') by whole project: a straight line from
-- planned start to planned finish for each sub-project, weighted by its planned investment, else area; together they make the S-curve.
-- Where the ledger has no sub-projects, the one line of the whole project.
with project as (
    select
        *,
        {{ period_starts_on('plan_start') }} as starts_on,
        {{ period_ends_on('plan_finish') }} as ends_on,
        coalesce(nullif(planned_investment_wan, 0), nullif(planned_area_ha, 0), 1) as weight
    from {{ ref('dim_project') }}
    where plan_start is not null and plan_finish is not null
),

reported as (
    select
        project_id,
        township_code
    from {{ ref('stg_project_progress') }}
    union
    select
        project_id,
        ''
    from {{ ref('stg_project_progress') }}
),

own as (
    select
        reported.project_id,
        reported.township_code,
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
            and reported.township_code in ('', piece.township_codes)
),

piece as (
    select * from own
    union all
    select
        reported.project_id,
        reported.township_code,
        project.starts_on,
        project.ends_on,
        project.weight,
        case when reported.township_code = '' then project.planned_investment_wan end,
        case when reported.township_code = '' then project.planned_area_ha end
    from reported
    inner join project on reported.project_id = project.project_id
    left join own on reported.project_id = own.project_id and reported.township_code = own.township_code
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

calendar as (
    select cast({{ series('0', "date_diff('month', span.first_on, span.last_on)") }} as integer) as months_on, span.first_on
    from span
),

month_end as (
    select cast(date_trunc('month', first_on) + to_months(months_on + 1) - interval 1 day as date) as ends_on
    from calendar
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
    month_ends_on as ends_on,
    100 * {{ total('weight * elapsed') }} / {{ total('weight') }} as planned_progress_pct,
    {{ total('planned_investment_wan * elapsed') }} as planned_investment_to_date_wan,
    {{ total('planned_area_ha * elapsed') }} as planned_area_to_date_ha,
    {{ total('planned_investment_wan') }} as planned_investment_wan,
    {{ total('planned_area_ha') }} as planned_area_ha
from due
group by project_id, township_code, month_ends_on
