-- One figure of one zone, measure and period, wherever a mart shows it: every pair of marts agrees.
with figure as (
    select
        'mart_indicator_zone' as mart,
        area_code as zone_code,
        indicator_code as measure_code,
        period,
        value
    from {{ ref('mart_indicator_zone') }}
    union all
    select
        'mart_target_progress ' || target_year,
        area_code,
        indicator_code,
        period,
        value
    from {{ ref('mart_target_progress') }}
    where area_level = 'zone' and period is not null
    union all
    select
        'mart_indicator_zone (denominator)',
        area_code,
        'land_area',
        'standing',
        max(denominator)
    from {{ ref('mart_indicator_zone') }}
    where indicator_code = 'forest_coverage_rate' and source = 'spatial'
    group by area_code
    union all
    select
        'dim_zone',
        zone_code,
        'land_area',
        'standing',
        land_area_ha
    from {{ ref('dim_zone') }}
    where land_area_ha is not null
    union all
    select
        'bridge_township_part_zone',
        zone_code,
        'land_area',
        'standing',
        sum(land_area_ha)
    from {{ ref('bridge_township_part_zone') }}
    where land_area_ha is not null
    group by zone_code
)

select
    one.mart,
    other.mart as other_mart,
    one.zone_code,
    one.measure_code,
    one.period,
    one.value,
    other.value as other_value
from figure as one
inner join figure as other
    on
        one.zone_code = other.zone_code
        and one.measure_code = other.measure_code
        and one.period = other.period
        and one.mart < other.mart
where
    one.value is distinct from other.value
    and coalesce(abs(one.value - other.value) > 1e-9 * greatest(1, abs(one.value)), true)
