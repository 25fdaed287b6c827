-- Every decision of a person on a reporting unit.
select
    decision_id,
    kind,
    submission_id,
    dataset,
    reporting_unit,
    period,
    rules,
    because,
    decided_by,
    {{ moment('decided_at') }} as decided_at
from {{ source('raw', 'decision') }}
