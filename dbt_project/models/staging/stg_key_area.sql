-- 重点区范围: the rows in force, periods as dates.
select
    submission_id,
    {{ moment('accepted_at') }} as accepted_at,
    row_id,
    sheet,
    row_no,
    feature,
    reporting_unit,
    period,
    {{ period_starts_on('period') }} as starts_on,
    {{ period_ends_on('period') }} as ends_on,
    piece_id,
    key_area_code,
    place,
    declared_area_ha,
    area_m2
from {{ source('raw', 'key_area') }}
