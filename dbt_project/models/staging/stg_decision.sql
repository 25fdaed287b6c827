-- Every held unit that a person had accepted.
select
    decision_id,
    submission_id,
    dataset,
    reporting_unit,
    period,
    rules,
    because,
    decided_by,
    {{ moment('decided_at') }} as decided_at
from {{ source('raw', 'decision') }}
