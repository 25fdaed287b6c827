-- 资金台账: the rows in force, periods as dates. Paid is not invested: what was built stands in stg_project_progress.
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
    level,
    instrument,
    allocated_wan,
    arrived_wan,
    paid_wan
from {{ source('raw', 'project_funds') }}
