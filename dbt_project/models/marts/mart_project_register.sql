-- All that is known of a project, one row each: plan, ledger, latest month, money, accepted results, sites, inspections, evaluation.
-- Months, inspections and evaluations are reported for the plan's projects, acceptances and sites for sub-projects too: a project's row
-- has its sub-projects' results, a sub-project's row its own.
with acceptance as (
    select
        project_id,
        left(project_id, 2) as plan_project_id,
        acceptance_date,
        is_accepted,
        case when is_accepted then coalesce(accepted_area_ha, 0) end as accepted_area_ha,
        case when is_accepted then coalesce(cropland_reserve_ha, 0) + coalesce(cropland_linked_ha, 0) end as cropland_ha,
        case when is_accepted then coalesce(hsf_mu, 0) end as hsf_mu,
        case when is_accepted then coalesce(renewed_inefficient_ha, 0) end as renewed_ha
    from {{ ref('stg_project_acceptance') }}
),

accepted as (
    select
        project.project_id,
        count(*) as acceptances,
        count(case when not acceptance.is_accepted then 1 end) as not_passed,
        max(acceptance.acceptance_date) as last_accepted_on,
        {{ total('acceptance.accepted_area_ha') }} as accepted_area_ha,
        {{ total('acceptance.cropland_ha') }} as accepted_cropland_ha,
        {{ total('acceptance.hsf_mu') }} as accepted_hsf_mu,
        {{ total('acceptance.renewed_ha') }} as accepted_renewed_ha
    from {{ ref('dim_project') }} as project
    inner join acceptance on project.project_id in (acceptance.project_id, acceptance.plan_project_id)
    group by project.project_id
),

latest_site as (
    select *
    from {{ ref('stg_project_site') }}
    qualify rank() over (partition by subproject_id order by starts_on desc, accepted_at desc, submission_id desc) = 1
),

site as (
    select
        project.project_id,
        count(*) as sites,
        max(latest_site.period) as site_period,
        {{ total('latest_site.declared_area_ha') }} as site_declared_ha,
        {{ total('latest_site.area_m2') }} / 10000 as site_measured_ha
    from {{ ref('dim_project') }} as project
    inner join latest_site on project.project_id in (latest_site.subproject_id, latest_site.project_id)
    group by project.project_id
),

stage as (
    select
        project_id,
        {{ joined_distinct('stage', '、') }} as stages,
        {{ joined_in_order("township_name || '：' || flags", 'township_code', '；') }} as flags,
        {{ joined_in_order("case when issues <> '无' then township_name || '：' || issues end", 'township_code', '；') }} as issues,
        max(months_without_progress) as months_without_progress
    from {{ ref('int_project_progress') }}
    where is_latest
    group by project_id
),

finished as (
    select
        project_id,
        min(period) as finished_period
    from {{ ref('int_project_s_curve') }}
    where townships_finished = townships
    group by project_id
),

inspection as (
    select
        project_id,
        count(*) as inspections,
        count(case when has_finding then 1 end) as findings,
        count(case when status in ('open', 'overdue') then 1 end) as findings_open,
        count(case when status = 'overdue' then 1 end) as findings_overdue
    from {{ ref('int_supervision_status') }}
    group by project_id
),

feedback as (
    select
        project_id,
        count(*) as feedbacks,
        count(case when not is_answered then 1 end) as feedbacks_open,
        count(case when status = 'not_satisfied' then 1 end) as feedbacks_not_satisfied
    from {{ ref('int_feedback_status') }}
    group by project_id
),

evaluation as (
    select *
    from {{ ref('int_performance_evaluation') }}
    qualify row_number() over (partition by project_id order by period desc) = 1
)

select
    project.project_id,
    project.plan_project_id,
    project.is_subproject,
    not project.is_subproject as is_additive,
    project.project_name,
    project.category,
    project.phase,
    coalesce(plan.phase_in_part_7, plan.phase_in_part_5) as phase_in_plan,
    plan.phase_in_part_5,
    plan.phase_in_part_7,
    project.lead_unit,
    project.township_codes,
    project.is_in_plan,
    project.is_in_ledger,
    project.plan_start,
    project.plan_finish,
    project.planned_area_ha,
    project.planned_cropland_ha,
    project.planned_hsf_mu,
    project.planned_investment_wan,
    project.year_plan_investment_wan,
    month.period as progress_period,
    stage.stages,
    month.townships,
    month.townships_finished,
    month.physical_progress_pct,
    month.planned_progress_pct,
    month.delay_months,
    stage.months_without_progress,
    finished.finished_period,
    cast({{ months_between(period_starts_on('project.plan_finish'), period_starts_on('finished.finished_period')) }} as integer)
        as finish_delay_months,
    stage.flags,
    stage.issues,
    month.cum_investment_wan,
    100 * month.cum_investment_wan / nullif(project.planned_investment_wan, 0) as investment_of_plan_pct,
    month.funds_arrived_wan,
    100 * month.funds_arrived_wan / nullif(project.planned_investment_wan, 0) as funds_of_plan_pct,
    money.allocated_wan,
    money.arrived_wan,
    money.paid_wan,
    money.stuck_wan,
    cast(coalesce(accepted.acceptances, 0) as integer) as acceptances,
    cast(coalesce(accepted.not_passed, 0) as integer) as acceptances_not_passed,
    accepted.last_accepted_on,
    coalesce(accepted.accepted_area_ha, 0) as accepted_area_ha,
    coalesce(accepted.accepted_cropland_ha, 0) as accepted_cropland_ha,
    coalesce(accepted.accepted_hsf_mu, 0) as accepted_hsf_mu,
    coalesce(accepted.accepted_renewed_ha, 0) as accepted_renewed_ha,
    cast(coalesce(site.sites, 0) as integer) as sites,
    site.site_period,
    site.site_declared_ha,
    site.site_measured_ha,
    cast(coalesce(inspection.inspections, 0) as integer) as inspections,
    cast(coalesce(inspection.findings, 0) as integer) as findings,
    cast(coalesce(inspection.findings_open, 0) as integer) as findings_open,
    cast(coalesce(inspection.findings_overdue, 0) as integer) as findings_overdue,
    cast(coalesce(feedback.feedbacks, 0) as integer) as feedbacks,
    cast(coalesce(feedback.feedbacks_open, 0) as integer) as feedbacks_open,
    cast(coalesce(feedback.feedbacks_not_satisfied, 0) as integer) as feedbacks_not_satisfied,
    evaluation.period as evaluated_period,
    evaluation.total_score as evaluation_score,
    evaluation.grade as evaluation_grade,
    evaluation.satisfaction_pct,
    project.submission_id as ledger_submission_id
from {{ ref('dim_project') }} as project
left join {{ ref('plan_project') }} as plan on project.project_id = plan.project_id
left join {{ ref('int_project_s_curve') }} as month on project.project_id = month.project_id and month.is_latest
left join stage on project.project_id = stage.project_id
left join finished on project.project_id = finished.project_id
left join {{ ref('int_project_funds') }} as money on project.project_id = money.project_id and money.is_latest
left join accepted on project.project_id = accepted.project_id
left join site on project.project_id = site.project_id
left join inspection on project.project_id = inspection.project_id
left join feedback on project.project_id = feedback.project_id
left join evaluation on project.project_id = evaluation.project_id
