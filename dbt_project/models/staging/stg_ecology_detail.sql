-- 生态状况明细年报: the rows in force, periods as dates.
select
    submission_id,
    {{ moment('accepted_at') }} as accepted_at,
    row_id,
    sheet,
    row_no,
    cells,
    reporting_unit,
    period,
    {{ period_starts_on('period') }} as starts_on,
    {{ period_ends_on('period') }} as ends_on,
    item_code,
    area,
    item_value,
    item_unit,
    data_source
from {{ source('raw', 'ecology_detail') }}
