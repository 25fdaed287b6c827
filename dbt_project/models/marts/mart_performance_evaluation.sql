-- Performance evaluation, a project a year: the four dimensions, the total and its grade, satisfaction, and what was done with the result.
with dimension as (
    select
        *,
        case dimension
            when '组织实施' then 1
            when '资金管理' then 2
            when '目标任务完成' then 3
            when '效益及满意度' then 4
        end as dimension_no
    from {{ ref('stg_performance') }}
),

evaluated as (
    select
        project_id,
        period,
        max(case when dimension_no = 1 then score end) as implementation_score,
        max(case when dimension_no = 1 then full_score end) as implementation_full,
        max(case when dimension_no = 2 then score end) as funds_score,
        max(case when dimension_no = 2 then full_score end) as funds_full,
        max(case when dimension_no = 3 then score end) as targets_score,
        max(case when dimension_no = 3 then full_score end) as targets_full,
        max(case when dimension_no = 4 then score end) as benefit_score,
        max(case when dimension_no = 4 then full_score end) as benefit_full,
        {{ total('score') }} as total_score,
        {{ total('full_score') }} as full_score,
        count(*) as dimensions,
        max(respondents) as respondents,
        {{ total('respondents * satisfaction_pct') }}
        / nullif({{ total('case when satisfaction_pct is not null then respondents end') }}, 0) as satisfaction_pct,
        max(evaluator) as evaluator,
        {{ joined_distinct('result_use', '、') }} as result_use,
        {{ total('budget_change_wan') }} as budget_change_wan,
        max(decided_on) as decided_on,
        max(submission_id) as submission_id
    from dimension
    group by project_id, period
),

compared as ( -- before the grades are joined, which are several rows a project
    select
        *,
        rank() over (partition by period order by total_score desc) as rank_in_year,
        total_score - lag(total_score) over (partition by project_id order by period) as change_of_score
    from evaluated
)

select
    compared.project_id,
    project.project_name,
    project.category,
    project.lead_unit,
    compared.period,
    compared.implementation_score,
    compared.implementation_full,
    compared.funds_score,
    compared.funds_full,
    compared.targets_score,
    compared.targets_full,
    compared.benefit_score,
    compared.benefit_full,
    compared.total_score,
    compared.full_score,
    100 * compared.total_score / nullif(compared.full_score, 0) as total_pct,
    grade.grade,
    cast(compared.rank_in_year as integer) as rank_in_year,
    compared.change_of_score,
    compared.dimensions = 4 as is_complete,
    cast(compared.respondents as integer) as respondents,
    compared.satisfaction_pct,
    compared.evaluator,
    compared.result_use,
    compared.budget_change_wan,
    compared.decided_on,
    compared.submission_id
from compared
left join {{ ref('performance_grade') }} as grade on 100 * compared.total_score / nullif(compared.full_score, 0) >= grade.at_least
left join {{ ref('dim_project') }} as project on compared.project_id = project.project_id
qualify row_number() over (partition by compared.project_id, compared.period order by grade.at_least desc) = 1
