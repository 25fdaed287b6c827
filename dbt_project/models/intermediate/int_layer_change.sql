-- Of wetlands and of the ecological pattern: each feature's ground in a township in one period beside that in the period before it.
-- A feature that the later layer lacks stands with 0 ha, so that what was lost is seen.
with feature as (
    select
        'wetland' as dataset,
        submission_id,
        row_id,
        period,
        wetland_id as feature_id
    from {{ ref('stg_wetland') }}
    union all
    select
        'corridor',
        submission_id,
        row_id,
        period,
        corridor_id
    from {{ ref('stg_corridor') }}
),

ground as (
    select
        feature.dataset,
        feature.period,
        feature.feature_id,
        overlay.township_code,
        {{ total('overlay.area_m2') }} / 10000 as area_ha
    from feature
    inner join {{ ref('int_overlay') }} as overlay
        on feature.dataset = overlay.dataset and feature.submission_id = overlay.submission_id and feature.row_id = overlay.row_id
    group by feature.dataset, feature.period, feature.feature_id, overlay.township_code
),

period as (
    select
        dataset,
        period,
        lag(period) over (partition by dataset order by period) as earlier_period
    from feature
    group by dataset, period
),

beside as (
    select
        period.dataset,
        period.period,
        period.earlier_period,
        ground.feature_id,
        ground.township_code,
        ground.area_ha,
        0 as earlier_ha
    from period
    inner join ground on period.dataset = ground.dataset and period.period = ground.period
    union all
    select
        period.dataset,
        period.period,
        period.earlier_period,
        ground.feature_id,
        ground.township_code,
        0,
        ground.area_ha
    from period
    inner join ground on period.dataset = ground.dataset and period.earlier_period = ground.period
)

select
    dataset,
    period,
    earlier_period,
    feature_id,
    township_code,
    {{ total('area_ha') }} as area_ha,
    case when earlier_period is not null then {{ total('earlier_ha') }} end as earlier_ha
from beside
group by dataset, period, earlier_period, feature_id, township_code
