-- 绩效评价表: the rows in force, periods as dates.
select
    submission_id,
    {{ moment('accepted_at') }} as accepted_at,
    row_id,
    sheet,
    row_no,
    cells,
    reporting_unit,
    period,
    {{ period_starts_on('period') }} as starts_on,
    {{ period_ends_on('period') }} as ends_on,
    project_id,
    project_name,
    dimension,
    full_score,
    score,
    respondents,
    satisfaction_pct,
    evaluator,
    result_use,
    budget_change_wan,
    decided_on
from {{ source('raw', 'performance') }}
