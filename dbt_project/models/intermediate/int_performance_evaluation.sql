-- The evaluation of a project in a year, its four dimensions side by side: scores, total and grade.
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
)

select
    evaluated.project_id,
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
    100 * evaluated.total_score / nullif(evaluated.full_score, 0) as total_pct,
    grade.grade,
    evaluated.dimensions,
    evaluated.respondents,
    evaluated.satisfaction_pct,
    evaluated.evaluator,
    evaluated.result_use,
    evaluated.budget_change_wan,
    evaluated.decided_on,
    evaluated.submission_id
from evaluated
left join {{ ref('performance_grade') }} as grade on 100 * evaluated.total_score / nullif(evaluated.full_score, 0) >= grade.at_least
qualify row_number() over (partition by evaluated.project_id, evaluated.period order by grade.at_least desc) = 1
