-- Every file that ever arrived, with its outcome and its rows.
select
    submission_id,
    file_name,
    dataset,
    family,
    sender,
    sha256,
    {{ moment('received_at') }} as received_at,
    state,
    rows_read,
    rows_accepted,
    rows_held,
    rows_control
from {{ source('raw', 'submission') }}
