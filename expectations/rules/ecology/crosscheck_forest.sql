-- The forest layer of the year, within the township, has the area that the township declares. Threshold: %.
with measured as (
    select
        period,
        township_code,
        sum(area_m2) / 10000 as area_ha
    from measured_forest_land
    where is_forest
    group by period, township_code
),

layer as (
    select distinct period from measured
)

select
    submission.row_id,
    'forest_area_ha' as field,
    submission.forest_area_ha as found,
    coalesce(measured.area_ha, 0) as expected
from submission
inner join layer on submission.period = layer.period
left join measured on submission.period = measured.period and submission.township_code = measured.township_code
where
    submission.township_code is not null
    and round(abs(submission.forest_area_ha - coalesce(measured.area_ha, 0)), 2) > coalesce(measured.area_ha, 0) * $threshold / 100
