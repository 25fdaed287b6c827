-- The plan's twenty projects and the sub-projects of the ledger in force, one row each.
with stated as (
    select
        project_id,
        max(stated_for) as townships_stated_for
    from {{ ref('plan_project_township') }}
    group by project_id
)

select
    project.project_id,
    project.plan_project_id,
    project.is_subproject,
    not project.is_subproject as is_additive,
    project.project_name,
    project.category,
    project.phase,
    plan.phase_in_part_5,
    plan.phase_in_part_7,
    project.lead_unit,
    project.township_codes,
    stated.townships_stated_for,
    project.plan_start,
    project.plan_finish,
    project.planned_area_ha,
    project.planned_cropland_ha,
    project.planned_hsf_mu,
    project.planned_investment_wan,
    project.year_plan_investment_wan,
    project.is_in_plan,
    project.is_in_ledger,
    project.ledger_period,
    project.submission_id
from {{ ref('int_project') }} as project
left join {{ ref('plan_project') }} as plan on project.plan_project_id = plan.project_id
left join stated on project.plan_project_id = stated.project_id
