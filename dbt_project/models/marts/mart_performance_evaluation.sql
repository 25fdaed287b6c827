-- Performance evaluation, a project a year: the four dimensions, the total and its grade, satisfaction, and what was done with the result.
select
    evaluated.project_id,
    project.project_name,
    project.category,
    project.lead_unit,
    evaluated.period,
    evaluated.implementation_score,
    evaluated.implementation_full,
    evaluated.funds_score,
    evaluated.funds_full,
    evaluated.targets_score,
    evaluated.targets_full,
    evaluated.benefit_score,
    evaluated.benefit_full,
    evaluated.total_score,
    evaluated.full_score,
    evaluated.total_pct,
    evaluated.grade,
    cast(rank() over (partition by evaluated.period order by evaluated.total_score desc) as integer) as rank_in_year,
    evaluated.total_score - lag(evaluated.total_score) over (
        partition by evaluated.project_id
        order by evaluated.period
    ) as change_of_score,
    evaluated.dimensions = 4 as is_complete,
    cast(evaluated.respondents as integer) as respondents,
    evaluated.satisfaction_pct,
    evaluated.evaluator,
    evaluated.result_use,
    evaluated.budget_change_wan,
    evaluated.decided_on,
    evaluated.submission_id
from {{ ref('int_performance_evaluation') }} as evaluated
left join {{ ref('dim_project') }} as project on evaluated.project_id = project.project_id
