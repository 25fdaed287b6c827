-- What all townships together declare of each area in a year's accepted 生态状况年报; none while a township's is missing.
with total as (
    select
        period,
        sum(forest_area_ha) as forest_area_ha,
        sum(wetland_area_ha) as wetland_area_ha,
        sum(protected_wetland_area_ha) as protected_wetland_area_ha,
        sum(redline_area_km2) as redline_area_km2
    from accepted_ecology
    group by period
    having count(distinct township_code) = (select count(*) from ref_township)
)

select
    period,
    field,
    value
from total unpivot (value for field in (forest_area_ha, wetland_area_ha, protected_wetland_area_ha, redline_area_km2))
