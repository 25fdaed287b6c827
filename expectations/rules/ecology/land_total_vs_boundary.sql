-- A township's land is as large as its boundary in force at the year's end. Threshold: %.
-- A township that stands twice in the sheet is not measured: neither row is the whole.
with single as (
    select * from submission
    qualify count(*) over (partition by reporting_unit, period) = 1
),

compared as (
    select
        single.row_id,
        any_value(single.land_area_ha) as found,
        coalesce(
            arg_max(boundary.area_m2, boundary.period) filter (where boundary.period <= single.period || '-12-31'),
            arg_min(boundary.area_m2, boundary.period)
        ) / 10000 as expected
    from single
    inner join accepted_admin_boundary as boundary on single.township_code = boundary.township_code
    group by single.row_id
)

select
    row_id,
    'land_area_ha' as field,
    found,
    expected
from compared
where abs(found - expected) > expected * $threshold / 100
