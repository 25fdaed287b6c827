-- 土地利用现状分类面积汇总表: the rows in force, periods as dates.
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
    land_class_code,
    area_ha
from {{ source('raw', 'land_use') }}
