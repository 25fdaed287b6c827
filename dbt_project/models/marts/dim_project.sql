-- The plan's twenty projects and the sub-projects of the ledger in force, one row each.
select
    project_id,
    plan_project_id,
    is_subproject,
    not is_subproject as is_additive,
    project_name,
    category,
    phase,
    lead_unit,
    township_codes,
    plan_start,
    plan_finish,
    planned_area_ha,
    planned_cropland_ha,
    planned_hsf_mu,
    planned_investment_wan,
    year_plan_investment_wan,
    is_in_plan,
    is_in_ledger,
    ledger_period,
    submission_id
from {{ ref('int_project') }}
