-- The plan's zones of both zonings, with their measured land.
with area_cell as (
    select
        consolidation_zone as zone_code,
        area_m2
    from {{ ref('stg_base_partition') }}
    union all
    select
        restoration_zone,
        area_m2
    from {{ ref('stg_base_partition') }}
),

land as (
    select
        zone_code,
        {{ total('area_m2') }} as area_m2
    from area_cell
    group by zone_code
)

select
    zone.zone_code,
    zone.zone_name,
    zone.zoning,
    zone.is_open_list,
    land.area_m2 / 10000 as land_area_ha,
    area.counts_once as is_additive
from {{ ref('zone') }} as zone
inner join {{ ref('int_area') }} as area on area.area_level = 'zone' and zone.zone_code = area.area_code
left join land on zone.zone_code = land.zone_code
