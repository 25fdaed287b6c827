-- Every report that is owed, and what became of it by the day reckoned on.
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
    received_at,
    submission_id,
    as_of_date
from {{ source('raw', 'expected_report') }}
