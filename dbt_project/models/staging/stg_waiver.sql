-- Every waiver of a rule, expired and ended ones included.
select
    waiver_id,
    rule_id,
    dataset,
    reporting_unit,
    period,
    approver,
    because,
    until_on,
    {{ moment('granted_at') }} as granted_at,
    {{ moment('ended_at') }} as ended_at,
    ended_by,
    ended_because
from {{ source('raw', 'waiver') }}
