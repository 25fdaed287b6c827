-- Ground that has subsided does not come back. Threshold: %. It concerns the whole layer, not one feature.
with now as (
    select
        period,
        min(row_id) as row_id,
        coalesce(sum(area_m2), 0) as area_m2
    from submission
    group by period
),

before as (
    select
        period,
        coalesce(sum(area_m2), 0) as area_m2
    from history
    group by period
)

select
    now.row_id,
    'declared_area_ha' as field,
    null as feature,
    now.area_m2 / 10000 as found,
    before.area_m2 / 10000 as expected
from now
inner join before on now.period > before.period
qualify
    before.period = max(before.period) over (partition by now.period)
    and before.area_m2 - now.area_m2 > before.area_m2 * $threshold / 100
