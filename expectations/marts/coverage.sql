-- Which areas each indicator has in each period. Sources that speak of the whole district at once have every area of a level, or none.
select
    found.area_level,
    found.indicator_code,
    found.period,
    found.areas,
    expected.areas as expected,
    found.source in (select source from ref_complete_source) and found.areas <> expected.areas as is_incomplete
from (
    select
        area_level,
        indicator_code,
        period,
        source,
        count(distinct area_code) as areas
    from gate_indicator
    group by area_level, indicator_code, period, source
) as found
left join (
    select
        area_level,
        count(*) as areas
    from ref_area
    group by area_level
) as expected on found.area_level = expected.area_level
