-- 地类图斑: the rows in force, periods as dates.
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
    parcel_id,
    parcel_no,
    land_class_code,
    land_class_name,
    location_code,
    location_name,
    declared_area_m2,
    planting_code,
    area_m2
from {{ source('raw', 'land_parcel') }}
