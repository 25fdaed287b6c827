-- Every reported figure of every project, township and month, as received and as shown.
select
    coalesce(received.project_id, shown.project_id) as project_id,
    coalesce(received.township_code, shown.township_code) as township_code,
    coalesce(received.period, shown.period) as period,
    coalesce(received.field, shown.field) as field,
    received.value as received,
    shown.value as shown,
    received.field is not null
    and shown.field is not null
    and coalesce(relative_difference(received.value, shown.value) = 0, false) as is_same
from gate_received_progress as received
full outer join gate_shown_progress as shown
    on
        received.project_id = shown.project_id
        and received.township_code = shown.township_code
        and received.period = shown.period
        and received.field = shown.field
