-- What a project has reached in a township, month by month, and where its plan was then: how late it is, whether it
-- stands still, what calls for attention.
-- A township's own plan is the sum of the project's sub-projects there; a project without sub-projects has only its whole plan.
with township_plan as (
    select
        project.plan_project_id as project_id,
        project.township_codes as township_code,
        {{ total('project.planned_area_ha') }} as planned_area_ha,
        {{ total('project.planned_investment_wan') }} as planned_investment_wan
    from {{ ref('int_project') }} as project
    where project.is_subproject and project.township_codes not like '%、%'
    group by project.plan_project_id, project.township_codes
),

monthly as (
    select
        progress.*,
        project.project_name as plan_project_name,
        project.category,
        project.lead_unit,
        project.plan_start,
        project.plan_finish,
        project.planned_investment_wan as project_planned_investment_wan,
        part.planned_area_ha as township_planned_area_ha,
        part.planned_investment_wan as township_planned_investment_wan,
        progress.stage in ('完工', '验收', '管护') as is_finished,
        {{ period_starts_on('project.plan_start') }} as plan_starts_on,
        {{ period_ends_on('project.plan_finish') }} as plan_ends_on
    from {{ ref('stg_project_progress') }} as progress
    left join {{ ref('int_project') }} as project on progress.project_id = project.project_id
    left join township_plan as part
        on progress.project_id = part.project_id and progress.township_code = part.township_code
),

-- months, before this one, at whose end the plan was already beyond what is reached now
lost as (
    select
        monthly.project_id,
        monthly.township_code,
        monthly.period,
        count(*) as delay_months
    from monthly
    inner join {{ ref('int_project_plan_curve') }} as curve
        on
            monthly.project_id = curve.project_id
            and monthly.township_code = curve.township_code
            and monthly.ends_on > curve.ends_on
            and monthly.physical_progress_pct < curve.planned_progress_pct - {{ var('progress_rounding_points') }}
    where not monthly.is_finished
    group by monthly.project_id, monthly.township_code, monthly.period
),

since_progress as (
    select
        now.project_id,
        now.township_code,
        now.period,
        {{ months_between('min(earlier.ends_on)', 'now.ends_on') }} as months_without_progress
    from monthly as now
    inner join monthly as earlier
        on
            now.project_id = earlier.project_id
            and now.township_code = earlier.township_code
            and now.ends_on >= earlier.ends_on
            and now.physical_progress_pct = earlier.physical_progress_pct
    group by now.project_id, now.township_code, now.period, now.ends_on
),

timed as (
    select
        *,
        100 * {{ elapsed_share('plan_starts_on', 'plan_ends_on', 'ends_on') }} as time_elapsed_pct
    from monthly
),

judged as (
    select
        timed.*,
        curve.planned_progress_pct,
        curve.planned_investment_to_date_wan,
        curve.planned_area_to_date_ha,
        coalesce(lost.delay_months, 0) as delay_months,
        since_progress.months_without_progress,
        not timed.is_finished and timed.ends_on > timed.plan_ends_on as is_overdue,
        not timed.is_finished and timed.physical_progress_pct < timed.time_elapsed_pct as is_behind_time,
        timed.stage = '在建' and coalesce(since_progress.months_without_progress, 0) >= {{ var('stalled_months') }} as is_stalled,
        timed.cum_investment_wan - lag(timed.cum_investment_wan) over (
            partition by timed.project_id, timed.township_code
            order by timed.ends_on
        ) as invested_since_last_wan
    from timed
    left join {{ ref('int_project_plan_curve') }} as curve
        on timed.project_id = curve.project_id and timed.township_code = curve.township_code and timed.ends_on = curve.ends_on
    left join lost
        on timed.project_id = lost.project_id and timed.township_code = lost.township_code and timed.period = lost.period
    left join since_progress
        on
            timed.project_id = since_progress.project_id
            and timed.township_code = since_progress.township_code
            and timed.period = since_progress.period
)

select
    judged.project_id,
    coalesce(judged.plan_project_name, judged.project_name) as project_name,
    judged.category,
    judged.lead_unit,
    judged.township_code,
    township.township_name,
    judged.period,
    judged.ends_on,
    judged.stage,
    judged.physical_progress_pct,
    judged.time_elapsed_pct,
    judged.planned_progress_pct,
    cast(judged.delay_months as integer) as delay_months,
    cast(judged.months_without_progress as integer) as months_without_progress,
    judged.cum_investment_wan,
    judged.invested_since_last_wan,
    judged.planned_investment_to_date_wan,
    judged.funds_central_wan,
    judged.funds_province_wan,
    judged.funds_local_wan,
    judged.funds_social_wan,
    judged.funds_arrived_wan,
    judged.cum_consolidated_area_ha,
    judged.cum_cropland_ha,
    judged.cum_hsf_mu,
    judged.cum_reclaimed_ha,
    judged.output_kind,
    judged.output_unit,
    judged.cum_output,
    judged.planned_area_to_date_ha,
    judged.plan_start,
    judged.plan_finish,
    judged.township_planned_area_ha,
    judged.township_planned_investment_wan,
    judged.project_planned_investment_wan,
    judged.is_finished,
    judged.is_overdue,
    judged.is_behind_time,
    judged.is_stalled,
    nullif(concat_ws(
        '、',
        case when judged.is_overdue then '逾期' end,
        case when judged.delay_months > 0 then '滞后' || judged.delay_months || '个月' end,
        case when judged.is_stalled then '停滞' end
    ), '') as flags,
    judged.issues,
    judged.next_step,
    row_number() over (partition by judged.project_id, judged.township_code order by judged.ends_on desc) = 1 as is_latest,
    judged.submission_id
from judged
left join {{ ref('township') }} as township on judged.township_code = township.township_code
