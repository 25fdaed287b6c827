-- Every reported figure of every project, township and month, as received and as shown.
select
    coalesce(received.project_id, shown.project_id) as project_id,
    coalesce(received.township_code, shown.township_code) as township_code,
    coalesce(received.period, shown.period) as period,
    coalesce(received.field, shown.field) as field,
    received.value as received,
    shown.value as shown,
    received.field is not null and shown.field is not null and relative_difference(received.value, shown.value) is not distinct from 0
        as is_same
from gate_received_progress as received
full outer join gate_shown_progress as shown using (project_id, township_code, period, field)
