-- The zones of either zoning add up to what the project's townships report, month by month and measure by measure, wherever all of it can
-- be placed in a zone.
with total as (
    select
        project_id,
        period,
        measure_code,
        sum(value) as value
    from {{ ref('fct_measure') }}
    where source = 'progress'
    group by project_id, period, measure_code
    having bool_and(consolidation_zone is not null and restoration_zone is not null)
),

zones as (
    select
        project_id,
        period,
        measure_code,
        zoning,
        sum(value) as value
    from {{ ref('mart_project_zone') }}
    group by project_id, period, measure_code, zoning
)

select
    zones.project_id,
    zones.period,
    zones.measure_code,
    zones.zoning,
    zones.value as sum_of_zones,
    total.value
from total
inner join zones
    on total.project_id = zones.project_id and total.period = zones.period and total.measure_code = zones.measure_code
where abs(coalesce(zones.value, 0) - total.value) > 1e-9 * greatest(1, total.value)
