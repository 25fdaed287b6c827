-- Every waiver of a rule, expired ones included.
select
    waiver_id,
    rule_id,
    dataset,
    reporting_unit,
    period,
    approver,
    because,
    until_on,
    {{ moment('granted_at') }} as granted_at
from {{ source('raw', 'waiver') }}
