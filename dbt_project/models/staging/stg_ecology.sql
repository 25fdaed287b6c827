-- 生态状况年报: the rows in force, periods as dates.
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
    township_code,
    land_area_ha,
    forest_area_ha,
    forest_coverage_pct,
    wetland_area_ha,
    protected_wetland_area_ha,
    wetland_protection_pct,
    redline_area_km2
from {{ source('raw', 'ecology') }}
