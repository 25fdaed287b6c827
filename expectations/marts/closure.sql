-- What must add up: zones of a zoning and townships to the district, parts to their township and to their zones.
-- A sum without its whole, or a whole without its sum, has no difference, and fails.
with figure as (
    select
        area_level,
        area_code,
        zoning,
        indicator_code,
        period,
        unnest(['numerator', 'denominator']) as measure,
        unnest([numerator, denominator]) as amount
    from gate_indicator
),

ground as ( -- the smallest areas: townships that are not split, and parts
    select figure.*
    from figure
    inner join ref_zone_part on figure.area_code = ref_zone_part.part_code
    where figure.amount is not null
    group by all
),

district as (
    select * from figure
    where area_level = 'district' and amount is not null
),

zone_sum as (
    select
        zoning || '_zones' as parts,
        indicator_code,
        period,
        measure,
        sum(amount) as amount
    from figure
    where area_level = 'zone' and amount is not null
    group by zoning, indicator_code, period, measure
),

township_sum as (
    select
        'townships' as parts,
        indicator_code,
        period,
        measure,
        sum(amount) as amount
    from figure
    where area_level = 'township' and amount is not null
    group by indicator_code, period, measure
),

part_sum as (
    select
        left(area_code, 9) as area_code,
        indicator_code,
        period,
        measure,
        sum(amount) as amount
    from figure
    where area_level = 'part' and amount is not null
    group by left(area_code, 9), indicator_code, period, measure
),

zonings as (
    select count(distinct zoning) as number
    from ref_area
),

zone_ground as (
    select
        ref_zone_part.zone_code,
        ground.indicator_code,
        ground.period,
        ground.measure,
        sum(ground.amount) as amount
    from ground
    inner join ref_zone_part on ground.area_code = ref_zone_part.part_code
    group by ref_zone_part.zone_code, ground.indicator_code, ground.period, ground.measure
),

pair as (
    select
        zone_sum.parts,
        cast(null as varchar) as area_code,
        zone_sum.indicator_code,
        zone_sum.period,
        zone_sum.measure,
        zone_sum.amount as sum_of_parts,
        district.amount as whole
    from zone_sum
    left join district
        on
            zone_sum.indicator_code = district.indicator_code
            and zone_sum.period = district.period
            and zone_sum.measure = district.measure
    union all by name
    select
        'townships' as parts,
        coalesce(township_sum.indicator_code, district.indicator_code) as indicator_code,
        coalesce(township_sum.period, district.period) as period,
        coalesce(township_sum.measure, district.measure) as measure,
        township_sum.amount as sum_of_parts,
        district.amount as whole
    from township_sum
    full outer join district
        on
            township_sum.indicator_code = district.indicator_code
            and township_sum.period = district.period
            and township_sum.measure = district.measure
    union all by name
    select
        'parts' as parts,
        part_sum.area_code,
        part_sum.indicator_code,
        part_sum.period,
        part_sum.measure,
        part_sum.amount as sum_of_parts,
        whole.amount as whole
    from part_sum
    left join figure as whole
        on
            part_sum.area_code = whole.area_code
            and part_sum.indicator_code = whole.indicator_code
            and part_sum.period = whole.period
            and part_sum.measure = whole.measure
    union all by name
    select
        'ground' as parts,
        zone.area_code,
        zone.indicator_code,
        zone.period,
        zone.measure,
        coalesce(zone_ground.amount, 0) as sum_of_parts,
        zone.amount as whole
    from figure as zone
    left join zone_ground
        on
            zone.area_code = zone_ground.zone_code
            and zone.indicator_code = zone_ground.indicator_code
            and zone.period = zone_ground.period
            and zone.measure = zone_ground.measure
    where zone.area_level = 'zone' and zone.amount is not null
    union all by name
    select -- where anything is placed below the township, every zoning is there
        'zonings' as parts,
        placed.indicator_code,
        placed.period,
        'count' as measure,
        count(distinct placed.zoning) as sum_of_parts,
        any_value(zonings.number) as whole
    from gate_indicator as placed
    cross join zonings
    where placed.area_level in ('zone', 'part')
    group by placed.indicator_code, placed.period
)

select
    *,
    relative_difference(sum_of_parts, whole) as difference
from pair
