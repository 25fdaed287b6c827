-- A township has the same land in the same year's land-use table. Threshold: ha.
with land_use as (
    select
        reporting_unit,
        period,
        coalesce(any_value(land_area_ha), sum(area_ha)) as land_area_ha
    from accepted_land_use
    group by reporting_unit, period
)

select
    submission.row_id,
    'land_area_ha' as field,
    submission.land_area_ha as found,
    land_use.land_area_ha as expected
from submission
inner join land_use on submission.reporting_unit = land_use.reporting_unit and submission.period = land_use.period
where round(abs(submission.land_area_ha - land_use.land_area_ha), 6) > $threshold
