-- The plan's twenty projects and the sub-projects of the ledger in force, one row each.
with ledger as (
    select *
    from {{ ref('stg_project_ledger') }}
    qualify row_number() over (partition by project_id order by starts_on desc, accepted_at desc, submission_id desc) = 1
),

plan as (
    select
        project.project_id,
        project.project_name,
        category.category_name,
        project.is_open_list
    from {{ ref('plan_project') }} as project
    inner join {{ ref('plan_project_category') }} as category on project.category_code = category.category_code
)

select
    coalesce(ledger.project_id, plan.project_id) as project_id,
    coalesce(ledger.plan_project_id, plan.project_id) as plan_project_id,
    coalesce(ledger.is_subproject, false) as is_subproject,
    coalesce(plan.project_name, ledger.project_name) as project_name,
    coalesce(whole.category_name, ledger.category) as category,
    ledger.phase,
    ledger.lead_unit,
    {{ joined('ledger.township_codes') }} as township_codes,
    ledger.plan_start,
    ledger.plan_finish,
    ledger.planned_area_ha,
    ledger.planned_cropland_ha,
    ledger.planned_hsf_mu,
    ledger.planned_investment_wan,
    ledger.year_plan_investment_wan,
    plan.project_id is not null as is_in_plan,
    ledger.project_id is not null as is_in_ledger,
    ledger.period as ledger_period,
    ledger.submission_id
from plan
full outer join ledger on plan.project_id = ledger.project_id
left join plan as whole on coalesce(ledger.plan_project_id, plan.project_id) = whole.project_id
