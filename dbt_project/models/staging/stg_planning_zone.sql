-- 规划分区: the rows in force, periods as dates.
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
    zoning,
    zone_code,
    zone_name,
    area_m2
from {{ source('raw', 'planning_zone') }}
