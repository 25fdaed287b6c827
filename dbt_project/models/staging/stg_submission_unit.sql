-- Every reporting unit of every file: accepted, held, waiting or replaced.
select
    submission_id,
    dataset,
    reporting_unit,
    period,
    state,
    accepted_at,
    ended_at
from {{ source('raw', 'submission_unit') }}
