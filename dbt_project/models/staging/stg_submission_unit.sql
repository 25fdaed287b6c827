-- Every reporting unit of every file: accepted, held, waiting or replaced.
select
    submission_id,
    dataset,
    reporting_unit,
    period,
    state,
    rows,
    facts,
    {{ moment('accepted_at') }} as accepted_at,
    {{ moment('ended_at') }} as ended_at,
    ended_by
from {{ source('raw', 'submission_unit') }}
