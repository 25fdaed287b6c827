-- Whoever adds up the additive rows of an indicator and period, of any level, or of the target board, gets the district's value; likewise
-- of subsided ground.
with level_sum as (
    select
        'zone' as level,
        indicator_code,
        period,
        sum(value) as value
    from {{ ref('mart_indicator_zone') }}
    where is_additive
    group by indicator_code, period
    union all
    select
        'township',
        indicator_code,
        period,
        sum(value)
    from {{ ref('mart_indicator_township') }}
    where is_additive
    group by indicator_code, period
    union all
    select
        'target',
        indicator_code,
        period,
        sum(value)
    from {{ ref('mart_target_progress') }}
    where is_additive and period is not null
    group by indicator_code, period
)

select
    level_sum.level,
    level_sum.indicator_code,
    level_sum.period,
    level_sum.value as sum_of_rows,
    district.value
from level_sum
inner join {{ ref('mart_indicator_district') }} as district
    on level_sum.indicator_code = district.indicator_code and level_sum.period = district.period
where abs(level_sum.value - district.value) > 1e-9 * greatest(1, abs(district.value))
union all
select
    'subsidence',
    null,
    period,
    sum(case when is_additive then subsided_ha else 0 end),
    max(case when area_level = 'district' then subsided_ha end)
from {{ ref('mart_subsidence') }}
where is_latest
group by period
having
    abs(sum(case when is_additive then subsided_ha else 0 end) - max(case when area_level = 'district' then subsided_ha end))
    > 1e-9 * greatest(1, max(case when area_level = 'district' then subsided_ha end))
