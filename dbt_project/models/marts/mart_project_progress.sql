-- A project in a township, month by month: stage, physical progress, money and area against the ledger's plan.
-- A township's own plan is the sum of the project's sub-projects there; a project without sub-projects has only its whole plan.
with township_plan as (
    select
        project.plan_project_id as project_id,
        project.township_codes as township_code,
        {{ total('project.planned_area_ha') }} as planned_area_ha,
        {{ total('project.planned_investment_wan') }} as planned_investment_wan
    from {{ ref('dim_project') }} as project
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
    left join {{ ref('dim_project') }} as project on progress.project_id = project.project_id
    left join township_plan as part
        on progress.project_id = part.project_id and progress.township_code = part.township_code
),

timed as (
    select
        *,
        100 * greatest(0, least(1, (ends_on - plan_starts_on + 1) / nullif(plan_ends_on - plan_starts_on + 1, 0)))
            as time_elapsed_pct
    from monthly
)

select
    timed.project_id,
    coalesce(timed.plan_project_name, timed.project_name) as project_name,
    timed.category,
    timed.lead_unit,
    timed.township_code,
    township.township_name,
    timed.period,
    timed.stage,
    timed.physical_progress_pct,
    timed.time_elapsed_pct,
    timed.cum_investment_wan,
    timed.funds_central_wan,
    timed.funds_province_wan,
    timed.funds_local_wan,
    timed.funds_social_wan,
    timed.funds_arrived_wan,
    timed.cum_consolidated_area_ha,
    timed.cum_cropland_ha,
    timed.cum_hsf_mu,
    timed.cum_reclaimed_ha,
    timed.plan_start,
    timed.plan_finish,
    timed.township_planned_area_ha,
    timed.township_planned_investment_wan,
    timed.project_planned_investment_wan,
    100 * timed.cum_investment_wan / nullif(timed.township_planned_investment_wan, 0) as investment_of_plan_pct,
    100 * {{ total_within('timed.cum_investment_wan', 'timed.project_id, timed.period') }}
    / nullif(timed.project_planned_investment_wan, 0) as project_investment_of_plan_pct,
    100 * timed.cum_investment_wan / nullif(timed.funds_arrived_wan, 0) as investment_of_funds_pct,
    timed.is_finished,
    not timed.is_finished and timed.ends_on > timed.plan_ends_on as is_overdue,
    not timed.is_finished and timed.physical_progress_pct < timed.time_elapsed_pct as is_behind_time,
    timed.issues,
    timed.next_step,
    row_number() over (partition by timed.project_id, timed.township_code order by timed.ends_on desc) = 1 as is_latest,
    timed.submission_id
from timed
left join {{ ref('township') }} as township on timed.township_code = township.township_code
