-- Which areas each indicator has in each period. Sources that cover the whole district at once have every area of a level, or none.
with found as (
    select
        area_level,
        indicator_code,
        period,
        source,
        count(distinct area_code) as areas
    from gate_indicator
    group by area_level, indicator_code, period, source
),

planned as (
    select
        area_level,
        count(*) as areas
    from ref_area
    group by area_level
)

select
    found.area_level,
    found.indicator_code,
    found.period,
    found.areas,
    planned.areas as expected,
    ref_complete_source.source is not null and found.areas <> planned.areas as is_incomplete
from found
left join planned on found.area_level = planned.area_level
left join ref_complete_source on found.source = ref_complete_source.source
