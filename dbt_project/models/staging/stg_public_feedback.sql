-- 群众与专家意见: the rows in force, periods as dates.
select
    submission_id,
    {{ moment('accepted_at') }} as accepted_at,
    row_id,
    sheet,
    row_no,
    cells,
    reporting_unit,
    period,
    received_on as starts_on,
    received_on as ends_on,
    feedback_no,
    received_on,
    channel,
    kind,
    township_code,
    project_id,
    summary,
    replied_on,
    satisfied,
    event_kind,
    participants
from {{ source('raw', 'public_feedback') }}
