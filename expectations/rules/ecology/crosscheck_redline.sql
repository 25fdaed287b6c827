-- The red-line area that a township declares is that of the year's red-line layer within the township. Threshold: %.
select
    submission.row_id,
    'redline_area_km2' as field,
    submission.redline_area_km2 as found,
    coalesce(measured.area_m2, 0) / 1000000 as expected
from submission
inner join (select distinct period from measured_ecological_redline) as layer on submission.period = layer.period
left join measured_ecological_redline as measured
    on submission.period = measured.period and submission.township_code = measured.township_code
where
    submission.township_code is not null
    and round(abs(submission.redline_area_km2 - expected), 4) > expected * $threshold / 100
