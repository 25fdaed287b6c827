-- The district's closed periods beside the last published build: percent by which a figure has changed, and figures that are gone.
with compared as (
    select
        before.indicator_code,
        before.period,
        before.value as value_before,
        now.value,
        now.aggregation,
        now.indicator_code is null as is_gone,
        case
            when not before.is_provisional and not now.is_provisional
                then 100 * abs(now.value - before.value) / nullif(abs(before.value), 0)
        end as change_pct
    from previous.mart_indicator_district as before
    left join gate_indicator as now
        on before.indicator_code = now.indicator_code and before.period = now.period and now.area_level = 'district'
)

select
    *,
    case when aggregation = 'flow_cumulative' then change_pct end as flow_change_pct,
    case when aggregation <> 'flow_cumulative' then change_pct end as stock_change_pct
from compared
