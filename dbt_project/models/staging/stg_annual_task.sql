-- 年度任务分解表: the rows in force, periods as dates. area: a township's code, the district's, or an office's name.
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
    indicator_code,
    area,
    task_value,
    task_unit,
    document_no
from {{ source('raw', 'annual_task') }}
