-- Every report that is expected, and what became of it by the as-of date.
select
    dataset,
    title_zh,
    period,
    reporting_unit,
    unit_zh,
    due_on,
    state,
    state_zh,
    is_met,
    is_overdue,
    days_late,
    {{ moment('received_at') }} as received_at,
    submission_id,
    as_of_date
from {{ source('raw', 'expected_report') }}
