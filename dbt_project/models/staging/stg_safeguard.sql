-- 实施保障台账: the rows in force, periods as dates.
select
    submission_id,
    {{ moment('accepted_at') }} as accepted_at,
    row_id,
    sheet,
    row_no,
    cells,
    reporting_unit,
    period,
    issued_on as starts_on,
    issued_on as ends_on,
    duty_code,
    document_no,
    issued_on,
    responsible_unit,
    duty_status,
    note
from {{ source('raw', 'safeguard') }}
