-- The red-line area that a township declares is that of the year's red-line layer within the township. Threshold: %.
with layer as (
    select distinct period from measured_ecological_redline
)

select
    submission.row_id,
    'redline_area_km2' as field,
    submission.redline_area_km2 as found,
    coalesce(measured.area_m2, 0) / 1000000 as expected
from submission
inner join layer on submission.period = layer.period
left join measured_ecological_redline as measured
    on submission.period = measured.period and submission.township_code = measured.township_code
where
    submission.township_code is not null
    and round(abs(submission.redline_area_km2 - coalesce(measured.area_m2, 0) / 1000000), 4)
    > coalesce(measured.area_m2, 0) / 1000000 * $threshold / 100
